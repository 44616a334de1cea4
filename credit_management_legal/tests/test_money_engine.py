"""What payments go to, what is kept of them, and what a claim adds up to."""

import random
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.credit_management.engine.amounts import open_amount
from odoo.addons.credit_management.engine.interest import interest
from odoo.addons.credit_management.engine.rates import Book
from odoo.addons.credit_management.engine.regime import Claim, Event, Regime, Terms
from odoo.addons.credit_management.engine.statement import Entry, Part, Prior

from ..engine import allocation, claim
from ..engine.allocation import CHARGES, COSTS, INTEREST, KINDS, ORDERS, PRINCIPAL, Owed
from ..engine.fees import GROSS, NET, Band, FeeScale, fee_of_payment, remittance, tax_on
from ..engine.remittance import Row, differences, settle
from ..engine.statement_file import check_statement

DAY = date(2026, 6, 17)


def owed(key, kind, amount, days=0):
    return Owed((kind, key), kind, amount, DAY - timedelta(days=days))


OWED = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 10**9), st.integers(0, 800)),
    max_size=12,
).map(
    lambda rows: [
        owed(place, kind, amount, days)
        for place, (kind, amount, days) in enumerate(rows)
    ]
)
ORDER = st.sampled_from(sorted(ORDERS)).map(ORDERS.get)


@tagged("post_install", "-at_install")
class TestAllocation(BaseCase):
    def paid(self, made):
        return {kind: made.of(kind) for kind in KINDS if made.of(kind)}

    def test_orders(self):
        things = [
            owed(1, PRINCIPAL, 100_000, 100),
            owed(2, INTEREST, 2_740),
            owed(3, CHARGES, 4_000),
            owed(4, COSTS, 5_000),
        ]
        for name, paid in (
            ("costs_interest", {COSTS: 5_000, INTEREST: 2_740, CHARGES: 2_260}),
            ("interest_costs", {COSTS: 5_000, INTEREST: 2_740, CHARGES: 2_260}),
            ("interest_principal", {INTEREST: 2_740, PRINCIPAL: 7_260}),
            ("principal_interest", {PRINCIPAL: 10_000}),
        ):
            with self.subTest(order=name):
                made = allocation.allocate(10_000, things, ORDERS[name])
                self.assertEqual(self.paid(made), paid)
        made = allocation.allocate(3_000, things, ORDERS["interest_costs"])
        self.assertEqual(self.paid(made), {INTEREST: 2_740, COSTS: 260})

    def test_order_by_law(self):
        for facts, name in (
            ((True, True, False), "costs_interest"),
            ((True, False, True), "interest_costs"),
            ((True, False, False), "interest_principal"),
            ((False, False, False), "principal_interest"),
            ((False, True, True), "costs_interest"),
        ):
            self.assertEqual(allocation.order_by_law(*facts), ORDERS[name])

    def test_what_is_left(self):
        things = [
            owed(1, PRINCIPAL, 500),
            owed(2, PRINCIPAL, 500, 90),
            owed(3, COSTS, 7),
        ]
        paid = {(PRINCIPAL, 1): 200, (PRINCIPAL, 2): 600, (PRINCIPAL, 9): 5}
        left = allocation.less(things, paid)
        self.assertEqual([one.amount for one in left], [300, 0, 7])
        self.assertEqual([one.key for one in left], [one.key for one in things])
        self.assertEqual(allocation.allocate(400, left, KINDS).rest, 93)

    def test_oldest_first(self):
        things = [owed(1, PRINCIPAL, 500, 10), owed(2, PRINCIPAL, 500, 90)]
        made = allocation.allocate(600, things, KINDS)
        self.assertEqual(
            [(share.owed.key[1], share.amount, share.left) for share in made.shares],
            [(2, 500, 0), (1, 100, 400)],
        )

    def test_refused(self):
        with self.assertRaises(ValueError):
            allocation.allocate(-1, [], KINDS)
        with self.assertRaises(ValueError):
            allocation.allocate(1, [owed(1, PRINCIPAL, -1)], KINDS)
        with self.assertRaises(ValueError):
            allocation.allocate(1, [owed(1, PRINCIPAL, 1)], (COSTS,))
        with self.assertRaises(ValueError):
            allocation.allocate_all([], [owed(1, COSTS, 1), owed(1, COSTS, 2)], KINDS)

    @settings(max_examples=300, deadline=None)
    @given(st.integers(0, 10**10), OWED, ORDER)
    def test_adds_up(self, amount, things, order):
        made = allocation.allocate(amount, things, order)
        self.assertEqual(sum(s.amount for s in made.shares) + made.rest, amount)
        self.assertGreaterEqual(made.rest, 0)
        for share in made.shares:
            self.assertGreater(share.amount, 0)
            self.assertGreaterEqual(share.left, 0)
        # Nothing is left over as long as anything is open.
        open_ = sum(one.amount for one in things) - (amount - made.rest)
        self.assertFalse(made.rest and open_)
        # Nothing of a later kind is paid before an earlier one is.
        for place, kind in enumerate(order):
            total = sum(one.amount for one in things if one.kind == kind)
            if made.of(*order[place + 1 :]):
                self.assertEqual(made.of(kind), total)

    @settings(max_examples=200, deadline=None)
    @given(st.integers(0, 10**9), OWED, ORDER, st.randoms())
    def test_order_of_input_is_no_matter(self, amount, things, order, rng):
        shuffled = list(things)
        rng.shuffle(shuffled)
        self.assertEqual(
            allocation.allocate(amount, things, order),
            allocation.allocate(amount, shuffled, order),
        )

    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.integers(0, 10**8), max_size=6), OWED, ORDER, st.randoms())
    def test_payments_one_after_the_other(self, amounts, things, order, rng):
        """Of what is open all the time, parts pay what their sum pays."""
        payments = [(place, DAY, amount) for place, amount in enumerate(amounts)]
        made = allocation.allocate_all(payments, things, order)
        whole = allocation.allocate(sum(amounts), things, order)
        for kind in KINDS:
            self.assertEqual(sum(m.of(kind) for m in made.values()), whole.of(kind))
        self.assertEqual(sum(m.rest for m in made.values()), whole.rest)
        rng.shuffle(payments)
        self.assertEqual(allocation.allocate_all(payments, things, order), made)


ROWS = st.lists(
    st.tuples(
        st.integers(0, 10**7), st.integers(0, 10**7), st.sampled_from([GROSS, NET])
    ),
    max_size=8,
).map(lambda rows: [Row(c, f, tax_on(f, Decimal(20)), mode) for c, f, mode in rows])


@tagged("post_install", "-at_install")
class TestSettlement(BaseCase):
    def test_gross_and_net(self):
        gross = settle([Row(40_000, 4_000, 800, GROSS)])
        self.assertEqual((gross.remitted, gross.to_pay), (40_000, 4_800))
        net = settle([Row(40_000, 4_000, 800, NET)])
        self.assertEqual((net.remitted, net.to_pay), (35_200, 0))

    def test_fee_beside_a_payment_is_kept_from_it(self):
        rows = [Row(0, 3_000, 600, NET), Row(40_000, 4_000, 800, NET)]
        made = settle(rows)
        self.assertEqual(made.kept, (3_600, 4_800))
        self.assertEqual(made.remitted, 31_600)

    def test_more_fee_than_money(self):
        made = settle([Row(1_000, 100, 20, NET), Row(0, 5_000, 1_000, NET)])
        self.assertEqual(made.kept, (120, 880))
        self.assertEqual((made.remitted, made.to_pay), (0, 5_120))

    def test_taken_back(self):
        made = settle([Row(-40_000, -4_000, -800, NET)])
        self.assertEqual((made.kept, made.remitted), ((-4_800,), -35_200))

    @settings(max_examples=300, deadline=None)
    @given(ROWS)
    def test_adds_up(self, rows):
        made = settle(rows)
        self.assertEqual(made.remitted + sum(made.kept), made.collected)
        self.assertEqual(made.to_pay + sum(made.kept), made.fee + made.tax)
        self.assertGreaterEqual(made.remitted, 0)
        self.assertGreaterEqual(made.to_pay, 0)
        for row, kept in zip(rows, made.kept, strict=True):
            self.assertTrue(0 <= kept <= row.due)

    @settings(max_examples=100, deadline=None)
    @given(st.integers(0, 10**7), st.integers(0, 10**6), st.sampled_from([GROSS, NET]))
    def test_as_one_remittance(self, collected, fee, mode):
        one = remittance(collected, fee, Decimal(20), mode)
        made = settle([Row(collected, fee, one.tax, mode)])
        self.assertEqual((made.remitted, made.to_pay), (one.remitted, one.to_pay))

    def test_fees_of_parts(self):
        """What payments earn one after the other is what their sum earns."""
        scale = FeeScale((Band(0, 0, Decimal("9.99")), Band(0, 5_000, Decimal("7.77"))))
        rng = random.Random(7)
        for _round in range(50):
            parts = [(0, rng.randint(1, 4_000)) for _ in range(rng.randint(1, 6))]
            total, before = 0, []
            for part in parts:
                total += fee_of_payment(scale, before, part)
                before.append(part)
            self.assertEqual(
                total, fee_of_payment(scale, [], (0, sum(a for _age, a in parts)))
            )

    def test_differences(self):
        self.assertEqual(
            differences({"fee": 100, "tax": 20}, {"fee": 101, "tax": None}), {"fee": 1}
        )
        self.assertEqual(differences({"fee": 100}, {"fee": 100}), {})


@tagged("post_install", "-at_install")
class TestClaimLines(BaseCase):
    """A rate of 10 % without steps: the core reckons, and nothing is looked up."""

    regime = Regime(code="test", interest_start="due", allocation="interest")
    terms = Terms(rate=Decimal(10))

    def entry(self, principal, events, prior=None):
        one = Claim(principal, DAY - timedelta(days=300), events=tuple(events))
        book = Book({})
        made = interest(one, self.regime, self.terms, book, one.due, DAY)
        part = Part(made.total, prior or Prior())
        return Entry(
            SimpleNamespace(id=1),
            one,
            DAY,
            open_amount(one, DAY),
            made,
            {"interest": part},
        )

    def test_payment_to_interest_first(self):
        entry = self.entry(100_000, [Event(DAY - timedelta(days=100), 50_000)])
        lines = claim.entry_lines(entry, "INV")
        payment = next(line for line in lines if line.kind == claim.PAYMENT)
        # 200 days of 10 % on 1,000.
        self.assertEqual(payment.paid, {INTEREST: 5_479, PRINCIPAL: 44_521})
        self.assertEqual(claim.sums(lines)["total"], entry.total)

    @settings(max_examples=150, deadline=None)
    @given(
        st.integers(1, 10**7),
        st.lists(
            st.tuples(
                st.integers(0, 299),
                st.integers(1, 10**6),
                st.sampled_from(["payment", "credit"]),
            ),
            max_size=5,
        ),
        st.integers(0, 10**5),
    )
    def test_lines_are_the_total(self, principal, events, claimed):
        entry = self.entry(
            principal,
            [Event(DAY - timedelta(days=d), a, kind) for d, a, kind in events],
            Prior(claimed, claimed // 3),
        )
        lines = claim.entry_lines(entry, "INV")
        made = claim.sums(lines)
        self.assertEqual(sum(line.amount for line in lines), entry.total)
        self.assertEqual(made["total"] - made["overpaid"], entry.total)
        self.assertEqual(
            made["principal"]
            + made["interest"]
            + made["charges"]
            + made["costs"]
            - made["paid"],
            made["total"] - made["overpaid"],
        )
        self.assertGreaterEqual(made["total"], 0)
        self.assertGreaterEqual(made["overpaid"], 0)
        for line in lines:
            if line.paid:
                self.assertEqual(sum(line.paid.values()), -line.amount)


@tagged("post_install", "-at_install")
class TestStatementFile(BaseCase):
    def read_file(self, text, decimals=2):
        return check_statement(text.encode(), "statement.csv", decimals)

    def test_french_file(self):
        [row] = self.read_file(
            "Votre référence;Date de paiement;Quittance;Montant encaissé;"
            "Honoraires HT;TVA;Net reversé\n"
            "CASE/2026/00001;03/06/2026;Q-1;1.234,50;123,45;24,69;1.086,36\n"
        )
        self.assertEqual(
            (row.case, row.day, row.reference, row.problems),
            ("CASE/2026/00001", date(2026, 6, 3), "Q-1", []),
        )
        self.assertEqual(
            (row.collected, row.fee, row.tax, row.remitted),
            tuple(map(Decimal, ("1234.50", "123.45", "24.69", "1086.36"))),
        )

    def test_bad_rows(self):
        rows = self.read_file(
            "case,date,collected\nC1,2026-06-03,12.3456\n,2026-06-03,1\nC1,soon,x\n"
        )
        found = [[(p.field, p.code) for p in row.problems] for row in rows]
        self.assertEqual(
            found,
            [
                [("collected", "number")],
                [("case", "missing")],
                [("date", "date"), ("collected", "number")],
            ],
        )
