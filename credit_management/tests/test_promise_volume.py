"""Promises by the dozen: as many queries as for two of them."""

from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .answers_common import AnswersCommon
from .common import TODAY


@tagged("post_install", "-at_install")
class TestPromiseVolume(AnswersCommon):
    def _promise_beside_credits(self, number):
        """Promises beside payments that nobody matched, every other in a series."""
        model = self.env["credit.promise"]
        promises = model
        for count in range(number):
            self.make_payment(amount=10)
            items = self.items(self.make_invoice())
            if count % 2:
                days = [TODAY + timedelta(days=count) for count in (3, 7)]
                promises |= model._make(items, [(days[0], 40.0), (days[1], 50.0)])
            else:
                promises |= model.with_context(
                    default_item_ids=[Command.set(items.ids)]
                ).create({})
        return promises

    def _queries(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act()
        return self.env.cr.sql_log_count - before

    def test_followed_by_the_scheduled_action(self):
        """They stay open for a payment under way: nothing is written of any."""
        action = self.env.ref("credit_management.ir_cron_promises")
        model = type(self.env["credit.promise"])
        promises = self._promise_beside_credits(2)
        self.assertTrue(any(promises.mapped("amount_credit")))
        day = TODAY + timedelta(days=60)
        with (
            patch.object(model, "_awaiting", lambda own: own),
            patch.object(
                model, "_credited", autospec=True, side_effect=model._credited
            ) as credited,
            freeze_time(f"{day} 12:00:00"),
            self.enter_registry_test_mode(),
        ):
            action.method_direct_trigger()
            few = self._queries(action.method_direct_trigger)
            with freeze_time(f"{TODAY} 12:00:00"):
                promises |= self._promise_beside_credits(18)
            many = self._queries(action.method_direct_trigger)
        self.assertEqual(credited.call_args.args[0], promises.sorted("date, id"))
        self.assertEqual(set(promises.mapped("state")), {"open"})
        self.assertEqual(many, few)

    def test_listed(self):
        views = self.env["credit.promise"].get_views([(False, "list")])
        names = etree.fromstring(views["views"]["list"]["arch"]).xpath("//field/@name")
        specification = {name: {} for name in names}

        def read(promises):
            return self._queries(
                lambda: promises.web_search_read(
                    [("id", "in", promises.ids)], specification
                )
            )

        promises = self._promise_beside_credits(2)
        read(promises)
        few = read(promises)
        self.assertEqual(read(promises | self._promise_beside_credits(18)), few)
