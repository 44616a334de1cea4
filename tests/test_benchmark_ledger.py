"""The ledger that the benchmarks measure is one that Odoo could have made."""

import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from stdnum.eu import vat

INSIDE = Path(__file__).resolve().parents[1] / "benchmarks" / "inside"
sys.path.append(str(INSIDE))

import ledger_plan  # noqa: E402

TODAY = date(2026, 6, 17)
CURRENCIES = [("EUR", "CHF"), ("CHF", "EUR")]
PROFILES = [
    SimpleNamespace(share=50, house=0, country="FR", vat="FR"),
    SimpleNamespace(share=20, house=0, country="BE", vat="BE"),
    SimpleNamespace(share=20, house=1, country="DE", vat="DE"),
    SimpleNamespace(share=10, house=1, country="CH", vat=""),
]


@pytest.fixture(scope="module")
def plan():
    debtors = ledger_plan.make_debtors(200, PROFILES)
    return debtors, ledger_plan.make_documents(20_000, debtors, CURRENCIES, TODAY)


def test_plan_has_the_shares_it_names(plan):
    debtors, documents = plan
    invoices = [d for d in documents if d.shape in ledger_plan.SHAPES]
    assert len(invoices) == 20_000
    big = [d for d in invoices if d.debtor.number == ledger_plan.BIG_DEBTOR]
    assert len(big) >= ledger_plan.BIG_MAX
    shapes = Counter(d.shape for d in invoices)
    for shape in ("instalments", "part", "part_instalments", "paid"):
        share = 100 * shapes[shape] / (len(invoices) - ledger_plan.BIG_MAX)
        assert share == pytest.approx(ledger_plan.SHAPES[shape], abs=1), shape
    credits = Counter(d.shape for d in documents)
    credits = {shape: credits[shape] for shape in credits.keys() - shapes.keys()}
    assert credits == {"credit_note": 9, "payment": 9}  # of 199 debtors
    assert {d.debtor.house for d in documents} == {0, 1}
    assert {d.currency for d in documents} == {"EUR", "CHF"}


def test_nothing_is_paid_after_the_day_of_the_ledger(plan):
    _debtors, documents = plan
    dues = [d.due - TODAY for d in documents]
    assert min(dues) >= timedelta(days=-400)
    assert max(dues) <= timedelta(days=60)
    for document in documents:
        if document.shape in ("part", "paid"):
            assert document.due + timedelta(days=10) <= TODAY


def test_plan_is_the_same_each_time(plan):
    debtors, documents = plan
    again = ledger_plan.make_documents(20_000, debtors, CURRENCIES, TODAY)
    assert again == documents


def test_debtors_have_valid_numbers(plan):
    debtors, _documents = plan
    numbers = [debtor.vat for debtor in debtors if debtor.vat]
    assert len(set(numbers)) == len(numbers) > 100
    assert [number for number in numbers if not vat.is_valid(number)] == []


#: What is put into the ledger, and what the check says of it.
DAMAGES = {
    "UPDATE account_move SET amount_total = amount_total + 1": "amount_total",
    """UPDATE account_move_line SET amount_residual = amount_residual + 1
        WHERE reconciled IS NOT TRUE AND display_type = 'payment_term'""": (
        "items whose open amount"
    ),
    "UPDATE account_move SET payment_state = 'paid'": "payment_state",
}


def test_ledger_is_valid(odoo_db, run_in_odoo):
    """A thousand invoices; faults that are put into it are found."""
    result = run_in_odoo(
        "bench_ledger", odoo_db, "story", size=1000, debtors=50, damages=list(DAMAGES)
    )
    assert result["faults"] == []
    for said, faults in zip(DAMAGES.values(), result["found"], strict=True):
        assert any(said in fault for fault in faults), (said, faults)

    counts = result["counts"]
    made_by_orm = 20  # what the others are copies of: five shapes, four currencies
    assert counts["invoices"] == 1000 + made_by_orm
    assert counts["companies"] == counts["currencies"] == 2
    # Besides the debtors of the plan one of each company for those.
    assert counts["debtors"] > 40
    assert counts["paid"] > 50 and counts["part"] > 50
    assert counts["first"] >= -400 and 50 < counts["last"] <= 60

    figures = result["figures"]
    assert figures["items"] > 700 and 40 < figures["reminders"] <= 110
    assert figures["seconds"] > 0 and figures["queries"] > 0
    assert figures["peak_mb"] < 400
