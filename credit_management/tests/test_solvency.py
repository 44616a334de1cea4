"""Observations and routes, without a database."""

from itertools import product

from odoo.tests import BaseCase, tagged

from odoo.addons.credit_management.engine import route, solvency
from odoo.addons.credit_management.engine.inputs import BadInput, parse_time

BEST = {
    "activity": "active",
    "assets": "ample",
    "occupation": "regular",
    "willingness": "willing",
    "ability": "able",
}
WORST = {
    "activity": "none",
    "assets": "none",
    "occupation": "none",
    "willingness": "unwilling",
    "ability": "unable",
}


@tagged("post_install", "-at_install")
class TestSolvency(BaseCase):
    def test_ends_and_middle(self):
        self.assertEqual(solvency.score(BEST), 100)
        self.assertEqual(solvency.score(WORST), 0)
        # 2x100 + 2x50 + 3x100 + 4x50 of 11: 72.7
        seen = {**BEST, "assets": "some", "ability": "partly", "occupation": False}
        self.assertEqual(solvency.score(seen), 73)

    def test_halves_are_rounded_up(self):
        # 1x50 + 3x0 of 4: 12.5
        seen = {"occupation": "irregular", "willingness": "unwilling"}
        self.assertEqual(solvency.score(seen), 13)

    def test_one_glance_is_no_observation(self):
        self.assertIsNone(solvency.score({}))
        self.assertIsNone(solvency.score({"ability": "able"}))
        self.assertIsNone(solvency.score({"ability": "able", "assets": "whatever"}))
        self.assertIsNone(solvency.score({"ability": "able", "assets": None}))

    def test_better_is_never_less(self):
        """In every aspect, whatever the others are."""
        names = list(solvency.POINTS)
        every = [[None, *points] for points in solvency.POINTS.values()]
        for codes in product(*every):
            seen = dict(zip(names, codes, strict=True))
            found = solvency.score(seen)
            if found is None:
                continue
            self.assertTrue(0 <= found <= 100)
            for name in names:
                if seen[name]:
                    better = solvency.score({**seen, name: BEST[name]})
                    self.assertGreaterEqual(better, found)

    def test_street_by_street(self):
        addresses = [
            ("FR", "75002", "Paris", "12 rue de la Paix"),
            ("FR", "75002", "Paris", "2 rue de la Paix"),
            ("FR", "75002", "PARIS", "3 Rue de la Paix"),
            ("FR", "75001", "Paris", "1 quai du Louvre"),
            ("BE", "1000", "Bruxelles", "Rue Haute 10"),
            ("BE", "1000", "Bruxelles", "Rue Haute 9"),
            ("BE", "", "Bruxelles", "Rue Haute 1"),
            ("FR", "59000", "Lille", "Rue Émile Zola 4"),
            ("FR", "59000", "Lille", "Rue Emile Zola 3"),
        ]
        found = sorted(addresses, key=lambda address: route.stop_key(*address))
        self.assertEqual(
            [addresses.index(a) for a in found], [5, 4, 6, 8, 7, 3, 1, 2, 0]
        )

    def test_nothing_known_of_an_address(self):
        route.stop_key(None, None, None, None)
        self.assertLess(
            route.stop_key("BE", "1000", "", ""),
            route.stop_key("BE", False, "Aalst", "Markt 1"),
        )

    def test_times(self):
        self.assertEqual(parse_time("00:00"), 0)
        self.assertEqual(parse_time("14:05"), 845)
        self.assertEqual(parse_time("14:05:59.123"), 845)
        for text in ("24:00", "14:60", "1405", "-1:00", "²²:00", "", None, "14:05 "):
            with self.subTest(text), self.assertRaises(BadInput):
                parse_time(text)
