"""Which procedure a claim may take, by the conditions alone."""

from dataclasses import replace
from datetime import date

from odoo.tests import BaseCase, tagged

from ..engine.procedure import (
    NO,
    REFUSED,
    UNKNOWN,
    WARNING,
    YES,
    Claim,
    Conditions,
    act_of,
    excess,
    obstacles,
    propose,
)

EVERYBODY = {"business": YES, "consumer": YES, "public": UNKNOWN}
BUSINESS = {"business": YES, "consumer": NO, "public": NO}
CLAIM = Claim(
    date(2026, 11, 2),
    "business",
    500_000,
    creditor_country="BE",
    debtor_country="BE",
    creditor_registered=True,
    debtor_registered=True,
)
BAILIFF = Conditions(
    BUSINESS,
    country="BE",
    registered=True,
    undisputed=YES,
    solvent=True,
    max_extras=10,
)
NOTHING = {"interest": 0, "clauses": 0}
ABROAD = Conditions(EVERYBODY, members=frozenset({"BE", "DE", "FR"}), cross_border=True)


def found(conditions, **changes):
    return [(o.code, o.level) for o in obstacles(conditions, replace(CLAIM, **changes))]


@tagged("post_install", "-at_install")
class TestProcedureChoice(BaseCase):
    def test_fits(self):
        self.assertEqual(found(BAILIFF, interest=40_000, clauses=10_000), [])
        self.assertEqual(found(BAILIFF), [("extras_unknown", WARNING)])
        over = {"interest": 40_001, "clauses": 10_000}
        self.assertEqual(found(BAILIFF, **over), [("extras", WARNING)])

    def test_what_the_law_refuses(self):
        self.assertEqual(
            found(BAILIFF, kind="consumer", debtor_registered=False, **NOTHING),
            [("kind_consumer", REFUSED), ("debtor_unregistered", REFUSED)],
        )
        for changes, code in (
            ({"debtor_country": "FR"}, "country"),
            ({"kind": "public"}, "kind_public"),
            ({"creditor_registered": False}, "creditor_unregistered"),
            ({"disputed": True}, "disputed"),
            ({"insolvent": True}, "insolvent"),
        ):
            self.assertEqual(found(BAILIFF, **NOTHING, **changes), [(code, REFUSED)])

    def test_unknown_is_no_refusal(self):
        plain = Conditions(EVERYBODY, undisputed=UNKNOWN)
        self.assertEqual(found(plain, kind="public"), [("kind_unknown", WARNING)])
        self.assertEqual(found(plain, disputed=True), [("disputed", WARNING)])

    def test_what_the_law_says_comes_first(self):
        order = [level for _code, level in found(BAILIFF, disputed=True)]
        self.assertEqual(order, [REFUSED, WARNING])

    def test_limits(self):
        small = Conditions(EVERYBODY, limits={"consumer": 500_000})
        self.assertEqual(found(small, kind="consumer"), [])
        over = {"kind": "consumer", "principal": 500_001}
        self.assertEqual(found(small, **over), [("amount", REFUSED)])
        self.assertEqual(found(small, principal=9_000_000), [])

    def test_limit_of_principal_and_interest(self):
        small = Conditions(EVERYBODY, limits={"business": 500_000}, limit_interest=True)
        self.assertEqual(found(small, interest=0), [])
        self.assertEqual(found(small, interest=1), [("amount_interest", REFUSED)])
        at_limit = {"principal": 499_000, "interest": 1_000, "clauses": 99_999}
        self.assertEqual(found(small, **at_limit), [])
        # Not reckoned: refused only where the principal alone is too much.
        self.assertEqual(found(small), [("interest_unknown", WARNING)])
        self.assertEqual(
            found(small, principal=500_001), [("amount_interest", REFUSED)]
        )

    def test_what_is_above_the_limit(self):
        for principal, extras, percent, over in (
            (500_000, 50_000, 10, 0),
            (500_000, 50_001, 10, 1),
            # Ten percent of 9.99 is 0.999: 0.99 may be claimed.
            (999, 100, 10, 1),
            (500_000, 900_000, 0, 0),
        ):
            with self.subTest(principal=principal, extras=extras):
                self.assertEqual(excess(principal, extras, percent), over)

    def test_days(self):
        kept = Conditions(EVERYBODY, in_force=False)
        self.assertEqual(found(kept), [("not_in_force", REFUSED)])
        dated = Conditions(
            EVERYBODY, valid_from=date(2026, 11, 2), valid_to=date(2026, 11, 2)
        )
        self.assertEqual(found(dated), [])
        self.assertEqual(found(dated, day=date(2026, 11, 1)), [("too_early", REFUSED)])
        self.assertEqual(found(dated, day=date(2026, 11, 3)), [("repealed", REFUSED)])
        former = Conditions(EVERYBODY, business_until=date(2026, 4, 24))
        self.assertEqual(found(former), [("business_until", REFUSED)])
        self.assertEqual(found(former, day=date(2026, 4, 24)), [])
        self.assertEqual(found(former, kind="consumer"), [])

    def test_cross_border(self):
        self.assertEqual(found(ABROAD, debtor_country="DE"), [])
        self.assertEqual(found(ABROAD), [("cross_border", REFUSED)])
        self.assertEqual(found(ABROAD, debtor_country="DK"), [("country", REFUSED)])
        self.assertEqual(
            found(ABROAD, creditor_country="US"), [("cross_border", REFUSED)]
        )

    def test_proposed(self):
        ways = [("bailiff", BAILIFF), ("order", Conditions(EVERYBODY, country="BE"))]
        self.assertEqual(propose(ways, CLAIM), "bailiff")
        self.assertEqual(propose(ways, replace(CLAIM, kind="consumer")), "order")
        self.assertIsNone(propose(ways, replace(CLAIM, debtor_country="FR")))

    def test_which_act_an_event_is(self):
        stages = [
            ("demand", "served"),
            ("paid", "cost"),
            ("order", "order"),
            ("order_served", "served"),
        ]
        self.assertEqual(act_of("served", stages, (), ("demand",)), "demand")
        self.assertEqual(
            act_of("served", stages, ("demand", "order"), ("order_served",)),
            "order_served",
        )
        # What nobody expects is the first of its kind, or none for certain.
        self.assertEqual(act_of("served", stages, ("paid",), ()), "demand")
        self.assertIsNone(act_of("served", stages, ("demand",), ()))
        self.assertIsNone(act_of("served", stages, ("demand", "order_served"), ()))
        self.assertIsNone(act_of("hearing", stages, (), ()))
        # A hearing is put off to another day.
        stages = [*stages, ("plea", "hearing"), ("verdict", "hearing")]
        self.assertEqual(act_of("hearing", stages, ("plea",), ()), "plea")
        self.assertEqual(act_of("hearing", stages, ("plea",), ("verdict",)), "verdict")
        # A cost or a letter is an act only if somebody says so.
        self.assertIsNone(act_of("cost", stages, (), ("paid",)))
