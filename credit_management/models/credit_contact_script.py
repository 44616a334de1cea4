"""What a collector says on the telephone, in the debtor's language, filled in."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

#: Fields that a script may show besides those of every text.
PLACEHOLDERS = ("call_amount_text", "call_oldest_text", "caller_text")


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    call_script = fields.Html(
        string="Script", compute="_compute_call_script", sanitize=False
    )
    call_instructions = fields.Text(
        string="Instructions", related="step_id.instructions"
    )
    caller_text = fields.Char(
        string="Caller",
        compute="_compute_script_texts",
        compute_sudo=True,
        help="Who calls, and the third party for whom, if it is named.",
    )
    call_amount_text = fields.Char(
        string="Overdue, as one says it",
        compute="_compute_script_texts",
        compute_sudo=True,
        help="What is overdue of all that the debtor is called about.",
    )
    call_oldest_text = fields.Char(
        string="Oldest invoice, as one says it",
        compute="_compute_script_texts",
        compute_sudo=True,
        help="The oldest invoice, when it was due and how many days ago.",
    )

    @api.depends("partner_id", "company_id", "state", "line_ids", "step_id")
    @api.depends_context("uid")
    def _compute_call_script(self):
        for reminder in self:
            spoken = reminder.with_context(lang=reminder.lang)
            source = spoken._script_source()
            try:
                reminder.call_script = not is_html_empty(
                    source
                ) and spoken._render_letter_text(source)
            except UserError:
                # A placeholder nobody knows: better the bare text than none.
                reminder.call_script = source

    def _script_source(self):
        """The script of the call in the language of the environment, not filled in."""
        self.ensure_one()
        return self.step_id.script

    @api.depends("partner_id", "company_id", "state", "line_ids", "step_id")
    @api.depends_context("uid", "lang")
    def _compute_script_texts(self):
        for reminder in self:
            identity = reminder._identity()
            caller = [self.env.user.name]
            if identity._is_named():
                caller.append(identity.partner_id.name)
            reminder.caller_text = ", ".join(caller)
            calls = reminder._called_about()
            reminder.call_amount_text = ", ".join(
                batch[0]._money(sum(call.amount_asked for call in batch))
                for batch in calls.grouped("currency_id").values()
            )
            reminder.call_oldest_text = reminder._oldest_phrase(calls.line_ids)

    def _oldest_phrase(self, lines):
        """The oldest of some lines, as one says it."""
        line = lines.sorted(lambda line: (line.date_due, line.id))[:1]
        if not line.date_due:
            return line.name
        late = (self.company_id._credit_today() - line.date_due).days
        invoice, day = line.name, self._long_date(line.date_due)
        if late <= 0:
            return self.env._("%(invoice)s, due on %(day)s", invoice=invoice, day=day)
        if late == 1:
            return self.env._(
                "%(invoice)s, due on %(day)s, a day ago", invoice=invoice, day=day
            )
        return self.env._(
            "%(invoice)s, due on %(day)s, %(count)s days ago",
            invoice=invoice,
            day=day,
            count=late,
        )

    def mail_allowed_qweb_expressions(self):
        # EXTENDS credit.reminder
        return super().mail_allowed_qweb_expressions() + tuple(
            f"object.{name}" for name in PLACEHOLDERS
        )
