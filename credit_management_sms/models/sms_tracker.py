"""Reports of the provider, brought to the reminder whose message they are about."""

from odoo import api, models

from ..engine import reports
from ..providers import OURS

#: States of Odoo's messages that say something of ours.
OUTCOMES = {"pending": reports.LEFT, "sent": reports.DELIVERED}


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    @api.model
    def _credit_untracked(self, uuids):
        """Trackers, not stored, for messages that have none: {uuid: tracker}.

        A report may come before its message is committed, and what was in doubt has
        lost its own.
        """
        tracked = self.search([("sms_uuid", "in", uuids)]).mapped("sms_uuid")
        return {
            uuid: self.new({"sms_uuid": uuid}) for uuid in set(uuids) - set(tracked)
        }

    def _credit_report(self, outcome, reason="", fall_back=True):
        """Pass a report on to the reminders; not while a message is being handed over,
        since its outcome is being recorded."""
        if self.env.context.get("credit_sms_sending"):
            return
        uuids = [uuid for uuid in self.mapped("sms_uuid") if uuid]
        if self.ids:
            # Most messages of a database are none of ours: they are not waited for.
            reminders = self.env["credit.reminder"].sudo()
            reminders = reminders.search([("sms_uuid", "in", uuids)])
            reminders._register_report(outcome, reason, fall_back)
            return
        for uuid in uuids:
            self.env["credit.sms.report"].sudo()._take(uuid, outcome, reason, fall_back)

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
        if sms_state in OUTCOMES:
            self._credit_report(OUTCOMES[sms_state])
        elif sms_state in ("error", "canceled"):
            self._credit_report(
                reports.FAILED,
                self._credit_failure_text(failure_type, failure_reason),
                fall_back=sms_state == "error" and failure_type not in OURS,
            )
        return result

    def _action_update_from_provider_error(self, provider_error):
        # EXTENDS sms
        result = super()._action_update_from_provider_error(provider_error)
        _status, failure_type, failure_reason = result
        self._credit_report(
            reports.FAILED,
            self._credit_failure_text(failure_type, failure_reason),
            fall_back=not self.env.context.get("credit_sms_ours"),
        )
        return result
