"""Calls in the worklist: one per debtor, when they fall; numbers that were wrong."""

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime


class CreditTask(models.Model):
    _inherit = "credit.task"

    @api.model
    def _call_condition(self, companies):
        """Which calls and visits are tasks: one call per debtor, from its slot on, as
        long as something is claimed."""
        return SQL(
            """(reminder.contact_after IS NULL OR reminder.contact_after <= %s)
               AND reminder.id = ANY(%s)""",
            fields.Datetime.now(),
            self.env["credit.reminder"]._to_make_ids(companies),
        )

    @api.model
    def _task_parts(self, companies, engine):
        # EXTENDS credit.task: numbers that were wrong
        part = self._part(
            "wrong_number",
            "credit.contact.attempt",
            "attempt",
            SQL(
                """credit_contact_attempt attempt
                     JOIN credit_reminder reminder
                       ON reminder.id = attempt.reminder_id
                     JOIN firm ON firm.id = attempt.company_id
                    WHERE attempt.outcome = 'wrong_number'
                      AND attempt.repaired IS NOT TRUE"""
            ),
            user=SQL("reminder.user_id"),
            currency=SQL("reminder.currency_id"),
            date=SQL("attempt.date::date"),
            days=SQL(
                """(SELECT firm.today - MIN(line.date_due)
                      FROM credit_reminder_line line
                     WHERE line.reminder_id = reminder.id)"""
            ),
            amount=SQL("reminder.amount_asked"),
        )
        return [*super()._task_parts(companies, engine), part]

    def action_open(self):
        # EXTENDS credit.task: a call opens as one
        self.ensure_one()
        record = self._record()
        if self.kind == "call" and record.channel == "phone":
            return {
                "type": "ir.actions.act_window",
                "name": self.name,
                "res_model": record._name,
                "res_id": record.id,
                "view_mode": "form",
                "views": [
                    (self.env.ref("credit_management.credit_call_view_form").id, "form")
                ],
            }
        return super().action_open()

    def _title_of(self, record):
        # EXTENDS credit.task: from when on the debtor may be called, if not now
        title = super()._title_of(record)
        if self.kind == "call" and record.channel == "phone" and record.call_after:
            moment = format_datetime(self.env, record.call_after, dt_format="short")
            # The moment first: a list shows no more than the beginning.
            return self.env._("From %(moment)s: %(task)s", moment=moment, task=title)
        return title

    def _summary_of(self, record):
        # EXTENDS credit.task
        if self.kind == "call" and record.channel == "phone":
            parts = [record.call_wait_text, super()._summary_of(record)]
            return "\n".join(part for part in parts if part)
        if self.res_model == "credit.contact.attempt":
            parts = [record.contact_id.display_name, record.number, record.note]
            return "\n".join(part for part in parts if part)
        return super()._summary_of(record)
