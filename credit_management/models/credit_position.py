"""Where an item stands, what comes next and when, or why it is not reminded."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..engine import decision
from ..engine.calendar import ONE_DAY
from .credit_article import article_text
from .credit_engine_charges import listed


def speaking_order(answer):
    """Which of several items speaks for its invoice: the one to act on, the oldest."""
    return (
        not answer["is_due"],
        bool(answer["block_reason"]),
        answer["due"],
        answer["id"],
    )


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _positions(self, items):
        """The answers for some open items, in a number of queries that does not grow.

        In sudo: the position depends on the debtor's other items too, which the
        reader need not see; nothing of them is told.

        :param items: ``account.move.line`` records
        :return: {line id: dict(id, step_id, next_step_id, next_date, block_reason,
            block_text, is_due, due, wait)}
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
                       last_channel, issued, due, next_step_id, verdict, proposable,
                       contacted, free_from
                  FROM evaluated WHERE id IN %s""",
                evaluation,
                tuple(lines.ids),
            )
        )
        waits = self._legal_waits(lines.ids, today)
        resumed = self._resumed_steps(company, lines.ids)
        reasons = {row["id"]: row["verdict"] for row in rows if row["verdict"]}
        notes = self._block_notes(company, lines, reasons)
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
                    resumed=resumed.get(row["id"], frozenset()),
                )
                step = steps[row["next_step_id"]]
                next_date = max(decision.step_day(step, item, calendar), today)
                next_date = max(next_date, row["free_from"] or today)
                if step.only_working_days:
                    next_date = calendar.next_working(next_date)
            positions[row["id"]] = {
                "id": row["id"],
                "step_id": row["step_id"] or False,
                "next_step_id": row["next_step_id"] or False,
                "next_date": next_date,
                "block_reason": row["verdict"] or False,
                "is_due": row["proposable"],
                "due": row["due"],
                "block_text": notes.get(row["id"]) or self._interval_note(row),
                "wait": waits.get(row["id"]),
            }
        return positions

    @api.model
    def _interval_note(self, row):
        """Since when the debtor is left in peace, and until when; False if not so."""
        if row["verdict"] != "interval" or not row["free_from"]:
            return False
        return self.env._(
            "Contacted on %(day)s; again from %(free)s.",
            day=format_date(self.env, row["contacted"]),
            free=format_date(self.env, row["free_from"]),
        )

    @api.model
    def _block_notes(self, company, lines, reasons):
        """What there is to say of a reason: until when, what to mend.

        For other models to extend, with queries only where the reason is theirs.

        :param lines: open items of one company
        :param dict reasons: {line id: code of its reason}, of those that are blocked
        :return: {line id: text in the reader's language}
        """
        return {}

    @api.model
    def _legal_waits(self, item_ids, today):
        """Waiting periods of the law that run: {item id: (last day, article)}."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (line.move_line_id) line.move_line_id,
                          reminder.wait_until, reminder.wait_article
                     FROM credit_reminder_line line
                     JOIN credit_reminder reminder ON reminder.id = line.reminder_id
                    WHERE line.move_line_id = ANY(%s) AND reminder.state = 'sent'
                      AND reminder.delivery_state IS DISTINCT FROM 'bounced'
                      AND reminder.wait_until >= %s
                    ORDER BY line.move_line_id, reminder.wait_until DESC""",
                list(item_ids),
                today,
            )
        )
        return {row[0]: row[1:] for row in rows}

    @api.model
    def _search_positions(self, condition, rows):
        """Open items of the allowed companies that meet a condition on their position.

        They are looked up at once, and the list is searched for what was found: inside
        the query of a list, PostgreSQL would not know how many there are, and may
        compare each of them with each record.

        :param condition: SQL, or a function that makes it of a company and its today
        :param SQL rows: the rows that are asked, a part of the chain or made of one
        :return SQL: a query for the ids of journal items
        """
        ids = []
        for company in self.env.companies:
            today = company._credit_today()
            where = condition(company, today) if callable(condition) else condition
            evaluation = self._evaluation_sql(company, today)
            found = self.env.execute_query(
                SQL("WITH %s SELECT id FROM %s WHERE %s", evaluation, rows, where)
            )
            ids += [row[0] for row in found]
        return listed(ids)

    @api.model
    def _dated_until_sql(self, company, today, day):
        """The condition that the next date, as it is shown, is not after ``day``.

        Working days turn into a last base day for each step, as they do where the
        engine asks what is due today.
        """
        calendar = company._credit_calendar()
        last_working = day
        while not calendar.is_working(last_working):
            last_working -= ONE_DAY
        rows = []
        for policy in self.env["credit.policy"]._get_company_policies(company):
            for step in policy._sequence_steps()._to_decision_steps():
                last = last_working if step.only_working_days else day
                if last >= today:
                    limit = calendar.latest_base(
                        last, step.delay_days, step.working_days
                    )
                    rows.append(
                        SQL(
                            "(%s, %s, %s::date, %s::date)",
                            step.id,
                            step.trigger,
                            limit,
                            last,
                        )
                    )
        if not rows:
            return SQL("FALSE")
        return SQL(
            """verdict IS NULL AND EXISTS (
                SELECT FROM (VALUES %s) reach (step_id, trigger, base_limit, last_day)
                 WHERE reach.step_id = evaluated.next_step_id
                   AND (CASE reach.trigger
                            WHEN 'issue' THEN evaluated.issued
                            WHEN 'due' THEN evaluated.due
                            ELSE COALESCE(evaluated.last_day, evaluated.due)
                       END <= reach.base_limit
                       OR reach.base_limit IS NOT NULL
                          AND (evaluated.id, reach.step_id) IN (%s))
                   AND (evaluated.deadline_date IS NULL
                        OR evaluated.deadline_date < reach.last_day)
                   AND (evaluated.free_from IS NULL
                        OR evaluated.free_from <= reach.last_day))""",
            SQL(", ").join(rows),
            self._resumed_sql(company),
        )


class CreditPositionMixin(models.AbstractModel):
    _name = "credit.position.mixin"
    _description = "Position in a Credit Policy"

    credit_step_id = fields.Many2one(
        "credit.policy.step",
        string="Last credit step",
        compute="_compute_credit_position",
        search="_search_credit_step_id",
        groups="credit_management.group_viewer",
        help="The last step of the policy that reached the debtor.",
    )
    credit_next_step_id = fields.Many2one(
        "credit.policy.step",
        string="Next credit step",
        compute="_compute_credit_position",
        search="_search_credit_next_step_id",
        groups="credit_management.group_viewer",
    )
    credit_next_date = fields.Date(
        string="Next step on",
        compute="_compute_credit_position",
        search="_search_credit_next_date",
        groups="credit_management.group_viewer",
    )
    credit_block_reason = fields.Selection(
        selection=lambda self: self.env["credit.engine"]._selection_block_reason(),
        string="Not reminded because",
        compute="_compute_credit_position",
        search="_search_credit_block_reason",
        groups="credit_management.group_viewer",
    )
    credit_block_text = fields.Char(
        string="What stops it",
        compute="_compute_credit_position",
        groups="credit_management.group_viewer",
        help="Until when the reason holds, or what to mend.",
    )
    credit_is_due = fields.Boolean(
        string="Due for a reminder",
        compute="_compute_credit_position",
        search="_search_credit_is_due",
        groups="credit_management.group_viewer",
    )

    credit_wait_text = fields.Char(
        string="Why not before",
        compute="_compute_credit_position",
        groups="credit_management.group_viewer",
        help="The waiting period of the law that holds the next step back.",
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
            answer = min(answers, key=speaking_order, default={})
            record.credit_step_id = answer.get("step_id", False)
            record.credit_next_step_id = answer.get("next_step_id", False)
            record.credit_next_date = answer.get("next_date", False)
            record.credit_block_reason = answer.get("block_reason", False)
            record.credit_block_text = answer.get("block_text", False)
            record.credit_is_due = answer.get("is_due", False)
            record.credit_wait_text = self._credit_wait_phrase(answer.get("wait"))

    def _credit_wait_phrase(self, wait):
        if not wait:
            return False
        until, article = wait
        return self.env._(
            "The waiting period of the law runs until %(day)s (%(article)s).",
            day=format_date(self.env, until),
            article=article_text(self.env, article) or self.env._("no article noted"),
        )

    def _credit_rows(self):
        """What is asked in a search: the rows of ``evaluated`` that speak."""
        return SQL("evaluated")

    def _search_evaluated(self, condition):
        engine = self.env["credit.engine"].sudo()
        return self._credit_domain(
            engine._search_positions(condition, self._credit_rows())
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

    def _search_steps(self, column, operator, value):
        if operator in ("any", "any!"):
            steps = self.env["credit.policy.step"].with_context(active_test=False)
            steps = steps.sudo(operator == "any!" or self.env.su).search(value)
            operator, value = "in", steps.ids
        return self._search_ids(column, operator, value)

    def _search_credit_step_id(self, operator, value):
        return self._search_steps("step_id", operator, value)

    def _search_credit_next_step_id(self, operator, value):
        return self._search_steps("next_step_id", operator, value)

    def _search_credit_block_reason(self, operator, value):
        return self._search_ids("verdict", operator, value)

    def _search_credit_is_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Only due items are looked at, and one that is due speaks for its invoice.
        engine = self.env["credit.engine"].sudo()
        due = self._credit_domain(
            engine._search_positions(SQL("verdict IS NULL"), SQL("judged"))
        )
        return Domain.OR(due if wanted else ~due for wanted in value)

    def _search_credit_next_date(self, operator, value):
        if operator == "in":
            return Domain.OR(self._search_dated_on(day) for day in value)
        if operator not in ("<=", "<", ">=", ">"):
            return NotImplemented
        day = fields.Date.to_date(value)
        if operator in ("<", ">="):
            day -= ONE_DAY
        until = self._search_dated_until(day)
        return until if operator in ("<=", "<") else self._search_dated() & ~until

    def _search_dated(self):
        return self._search_evaluated(
            SQL("verdict IS NULL AND next_step_id IS NOT NULL")
        )

    def _search_dated_on(self, day):
        if not day:
            return ~self._search_dated()
        day = fields.Date.to_date(day)
        return self._search_dated_until(day) & ~self._search_dated_until(day - ONE_DAY)

    def _search_dated_until(self, day):
        engine = self.env["credit.engine"].sudo()
        return self._search_evaluated(
            lambda company, today: engine._dated_until_sql(company, today, day)
        )
