"""What is agreed upon during a call: the call was made, whatever follows from it."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

#: Key of the context that names the call during which something is agreed.
DURING = "credit_call_id"


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _during_call(self, action):
        """An action that opens the form of an agreement, made during this call.

        :param dict action: its context is added to
        """
        self.ensure_one()
        if self.channel != "phone" or self.state != "to_approve":
            return action
        return {**action, "context": {**action.get("context", {}), DURING: self.id}}

    @api.model
    def _end_agreed_call(self):
        """Record the call during which something is about to be agreed.

        First: what is promised or contested a moment later takes its items away from
        the reminders, and of the call nothing would be left to be done.

        :raise UserError: if nobody may be called now, and nothing says that it was the
            debtor who called
        """
        call = self.browse(self.env.context.get(DURING)).exists()
        if not call or call.state != "to_approve":
            return
        # The defaults are those of the agreement.
        env = self.env(context={**clean_context(self.env.context), DURING: False})
        try:
            env["credit.contact.attempt"].create(
                [{"reminder_id": call.id, "outcome": "reached"}]
            )
        except UserError as error:
            raise UserError(
                self.env._(
                    "%(problem)s\nIf the debtor called, note that first: “Reached”.",
                    problem=error,
                )
            ) from error


class CreditPromise(models.Model):
    _inherit = "credit.promise"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS credit.promise
        self.env["credit.reminder"]._end_agreed_call()
        return super().create(vals_list)


class CreditPlan(models.Model):
    _inherit = "credit.plan"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS credit.plan
        self.env["credit.reminder"]._end_agreed_call()
        return super().create(vals_list)


class CreditDispute(models.Model):
    _inherit = "credit.dispute"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS credit.dispute
        self.env["credit.reminder"]._end_agreed_call()
        return super().create(vals_list)
