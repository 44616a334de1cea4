import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..engine import limitation

_logger = logging.getLogger(__name__)

#: Months before the day at which somebody is told; 0: when it is over.
STAGES = (6, 3, 1, 0)
#: Invoices that a warning names before it only counts the rest.
MOST_NAMES = 10


class CreditLimitationItem(models.Model):
    """Until when an open item can be enforced, kept beside it.

    Worked out every night for all open items, and at once where something is done about
    them; it is never edited. ``warned`` is the smallest stage of :data:`STAGES` that
    somebody was told of.
    """

    _name = "credit.limitation.item"
    _description = "Limitation of an Item"
    _order = "date, id"
    _rec_name = "move_line_id"

    move_line_id = fields.Many2one(
        "account.move.line", string="Item", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, index=True
    )
    date = fields.Date(
        string="Limitation",
        required=True,
        help="The last day on which the claim can be enforced.",
    )
    certain = fields.Boolean(
        string="Kind known",
        help="Otherwise the kind of the claim is not known, and the shortest period "
        "counts.",
    )
    period_id = fields.Many2one("credit.regime.period", ondelete="set null")
    warned = fields.Integer(readonly=True)
    seen = fields.Integer(
        readonly=True, help="The stage at which somebody has seen to it."
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    move_name = fields.Char(related="move_line_id.move_name", string="Number")
    date_due = fields.Date(related="move_line_id.date_maturity")
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    amount_residual = fields.Monetary(
        related="move_line_id.amount_residual_currency",
        currency_field="currency_id",
        string="Open amount",
    )
    case_id = fields.Many2one("credit.case", compute="_compute_case_id")
    working_html = fields.Html(
        string="How it was found", compute="_compute_working_html", sanitize=False
    )

    _item_unique = models.UniqueIndex(
        "(move_line_id)", "The limitation of an item is kept once."
    )
    _date_idx = models.Index("(company_id, date)")

    def _compute_case_id(self):
        lines = self.env["credit.case.line"].search(
            Domain("move_line_id", "in", self.move_line_id.ids)
            & Domain("is_open", "=", True)
        )
        cases = {line.move_line_id: line.case_id for line in lines}
        for item in self:
            item.case_id = cases.get(item.move_line_id, False)

    @api.depends_context("lang")
    def _compute_working_html(self):
        workings = self.env["credit.limitation"]._workings(self.move_line_id)
        for item in self:
            item.working_html = workings.get(item.move_line_id.id, "")

    def action_open_item(self):
        """Open the invoice."""
        self.ensure_one()
        return self.move_id._get_records_action()

    def action_seen(self):
        """Somebody sees to the debtor's items: they come back at the next stage.

        :raise AccessError: if whoever asks is no collector
        """
        self.env["credit.limitation.act"].check_access("create")
        for item in self:
            # In sudo: nobody edits these records, see the class.
            own = item.sudo().search(
                Domain("company_id", "=", item.company_id.id)
                & Domain("partner_id", "=", item.partner_id.id)
                & Domain("date", "<=", item._horizon())
            )
            for stage, group in own.grouped("warned").items():
                group.seen = stage
        return True

    def _horizon(self):
        """The last day that is near."""
        today = self.company_id._credit_today()
        return limitation.add(today, max(STAGES), "months")

    # ------------------------------------------------------------------
    # Warnings
    # ------------------------------------------------------------------

    @api.model
    def _cron_limitation(self):
        """Every night: work out all limits, and warn of those that come near."""
        companies = self.env["res.company"].search(Domain.TRUE)
        left = len(companies)
        for company in companies:
            try:
                self.env["credit.limitation"]._refresh(company)
                self._warn(company)
            except Exception:
                # One company's broken data keep no other from its alarms.
                self.env.cr.rollback()
                _logger.exception("Limitation of company %s", company.id)
            left -= 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break

    @api.model
    def _warn(self, company):
        """Tell whoever is responsible of limits that have come near, once each.

        One activity for a case, and one for a debtor for all items that are in none.
        What was long over when it was first seen is only found in the list.

        :return: the activities
        """
        self.env.flush_all()
        today = company._credit_today()
        stage = SQL(
            "CASE WHEN date < %s THEN 0 %s END",
            today,
            SQL(" ").join(
                SQL(
                    "WHEN date <= %s THEN %s",
                    limitation.add(today, months, "months"),
                    months,
                )
                for months in sorted(months for months in STAGES if months)
            ),
        )
        rows = self.env.execute_query(
            SQL(
                """UPDATE credit_limitation_item item SET warned = near.stage
                     FROM (SELECT id, warned AS before, %(stage)s AS stage
                             FROM credit_limitation_item
                            WHERE company_id = %(company)s
                              AND date <= %(horizon)s) near
                    WHERE near.id = item.id
                      AND (item.warned IS NULL OR near.stage < item.warned)
                   RETURNING item.move_line_id, item.partner_id, item.date, near.stage,
                             near.before""",
                stage=stage,
                company=company.id,
                horizon=limitation.add(today, max(STAGES), "months"),
            )
        )
        self.invalidate_model(["warned"])
        long_ago = limitation.add(today, -1, "months")
        told = [row[:4] for row in rows if row[4] is not None or row[2] >= long_ago]
        return self._tell(company, told) if told else self.env["mail.activity"]

    @api.model
    def _tell(self, company, rows):
        """Make the activities.

        :param rows: (item id, debtor id, day, stage)
        """
        open_lines = (
            self.env["credit.case.line"]
            .sudo()
            .search(
                Domain("move_line_id", "in", [row[0] for row in rows])
                & Domain("is_open", "=", True)
            )
        )
        cases = {line.move_line_id.id: line.case_id for line in open_lines}
        # Of all at once: what is read of one is fetched for the others.
        partners = self.env["res.partner"].sudo().with_company(company)
        partners = partners.browse({row[1] for row in rows})
        # An activity keeps the name of what it is about.
        partners.mapped("display_name")
        debtors = {partner.id: partner for partner in partners}
        targets = defaultdict(list)
        for item_id, debtor_id, day, stage in rows:
            record = cases.get(item_id) or debtors[debtor_id]
            targets[record].append((day, stage, item_id))
        items = self.env["account.move.line"].sudo()
        items.browse([row[0] for row in rows]).fetch(["move_name"])
        fallback = self._fallback_user(company)
        kind = self.env.ref("credit_management_legal.activity_limitation")
        today, values = company._credit_today(), []
        for record, found in targets.items():
            user = record.user_id if record._name == "credit.case" else None
            if record._name == "res.partner":
                user = record.credit_user_id
            user = user or fallback
            day, stage, _item = min(found)
            env = record.with_context(lang=user.lang or self.env.lang).env
            values.append(
                {
                    "res_model_id": self.env["ir.model"]._get_id(record._name),
                    "res_id": record.id,
                    "activity_type_id": kind.id,
                    "user_id": user.id,
                    "date_deadline": today,
                    "automated": True,
                    "summary": self._summary(env, stage, day),
                    "note": self._note(env, found, items),
                }
            )
        activities = self.env["mail.activity"].sudo()
        activities.search(
            Domain("activity_type_id", "=", kind.id)
            & Domain("automated", "=", True)
            & Domain.OR(
                Domain("res_model", "=", model) & Domain("res_id", "in", ids)
                for model, ids in self._ids_by_model(targets).items()
            )
        ).unlink()
        return activities.with_context(mail_activity_quick_update=True).create(values)

    @api.model
    def _ids_by_model(self, records):
        found = defaultdict(list)
        for record in records:
            found[record._name].append(record.id)
        return found

    @api.model
    def _fallback_user(self, company):
        """Who is told where nobody is responsible: the first manager of credit."""
        group = self.env.ref("credit_management.group_manager")
        return (
            self.env["res.users"]
            .sudo()
            .search(
                Domain("all_group_ids", "in", group.ids)
                & Domain("company_ids", "in", company.ids)
                & Domain("share", "=", False),
                order="id",
                limit=1,
            )
        )

    @api.model
    def _summary(self, env, stage, day):
        if not stage:
            return env._("Limitation: over since %s", format_date(env, day))
        return env._("Limitation: can be enforced until %s", format_date(env, day))

    @api.model
    def _note(self, env, found, items):
        names = [
            env._(
                "%(invoice)s until %(day)s",
                invoice=items.browse(item_id).move_name or "",
                day=format_date(env, day),
            )
            for day, _stage, item_id in sorted(found)[:MOST_NAMES]
        ]
        more = len(found) - MOST_NAMES
        if more > 0:
            names.append(env._("and %s more", more))
        return ", ".join(names)
