from odoo import fields, models
from odoo.exceptions import UserError


class CreditAnswer(models.Model):
    _inherit = "credit.answer"

    source = fields.Selection(
        selection_add=[("sms", "Text message")], ondelete={"sms": "set default"}
    )
    proposal = fields.Selection(
        [("paid", "Has paid"), ("promise", "Promises to pay")],
        string="Seems to say",
        readonly=True,
        copy=False,
        help="What a program read in the message. Nothing follows from it until "
        "somebody has read it too.",
    )
    proposed_date = fields.Date(string="Named day", readonly=True, copy=False)

    def _claim_items(self):
        """The open items that the answer is about."""
        self.ensure_one()
        items = self.item_ids.filtered(lambda item: not item.reconciled)
        return items or self._open_items(self.partner_id, self.company_id)

    def action_take_paid(self):
        """Take it as a claim of payment: its items wait, as the policy says."""
        self.check_access("write")
        self.ensure_one()
        if self.kind == "paid":
            return True
        items = self._claim_items()
        today = self.company_id._credit_today()
        hold = False
        if not self._held_before(self.partner_id, self.company_id, "paid", today):
            policy = self.env["credit.policy"]._answer_policy(items)
            hold = fields.Date.add(today, days=policy.paid_claim_days)
        self.write({"kind": "paid", "hold_until": hold})
        if hold:
            self._log_hold()
        return True

    def action_take_promise(self):
        """Open the form of a promise, filled in with the day that was named."""
        self.check_access("write")
        self.ensure_one()
        items = self._claim_items()
        if not items:
            raise UserError(self.env._("Nothing is open any more."))
        items = items.filtered(lambda item: item.currency_id == items[0].currency_id)
        action = items.action_credit_promise()
        action["context"] = {
            **action["context"],
            "default_date": self.proposed_date,
            "default_source": "collector",
            "default_reminder_id": self.reminder_id.id,
            "default_note": self.text,
        }
        return action
