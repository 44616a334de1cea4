"""When reminders leave that somebody lets go: now, or later and why."""

from collections import Counter

from odoo import fields, models

from .credit_policy_step import MANUAL_CHANNELS

#: So many are looked at one by one; for a whole run that would take longer than to let
#: it go, and its page counts what waits.
LOOKED_AT = 500


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _leaving_days(self):
        """The day on which each is to leave, as far as contact rules say: {reminder:
        day}. What waits to be approved is taken to be approved now.
        """
        days = {reminder: reminder._credit_leaves_on() for reminder in self}
        asked = self.filtered(
            lambda r: r.state == "to_approve" and r.channel not in MANUAL_CHANNELS
        )
        for reminder, opening in asked._contact_openings().items():
            if opening.at:
                zone = reminder.company_id.sudo().credit_tz
                day = fields.Datetime.context_timestamp(
                    reminder.with_context(tz=zone), opening.at
                ).date()
                days[reminder] = max(day, days[reminder])
        return days

    def _contact_waits(self):
        """Which of these may not leave at once by the contact rules.

        :return: {reminder: when it leaves and why not before}, the next one first
        """
        sent = self.filtered(lambda reminder: reminder.channel not in MANUAL_CHANNELS)
        now = fields.Datetime.now()
        later = [
            (reminder, opening)
            for reminder, opening in sent._contact_openings(now).items()
            if opening.at != now
        ]
        later.sort(key=lambda pair: (pair[1].at is None, pair[1].at or now))
        return {
            reminder: reminder._contact_wait_text_of(opening)
            for reminder, opening in later
        }

    def _leaving_texts(self):
        """What of these does not leave at once once it is let go, and why.

        Of many, only what holds all of them: contact rules are asked of a few alone.

        :return: list of sentences; none where all of it leaves within moments
        """
        if not self:
            return []
        _ = self.env._
        stops = self.env["credit.stop"]._current(self.company_id)
        held = self.filtered(
            lambda r: r.company_id in stops.company_id or r.run_id.state == "paused"
        )
        each = len(self) <= LOOKED_AT
        waits = (self - held)._contact_waits() if each else {}
        free = self - held - self.browse([reminder.id for reminder in waits])
        surplus = free._take_room(self._rooms())
        if free - surplus == self:
            return []
        texts = stops.mapped("text")
        texts += [
            _("%s is paused: its reminders wait.", run.display_name)
            for run in held.run_id.filtered(lambda run: run.state == "paused")
        ]
        texts += [
            text if len(self) == 1 else f"{count} × {text}"
            for text, count in Counter(waits.values()).items()
        ]
        if surplus:
            texts.append(
                _(
                    "No room within the limits: %s. They leave in the next hours, or "
                    "once somebody lets their run go on.",
                    len(surplus),
                )
            )
        if each and len(self) > 1:
            texts.insert(0, _("Leaving now: %s.", len(free - surplus)))
        return texts

    def _leaving_notice(self):
        """Tell whoever let these go what does not leave at once, and why.

        :return: a notification; True where all of it leaves within moments
        """
        texts = self._leaving_texts()
        if not texts:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": " ".join(texts),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
