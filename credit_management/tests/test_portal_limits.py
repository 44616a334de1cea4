"""What the forms of the page say: limits beforehand, and which field is wrong."""

import re

from lxml import html

from odoo.tests import freeze_time, tagged

from .common import NOW, TODAY, days_ago
from .portal_common import SaidCommon

FIGURES = re.compile(r"\b\d\d/\d\d/\d{4}\b")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalLimits(SaidCommon):
    def test_limits_are_told_before(self):
        self.policy.write(
            {"promise_max_days": 14, "promise_min_share": 50, "plan_max_number": 4}
        )
        response = self.get()
        text = self._text(response)
        self.assertIn("The last day possible is 1 Jul 2026.", text)
        self.assertIn("at least 50 % of what you ticked", text)
        self.assertIn("up to 4 instalments of at least 20.00 €", text)
        page = html.fromstring(response.text)
        [day] = page.xpath("//input[@name='promise_date_1']")
        self.assertEqual(
            (day.get("min"), day.get("max")), (str(TODAY), str(self._day(14)))
        )
        self.policy.plan_auto = False
        self.assertIn("A person decides on your request.", self._text(self.get()))

    def test_limits_are_those_of_the_policy_that_applies(self):
        """Where policies differ, it matters which one a debtor follows."""
        self.make_policy(name="Another", promise_max_days=90, sequence=90)
        self.policy.promise_max_days = 14
        self.assertIn("possible is 1 Jul 2026.", self._text(self.get()))
        # An invoice that follows another one: the wider limits of the two.
        self.mid.credit_policy_id = self.make_policy(
            name="Longer", promise_max_days=30, sequence=91
        )
        self.assertIn("possible is 17 Jul 2026.", self._text(self.get()))

    def assertField(self, response, field, text):
        self.assertEqual(response.status_code, 400)
        page = html.fromstring(response.text)
        [error] = page.xpath("//*[@id='credit_error']")
        self.assertEqual(error.get("data-field"), field)
        self.assertTrue(page.xpath(f"//*[@id='{field}']"))
        self.assertIn(text, " ".join(error.text_content().split()))

    def test_each_error_names_its_field(self):
        item, soon = self.ids(self.old), str(self._day(3))
        plan = {
            "item": item,
            "plan_number": "3",
            "plan_frequency": "month",
            "plan_first_date": soon,
        }
        for suffix, form, field, text in (
            (
                "/plan/preview",
                {**plan, "plan_first_date": ""},
                "plan_first_date",
                "First day: please give a day, such as 24 Jun 2026.",
            ),
            (
                "/plan/preview",
                {**plan, "plan_number": "1"},
                "plan_number",
                "Instalments: please give a number from 2 to 60.",
            ),
            (
                "/plan",
                {**plan, "plan_name": "", "plan_accept": "1"},
                "plan_name",
                "First and last name: please give your name.",
            ),
            (
                "/plan",
                {**plan, "plan_name": "Marie Dupont"},
                "plan_accept",
                "tick that you acknowledge the debt",
            ),
            (
                "/promise",
                {"item": item, "promise_date_2": "x"},
                "promise_date_2",
                "Day 2: please give a day",
            ),
            (
                "/promise",
                {"item": item, "promise_date_1": str(self._day(99))},
                "promise_date_1",
                "Day 1: please choose a day until 17 Jul 2026.",
            ),
            (
                "/promise",
                {"item": item, "promise_date_1": soon, "promise_date_2": soon},
                "promise_amount_1",
                "Amount 1: please give an amount for each day.",
            ),
            (
                "/paid",
                {"item": item, "paid_date": ""},
                "paid_date",
                "Day of the payment: please give a day",
            ),
            (
                "/paid",
                {"item": item, "paid_date": str(days_ago(1)), "paid_amount": "x"},
                "paid_amount",
                "Amount: please write the amount as a number, such as 150.00.",
            ),
            (
                "/dispute",
                {"item": item, "dispute_reason": self.reason.id},
                "dispute_text",
                "What is wrong: please write a few words.",
            ),
            (
                "/message",
                {"message_text": ""},
                "message_text",
                "Your message: please write a few words.",
            ),
            (
                "/pay",
                {"what": "part", "part": "x", "part_currency": self.euro.id},
                "part",
                "A part, the oldest first: please write the amount as a number",
            ),
        ):
            with self.subTest(text):
                self.assertField(self.post(suffix, form), field, text)
