"""A plan that is asked for stops reminders for some days, not for as long as it waits.

Whoever asks again soon after a refusal waits for a person like everybody, but stops
nothing meanwhile.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine import plans
from .credit_response import REPEAT_DAYS


class CreditPlan(models.Model):
    _inherit = "credit.plan"

    hold_until = fields.Date(
        string="Holds reminders until",
        compute="_compute_hold_until",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="As long as the plan is asked for only. Empty: it stops nothing before it "
        "is accepted.",
    )
    decision_text = fields.Text(
        compute="_compute_decision_text",
        help="Why a person has to decide on the request.",
    )
    resume_logged = fields.Boolean(readonly=True, copy=False)

    @api.depends("item_ids")
    def _compute_hold_until(self):
        """What the policy gives, as it is when the plan is asked for."""
        for plan in self.filtered(lambda plan: not plan._origin):
            items = plan.item_ids._origin
            days = self.env["credit.policy"]._answer_policy(items).plan_request_days
            today = (items.company_id[:1] or self.env.company)._credit_today()
            plan.hold_until = days and fields.Date.add(today, days=days)

    @api.depends("state", "item_ids", "line_ids.date", "line_ids.amount")
    @api.depends_context("lang")
    def _compute_decision_text(self):
        """What of the policy speaks against accepting it at once, as the debtor was
        told, and what was before."""
        self.decision_text = False
        _ = self.env._
        for plan in self.filtered(lambda p: p.state == "requested" and p.line_ids):
            items, day = plan.item_ids._origin, plan.date_requested
            policy = self.env["credit.policy"]._answer_policy(items)
            limits = self._limits(items, policy)
            texts = self._refusal_texts(limits, day, items.currency_id)
            codes = plans.within_limits(plan._instalments(), limits, day)
            reasons = [texts[code] for code in codes]
            if self._broken_before(items):
                reasons.append(_("An earlier plan for these invoices was broken."))
            if self._refused_lately(items):
                reasons.append(_("A plan for these invoices was refused lately."))
            if not (reasons or policy.plan_auto):
                reasons.append(_("By the policy a person decides on every plan."))
            if reasons:
                plan.decision_text = _("Not accepted at once: %s", " ".join(reasons))

    @api.model
    def _broken_before(self, items):
        """Whether a plan for any of these items was broken."""
        return bool(
            self.search_count(
                Domain("item_ids", "in", items.ids) & Domain("state", "=", "broken"),
                limit=1,
            )
        )

    @api.model
    def _refused_lately(self, items):
        """Whether a plan for any of these items was refused not long ago."""
        since = fields.Date.subtract(items.company_id._credit_today(), days=REPEAT_DAYS)
        return bool(
            self.search_count(
                Domain("item_ids", "in", items.ids)
                & Domain("state", "=", "refused")
                & Domain("date_closed", ">", since),
                limit=1,
            )
        )

    def _moves(self):
        return self.move_ids

    def _log_request(self):
        """Write down, on the invoices, what the request stops."""
        for plan in self:
            if plan.hold_until:
                text = plan.env._(
                    "A payment plan was asked for: no reminders until %s.",
                    format_date(plan.env, plan.hold_until),
                )
            else:
                text = plan.env._(
                    "A payment plan was asked for: reminders go on meanwhile."
                )
            plan._log_items(text)

    def _close_paid_requests(self):
        """End requests that nothing is left of: their items are paid.

        In sudo: a payment says what became of a plan, whoever enters it.
        """
        asked = self.filtered(
            lambda plan: plan.state == "requested" and plan.currency_id
        )
        asked -= asked._being_corrected()
        open_sums = asked._open_sums()
        for plan in asked:
            # What it takes over of an earlier plan is still to be paid.
            if open_sums[plan.id] <= 0 and plan.currency_id.is_zero(
                plan.amount_carried
            ):
                house = plan._in_house()
                house._close(
                    "cancelled",
                    house.env._(
                        "What the payment plan was asked for is paid: the request is "
                        "closed."
                    ),
                )
