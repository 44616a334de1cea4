"""By when to declare: what the court says, the law, and to be on the safe side."""

from datetime import date

from odoo.tests import BaseCase, tagged

from ..engine import insolvency as engine
from ..engine.insolvency import Rule, deadline

OPENED = date(2026, 6, 1)
PUBLISHED = date(2026, 6, 10)
FRANCE = Rule("publication", 2, abroad=4, relief_months=6)
BELGIUM = Rule("opening", 30, "days", absolute_months=12, set_by_court=True)


@tagged("post_install", "-at_install")
class TestInsolvencyDeadline(BaseCase):
    def test_from_the_publication(self):
        found = deadline(FRANCE, OPENED, PUBLISHED)
        self.assertEqual((found.day, found.how), (date(2026, 8, 10), engine.PUBLISHED))
        self.assertEqual(found.relief, date(2026, 12, 10))
        abroad = deadline(FRANCE, OPENED, PUBLISHED, abroad=True)
        self.assertEqual(abroad.day, date(2026, 10, 10))

    def test_unpublished_is_earlier(self):
        found = deadline(FRANCE, OPENED)
        self.assertEqual((found.day, found.how), (date(2026, 8, 1), engine.PRELIMINARY))
        self.assertLess(found.day, deadline(FRANCE, OPENED, PUBLISHED).day)

    def test_set_by_the_court(self):
        found = deadline(BELGIUM, OPENED)
        self.assertEqual((found.day, found.how), (date(2026, 7, 1), engine.PRELIMINARY))
        self.assertEqual(found.absolute, date(2027, 6, 1))
        found = deadline(BELGIUM, OPENED, given=date(2026, 6, 25))
        self.assertEqual((found.day, found.how), (date(2026, 6, 25), engine.GIVEN))
        self.assertEqual(
            deadline(FRANCE, OPENED, PUBLISHED, date(2026, 9, 1)).day, date(2026, 9, 1)
        )

    def test_no_rule(self):
        found = deadline(None, OPENED, PUBLISHED)
        self.assertEqual((found.day, found.how), (None, engine.UNKNOWN))
        self.assertIsNone(found.last(OPENED))
        found = deadline(None, OPENED, given=PUBLISHED)
        self.assertEqual((found.day, found.how), (PUBLISHED, engine.GIVEN))
        found = deadline(Rule("publication", 0, relief_months=6), OPENED)
        self.assertEqual((found.day, found.relief), (None, date(2026, 12, 1)))

    def test_what_matters_now(self):
        found = deadline(FRANCE, OPENED, PUBLISHED)
        for today, last in (
            (date(2026, 8, 10), date(2026, 8, 10)),
            (date(2026, 8, 11), date(2026, 12, 10)),
            (date(2026, 12, 11), None),
        ):
            self.assertEqual(found.last(today), last)
        late = deadline(BELGIUM, OPENED)
        self.assertEqual(late.last(date(2026, 9, 1)), date(2027, 6, 1))
