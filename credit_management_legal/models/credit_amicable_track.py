"""The amicable phase as data: tracks and their stages."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.credit_management.engine.regime import CHARGES, FEE

from ..engine import track as engine

#: Channels by which a stage reaches the debtor.
CONTACTS = ("letter", "registered_letter", "email", "sms", "phone", "visit")
LETTERS = ("letter", "registered_letter")
#: What a stage says and its step says after it, in every language.
TEXTS = ("name", "letter_text", "instructions")
#: Days that the formal notice of whoever collects for others gives at least.
NOTICE_DAYS = 15


class CreditAmicableTrack(models.Model):
    """How a case is collected amicably: by a third party, or by a team of the house.

    Its stages that reach the debtor are steps of a policy that is archived and follows
    nobody: so that reminders of cases leave by the channels, rules and proofs of all
    others.
    """

    _name = "credit.amicable.track"
    _description = "Amicable Track"
    _order = "sequence, name, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    actor = fields.Selection(
        [("party", "A third party, by its mandate"), ("in_house", "Our own team")],
        string="Who collects",
        required=True,
        default="party",
    )
    country_id = fields.Many2one(
        "res.country", string="Debtors in", help="Empty: any country."
    )
    debtor_kind = fields.Selection(
        [("business", "Businesses"), ("consumer", "Consumers")],
        string="Against",
        help="Empty: any debtor.",
    )
    stage_ids = fields.One2many(
        "credit.case.stage", "track_id", string="Stages", copy=True
    )
    mandate_ids = fields.One2many("credit.mandate", "track_id", string="Mandates")
    policy_id = fields.Many2one(
        "credit.policy",
        string="Policy of its steps",
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
        help="Archived: it holds the steps by which reminders of cases leave.",
    )
    note = fields.Text(translate=True)

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: the steps need a policy
        policies = (
            self.env["credit.policy"]
            .sudo()
            .create(
                [
                    {
                        "name": vals.get("name"),
                        "company_id": vals.get("company_id"),
                        "active": False,
                        "partner_domain": "[('id', '=', 0)]",
                        "sequence": 1000,
                        "min_interval_days": 0,
                    }
                    for vals in vals_list
                ]
            )
        )
        return super().create(
            [
                {**vals, "policy_id": policy.id}
                for vals, policy in zip(vals_list, policies, strict=True)
            ]
        )

    def write(self, vals):
        # EXTENDS base
        if "company_id" in vals:
            self.sudo().policy_id.company_id = vals["company_id"]
        return super().write(vals)

    def _to_engine(self):
        """The stages as plain values."""
        self.ensure_one()
        return [
            engine.Stage(
                id=stage.id,
                rank=rank,
                delay_days=stage.delay_days,
                from_opening=stage.delay_from == "opening",
                contact=stage.channel in CONTACTS,
                notice=stage._is_notice(),
                then=stage.then,
            )
            for rank, stage in enumerate(
                self.stage_ids.sorted(lambda s: (s.sequence, s.id)), start=1
            )
        ]

    @api.constrains("actor", "country_id", "debtor_kind", "stage_ids")
    def _check_law(self):
        """No act before the notice where a law says so: see ``collector_notice``."""
        guarded = self.env["credit.case"]._collector_notice_days()
        for track in self:
            if track.actor != "party" or track.debtor_kind != "consumer":
                continue
            if track.country_id.id not in guarded:
                continue
            by_post = (*LETTERS, "paper")
            contacts = track.stage_ids.filtered(
                lambda s: (
                    s.channel in CONTACTS or s.channel == "paper" and s._is_notice()
                )
            )
            first = contacts.sorted(lambda s: (s.sequence, s.id))[:1]
            if first and not (first._is_notice() and first.channel in by_post):
                raise ValidationError(
                    self.env._(
                        "Track “%(track)s”: whoever collects for others from consumers "
                        "in %(country)s begins with a formal notice by letter, not "
                        "with “%(stage)s”.",
                        track=track.name,
                        country=track.country_id.name,
                        stage=first.name,
                    )
                )


class CreditCaseStage(models.Model):
    """A stage of an amicable track."""

    _name = "credit.case.stage"
    _description = "Amicable Stage"
    _order = "track_id, sequence, id"

    track_id = fields.Many2one(
        "credit.amicable.track", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    delay_days = fields.Integer(
        aggregator=None,
        string="Delay (days)",
        help="Days after the previous stage, or the opening.",
    )
    delay_from = fields.Selection(
        [("previous", "After the previous stage"), ("opening", "After the opening")],
        default="previous",
        required=True,
        string="Counted",
    )
    channel = fields.Selection(
        [
            ("letter", "Letter"),
            ("registered_letter", "Registered letter"),
            ("email", "E-mail"),
            ("sms", "Text message"),
            ("phone", "Phone call"),
            ("visit", "Visit"),
            ("paper", "Paper for a third party"),
            ("none", "Somebody looks at it"),
        ],
        required=True,
        default="letter",
        help="Text messages leave where an addon sends them, e-mails otherwise.",
    )
    in_name_of = fields.Selection(
        [("creditor", "The creditor"), ("party", "The third party")],
        string="In the name of",
        required=True,
        default="creditor",
    )
    sender_id = fields.Many2one(
        "credit.sender",
        ondelete="restrict",
        help="Empty: in the name of a third party, the sender that was made for it.",
    )
    paper_id = fields.Many2one(
        "credit.paper",
        ondelete="restrict",
        help="What is printed. Letters without one say the text of the stage.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail template",
        domain=[("model", "=", "credit.reminder")],
        ondelete="restrict",
    )
    letter_text = fields.Html(
        string="Text of the letter", translate=True, sanitize_attributes=False
    )
    script = fields.Html(
        translate=True,
        sanitize_attributes=False,
        help="What is said on the telephone, in the debtor's language. It may say what "
        "scripts of steps may.",
    )
    instructions = fields.Text(
        translate=True, help="What whoever calls, visits or decides should look at."
    )
    attempt_count = fields.Integer(
        string="Attempts", default=3, help="Calls that are tried at least."
    )
    deadline_days = fields.Integer(aggregator=None, string="Days to pay")
    formal_notice = fields.Boolean()
    waits_for_answer = fields.Boolean(
        help="The next stage waits until the days to pay are over."
    )
    needs_approval = fields.Boolean(
        string="To approve", help="Somebody lets it go; else it leaves when it is due."
    )
    with_charges = fields.Boolean(
        string="With charges",
        default=True,
        help="Asks for the interest and charges that the terms and the law give.",
    )
    then = fields.Selection(
        [
            (engine.NEXT, "The next stage"),
            (engine.COURT, "To court"),
            (engine.STOP, "Stop"),
        ],
        default=engine.NEXT,
        required=True,
        string="What follows",
    )
    step_id = fields.Many2one(
        "credit.policy.step",
        string="Step of its reminders",
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
    )

    _check_days = models.Constraint(
        "CHECK (delay_days >= 0 AND deadline_days >= 0)",
        "Days of a stage can't be negative.",
    )

    @api.constrains(
        "deadline_days", "formal_notice", "in_name_of", "paper_id", "channel"
    )
    def _check_notice_days(self):
        for stage in self:
            if stage.in_name_of != "party" or not stage._is_notice():
                continue
            # Without days of its own the stage gives those of its paper.
            if (stage.deadline_days or stage.paper_id.deadline_days) < NOTICE_DAYS:
                raise ValidationError(
                    self.env._(
                        "“%(stage)s”: the formal notice of a third party gives the "
                        "debtor %(days)s days at least.",
                        stage=stage.name,
                        days=NOTICE_DAYS,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        stages = super().create(vals_list)
        stages._sync_steps()
        return stages

    def write(self, vals):
        # EXTENDS base
        result = super().write(vals)
        if "step_id" not in vals:
            self._sync_steps()
        return result

    def _is_notice(self):
        """Whether it puts the debtor on notice: it says so, or its paper is one."""
        self.ensure_one()
        return self.formal_notice or self.paper_id.kind == "notice"

    def _paper_of(self, case):
        """The paper of the stage, or the one that the debtor's law has in its place.

        A formal notice of an agency is another paper in France than elsewhere: of all
        that are of the same kind and hand, the one made for the debtor's country and
        kind goes first.
        """
        self.ensure_one()
        paper = self.paper_id
        if not paper:
            return paper
        fitting = paper.search(
            paper._suited_domain(case)
            & Domain("kind", "=", paper.kind)
            & Domain("layout", "=", paper.layout)
            & Domain("in_name_of", "=", paper.in_name_of)
        ).sorted(
            lambda other: (
                -bool(other.country_id) - bool(other.debtor_kind),
                other != paper,
                other.sequence,
            )
        )
        return fitting[:1] or paper

    def _step_channel(self):
        """The channel of the step: without an addon for texts, they go by e-mail."""
        self.ensure_one()
        known = dict(self.env["credit.policy.step"]._selection_channel())
        return self.channel if self.channel in known else "email"

    def _sync_steps(self):
        """Let the step of each stage that reaches the debtor say what the stage says.

        In sudo: who may change tracks may do so, the policy being theirs alone.
        """
        for stage in self.sudo():
            if stage.channel not in CONTACTS:
                continue
            values = stage._step_values()
            if stage.step_id:
                stage.step_id.write(values)
            else:
                stage.step_id = self.env["credit.policy.step"].sudo().create(values)
        self._sync_texts()

    def _sync_texts(self):
        """Let the steps of stages say what these say, in every language.

        Translations that come with an addon or a language are loaded past the ORM, so
        that no write tells of them: it is looked at again before a step is used.
        """
        stages, steps = self.sudo(), self.sudo().step_id
        stages.flush_recordset(["step_id", *TEXTS])
        steps.flush_recordset(TEXTS)
        places = self.env.execute_query(
            SQL(
                """UPDATE credit_policy_step step
                      SET name = stage.name, letter_text = stage.letter_text,
                          instructions = stage.instructions
                     FROM credit_case_stage stage
                    WHERE stage.step_id = step.id AND stage.id = ANY(%s)
                      AND (step.name, step.letter_text, step.instructions)
                          IS DISTINCT FROM
                          (stage.name, stage.letter_text, stage.instructions)
                RETURNING step.id""",
                stages.ids,
            )
        )
        if places:
            steps.invalidate_recordset(TEXTS)

    def _update_field_translations(self, *args, **kwargs):
        # EXTENDS base: nothing is written where a text is translated
        result = super()._update_field_translations(*args, **kwargs)
        self._sync_texts()
        return result

    def _step_values(self):
        self.ensure_one()
        charges = {
            f"charge_{kind}": self.with_charges for kind in CHARGES if kind != FEE
        }
        return {
            "policy_id": self.track_id.sudo().policy_id.id,
            "sequence": self.sequence,
            "name": self.name,
            "trigger": "previous",
            "channel": self._step_channel(),
            "automation": "approve" if self.needs_approval else "automatic",
            "mail_template_id": self.mail_template_id.id,
            "letter_text": self.letter_text,
            "instructions": self.instructions,
            "attempt_count": max(self.attempt_count, 1),
            "deadline_days": self.deadline_days,
            "formal_notice": self.formal_notice,
            **charges,
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if (
            self.env["credit.case.act"]
            .sudo()
            .search_count([("stage_id", "in", self.ids)], limit=1)
        ):
            raise ValidationError(
                self.env._("Cases have been at this stage: archive its track instead.")
            )

    def unlink(self):
        # EXTENDS base: its step goes with it
        steps = self.sudo().step_id
        result = super().unlink()
        steps.unlink()
        return result


class CreditMandate(models.Model):
    _inherit = "credit.mandate"

    track_id = fields.Many2one(
        "credit.amicable.track",
        string="Amicable track",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('actor', '=', 'party'), ('company_id', 'in', (False, company_id))]",
        help="The stages that cases of this mandate go through here. Empty: the third "
        "party does it all by itself.",
    )
