"""Reports of the provider, brought to the reminder whose message they are about."""

from odoo import models

from ..providers import OURS


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _credit_reminders(self):
        """The reminders of these trackers; none while a message is being handed over,
        since its outcome is being recorded."""
        reminders = self.env["credit.reminder"].sudo()
        uuids = [uuid for uuid in self.mapped("sms_uuid") if uuid]
        if self.env.context.get("credit_sms_sending") or not uuids:
            return reminders
        return reminders.search([("sms_uuid", "in", uuids)])

    def _credit_failure_text(self, failure_type, failure_reason):
        labels = dict(
            self.env["mail.notification"]
            ._fields["failure_type"]
            ._description_selection(self.env)
        )
        label = labels.get(failure_type) or self.env._("Unknown error")
        if failure_reason:
            return self.env._(
                "The message did not arrive: %(failure)s (%(reason)s).",
                failure=label,
                reason=failure_reason,
            )
        return self.env._("The message did not arrive: %s.", label)

    def _action_update_from_sms_state(
        self, sms_state, failure_type=False, failure_reason=False
    ):
        # EXTENDS sms
        result = super()._action_update_from_sms_state(
            sms_state, failure_type=failure_type, failure_reason=failure_reason
        )
        reminders = self._credit_reminders()
        if sms_state == "sent":
            reminders._register_delivery()
        elif sms_state in ("error", "canceled"):
            reminders._register_return(
                self._credit_failure_text(failure_type, failure_reason),
                fall_back=sms_state == "error" and failure_type not in OURS,
            )
        return result

    def _action_update_from_provider_error(self, provider_error):
        # EXTENDS sms
        result = super()._action_update_from_provider_error(provider_error)
        _status, failure_type, failure_reason = result
        reminders = self._credit_reminders()
        reminders._register_return(
            self._credit_failure_text(failure_type, failure_reason)
        )
        return result
