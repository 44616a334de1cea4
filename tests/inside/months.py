"""Two months of a company whose debtors answer, or not, by chance.

The engine, the channels and their rules are the real ones, and every transaction is
committed as in life. Only what lies outside is made up: mail servers, telephones,
postmen and what debtors say. What happened is written down for the test, which counts
for itself.
"""

import base64
import gc
import smtplib
from collections import defaultdict
from datetime import datetime, time, timedelta
from random import Random

import world
from freezegun import api as freezegun_api
from freezegun import freeze_time

from odoo.fields import Command, Domain

START = datetime(2026, 4, 1)
#: Moments of a day, in UTC, at which people work and the delivery runs.
ROUNDS = (time(6, 5), time(8, 40), time(12, 10), time(15, 30), time(18, 50))
#: Country, time zone, and numbers of mobile and fixed telephones.
PLACES = (
    ("fr", "Europe/Paris", "+33 6 12 {:02} {:02} {:02}", "+33 1 40 {:02} {:02} {:02}"),
    ("be", "Europe/Brussels", "+32 470 {:02} {:02} {:02}", "+32 2 5{:02} {:02} {:02}"),
    ("us", "America/New_York", "+1 202 5{:02} {:02}{:02}", "+1 202 5{:02} {:02}{:02}"),
)
MAIL = {"channel": "email", "automation": "automatic"}
TEXT = {"channel": "sms", "automation": "automatic"}
CALL = {"channel": "phone", "automation": "manual"}
VISIT = {"channel": "visit", "automation": "manual"}
LETTER = {"channel": "letter", "automation": "automatic"}
REGISTERED = {"channel": "registered_letter", "automation": "approve"}
AFTER = {"trigger": "previous"}
#: Steps by town.
POLICIES = {
    "Here": [
        {**MAIL, "delay_days": 2, "fallback_channel": "letter"},
        {**TEXT, **AFTER, "delay_days": 2, "fallback_channel": "email"},
        {**CALL, **AFTER, "delay_days": 2, "fallback_channel": "letter"},
        {**VISIT, **AFTER, "delay_days": 3, "fallback_channel": "registered_letter"},
        {**REGISTERED, **AFTER, "delay_days": 4, "deadline_days": 8},
        {**MAIL, **AFTER, "delay_days": 3},
    ],
    "There": [
        {**TEXT, "delay_days": -2, "fallback_channel": "email"},
        {**LETTER, "delay_days": 3},
        {**CALL, **AFTER, "delay_days": 1},
        {**REGISTERED, **AFTER, "delay_days": 2, "fallback_channel": "visit"},
        {**VISIT, **AFTER, "delay_days": 2, "fallback_channel": "letter"},
        {**TEXT, **AFTER, "delay_days": 2, "fallback_channel": "letter"},
        {**CALL, **AFTER, "delay_days": 1, "fallback_channel": "letter"},
    ],
}
CALL_OUTCOMES = (
    *("no_answer",) * 4,
    *("busy", "voicemail", "voicemail", "wrong_person"),
    *("call_back", "wrong_number", "reached"),
)
VISIT_OUTCOMES = ("met", "met", "absent", "absent", "absent", "other", "moved")
#: What a carrier says of a registered letter, in the end.
LETTER_ENDS = ("received", "received", "refused", "unclaimed", "undeliverable")


class Months:
    def __init__(self, env, port, seed, debtors, switched_off):
        self.env = world.quiet(env)
        self.chance = Random(seed)
        self.seconds = defaultdict(float)
        self.company = world.make_company(
            self.env, "Lender", "fr", "EUR", "Europe/Paris"
        )
        self.requested, self.called = set(), {}
        self.texts, self.under_way = [], {}
        self._pretend()
        world.use_mail_server(self.env, port)
        if switched_off:
            self._switch_off(switched_off)
        self._make_policies()
        self._make_debtors(debtors)
        self._make_people()

    # ------------------------------------------------------------------
    # What lies outside
    # ------------------------------------------------------------------

    def _pretend(self):
        """Nothing leaves the machine: servers and providers answer by chance."""
        from odoo.addons.credit_management_sms import providers

        chance = self.chance

        def mail(_mails, ready, _sessions):
            dice = chance.random()
            refused = {"nobody@example.com": (550, b"5.1.1 No such user")}
            if dice < 0.04:
                raise smtplib.SMTPRecipientsRefused(refused)
            if dice < 0.06:
                raise smtplib.SMTPServerDisconnected("Good bye")

        def text(_provider, reminder, _message, _text):
            if chance.random() < 0.06:
                raise providers.Refused("No such number")
            self.texts.append(reminder.id)

        self.env.registry["mail.mail"]._credit_transmit = mail
        providers.OdooSms.transmit = text
        self.env.registry["credit.reminder"]._letter_pdfs = lambda reminders: {
            reminder.id: b"%PDF-" + reminder.name.encode() for reminder in reminders
        }

    def _switch_off(self, rule):
        """Break one rule of the code, for the test of the test."""
        from odoo.addons.credit_management.engine import contact, slots

        if rule == "frequency":
            contact._free_day = lambda day, *_given: day
        elif rule == "hours":
            contact._next_open = lambda moment, *_given: (moment, [])
        elif rule == "attempts":
            slots.is_over = lambda *_given: True
        else:
            raise ValueError(rule)

    # ------------------------------------------------------------------
    # Before the first day
    # ------------------------------------------------------------------

    def _make_policies(self):
        for town, steps in POLICIES.items():
            steps = [
                {"name": f"{town} {rank}", "only_working_days": False, **step}
                for rank, step in enumerate(steps, start=1)
            ]
            world.make_policy(
                self.env,
                self.company,
                steps,
                partner_domain=f"[('city', '=', '{town}')]",
                min_interval_days=1,
            )

    def _make_debtors(self, count):
        chance, values, self.zones = self.chance, [], {}
        for number in range(count):
            country, _zone, mobile, fixed = PLACES[chance.choice((0, 0, 0, 1, 2))]
            digits = (number // 100 + 10, number % 100, 10 + chance.randrange(90))
            values.append(
                {
                    "name": f"Debtor {number}",
                    "is_company": chance.random() < 0.7,
                    "email": f"debtor{number}@example.com",
                    "phone": chance.choice((mobile, mobile, fixed)).format(*digits),
                    "street": f"Main street {number}",
                    "zip": "1000",
                    "city": chance.choice(tuple(POLICIES)),
                    "country_id": self.env.ref(f"base.{country}").id,
                    "lang": "en_US",
                }
            )
        self.debtors = self.env["res.partner"].create(values)
        zones = {code: zone for code, zone, _mobile, _fixed in PLACES}
        for debtor in self.debtors:
            self.zones[debtor.id] = zones[debtor.country_id.code.lower()]
        invoices = []
        for debtor in self.debtors:
            for _number in range(chance.choice((1, 1, 2))):
                due = START.date() + timedelta(days=chance.randint(-5, 15))
                invoices.append(
                    world.invoice_values(
                        debtor,
                        due - timedelta(days=30),
                        due,
                        chance.randint(80, 900),
                        self.company.currency_id,
                        f"M/{len(invoices)}",
                    )
                )
        moves = self.env["account.move"].with_company(self.company)
        self.moves = moves.create(invoices)
        self.moves.action_post()
        self.moves_of = defaultdict(list)
        for move in self.moves:
            self.moves_of[move.partner_id.id].append(move.id)

    def _make_people(self):
        groups = self.env.ref("credit_management.group_collector")
        user = self.env["res.users"].create(
            {
                "name": "Collector",
                "login": "collector",
                "lang": "en_US",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [
                    Command.set((self.env.ref("base.group_user") | groups).ids)
                ],
            }
        )
        # Rules are enforced on a collector: the superuser may do anything.
        self.mine = self.env(user=user, context={**self.env.context, "lang": "en_US"})
        self.firm = self.env["res.partner"].create(
            {"name": "Firm", "is_company": True, "lang": "en_US"}
        )

    # ------------------------------------------------------------------
    # Day by day
    # ------------------------------------------------------------------

    def run(self, days):
        self.env.cr.commit()
        gc.freeze()
        with freeze_time(START) as clock:
            for number in range(days):
                day = START + timedelta(days=number)
                for turn, moment in enumerate(ROUNDS):
                    clock.move_to(datetime.combine(day.date(), moment))
                    if turn == 0:
                        run_model = self.env["credit.run"].with_company(self.company)
                        self._timed(run_model._run_company, self.company)
                        self._timed(self._answer)
                        self._timed(self._post_letters)
                        self._timed(self._look_after)
                        self._timed(self._plan_visits)
                    self._timed(self.env["credit.reminder"]._cron_deliver)
                    self._timed(self._call)
                    if turn == 2:
                        self._timed(self._visit)
                        self._timed(self._pay)
        return self._facts(START + timedelta(days=days))

    def _timed(self, act, *given):
        started = freezegun_api.real_perf_counter()
        act(*given)
        self.env.flush_all()
        self.env.cr.commit()
        self.env.invalidate_all()
        self.seconds[act.__name__] += freezegun_api.real_perf_counter() - started

    def _waiting(self, *channels, state="to_approve"):
        return self.env["credit.reminder"].search(
            Domain("company_id", "=", self.company.id)
            & Domain("channel", "in", channels)
            & Domain("state", "=", state)
        )

    def _some(self, records, share):
        return records.filtered(lambda _record: self.chance.random() < share)

    def _call(self):
        """Work through the list of calls, as far as there is time."""
        calls = self.mine["credit.reminder"].search(
            [
                ("call_first", "=", True),
                ("company_id", "=", self.company.id),
                "|",
                ("contact_after", "=", False),
                ("contact_after", "<=", datetime.now()),
            ]
        )
        asked = {call: call.call_requested for call in calls if not call.call_wait_text}
        for call, requested in asked.items():
            if self.chance.random() < 0.25:
                continue
            values = {
                "reminder_id": call.id,
                "outcome": self.chance.choice(CALL_OUTCOMES),
            }
            if values["outcome"] == "call_back":
                hours = self.chance.randint(1, 40)
                values["callback_at"] = datetime.now() + timedelta(hours=hours)
            due = self._is_due(call.partner_id.id)
            attempt = self.mine["credit.contact.attempt"].create(values)
            self.called[attempt.id] = due
            if requested:
                self.requested.add(attempt.id)

    def _is_due(self, debtor):
        """Whether a debtor owes something overdue and has not written lately.

        Asked of the database itself, whatever the addons have in mind.
        """
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT EXISTS (
                      SELECT FROM account_move
                       WHERE id = ANY(%(moves)s) AND amount_residual <> 0
                         AND invoice_date_due < %(today)s)
                  AND NOT EXISTS (
                      SELECT FROM credit_reminder
                       WHERE partner_id = %(debtor)s
                         AND reply_hold_until >= %(today)s
                         AND reply_handled IS NOT TRUE)""",
            {
                "moves": self.moves_of[debtor],
                "today": datetime.now().date(),
                "debtor": debtor,
            },
        )
        return self.env.cr.fetchone()[0]

    def _answer(self):
        """What came back of messages: bounces, reports, answers."""
        from odoo.addons.credit_management.engine import bounces

        reminders = self.env["credit.reminder"]
        texts, self.texts = reminders.browse(self.texts), []
        lost = self._some(texts, 0.08)
        lost._register_return("Unknown subscriber")
        (texts - lost)._register_report("delivered")
        mails = reminders.search(
            Domain("channel", "=", "email")
            & Domain("delivery_state", "=", "pending")
            & Domain("date_done", ">=", datetime.now().date() - timedelta(days=1))
        )
        for mail in self._some(mails, 0.08):
            dice = self.chance.random()
            if dice < 0.5:
                kind = self.chance.choice((bounces.HARD, bounces.SOFT))
                mail._register_bounce(mail.contact_id.email, bounces.Bounce(kind))
            elif dice < 0.8:
                mail._register_outcome("opened")
            else:
                mail._register_reply()

    def _post_letters(self):
        """Take letters to the post; have a file of what became of those before."""
        today, rows = datetime.now().date(), []
        for number, (end, day) in list(self.under_way.items()):
            if day <= today:
                rows.append(f"{number};{end};{day}")
                del self.under_way[number]
        if rows:
            content = "\n".join(["reference;status;date", *rows]).encode()
            file = self.env["credit.postal.file"].create(
                {
                    "company_id": self.company.id,
                    "filename": "returns.csv",
                    "file": base64.b64encode(content),
                }
            )
            file.action_import()
            assert not file.bad_count, file.row_ids.mapped("reason")
        made = self.env["credit.reminder"].search([("postal_state", "=", "to_post")])
        posted = self._some(made, 0.9)
        posted.action_post_today()
        for letter in posted:
            day = today + timedelta(days=self.chance.randint(2, 9))
            self.under_way[letter.name] = (self.chance.choice(LETTER_ENDS), day)

    def _look_after(self):
        """What waits for a person: approvals, failures, addresses, answers."""
        waiting = self._waiting("email", "sms", "letter", "registered_letter")
        self._some(waiting, 0.8).action_approve()
        reminders = self.env["credit.reminder"]
        self._some(
            reminders.search([("address_check", "=", "open")]), 0.6
        ).action_address_right()
        replied = reminders.search(
            [("delivery_state", "=", "replied"), ("reply_handled", "!=", True)]
        )
        self._some(replied, 0.5).action_reply_handled()
        unusable = self.env["credit.address"].search([("unusable", "=", True)])
        self._some(unusable, 0.5).action_confirm()
        stuck = self._waiting(
            "email", "sms", "letter", "registered_letter", state="failed"
        ) | self._waiting("phone", "visit", state="failed")
        bounced = reminders.search([("delivery_state", "=", "bounced")])
        for reminder in self._some(stuck | bounced, 0.5):
            if reminder.fallback_ids:
                continue
            if reminder.state == "sent" or self.chance.random() < 0.5:
                reminder.action_retry()
            else:
                reminder.action_skip()

    def _plan_visits(self):
        wizard = self.env["credit.visit.plan"].create(
            {
                "company_id": self.company.id,
                "firm_id": self.firm.id,
                "date": datetime.now().date() + timedelta(days=1),
                "hour_from": 14.0,
                "hour_to": 17.0,
                "reminder_ids": [
                    Command.set(
                        self.env["credit.visit.plan"]._waiting(self.company).ids
                    )
                ],
            }
        )
        if wizard.fitting_ids:
            wizard.action_plan()

    def _visit(self):
        """Whoever was to be visited today, by the reports of the visitors."""
        visits = self.env["credit.visit"].search(
            [("date", "=", datetime.now().date()), ("state", "=", "planned")]
        )
        for visit in visits:
            outcome = self.chance.choice(VISIT_OUTCOMES)
            visit._register_report(
                {
                    "outcome": outcome,
                    "met_role": {"met": "debtor", "other": "household"}.get(outcome),
                    "visited_at": visit.start_at,
                    "paid_currency_id": self.company.currency_id.id,
                },
                "Firm",
            )

    def _pay(self):
        open_moves = self.moves.filtered("amount_residual")
        paid = self._some(open_moves, 0.006)
        if paid:
            world.pay(self.env, paid, datetime.now().date())

    # ------------------------------------------------------------------
    # What happened
    # ------------------------------------------------------------------

    def _facts(self, end):
        self.env.invalidate_all()
        with freeze_time(end):
            reminders = self.env["credit.reminder"].search(
                [("company_id", "=", self.company.id)], order="id"
            )
            lines = self.moves.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            return {
                "end": str(end),
                "zones": self.zones,
                "countries": {d.id: d.country_id.code for d in self.debtors},
                "reminders": [self._reminder(reminder) for reminder in reminders],
                "attempts": [
                    {
                        "id": attempt.id,
                        "debtor": attempt.partner_id.id,
                        "date": str(attempt.date),
                        "outcome": attempt.outcome,
                        "outside": attempt.outside,
                        "requested": attempt.id in self.requested,
                        "due": self.called.get(attempt.id),
                    }
                    for attempt in self.env["credit.contact.attempt"].search([])
                ],
                "visits": [
                    {
                        "debtor": visit.partner_id.id,
                        "state": visit.state,
                        "reminder": visit.reminder_id.id,
                        "start": str(visit.start_at),
                        "stop": str(visit.stop_at),
                    }
                    for visit in self.env["credit.visit"].search([])
                ],
                "items": [
                    {
                        "id": item.id,
                        "open": item.amount_residual,
                        "step": item.credit_step_id.id,
                        "next_step": item.credit_next_step_id.id,
                        "next_date": str(item.credit_next_date or ""),
                        "reason": item.credit_block_reason or "",
                    }
                    for item in lines
                ],
                "seconds": {k: round(v, 1) for k, v in self.seconds.items()},
            }

    def _reminder(self, reminder):
        return {
            "id": reminder.id,
            "debtor": reminder.partner_id.id,
            "channel": reminder.channel,
            "state": reminder.state,
            "delivery": reminder.delivery_state or "",
            "unreached": reminder.unreached,
            "skipped": reminder.skipped,
            "created": str(reminder.date),
            "sent": str(reminder.date_sent or ""),
            "after": str(reminder.contact_after or ""),
            "fallback_of": reminder.fallback_of_id.id,
            "reason": reminder.failure_reason or "",
            "attempts": reminder.attempt_ids.ids,
            "items": [
                [line.move_line_id.id, line.step_id.id] for line in reminder.line_ids
            ],
        }


def main(env, port, seed, debtors, days, switched_off=None):
    return Months(env, port, seed, debtors, switched_off).run(days)
