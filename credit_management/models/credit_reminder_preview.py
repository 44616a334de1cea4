"""What a person sees of a reminder before it leaves or is made."""

from odoo import api, fields, models
from odoo.tools import email_normalize_all

from .credit_policy_step import MANUAL_CHANNELS


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    due_line_ids = fields.One2many(
        "credit.reminder.line",
        string="Due",
        compute="_compute_due_line_ids",
        help="The items that are due; of a thank-you, all of them.",
    )
    soon_line_ids = fields.One2many(
        "credit.reminder.line",
        string="Due soon",
        compute="_compute_due_line_ids",
        help="The items that come along before their due date.",
    )
    recipient_text = fields.Char(
        string="Goes to",
        compute="_compute_recipient_text",
        help="Who gets it, and by what address or number: of an e-mail that has left, "
        "the one to which it went.",
    )
    state_text = fields.Char(string="Status", compute="_compute_state_text")
    preview_subject = fields.Char(string="Subject", compute="_compute_preview_subject")
    alert_text = fields.Text(compute="_compute_alert_text")

    @api.depends("line_ids.days_overdue", "is_thanks")
    def _compute_due_line_ids(self):
        for reminder in self:
            soon = reminder.line_ids.filtered(lambda line: line.days_overdue < 0)
            if reminder.is_thanks:
                soon = soon.browse()
            reminder.soon_line_ids = soon
            reminder.due_line_ids = reminder.line_ids - soon

    @api.depends("channel", "state", "step_id")
    @api.depends_context("lang")
    def _compute_state_text(self):
        """The state, which of what a run confirms is no task for anybody."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for reminder in self:
            by_hand = reminder.step_id.automation == "manual"
            by_hand |= reminder.channel in MANUAL_CHANNELS
            reminder.state_text = labels[reminder.state]
            if reminder.state == "to_approve" and not by_hand:
                reminder.state_text = self.env._("To confirm")

    @api.depends("channel", "contact_id.email", "mail_id", "partner_id", "state")
    def _compute_recipient_text(self):
        for reminder in self:
            contact = reminder.contact_id or reminder.partner_id
            parts = [contact.display_name, reminder._recipient_address(contact)]
            reminder.recipient_text = " · ".join(part for part in parts if part)

    def _recipient_address(self, contact):
        """Where the channel finds the contact, on one line."""
        if self.channel in ("letter", "registered_letter", "visit"):
            address = contact._display_address(without_company=True)
            return ", ".join(line for line in address.splitlines() if line.strip())
        if self.channel == "email":
            # In sudo: the mail is the proof, which not everybody may read as such.
            went = self.sudo().mail_id.mail_message_id.outgoing_email_to
            if self.state == "sent" and went:
                return ", ".join(email_normalize_all(went)) or went
            return contact.email
        return self.contact_phone

    @api.depends("channel", "step_id", "contact_id")
    def _compute_preview_subject(self):
        mails = self.filtered(lambda reminder: reminder.channel == "email")
        (self - mails).preview_subject = False

        def render(reminders):
            subjects = {}
            for template, group in reminders._by_template().items():
                values = template._generate_template(group.ids, ("subject",))
                subjects.update({id_: one["subject"] for id_, one in values.items()})
            return subjects

        subjects = mails._isolated(render)
        for reminder in mails:
            subject = subjects.get(reminder.id)
            # An error of the template is shown by the preview of the body.
            reminder.preview_subject = subject if isinstance(subject, str) else False

    @api.depends("channel", "contact_id")
    def _compute_alert_text(self):
        waiting = self.filtered(lambda r: r.state in ("to_approve", "queued", "failed"))
        alerts = waiting._alerts()
        for reminder in self:
            reminder.alert_text = alerts.get(reminder)

    def action_open_page(self):
        """Show the debtor's page as the debtor sees it, see ``portal_preview``."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/credit/preview/{self.id}",
            "target": "new",
        }
