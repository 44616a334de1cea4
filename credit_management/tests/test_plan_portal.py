"""A plan with a fee on the debtor's page: shown, and paid by its instalments alone."""

from datetime import date

from lxml import html

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import NOW, TODAY
from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPlanPortal(PortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        regime = cls.env.ref("credit_management.regime_fr_consumer")
        regime.write({"fee_rule": "capped", "fee_max": 5})
        cls.env["credit.terms"].create(
            {
                "name": "Terms",
                "company_id": cls.company.id,
                "kind": "consumer",
                "date_from": "2020-01-01",
                "fee_amount": 5,
            }
        )
        cls.policy.plan_fee = 9
        cls.company.write(
            {
                "credit_charge_booking": "paid",
                "credit_fee_account_id": cls.company_data["default_account_revenue"],
            }
        )
        cls.plan = cls.env["credit.plan"]._request(
            cls.items(cls.old | cls.mid), 2, "month", TODAY
        )

    def test_paid_online_to_the_end(self):
        fee = self.plan.charge_ids
        self.assertEqual((self.plan.amount_fee, fee.amount), (5, 5))
        page = self.get("")
        self.assertIn("With a fee of", page.text)
        # Nobody pays it besides the instalments.
        account = self.account
        self.assertFalse(account.env["credit.account"]._open_charges(account))
        for line in self.plan.line_ids:
            self.assertEqual((self.plan.state, line.amount), ("active", 152.5))
            self.finish(self.begin(f"l.{line.id}", 152.5))
            self.env.invalidate_all()
        self.assertEqual(self.plan.state, "done")
        self.assertEqual(fee.state, "booked")
        self.assertEqual(fee.booking_id.amount_residual, 0)
        self.assertEqual((self.old | self.mid).mapped("amount_residual"), [0, 0])

    def test_the_last_instalment_is_the_fee(self):
        line = self.plan.line_ids[-1]
        self.pay(self.old | self.mid)
        self.assertEqual(self.plan.state, "active")
        self.assertEqual(line.amount - line.amount_paid, 5)
        self.finish(self.begin(f"l.{line.id}", 5))
        self.env.invalidate_all()
        self.assertEqual(self.plan.state, "done")

    def test_the_fee_is_paid_once(self):
        line = self.plan.line_ids[-1]
        self.pay(self.old | self.mid)
        self.finish(self.begin(f"l.{line.id}", 5), "pending")
        self.assertError(self.begin(f"l.{line.id}", 5), "under way")
        account = self.account
        total = account.env["credit.account"]._picture(account).totals[self.euro]
        self.assertEqual((total["agreed_now"], total["agreed_later"]), (0, 0))
        # Nothing is broken meanwhile.
        with freeze_time("2027-06-17 12:00:00"):
            self.plan.sudo()._settle()
        self.assertEqual(self.plan.state, "active")

    def test_a_plan_that_ended_leaves_its_fee(self):
        self.plan.action_cancel()
        account = self.account
        charges = account.env["credit.account"]._open_charges(account)
        self.assertEqual(charges, self.plan.charge_ids)
        self.assertIn(f"Fee of plan {self.plan.name}", self.get("").text)

    def test_policies_without_terms(self):
        self.env["credit.terms"].search([]).active = False
        self.plan.action_cancel()
        again = self.env["credit.plan"].create(
            {"item_ids": [Command.set(self.items(self.old).ids)], "number": 2}
        )
        again.action_schedule()
        self.assertEqual(again.amount_fee, 0)
        self.assertIn("terms", again.withheld_html)

    def test_a_long_plan_is_folded(self):
        """The next instalment and the sum are read without opening it."""
        [details] = self._plans()
        self.assertIsNotNone(details.get("open"), "two instalments are short")
        plan = self.env["credit.plan"]._request(
            self.items(self.later), 5, "month", TODAY
        )
        plan._activate()
        [details] = [node for node in self._plans() if not node.get("open")]
        [summary] = details.xpath("summary")
        self.assertEqual(self._words(summary), "Instalments: 5 Total: 55.00 €")
        self.assertIn(
            "Next instalment: 11.00 €, 17 Jun 2026",
            self._words(details.getparent()),
        )
        [pay] = details.getparent().xpath("div/a[contains(@href, 'choice=l.')]")
        self.assertTrue(pay.get("href").endswith(f"l.{plan.line_ids[0].id}"))

    def _plans(self):
        page = html.fromstring(self.get().text)
        return page.xpath("//section[@aria-labelledby='credit_agreed']//details")

    def _words(self, node):
        return " ".join(node.text_content().split()).replace("\xa0", " ")

    def test_until_when_it_is_in_a_plan(self):
        text = " ".join(self.get().text.split())
        self.assertIn("In a payment plan until 17 Jul 2026", text)
        self.plan.action_cancel()
        self.policy.plan_auto = False
        asked = self.env["credit.plan"]._request(
            self.items(self.old), 2, "month", TODAY
        )
        asked.hold_until = date(2026, 6, 24)
        text = " ".join(self.get().text.split())
        self.assertIn("Payment plan asked for: we wait until 24 Jun 2026", text)
        asked.hold_until = date(2026, 6, 16)
        text = " ".join(self.get().text.split())
        self.assertIn("Payment plan asked for", text)
        self.assertNotIn("Payment plan asked for:", text)


@tagged("post_install", "-at_install")
class TestPlanFirstDay(PortalCommon):
    """The day on which a plan is proposed to begin."""

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time("2026-07-15 12:00:00"))

    def test_is_one_on_which_banks_work(self):
        """A month later is the Saturday of 15 August."""
        self.policy.plan_max_days = 365
        self.assertIn('value="2026-08-17"', self.get().text)

    def test_fits_what_is_agreed_to_at_once(self):
        """Six months in 180 days have to begin sooner than a month from now."""
        self.policy.plan_min_amount = 0
        self.assertIn('value="2026-08-11"', self.get().text)
        offer = self.env["credit.plan"]._offer(
            self.items(self.old | self.mid), 6, "month", date(2026, 8, 11)
        )
        self.assertEqual(offer["refusals"], [])
        self.assertEqual(offer["schedule"][-1][0], date(2027, 1, 11))
