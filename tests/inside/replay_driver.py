"""Make the scenario of the replay happen in Odoo, day by day, and say what was sent."""

import gc
import sys
from collections import defaultdict
from datetime import datetime, time, timedelta
from pathlib import Path

import world
from freezegun import api as freezegun_api
from freezegun import freeze_time

sys.path.append(str(Path(__file__).resolve().parents[1]))

import replay_scenario as scenario  # noqa: E402

# Half an hour before midnight, Greenwich time: in both companies the next day has
# begun. Whoever counts in UTC is a day late.
HOUR = time(23, 30)
ONE_DAY = timedelta(days=1)
# Every so many invoices is paid by a payment as people register it; the others come
# in as the lines of a bank statement would: one entry a day, matched by hand.
REGISTERED = 20


class Replay:
    def __init__(self, env, ledger, port):
        self.env = world.quiet(env)
        self.seconds = defaultdict(float)
        self.ledger = scenario.read_ledger(ledger)
        self.moves = {}
        self.bank_entries = {}
        self.disputes = {}
        world.use_mail_server(self.env, port)
        self.companies = {
            name: self.make_company(name, values)
            for name, values in scenario.COMPANIES.items()
        }
        self.make_invoices()

    # Before the first day

    def make_company(self, name, values):
        company = world.make_company(self.env, name, **values)
        policy = scenario.POLICIES[name]
        world.make_policy(
            self.env,
            company,
            [step_values(step) for step in policy.steps],
            grouping="invoice" if policy.by_invoice else "debtor",
            entry=policy.entry,
            min_interval_days=policy.interval,
            min_amount=float(policy.minimum),
        )
        # The independent count knows nothing of how often a debtor may be contacted.
        company.write({"credit_contact_week": 0, "credit_contact_calls": 0})
        prudence = self.env["credit.regime.contact"].search([("binding", "=", False)])
        prudence.write({"max_count": 0, "max_days": 0})
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "company_id": company.id,
                "name": "2011-01-01",
                "inverse_company_rate": 1 / float(scenario.USD_PER_EUR),
            }
        )
        return company

    def make_invoices(self):
        """All invoices as drafts: a draft is nothing yet, and many at once are fast."""
        names = sorted({invoice.customer for invoice in self.ledger})
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {name}",
                    "ref": name,
                    "email": scenario.email_of(name),
                    "phone": "+33 1 40 20 50 50",
                    "is_company": True,
                    "street": "Main street 1",
                    "zip": "1000",
                    "city": "Town",
                    "country_id": self.env.ref("base.fr").id,
                    "lang": "en_US",
                }
                for name in names
            ]
        )
        partners = dict(zip(names, partners, strict=True))
        for name, company in self.companies.items():
            invoices = [i for i in self.ledger if i.company == name]
            moves = (
                self.env["account.move"]
                .with_company(company)
                .create(
                    [
                        world.invoice_values(
                            partners[invoice.customer],
                            invoice.issued,
                            invoice.due,
                            float(invoice.amount),
                            self.env.ref(f"base.{invoice.currency}"),
                            f"INV/{invoice.number}",
                        )
                        for invoice in invoices
                    ]
                )
            )
            for invoice, move in zip(invoices, moves, strict=True):
                self.moves[invoice.number] = move
            self.make_bank_entries(name, company, invoices)
        self.reason = self.env["credit.dispute.reason"].create({"name": "Quantity"})

    def make_bank_entries(self, name, company, invoices):
        journal = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
        )
        by_day = defaultdict(list)
        for invoice in invoices:
            if invoice.settled <= scenario.LAST_DAY and not is_registered(invoice):
                by_day[invoice.settled].append(invoice)
        entries = (
            self.env["account.move"]
            .with_company(company)
            .create(
                [
                    world.bank_entry_values(
                        journal, self.moves_of(paid), day, f"BNK/{day}"
                    )
                    for day, paid in by_day.items()
                ]
            )
        )
        for day, entry in zip(by_day, entries, strict=True):
            self.bank_entries[name, day] = entry

    # Day by day

    def run(self):
        self.env.cr.commit()
        by_day = defaultdict(lambda: defaultdict(list))
        for invoice in self.ledger:
            by_day[invoice.issued]["issued"].append(invoice)
            by_day[invoice.settled]["settled"].append(invoice)
            if invoice.disputed and invoice.dispute_ends < invoice.settled:
                by_day[invoice.dispute_ends]["rejected"].append(invoice)
        # Collecting garbage through all of Odoo's objects would be most of the time.
        gc.freeze()
        with freeze_time(datetime(2011, 1, 1)) as clock:
            for day in scenario.days():
                clock.move_to(datetime.combine(day - ONE_DAY, HOUR))
                self.day(day, by_day[day])
        return {
            "reminders": self.reminders(),
            "open": self.open_items(),
            "seconds": {k: round(v, 1) for k, v in self.seconds.items()},
        }

    def day(self, day, events):
        for name, company in self.companies.items():
            mine = {
                kind: [i for i in invoices if i.company == name]
                for kind, invoices in events.items()
            }
            if mine.get("issued"):
                self.timed("post", self.post, mine["issued"])
            if mine.get("settled"):
                self.timed("pay", self.pay, name, day, mine["settled"])
            if mine.get("rejected"):
                self.timed("dispute", self.reject, mine["rejected"])
            self.timed("approve", self.approve, company, day)
            run_model = self.env["credit.run"].with_company(company)
            self.timed("propose", run_model._run_company, company)
        self.env.cr.commit()
        self.timed("deliver", self.env["credit.reminder"]._cron_deliver)

    def timed(self, what, function, *arguments):
        started = freezegun_api.real_perf_counter()
        function(*arguments)
        self.env.flush_all()
        self.seconds[what] += freezegun_api.real_perf_counter() - started

    def post(self, invoices):
        self.moves_of(invoices).action_post()
        disputed = [invoice for invoice in invoices if invoice.disputed]
        disputes = self.env["credit.dispute"].create(
            [
                {
                    "move_id": self.moves[invoice.number].id,
                    "reason_id": self.reason.id,
                    "date": invoice.issued,
                }
                for invoice in disputed
            ]
        )
        for invoice, dispute in zip(disputed, disputes, strict=True):
            self.disputes[invoice.number] = dispute

    def pay(self, name, day, invoices):
        registered = [i for i in invoices if is_registered(i)]
        if registered:
            world.pay(self.env, self.moves_of(registered), day)
        others = [i for i in invoices if not is_registered(i)]
        if others:
            entry = self.bank_entries[name, day]
            entry.action_post()
            world.match(self.moves_of(others), entry)
        disputes = self.env["credit.dispute"].union(
            *(self.disputes[i.number] for i in invoices if i.disputed)
        )
        disputes.filtered(lambda dispute: dispute.state == "open").action_accept()
        for move in self.moves_of(invoices):
            assert move.payment_state in ("paid", "in_payment"), move.payment_state

    def reject(self, invoices):
        for invoice in invoices:
            self.disputes[invoice.number].action_reject()

    def approve(self, company, day):
        waiting = self.env["credit.reminder"].search(
            [("company_id", "=", company.id), ("state", "=", "to_approve")]
        )
        calls = waiting.filtered(lambda reminder: reminder.channel == "phone")
        for call in calls:
            if (day - call.date).days == scenario.CALL_DAYS:
                if scenario.is_called(call.partner_id.ref):
                    call.action_mark_done()
        (waiting - calls).action_approve()

    def moves_of(self, invoices):
        return self.env["account.move"].union(*(self.moves[i.number] for i in invoices))

    # At the end

    def reminders(self):
        names = {company.id: name for name, company in self.companies.items()}
        numbers = {move.id: number for number, move in self.moves.items()}
        return [
            {
                "company": names[reminder.company_id.id],
                "state": reminder.state,
                "day": reminder.date_done,
                "customer": reminder.partner_id.ref,
                "currency": reminder.currency_id.name,
                "step": reminder.step_id.name,
                "channel": reminder.channel,
                "total": f"{reminder.amount_total:.2f}",
                "reason": reminder.failure_reason,
                "pages": len(reminder.letter_id.raw or b""),
                "message_id": reminder.mail_id.message_id,
                "items": [
                    [
                        numbers[line.move_id.id],
                        line.step_id.name,
                        f"{line.amount_residual:.2f}",
                        line.name,
                    ]
                    for line in reminder.line_ids
                ],
            }
            for reminder in self.env["credit.reminder"].search([], order="id")
        ]

    def open_items(self):
        return sorted(
            number
            for number, move in self.moves.items()
            if move.state == "posted" and move.amount_residual
        )


def is_registered(invoice):
    return int(invoice.number) % REGISTERED == 0


def step_values(step):
    return {
        "name": step.name,
        "trigger": step.trigger,
        "delay_days": step.days,
        "delay_unit": "working" if step.working_delay else "calendar",
        "only_working_days": step.working_only,
        "channel": step.channel,
        "automation": step.automation,
        "lapse_days": step.lapse,
        "deadline_days": step.deadline,
        "formal_notice": step.formal,
        "payment_condition": step.thanks_for,
    }


def main(env, ledger, port):
    return Replay(env, ledger, port).run()
