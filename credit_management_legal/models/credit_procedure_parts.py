"""What a procedure consists of: its acts, and the deadlines between them."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.credit_management.models.credit_regime import CONFIDENCE
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import deadline as engine
from .credit_case_event import EVENT_KINDS
from .credit_limitation_rule import ACTS
from .credit_procedure import COURTS

ACTORS = [
    ("creditor", "Us"),
    ("party", "Lawyer or bailiff"),
    ("court", "Court"),
    ("debtor", "Debtor"),
]
#: Kinds of events that are no acts of a procedure.
NO_ACTS = ("missed", "question", "answer", "payment")


class CreditProcedureStage(models.Model):
    """An act of a procedure, and the stage at which a case stands once it is done."""

    _name = "credit.procedure.stage"
    _description = "Act of a Procedure"
    _inherit = ["credit.article.mixin"]
    _order = "procedure_id, sequence, id"

    procedure_id = fields.Many2one(
        "credit.procedure", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    event_kind = fields.Selection(
        [kind for kind in EVENT_KINDS if kind[0] not in NO_ACTS],
        string="Kind of act",
        required=True,
        default="other",
    )
    actor = fields.Selection(
        ACTORS, string="Done by", required=True, default="party", help="Who does it."
    )
    next_ids = fields.Many2many(
        "credit.procedure.stage",
        "credit_procedure_stage_next_rel",
        "stage_id",
        "next_id",
        string="What may follow",
        domain="[('procedure_id', '=', procedure_id)]",
        help="The first one that leads on is what is expected.",
    )
    previous_ids = fields.Many2many(
        "credit.procedure.stage",
        "credit_procedure_stage_next_rel",
        "next_id",
        "stage_id",
        string="What may come before",
        domain="[('procedure_id', '=', procedure_id)]",
    )
    starts = fields.Boolean(
        string="Begins anew", help="Done once more, the procedure begins anew."
    )
    outcome = fields.Selection(
        [("title", "Enforceable title"), ("ended", "The procedure ends")],
        help="What comes of it.",
    )
    limitation_act = fields.Selection(
        [("none", "Nothing"), *ACTS],
        string="To limitation it is",
        help="Empty: what its kind is, a judgment where it gives an enforceable title, "
        "and nothing where it ends the procedure without one.",
    )
    is_dispute = fields.Boolean(
        string="Disputes the claim",
        help="After it the claim counts as disputed, also in other procedures.",
    )
    papers = fields.Text(
        translate=True, string="Papers needed", help="One on each line."
    )
    paper_codes = fields.Char(
        string="Codes of papers",
        help="Papers that can be printed for it, separated by commas.",
    )
    currency_id = fields.Many2one(related="procedure_id.currency_id")
    cost_known = fields.Boolean(string="Cost known")
    cost_amount = fields.Monetary(string="Typical cost")
    cost_source = fields.Char(string="Source of the cost")
    cost_confidence = fields.Selection(
        CONFIDENCE, string="How sure of the cost", default="memory", required=True
    )
    requires_id = fields.Many2one(
        "credit.procedure.stage",
        string="Only after",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('procedure_id', '=', procedure_id)]",
        help="May not be done before that one.",
    )
    requires_max = fields.Monetary(
        string="For principals up to", help="0: whatever the principal."
    )
    requires_court = fields.Selection(
        COURTS, string="Only before", help="Empty: before every court."
    )
    confidence = fields.Selection(CONFIDENCE, default="memory", required=True)
    source = fields.Char(help="Where it was read, and when.")
    note = fields.Text(translate=True)

    _code_unique = models.Constraint(
        "UNIQUE (procedure_id, code)", "Two acts of a procedure have the same code."
    )

    @api.constrains("paper_codes")
    def _check_paper_codes(self):
        papers = self.env["credit.paper"].search([("code", "in", self._paper_codes())])
        known = set(papers.mapped("code"))
        for stage in self:
            unknown = [code for code in stage._paper_codes() if code not in known]
            if unknown:
                raise ValidationError(
                    self.env._(
                        "%(act)s, codes of papers: there is no paper “%(code)s”.",
                        act=stage.display_name,
                        code=unknown[0],
                    )
                )

    def _paper_codes(self):
        """Codes of the papers that can be printed for these acts, in their order."""
        codes = ",".join(stage.paper_codes or "" for stage in self)
        return [code.strip() for code in codes.split(",") if code.strip()]

    def _following(self):
        """What may follow, the expected one first.

        What leads on is expected; what the debtor may do, or what ends it, is not.
        """
        return self.next_ids.sorted(
            lambda one: (one.outcome == "ended", one.actor == "debtor", one.sequence)
        )


class CreditProcedureDeadline(models.Model):
    """A deadline as a rule: after which act, how long, and what follows if missed.

    Versions of a rule share their ``code``; which one holds depends on the day of
    ``basis_id``, such as the order.
    """

    _name = "credit.procedure.deadline"
    _description = "Deadline of a Procedure"
    _inherit = ["credit.article.mixin"]
    _order = "procedure_id, sequence, id"

    procedure_id = fields.Many2one(
        "credit.procedure", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True, help="Shared by all versions.")
    name = fields.Char(required=True, translate=True)
    role = fields.Selection(
        [
            (engine.ACT, "To be done by then"),
            (engine.ANSWER, "Time of the other side"),
            (engine.WAIT, "Not before it is over"),
            (engine.BEFORE, "So long before"),
        ],
        string="What it is",
        required=True,
        default=engine.ACT,
    )
    number = fields.Integer(aggregator=None, required=True)
    unit = fields.Selection(
        [
            ("days", "Days"),
            ("working_days", "Working days"),
            ("months", "Months"),
            ("years", "Years"),
        ],
        required=True,
        default="days",
    )
    after_id = fields.Many2one(
        "credit.procedure.stage",
        string="Counted from",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('procedure_id', '=', procedure_id)]",
        help="The day of that act is not counted.",
    )
    after_rule_id = fields.Many2one(
        "credit.procedure.deadline",
        string="From the end of",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('procedure_id', '=', procedure_id), ('after_id', '=', after_id)]",
        help="Counted from the last day of that deadline instead of the act.",
    )
    met_ids = fields.Many2many(
        "credit.procedure.stage",
        "credit_procedure_deadline_met_rel",
        "deadline_id",
        "stage_id",
        string="Met by",
        domain="[('procedure_id', '=', procedure_id)]",
    )
    moot_ids = fields.Many2many(
        "credit.procedure.stage",
        "credit_procedure_deadline_moot_rel",
        "deadline_id",
        "stage_id",
        string="No longer matters after",
        domain="[('procedure_id', '=', procedure_id)]",
    )
    proved_ids = fields.Many2many(
        "credit.procedure.stage",
        "credit_procedure_deadline_proved_rel",
        "deadline_id",
        "stage_id",
        string="Proved by",
        domain="[('procedure_id', '=', procedure_id)]",
        help="Acts that show that it was met in time, whatever their own day: a court "
        "makes no order if its costs were not paid.",
    )
    first_only = fields.Boolean(
        string="The first only", help="Only the first such act counts."
    )
    basis_id = fields.Many2one(
        "credit.procedure.stage",
        string="Version by the date of",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('procedure_id', '=', procedure_id)]",
    )
    date_from = fields.Date(string="Holds from")
    date_to = fields.Date(string="Holds until")
    court_kind = fields.Selection(
        COURTS, string="Only before", help="Empty: before every court."
    )
    currency_id = fields.Many2one(related="procedure_id.currency_id")
    principal_above = fields.Monetary(
        string="For principals above", help="0: whatever the principal."
    )
    country_id = fields.Many2one(
        "res.country", string="Only in", help="Empty: wherever the court is."
    )
    months_overseas = fields.Integer(help="More for debtors overseas.")
    months_abroad = fields.Integer(help="More for debtors abroad.")
    unless_in_person_id = fields.Many2one(
        "credit.procedure.stage",
        string="Unless in person",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('procedure_id', '=', procedure_id)]",
        help="Does not hold if that act was done in person.",
    )
    unless_ids = fields.Many2many(
        "credit.procedure.stage",
        "credit_procedure_deadline_unless_rel",
        "deadline_id",
        "stage_id",
        string="Unless done before",
        domain="[('procedure_id', '=', procedure_id)]",
        help="Does not hold if one of these acts was done by then.",
    )
    prolongs_id = fields.Many2one(
        "credit.procedure.deadline",
        string="Prolongs the time of",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('procedure_id', '=', procedure_id), ('role', '=', 'answer')]",
        help="Where this time may hold, the other side may answer until it is over as "
        "well, without end while it has not begun.",
    )
    rolls = fields.Boolean(
        string="Counted as a period of procedure",
        default=True,
        help="Off for limitation: its last day is never put off.",
    )
    fatal = fields.Boolean(help="The procedure ends when it is missed.")
    gives_title = fields.Boolean(
        string="Gives a title", help="Once it is over there is an enforceable title."
    )
    actor = fields.Selection(ACTORS, string="Who must act", default="party")
    consequence = fields.Text(
        translate=True, string="What follows", help="When it is missed, or over."
    )
    remedy = fields.Text(translate=True, string="What can be done then")
    confidence = fields.Selection(CONFIDENCE, default="memory", required=True)
    source = fields.Char(help="Where it was read, and when.")

    _check_number = models.Constraint(
        "CHECK (number >= 0)", "A deadline has no negative length."
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for rule in self:
            if rule.date_from and rule.date_to and rule.date_to < rule.date_from:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: it holds until a day before it begins.",
                        rule=rule.name,
                    )
                )

    @api.constrains(
        "after_id",
        "after_rule_id",
        "met_ids",
        "moot_ids",
        "proved_ids",
        "unless_ids",
        "prolongs_id",
        "basis_id",
        "procedure_id",
    )
    def _check_stages(self):
        for rule in self:
            stages = rule.after_id | rule.met_ids | rule.moot_ids | rule.basis_id
            stages |= rule.unless_ids | rule.proved_ids
            others = rule.after_rule_id | rule.prolongs_id
            if stages.procedure_id | others.procedure_id != rule.procedure_id:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: its acts are those of its own procedure.",
                        rule=rule.name,
                    )
                )

    def _to_engine(self):
        """As :class:`engine.deadline.Rule`; the key is the id."""
        self.ensure_one()
        return engine.Rule(
            code=self.code,
            role=self.role,
            number=self.number,
            unit=self.unit,
            after=self.after_id.code,
            met_by=tuple(self.met_ids.mapped("code")),
            moot_by=tuple(self.moot_ids.mapped("code")),
            proved_by=tuple(self.proved_ids.mapped("code")),
            after_rule=self.after_rule_id.code or "",
            first=self.first_only,
            basis=self.basis_id.code or "",
            valid_from=self.date_from or None,
            valid_to=self.date_to or None,
            court=self.court_kind or "",
            above=to_minor(self.principal_above, self.currency_id),
            country=self.country_id.code or "",
            overseas=self.months_overseas,
            abroad=self.months_abroad,
            unless_in_person=self.unless_in_person_id.code or "",
            unless=tuple(self.unless_ids.mapped("code")),
            prolongs=self.prolongs_id.code or "",
            rolls=self.rolls,
            fatal=self.fatal,
            gives_title=self.gives_title,
            key=self.id,
        )
