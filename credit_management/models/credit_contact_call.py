"""Calls that get made: when, to which number, and what follows each attempt."""

from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ..engine import contact, numbers, slots
from .credit_policy_step import MANUAL_CHANNELS

#: Contacts of a debtor who may be called, by their type, in this order.
CALLED = ("dunning", "dunning_escalation", "invoice", "contact")


def aware(moment):
    """A moment of the database, which is naive and in UTC."""
    return moment.replace(tzinfo=timezone.utc)


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    attempt_ids = fields.Many2many(
        "credit.contact.attempt",
        "credit_contact_attempt_reminder_rel",
        "reminder_id",
        "attempt_id",
        string="Calls made",
        readonly=True,
        copy=False,
    )
    call_requested = fields.Boolean(
        string="Call-back",
        readonly=True,
        copy=False,
        help="The debtor asked to be called at this time.",
    )
    unreached = fields.Boolean(
        string="Not reached",
        readonly=True,
        copy=False,
        help="The attempts of the step were made, and nobody was reached.",
    )

    # ------------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------------

    def _call_numbers(self):
        """The numbers by which each debtor may be called, the best first.

        Those of the recipient come before those of the debtor and of its other
        contacts. Of a person only the debtor's own and the recipient's, and where the
        law says so only the debtor's own: a relative is no contact. A number that was
        wrong is none until it is changed.

        :return: {reminder: list of (contact, :class:`..engine.numbers.Number`)}
        """
        debtors = self.sudo().partner_id
        wrong = {}
        for attempt in (
            self.env["credit.contact.attempt"]
            .sudo()
            .search_fetch(
                Domain("partner_id", "in", debtors.ids)
                & Domain("outcome", "=", "wrong_number"),
                ["partner_id", "number"],
            )
        ):
            wrong.setdefault(attempt.partner_id, set()).add(attempt.number)
        results, known = {}, {}
        alone = self._debtor_only()
        for reminder in self:
            debtor = reminder.sudo().partner_id
            people = reminder._called_people(reminder in alone)
            key = (debtor, people, reminder.company_id)
            if key not in known:
                found = {}
                for person in people:
                    country = person.country_id or debtor.country_id
                    country = country or reminder.company_id.sudo().country_id
                    number = numbers.parse(person.phone, country.code)
                    usable = isinstance(number, numbers.Number)
                    if usable and number.e164 not in wrong.get(debtor, ()):
                        found.setdefault(number.e164, (person, number))
                known[key] = list(found.values())
            results[reminder] = known[key]
        return results

    def _called_people(self, alone):
        """Whose numbers may be called, the best first.

        :param bool alone: the law allows nobody but the debtor
        """
        debtor = self.sudo().partner_id
        if alone:
            return debtor
        people = self.sudo().contact_id | debtor
        if debtor.is_company:
            others = debtor.child_ids.filtered(lambda c: c.type in CALLED)
            people |= others.sorted(lambda c: CALLED.index(c.type))
        return people

    def _contact_number_zones(self):
        # EXTENDS credit.reminder
        calls = self.filtered(lambda reminder: reminder.channel == "phone")
        return super()._contact_number_zones() | {
            reminder: found[0][1].zones
            for reminder, found in calls._call_numbers().items()
            if found
        }

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    def _tried(self):
        """The moments of the attempts that count for each step: {reminder: tuple}."""
        return {
            reminder: tuple(
                aware(attempt.date)
                for attempt in reminder.attempt_ids.sorted("date")
                if not attempt.incoming and attempt.outcome != "wrong_number"
            )
            for reminder in self
        }

    def _call_slots(self):
        """When each debtor is to be called next, by the step and the contact rules.

        :return: {reminder: :class:`..engine.contact.Opening`, ``at`` naive in UTC; its
            reasons are those why not at once}
        """
        now = aware(fields.Datetime.now())
        rules, tried = self._contact_rules(), self._tried()
        history, places = self._contact_history(rules), self._contact_places()
        results, known = {}, {}
        for reminder in self:
            if rules[reminder] is None:
                results[reminder] = contact.Opening(None)
                continue
            past = tuple(history.get(reminder._contact_key(), ()))
            plan = reminder.step_id._call_plan()
            place = places[reminder]
            key = (rules[reminder], place, past, tried[reminder], plan)
            if key not in known:
                known[key] = self._call_slot(now, *key)
            results[reminder] = known[key]
        return results

    @api.model
    def _call_slot(self, now, rules, place, past, tried, plan):
        """As :meth:`_call_slots`, of plain values."""
        zones, calendar = place

        def opening(moment):
            return contact.next_contact(
                moment, "phone", rules, zones, calendar.is_holiday, past
            )

        slot = slots.next_slot(now, tried, plan, zones[0], opening)
        reasons = opening(now).reasons
        return contact.Opening(
            slot and slot.replace(tzinfo=None), reasons if slot != now else (), zones[0]
        )

    def _alerts_phone(self):
        """Debtors without a number that can be called, see ``credit.channel``."""
        return {
            reminder: reminder._call_problem(
                reminder.contact_id or reminder.partner_id, None
            )
            for reminder, found in self._call_numbers().items()
            if not found
        }

    def _fail_without_number(self):
        """Whom nobody can call fails: the fallback channel takes over, or somebody
        looks for a number.

        :return: the others
        """
        alerts = self._alerts_phone()
        for reminder, text in alerts.items():
            reminder._register_failure(text)
        if alerts:
            self._trigger_delivery()
        return self.filtered(lambda reminder: reminder not in alerts)

    def _plan_calls(self, held=False):
        """Settle when each debtor is to be called next, however many with one query.

        Whom nobody may or can call fails, so that the fallback channel takes over or
        somebody looks at it.

        :param bool held: somebody has yet to confirm them, and is told by alerts what
            is wrong: nothing fails before
        """
        calls = self if held else self._fail_without_number()
        if not calls:
            return
        now = fields.Datetime.now()
        rows, never = [], self.browse()
        for reminder, slot in calls._call_slots().items():
            if slot.at is None and not held:
                never |= reminder
            waits = slot.at and slot.at > now
            rows.append(
                (
                    reminder.id,
                    slot.at if waits else None,
                    reminder._call_slot_text(slot) if waits else None,
                )
            )
        self._store_slots(rows)
        never._register_failure(
            self.env._("There is no hour at which the debtor may be contacted.")
        )
        if never:
            self._trigger_delivery()

    def _store_slots(self, rows):
        """Store (id, moment or None, text or None) of reminders."""
        self.env.flush_all()
        ids, moments, texts = map(list, zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """UPDATE credit_reminder reminder
                      SET contact_after = given.at, contact_wait_text = given.text,
                          call_requested = FALSE
                     FROM UNNEST(%s::int[], %s::timestamp[], %s::text[])
                          AS given (id, at, text)
                    WHERE reminder.id = given.id""",
                ids,
                moments,
                texts,
            )
        )
        self.invalidate_recordset(
            ["contact_after", "contact_wait_text", "call_requested"]
        )

    def _call_slot_text(self, slot):
        """When to call next, and why then."""
        self.ensure_one()
        values = {
            "number": len(self._tried()[self]) + 1,
            "count": self.step_id.attempt_count,
            "moment": format_datetime(
                self.env, slot.at, tz=slot.zone, dt_format="d MMMM y, HH:mm"
            ),
            "zone": slot.zone,
            "reasons": "".join(
                f", {self._contact_reason_text(reason)}" for reason in slot.reasons
            ),
        }
        if values["number"] > values["count"]:
            return self.env._(
                "Attempt %(number)s (at least %(count)s): not before %(moment)s "
                "(%(zone)s)%(reasons)s.",
                **values,
            )
        return self.env._(
            "Attempt %(number)s of %(count)s: not before %(moment)s (%(zone)s)"
            "%(reasons)s.",
            **values,
        )

    # ------------------------------------------------------------------
    # Attempts
    # ------------------------------------------------------------------

    def _call_siblings(self):
        """All that the debtor is to be called about now."""
        self.ensure_one()
        return self.search(
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("channel", "=", self.channel)
            & Domain("state", "=", "to_approve"),
            order="id",
        )

    def _attempt_defaults(self):
        """What is known of an attempt before it is recorded."""
        self.ensure_one()
        found = self._call_numbers()[self] if self.channel == "phone" else []
        own = self.contact_id or self.partner_id
        person, number = found[0] if found else (own, None)
        return {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "contact_id": person.id,
            "channel": self.channel,
            "number": number.e164 if number else person.phone,
            "reminder_ids": [fields.Command.set(self._call_siblings().ids)],
        }

    def _check_attempt(self, moment, incoming=False):
        """Refuse an attempt at a moment at which the debtor may not be contacted.

        What was done was done: managers may record it.

        :param datetime moment: naive, in UTC
        :return bool: whether it was outside the rules
        :raise UserError: if the user is no manager of credit
        """
        self.ensure_one()
        if self.state != "to_approve":
            raise UserError(self.env._("“%s” has been done already.", self.name))
        if incoming or self.channel not in MANUAL_CHANNELS:
            return False
        requested = self.call_requested and (
            not self.contact_after or moment >= self.contact_after
        )
        opening = self._contact_openings(moment, requested=requested)[self]
        if opening.at == moment:
            return False
        text = self._contact_wait_text_of(opening)
        if not self.env.su and not self.env.user.has_group(
            "credit_management.group_manager"
        ):
            raise UserError(text)
        self._message_log(
            body=self.env._("Recorded outside the contact rules. %s", text)
        )
        return True

    def _register_attempt(self, attempt):
        """Move the call on by what came of an attempt."""
        reminders = attempt.reminder_ids._lock_open("to_approve")
        if attempt.outcome == "reached":
            reminders._end_reached(attempt)
            return
        # Whoever has paid or promised meanwhile is not called again.
        reminders = reminders._recheck_open()
        if attempt.outcome == "wrong_number":
            reminders._try_next_number()
        elif attempt.outcome == "call_back":
            reminders._end_if_over(asked=True)._call_back(attempt.callback_at)
        else:
            reminders._end_if_over()._plan_calls()

    def _end_reached(self, attempt):
        """The debtor was spoken with: the step is done."""
        for reminder in self._register_made():
            reminder._message_log(
                body=self.env._(
                    "Reached by telephone: %s", attempt.note or attempt.number or ""
                )
            )

    def _try_next_number(self):
        """Go on to the next contact of the debtor, or give up without a number."""
        found = self._call_numbers()
        left = self.filtered(lambda reminder: found[reminder])
        for reminder in left:
            person, _number = found[reminder][0]
            if reminder.contact_id != person:
                reminder.with_context(tracking_disable=True).contact_id = person
        left._plan_calls()
        (self - left)._register_failure(
            self.env._("The number is wrong, and the debtor has no other.")
        )

    def _call_back(self, moment):
        """Call when the debtor asked for it, at the next moment that is allowed."""
        if not self:
            return
        rows, never = [], self.browse()
        for reminder, slot in self._contact_openings(moment, requested=True).items():
            if slot.at is None:
                never |= reminder
            rows.append((reminder.id, slot.at, reminder._call_slot_text(slot)))
        self._store_slots(rows)
        (self - never).call_requested = True
        never._plan_calls()

    def _end_if_over(self, asked=False):
        """Give up where enough was tried.

        :param bool asked: the debtor wants to be called back: only patience ends it
        :return: those that go on
        """
        rules, tried = self._contact_rules(), self._tried()
        places, over = self._contact_places(), self.browse()
        for reminder in self:
            plan, moments = reminder.step_id._call_plan(), tried[reminder]
            window = rules[reminder].window if rules[reminder] else contact.ALWAYS
            if asked:
                ended = len(moments) >= slots.PATIENCE * plan.attempts
            else:
                ended = slots.is_over(moments, plan, places[reminder][0][0], window)
            if ended:
                over |= reminder
        over._end_unreached()
        return self - over

    def _end_unreached(self):
        """The attempts were made: the fallback channel or the next step follows."""
        for reminder in self:
            reason = self.env._(
                "Nobody was reached; attempts: %s.", len(reminder._tried()[reminder])
            )
            reminder.unreached = True
            required = reminder.line_ids.step_id.filtered("legally_required")
            if reminder.step_id.fallback_channel or required:
                reminder._register_failure(reason)
                reminder._trigger_delivery()
            else:
                reminder.action_skip()
                reminder._message_log(body=reason)

    # ------------------------------------------------------------------
    # What others do with calls
    # ------------------------------------------------------------------

    def action_mark_done(self):
        # EXTENDS credit.reminder: calls and visits have hours
        for reminder in self:
            if reminder.channel in MANUAL_CHANNELS and reminder.state == "to_approve":
                reminder._check_attempt(fields.Datetime.now())
        return super().action_mark_done()

    def action_retry(self):
        # EXTENDS credit.reminder: a person makes calls and visits, no worker
        result = super().action_retry()
        again = self.filtered(
            lambda r: r.channel in MANUAL_CHANNELS and r.state == "queued"
        )
        again.state = "to_approve"
        again.filtered(lambda r: r.channel == "phone")._plan_calls()
        return result

    def _duplicate_for_channel(self, channel, state):
        # EXTENDS credit.reminder
        reminder = super()._duplicate_for_channel(channel, state)
        if channel == "phone":
            reminder._plan_calls()
        return reminder


class CreditRun(models.Model):
    _inherit = "credit.run"

    def _propose(self, hold_automatic):
        # EXTENDS credit.run: calls have their hour
        result = super()._propose(hold_automatic)
        self._open_calls()._plan_calls(held=hold_automatic or self.unusual)
        return result

    def _open_calls(self):
        """The calls of the runs that are to be made."""
        return self.env["credit.reminder"].search(
            Domain("run_id", "in", self.ids)
            & Domain("channel", "=", "phone")
            & Domain("state", "=", "to_approve")
        )

    def _plan_confirmed_calls(self):
        """Whom nobody can call fails now that somebody has looked at the runs.

        Calls that were made before that keep the moment of the next one.
        """
        self._open_calls().filtered(lambda call: not call.attempt_ids)._plan_calls()

    def action_confirm(self):
        # EXTENDS credit.run
        result = super().action_confirm()
        self._plan_confirmed_calls()
        return result

    def _accept(self, reason):
        # EXTENDS credit.run: an automatic run needs nobody else
        result = super()._accept(reason)
        self.filtered("automatic")._plan_confirmed_calls()
        return result
