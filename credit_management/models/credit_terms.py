from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import agreed
from .credit_article import article_text
from .credit_regime import KINDS

#: Topics of a regime that terms speak of.
TOPICS = ("terms", "interest", "rate", "compounding", "indemnity", "clause", "fee")


class CreditTerms(models.Model):
    """What the company's terms and conditions say of late payment.

    Within the floor and the cap of the law; without terms the law alone applies.
    """

    _name = "credit.terms"
    _description = "Terms on Late Payment"
    _inherit = ["mail.thread"]
    _order = "company_id, kind, country_id, date_from desc, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        KINDS, string="Kind of debtor", required=True, tracking=True
    )
    country_id = fields.Many2one(
        "res.country",
        tracking=True,
        help="For debtors under the law of this country; empty for all.",
    )
    date_from = fields.Date(
        string="For invoices from",
        required=True,
        default=lambda self: self.env.company._credit_today(),
        tracking=True,
    )
    rate_rule = fields.Selection(
        [
            ("legal", "The legal rate"),
            ("fixed", "A fixed rate"),
            ("series", "A published rate and a margin"),
        ],
        string="Rate",
        default="legal",
        required=True,
        tracking=True,
    )
    rate = fields.Float(
        string="Per cent a year", digits=(9, 5), aggregator=None, tracking=True
    )
    rate_series = fields.Char(
        string="Series", help="Code of the series of rates.", tracking=True
    )
    rate_margin = fields.Float(
        string="Points added", digits=(9, 5), aggregator=None, tracking=True
    )
    compounding = fields.Boolean(
        string="Interest on interest",
        tracking=True,
        help="Interest due for a full year bears interest.",
    )
    interest_mention = fields.Boolean(
        string="Invoices say what interest needs",
        tracking=True,
        help="Our invoices go out in time and say what the law wants said before "
        "interest is due: in Luxembourg, for consumers, within a month of delivery and "
        "with a reference to article 12 of the law of 18 April 2004; in Germany, for "
        "consumers, that interest runs thirty days after due date and receipt.",
    )
    due_agreed = fields.Boolean(
        string="Due dates are agreed on",
        default=True,
        tracking=True,
        help="The customer agreed on them, as by an order or a contract. In Germany a "
        "due date that the invoice alone names makes nobody late: interest then runs "
        "from a formal notice, or thirty days after due date and receipt of the "
        "invoice.",
    )
    indemnity = fields.Boolean(
        string="Claim the fixed indemnity", default=True, tracking=True
    )
    clause_rule = fields.Selection(
        [
            ("none", "No penalty clause"),
            ("legal", "The most that the law allows"),
            ("percent", "A percentage"),
        ],
        string="Penalty clause",
        default="none",
        required=True,
        tracking=True,
    )
    clause_percent = fields.Float(
        string="Per cent of the claim", digits=(9, 5), tracking=True
    )
    clause_min = fields.Monetary(string="At least", tracking=True)
    clause_max = fields.Monetary(
        string="At most", tracking=True, help="0: no limit but that of the law."
    )
    fee_amount = fields.Monetary(
        string="Fee per reminder", tracking=True, help="Only where the law allows it."
    )
    law_html = fields.Html(
        string="What the law says", compute="_compute_law_html", sanitize=False
    )

    _check_percent = models.Constraint(
        "CHECK (clause_percent >= 0 AND clause_min >= 0 AND clause_max >= 0)",
        "A penalty clause can't be negative.",
    )
    _check_fee = models.Constraint(
        "CHECK (fee_amount >= 0)", "A reminder fee can't be negative."
    )

    # ------------------------------------------------------------------
    # The law
    # ------------------------------------------------------------------

    @api.depends("company_id", "country_id", "kind", "date_from")
    def _compute_law_html(self):
        for terms in self:
            terms.law_html = False
            regime = terms._regime()
            if regime:
                rows = [r for r in regime._rule_rows() if r["topic"] in TOPICS]
                rows += regime._mention_rows("invoice")
                terms.law_html = self.env["ir.qweb"]._render(
                    "credit_management.terms_law",
                    {
                        "regime": regime,
                        "rows": rows,
                        "others": not terms.country_id,
                    },
                )

    def _law_day(self):
        """The day of the law that the terms are held against."""
        self.ensure_one()
        today = self.company_id._credit_today()
        return max(self.date_from or today, today)

    def _regime(self):
        """The regime of the country the terms are for, else of the company's."""
        self.ensure_one()
        company = self.company_id
        regimes = self.env["credit.regime"]
        if not company or not self.kind:
            return regimes
        country = self.country_id or company.sudo().country_id
        return regimes._resolver(company)(self.kind, country.id, self._law_day())

    @api.constrains(
        "company_id", "date_from", "rate", "rate_margin", "rate_rule", "rate_series"
    )
    def _check_rate(self):
        """Refuse series that there are not, or not for the company, and absurd rates.

        A margin on a series is held against what both come to on the day of the law.
        """
        series = self.env["credit.rate.series"]
        codes = {
            company: series._by_code(terms.mapped("rate_series"), company)
            for company, terms in self.grouped("company_id").items()
        }
        for terms in self:
            by_series = terms.rate_rule == "series"
            if by_series and terms.rate_series not in codes[terms.company_id]:
                raise ValidationError(
                    self.env._(
                        "Terms “%(terms)s”: there is no series of rates with the code "
                        "“%(code)s”.",
                        terms=terms.name,
                        code=terms.rate_series or "",
                    )
                )
            day = terms._law_day()
            rate = agreed.agreed_percent(
                terms._to_engine(terms.currency_id, day),
                self.env["credit.rate"].sudo()._book(terms.company_id),
                day,
            )
            if rate is not None and not 0 <= rate <= 100:
                raise ValidationError(
                    self.env._(
                        "Terms “%(terms)s”: %(rate)s %% is no yearly rate of interest.",
                        terms=terms.name,
                        rate=f"{rate.normalize():f}",
                    )
                )

    @api.constrains(
        "clause_max",
        "clause_min",
        "clause_percent",
        "clause_rule",
        "company_id",
        "compounding",
        "country_id",
        "date_from",
        "fee_amount",
        "kind",
        "rate",
        "rate_margin",
        "rate_rule",
        "rate_series",
    )
    def _check_law(self):
        """Refuse what the law forbids, and name the rule, its limit and its article.

        Debtors in other countries than the one of the terms, or of the company, are
        under other laws: what these forbid is left out when a charge is worked out.
        """
        for terms in self.filtered("active"):
            regime = terms._regime()
            # Where no law is known nothing is charged, and there is nothing to break.
            if not regime or regime.scope == "none":
                continue
            company, day = terms.company_id, terms._law_day()
            found = agreed.objections(
                regime._to_engine(terms.currency_id, company, day),
                terms._to_engine(terms.currency_id, day),
                self.env["credit.rate"].sudo()._book(company),
                day,
            )
            if found:
                head = self.env._(
                    "Terms “%(terms)s” and the law, “%(regime)s”:",
                    terms=terms.name,
                    regime=regime.name,
                )
                lines = [terms._objection_text(objection) for objection in found]
                raise ValidationError("\n".join([head, *lines]))

    def _objection_text(self, objection):
        """An :class:`engine.agreed.Objection` as a sentence, with its article."""
        _ = self.env._
        regime = self.env["credit.regime"]

        def percent(number):
            return "" if number is None else regime._percent_text(number)

        def money(minor):
            if minor is None:
                return ""
            currency = self.currency_id
            return currency.format(minor / 10**currency.decimal_places)

        rule = objection.rule
        show = percent if rule.startswith("rate") else money
        values = {
            "value": show(objection.value),
            "limit": show(objection.limit),
            "series": objection.series,
            "base": money(objection.base),
        }
        texts = {
            "interest_none": _("No interest is due, whatever the terms say"),
            "rate_none": _("The rate is the legal one; terms can't set another"),
            "rate_floor": _(
                "The rate of %(value)s is too low: at least %(limit)s (%(series)s)",
                **values,
            ),
            "rate_cap": _(
                "The rate of %(value)s is too high: at most %(limit)s (%(series)s)",
                **values,
            ),
            "compounding": _("Interest on interest can't be agreed on"),
            "clause_none": _("A penalty clause is forbidden"),
            "clause_no_limit": _(
                "The law sets no limit to a penalty clause: name a percentage"
            ),
            "clause_cap": _(
                "The penalty clause is too high: for a claim of %(base)s it gives "
                "%(value)s, at most %(limit)s is allowed",
                **values,
            ),
            "fee_none": _("Reminder fees are forbidden"),
            "fee_cap": _(
                "The reminder fee of %(value)s is too high: at most %(limit)s",
                **values,
            ),
        }
        article = article_text(self.env, objection.article) or _("no article given")
        return f"– {texts[rule]} ({article})"
