"""What people do with letters: post them, note what became of them, file the proof."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..engine import postal
from .credit_postal import LETTER_CHANNELS, Happened

#: What is filed in the name of a proof, by the state that it proves.
PROOF_OF_DEPOSIT = ("posted",)


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _postal_refusals(self):
        """Why a state can't follow what is known of a letter, in words."""
        _ = self.env._
        return {
            "future": _("the day lies in the future"),
            "before_letter": _("the letter was made later than this day"),
            "other_day": _("this is noted for another day; correct it on the letter"),
            "backwards": _("states don't go backwards: the letter is further already"),
            "before_state": _("the day is before that of the state the letter has"),
            "plain": _("a plain letter is posted or comes back, nothing else"),
            "not_a_letter": _("this is no letter that has left"),
            "no_number": _("“%s” is no tracking number"),
            "check_digit": _("“%s” is misread: its check digit does not fit"),
            "number_taken": _("another letter has the tracking number “%s”"),
            "other_number": _("the letter has the tracking number “%s”"),
        }

    def _refuse_postal(self, code, value=None):
        text = self._postal_refusals()[code]
        self.ensure_one()
        raise UserError(
            self.env._(
                "%(letter)s: %(reason)s.",
                letter=self.name,
                reason=text % value if value is not None else text,
            )
        )

    def _note_postal(self, state, day, number="", note="", proof=None, reason=None):
        """Note by hand what became of one letter.

        :param str state: one of :data:`..engine.postal.RANK`
        :param date day: on which it happened
        :param str number: the tracking number, where it was not known before
        :param str note: what the carrier says of it
        :param proof: ``[(name, bytes)]``, filed with the event for good
        :param str reason: what was wrong before, if this is a correction
        :raise UserError: if it can't be, and why
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_postal(self.company_id)
        letter = self.sudo()
        if letter.state != "sent" or letter.channel not in LETTER_CHANNELS:
            self._refuse_postal("not_a_letter")
        if number:
            number = letter._checked_number(number, replace=bool(reason))
        if reason:
            letter._strike_postal(state, reason)
        days = letter._postal_days()[letter.id]
        registered = letter.channel == "registered_letter"
        code = postal.refusal(
            days,
            state,
            day,
            letter._day_made(),
            letter.company_id._credit_today(),
            registered,
        )
        if code == "same":
            # Said twice; what may be new is the proof, or the number.
            self._set_numbers({letter.id: number} if number else {})
        elif code:
            self._refuse_postal(code)
        else:
            self._add_postal(
                [Happened(letter.id, state, day, number, note or reason or "")],
                "manual",
            )
        event = letter.postal_event_ids.filtered(
            lambda e: e.state == state and not e.struck
        )
        if reason and code != "same":
            event.correction = True
        if proof:
            letter._file_postal_proof(event, proof)
        return event

    def _checked_number(self, number, replace=False):
        """A tracking number, cleaned; refused where it can't be that of the letter."""
        self.ensure_one()
        shown = str(number).strip()
        number = postal.clean_number(number)
        problem = postal.number_problem(number)
        if problem:
            self._refuse_postal(
                "check_digit" if problem == "check_digit" else "no_number", shown
            )
        if self.tracking_number and self.tracking_number != number and not replace:
            self._refuse_postal("other_number", self.tracking_number)
        if self.sudo().search_count(
            [
                ("id", "!=", self.id),
                ("company_id", "=", self.company_id.id),
                ("tracking_number", "=", number),
                ("postal_state", "in", ("to_post", "posted", "presented")),
            ],
            limit=1,
        ):
            self._refuse_postal("number_taken", number)
        return number

    def _file_postal_proof(self, event, files):
        """File proof with an event: it belongs to the reminder, and stays."""
        self.ensure_one()
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": name,
                        "raw": content,
                        "res_model": self._name,
                        "res_id": self.id,
                    }
                    for name, content in files
                ]
            )
        )
        event.sudo().attachment_ids |= attachments
        self._message_log(
            body=self.env._("Proof of deposit")
            if event.state in PROOF_OF_DEPOSIT
            else self.env._("Proof of receipt or return"),
            attachment_ids=attachments.ids,
        )
        return attachments

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_post_today(self):
        """Note that the letters went to the post today."""
        self.check_access("write")
        self._lock_postal(self.company_id)
        letters = self.sudo().filtered(
            lambda r: r.state == "sent" and r.channel in LETTER_CHANNELS
        )
        letters._check_not_in_batch()
        days = letters._postal_days()
        self._add_postal(
            [
                Happened(letter.id, "posted", letter.company_id._credit_today())
                for letter in letters
                if not days[letter.id] and not letter.postal_provider
            ],
            "manual",
        )
        return True

    def action_withdraw_letter(self):
        """Keep back registered letters that were made: they are not posted.

        Nothing was said by them: their charges are taken back, and their items go on
        from the step before.
        """
        self.check_access("write")
        self._lock_postal(self.company_id)
        letters = self.sudo().filtered(
            lambda r: r.postal_state == "to_post" and not r.postal_provider
        )
        letters._check_not_in_batch()
        self._add_postal(
            [
                Happened(letter.id, "withdrawn", letter.company_id._credit_today())
                for letter in letters
            ],
            "manual",
        )
        return True

    def action_note_postal(self):
        """Note what became of a letter, in a dialog."""
        self.ensure_one()
        return self._postal_dialog("credit.postal.note", self.env._("Note"))

    def action_put_address_right(self):
        """Look at the address of a letter that came back, in a dialog."""
        self.ensure_one()
        return self._postal_dialog("credit.postal.address", self.env._("Address"))

    def _postal_dialog(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_reminder_id": self.id},
        }

    def action_address_right(self):
        """The address was checked, and is right."""
        self.check_access("write")
        self.filtered("address_check").sudo().address_check = "done"
        return True

    def action_scan_numbers(self):
        """Scan the tracking numbers of letters, one after the other."""
        letters = self.filtered(lambda r: r.postal_state == "to_post")
        if not letters:
            raise UserError(self.env._("None of these waits to be posted."))
        scan = self.env["credit.postal.scan"]._start(letters)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Scan tracking numbers"),
            "res_model": scan._name,
            "res_id": scan.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _alerts_of_address(self, letters):
        """Letters to an address from which one has come back: {reminder: text}."""
        wrong = self.sudo().search_fetch(
            [
                ("address_check", "=", "open"),
                ("postal_state", "=", "undeliverable"),
                ("contact_id", "in", letters.contact_id.ids),
            ],
            ["contact_id", "date_postal_end"],
        )
        returned = {letter.contact_id: letter for letter in wrong}
        return {
            letter: self.env._(
                "A letter to %(contact)s came back on %(date)s: check the address "
                "first.",
                contact=letter.contact_id.display_name,
                date=format_date(self.env, returned[letter.contact_id].date_postal_end),
            )
            for letter in letters
            if letter.contact_id in returned
        }
