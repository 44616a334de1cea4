from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.credit_management.models.credit_regime import CONFIDENCE
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import deadline as engine
from ..engine import procedure as choice

ANSWERS = [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")]
COURTS = [
    ("commercial", "Commercial or enterprise court"),
    ("judicial", "Judicial or civil court"),
    ("local", "Local court, justice of the peace"),
    ("none", "No court: a bailiff"),
]
#: Months that are asked of the debtor's territory, as French departments overseas.
OVERSEAS = {
    "FR": frozenset(
        ("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT")
    )
}


def home_country(code):
    """The country to whose courts a territory belongs, by ISO codes."""
    return next((home for home, parts in OVERSEAS.items() if code in parts), code)


class CreditProcedure(models.Model):
    """A way to an enforceable title: for whom, before whom, by which acts and when.

    It belongs to a country, or to the European Union for claims across its borders.
    Amounts are in ``currency_id``. Where the law does not say whether a kind of debtor
    or a dispute stands in the way, the answer is *not known*: that warns, and refuses
    nothing.
    """

    _name = "credit.procedure"
    _description = "Judicial Procedure"
    _inherit = ["credit.article.mixin"]
    _order = "sequence, id"

    sequence = fields.Integer(
        default=10, help="The first one that nothing speaks against is proposed."
    )
    code = fields.Char(required=True, index=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    scope = fields.Selection(
        [
            ("country", "Debtors in one country"),
            ("eu", "Across borders of the European Union"),
        ],
        default="country",
        required=True,
    )
    country_id = fields.Many2one(
        "res.country", help="Of the debtor: where the court is."
    )
    excluded_country_ids = fields.Many2many(
        "res.country",
        "credit_procedure_excluded_country_rel",
        "procedure_id",
        "country_id",
        string="Not in",
        help="Countries of the Union that do not take part.",
    )
    way = fields.Selection(
        [("order", "Order to pay"), ("lawsuit", "Lawsuit")],
        default="order",
        required=True,
        help="As which way it counts when what each way promises is compared: a title "
        "without a hearing, or a court that hears both sides.",
    )
    court = fields.Char(
        string="Before whom", translate=True, help="In words, as a lawyer would say it."
    )
    court_business = fields.Selection(
        COURTS, string="Court for businesses", help="Where the debtor is a business."
    )
    court_other = fields.Selection(
        COURTS, string="Court for others", help="Where the debtor is no business."
    )
    for_business = fields.Selection(
        ANSWERS, string="Against businesses", default="yes", required=True
    )
    for_consumer = fields.Selection(
        ANSWERS, string="Against consumers", default="yes", required=True
    )
    for_public = fields.Selection(
        ANSWERS, string="Against public bodies", default="unknown", required=True
    )
    business_until = fields.Date(
        string="For businesses until", help="Empty: for businesses without limit."
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    max_business = fields.Monetary(
        string="At most from businesses", help="Of the principal. 0: no limit."
    )
    max_other = fields.Monetary(
        string="At most from others", help="Of the principal. 0: no limit."
    )
    limit_interest = fields.Boolean(
        string="Interest counts too",
        help="Principal and interest together are at most so much.",
    )
    max_extras = fields.Integer(
        string="Interest and clauses at most (%)",
        help="Percent of the principal. 0: no limit. Papers leave out what is above.",
    )
    registered_only = fields.Boolean(
        string="Registered enterprises only",
        help="Creditor and debtor are both in a register of enterprises.",
    )
    contract_only = fields.Boolean(string="Debts from contracts only")
    solvent_only = fields.Boolean(string="Not in an insolvency")
    undisputed = fields.Selection(
        [
            ("yes", "A dispute excludes it"),
            ("unknown", "A dispute makes it unwise"),
            ("no", "A dispute does not matter"),
        ],
        default="no",
        required=True,
        string="Disputes",
    )
    in_force = fields.Boolean(
        default=True, help="Off while something is missing, such as a decree."
    )
    date_from = fields.Date(string="In force from")
    date_to = fields.Date(string="In force until")
    rollover = fields.Selection(
        [
            (engine.NEXT_WORKING, "Put off to the next working day"),
            (engine.AS_IT_IS, "Not put off"),
            (engine.UNKNOWN, "Not known: the prudent reading"),
        ],
        string="A last day that is no working day",
        default=engine.UNKNOWN,
        required=True,
        help="Where it is not known, what we have to do is not put off, and the time "
        "that others have is.",
    )
    rollover_article = fields.Char(string="Article on time")
    rollover_confidence = fields.Selection(
        CONFIDENCE, string="How sure on time", default="memory", required=True
    )
    confidence = fields.Selection(CONFIDENCE, default="memory", required=True)
    source = fields.Char(help="Where it was read, and when.")
    description = fields.Text(
        translate=True, help="Conditions in words, and what is not known."
    )
    stage_ids = fields.One2many("credit.procedure.stage", "procedure_id", string="Acts")
    deadline_ids = fields.One2many(
        "credit.procedure.deadline", "procedure_id", string="Deadlines"
    )
    case_count = fields.Integer(compute="_compute_case_count", string="Number of cases")

    _code_unique = models.Constraint(
        "UNIQUE (code)", "Two procedures have the same code."
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_case_count(self):
        counts = dict(
            self.env["credit.case"]._read_group(
                [("procedure_id", "in", self.ids)], ["procedure_id"], ["__count"]
            )
        )
        for procedure in self:
            procedure.case_count = counts.get(procedure, 0)

    @api.constrains("scope", "country_id")
    def _check_country(self):
        for procedure in self:
            if (procedure.scope == "country") != bool(procedure.country_id):
                raise ValidationError(
                    self.env._(
                        "%(procedure)s: name the country of the debtor, or choose "
                        "“Across borders of the European Union”.",
                        procedure=procedure.name,
                    )
                )

    @api.constrains("deadline_ids")
    def _check_rules(self):
        for procedure in self:
            try:
                engine._order(procedure._rules())
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "%(procedure)s: these deadlines run from the end of each "
                        "other: %(codes)s.",
                        procedure=procedure.name,
                        codes=error,
                    )
                ) from error

    # ------------------------------------------------------------------
    # To the engine
    # ------------------------------------------------------------------

    def _conditions(self):
        """For whom the procedure is, as :mod:`engine.procedure` wants it."""
        self.ensure_one()
        other, business = (
            to_minor(amount, self.currency_id)
            for amount in (self.max_other, self.max_business)
        )
        members = frozenset()
        if self.scope == "eu":
            union = self.env.ref("base.europe").sudo().country_ids
            members = frozenset((union - self.excluded_country_ids).mapped("code"))
        return choice.Conditions(
            kinds={
                "business": self.for_business,
                "consumer": self.for_consumer,
                "public": self.for_public,
            },
            in_force=self.in_force,
            valid_from=self.date_from or None,
            valid_to=self.date_to or None,
            business_until=self.business_until or None,
            limits={"business": business, "consumer": other, "public": other},
            limit_interest=self.limit_interest,
            country=self.country_id.code or "",
            members=members,
            cross_border=self.scope == "eu",
            registered=self.registered_only,
            undisputed=self.undisputed,
            solvent=self.solvent_only,
            max_extras=self.max_extras,
        )

    def _rules(self):
        """The deadlines, all versions, as :mod:`engine.deadline` wants them."""
        self.ensure_one()
        return [deadline._to_engine() for deadline in self.deadline_ids]

    def _place(self, debtor_country, court, principal=None):
        """How the court reckons, how far the debtor is from it, and what it is about.

        The court is in the country of the procedure, else in that of the debtor.

        :param principal: in minor units of ``currency_id``; None: not known

        :rtype: engine.deadline.Place
        """
        self.ensure_one()
        own = self.country_id.code or home_country(debtor_country)
        where = engine.HOME
        if debtor_country in OVERSEAS.get(own, ()):
            where = engine.OVERSEAS
        elif debtor_country and debtor_country != own:
            where = engine.ABROAD
        return engine.Place(
            calendar=engine.WorkingCalendar(own or None),
            rollover=self.rollover,
            debtor=where,
            court=court or "",
            principal=principal,
        )

    def _outlook(self, case, events, today, ended=None):
        """What the rules make of the events of a case.

        :param events: :class:`engine.deadline.Event`, by codes of the stages
        :rtype: engine.deadline.Outlook
        """
        self.ensure_one()
        stages = self.stage_ids
        return engine.outlook(
            self._rules(),
            events,
            today,
            self._place(
                case.partner_id.country_id.code or "",
                case.court_kind,
                case._principal_at_law(self.currency_id),
            ),
            starts=set(stages.filtered("starts").mapped("code")),
            endings=set(stages.filtered(lambda s: s.outcome == "ended").mapped("code")),
            titles=set(stages.filtered(lambda s: s.outcome == "title").mapped("code")),
            ended=ended,
        )

    def action_view_cases(self):
        """Open the cases that take this procedure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management_legal.credit_case_action"
        )
        return dict(action, domain=[("procedure_id", "=", self.id)], context={})
