"""The main job of the demonstration.

The set-up calls ``main(env, args)`` once, inside Odoo, on a fresh copy of the
template database with all addons and languages and no data, and prints what it
returns. ``env`` is the environment of the superuser; the job may commit, and all is
committed after it. Odoo answers HTTP requests meanwhile (``report.url`` is set), and
every e-mail that it sends lands in ``args.folder / "mails"``.

``args`` has these attributes:

- ``ledger``: path of the file to load, or None to generate a ledger
- ``date``: ``datetime.date``, the last day of the replay (today unless named; a
  generated ledger of a weekend's day is that of the Friday before)
- ``days``: the number of days to replay, or None for one run on the date
- ``folder``: where the job may leave files for people to look at (letters)
- ``progress(text)``: tell how far the job is

The result is a dictionary that can be written as JSON; a value is a number, or a
dictionary of numbers by name: ``open_items``, ``reminders`` (by state), ``by_step``,
``by_channel``, ``blocked`` (by reason), ``mails``, ``letters``, ``seconds`` (by
stage). Other keys are shown too.
"""

import csv
import datetime
import io
from collections import Counter
from contextlib import contextmanager
from time import perf_counter

from freezegun import freeze_time

import demo_cases
import demo_channels
import demo_companies
import demo_effect
import demo_ledger

#: Numeric country codes of the sample ledger, which come without a key, as countries
#: whose languages the reminders speak.
LEDGER_COUNTRIES = {"391": "FR", "406": "BE", "770": "NL", "818": "DE", "897": "LU"}
LANGUAGES = {"FR": "fr_FR", "BE": "nl_BE", "NL": "nl_NL", "DE": "de_DE", "LU": "fr_FR"}
#: The hour, in UTC, at which the daily job runs on a day of the replay.
HOUR = datetime.time(8, 0)


class Stopwatch:
    """Seconds by stage; a stage can be entered again and adds up."""

    def __init__(self):
        self.seconds = Counter()

    @contextmanager
    def stage(self, name):
        # perf_counter of a frozen clock ticks as well: the clock is frozen with tick.
        started = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += perf_counter() - started


def main(env, args):
    """Load or generate a ledger, run the daily job, and count what came of it."""
    watch = Stopwatch()
    if not args.ledger and args.date == datetime.date.today():
        # On a Sunday letters and calls wait: the last weekday has more to show.
        args.date -= datetime.timedelta(days=max(args.date.weekday() - 4, 0))
    first = args.date - datetime.timedelta(days=(args.days or 1) - 1)
    with _clock(first):
        with watch.stage("companies"):
            args.progress("companies and their charts of accounts")
            companies = demo_companies.set_up_companies(env, only_one=bool(args.ledger))
            env.cr.commit()
        with watch.stage("ledger"):
            args.progress("the ledger")
            books = _open_books(env, args, companies, first)
            if not args.ledger:
                for company in companies:
                    demo_effect.tell_the_past(env, company, first)
                    demo_channels.tell_of_channels(env, company, first)
            env.cr.commit()
    for number in range((args.date - first).days + 1):
        day = first + datetime.timedelta(days=number)
        with _clock(day):
            with watch.stage("ledger"):
                for book in books if number else ():
                    book._advance(day)
                demo_ledger.give_addresses(env, companies[0])
                env.cr.commit()
            if args.days:
                args.progress(f"the daily job of {day}")
            _run_day(env, companies, watch)
    with _clock(args.date):
        if not args.ledger:
            demo_ledger.leave_something_due(
                env, companies[0], demo_companies.PLACES[0], args.date
            )
            demo_channels.receive_a_transfer(env, companies[0], args.date)
            demo_channels.hand_over_letters(env, companies[0])
            demo_cases.open_cases(env)
            # What is due now waits for whoever tries a run by hand.
            for company in companies:
                company.credit_auto_run = False
        return _summary(env, args, companies, watch)


def _clock(day):
    """Freeze the clock at a past day; today is left as it is."""
    if day == datetime.date.today():
        return freeze_time(datetime.datetime.now(), tick=True)
    return freeze_time(datetime.datetime.combine(day, HOUR), tick=True)


def _open_books(env, args, companies, day):
    """The ledger of each company as it stood on ``day``, as imports that can go on."""
    if not args.ledger:
        return demo_ledger.fill(env, companies, args.date, day)
    data = _ready_ledger(args.ledger)
    book = env["credit.import"]._load(
        data,
        args.ledger.name,
        company=companies[0],
        date=day,
        mode="good",
        customer_type="vat",
        commit=True,
        country_map=LEDGER_COUNTRIES,
    )
    if book.bad_count:
        args.progress(f"{book.bad_count} rows of the ledger were refused")
    return [book]


def _ready_ledger(path):
    """The file's content; customers without any address get made-up ones.

    A ledger whose customers have neither e-mail nor language is a sample: those who
    are invoiced on paper get no e-mail address, the others one that is their id at
    example.com, and each the language of their country.
    """
    data = path.read_bytes()
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        return data
    if not rows or not {"customer", "country", "delivery"} <= rows[0].keys():
        return data
    if "email" in rows[0]:
        return data
    paper = Counter()
    for row in rows:
        paper[row["customer"]] += 1 if row["delivery"] == "paper" else -1
    for row in rows:
        on_paper = paper[row["customer"]] > 0
        row["email"] = "" if on_paper else f"{row['customer'].lower()}@example.com"
        country = LEDGER_COUNTRIES.get(row["country"], "")
        row["language"] = LANGUAGES.get(country, "")
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _run_day(env, companies, watch):
    """What the scheduled actions do on one day: propose, then deliver."""
    for company in companies:
        with watch.stage("propose"):
            env["credit.run"]._run_company(company)
            env.cr.commit()
    with watch.stage("deliver"):
        env["credit.reminder"]._cron_deliver()
        env.cr.commit()


def _summary(env, args, companies, watch):
    """Counts of what is in the database at the end, and the letters as files."""
    reminders = env["credit.reminder"].search(
        [("company_id", "in", [company.id for company in companies])]
    )
    with watch.stage("letters"):
        letters = reminders.filtered("letter_id")
        folder = args.folder / "letters"
        folder.mkdir(parents=True, exist_ok=True)
        for reminder in letters:
            path = folder / reminder.letter_id.name
            path.write_bytes(reminder.letter_id.raw)
    items = env["account.move.line"].search(
        [
            ("company_id", "in", [company.id for company in companies]),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual_currency", ">", 0),
        ]
    )
    with watch.stage("positions"):
        positions = env["credit.engine"]._positions(items)
    reasons = dict(env["credit.engine"]._selection_block_reason())
    blocked = Counter(
        reasons[position["block_reason"]]
        for position in positions.values()
        if position["block_reason"]
    )

    def by(name):
        labels = dict(reminders._fields[name]._description_selection(env))
        return Counter(labels[value] for value in reminders.mapped(name))

    return {
        "date": str(args.date),
        "companies": {company.name: company.currency_id.name for company in companies},
        "open_items": len(items),
        "reminders": by("state"),
        "by_step": Counter(r.step_id.name for r in reminders),
        "by_channel": by("channel"),
        "blocked": dict(blocked.most_common()),
        "mails": len(list((args.folder / "mails").glob("*"))),
        "letters": len(letters),
        "seconds": {name: round(value, 1) for name, value in watch.seconds.items()},
    }
