"""Requests for plans get their days, and answered reminders wait for nobody twice."""

from pathlib import Path
from runpy import run_path

from odoo.tests import tagged

from .answers_common import AnswersCommon
from .common import TODAY

FOLDER = Path(__file__).parents[1] / "migrations/19.0.1.6.0"


@tagged("post_install", "-at_install")
class TestRequestUpgrade(AnswersCommon):
    def _upgrade(self, script="post-requests-and-replies.py"):
        self.env.flush_all()
        run_path(str(FOLDER / script))["migrate"](self.env.cr, "19.0.1.5.0")
        self.env.invalidate_all()

    def test_requests_have_days(self):
        asked, refused = self.plan(number=12), self.plan(self.second, number=12)
        refused.action_refuse()
        (asked | refused).hold_until = False
        self._upgrade()
        self.assertGreater(asked.hold_until, TODAY)
        self.assertFalse(refused.hold_until)

    def test_what_is_over_asks_for_nothing(self):
        running, refused = self.plan(), self.plan(self.second, number=12)
        refused.action_refuse()
        refused.line_ids.state = "open"
        self._upgrade("post-plans-that-ended.py")
        self.assertEqual(set(running.line_ids.mapped("state")), {"open"})
        self.assertEqual(set(refused.line_ids.mapped("state")), {"dropped"})

    def test_messages_are_one_task(self):
        reminders = [
            self.remind(self.move, step).sudo() for step in self.policy.step_ids
        ]
        told, mailed, both = reminders
        for reminder in reminders:
            reminder.write({"delivery_state": "replied", "reply_handled": False})
        for reminder in (told, both):
            self.env["credit.answer"]._tell(
                self.debtor, self.company, "message", text="Hello", reminder=reminder
            )
        self.env["mail.message"].create(
            [
                {
                    "model": "credit.reminder",
                    "res_id": reminder.id,
                    "message_type": "email",
                }
                for reminder in (mailed, both)
            ]
        )
        self._upgrade()
        handled = [reminder.reply_handled for reminder in reminders]
        self.assertEqual(handled, [True, False, False])
