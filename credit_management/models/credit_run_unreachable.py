"""Before a run is confirmed: who can't be reached by the channel of the step."""

from odoo import api, fields, models
from odoo.fields import Domain

from .credit_reminder import OPEN_STATES

#: Reminders that are looked at, and those that are told one by one.
CHECKED, TOLD = 2000, 5


class CreditRun(models.Model):
    _inherit = "credit.run"

    unreachable_text = fields.Text(
        string="Can't leave by their channel",
        compute="_compute_unreachable_text",
        help="For want of a usable address or number, and what follows.",
    )

    @api.depends("state", "reminder_ids.state", "reminder_ids.channel")
    @api.depends_context("lang")
    def _compute_unreachable_text(self):
        for run in self:
            run.unreachable_text = False
            if run.state == "proposed":
                run.unreachable_text = run._unreachable_phrase()

    def _unreachable_phrase(self):
        """How many reminders that wait can't leave, which, and what will follow."""
        _ = self.env._
        waiting = self.env["credit.reminder"].search(
            Domain("run_id", "=", self.id)
            & Domain("state", "in", OPEN_STATES)
            & Domain("is_thanks", "=", False),
            order="id",
            limit=CHECKED,
        )
        alerts = waiting._channel_alerts()
        if not alerts:
            return False
        channels = dict(waiting._fields["channel"]._description_selection(self.env))
        lines = [_("Reminders that can't leave by their channel: %s.", len(alerts))]
        for reminder, text in list(alerts.items())[:TOLD]:
            fallback = reminder.step_id.fallback_channel
            if fallback and fallback != reminder.channel:
                follows = _("“%s” takes over.", channels.get(fallback, fallback))
            else:
                follows = _("It fails once it is confirmed.")
            lines.append(f"{text} {follows}")
        if len(alerts) > TOLD:
            lines.append(_("And %s more.", len(alerts) - TOLD))
        return "\n".join(lines)
