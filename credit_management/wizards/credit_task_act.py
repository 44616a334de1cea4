from odoo import api, fields, models
from odoo.tools import format_date, plaintext2html

from ..models.credit_task import ACTS, KINDS

#: Acts that are shown before they are done: {(kind, act): whether a note is needed}.
ASKED = {
    ("approval", "done"): False,
    ("call", "done"): True,
    ("promise_broken", "done"): False,
    ("plan_broken", "done"): False,
    ("plan_request", "drop"): False,
    ("dispute", "done"): False,
    ("dispute", "drop"): False,
}


class CreditTaskAct(models.TransientModel):
    """The last look before a task is done: what happens, to whom, and a note of it."""

    _name = "credit.task.act"
    _description = "Do a task"

    act = fields.Char(required=True, readonly=True)
    # [[kind, model, ids], …]
    targets = fields.Json(required=True, readonly=True)
    kind = fields.Selection(
        [(code, label) for code, label, _number in KINDS],
        compute="_compute_kind",
        help="Empty where the tasks are of several kinds.",
    )
    reminder_id = fields.Many2one("credit.reminder", compute="_compute_kind")
    partner_id = fields.Many2one("res.partner", compute="_compute_kind")
    count = fields.Integer(compute="_compute_kind")
    text = fields.Text(compute="_compute_text")
    rows_html = fields.Html(compute="_compute_text", sanitize=False)
    note = fields.Text()
    note_required = fields.Boolean(compute="_compute_kind")
    channel = fields.Selection(related="reminder_id.channel")
    step_id = fields.Many2one(related="reminder_id.step_id")
    recipient_text = fields.Char(related="reminder_id.recipient_text")
    preview_subject = fields.Char(related="reminder_id.preview_subject")
    preview_html = fields.Html(related="reminder_id.preview_html", sanitize=False)
    alert_text = fields.Text(related="reminder_id.alert_text")
    currency_id = fields.Many2one(related="reminder_id.currency_id")
    amount_asked = fields.Monetary(related="reminder_id.amount_asked")

    @api.model
    def _asks(self, targets, act):
        """Whether any of the tasks is shown before it is done."""
        return any((kind, act) in ASKED for kind, _model, _ids in targets)

    @api.model
    def _open(self, targets, act):
        """The dialog for some tasks.

        :param targets: list of [kind, model, ids]
        :param str act: see :data:`..models.credit_task.ACTS`
        :return: the action
        """
        wizard = self.create({"targets": targets, "act": act})
        names = {
            "approval": self.env._("Send"),
            "call": self.env._("Call or visit made"),
            "plan_request": self.env._("Refuse the plan"),
            "dispute": self.env._("Answer the dispute"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": names.get(wizard.kind, self.env._("Done")),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "large"},
        }

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("targets")
    def _compute_kind(self):
        for wizard in self:
            targets = wizard.targets or []
            kinds = {kind for kind, _model, _ids in targets}
            wizard.kind = kinds.pop() if len(kinds) == 1 else False
            wizard.count = sum(len(ids) for _kind, _model, ids in targets)
            wizard.note_required = any(
                ASKED.get((kind, wizard.act)) for kind, _model, _ids in targets
            )
            record = wizard._records()[0][1] if wizard.count == 1 else None
            reminder = record if record and record._name == "credit.reminder" else None
            wizard.reminder_id = reminder
            wizard.partner_id = self._debtor_of(record) if record else False

    @api.depends("targets", "act")
    def _compute_text(self):
        for wizard in self:
            wizard.text = "\n".join(wizard._consequences())
            wizard.rows_html = wizard.count > 1 and self.env["ir.qweb"]._render(
                "credit_management.task_act_rows", {"rows": wizard._rows()}
            )

    def _records(self):
        """The kinds of tasks with their records."""
        return [
            (kind, self.env[model].browse(ids))
            for kind, model, ids in self.targets or []
        ]

    @api.model
    def _debtor_of(self, record):
        """Whom a task is about; empty where it is nobody, such as a file."""
        if "partner_id" in record._fields:
            return record.partner_id
        return self.env["res.partner"]

    def _consequences(self):
        """What doing it brings, a sentence for each kind."""
        _ = self.env._
        texts = {
            ("approval", "done"): self._leaving_text(),
            ("call", "done"): _(
                "The call or visit counts as made: the next step follows in its time."
            ),
            ("promise_broken", "done"): _(
                "It leaves the worklist; reminders go on as the policy says."
            ),
            ("plan_broken", "done"): _(
                "It leaves the worklist; reminders go on as the policy says."
            ),
            ("plan_request", "drop"): _("The plan is refused: reminders go on."),
            ("dispute", "done"): _(
                "The debtor is right: a credit note is proposed, and what was charged "
                "on the amount is given up."
            ),
            ("dispute", "drop"): self._resume_text(),
        }
        found = [
            texts[kind, self.act]
            for kind, _model, _ids in self.targets or []
            if (kind, self.act) in texts
        ]
        return list(dict.fromkeys(found))

    def _to_send(self):
        """The reminders that would be let go."""
        return self.env["credit.reminder"].union(
            *(records for kind, records in self._records() if kind == "approval")
        )

    def _leaving_text(self):
        """What of them leaves at once, and what later and why."""
        reminders = self._to_send()
        texts = reminders._leaving_texts()
        if texts:
            return " ".join(texts)
        if len(reminders) == 1:
            return self.env._("It leaves within moments.")
        return self.env._("They leave within moments.")

    def _resume_text(self):
        """From when reminders go on after disputes that are to be rejected."""
        _ = self.env._
        disputes = self.env["credit.dispute"].union(
            *(records for kind, records in self._records() if kind == "dispute")
        )
        days = {dispute._resume_day() for dispute in disputes}
        if days in (set(), {False}):
            return _("The claim stands: reminders go on where they had stopped.")
        if len(days) > 1:
            return _(
                "The claims stand: reminders go on after the days that the policies "
                "give debtors."
            )
        day = format_date(self.env, days.pop())
        return _("The claim stands: reminders go on from %s.", day)

    def _rows(self):
        """The tasks one by one: dicts of kind, debtor, how, amount, alert."""
        waits = self._to_send()._contact_waits() if self.act == "done" else {}
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        channels = dict(self.env["credit.policy.step"]._selection_channel())
        rows = []
        for kind, records in self._records():
            is_reminder = records._name == "credit.reminder"
            for record in records:
                amount = ""
                if is_reminder:
                    amount = record.currency_id.format(record.amount_asked)
                rows.append(
                    {
                        "kind": kinds.get(kind),
                        "debtor": self._debtor_of(record).display_name,
                        "how": channels.get(record.channel) if is_reminder else "",
                        "amount": amount,
                        "alert": is_reminder
                        and (record.alert_text or waits.get(record)),
                    }
                )
        return rows

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Do it, with the note on the record, and go on to the next task."""
        self.ensure_one()
        result = True
        for kind, records in self._records():
            self._keep_note(kind, records)
            result = getattr(records, ACTS[kind][self.act])()
        # What is to be downloaded is, beside the next task.
        if isinstance(result, dict) and result.get("type") == "ir.actions.act_url":
            return dict(result, target="new", close=True)
        if isinstance(result, dict) and result.get("tag") == "display_notification":
            return result
        return {"type": "ir.actions.act_window_close"}

    def _keep_note(self, kind, records):
        """Write the note where it is looked for: before the record is closed."""
        if not self.note or (kind, self.act) not in ASKED:
            return
        body = plaintext2html(self.note)
        if kind == "plan_request":
            records.refuse_reason = self.note
        elif kind == "dispute":
            records.answer = body
        for record in records:
            record._message_log(body=body)
