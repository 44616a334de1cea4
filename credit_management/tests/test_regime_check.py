"""What is refused when a regime is saved."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestRegimeCheck(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")
        cls.values = {
            "name": "Test",
            "code": "test",
            "kind": "business",
            "country_id": cls.france.id,
            "currency_id": cls.env.ref("base.EUR").id,
        }

    def _create(self, **values):
        return self.env["credit.regime"].create({**self.values, **values})

    def _refused(self, words, **values):
        with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
            self._create(**values)
        self.assertIn(words, str(caught.exception))

    def test_versions_follow_one_another(self):
        self._create(date_to="2025-12-31")
        self._create(name="Next", date_from="2026-01-01", date_to="2026-12-31")
        self._refused("both hold on 07/01/2026", date_from="2026-07-01")
        self._refused("both hold on", date_to="2024-01-01")
        self._refused("both hold on")
        self._create(date_from="2027-01-01")

    def test_change_that_makes_versions_overlap(self):
        first = self._create(date_to="2025-12-31")
        self._create(date_from="2026-01-01")
        with self.assertRaises(ValidationError):
            first.date_to = False
        first.active = False
        first.date_to = False
        with self.assertRaises(ValidationError):
            first.active = True

    def test_versions_of_different_kinds(self):
        self._create()
        self._create(kind="consumer")
        self._create(claim_kind="transport")
        self._create(code="other")

    def test_country_and_scope(self):
        self._refused("names none", scope="eu")
        self._refused("names none", country_id=False)
        self._create(scope="none", country_id=False)

    def test_series(self):
        for field in ("rate_series", "floor_series", "cap_series"):
            self._refused("no series of rates with the code “TYPO”", **{field: "TYPO"})
        self._create(rate_series="FR_B2B_DEFAULT", floor_series="FR_LEGAL_SINGLE")

    def test_interest_without_rate(self):
        self._refused("name the series of rates", interest_start="due")
        self._create(interest_start="due", interest_by_contract_only=True)

    def test_held_back(self):
        self._refused("“gifts” is no kind of charge", held_back="interest, gifts")
        self._create(held_back="interest, fee")
        self._create(code="other", held_back=False)

    def test_waiting_without_days(self):
        self._refused("how many days", first_reminder_required=True)
        self._create(first_reminder_required=True, wait_days=14)

    def test_scale_is_required(self):
        for field in ("indemnity_rule", "clause_rule", "cost_rule"):
            self._refused("the scale is empty", **{field: "scale"})
        tier = Command.create({"charge": "cost", "above": 0, "percent": 15})
        self._refused("the scale is empty", clause_rule="scale", scale_ids=[tier])
        regime = self._create(cost_rule="scale", scale_ids=[tier])
        with self.assertRaises(ValidationError), self.cr.savepoint():
            regime.scale_ids.unlink()
        regime.cost_rule = "none"
        regime.scale_ids.unlink()
        self.assertFalse(regime.scale_ids)

    def test_scale_amounts(self):
        for values in ({"above": -1}, {"fixed": -1}, {"percent": 101}):
            tier = Command.create({"charge": "cost", **values})
            self._refused("no negative amounts", scale_ids=[tier])

    def test_amounts_are_required(self):
        self._refused("the fixed indemnity has no amount", indemnity_rule="fixed")
        self._refused("the highest reminder fee has no amount", fee_rule="capped")

    def test_periods(self):
        for words, values in (
            ("one or more", {"number": 0}),
            ("end before", {"date_from": "2026-09-01", "date_to": "2026-08-31"}),
        ):
            period = Command.create(
                {"topic": "procedure", "name": "Service", "number": 3, **values}
            )
            self._refused(words, period_ids=[period])

    def test_contacts(self):
        for words, values in (
            ("hours go from 0 to 24", {"hour_from": 20, "hour_to": 8}),
            ("hours go from 0 to 24", {"hour_to": 25}),
            ("days go from 1", {"weekdays": "1,8"}),
            ("days go from 1", {"weekdays": False}),
            ("a number of days", {"max_count": 3, "max_days": 0}),
        ):
            self._refused(words, contact_ids=[Command.create(values)])
        self._create(contact_ids=[Command.create({"max_count": 3, "max_days": 7})])
