"""The company's own contact rules: a product choice, no law."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import contact

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
WEEKDAY_FIELDS = tuple(f"credit_contact_{day}" for day in WEEKDAYS)


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_contact_from = fields.Float(
        string="Contact from",
        default=8.0,
        help="The hour, where the debtor is, before which nobody is contacted.",
    )
    credit_contact_to = fields.Float(
        string="Contact until",
        default=20.0,
        help="The hour, where the debtor is, from which on nobody is contacted.",
    )
    credit_contact_monday = fields.Boolean(string="Monday", default=True)
    credit_contact_tuesday = fields.Boolean(string="Tuesday", default=True)
    credit_contact_wednesday = fields.Boolean(string="Wednesday", default=True)
    credit_contact_thursday = fields.Boolean(string="Thursday", default=True)
    credit_contact_friday = fields.Boolean(string="Friday", default=True)
    credit_contact_saturday = fields.Boolean(string="Saturday", default=True)
    credit_contact_sunday = fields.Boolean(string="Sunday")
    credit_contact_holidays = fields.Boolean(
        string="Contact on public holidays",
        help="Those of the debtor's country.",
    )
    credit_contact_written = fields.Boolean(
        string="Hours for e-mails and letters too",
        help="Otherwise only calls, visits and messages to telephones have hours.",
    )
    credit_contact_calls = fields.Integer(
        string="Calls a day",
        default=1,
        help="Calls to one debtor a day at most. 0: no limit.",
    )
    credit_contact_week = fields.Integer(
        string="Contacts a week",
        default=3,
        help="Contacts with one debtor within seven days at most, by all channels "
        "together. E-mails or letters of one day are one contact. 0: no limit.",
    )

    _check_credit_contact_counts = models.Constraint(
        "CHECK (credit_contact_calls >= 0 AND credit_contact_week >= 0)",
        "How often a debtor is contacted can't be negative.",
    )

    @api.constrains("credit_contact_from", "credit_contact_to", *WEEKDAY_FIELDS)
    def _check_credit_contact_hours(self):
        for company in self:
            if not 0 <= company.credit_contact_from < company.credit_contact_to <= 24:
                raise ValidationError(
                    self.env._(
                        "The hours of contacts go from 0 to 24, the first one earlier."
                    )
                )
            if not any(company[name] for name in WEEKDAY_FIELDS):
                raise ValidationError(
                    self.env._("Debtors have to be contacted on some day of the week.")
                )

    def _credit_contact_window(self, channel):
        """The company's own hours for a channel, in the debtor's time.

        :rtype: ..engine.contact.Window
        """
        company = self.sudo()
        if channel in contact.WRITTEN and not company.credit_contact_written:
            return contact.ALWAYS
        return contact.Window(
            start=round(company.credit_contact_from * 60),
            end=round(company.credit_contact_to * 60),
            weekdays=frozenset(
                number
                for number, name in enumerate(WEEKDAY_FIELDS, start=1)
                if company[name]
            ),
            holidays=company.credit_contact_holidays,
        )

    def _credit_contact_frequencies(self):
        """How often the company itself wants a debtor contacted at most."""
        company = self.sudo()
        source = self.env._("the company's contact rules")
        limits = [
            (company.credit_contact_calls, 1, frozenset(("phone",))),
            (company.credit_contact_week, 7, None),
        ]
        return [
            contact.Frequency(count, days, channels, source=source)
            for count, days, channels in limits
            if count
        ]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_contact_from = fields.Float(
        related="company_id.credit_contact_from", readonly=False
    )
    credit_contact_to = fields.Float(
        related="company_id.credit_contact_to", readonly=False
    )
    credit_contact_monday = fields.Boolean(
        related="company_id.credit_contact_monday", readonly=False
    )
    credit_contact_tuesday = fields.Boolean(
        related="company_id.credit_contact_tuesday", readonly=False
    )
    credit_contact_wednesday = fields.Boolean(
        related="company_id.credit_contact_wednesday", readonly=False
    )
    credit_contact_thursday = fields.Boolean(
        related="company_id.credit_contact_thursday", readonly=False
    )
    credit_contact_friday = fields.Boolean(
        related="company_id.credit_contact_friday", readonly=False
    )
    credit_contact_saturday = fields.Boolean(
        related="company_id.credit_contact_saturday", readonly=False
    )
    credit_contact_sunday = fields.Boolean(
        related="company_id.credit_contact_sunday", readonly=False
    )
    credit_contact_holidays = fields.Boolean(
        related="company_id.credit_contact_holidays", readonly=False
    )
    credit_contact_written = fields.Boolean(
        related="company_id.credit_contact_written", readonly=False
    )
    credit_contact_calls = fields.Integer(
        related="company_id.credit_contact_calls", readonly=False
    )
    credit_contact_week = fields.Integer(
        related="company_id.credit_contact_week", readonly=False
    )
