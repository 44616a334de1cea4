"""Promises in the ledger: they hold reminders, and are kept or broken by payments."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .answers_common import AnswersCommon
from .common import NOTICE, REMINDER_1, REMINDER_2, TODAY, days_ago


@tagged("post_install", "-at_install")
class TestPromise(AnswersCommon):
    def _close(self, day):
        """The scheduled action on some later day."""
        with freeze_time(f"{day} 12:00:00"), self.enter_registry_test_mode():
            self.env.ref("credit_management.ir_cron_promises").method_direct_trigger()
        self.env.invalidate_all()

    def test_holds_its_items_until_the_grace_is_over(self):
        promise = self.promise()
        self.assertEqual(promise.grace_date, TODAY + timedelta(days=10))
        self.assertEqual(promise.partner_id, self.debtor)
        self.assertEqual(promise.residual_start, 100)
        self.assertReason(self.move, "promise")
        self.assertReason(self.second, False)
        with freeze_time(f"{TODAY + timedelta(days=10)} 12:00:00"):
            self.assertReason(self.move, "promise")
        # Also where the scheduled action is late.
        with freeze_time(f"{TODAY + timedelta(days=11)} 12:00:00"):
            self.assertReason(self.move, False)
        self.assertIn("promised for", self.notes(self.move))

    def test_proposed_for_a_day_on_which_banks_work(self):
        """A week after Tuesday is 14 July; a month later, the Saturday of 15 August."""
        promises, plans = self.env["credit.promise"], self.env["credit.plan"]
        with freeze_time("2026-07-07 12:00:00"):
            self.assertEqual(str(promises.new().date), "2026-07-15")
        with freeze_time("2026-07-15 12:00:00"):
            self.assertEqual(str(plans.new().first_date), "2026-08-17")

    def test_kept_at_once(self):
        for move in (self.move, self.foreign, self.abroad):
            with self.subTest(move.currency_id.name):
                promise = self.promise(move)
                self.assertEqual(promise.currency_id, move.currency_id)
                self.pay(move, 60)
                self.assertEqual((promise.state, promise.amount_paid), ("open", 60))
                self.pay(move)
                self.assertEqual((promise.state, promise.amount_paid), ("kept", 100))
                self.assertEqual(promise.date_closed, TODAY)
                self.assertIn("was kept", self.notes(move))

    def test_each_is_looked_at_once(self):
        """In pieces, also those that stay open for a payment that is under way."""
        promises = self.promise()
        promises |= self.promise(self.second) | self.promise(self.foreign)
        model = type(promises)
        with (
            patch(
                "odoo.addons.credit_management.models.credit_promise_outcome.BATCH", 1
            ),
            patch.object(model, "_awaiting", lambda own: own & promises[0]),
            patch.object(
                model, "_settle", autospec=True, side_effect=model._settle
            ) as settled,
        ):
            self._close(promises[0].grace_date + timedelta(days=1))
        self.assertEqual(promises.mapped("state"), ["open", "broken", "broken"])
        self.assertEqual([call.args[0] for call in settled.mock_calls], [*promises])

    def test_payment_taken_back(self):
        promise = self.promise()
        self.pay(self.move)
        self.assertEqual(promise.state, "kept")
        self.items(self.move).remove_move_reconcile()
        self.assertEqual(promise.state, "open")
        self.assertEqual(promise.amount_paid, 0)
        self.assertReason(self.move, "promise")

    def test_payment_without_journal_entry(self):
        self.without_journal_entries()
        promise = self.promise()
        payment = self.pay(self.move)
        self.assertFalse(payment.move_id)
        self.assertEqual(promise.state, "kept")
        payment.action_reject()
        self.assertEqual(promise.state, "open")

    def test_broken_only_after_the_grace(self):
        promise = self.promise()
        self._close(TODAY + timedelta(days=10))
        self.assertEqual(promise.state, "open")
        self._close(TODAY + timedelta(days=11))
        self.assertEqual(promise.state, "broken")
        self.assertIn("broken: reminders go on", self.notes(self.move))
        with freeze_time(f"{TODAY + timedelta(days=11)} 12:00:00"):
            self.assertReason(self.move, False)
            self.assertTrue(self.move.credit_is_due)
            run = self.propose()
        self.assertIn(self.items(self.move), run.reminder_ids.line_ids.move_line_id)

    def test_partly_kept(self):
        promise = self.promise()
        self.pay(self.move, 40)
        self._close(TODAY + timedelta(days=11))
        self.assertEqual((promise.state, promise.amount_paid), ("partly", 40))

    def test_paid_in_time_but_entered_late(self):
        promise = self.promise()
        self._close(TODAY + timedelta(days=11))
        with freeze_time(f"{TODAY + timedelta(days=15)} 12:00:00"):
            self.pay(self.move, day=TODAY + timedelta(days=10))
        self.assertEqual(promise.state, "kept")

    def test_paid_late_stays_broken(self):
        promise = self.promise()
        self._close(TODAY + timedelta(days=11))
        with freeze_time(f"{TODAY + timedelta(days=15)} 12:00:00"):
            self.pay(self.move, day=TODAY + timedelta(days=15))
        self.assertEqual(promise.state, "broken")

    def test_series(self):
        items = self.items(self.second)
        days = [TODAY + timedelta(days=count) for count in (3, 10)]
        made = self.env["credit.promise"]._make(
            items, [(days[1], 150.0), (days[0], 50.0)]
        )
        self.assertEqual(made.mapped("date"), days)
        self.assertEqual(made.mapped("amount_before"), [0, 50])
        self.assertEqual(len(set(made.mapped("series"))), 1)
        self.pay(self.second, 60)
        self.assertEqual(made.mapped("state"), ["kept", "open"])
        self.assertEqual(made.mapped("amount_paid"), [50, 10])

    def test_limits(self):
        self.policy.write({"promise_max_days": 10, "promise_min_share": 50})
        for days, amount in ((11, 100), (-1, 100), (5, 49), (5, 101), (5, -100)):
            with self.subTest(days=days, amount=amount):
                with self.assertRaises(UserError):
                    self.promise(days=days, amount=amount)
        self.assertFalse(self.env["credit.promise"].search([]))
        limits = self.env["credit.promise"]._promise_limits(self.items(self.move))
        self.assertEqual(limits["last_date"], TODAY + timedelta(days=10))
        self.assertEqual(limits["min_amount"], 50)
        # A collector may agree to more.
        self.assertTrue(self.promise(days=60, amount=10, enforce=False))

    def test_debtors_do_not_promise_for_ever(self):
        self.promise()
        with self.assertRaises(UserError):
            self.promise(days=14)
        self._close(TODAY + timedelta(days=11))
        with self.assertRaises(UserError):
            self.promise(days=14)
        again = self.promise(days=14, enforce=False)
        self.assertEqual(again.state, "open")

    def test_a_collector_replaces_a_promise(self):
        first = self.promise()
        self.promise(days=3, enforce=False)
        self.assertEqual(first.state, "cancelled")

    def _note(self, *moves, **values):
        """What a collector saves in the form."""
        collector = self.make_user("noting")
        items = self.items(self.move.union(*moves))
        return (
            self.env["credit.promise"]
            .with_user(collector)
            .sudo(False)
            .create({"item_ids": [Command.set(items.ids)], **values})
        )

    def test_a_form_replaces_a_promise(self):
        first, other = self.promise(), self.promise(self.second)
        again = self._note()
        self.assertEqual((first.state, again.state), ("cancelled", "open"))
        self.assertEqual((again.amount, other.state), (100, "open"))

    def test_a_form_promises_no_more_than_is_open(self):
        too_much = self.assertRaisesRegex(UserError, "No more than .*100.00")
        with too_much, self.cr.savepoint():
            self._note(amount=100.01)
        promise = self.promise(amount=60)
        promise.amount = 100
        with self.assertRaisesRegex(UserError, "No more than .*100.00"):
            promise.amount = 500

    def test_a_form_promises_no_day_that_is_over_or_never_comes(self):
        self.policy.promise_max_days = 30
        form = Form(
            self.env["credit.promise"].with_context(
                default_item_ids=self.items(self.move).ids
            )
        )
        self.assertFalse(form.late_text)
        for day, refusal in (
            (days_ago(1), "in the past"),
            (TODAY.replace(year=2109), "choose a day until"),
        ):
            form.date = day
            with self.assertRaisesRegex(ValidationError, refusal):
                form.save()
        # Later than debtors may by themselves: a collector is told, and may.
        form.date = TODAY + timedelta(days=40)
        self.assertIn("17 Jul 2026", form.late_text)
        promise = form.save()
        with self.assertRaisesRegex(ValidationError, "in the past"):
            promise.date = days_ago(1)

    def test_what_was_promised_long_ago_is_taken_down(self):
        promise = self.env["credit.promise"].create(
            {
                "item_ids": [Command.set(self.items(self.move).ids)],
                "date": days_ago(10),
                "date_promised": days_ago(20),
            }
        )
        self.assertEqual(promise.state, "open")
        with self.assertRaisesRegex(ValidationError, "in the past"):
            promise.date = days_ago(3)

    def test_a_form_promises_nothing_that_a_plan_holds(self):
        plan = self.plan()
        self.assertEqual(plan.state, "active")
        with self.assertRaisesRegex(UserError, plan.name):
            self._note(self.second)

    def test_items_of_one_debtor_company_and_currency(self):
        for moves in (self.move | self.foreign, self.foreign | self.abroad):
            items = self.items(moves.sudo())
            with self.assertRaises(ValidationError):
                self.env["credit.promise"].sudo().create(
                    {"item_ids": [Command.set(items.ids)], "amount": 1}
                )

    # ------------------------------------------------------------------
    # The step after a broken promise
    # ------------------------------------------------------------------

    def _broken(self, *steps, at, overdue=50):
        policy = self.make_policy(*steps)
        policy.broken_step_id = policy.step_ids[at]
        move = self.make_invoice(overdue=overdue, credit_policy_id=policy.id)
        self.promise(move)
        self._close(TODAY + timedelta(days=11))
        return policy, move

    def test_goes_on_at_the_step_that_is_named(self):
        policy, move = self._broken(REMINDER_1, REMINDER_2, NOTICE, at=2)
        with freeze_time(f"{TODAY + timedelta(days=11)} 12:00:00"):
            self.assertEqual(move.credit_next_step_id, policy.step_ids[2])
            self.assertEqual(move.credit_step_id, policy.step_ids[1])
        passed = self.env["credit.reminder"].search(
            [("line_ids.move_id", "=", move.id)]
        )
        self.assertEqual((passed.state, passed.skipped), ("cancelled", True))

    def _broken_day(self, offset=11):
        return freeze_time(f"{TODAY + timedelta(days=offset)} 12:00:00")

    def test_goes_on_with_the_next_run(self):
        """The step does not wait for its own day, which is weeks away."""
        (self.move | self.second | self.foreign).no_followup = True
        for at in (0, 1, 2):
            late = dict(NOTICE, delay_days=99, trigger="previous")
            policy, move = self._broken(
                dict(REMINDER_1, delay_days=90),
                dict(REMINDER_2, delay_days=95),
                late,
                at=at,
            )
            with self._broken_day():
                step = policy.step_ids[at]
                self.assertEqual(move.credit_next_step_id, step)
                self.assertEqual(move.credit_next_date, TODAY + timedelta(days=11))
                self.assertTrue(move.credit_is_due)
                found = self.env["account.move"].search(
                    [("credit_next_date", "<=", TODAY + timedelta(days=11))]
                )
                self.assertIn(move, found)
                run = self.propose()
                self.assertEqual(run.reminder_ids.line_ids.move_id, move)
                self.assertEqual(run.reminder_ids.step_id, step)
                run.reminder_ids.action_cancel()
            move.no_followup = True
        # The step after it waits for its own day again.
        policy, move = self._broken(REMINDER_1, REMINDER_2, late, at=1)
        self.remind(move, policy.step_ids[1], TODAY + timedelta(days=11))
        with self._broken_day(12):
            self.assertEqual(move.credit_next_step_id, policy.step_ids[2])
            self.assertFalse(move.credit_is_due)

    def test_waiting_period_of_the_law_holds(self):
        policy = self.make_policy(
            dict(REMINDER_1, legally_required=True), dict(REMINDER_2, delay_days=99)
        )
        policy.broken_step_id = policy.step_ids[1]
        move = self.make_invoice(overdue=50, credit_policy_id=policy.id)
        self.remind(
            move,
            policy.step_ids[0],
            deadline_date=TODAY + timedelta(days=14),
            wait_until=TODAY + timedelta(days=14),
        )
        promise = self.promise(move)
        self._close(TODAY + timedelta(days=11))
        self.assertEqual(promise.resume_step_ids, policy.step_ids[1])
        with self._broken_day(14):
            self.assertFalse(move.credit_is_due)
            self.assertEqual(move.credit_next_date, TODAY + timedelta(days=15))
        move.invalidate_recordset()
        with self._broken_day(15):
            self.assertTrue(move.credit_is_due)
        # Kept after all, entered late: the step waits for its day again.
        with self._broken_day(16):
            self.pay(move, day=TODAY + timedelta(days=3))
        self.assertEqual((promise.state, len(promise.resume_step_ids)), ("kept", 0))

    def test_notes_are_for_the_house(self):
        """What a debtor causes is noted in the language of the collector."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["res.lang"]._activate_lang("nl_NL")
        public = self.env.ref("base.public_user")
        # Whoever looks at the page of the debtor: nobody of the house.
        asking = self.env["credit.promise"].with_user(public).sudo()
        asking = asking.with_context(lang="nl_NL")
        self.company.partner_id.lang = "fr_FR"
        wanted = [(TODAY + timedelta(days=7), 100.0)]
        moves = self.move | self.second
        asking._make(self.items(self.move).with_env(asking.env), wanted)
        collector = self.make_user("collector")
        collector.lang = "en_US"
        self.debtor.with_company(self.company).credit_user_id = collector
        answer = asking.env["credit.answer"]._tell(
            self.debtor,
            self.company,
            "paid",
            items=self.items(self.second).with_env(asking.env),
        )
        self.assertEqual(answer.env.lang, "nl_NL")
        french, english = (self.notes(move) for move in moves)
        self.assertIn("pas de relance", french)
        self.assertIn("The debtor says it is paid", english)
        # What somebody of the house does is noted in that person's own.
        notes = self.notes(self.second)
        answer.with_user(collector).with_context(lang="nl_NL").action_handle()
        self.assertIn("herinneringen", self.notes(self.second).replace(notes, ""))

    def test_never_passes_over_what_the_law_requires(self):
        required = dict(REMINDER_2, legally_required=True)
        policy, move = self._broken(REMINDER_1, required, NOTICE, at=2)
        with freeze_time(f"{TODAY + timedelta(days=11)} 12:00:00"):
            self.assertEqual(move.credit_next_step_id, policy.step_ids[1])

    def test_never_goes_back(self):
        policy, move = self._broken(REMINDER_1, REMINDER_2, NOTICE, at=0)
        with freeze_time(f"{TODAY + timedelta(days=11)} 12:00:00"):
            self.assertEqual(move.credit_next_step_id, policy.step_ids[0])
            self.assertFalse(move.credit_step_id)

    # ------------------------------------------------------------------
    # Cost and rights
    # ------------------------------------------------------------------

    def test_a_query_for_payments_of_anything_else(self):
        counts = []
        for count in (1, 20):
            moves = self.env["account.move"].union(
                *(self.make_invoice() for _index in range(count))
            )
            items = self.items(moves)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            items._credit_react()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        # One of this addon; cases and insolvencies, where there are any, one each.
        self.assertLessEqual(counts[0], 3)

    def test_rights(self):
        collector = self.make_user("collector")
        viewer = self.make_user("viewer", "group_viewer")
        abroad = self.make_user("abroad", companies=self.other_company)
        promise = (
            self.env["credit.promise"]
            .with_user(collector)
            .create({"item_ids": [Command.set(self.items(self.move).ids)]})
        )
        self.assertEqual(promise.amount, 100)
        self.assertEqual(promise.with_user(viewer).amount, 100)
        with self.assertRaises(AccessError):
            promise.with_user(viewer).action_cancel()
        with self.assertRaises(AccessError):
            promise.with_user(abroad).read(["amount"])
        promise.with_user(collector).action_cancel()
        self.assertEqual(promise.state, "cancelled")
        self.assertReason(self.move, False)

    def test_chosen_policy_of_the_oldest_item(self):
        other = self.make_policy(promise_grace_days=9)
        self.second.credit_policy_id = other
        items = self.items(self.move | self.second)
        self.assertEqual(
            self.env["credit.policy"]._answer_policies(items),
            {
                self.items(self.move): self.policy,
                self.items(self.second): other,
            },
        )
        older = self.make_invoice(overdue=99, credit_policy_id=other.id)
        promise = self.promise(self.move | older, enforce=False)
        self.assertEqual(promise.grace_date, TODAY + timedelta(days=16))
        self.assertEqual(older.invoice_date_due, days_ago(99))


@tagged("post_install", "-at_install")
class TestPromiseBesideCredits(AnswersCommon):
    """What nobody has matched is no longer owed, and pays no promise either."""

    def _new(self, *moves):
        items = self.items(self.env["account.move"].union(*moves))
        return (
            self.env["credit.promise"]
            .with_context(default_item_ids=[Command.set(items.ids)])
            .create({})
        )

    def test_net_is_proposed(self):
        self.make_payment(amount=30)
        self.make_credit_note(amount=20)
        self.make_payment(self.debtor_b, amount=99)
        self.make_payment(amount=7, currency=self.dollar)
        form = Form(
            self.env["credit.promise"].with_context(
                **self.debtor.action_credit_promise()["context"]
            )
        )
        self.assertEqual((form.residual_start, form.amount_credit), (300, 50))
        self.assertEqual((form.amount_net, form.amount), (250, 250))
        promise = form.save()
        self.assertEqual((promise.amount, promise.amount_credit), (250, 50))
        self.assertEqual(len(promise.credit_item_ids), 2)

    def test_in_the_currency_of_the_items(self):
        self.make_payment(self.debtor_b, amount=40, currency=self.dollar)
        self.make_payment(self.debtor_b, amount=15, company=self.other_company)
        self.assertEqual(self._new(self.foreign).amount, 60)
        self.assertEqual(self._new(self.abroad).amount, 85)

    def test_credits_are_no_payment_of_the_promise(self):
        payment = self.make_payment(amount=40)
        promise = self._new(self.move)
        self.assertEqual(promise.amount, 60)
        credit = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        (credit | self.items(self.move)).reconcile()
        self.assertEqual((promise.state, promise.amount_paid), ("open", 0))
        self.pay(self.move, 10)
        self.assertEqual((promise.state, promise.amount_paid), ("open", 10))
        self.pay(self.move, 50)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 60))

    def test_matched_after_it_was_paid(self):
        payment = self.make_payment(amount=40)
        promise = self._new(self.move)
        self.pay(self.move, 60)
        self.assertEqual(promise.state, "kept")
        credit = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        (credit | self.items(self.move)).reconcile()
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 60))

    def test_whoever_promises_all_of_it_counts_on_nothing(self):
        self.make_payment(amount=40)
        promise = self.promise()
        self.assertEqual((promise.amount, promise.amount_credit), (100, 0))
        self.assertFalse(promise.credit_item_ids)

    def test_counted_once(self):
        self.make_payment(amount=40)
        self.assertEqual(self._new(self.move).amount, 60)
        self.assertEqual(self._new(self.second).amount, 200)

    def test_nothing_is_left_to_promise(self):
        self.make_payment(amount=100)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self._new(self.move)
