"""Weeks of contacts with random outcomes: what always has to hold of them."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, settings

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..engine.slots import part_of
from .common import NOW, DeliveryCommon
from .seeds import again, seeds
from .test_contact_call import CallCommon

DAYS = 16
#: Moments of a day, in UTC, at which the list of calls is worked through.
ROUNDS = ((7, 10), (10, 30), (13, 40), (17, 20))
OUTCOMES = [
    *("no_answer", "no_answer", "busy", "voicemail", "wrong_person"),
    *("call_back", "wrong_number", "reached"),
]
STEPS = [
    {"name": "Mail", "delay_days": 2, "automation": "automatic"},
    {
        "name": "Call",
        "channel": "phone",
        "trigger": "previous",
        "delay_days": 1,
        "automation": "manual",
    },
    {
        "name": "Second mail",
        "trigger": "previous",
        "delay_days": 1,
        "automation": "automatic",
    },
    {
        "name": "Letter",
        "trigger": "previous",
        "delay_days": 1,
        "channel": "letter",
        "automation": "automatic",
    },
]
#: Telephone and time zone of debtors.
PLACES = [
    ("+33 1 40 20 53 {}", "Europe/Paris"),
    ("+1 202 555 01{}", "America/New_York"),
]


class Undo(Exception):
    """Ends a savepoint."""


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestWeeks(CallCommon, DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calls.active = False
        cls.claim.no_followup = True
        cls.collector = cls.make_user("caller")
        falling_back = [dict(step) for step in STEPS]
        falling_back[1]["fallback_channel"] = "letter"
        cls.make_policy(*STEPS, partner_domain="[('city', '=', 'Here')]")
        cls.make_policy(*falling_back, partner_domain="[('city', '=', 'There')]")
        cls.zones = {}
        for number in range(8):
            phone, zone = PLACES[number % 2]
            debtor = cls.make_debtor(
                f"Weeks {number}",
                phone=phone.format(number + 10),
                city="Here" if number % 4 < 2 else "There",
            )
            cls.zones[debtor] = ZoneInfo(zone)
            for overdue in (3, 3 - number):
                cls.make_invoice(debtor, overdue=overdue, amount=100 + number)

    def _work_through(self, chance):
        """Make the calls of this moment; note which the debtor had asked for."""
        model = self.env["credit.reminder"].with_user(self.collector)
        due = model.search(
            [
                ("call_first", "=", True),
                ("company_id", "=", self.company.id),
                "|",
                ("contact_after", "=", False),
                ("contact_after", "<=", datetime.now()),
            ]
        )
        for call in due:
            # In the list from its slot on, but its hour may be over by now.
            if call.call_wait_text or chance.random() < 0.3:
                continue
            requested = call.call_requested
            outcome = chance.choice(OUTCOMES)
            values = {}
            if outcome == "call_back":
                hours = chance.randint(1, 40)
                values["callback_at"] = datetime.now() + timedelta(hours=hours)
            attempt = self.attempt(call, outcome, **values)
            if requested:
                self.requested |= attempt

    def _live_through(self, seed):
        chance = Random(seed)
        self.requested = self.env["credit.contact.attempt"]
        start = datetime.fromisoformat(NOW).replace(hour=0, minute=0)
        for day in range(DAYS):
            morning = start + timedelta(days=day, hours=6)
            with freeze_time(morning), self.smtp():
                self.propose(automatic=True)
                for _count in self.env["credit.reminder"]._work():
                    pass
            for hour, minute in ROUNDS:
                with freeze_time(morning.replace(hour=hour, minute=minute)):
                    self.env.invalidate_all()
                    self._work_through(chance)
                    if chance.random() < 0.02:
                        self.pay(chance.choice(self._open_moves()))
        self.env.flush_all()
        self.env.invalidate_all()
        return start + timedelta(days=DAYS)

    def _open_moves(self):
        debtors = self.env["res.partner"].union(*self.zones)
        return self.env["account.move"].search(
            [("partner_id", "in", debtors.ids), ("amount_residual", ">", 0)]
        )

    # ------------------------------------------------------------------
    # What has to hold
    # ------------------------------------------------------------------

    def _check_hours(self, attempts):
        for attempt in attempts:
            local = self._local(attempt.partner_id, attempt.date)
            self.assertTrue(8 <= local.hour < 20, local)
            self.assertNotEqual(local.isoweekday(), 7, local)
            self.assertFalse(attempt.outside)

    def _local(self, debtor, moment):
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(self.zones[debtor])

    def _check_frequency(self, attempts, reminders):
        for debtor in self.zones:
            calls = attempts.filtered(
                lambda a, debtor=debtor: (
                    a.partner_id == debtor and a.outcome != "wrong_number"
                )
            )
            days = [
                (self._local(debtor, a.date).date(), a in self.requested) for a in calls
            ]
            for day, requested in days:
                if not requested:
                    earlier = [d for d, asked in days if d == day and not asked]
                    self.assertEqual(len(earlier), 1)
            written = {
                (self._local(debtor, r.date_sent).date(), r.channel)
                for r in reminders
                if r.partner_id == debtor
                and r.channel in ("email", "letter")
                and r.state == "sent"
            }
            contacts = days + [(day, False) for day, _channel in written]
            for day, requested in contacts:
                if not requested:
                    week = [d for d, asked in contacts if not asked]
                    week = [d for d in week if 0 <= (day - d).days < 7]
                    self.assertLessEqual(len(week), 3, (debtor.name, contacts))

    def _check_ends(self, reminders):
        for call in reminders.filtered("unreached"):
            tried = [
                self._local(call.partner_id, a.date)
                for a in call.attempt_ids
                if a.outcome != "wrong_number"
            ]
            self.assertGreaterEqual(len(tried), 3)
            if len(tried) < 6:
                self.assertGreaterEqual(len(set(map(part_of, tried))), 3)
                self.assertGreaterEqual(len({m.isoweekday() for m in tried}), 3)

    def _check_nothing_stuck(self, reminders, end):
        for reminder in reminders.filtered(lambda r: r.state == "queued"):
            self.assertTrue(reminder.contact_after, reminder.display_name)
            self.assertLess(reminder.contact_after, end + timedelta(days=8))
        for call in reminders.filtered(
            lambda r: r.channel == "phone" and r.state == "to_approve"
        ):
            last = max([*call.attempt_ids.mapped("date"), call.create_date])
            after = call.contact_after or last
            self.assertLess(after, end + timedelta(days=14))
            # Worked on within the fortnight.
            self.assertGreater(max(after, last), end - timedelta(days=14))

    def test_weeks(self):
        self.attempts = 0
        self._check_weeks()
        # Nothing would hold as well where nobody calls.
        self.assertGreater(self.attempts, 30)

    @settings(
        max_examples=3,
        # A lesser seed makes no simpler weeks.
        phases=(Phase.explicit, Phase.generate),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=seeds())
    @mute_logger("odoo.addons.credit_management.models.credit_channel")
    def _check_weeks(self, seed):
        again(seed)
        try:
            with self.env.cr.savepoint():
                end = self._live_through(seed)
                debtors = [debtor.id for debtor in self.zones]
                attempts = self.env["credit.contact.attempt"].search(
                    [("partner_id", "in", debtors)]
                )
                reminders = self.env["credit.reminder"].search(
                    [("partner_id", "in", debtors)]
                )
                self.attempts += len(attempts)
                self._check_hours(attempts)
                self._check_frequency(attempts, reminders)
                self._check_ends(reminders)
                self._check_nothing_stuck(reminders, end)
                raise Undo
        except Undo:
            self.env.invalidate_all()
