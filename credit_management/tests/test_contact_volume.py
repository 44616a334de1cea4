"""Steps by telephone, and visits, cost a proposal no query more for more items."""

from odoo.tests import freeze_time, tagged

from . import test_volume
from .common import NOW
from .test_contact_call import CALL
from .visit_common import VISIT


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCallVolume(test_volume.TestVolume):
    def make_policy(self, *steps, **values):
        return super().make_policy(CALL, **values)

    def make_invoice(self, *given, **values):
        self.debtor.phone = "01 40 20 50 50"
        return super().make_invoice(*given, **values)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitVolume(test_volume.TestVolume):
    def make_policy(self, *steps, **values):
        return super().make_policy(VISIT, **values)
