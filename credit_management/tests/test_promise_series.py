"""Promises made together: the first that is not kept drops those that follow."""

from datetime import timedelta
from pathlib import Path
from runpy import run_path

from odoo.tests import freeze_time, tagged

from .answers_common import AnswersCommon
from .common import REMINDER_1, REMINDER_2, TODAY

SCRIPT = "migrations/19.0.1.8.0/post-series-not-kept.py"


@tagged("post_install", "-at_install")
class TestPromiseSeries(AnswersCommon):
    def _close(self, day):
        """The scheduled action on some later day."""
        with freeze_time(f"{day} 12:00:00"), self.enter_registry_test_mode():
            self.env.ref("credit_management.ir_cron_promises").method_direct_trigger()
        self.env.invalidate_all()

    def _series(self, moves=None):
        """50 in 3 days, the rest of what is open in 30."""
        items = self.items(moves or self.second)
        rest = sum(items.mapped("amount_residual_currency")) - 50
        days = [TODAY + timedelta(days=count) for count in (3, 30)]
        return self.env["credit.promise"]._make(
            items, [(days[0], 50.0), (days[1], rest)]
        )

    def test_a_series_that_is_not_kept_holds_nothing(self):
        for move, state in ((self.second, "broken"), (self.foreign, "partly")):
            with self.subTest(state):
                first, rest = self._series(move)
                if state == "partly":
                    self.pay(move, 20)
                self._close(first.grace_date + timedelta(days=1))
                self.assertEqual((first.state, rest.state), (state, "cancelled"))
                self.assertTrue(rest.dropped)
                self.assertIn(
                    "was dropped: an earlier part was not kept", self.notes(move)
                )
                with freeze_time(f"{first.grace_date + timedelta(days=1)} 12:00:00"):
                    self.assertReason(move, False)
        # The worklist says so, on the one task that there is of the series.
        task = self.env["credit.task"].search([("res_id", "in", (first + rest).ids)])
        self.assertEqual(task.mapped("res_id"), first.ids)
        self.assertIn("The rest of the series was dropped", task.summary)
        self.assertIn("an earlier promise", rest.series_text)

    def test_both_days_of_a_series_are_gone(self):
        first, rest = self._series()
        self._close(rest.grace_date + timedelta(days=1))
        self.assertEqual((first.state, rest.state), ("broken", "cancelled"))

    def test_only_the_rest_of_a_series_is_dropped(self):
        first, rest = self._series()
        other = self.promise(self.move, days=40, enforce=False)
        self.pay(self.second, 50)
        self._close(rest.grace_date + timedelta(days=1))
        self.assertEqual((first.state, rest.state), ("kept", "broken"))
        self.assertEqual(other.state, "open")

    def test_a_series_goes_on_where_it_was_paid_in_time(self):
        """Brought in later by a bank statement; not where another promise was made."""
        for move, again in ((self.second, False), (self.foreign, True)):
            with self.subTest(again=again):
                first, rest = self._series(move)
                late = first.grace_date + timedelta(days=2)
                self._close(late)
                with freeze_time(f"{late} 12:00:00"):
                    if again:
                        self.promise(move, days=25, enforce=False)
                    self.pay(move, 50, day=first.date)
                    self.assertEqual(first.state, "kept")
                    self.assertEqual(rest.state, "cancelled" if again else "open")
                    self.assertEqual(rest.dropped, again)
                    self.assertReason(move, "promise")
        self.assertIn("applies again", self.notes(self.second))

    def test_a_series_goes_on_at_the_step_that_is_named(self):
        policy = self.make_policy(
            dict(REMINDER_1, delay_days=90), dict(REMINDER_2, delay_days=95)
        )
        policy.broken_step_id = policy.step_ids[1]
        move = self.make_invoice(overdue=50, credit_policy_id=policy.id)
        first, _rest = self._series(move)
        self._close(first.grace_date + timedelta(days=1))
        self.assertEqual(first.resume_step_ids, policy.step_ids[1])

    def test_upgrade(self):
        """Of a series that was broken before, the rest is dropped as well."""
        first, rest = self._series()
        kept = self._series(self.foreign)
        first.state = "broken"
        self.env.flush_all()
        script = run_path(str(Path(__file__).parents[1] / SCRIPT))
        script["migrate"](self.env.cr, "19.0.1.7.0")
        self.env.invalidate_all()
        self.assertEqual((rest.state, rest.dropped), ("cancelled", True))
        self.assertEqual(kept.mapped("state"), ["open", "open"])
