"""Steps by telephone, and visits, cost a proposal no query more for more items."""

from odoo.tests import freeze_time, tagged

from . import test_volume
from .common import NOW
from .test_contact_call import CALL
from .visit_common import VISIT


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitVolume(test_volume.TestVolume):
    """A visit takes a turn, and has its report and its round: more queries."""

    most_queries = 100

    def make_policy(self, *steps, **values):
        return super().make_policy(VISIT, **values)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCallVolume(test_volume.TestVolume):
    def test_queries_are_flat(self):
        """When each of a thousand is to be called takes what it takes for a hundred.

        But for what the ORM fetches by the thousand: a query more for each.
        """
        self.debtor.phone = "01 40 20 50 50"
        self.make_policy(CALL)
        small = self.make_invoice(currency=self.dollar)
        large = self.make_invoice(company=self.other_company, currency=self.euro)
        for company in (self.company, self.other_company):
            self._propose(company)
        self._copy_invoice(small, 100, debtors=100)
        self._copy_invoice(large, 1000, debtors=1000)
        run, queries = self._propose(self.company)
        large_run, large_queries = self._propose(self.other_company)
        self.assertEqual(run.reminder_count, 100)
        self.assertEqual(large_run.reminder_count, 1000)
        self.assertEqual(set(large_run.reminder_ids.mapped("channel")), {"phone"})
        self.assertLessEqual(large_queries, queries + 3)
