"""How disputes end: accepted, in whole or in part, rejected or withdrawn."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..report.wording import date_text


class CreditDispute(models.Model):
    _inherit = "credit.dispute"

    def action_accept(self):
        """The debtor is right: a credit note of the disputed amount is proposed.

        Interest and charges that were asked for on it are given up.
        """
        return self._accept()

    def action_accept_part(self):
        """The debtor is right in part: see ``amount_accepted``.

        What was asked for on that part is given up; charges on the rest stay.
        """
        return self._accept(part=True)

    def _check_open(self):
        """Hold disputes that are about to be answered, once.

        :raise UserError: if one is answered already, or somebody is at it
        """
        self.check_access("write")
        self.lock_for_update(allow_referencing=True)
        if any(dispute.state != "open" for dispute in self):
            raise UserError(self.env._("The dispute has been answered already."))

    def _accept(self, part=False):
        self._check_open()
        for dispute, creditable in self._creditable().items():
            currency = dispute.currency_id
            whole = dispute.amount or dispute.move_id.amount_residual
            whole = min(whole, creditable)
            accepted = dispute._accepted_part(whole) if part else whole
            partly = currency.compare_amounts(accepted, whole) < 0
            note = dispute.sudo()._propose_credit_note(accepted)
            dispute.write(
                {
                    "amount_accepted": accepted,
                    "amount_rejected": whole - accepted if partly else 0,
                    "credit_note_id": note.id,
                }
            )
            text = self.env._(
                "The dispute was accepted for %s: a credit note is proposed.",
                currency.format(accepted),
            )
            if partly:
                dispute.resume_date = dispute._resume_day()
                text = f"{text} {dispute._rest_text(whole - accepted)}"
            dispute._close("partly" if partly else "accepted", text)
            if not partly and not dispute.amount:
                dispute._reverse_charges()
            else:
                dispute._reduce_charges()
        return True

    def action_reject(self):
        """The claim stands: reminders go on where they had stopped.

        With the delay that the policy gives the debtor after the answer.
        """
        self._check_open()
        self._drop_draft_note()
        for dispute in self:
            dispute.resume_date = resume = dispute._resume_day()
            text = self.env._("The dispute was rejected: reminders go on.")
            if resume:
                text = self.env._(
                    "The dispute was rejected: reminders go on from %s.",
                    format_date(self.env, resume),
                )
            dispute._close("rejected", text)
        return True

    def action_withdraw(self):
        """The debtor no longer contests the invoice."""
        self._check_open()
        self._close(
            "withdrawn", self.env._("The dispute was withdrawn: reminders go on.")
        )
        return True

    def action_reopen(self):
        """Contest the invoice again. A credit note that is still a draft is dropped.

        :raise UserError: if it is contested, or its credit note is posted
        """
        self.check_access("write")
        self.lock_for_update(allow_referencing=True)
        if any(dispute.state == "open" for dispute in self):
            raise UserError(self.env._("The dispute is open."))
        self._drop_draft_note()
        if any(note.state == "posted" for note in self.sudo().credit_note_id):
            raise UserError(
                self.env._(
                    "The credit note is posted. What is contested besides is a "
                    "dispute of its own."
                )
            )
        self.write(
            {
                "state": "open",
                "date_closed": False,
                "resume_date": False,
                "amount_accepted": 0,
                "amount_rejected": 0,
                "credit_note_id": False,
            }
        )
        self._check_only()
        for dispute in self:
            dispute._log_stop()
            dispute._schedule_answer()
        return True

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _close(self, state, body):
        for company, group in self.grouped("company_id").items():
            group.write({"state": state, "date_closed": company._credit_today()})
        self.activity_feedback(["mail.mail_activity_data_todo"])
        self.move_id._credit_log(body)
        if state != "withdrawn":
            self._tell_decision("mail_template_dispute_answered")

    def _resume_day(self):
        """The day from which reminders of what was not accepted go on.

        False where they go on at once, or had not stopped.
        """
        self.ensure_one()
        policy = self.env["credit.policy"]._answer_policy(self._items())
        delay = policy.dispute_resume_days if self.scope != "none" else 0
        today = self.company_id._credit_today()
        return fields.Date.add(today, days=delay) if delay else False

    def _rest_text(self, rest):
        """What becomes of ``rest``, in the invoice's currency: it was not accepted."""
        self.ensure_one()
        money = self.currency_id.format(rest)
        if not self.resume_date:
            return self.env._("%s were not accepted: their reminders go on.", money)
        return self.env._(
            "%(amount)s were not accepted: their reminders go on from %(day)s.",
            amount=money,
            day=format_date(self.env, self.resume_date),
        )

    def _decided_amount_text(self):
        """How much of it was accepted, as the debtor's language writes it."""
        self.ensure_one()
        currency = self.with_context(lang=self._contact_lang()).currency_id
        return currency.format(self.amount_accepted)

    def _rest_amount(self):
        """What was not accepted of it and is still open, in the invoice's currency.

        As long as the credit note of the rest is not posted; never more than is left
        of the invoice after all that is to be credited.
        """
        self.ensure_one()
        left = self.move_id.amount_residual
        rest = min(self.amount or left, left) - self.amount_accepted
        return max(min(rest, self._left_after_notes(self.move_id)), 0)

    @api.model
    def _left_after_notes(self, move):
        """What is open of an invoice, less what disputes of it are to be credited for.

        In the invoice's currency.
        """
        noted = self.search(
            Domain("move_id", "=", move.id)
            & Domain("state", "in", ("accepted", "partly"))
            & Domain("credit_note_id.state", "=", "draft")
        )
        return max(move.amount_residual - sum(noted.mapped("amount_accepted")), 0)

    def _rest_amount_text(self):
        """The same, as the debtor's language writes it."""
        self.ensure_one()
        currency = self.with_context(lang=self._contact_lang()).currency_id
        return currency.format(self._rest_amount())

    def _resume_text(self):
        """From when reminders go on, as the debtor's language writes it."""
        self.ensure_one()
        lang = self._contact_lang()
        return date_text(self.resume_date, "long", lang) if self.resume_date else ""
