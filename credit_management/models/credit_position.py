"""Where an item stands, what comes next and when, or why it is not reminded."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import decision


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _positions(self, items):
        """The answers for some open items, in a number of queries that does not grow.

        In sudo: the position depends on the debtor's other items too, which the
        reader need not see; nothing of them is told.

        :param items: ``account.move.line`` records
        :return: {line id: dict(step_id, next_step_id, next_date, block_reason, due)}
        """
        positions = {}
        items = items.sudo()
        for company, lines in items.grouped("company_id").items():
            positions.update(self._company_positions(company, lines))
        return positions

    @api.model
    def _company_positions(self, company, lines):
        today = company._credit_today()
        debtors = lines.partner_id.commercial_partner_id
        if not debtors:
            return {}
        evaluation = self._evaluation_sql(company, today, debtors.ids)
        rows = self.env.execute_query_dict(
            SQL(
                """WITH %s
                SELECT id, policy_id, position, step_id, last_day, deadline_date,
                       last_channel, issued, due, next_step_id, verdict, due_now
                  FROM evaluated WHERE id IN %s""",
                evaluation,
                tuple(lines.ids),
            )
        )
        calendar = company._credit_calendar()
        steps = {
            step.id: step
            for policy in self.env["credit.policy"]._get_company_policies(company)
            for step in policy._sequence_steps()._to_decision_steps()
        }
        positions = {}
        for row in rows:
            next_date = False
            if row["next_step_id"] and not row["verdict"]:
                item = decision.Item(
                    issued=row["issued"],
                    due=row["due"],
                    position=row["position"] or 0,
                    last_day=row["last_day"],
                    last_deadline=row["deadline_date"],
                    last_channel=row["last_channel"],
                )
                step = steps[row["next_step_id"]]
                next_date = max(decision.step_day(step, item, calendar), today)
                if step.only_working_days:
                    next_date = calendar.next_working(next_date)
            positions[row["id"]] = {
                "step_id": row["step_id"] or False,
                "next_step_id": row["next_step_id"] or False,
                "next_date": next_date,
                "block_reason": row["verdict"] or False,
                "due": row["due"],
            }
        return positions

    @api.model
    def _search_positions(self, condition):
        """Open items of the allowed companies that meet a condition on ``evaluated``.

        :return SQL: a query for the ids of journal items
        """
        queries = []
        for company in self.env.companies:
            evaluation = self._evaluation_sql(company, company._credit_today())
            queries.append(
                SQL("(WITH %s SELECT id FROM evaluated WHERE %s)", evaluation, condition)
            )
        return SQL(" UNION ALL ").join(queries)


class CreditPositionMixin(models.AbstractModel):
    _name = "credit.position.mixin"
    _description = "Position in a Credit Policy"

    credit_step_id = fields.Many2one(
        "credit.policy.step",
        string="Last credit step",
        compute="_compute_credit_position",
        search="_search_credit_step_id",
        help="The last step of the policy that reached the debtor.",
    )
    credit_next_step_id = fields.Many2one(
        "credit.policy.step",
        string="Next credit step",
        compute="_compute_credit_position",
        search="_search_credit_next_step_id",
    )
    credit_next_date = fields.Date(
        string="Next step on",
        compute="_compute_credit_position",
        search="_search_credit_next_date",
    )
    credit_block_reason = fields.Selection(
        selection=lambda self: self.env["credit.engine"]._selection_block_reason(),
        string="Not reminded because",
        compute="_compute_credit_position",
        search="_search_credit_block_reason",
    )
    credit_is_due = fields.Boolean(
        string="Due for a reminder",
        compute="_compute_credit_position",
        search="_search_credit_is_due",
    )

    def _credit_items(self):
        """{record: its open receivable items}. Defined by the models."""
        raise NotImplementedError

    def _credit_domain(self, items):
        """The domain on this model for a subquery of journal items."""
        raise NotImplementedError

    def _compute_credit_position(self):
        items_by_record = self._credit_items()
        items = self.env["account.move.line"].union(*items_by_record.values())
        engine = self.env["credit.engine"]
        positions = engine._positions(items) if items else {}
        for record in self:
            answers = [
                positions[item.id]
                for item in items_by_record.get(record, ())
                if item.id in positions
            ]
            # Of several instalments, the oldest speaks for the invoice.
            answer = min(answers, key=lambda a: a["due"], default={})
            record.credit_step_id = answer.get("step_id", False)
            record.credit_next_step_id = answer.get("next_step_id", False)
            record.credit_next_date = answer.get("next_date", False)
            record.credit_block_reason = answer.get("block_reason", False)
            today = record.company_id._credit_today() if answer else None
            record.credit_is_due = bool(
                answer.get("next_date") and answer["next_date"] <= today
            )

    def _search_evaluated(self, condition):
        return self._credit_domain(
            self.env["credit.engine"].sudo()._search_positions(condition)
        )

    def _search_ids(self, column, operator, value):
        """Search on a column of the evaluation; false stands for none."""
        if operator != "in":
            return NotImplemented
        wanted = [v for v in value if v]
        conditions = []
        if wanted:
            conditions.append(
                self._search_evaluated(
                    SQL("%s IN %s", SQL.identifier(column), tuple(wanted))
                )
            )
        if len(wanted) < len(value):
            conditions.append(
                ~self._search_evaluated(SQL("%s IS NOT NULL", SQL.identifier(column)))
            )
        return Domain.OR(conditions)

    def _search_credit_step_id(self, operator, value):
        return self._search_ids("step_id", operator, value)

    def _search_credit_next_step_id(self, operator, value):
        return self._search_ids("next_step_id", operator, value)

    def _search_credit_block_reason(self, operator, value):
        return self._search_ids("verdict", operator, value)

    def _search_credit_is_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = self._search_evaluated(SQL("proposable"))
        return due if True in value else ~due

    def _search_credit_next_date(self, operator, value):
        """What is due by a day: asked of the engine as if that day were today."""
        if operator not in ("<=", "<", "in"):
            return NotImplemented
        if operator == "in":
            days = {fields.Date.to_date(day) for day in value if day}
            if days != {self.env.company._credit_today()}:
                return NotImplemented
            return self._search_credit_is_due("in", {True})
        day = fields.Date.to_date(value)
        if operator == "<":
            day = fields.Date.subtract(day, days=1)
        engine = self.env["credit.engine"].sudo()
        queries = [
            SQL(
                "(WITH %s SELECT id FROM evaluated WHERE proposable)",
                engine._evaluation_sql(company, day),
            )
            for company in self.env.companies
        ]
        return self._credit_domain(SQL(" UNION ALL ").join(queries))
