"""Contact rules: hours, days and how often, for every channel.

The company's own rules are a product choice, no law. The regime that follows from the
debtor's country and kind narrows them. What may not leave yet waits, and says why.
"""

from datetime import datetime, time, timedelta, timezone

import pytz

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from ..engine import contact
from ..engine.calendar import WorkingCalendar
from .credit_article import article_text
from .credit_policy_step import MANUAL_CHANNELS

#: What is written where nothing waits any more.
WAITED = {"contact_after": False, "contact_wait_text": False}


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    contact_after = fields.Datetime(
        string="Not before",
        readonly=True,
        copy=False,
        help="The next moment at which the debtor may be contacted.",
    )
    contact_wait_text = fields.Text(
        readonly=True, copy=False, help="Why the reminder waits."
    )

    # ------------------------------------------------------------------
    # Hooks of the delivery
    # ------------------------------------------------------------------

    @api.model
    def _may_leave_sql(self):
        # EXTENDS credit.channel
        return SQL(
            """%s AND (credit_reminder.contact_after IS NULL
                       OR credit_reminder.contact_after <= %s)""",
            super()._may_leave_sql(),
            fields.Datetime.now(),
        )

    def _register_sent(self, **values):
        # EXTENDS credit.reminder: it waits no more
        return super()._register_sent(**{**WAITED, **values})

    def _register_failure(self, reason, fall_back=True):
        # EXTENDS credit.reminder: nor does what failed
        self.filtered("contact_after").write(WAITED)
        return super()._register_failure(reason, fall_back)

    def _channel_alerts(self):
        # EXTENDS credit.channel: what the law forbids altogether
        alerts = super()._channel_alerts()
        forbidding = self.env["credit.regime.contact"].sudo()
        if forbidding.search_count([("allowed", "=", False)], limit=1):
            rules = self._contact_rules()
            for reminder in self:
                if rules[reminder] is None:
                    alerts.setdefault(reminder, reminder._contact_forbidden_text())
        return alerts

    def _within_contact_rules(self):
        """Those that may leave now; the others wait for the next allowed moment.

        They say on themselves when that is and why, and the delivery comes back for
        them at that moment.
        """
        now = fields.Datetime.now()
        ready, later = self.browse(), []
        rules = self._contact_rules()
        history = self._contact_history(rules)
        places, openings = self._contact_places(), {}
        for reminder in self:
            opening = reminder._contact_opening(now, rules, history, places, openings)
            if opening.at is None:
                reminder._register_failure(
                    self.env._("There is no hour at which the debtor may be contacted.")
                )
            elif opening.at > now:
                reminder._hold_until(opening)
                later.append(opening.at)
            else:
                ready |= reminder
                # What leaves along with it counts it already.
                if not reminder.is_thanks:
                    history.setdefault(reminder._contact_key(), []).append(
                        contact.Contact(
                            reminder.channel, now.replace(tzinfo=timezone.utc)
                        )
                    )
        if later:
            self._trigger_delivery_at(min(later))
        return ready

    def _contact_closings(self):
        """Until when each of those that may leave now may do so.

        A batch takes its time: what is sent one by one compares this moment before
        each of its messages, and asks :meth:`_within_contact_rules` again once it has
        come.

        :return: {reminder: datetime, naive in UTC; None: at any hour}
        """
        now = fields.Datetime.now()
        return {
            reminder: opening.until if opening.at == now else now
            for reminder, opening in self._contact_openings(now).items()
        }

    @api.model
    def _trigger_delivery_at(self, moment):
        """Have the delivery run at a moment, naive and in UTC."""
        self.env.ref("credit_management.ir_cron_deliver").sudo()._trigger(at=moment)

    # ------------------------------------------------------------------
    # The rules
    # ------------------------------------------------------------------

    def _contact_rules(self):
        """The rules for each reminder: those of the company, narrowed by the regime.

        :return: {reminder: :class:`..engine.contact.Rules`, or None where the regime
            forbids the channel}
        """
        results, known = {}, {}
        for reminder, regime in self._reminder_regimes().items():
            key = (regime, reminder.channel, reminder.company_id, reminder.is_thanks)
            if key not in known:
                known[key] = reminder._contact_rules_of(regime)
            results[reminder] = known[key]
        return results

    def _contact_rules_of(self, regime):
        """The rules for this reminder under a regime, see :meth:`_contact_rules`."""
        self.ensure_one()
        family = self._contact_family(self.channel)
        rules = regime.sudo().contact_ids.filtered(
            lambda rule: not rule.channel or rule.channel in family
        )
        if not all(rules.mapped("allowed")):
            return None
        company = self.company_id
        # A thank-you asks for nothing: how often one may be asked is not its business.
        frequencies = [] if self.is_thanks else company._credit_contact_frequencies()
        if not self.is_thanks:
            frequencies += rules._frequencies()
        return contact.Rules(
            window=contact.narrow(
                [company._credit_contact_window(self.channel), *rules._windows()]
            ),
            frequencies=tuple(frequencies),
            silences=() if self.is_thanks else tuple(rules._silences()),
        )

    @api.model
    def _contact_family(self, channel):
        """The channels whose rules hold for a channel; other addons add theirs."""
        return {channel}

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    def _contact_openings(self, moment=None, requested=False):
        """The next moment at which each debtor may be contacted.

        :param datetime moment: naive, in UTC; now by default
        :param bool requested: the debtor asked for this contact: only rules of law
            limit how often
        :return: {reminder: :class:`..engine.contact.Opening`, ``at`` naive in UTC}
        """
        moment = moment or fields.Datetime.now()
        rules = self._contact_rules()
        if requested:
            rules = {r: self._requested_rules(rule) for r, rule in rules.items()}
        history = self._contact_history(rules)
        places, known = self._contact_places(), {}
        return {
            reminder: reminder._contact_opening(moment, rules, history, places, known)
            for reminder in self
        }

    @api.model
    def _requested_rules(self, rules):
        """Of some rules those that hold for a contact the debtor asked for.

        Whoever was spoken with and asks for a call wants no silence.
        """
        return rules and contact.Rules(
            rules.window, tuple(f for f in rules.frequencies if f.binding)
        )

    def _contact_opening(self, moment, rules, history, places, known):
        """As :meth:`_contact_openings`, for one reminder.

        :param dict known: what was worked out for others, added to
        """
        self.ensure_one()
        if rules[self] is None:
            return contact.Opening(None)
        zones, calendar = places[self]
        past = tuple(history.get(self._contact_key(), ()))
        key = (moment, self.channel, rules[self], zones, calendar, past)
        if key not in known:
            found = contact.next_contact(
                moment.replace(tzinfo=timezone.utc),
                self.channel,
                rules[self],
                zones,
                calendar.is_holiday,
                past,
            )
            known[key] = contact.Opening(
                found.at and found.at.replace(tzinfo=None),
                found.reasons,
                found.zone,
                found.until and found.until.replace(tzinfo=None),
            )
        return known[key]

    def _contact_key(self):
        """Who is contacted by whom: frequencies count per debtor and company."""
        return (self.company_id.id, self.partner_id.id)

    def _contact_history(self, rules):
        """What was sent and tried lately, by any channel, as far as the rules count.

        Thank-yous and what came back undelivered were no contacts. What failed and may
        have left all the same (it has a moment of sending) was one.

        :param dict rules: as :meth:`_contact_rules` gives them
        :return: {(company id, debtor id): list of :class:`..engine.contact.Contact`}
        """
        longest = max(
            (
                limit.days
                for rule in rules.values()
                if rule
                for limit in (*rule.frequencies, *rule.silences)
            ),
            default=0,
        )
        if not longest:
            return {}
        # A day more: days of the debtor begin before those of UTC, or after.
        first = fields.Datetime.now().date() - timedelta(days=longest + 1)
        self.env.flush_all()
        history = {}
        rows = self.env.execute_query(self._contact_history_sql(first))
        for company_id, partner_id, channel, day, moment, spoken in rows:
            moment = moment or datetime.combine(day, time(12))
            history.setdefault((company_id, partner_id), []).append(
                contact.Contact(channel, moment.replace(tzinfo=timezone.utc), spoken)
            )
        return history

    def _contact_history_sql(self, first):
        """SQL of the contacts with these reminders' debtors: company, debtor, channel,
        day, moment, and whether it was a conversation by telephone.

        Each attempt counts, whatever came of it; but not that of the debtor, nor one
        that rang elsewhere. A reminder counts where none of its attempts stands for it.
        Steps that were taken over count if it is known on what day they were taken.

        :param date first: since when
        """
        return SQL(
            """SELECT company_id, partner_id, channel, date_done, date_sent, FALSE
                 FROM credit_reminder
                WHERE partner_id = ANY(%(partners)s)
                  AND company_id = ANY(%(companies)s)
                  AND state = 'sent' AND date_done >= %(first)s AND origin <> 'import'
                  AND is_thanks IS NOT TRUE
                  AND delivery_state IS DISTINCT FROM 'bounced'
                  AND %(alone)s
                UNION ALL
               -- One message of before may have become several reminders.
               SELECT DISTINCT company_id, partner_id, channel, date_done,
                      NULL::timestamp, FALSE
                 FROM credit_reminder
                WHERE partner_id = ANY(%(partners)s)
                  AND company_id = ANY(%(companies)s)
                  AND state = 'sent' AND date_done >= %(first)s
                  AND origin = 'import' AND day_known
                UNION ALL
               SELECT company_id, partner_id, channel, date_sent::date, date_sent,
                      FALSE
                 FROM credit_reminder
                WHERE partner_id = ANY(%(partners)s)
                  AND company_id = ANY(%(companies)s)
                  AND state = 'failed' AND date_sent >= %(first)s
                  AND is_thanks IS NOT TRUE
                UNION ALL
               SELECT company_id, partner_id, channel, date::date, date,
                      channel = 'phone' AND outcome IN ('reached', 'call_back')
                 FROM credit_contact_attempt
                WHERE partner_id = ANY(%(partners)s)
                  AND company_id = ANY(%(companies)s)
                  AND date >= %(first)s AND incoming IS NOT TRUE
                  AND outcome <> 'wrong_number'""",
            alone=self._counts_alone_sql(),
            partners=self.partner_id.ids,
            companies=self.company_id.ids,
            first=first,
        )

    @api.model
    def _counts_alone_sql(self):
        """Condition on ``credit_reminder``: nothing else counts as the contact that
        completed it. A call without a conversation that was noted was done by hand."""
        return SQL(
            """NOT EXISTS (
                SELECT FROM credit_contact_attempt_reminder_rel rel
                  JOIN credit_contact_attempt attempt ON attempt.id = rel.attempt_id
                 WHERE rel.reminder_id = credit_reminder.id
                   AND attempt.outcome = 'reached')"""
        )

    def _contact_places(self):
        """Where each debtor is: {reminder: (names of time zones, working days)}."""
        zones = self._contact_number_zones()
        return {r: r._contact_place(zones.get(r, ())) for r in self}

    def _contact_place(self, zones):
        """Where the debtor is.

        :param zones: where the number rings, empty if nobody knows
        :return: (names of time zones, working days)
        """
        self.ensure_one()
        company = self.company_id.sudo()
        recipient, debtor = self.sudo().contact_id, self.sudo().partner_id
        country = recipient.country_id or debtor.country_id or company.country_id
        state = recipient.state_id or debtor.state_id
        state = state.filtered(lambda s: s.country_id == country)
        zones = zones or tuple(pytz.country_timezones.get(country.code or "", ())[:1])
        zones = zones or (company.credit_tz or "UTC",)
        return zones, WorkingCalendar(country.code or None, state.code or None)

    def _contact_number_zones(self):
        """Time zones in which the numbers of debtors may ring, for channels that use
        one: {reminder: tuple of names}."""
        return {}

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def _credit_leaves_on(self):
        """The first day on which it may leave or be made: today unless it must wait."""
        self.ensure_one()
        today = self.company_id._credit_today()
        if not self.contact_after:
            return today
        moment = fields.Datetime.context_timestamp(
            self.with_context(tz=self.company_id.sudo().credit_tz), self.contact_after
        )
        return max(today, moment.date())

    def _hold_until(self, opening):
        """Let the reminder wait, and say why.

        :param opening: as :meth:`_contact_openings` gives it
        """
        self.ensure_one()
        self.write(
            {
                "contact_after": opening.at,
                "contact_wait_text": self._contact_wait_text_of(opening),
                # They are reckoned from the day on which it leaves.
                "deadline_date": False,
                "wait_until": False,
            }
        )

    def _contact_wait_text_of(self, opening):
        """When the debtor may be contacted, and why not before."""
        self.ensure_one()
        if opening.at is None:
            return self.env._("There is no hour at which the debtor may be contacted.")
        zone = opening.zone
        values = {
            "moment": format_datetime(
                self.env, opening.at, tz=zone, dt_format="d MMMM y, HH:mm"
            ),
            "zone": zone,
            "reasons": ", ".join(map(self._contact_reason_text, opening.reasons)),
        }
        if self.channel in MANUAL_CHANNELS:
            return self.env._(
                "Not before %(moment)s (%(zone)s): %(reasons)s.", **values
            )
        return self.env._("It leaves on %(moment)s (%(zone)s): %(reasons)s.", **values)

    def _contact_reason_text(self, reason):
        """One reason of an opening in words."""
        _ = self.env._
        if isinstance(reason, contact.Frequency | contact.Silence):
            days = _("1 day") if reason.days == 1 else _("%s days", reason.days)
        if isinstance(reason, contact.Frequency):
            one = reason.count == 1
            return self.env._(
                "at most %(contacts)s in %(days)s (%(origin)s)",
                contacts=_("1 contact") if one else _("%s contacts", reason.count),
                days=days,
                origin=reason.source,
            )
        if isinstance(reason, contact.Silence):
            return self.env._(
                "no contact within %(days)s after a conversation (%(origin)s)",
                days=days,
                origin=reason.source,
            )
        return {
            contact.HOURS: self.env._("no contact outside contact hours"),
            contact.WEEKDAY: self.env._("no contact on this day of the week"),
            contact.HOLIDAY: self.env._("no contact on public holidays"),
        }[reason]

    def _contact_forbidden_text(self):
        """That the law forbids the channel."""
        labels = dict(self._fields["channel"]._description_selection(self.env))
        return self.env._(
            "By the rules of the debtor's country nobody is contacted by “%s”.",
            labels.get(self.channel, self.channel),
        )


class CreditRegimeContact(models.Model):
    _inherit = "credit.regime.contact"

    def _source_text(self):
        """Where the rule stands, in the reader's language."""
        self.ensure_one()
        return article_text(self.env, self.article) or self.regime_id.name

    def _windows(self):
        """The hours of these rules as :mod:`..engine.contact` wants them."""
        return [
            contact.Window(
                start=round(rule.hour_from * 60),
                end=round(rule.hour_to * 60),
                weekdays=frozenset(
                    int(day) for day in (rule.weekdays or "").split(",") if day.strip()
                ),
                holidays=rule.holidays,
            )
            for rule in self
        ]

    def _frequencies(self):
        """How often these rules allow contacts."""
        family = self.env["credit.reminder"]._contact_family
        return [
            contact.Frequency(
                count=rule.max_count,
                days=rule.max_days,
                channels=frozenset(family(rule.channel)) if rule.channel else None,
                binding=rule.binding,
                source=rule._source_text(),
            )
            for rule in self
            if rule.max_count and rule.max_days
        ]

    def _silences(self):
        """How long these rules want silence after a conversation."""
        family = self.env["credit.reminder"]._contact_family
        return [
            contact.Silence(
                days=rule.silent_days,
                channels=frozenset(family(rule.channel)) if rule.channel else None,
                source=rule._source_text(),
            )
            for rule in self
            if rule.silent_days
        ]
