"""What debtors tell on their page holds their reminders for a while."""

from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .answers_common import AnswersCommon
from .common import TODAY, DeliveryCommon, days_ago


@tagged("post_install", "-at_install")
class TestAnswerHold(AnswersCommon, DeliveryCommon):
    def tell(self, kind="paid", **values):
        return self.env["credit.answer"]._tell(
            self.debtor, self.company, kind, text="Hello", **values
        )

    def test_paid_holds_for_its_days(self):
        answer = self.tell(items=self.items(self.move), paid_date=days_ago(1))
        self.assertEqual(answer.hold_until, TODAY + timedelta(days=7))
        self.assertReason(self.move, "answer")
        self.assertReason(self.second, False)
        with freeze_time(f"{TODAY + timedelta(days=7)} 12:00:00"):
            self.assertReason(self.move, "answer")
        with freeze_time(f"{TODAY + timedelta(days=8)} 12:00:00"):
            self.assertReason(self.move, False)

    def test_paid_everything(self):
        answer = self.tell()
        self.assertReason(self.move, "answer")
        self.assertReason(self.second, "answer")
        self.assertReason(self.foreign, False)
        answer.action_handle()
        self.assertReason(self.move, False)
        self.assertEqual(answer.handled_by, self.env.user)

    def test_saying_it_again_holds_nothing(self):
        self.tell().action_handle()
        self.tell()
        self.assertReason(self.move, False)

    def test_messages_on_the_page_hold_for_a_while(self):
        """As long as a reply by e-mail does, each kind once."""
        self.company.credit_reply_days = 7
        for kind in ("message", "wrong_address", "not_me", "question"):
            with self.subTest(kind):
                answer = self.tell(kind)
                self.assertEqual(answer.hold_until, TODAY + timedelta(days=7))
                for days, reason in ((7, "reply"), (8, False)):
                    with freeze_time(f"{TODAY + timedelta(days=days)} 12:00:00"):
                        self.assertReason(self.move, reason)
                self.assertReason(self.second, "reply")
                self.assertReason(self.foreign, False)
                self.assertIn("06/24/2026", self.notes(self.move))
                self.move.invalidate_recordset()
                self.assertIn("06/24/2026", self.move.credit_block_text)
                answer.action_handle()
                self.assertReason(self.move, False)
                self.tell(kind).action_handle()
                self.tell(kind)
                self.assertReason(self.move, False)

    def test_what_colleagues_take_down_holds_nothing(self):
        self.company.credit_reply_days = 7
        self.tell("message", source="visit")
        self.assertReason(self.move, False)

    def test_messages_hold_nothing_where_it_is_switched_off(self):
        self.company.credit_reply_days = 0
        self.tell("not_me")
        self.assertReason(self.move, False)
