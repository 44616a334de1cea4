from odoo import api, fields, models
from odoo.exceptions import AccessError


class CreditStopStart(models.TransientModel):
    """The stop switch is never pressed by the way: what it holds is said first."""

    _name = "credit.stop.start"
    _description = "Stop everything"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    reason = fields.Char(required=True)
    held_text = fields.Text(compute="_compute_held_text")
    stopped_text = fields.Char(compute="_compute_held_text")

    @api.depends("company_id")
    def _compute_held_text(self):
        for wizard in self:
            stop = self.env["credit.stop"]._current(wizard.company_id)
            wizard.stopped_text = stop[:1].text
            wizard.held_text = "\n".join(self._held_lines(wizard.company_id))

    @api.model
    def _held_lines(self, company):
        """What a stop of the company would hold at this moment, a sentence a line."""
        _ = self.env._
        reminders = self.env["credit.reminder"]
        of_company = [("company_id", "=", company.id)]
        channels = dict(self.env["credit.policy.step"]._selection_channel())
        queued = reminders._read_group(
            [*of_company, ("state", "=", "queued")], ["channel"], ["__count"]
        )
        lines = [
            _("%(channel)s: %(count)s queued", channel=channels[channel], count=count)
            for channel, count in queued
        ] or [_("No reminder is queued at this moment.")]
        waiting = reminders.search_count([*of_company, ("state", "=", "to_approve")])
        if waiting:
            lines.append(
                _("%s wait for somebody: approved meanwhile, they are held.", waiting)
            )
        runs = self.env["credit.run"].search_count(
            [*of_company, ("state", "in", ("proposed", "sending"))]
        )
        if runs:
            lines.append(_("Runs under way: %s", runs))
        if company.sudo().credit_auto_run:
            lines.append(_("What the daily run proposes from now on is held as well."))
        return lines

    def action_stop(self):
        """Stop everything that would leave the company.

        :raise AccessError: for whoever is no manager of credit
        """
        self.ensure_one()
        if not self.env.user.has_group("credit_management.group_manager"):
            raise AccessError(self.env._("Only managers of credit stop everything."))
        self.env["credit.stop"].create(
            {"company_id": self.company_id.id, "reason": self.reason}
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
