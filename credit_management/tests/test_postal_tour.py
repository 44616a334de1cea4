"""A return file in the browser: imported, and the wrong address put right."""

from odoo.tests import HttpCase, freeze_time, tagged

from .common import NOW
from .postal_common import PostalCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPostalTour(PostalCommon, HttpCase):
    def test_return_file(self):
        came_back = self.letter(tracking_number="RR473124829CZ")
        arrived = self.letter(self.debtor_b, tracking_number="1A12345678901")
        collector = self.make_user("collector")
        collector.lang = "en_US"
        self.return_file(
            ";RR473124829CZ;Posted;2026-06-08",
            ";RR473124829CZ;Addressee unknown;2026-06-12",
            ";1A12345678901;Received;2026-06-10",
            ";1A99999999999;Received;2026-06-10",
        )
        path = "/odoo/action-credit_management.credit_postal_file_action"
        self.start_tour(path, "credit_return_file", login="collector")
        self.assertEqual(arrived.postal_state, "received")
        self.assertEqual(came_back.postal_state, "undeliverable")
        self.assertEqual(self.debtor.street, "7 rue Neuve")
        self.assertEqual(came_back.address_check, "done")
        self.assertEqual(came_back.fallback_ids.state, "queued")
