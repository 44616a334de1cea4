"""Letters that have not left the house: looked at once more, and taken back."""

from odoo import models
from odoo.exceptions import UserError

from .credit_postal import LETTER_CHANNELS


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _take_back_outdated(self):
        """Take back the letters that wait in the house and ask for more than is owed.

        Nothing was said by them: their charges are reversed, and the policy proposes
        anew what is left. What was printed, handed over or posted stays as it is. The
        number of queries does not depend on how many letters there are.

        :return: the letters that were taken back
        :raise UserError: if somebody else is about to print one of them
        """
        self.check_access("write")
        reasons = self.sudo().filtered("letter_id")._in_the_house()._outdated()
        outdated = self.sudo().filtered(lambda letter: letter in reasons)
        if not outdated:
            return self.browse()
        if outdated.try_lock_for_update(allow_referencing=True) != outdated:
            raise UserError(self.env._("Somebody else is working on these letters."))
        # Tracking would post a message for each by itself; the log says the same.
        quiet = outdated.with_context(tracking_disable=True)
        for reason, letters in quiet.grouped(reasons.get).items():
            letters.write(
                {
                    "state": "cancelled",
                    "delivery_state": False,
                    "postal_state": False,
                    "failure_reason": reason,
                }
            )
        outdated.charge_ids._take_back()
        outdated._message_log_batch(
            bodies={
                letter.id: self.env._("Taken back before it left: %s", reasons[letter])
                for letter in outdated
            }
        )
        told = {}
        for letter in outdated:
            text = self.env._(
                "%(letter)s was taken back before it left: %(reason)s",
                letter=letter.name,
                reason=reasons[letter],
            )
            for move in letter.line_ids.move_line_id.move_id:
                told.setdefault(move.id, []).append(text)
        self.env["account.move"].sudo().browse(told)._message_log_batch(
            bodies={move_id: " ".join(texts) for move_id, texts in told.items()}
        )
        return self & outdated

    def _check_outdated(self):
        """Where nothing can be written, refuse what would be taken back.

        :raise UserError: if one of these letters asks for more than is owed by now
        """
        reasons = self.sudo().filtered("letter_id")._in_the_house()._outdated()
        for letter, reason in reasons.items():
            raise UserError(
                self.env._(
                    "%(letter)s can't leave as it is: %(reason)s “Print” on the "
                    "reminder takes it back, and what is left is proposed anew.",
                    letter=letter.name,
                    reason=reason,
                )
            )

    def _in_the_house(self):
        """The letters that neither a printer, nor a print shop, nor the post has."""
        return self.filtered(
            lambda letter: (
                letter.state == "sent"
                and letter.channel in LETTER_CHANNELS
                and (not letter.printed or letter.postal_batch_id.state == "draft")
                and letter.postal_state in (False, "to_post")
                and not letter.postal_provider
            )
        )

    def _outdated(self):
        """Why letters are not right any more: {letter: reason}."""
        thanks = self.filtered("is_thanks")
        reasons = {
            letter: self.env._("The payment was taken back.")
            for letter in thanks
            if not all(item.reconciled for item in letter.line_ids.move_line_id)
        }
        for company, letters in (self - thanks).grouped("company_id").items():
            reasons |= letters._outdated_claims(company)
        return reasons

    def _outdated_claims(self, company):
        """The same of letters of one company that claim something."""
        today = company._credit_today()
        labels = self._left_out_labels()
        # A registered letter holds its items until it is posted: not against itself.
        facts = self.with_context(credit_letters_leave=True)._line_facts(company, today)
        spare = self._credit_pools(company)
        for letter in self:
            spare[letter._pool()] = spare.get(letter._pool(), 0) - letter.amount_credit
        reasons = {}
        for letter in self.sorted("id"):
            currency = letter.currency_id
            left, told, less = 0, [], False
            for line in letter.line_ids:
                residual, due, reason = facts.get(line.id, (0, None, "paid"))
                if reason or residual <= 0:
                    told.append(reason or "paid")
                    continue
                less |= due >= today and line.days_overdue > 0
                less |= currency.compare_amounts(residual, line.amount_residual) < 0
                left += residual
            # Credits that came in since are netted, as before every message.
            more = min(spare[letter._pool()], left - letter.amount_credit)
            if currency.compare_amounts(more, 0) > 0:
                spare[letter._pool()] -= more
                less = True
            less |= any(
                c.amount_waived or c.state == "reversed" for c in letter.charge_ids
            )
            if not left:
                reasons[letter] = self._nothing_left(
                    labels.get(reason, reason) for reason in told if reason != "paid"
                )
            elif told or less:
                reasons[letter] = self.env._("Less is owed than the letter asks for.")
        return reasons

    def _tell_taken_back(self, then=None):
        """Tell how many letters were taken back, beside what comes of the others.

        :param dict then: the action that follows, by default none
        :return: the action
        """
        then = then or {"type": "ir.actions.act_window_close"}
        if then["type"] == "ir.actions.act_url":
            # The list from which it was asked for is read anew.
            then = dict(then, target="new", close=True)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "Letters taken back: %s. They asked for more than may be claimed "
                    "by now; what is left is proposed anew.",
                    len(self),
                ),
                "next": then,
            },
        }
