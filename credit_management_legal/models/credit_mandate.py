from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.credit_management.models.credit_regime_resolution import (
    exact,
    to_minor,
)

from ..engine import fees


class CreditMandate(models.Model):
    """The contract with a third party: for whom it acts, and what it costs.

    Amounts are in ``currency_id``; a case in another one is reckoned at the company's
    rate of the day on which it was opened.
    """

    _name = "credit.mandate"
    _description = "Mandate of a Third Party"
    _order = "sequence, name, id"
    _inherit = ["mail.thread"]
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        string="Creditor",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="For whom the third party acts.",
    )
    party_id = fields.Many2one(
        "res.partner",
        string="Third party",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("credit_party_role", "!=", False)],
        tracking=True,
    )
    party_role = fields.Selection(related="party_id.credit_party_role")
    kind = fields.Selection(
        [("amicable", "Amicable"), ("judicial", "Judicial")],
        default="amicable",
        required=True,
    )
    reference = fields.Char(
        string="Contract number", help="By which the third party knows the contract."
    )
    date_from = fields.Date(string="From", required=True, tracking=True)
    date_to = fields.Date(
        string="Until", tracking=True, help="Empty: until it is terminated."
    )
    in_name_of = fields.Selection(
        [("creditor", "In the creditor's name"), ("party", "In its own name")],
        string="Acts",
        default="creditor",
        required=True,
        help="In whose name letters are written and acts are done. Amicable collection "
        "in its own name is a regulated profession in many countries.",
    )
    country_ids = fields.Many2many(
        "res.country",
        string="Debtors in",
        help="Empty: wherever the third party works.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    min_amount = fields.Monetary(
        string="Smallest case", help="Cases of less are not taken. 0: any amount."
    )
    notice_required = fields.Boolean(
        string="Formal notice first",
        default=True,
        help="Nothing is handed over before a formal notice has left and its time to "
        "pay is over. Otherwise a missing notice is a warning.",
    )
    scale_rule = fields.Selection(
        [
            (fees.WHOLE, "One rate for the whole amount"),
            (fees.TIERS, "Each part at its own rate"),
        ],
        default=fees.WHOLE,
        required=True,
        string="Scale",
    )
    fee_ids = fields.One2many(
        "credit.mandate.fee", "mandate_id", string="Success fee", copy=True
    )
    fee_min = fields.Monetary(
        string="At least", help="Of a case in which something was collected."
    )
    fee_max = fields.Monetary(string="At most", help="Of a case. 0: no limit.")
    fee_opening = fields.Monetary(
        string="Fee to open a case", help="Due whatever comes of it."
    )
    fee_failure = fields.Monetary(
        string="Fee without success", help="Due where nothing was collected at the end."
    )
    tax_id = fields.Many2one(
        "account.tax",
        string="Tax on the fees",
        check_company=True,
        domain=[("type_tax_use", "=", "purchase"), ("amount_type", "=", "percent")],
    )
    cost_bearer = fields.Selection(
        [
            ("creditor", "The creditor"),
            ("party", "The third party"),
            ("debtor", "The debtor, where the law allows it"),
        ],
        string="Costs are borne by",
        default="creditor",
        required=True,
        help="Costs of acts, beside the fees.",
    )
    payments_to = fields.Selection(
        [
            ("either", "Us or the third party"),
            ("creditor", "Us"),
            ("party", "The third party"),
        ],
        string="The debtor pays",
        default="either",
        required=True,
        help="Whom letters of the case and the debtor's page name. With “The third "
        "party” they name its bank account, and nothing of the case can be paid on the "
        "page. Whoever pays us all the same has paid.",
    )
    remittance = fields.Selection(
        [
            (fees.GROSS, "Gross: all that was collected, the fee is invoiced"),
            (fees.NET, "Net: what is left after the fee"),
        ],
        default=fees.GROSS,
        required=True,
    )
    remittance_days = fields.Integer(
        aggregator=None,
        string="Passed on within (days)",
        default=30,
        help="Days after a payment, then whoever is responsible is told. 0: no time is "
        "agreed. In France one month at most (R124-6 CPCE).",
    )
    data_format = fields.Selection(
        [("json", "JSON"), ("csv", "CSV"), ("both", "JSON and CSV")],
        default="both",
        required=True,
        string="Data of a case",
        help="What a program of the third party reads of the file that is handed over.",
    )
    note = fields.Html(string="Notes")
    is_current = fields.Boolean(
        string="In force", compute="_compute_is_current", search="_search_is_current"
    )
    example_amount = fields.Monetary(
        string="For example, of", default=1000.0, help="Collected in one case."
    )
    example_age = fields.Integer(
        string="Days after the due date", default=90, help="When it was handed over."
    )
    example_fee = fields.Monetary(
        string="it keeps", compute="_compute_example_fee", help="Without tax."
    )

    _check_dates = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A mandate can't end before it begins.",
    )
    _check_amounts = models.Constraint(
        """CHECK (COALESCE(min_amount, 0) >= 0 AND COALESCE(fee_min, 0) >= 0
             AND COALESCE(fee_max, 0) >= 0 AND COALESCE(fee_opening, 0) >= 0
             AND COALESCE(fee_failure, 0) >= 0
             AND COALESCE(remittance_days, 0) >= 0)""",
        "Amounts and days of a mandate can't be negative.",
    )

    # ------------------------------------------------------------------
    # Computes and constraints
    # ------------------------------------------------------------------

    @api.depends("date_from", "date_to", "active")
    @api.depends_context("company")
    def _compute_is_current(self):
        for mandate in self:
            mandate.is_current = mandate._in_force(mandate.company_id._credit_today())

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._credit_today()
        domain = (
            Domain("active", "=", True)
            & Domain("date_from", "<=", today)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        )
        return domain if True in value else ~domain

    @api.depends(
        "example_amount",
        "example_age",
        "scale_rule",
        "fee_min",
        "fee_max",
        "fee_ids.age_from",
        "fee_ids.above",
        "fee_ids.percent",
        "fee_ids.fixed",
    )
    def _compute_example_fee(self):
        for mandate in self:
            currency = mandate.currency_id
            if not currency:
                mandate.example_fee = 0.0
                continue
            amount = to_minor(mandate.example_amount, currency)
            fee = fees.success_fee(
                mandate._to_engine(currency), [(mandate.example_age, amount)]
            )
            mandate.example_fee = currency.round(fee / 10**currency.decimal_places)

    @api.constrains("fee_min", "fee_max")
    def _check_bounds(self):
        for mandate in self:
            if mandate.fee_max and mandate.fee_max < mandate.fee_min:
                raise ValidationError(
                    self.env._("The fee is at least more than it is at most.")
                )

    @api.constrains("party_id")
    def _check_party(self):
        for mandate in self:
            if not mandate.party_id.credit_party_role:
                raise ValidationError(
                    self.env._(
                        "Say what %s is first: agency, bailiff, lawyer, court …",
                        mandate.party_id.display_name,
                    )
                )

    @api.constrains("kind")
    def _check_cases(self):
        """
        :raise ValidationError: if cases that go on use it for the other kind
        """
        cases = (
            self.env["credit.case"]
            .sudo()
            .search(
                Domain("mandate_id", "in", self.ids)
                & Domain("state", "not in", ("closed", "withdrawn"))
            )
        )
        for mandate, own in cases.grouped("mandate_id").items():
            other = own.filtered(
                lambda case, kind=mandate.kind: (
                    case.kind != kind and not case._keeps_mandate()
                )
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "“%(mandate)s” is the mandate of cases of the other kind: "
                        "%(cases)s. Make a mandate of its own instead, or take it off "
                        "these cases first.",
                        mandate=mandate.name,
                        cases=", ".join(other[:5].mapped("name")),
                    )
                )

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _in_force(self, day):
        """Whether the contract holds on a day."""
        self.ensure_one()
        return bool(
            self.active
            and self.date_from
            and self.date_from <= day
            and (not self.date_to or day <= self.date_to)
        )

    def _covers(self, country):
        """Whether the third party acts against debtors in a country.

        The mandate's own list, else the territory of the third party, else anywhere.
        """
        self.ensure_one()
        countries = self.country_ids or self.party_id.credit_party_country_ids
        return not countries or country in countries

    def _to_engine(self, currency, day=None):
        """The scale in ``currency``, as :mod:`engine.fees` wants it.

        :param day: of the rate of exchange, where the currencies differ
        :rtype: engine.fees.FeeScale
        """
        self.ensure_one()

        def minor(amount):
            if self.currency_id != currency:
                amount = self.currency_id._convert(
                    amount, currency, self.company_id, day
                )
            return to_minor(amount, currency)

        return fees.FeeScale(
            bands=tuple(
                fees.Band(
                    line.age_from,
                    minor(line.above),
                    exact(line.percent),
                    minor(line.fixed),
                )
                for line in self.fee_ids
            ),
            rule=self.scale_rule,
            minimum=minor(self.fee_min) if self.fee_min else None,
            maximum=minor(self.fee_max) if self.fee_max else None,
        )

    def _tax_percent(self):
        """The rate of the tax on fees, as an exact decimal."""
        return exact(self.tax_id.amount) if self.tax_id else Decimal(0)

    @api.model
    def _choose(self, company, country, kind, day):
        """The mandate for a case: the first one in force that covers the debtor.

        :return: the mandate, or an empty recordset
        """
        return self._chooser(company, day)(country, kind)

    @api.model
    def _chooser(self, company, day):
        """The same as a function of (country, kind), without further queries."""
        mandates = self.sudo().search(Domain("company_id", "=", company.id))
        mandates = mandates.filtered(lambda mandate: mandate._in_force(day))

        def choose(country, kind):
            return mandates.filtered(
                lambda mandate: mandate.kind == kind and mandate._covers(country)
            )[:1]

        return choose


class CreditMandateFee(models.Model):
    """A band of the scale: from an age on, for more than an amount."""

    _name = "credit.mandate.fee"
    _description = "Success Fee"
    _order = "mandate_id, age_from, above"

    mandate_id = fields.Many2one(
        "credit.mandate", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="mandate_id.currency_id")
    age_from = fields.Integer(
        aggregator=None,
        string="From days overdue",
        help="Days after the due date when the claim was handed over.",
    )
    above = fields.Monetary(
        string="For more than", help="Collected on claims of that age in one case."
    )
    percent = fields.Float(aggregator=None, string="Rate (%)", digits=(9, 5))
    fixed = fields.Monetary(string="And once", help="As soon as the band is reached.")

    _band_unique = models.Constraint(
        "UNIQUE (mandate_id, age_from, above)", "Two bands begin at the same place."
    )
    _check_band = models.Constraint(
        """CHECK (COALESCE(age_from, 0) >= 0 AND COALESCE(above, 0) >= 0
             AND COALESCE(percent, 0) BETWEEN 0 AND 100 AND COALESCE(fixed, 0) >= 0)""",
        "A band has no negative figures, and takes no more than all.",
    )
