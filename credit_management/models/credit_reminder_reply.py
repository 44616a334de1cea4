"""Replies: what they stop, for how long, and who may let go on."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .mail_thread import is_from_outside


class CreditReminder(models.Model):
    _name = "credit.reminder"
    _inherit = ["credit.house.mixin", "credit.reminder"]

    reply_hold_until = fields.Date(
        string="Stopped until",
        readonly=True,
        copy=False,
        help="The debtor answered by e-mail: no further step before this day is over, "
        "unless the answer is handled sooner.",
    )

    # Only those that stop anything: the engine asks for them with every question.
    _reply_hold_idx = models.Index(
        "(company_id, partner_id, reply_hold_until) "
        "WHERE reply_hold_until IS NOT NULL AND reply_handled IS NOT TRUE"
    )

    def _message_post_after_hook(self, message, msg_vals):
        # EXTENDS mail: an answer by e-mail from outside; what a machine wrote is none
        result = super()._message_post_after_hook(message, msg_vals)
        if self.state == "sent" and is_from_outside(self, message):
            self.sudo()._register_reply()
        return result

    def _register_reply(self):
        """The debtor has answered by e-mail: it waits for somebody, and stops.

        Nobody is reminded by a machine while what they wrote is unread; nor for ever
        because nobody reads it.
        """
        for reminder in self:
            days = reminder.company_id.credit_reply_days
            until = reminder.company_id._credit_today() + timedelta(days=days)
            reminder.write(
                {
                    "delivery_state": "replied",
                    "reply_hold_until": until if days else False,
                }
            )
            if days and not reminder.is_thanks:
                house = reminder._in_house()
                house.line_ids.move_id._credit_log(
                    house.env._(
                        "The debtor answered %(reminder)s: no further step until "
                        "%(day)s.",
                        reminder=reminder.name,
                        day=format_date(house.env, until),
                    )
                )

    def _register_message(self):
        """The debtor has answered by a message of its own, which waits by itself.

        A reply by e-mail that is unread goes on waiting.
        """
        for reminder in self.with_context(tracking_disable=True):
            waits = reminder.delivery_state == "replied" and not reminder.reply_handled
            reminder.write({"delivery_state": "replied", "reply_handled": not waits})

    def action_reply_handled(self):
        # EXTENDS credit_management: reminders go on
        stopped = self.filtered(
            lambda reminder: (
                reminder.reply_hold_until
                and not reminder.reply_handled
                and reminder.reply_hold_until >= reminder.company_id._credit_today()
            )
        )
        result = super().action_reply_handled()
        for reminder in stopped:
            reminder.line_ids.move_id._credit_log(
                self.env._(
                    "The answer to %s was handled: reminders go on.", reminder.name
                )
            )
        return result


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _selection_block_reason(self):
        # EXTENDS credit_management
        reasons = super()._selection_block_reason()
        after = [code for code, _label in reasons].index("answer") + 1
        reasons.insert(after, ("reply", self.env._("Debtor has answered")))
        return reasons

    @api.model
    def _block_conditions(self, company, today, debtors=None):
        # EXTENDS credit_management
        return [
            *super()._block_conditions(company, today, debtors),
            (
                "reply",
                SQL(
                    """partner.commercial_partner_id IN (
                        SELECT replied.partner_id FROM (%s) replied)""",
                    self._reply_holds_sql(company, today, debtors),
                ),
            ),
        ]

    @api.model
    def _reply_holds_sql(self, company, today, debtors=None):
        """What debtors wrote and nobody has read, as far as it stops reminders: a
        query for (partner_id, until). By e-mail, or on the page."""
        return SQL(
            """SELECT partner_id, reply_hold_until AS until
                 FROM credit_reminder
                WHERE company_id = %(company)s AND reply_hold_until >= %(today)s
                  AND reply_handled IS NOT TRUE AND %(of_debtors)s
                UNION ALL
               SELECT partner_id, hold_until
                 FROM credit_answer
                WHERE company_id = %(company)s AND hold_until >= %(today)s
                  AND state = 'new' AND kind <> 'paid' AND %(of_debtors)s""",
            company=company.id,
            today=today,
            of_debtors=self._of_debtors(SQL.identifier("partner_id"), debtors),
        )

    @api.model
    def _block_notes(self, company, lines, reasons):
        # EXTENDS credit_management: until when
        notes = super()._block_notes(company, lines, reasons)
        stopped = lines.filtered(lambda line: reasons.get(line.id) == "reply")
        if not stopped:
            return notes
        debtors = stopped.partner_id.commercial_partner_id
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, MAX(until) FROM (%s) replied
                    GROUP BY partner_id""",
                self._reply_holds_sql(company, company._credit_today(), debtors.ids),
            )
        )
        ends = dict(rows)
        for line in stopped:
            day = ends.get(line.partner_id.commercial_partner_id.id)
            if day:
                notes[line.id] = self.env._(
                    "Until %s, or until somebody has handled the answer.",
                    format_date(self.env, day),
                )
        return notes
