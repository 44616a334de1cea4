"""Whether claims may be handed over: every point, at its limits."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import checks
from ..engine.checks import OK, REFUSED, WARNING, Facts, assess

TODAY = date(2026, 6, 17)
DAY = timedelta(days=1)
FINE = Facts(today=TODAY, amount=100_000, stopped={}, limit=date(2030, 1, 1))
#: Facts that speak against a hand-over, and the point that says so.
AGAINST = {
    "claim": {"stopped": {"dispute": ("INV/1",)}},
    "insolvency": {"insolvent_since": TODAY},
    "notice": {"unnoticed": ("INV/1",)},
    "reminder": {"unreminded": ("INV/1",), "reminder_article": "XIX.8"},
    "deadline": {"running_until": TODAY},
    "limitation": {"limit": TODAY - DAY},
    "address": {"missing_address": ("street",)},
    "amount": {"least": 100_001},
    "credits": {"credits": ("281.14 €",)},
    "insurance": {"insurance": "Policy 1", "declare_until": TODAY - DAY},
}


@tagged("at_install", "-post_install")
class TestChecks(BaseCase):
    def found(self, **facts):
        """{code: (level, detail)} of what is not simply fine."""
        made = assess(replace(FINE, **facts))
        return {
            check.code: (check.level, check.detail)
            for check in made
            if check.level != OK
        }

    def test_nothing_speaks_against_it(self):
        made = assess(FINE)
        self.assertEqual(checks.level(made), OK)
        # Every point is answered, also where nothing is wrong; who is not insured
        # is not asked about it.
        self.assertEqual(
            [check.code for check in made],
            ["claim", "insolvency", "notice", "limitation", "address", "evidence"]
            + ["amount", "mandate"],
        )

    def test_each_point_refuses(self):
        for code, facts in AGAINST.items():
            with self.subTest(code):
                made = assess(replace(FINE, **facts))
                self.assertEqual(
                    [check.code for check in checks.refusals(made)], [code]
                )
                self.assertEqual(checks.level(made), REFUSED)
                self.assertEqual(
                    checks.may_be_overruled(made), code in checks.BY_PRUDENCE
                )

    def test_law_and_agreements_are_not_set_aside(self):
        for code in ("claim", "insolvency", "deadline", "reminder"):
            self.assertNotIn(code, checks.BY_PRUDENCE)
        made = assess(replace(FINE, **AGAINST["notice"], **AGAINST["insolvency"]))
        self.assertFalse(checks.may_be_overruled(made))
        made = assess(replace(FINE, **AGAINST["notice"], **AGAINST["address"]))
        self.assertTrue(checks.may_be_overruled(made))

    def test_what_stops_reminders_stops_a_hand_over(self):
        for reason in checks.STOPPING:
            with self.subTest(reason):
                self.assertEqual(
                    self.found(stopped={reason: ("INV/1",)}),
                    {"claim": (REFUSED, reason)},
                )
        # That no policy fits, or that a message waits, is no matter here.
        self.assertEqual(self.found(stopped={"no_policy": ("INV/1",)}), {})

    def test_claims_in_part(self):
        self.assertEqual(
            self.found(contested=("INV/1",)), {"claim": (WARNING, "contested")}
        )
        self.assertEqual(self.found(not_due=("I",)), {"claim": (REFUSED, "not_due")})

    def test_time_to_pay(self):
        for until, expected in (
            (TODAY + DAY, {"deadline": (REFUSED, "running")}),
            (TODAY, {"deadline": (REFUSED, "running")}),
            (TODAY - DAY, {}),
        ):
            self.assertEqual(self.found(running_until=until), expected)

    def test_notice_where_it_is_not_required(self):
        self.assertEqual(
            self.found(unnoticed=("INV/1",), notice_required=False),
            {"notice": (WARNING, "none")},
        )

    def test_limitation_near_and_past(self):
        for limit, expected in (
            (None, (WARNING, "unknown")),
            (TODAY - DAY, (REFUSED, "past")),
            (TODAY, (WARNING, "near")),
            (date(2026, 9, 17), (WARNING, "near")),
        ):
            with self.subTest(limit):
                self.assertEqual(self.found(limit=limit), {"limitation": expected})
        self.assertEqual(self.found(limit=date(2026, 9, 18)), {})
        made = assess(replace(FINE, limit_certain=False))
        details = {check.code: check.detail for check in made}
        self.assertEqual(details["limitation"], "shortest")

    def test_amount(self):
        self.assertEqual(self.found(least=100_000), {})
        for amount in (0, -1):
            self.assertEqual(self.found(amount=amount), {"amount": (REFUSED, "")})

    def test_evidence(self):
        made = assess(
            replace(FINE, lacking=(("order", ("INV/1",)),), missing_papers=("INV/2",))
        )
        found = [(c.level, c.detail, c.names) for c in made if c.code == "evidence"]
        self.assertEqual(
            found,
            [
                (WARNING, "lacking", (("order", ("INV/1",)),)),
                (WARNING, "anew", ("INV/2",)),
            ],
        )

    def test_cover_of_an_insurer(self):
        insured = {"insurance": "Policy 1"}
        for facts, expected in (
            ({}, (WARNING, "open")),
            ({"declare_until": TODAY}, (WARNING, "open")),
            ({"declare_until": TODAY - DAY}, (REFUSED, "over")),
            ({"declare_until": TODAY - DAY, "declared_on": TODAY}, (WARNING, "late")),
        ):
            with self.subTest(facts):
                self.assertEqual(
                    self.found(**insured, **facts), {"insurance": expected}
                )
        # In time, on the last day too.
        for until in (None, TODAY):
            made = assess(
                replace(FINE, **insured, declare_until=until, declared_on=TODAY)
            )
            (found,) = (check for check in made if check.code == "insurance")
            self.assertEqual((found.level, found.day), (OK, TODAY))
        # Without a policy the days mean nothing.
        self.assertEqual(self.found(declare_until=TODAY - DAY), {})

    def test_what_a_policy_does_by_itself_is_stricter(self):
        facts = {"has_party": False, "withdrawn": ("INV/1",)}
        self.assertEqual(
            self.found(**facts), {"mandate": (WARNING, ""), "withdrawn": (WARNING, "")}
        )
        self.assertEqual(
            self.found(**facts, automatic=True),
            {"mandate": (REFUSED, ""), "withdrawn": (REFUSED, "")},
        )

    @settings(max_examples=200, deadline=None)
    @given(st.sets(st.sampled_from(sorted(AGAINST))))
    def test_points_do_not_hide_each_other(self, codes):
        """What speaks against it is said, whatever else does."""
        facts = {}
        for code in codes:
            facts.update(AGAINST[code])
        refused = {
            check.code for check in checks.refusals(assess(replace(FINE, **facts)))
        }
        expected = set(codes)
        if "deadline" in codes:
            # While the notice runs, it is no matter that another item has none.
            expected.discard("notice")
        self.assertEqual(refused, expected)
