import pytz

from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get

from ..engine.calendar import WorkingCalendar
from .credit_regime import CLAIM_KINDS

#: Countries whose envelopes have their window on the right (NF Z 10-011 and the like).
RIGHT_WINDOW = ("FR", "BE", "LU", "MC", "PT", "ES", "IT")


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_auto_run = fields.Boolean(
        string="Daily reminders",
        help="Every day, propose the reminders of this company and send those of "
        "automatic steps.",
    )
    credit_tz = fields.Selection(
        _tz_get,
        string="Time zone of reminders",
        compute="_compute_credit_tz",
        store=True,
        readonly=False,
        help="Days overdue, deadlines and the day of a step are counted in it.",
    )
    credit_letter_window = fields.Selection(
        [("left", "Left (DIN 5008)"), ("right", "Right (NF Z 10-011)")],
        string="Window of envelopes",
        compute="_compute_credit_letter_window",
        store=True,
        readonly=False,
    )
    credit_letter_duplex = fields.Boolean(
        string="Print letters on both sides",
        help="Letters that are printed together each start on a new sheet.",
    )
    credit_run_count = fields.Integer(
        readonly=True,
        copy=False,
        help="Proposals made, by which two that cross each other notice it.",
    )
    credit_claim_kind = fields.Selection(
        CLAIM_KINDS,
        string="Kind of claims",
        default="general",
        required=True,
        help="What the company mostly sells, where the law makes a difference.",
    )
    credit_note_retroactive = fields.Boolean(
        string="Credit notes reduce interest from the start",
        default=True,
        help="No interest is asked on what was credited later. Otherwise a credit "
        "note counts from its own date.",
    )
    credit_charge_booking = fields.Selection(
        [
            ("shown", "Shown only"),
            ("sent", "Booked when claimed"),
            ("paid", "Booked when paid"),
        ],
        string="Charges in the books",
        default="shown",
        required=True,
        help="Shown only: charges enter the books when a collector books them, or when "
        "the debtor pays them on the debtor's page. Booked when paid: also every "
        "night, as soon as the debtor owes nothing else and has paid so much more.",
    )
    credit_charge_document = fields.Selection(
        [("invoice", "Debit note"), ("entry", "Journal entry")],
        default="invoice",
        required=True,
    )
    credit_charge_post = fields.Boolean(string="Post at once", default=True)
    credit_charge_journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', 'in', ('sale', 'general'))]",
    )
    credit_interest_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain="[('account_type', 'in', ('income', 'income_other'))]",
    )
    credit_indemnity_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain="[('account_type', 'in', ('income', 'income_other'))]",
    )
    credit_fee_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain="[('account_type', 'in', ('income', 'income_other'))]",
    )
    credit_charge_tax_id = fields.Many2one(
        "account.tax",
        string="Tax on charges",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
        help="Empty: charges are outside the scope of VAT, as compensation is.",
    )
    credit_pay_charges_first = fields.Boolean(
        string="Charges are paid first",
        help="A free amount that a debtor pays goes to interest and charges first, "
        "then to the invoices, the oldest first. Otherwise to the invoices first. "
        "Charges are booked as they are paid: this needs the accounts of charges.",
    )
    credit_waive_limit = fields.Monetary(
        string="Collectors may waive",
        default=50.0,
        help="Of one debtor's charges within a year, in the company's currency; "
        "managers may waive more. 0: only managers waive.",
    )
    credit_link_days = fields.Integer(
        string="Links last",
        default=90,
        help="Days during which the link in a reminder opens the debtor's page.",
    )

    # ``credit_<span>_<code>``: see ``credit.reminder._limits``.
    credit_hour_mails = fields.Integer(
        string="E-mails per hour",
        help="More wait for the next hour by the clock. 0: no limit.",
    )
    credit_run_mails = fields.Integer(
        string="E-mails per run",
        help="A run that reaches it pauses until somebody lets it go on. 0: no limit.",
    )
    credit_hour_letters = fields.Integer(
        string="Letters per hour",
        help="More wait for the next hour by the clock. 0: no limit.",
    )
    credit_run_letters = fields.Integer(
        string="Letters per run",
        help="A run that reaches it pauses until somebody lets it go on. 0: no limit.",
    )
    credit_guard_percent = fields.Integer(
        string="Unusual size",
        default=200,
        help="A run waits for a manager if it reminds more debtors, or claims more, "
        "than the median of the last runs by so many per cent. Runs of a few debtors "
        "never wait. 0: not checked.",
    )
    credit_guard_ledger_days = fields.Integer(
        string="Days without the bank",
        default=14,
        help="A run waits for a manager if the last payment or line of a bank "
        "statement is older than so many days. 0: not checked.",
    )
    credit_guard_failures = fields.Integer(
        string="Unusual failures",
        default=50,
        help="A run pauses if more than so many per cent of its last reminders fail. "
        "0: not checked.",
    )
    credit_guard_last = fields.Integer(
        string="Reminders looked at",
        default=20,
        help="How many of the last reminders are looked at for failures. With fewer "
        "nothing is said.",
    )
    credit_stop_ids = fields.One2many("credit.stop", "company_id", readonly=True)
    credit_stop_text = fields.Char(compute="_compute_credit_stop_text")

    _check_credit_limits = models.Constraint(
        """CHECK (credit_hour_mails >= 0 AND credit_run_mails >= 0
                  AND credit_hour_letters >= 0 AND credit_run_letters >= 0
                  AND credit_guard_percent >= 0 AND credit_guard_ledger_days >= 0
                  AND credit_guard_failures BETWEEN 0 AND 100
                  AND credit_guard_last >= 0)""",
        "Limits can't be negative, nor failures more than 100 %.",
    )
    _check_credit_waive_limit = models.Constraint(
        "CHECK (credit_waive_limit >= 0)", "What may be waived can't be negative."
    )

    @api.depends("country_id")
    def _compute_credit_tz(self):
        """The country's zone, or one of its zones that was chosen by hand."""
        for company in self:
            zones = pytz.country_timezones.get(company.country_id.code or "", [])
            if not company.credit_tz or zones and company.credit_tz not in zones:
                company.credit_tz = zones[0] if zones else "UTC"

    @api.depends("country_id")
    def _compute_credit_letter_window(self):
        for company in self:
            right = company.country_id.code in RIGHT_WINDOW
            company.credit_letter_window = "right" if right else "left"

    @api.depends("credit_stop_ids.date_end")
    def _compute_credit_stop_text(self):
        for company in self:
            # In sudo: the settings are shown to people without credit rights.
            stop = self.env["credit.stop"].sudo()._current(company)
            company.credit_stop_text = stop.text

    def _credit_today(self):
        """Today in the company's time zone."""
        zone = self.sudo().credit_tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    def _credit_day(self, moment):
        """The day of a moment in the company's time zone."""
        record = self.with_context(tz=self.sudo().credit_tz or "UTC")
        return fields.Datetime.context_timestamp(record, moment).date()

    def _credit_calendar(self):
        """Working days of the company's country and state."""
        company = self.sudo()
        return WorkingCalendar(
            company.country_id.code or None, company.state_id.code or None
        )

    def _credit_day_to_pay(self, **after):
        """The day that is proposed for a payment: one on which banks work.

        :param after: time from today, as ``fields.Date.add`` takes it
        """
        day = fields.Date.add(self._credit_today(), **after)
        return self._credit_calendar().next_working(day)

    def _credit_ran_today(self):
        self.ensure_one()
        return bool(
            self.env["credit.run"]
            .sudo()
            .search_count(
                [
                    ("company_id", "=", self.id),
                    ("date", "=", self._credit_today()),
                    ("automatic", "=", True),
                ],
                limit=1,
            )
        )
