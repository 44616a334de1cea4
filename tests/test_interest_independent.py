"""Interest of 100,000 random claims against SQL that walks from day to day.

The engine works with periods and running numbers; ``interest_by_day.sql`` knows
neither. Both have to give the same amount for every claim, to the minor unit.
"""

import io
import random
import time
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg2
import pytest

from odoo.addons.credit_management.engine.interest import interest
from odoo.addons.credit_management.engine.rates import Book, Rate, Series
from odoo.addons.credit_management.engine.regime import Claim, Event, Regime, Terms

COUNT = 100_000
SEED = 20260630
FIRST, LAST = date(2019, 1, 1), date(2026, 12, 31)
COUNTINGS = ("act/365", "act/360", "act/act", "30e/360")
HALF_YEARS = [date(year, month, 1) for year in range(2018, 2027) for month in (1, 7)]
#: What an item is counted by: rates of the law, and of terms within their limits.
#: Percentages are whole hundredths.
TARIFFS = {
    1: {"series": "A"},
    2: {"series": "B", "margin": 800},
    3: {"fixed": 900, "floor": "F", "cap": "C"},
    4: {"fixed": 300, "floor": "F"},
    5: {"series": "A", "margin": 200, "cap": "C", "agreed": True},
    6: {"fixed": 2500, "cap": "C"},
}
TABLES = """
    CREATE TABLE rate (series text, valid_from date, percent int);
    CREATE TABLE tariff (id int, series text, margin int, fixed int, floor text,
        cap text);
    CREATE TABLE item (id int, principal bigint, begun date, until date, tariff int,
        counting text, first text, yearly bool, most int, insolvency date, simple bool);
    CREATE TABLE event (item int, day date, amount bigint, kind text, first text);
    CREATE TABLE pause (item int, first date, last date);
"""


def some_rates(dice):
    """{series: [(day, hundredths of a per cent)]}"""

    def half_years(low, high):
        return [(day, dice.randint(low, high)) for day in HALF_YEARS]

    changes, day = [], date(2018, 1, 1)
    while day < LAST:
        changes.append((day, dice.randint(-900, 700)))
        day += timedelta(days=dice.randint(5, 400))
    return {
        "A": half_years(0, 1500),
        "B": changes,
        "F": half_years(200, 1000),
        "C": half_years(1000, 1600),
    }


def some_item(dice, number):
    """A random claim and what its interest is counted by."""
    # Most claims are weeks or months old, a few are years old.
    days = dice.choices(
        [dice.randint(0, 60), dice.randint(61, 200), dice.randint(201, 1100)],
        [93, 6, 1],
    )[0]
    begun = FIRST + timedelta(days=dice.randrange((LAST - FIRST).days - days))
    # Around the days on which something happens.
    if dice.random() < 0.05:
        begun = date(begun.year, dice.choice([2, 6, 12]), 28)
    until = min(begun + timedelta(days=days), LAST)
    # What depends on interest takes the long way; most of the oldest do.
    simple = dice.random() < (0.3 if days > 200 else 0.65)
    principal = dice.choice([dice.randint(1, 10_000), dice.randint(1, 100_000_000)])

    def around():
        return begun + timedelta(days=dice.randint(-5, days + 5))

    events = []
    for _event in range(dice.choice([0, 0, 1, 1, 2, 3, 4])):
        kind = dice.choice(["payment", "payment", "credit"])
        first = None
        if kind == "payment" and not simple:
            first = dice.choice([None, None, "interest", "principal"])
        share = dice.choice([0.001, 0.02, 0.3, 0.5, 1.1])
        events.append((around(), dice.randint(0, int(principal * share)), kind, first))
    pauses = []
    for _pause in range(dice.choice([0] * 8 + [1, 2])):
        first = around()
        pauses.append((first, first + timedelta(days=dice.randint(0, 40))))
    return {
        "id": number,
        "principal": principal,
        "begun": begun,
        "until": until,
        "tariff": dice.choice(list(TARIFFS)),
        "counting": dice.choice(COUNTINGS),
        "first": "principal" if simple else dice.choice(["interest", "principal"]),
        "yearly": not simple and days > 360,
        "most": dice.choice([0, 30]),
        "insolvency": around() if dice.random() < 0.05 else None,
        "simple": simple,
        "events": events,
        "pauses": pauses,
    }


class Engine:
    """The engine under test."""

    def __init__(self, rates):
        self._rules = {}
        self.book = Book(
            {
                code: Series(
                    code,
                    "change" if code == "B" else "half_year",
                    tuple(Rate(day, self._percent(value)) for day, value in values),
                )
                for code, values in rates.items()
            }
        )

    @staticmethod
    def _percent(hundredths):
        return Decimal(hundredths).scaleb(-2)

    def _rules_of(self, item):
        names = ("tariff", "counting", "first", "yearly", "most")
        key = tuple(item[name] for name in names)
        if key not in self._rules:
            self._rules[key] = self._make_rules(TARIFFS[item["tariff"]], item)
        return self._rules[key]

    def _make_rules(self, tariff, item):
        fixed, margin = tariff.get("fixed"), self._percent(tariff.get("margin", 0))
        agreed = fixed is not None or tariff.get("agreed")
        terms = None
        if agreed:
            terms = Terms(
                rate=fixed and self._percent(fixed),
                rate_series=tariff.get("series"),
                rate_margin=margin,
            )
        regime = Regime(
            code="random",
            interest_start="due",
            rate_series="A" if agreed else tariff["series"],
            rate_margin=Decimal(1) if agreed else margin,
            floor_series=tariff.get("floor"),
            cap_series=tariff.get("cap"),
            day_count=item["counting"],
            compounding="yearly" if item["yearly"] else "none",
            allocation=item["first"],
            suspension_max_days=item["most"],
        )
        return regime, terms

    def total(self, item):
        regime, terms = self._rules_of(item)
        claim = Claim(
            item["principal"],
            item["begun"],
            events=tuple(Event(*event) for event in item["events"]),
            suspensions=tuple(item["pauses"]),
            insolvency_day=item["insolvency"],
        )
        return interest(
            claim, regime, terms, self.book, item["begun"], item["until"]
        ).total


def fill(cursor, rates, items):
    """Fill the tables that the statement reads."""
    cursor.execute(TABLES)

    def copy(table, rows):
        text = io.StringIO()
        for row in rows:
            text.write("\t".join(r"\N" if v is None else str(v) for v in row) + "\n")
        text.seek(0)
        cursor.copy_expert(f"COPY {table} FROM STDIN", text)

    copy("rate", ((code, *row) for code, rows in rates.items() for row in rows))
    copy(
        "tariff",
        (
            (
                number,
                tariff.get("series"),
                tariff.get("margin", 0),
                *(tariff.get(name) for name in ("fixed", "floor", "cap")),
            )
            for number, tariff in TARIFFS.items()
        ),
    )
    columns = [name for name in items[0] if name not in ("events", "pauses")]
    copy("item", ([item[name] for name in columns] for item in items))
    copy("event", ((item["id"], *row) for item in items for row in item["events"]))
    copy("pause", ((item["id"], *row) for item in items for row in item["pauses"]))


@pytest.fixture
def cursor(odoo_own):
    """A cursor of an empty database."""
    connection = psycopg2.connect(dbname=odoo_own.new_database("template0"))
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        # Hash tables are made once for all days of the walk.
        cursor.execute("SET enable_nestloop = off; SET enable_mergejoin = off")
        yield cursor
    connection.close()


def test_interest_of_random_claims(cursor):
    dice = random.Random(SEED)
    rates = some_rates(dice)
    items = [some_item(dice, number) for number in range(COUNT)]
    engine = Engine(rates)

    start = time.perf_counter()
    totals = [engine.total(item) for item in items]
    engine_seconds = time.perf_counter() - start

    start = time.perf_counter()
    fill(cursor, rates, items)
    cursor.execute((Path(__file__).parent / "interest_by_day.sql").read_text())
    cursor.execute(
        """
        SELECT coalesce(div(2 * numerator + denominator, 2 * denominator), 0)::bigint,
               coalesce(remainders, 0)
          FROM item LEFT JOIN answer ON item = id
         ORDER BY id
        """
    )
    answers = cursor.fetchall()
    sql_seconds = time.perf_counter() - start
    print(
        f"interest of {COUNT} claims: engine {engine_seconds:.1f} s, "
        f"SQL {sql_seconds:.1f} s, sum {sum(totals)}"
    )

    assert sum(remainders for _total, remainders in answers) == 0
    differences = [
        (item, ours, theirs)
        for item, ours, (theirs, _remainders) in zip(
            items, totals, answers, strict=True
        )
        if ours != theirs
    ]
    assert not differences, f"{len(differences)} differ, such as {differences[:3]}"

    # The claims are worth the comparison: enough of each kind bears interest.
    seen = Counter()
    for item, total in zip(items, totals, strict=True):
        if total:
            seen[item["counting"]] += 1
            seen["tariff", item["tariff"]] += 1
            seen["interest first"] += any(
                kind == "payment" and (first or item["first"]) == "interest"
                for _day, _amount, kind, first in item["events"]
            )
            seen["yearly"] += item["yearly"]
            seen["credit"] += any(kind == "credit" for _, _, kind, _ in item["events"])
            seen["paused"] += bool(item["pauses"])
            seen["insolvency"] += bool(item["insolvency"])
    assert min(seen.values()) > 300, seen
