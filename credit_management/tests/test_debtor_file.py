"""The debtor's file: what is owed, the timeline, and what is done from it."""

from unittest.mock import patch

from markupsafe import Markup

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import format_date

from .common import NOW, TODAY, days_ago
from .test_task import TaskCommon


@tagged("post_install", "-at_install")
class TestDebtorFile(TaskCommon):
    def test_ageing_by_currency(self):
        for overdue, amount in ((-3, 1), (0, 2), (1, 4), (30, 8), (31, 16), (60, 32)):
            self.make_invoice(self.debtor_b, overdue=overdue, amount=amount)
        for overdue, amount in ((61, 64), (90, 128), (91, 256)):
            self.make_invoice(self.debtor_b, overdue=overdue, amount=amount)
        ageing = self.debtor_b._credit_ageing(self.company)[self.debtor_b.id]
        self.assertEqual(list(ageing[self.euro].values()), [3, 12, 48, 192, 256])
        self.assertEqual(list(ageing[self.dollar].values()), [0, 100, 0, 0, 0])
        self.assertIn("USD", self.debtor_b.credit_ageing_html)
        abroad = self.debtor_b.with_company(self.other_company).sudo()
        self.assertNotIn("EUR", abroad.credit_ageing_html)

    def test_average_days_late_is_weighted(self):
        self.assertFalse(self.debtor.credit_has_paid)
        self.pay(self.move, day=days_ago(10))
        self.pay(self.second, day=TODAY)
        self.debtor.invalidate_recordset()
        self.assertTrue(self.debtor.credit_has_paid)
        # 100 on the day, 200 ten days late.
        self.assertEqual(self.debtor.credit_days_late, 6.7)

    def _write_about(self, reminder):
        """The debtor answers by e-mail; a collector answers that, and notes."""
        reminder = reminder.sudo()
        reminder.message_post(
            body=Markup("<p>We shall pay &amp; more</p>"),
            author_id=self.debtor.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        reminder.message_post(
            body="Thank you",
            author_id=self.make_user("writing").partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        reminder.message_post(body="Always late", subtype_xmlid="mail.mt_note")

    def test_timeline(self):
        reminder = self.remind(self.move, self.step_1, days_ago(5), date_sent=NOW)
        self.promise()
        self.plan(self.second, number=12)
        self.env["credit.dispute"]._make(self.second, self.dispute_reason)
        self.env["credit.answer"]._tell(
            self.debtor, self.company, "message", text="<script>alert(1)</script>"
        )
        self.env["credit.hold"].create(
            {"partner_id": self.debtor.id, "date_end": TODAY, "reason": "Asked"}
        )
        self.pay(self.move, 60)
        self._write_about(reminder)
        events = self.debtor._credit_events(self.company)
        self.assertEqual(
            {event["kind"] for event in events},
            {"sent", "promised", "plan", "disputed", "said", "held", "paid"}
            | {"replied", "answered"},
        )
        timeline = self.debtor.credit_timeline_html
        for text in ("We shall pay &amp; more", "Thank you"):
            self.assertIn(text, timeline)
        self.assertNotIn("Always late", timeline)
        days = [event["day"] for event in events]
        self.assertEqual(days, sorted(days, reverse=True))
        self.assertNotIn("<script>", self.debtor.credit_timeline_html)
        self.assertFalse(self.debtor._credit_events(self.other_company))
        self.assertFalse(self.debtor_b._credit_events(self.company))

    def test_timeline_of_a_day(self):
        """By the time at which it happened; a promise with its day."""
        self.remind(self.move, self.step_1, TODAY, date_sent="2026-06-17 08:00:00")
        promise = self.promise()
        dispute = self.env["credit.dispute"]._make(self.second, self.dispute_reason)
        answer = self.env["credit.answer"]._tell(self.debtor, self.company, "message")
        self.env.flush_all()
        for record, hour in ((dispute, 9), (answer, 10), (promise, 11)):
            self.env.cr.execute(
                f"UPDATE {record._table} SET create_date = %s WHERE id = %s",
                (f"2026-06-17 {hour:02}:00:00", record.id),
            )
        events = self.debtor._credit_events(self.company)
        self.assertEqual(
            [event["kind"] for event in events],
            ["promised", "said", "disputed", "sent"],
        )
        self.assertIn(
            f"by {format_date(self.env, promise.date)} · Running",
            self.debtor.credit_timeline_html,
        )

    def test_promises_kept(self):
        first, second = self.promise(), self.promise(self.second)
        first.sudo().state = "kept"
        second.sudo().state = "broken"
        self.assertEqual(self.debtor.credit_promises_text, "1 of 2")

    def test_what_is_contested_is_not_promised(self):
        self.env["credit.dispute"]._make(self.second, self.dispute_reason)
        action = self.debtor.action_credit_promise()
        promise = (
            self.env["credit.promise"].with_context(**action["context"]).create({})
        )
        self.assertEqual(promise.item_ids, self.items(self.move))

    def test_what_is_kept_out_is_not_proposed(self):
        mixin = self.env.registry["credit.promise"]
        kept_out = {self.items(self.move).id: "Handled elsewhere"}
        with patch.object(mixin, "_kept_out", lambda _self, items: kept_out):
            items = self.debtor._credit_overdue_items()
            self.assertEqual(items, self.items(self.second))
            with self.assertRaisesRegex(UserError, "Handled elsewhere"):
                self.promise()
            kept_out[self.items(self.second).id] = "Nor this"
            with self.assertRaisesRegex(UserError, "Handled elsewhere"):
                self.debtor.action_credit_promise()

    def test_two_clicks(self):
        action = self.debtor.action_credit_promise()
        promise = (
            self.env["credit.promise"].with_context(**action["context"]).create({})
        )
        self.assertEqual(promise.item_ids, self.items(self.move | self.second))
        self.assertEqual((promise.amount, promise.source), (300, "phone"))
