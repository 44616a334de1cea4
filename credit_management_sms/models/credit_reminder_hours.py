"""Text messages ring: they leave at hours at which a debtor may be contacted."""

from datetime import timezone

import pytz

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from odoo.addons.credit_management.engine.calendar import WorkingCalendar

from ..engine import hours, numbers


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    contact_after = fields.Datetime(
        string="Not before",
        readonly=True,
        copy=False,
        help="The next moment at which the debtor may be contacted.",
    )
    contact_wait_text = fields.Text(
        readonly=True, copy=False, help="Why the message waits."
    )

    @api.model
    def _may_leave_sql(self):
        # EXTENDS credit_management
        return SQL(
            """%s AND (credit_reminder.contact_after IS NULL
                       OR credit_reminder.contact_after <= %s)""",
            super()._may_leave_sql(),
            fields.Datetime.now(),
        )

    def _contact_windows(self):
        """The hours of each reminder: those of the company, narrowed by the regime.

        A rule of the regime counts if it is for this channel, for text messages, or
        for every channel.

        :return: {reminder: :class:`..engine.hours.Window`, or None where the rules
            forbid the channel}
        """
        windows, known = {}, {}
        for reminder, regime in self._reminder_regimes().items():
            key = (regime, reminder.channel, reminder.company_id)
            if key not in known:
                rules = regime.sudo().contact_ids.filtered(
                    lambda rule, channel=reminder.channel: (
                        rule.channel in (False, "sms", channel)
                    )
                )
                own = reminder.company_id._credit_sms_window()
                known[key] = None
                if all(rules.mapped("allowed")):
                    known[key] = hours.narrow([own, *rules._windows()])
            windows[reminder] = known[key]
        return windows

    def _contact_openings(self, mobiles, now):
        """The next moment at which each debtor may be contacted.

        :param dict mobiles: as :meth:`_mobiles` gives them
        :param datetime now: naive, in UTC
        :return: {reminder: naive datetime in UTC, or None if there is none}
        """
        moment = now.replace(tzinfo=timezone.utc)
        windows = self._contact_windows()
        openings, known = {}, {}
        for reminder in self:
            zones, calendar = reminder._contact_place(mobiles[reminder])
            key = (windows[reminder], zones, calendar)
            if key not in known:
                opening = windows[reminder] and hours.next_allowed(
                    moment, windows[reminder], zones, calendar.is_holiday
                )
                known[key] = opening and opening.replace(tzinfo=None)
            openings[reminder] = known[key]
        return openings

    def _contact_place(self, mobile):
        """Where the debtor is: (names of time zones, working days)."""
        self.ensure_one()
        company = self.company_id.sudo()
        contact, debtor = self.sudo().contact_id, self.sudo().partner_id
        country = contact.country_id or debtor.country_id or company.country_id
        state = contact.state_id or debtor.state_id
        state = state.filtered(lambda s: s.country_id == country)
        zones = mobile.zones if isinstance(mobile, numbers.Mobile) else ()
        zones = zones or tuple(pytz.country_timezones.get(country.code or "", ())[:1])
        zones = zones or (company.credit_tz or "UTC",)
        return zones, WorkingCalendar(country.code or None, state.code or None)

    def _hold_for_hours(self, opening):
        """Let the reminder wait, say why, and have the delivery run at that moment.

        :param datetime opening: naive, in UTC
        """
        self.ensure_one()
        zone = self._contact_place(self._mobiles()[self])[0][0]
        self.write(
            {
                "contact_after": opening,
                "contact_wait_text": self.env._(
                    "No messages outside contact hours: it leaves on %(moment)s "
                    "(%(zone)s).",
                    moment=format_datetime(
                        self.env, opening, tz=zone, dt_format="d MMMM y, HH:mm"
                    ),
                    zone=zone,
                ),
            }
        )


class CreditRegimeContact(models.Model):
    _inherit = "credit.regime.contact"

    def _windows(self):
        """These rules as :mod:`..engine.hours` wants them."""
        return [
            hours.Window(
                start=round(rule.hour_from * 60),
                end=round(rule.hour_to * 60),
                weekdays=frozenset(
                    int(day) for day in (rule.weekdays or "").split(",") if day.strip()
                ),
                holidays=rule.holidays,
            )
            for rule in self
        ]
