"""Acts that a third party reports count for limitation once the creditor confirms them.

An alarm too late loses the claim: what nobody of the creditor has looked at moves none.
Until then it is shown as unconfirmed. A payment is one of these acts: nor is it taken
off what is owed before.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .credit_limitation_rule import OF_EVENTS

#: Who else may have noted an act.
THEIRS = ("party", "feed")
#: Before the kind of an act that nobody has confirmed: no country has a rule for it.
UNCONFIRMED = "unconfirmed:"


class CreditCaseEvent(models.Model):
    _inherit = "credit.case.event"

    confirmed_by_id = fields.Many2one(
        "res.users",
        string="Confirmed by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Whoever of us looked at what a third party reported, and found it true.",
    )
    confirmed_on = fields.Date(readonly=True, copy=False)
    is_unconfirmed = fields.Boolean(
        string="Unconfirmed",
        compute="_compute_is_unconfirmed",
        search="_search_is_unconfirmed",
        help="An act that a third party reported: it counts for limitation once "
        "somebody of us has confirmed it.",
    )

    @api.depends("active", "origin", "kind", "procedure_stage_id", "confirmed_by_id")
    def _compute_is_unconfirmed(self):
        for event in self:
            event.is_unconfirmed = (
                event.active
                and event.origin in THEIRS
                and not event.confirmed_by_id
                and bool(event.kind in OF_EVENTS or event.procedure_stage_id)
            )

    def _search_is_unconfirmed(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = (
            Domain("active", "=", True)
            & Domain("origin", "in", THEIRS)
            & Domain("confirmed_by_id", "=", False)
            & (
                Domain("kind", "in", list(OF_EVENTS))
                | Domain("procedure_stage_id", "!=", False)
            )
        )
        return domain if True in value else ~domain

    def action_confirm(self):
        """Confirm that these acts were done: they count for limitation from now on.

        :raise AccessError: if whoever asks is no collector
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "credit_management.group_collector"
        ):
            raise AccessError(
                self.env._("Collectors confirm what third parties report.")
            )
        self._confirm()
        return True

    def _confirm(self):
        """Let acts of third parties count, by whoever is at work.

        In sudo: what was reported stays as it is, nobody writes it by hand.
        """
        # What was struck counts no more, whatever list it was asked from.
        events = self.sudo().with_context(active_test=True).filtered("is_unconfirmed")
        limits = self.env["credit.limitation"].sudo()
        for company, own in events.grouped("company_id").items():
            own.write(
                {
                    "confirmed_by_id": self.env.uid,
                    "confirmed_on": company._credit_today(),
                }
            )
            if items := own.case_id.line_ids.move_line_id:
                limits._refresh(company, items=items)


class CreditCase(models.Model):
    _inherit = "credit.case"

    unconfirmed_count = fields.Integer(
        string="Acts to confirm", compute="_compute_unconfirmed_count"
    )

    @api.depends("event_ids.is_unconfirmed")
    def _compute_unconfirmed_count(self):
        for case in self:
            case.unconfirmed_count = len(case.event_ids.filtered("is_unconfirmed"))


class CreditCasePayment(models.Model):
    _inherit = "credit.case.payment"

    is_unconfirmed = fields.Boolean(
        string="To be checked",
        compute="_compute_is_unconfirmed",
        search="_search_is_unconfirmed",
        help="A payment that a third party reported: it is not taken off what is owed "
        "before somebody of us has accepted it, or it is in the books.",
    )

    @api.depends("state", "event_id.is_unconfirmed")
    def _compute_is_unconfirmed(self):
        for payment in self:
            payment.is_unconfirmed = (
                payment.state == "reported" and payment.event_id.is_unconfirmed
            )

    def _search_is_unconfirmed(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "=", "reported") & Domain(
            "event_id.is_unconfirmed", "=", True
        )
        return domain if True in value else ~domain

    def action_accept(self):
        """Accept that the third party received it: it is taken off what is owed.

        In the books it is once it is handed on.

        :raise AccessError: if whoever asks is no collector
        """
        self.filtered("is_unconfirmed").event_id.action_confirm()
        return True

    def write(self, vals):
        # EXTENDS credit_management_legal: money that is there confirms its report
        result = super().write(vals)
        if vals.get("state") in ("received", "remitted"):
            self.event_id._confirm()
        return result


class CreditLimitation(models.AbstractModel):
    _inherit = "credit.limitation"

    @api.model
    def _event_acts_sql(self, company, item_ids, possible):
        # EXTENDS credit_management_legal: what nobody has confirmed is only shown. A
        # title that time gives is as sure as the acts that it follows from.
        return SQL(
            """SELECT told.item_id, told.day,
                      CASE WHEN waiting.id IS NULL THEN told.kind
                           ELSE %(unconfirmed)s || told.kind END,
                      told.until, told.model, told.record_id
                 FROM (%(acts)s)
                      told (item_id, day, kind, until, model, record_id)
                 LEFT JOIN LATERAL (
                      SELECT event.id
                        FROM credit_case_event event
                       WHERE event.active AND event.origin IN %(theirs)s
                         AND event.confirmed_by_id IS NULL
                         AND (told.model = 'credit.case.event'
                              AND event.id = told.record_id
                              OR told.model = 'credit.case'
                              AND event.case_id = told.record_id
                              AND event.date <= told.day
                              AND event.procedure_stage_id IS NOT NULL)
                       LIMIT 1) waiting ON TRUE
                WHERE waiting.id IS NULL OR %(possible)s""",
            acts=super()._event_acts_sql(company, item_ids, possible),
            unconfirmed=UNCONFIRMED,
            theirs=THEIRS,
            possible=possible,
        )

    @api.model
    def _act_label(self, kind):
        # EXTENDS credit_management_legal
        if kind and kind.startswith(UNCONFIRMED):
            label = super()._act_label(kind.removeprefix(UNCONFIRMED))
            return self.env._("%s, unconfirmed: counts once it is confirmed", label)
        return super()._act_label(kind)

    @api.model
    def _rule_act(self, kind):
        # EXTENDS credit_management_legal: what it would do
        return super()._rule_act((kind or "").removeprefix(UNCONFIRMED))
