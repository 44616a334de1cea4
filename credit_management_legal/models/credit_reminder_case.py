"""Reminders that belong to a case: they leave although its items are not reminded."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.models.credit_policy_step import MANUAL_CHANNELS
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from .credit_amicable_track import LETTERS

#: Condition on ``line``: the reminder belongs to a case.
OF_A_CASE = SQL(
    """EXISTS (SELECT FROM credit_reminder own
                WHERE own.id = line.reminder_id AND own.act_id IS NOT NULL)"""
)
#: Condition on ``line`` and ``aml``: the item is in that case still, and that is not
#: before a court, where nobody goes along a track.
IN_ITS_CASE = SQL(
    """EXISTS (SELECT FROM credit_reminder own
                 JOIN credit_case_act act ON act.id = own.act_id
                 JOIN credit_case owner ON owner.id = act.case_id
                 JOIN credit_case_line held ON held.case_id = act.case_id
                WHERE own.id = line.reminder_id AND held.is_open
                  AND owner.kind = 'amicable'
                  AND held.move_line_id = aml.id)"""
)


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _block_conditions(self, company, today, debtors=None):
        # EXTENDS credit_management_legal: a reminder of the case itself
        conditions = super()._block_conditions(company, today, debtors)
        if not self.env.context.get("credit_case_reminders"):
            return conditions
        return [
            (
                reason,
                SQL(
                    "CASE WHEN %s THEN NOT %s ELSE %s END",
                    OF_A_CASE,
                    IN_ITS_CASE,
                    condition,
                ),
            )
            if reason == "case"
            else (reason, condition)
            for reason, condition in conditions
        ]


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    act_id = fields.Many2one(
        "credit.case.act",
        string="Stage of a case",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The case that it belongs to, and where on its track that stands.",
    )
    origin = fields.Selection(
        selection_add=[("case", "Case")], ondelete={"case": "set default"}
    )

    @api.model
    def _script_source(self):
        # EXTENDS credit_management: what the stage says, in each of its languages
        if self.act_id:
            return self.act_id.stage_id.script
        return super()._script_source()

    def _evidence_fields(self):
        # EXTENDS credit_management
        return super()._evidence_fields() | {"act_id"}

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _reasons_sql(self, company, today):
        # EXTENDS credit_management
        reminders = self.with_context(credit_case_reminders=True)
        return super(CreditReminder, reminders)._reasons_sql(company, today)

    def _recheck_claims(self, company):
        # EXTENDS credit_management: a third party may have been paid meanwhile, or
        # says so
        kept, own = self, self._of_cases()
        paid = own.sudo().act_id.case_id._paid_pauses()
        for reminder in own:
            case = reminder.sudo().act_id.case_id
            if case in paid:
                reminder._drop(paid[case])
                kept -= reminder
        return super(CreditReminder, kept)._recheck_claims(company) if kept else kept

    def _refresh_company_charges(self, company, day):
        # EXTENDS credit_management: what third parties hold bears no interest, and is
        # taken off what a case asks for
        own = self._of_cases()
        holding = own.sudo().act_id.case_id._holding()
        stopped = super(
            CreditReminder, self._with_held(holding)
        )._refresh_company_charges(company, day)
        for reminder in own - stopped:
            if reminder.sudo().act_id.case_id in holding:
                reminder._ask_claim(day)
        return self & stopped

    def _of_cases(self):
        """Those that are stages of cases; nothing else is read of the others."""
        self.fetch(["act_id"])
        return self.filtered("act_id")

    def _with_held(self, holding):
        """The same, with what third parties hold among the payments on the items.

        :param holding: cases in which they hold anything
        """
        return self.with_context(credit_case_reported=holding.ids) if holding else self

    def _ask_claim(self, day):
        """Ask for the claim of the case, as its papers do."""
        self.ensure_one()
        case, currency = self.sudo().act_id.case_id, self.currency_id
        claim = case._paper_claim(
            day,
            "en",
            self.line_ids.move_line_id,
            case.procedure_id.max_extras,
        )
        whole = self.amount_total + self.amount_credit
        total = min(to_major(claim["total"], currency), whole)
        self.write(
            {"amount_credit": currency.round(whole - total), "amount_total": total}
        )

    def _calculations(self):
        # EXTENDS credit_management
        holding = self._of_cases().sudo().act_id.case_id._holding()
        made = super(CreditReminder, self._with_held(holding))._calculations()
        return {self.browse(reminder.id): one for reminder, one in made.items()}

    def _calculation_credit(self, whole):
        # EXTENDS credit_management: payments to a third party stand at their items
        if self.act_id:
            return whole - to_minor(self.amount_total, self.currency_id)
        return super()._calculation_credit(whole)

    def _channel_alerts(self):
        # EXTENDS credit_management: who writes, and what the law makes wait
        alerts = super()._channel_alerts()
        for reminder in self.filtered("act_id"):
            text = reminder._case_alert()
            if text:
                alerts.setdefault(reminder, text)
        return alerts

    def _case_alert(self):
        """What keeps a reminder of a case from leaving, or an empty text."""
        self.ensure_one()
        act = self.sudo().act_id
        case, today = act.case_id, self.company_id._credit_today()
        law = case.act_ids.filtered(
            lambda other: (
                other != act
                and other.law_wait
                and other.wait_until
                and other.wait_until >= today
            )
        )
        if law:
            return case.with_env(self.env)._law_wait_text(law[:1])
        stage = act.stage_id
        written = self.channel not in MANUAL_CHANNELS and not self._paper()
        if stage.in_name_of == "party" and written and not self._identity():
            return self.env._(
                "“%(stage)s” is in the name of %(party)s: make a sender for it, with "
                "its mandate.",
                stage=stage.name,
                party=case.party_id.name or self.env._("a third party"),
            )
        return ""

    def _check_attempt(self, moment, incoming=False):
        # EXTENDS credit_management: calls and visits wait as well
        if self.act_id and not incoming:
            text = self._case_alert()
            if text:
                raise UserError(text)
        return super()._check_attempt(moment, incoming=incoming)

    def _mention_alerts(self):
        # EXTENDS credit_management: a paper says by itself what the law wants
        own = self.filtered(lambda r: r._paper())
        alerts = super(CreditReminder, self - own)._mention_alerts()
        for reminder in own:
            try:
                values = reminder._paper_values()
            except UserError as error:
                alerts[reminder] = str(error)
                continue
            missing = [
                gap["label"]
                for gap in values["gaps"]
                if gap["mention"] or reminder.step_id.formal_notice
            ]
            if missing:
                alerts[reminder] = self.env._(
                    "“%(paper)s” lacks: %(names)s.",
                    paper=reminder._paper().name,
                    names=", ".join(missing),
                )
        return alerts

    # ------------------------------------------------------------------
    # Who writes, and what
    # ------------------------------------------------------------------

    def _identity(self):
        # EXTENDS credit_management: a file that an agency has is written by it
        act = self.sudo().act_id
        if not act:
            return super()._identity()
        if act.stage_id.sender_id or act.stage_id.in_name_of != "party":
            return act.stage_id.sender_id
        return act.case_id.party_sender_id

    def _paper(self):
        """The paper that is printed instead of a text; empty if there is none."""
        self.ensure_one()
        act = self.sudo().act_id
        if act and self.channel in LETTERS:
            return act.stage_id._paper_of(act.case_id)
        return self.env["credit.paper"]

    def _paper_values(self):
        self.ensure_one()
        return self._paper()._values(
            self.sudo().act_id.case_id,
            day=self.company_id._credit_today(),
            items=self.line_ids.move_line_id,
        )

    def _letter_pdfs(self):
        # EXTENDS credit_management: papers are printed as they are
        own = self.filtered(lambda r: r._paper())
        rest = self - own
        pdfs = super(CreditReminder, rest)._letter_pdfs() if rest else {}
        for reminder in own:
            case = reminder.sudo().act_id.case_id
            paper = reminder._paper()
            pdfs[reminder.id] = paper._print(case, reminder._paper_values())
        return pdfs

    # ------------------------------------------------------------------
    # What became of them
    # ------------------------------------------------------------------

    def _register_sent(self, **values):
        # EXTENDS credit_management
        result = super()._register_sent(**values)
        self.sudo().act_id._settle()
        return result

    def _refresh_postal(self):
        # EXTENDS credit_management: time runs from the day on which it was posted
        result = super()._refresh_postal()
        self.sudo().act_id._refresh_times()
        return result

    def _register_failure(self, reason, fall_back=True):
        # EXTENDS credit_management: what came back is no contact
        result = super()._register_failure(reason, fall_back=fall_back)
        back = self.sudo().filtered(
            lambda r: r.act_id and r.state == "sent" and r.delivery_state == "bounced"
        )
        back.act_id._came_back(reason)
        return result

    def _take_back_outdated(self):
        # EXTENDS credit_management: a stage whose letter never left was not done
        taken = super()._take_back_outdated()
        taken.sudo().act_id._taken_back()
        return taken

    def _deliver_email(self):
        # EXTENDS credit_management: each mail is a transaction of its own
        result = super()._deliver_email()
        acts = self.sudo().act_id
        if acts:
            acts.reminder_ids.invalidate_recordset(["state", "date_done"])
            acts._settle()
        return result


class CreditCase(models.Model):
    _inherit = "credit.case"

    party_sender_id = fields.Many2one(
        "credit.sender",
        string="Sender of the third party",
        compute="_compute_party_sender_id",
        compute_sudo=True,
        help="In whose name messages of the third party leave: the sender that was "
        "made for it, with its mandate.",
    )

    @api.depends("party_id", "company_id")
    def _compute_party_sender_id(self):
        senders = self.env["credit.sender"].search(
            [
                ("kind", "=", "third"),
                ("third_mode", "=", "named"),
                ("partner_id", "in", self.party_id.ids),
                ("company_id", "in", (False, *self.company_id.ids)),
            ],
            order="company_id, sequence, id",
        )
        for case in self:
            case.party_sender_id = senders.filtered(
                lambda sender, case=case: (
                    sender.partner_id == case.party_id
                    and sender.company_id.id in (False, case.company_id.id)
                )
            )[:1]
