"""The worklist: each kind of task, its gain, and what is done from it."""

from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine import gain
from .answers_common import AnswersCommon
from .common import TODAY, days_ago


class TaskCommon(AnswersCommon):
    def tasks(self, kind=None, company=None):
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env["credit.task"].with_company(company or self.company)
        found = model.search([("company_id", "=", (company or self.company).id)])
        return found.filtered(lambda task: not kind or task.kind == kind)

    def do(self, tasks, act="done", note=None):
        """Do tasks as a person does: with the dialog, where there is one.

        :return: the dialog, as it was when it was confirmed
        """
        action = tasks.with_context(act=act).action_act()
        dialog = self.env["credit.task.act"]
        if isinstance(action, dict) and action.get("res_model") == dialog._name:
            dialog = dialog.browse(action["res_id"])
            dialog.note = note
            dialog.action_confirm()
        return dialog


@tagged("post_install", "-at_install")
class TestTask(TaskCommon):
    def test_approval_and_call(self):
        approval = self.remind(self.move, self.step_1, state="to_approve")
        call = self.remind(
            self.second, self.step_1, state="to_approve", channel="phone"
        )
        (approval | call).write({"amount_total": 100})
        task = self.tasks("approval")
        self.assertEqual(task._record(), approval)
        self.assertEqual((task.amount, task.days, task.age), (100, 10, 0))
        self.assertEqual(self.tasks("call")._record(), call)
        self.assertEqual(task.name, f"{approval.name} · First reminder")
        self.do(task)
        self.assertEqual(approval.state, "queued")
        self.assertFalse(self.tasks("approval"))
        self.do(self.tasks("call"), "skip")
        self.assertTrue(call.skipped)

    def test_look_before_it_leaves(self):
        """What, to whom, by which channel, in which words: then it may leave."""
        approval = self.remind(self.move, self.step_1, state="to_approve")
        approval.amount_total = 100
        action = self.tasks("approval").with_context(act="done").action_act()
        dialog = self.env["credit.task.act"].browse(action["res_id"])
        self.assertEqual(approval.state, "to_approve", "nothing leaves by looking")
        self.assertEqual((dialog.kind, dialog.count), ("approval", 1))
        self.assertEqual((dialog.step_id, dialog.channel), (self.step_1, "email"))
        self.assertIn(self.debtor.email, dialog.recipient_text)
        self.assertIn(self.move.name, dialog.preview_html)
        self.assertTrue(dialog.preview_subject)
        self.assertEqual(dialog.amount_asked, 100)
        self.assertFalse(dialog.alert_text)
        self.debtor.email = False
        self.env.invalidate_all()
        self.assertIn("no valid e-mail address", dialog.alert_text)
        dialog.action_confirm()
        self.assertEqual(approval.state, "queued")

    def test_many_at_once(self):
        reminders = self.remind(self.move, self.step_1, state="to_approve")
        reminders |= self.remind(self.second, self.step_1, state="to_approve")
        dialog = self.do(self.tasks("approval"))
        self.assertEqual(dialog.rows_html.count(self.debtor.name), 2)
        self.assertFalse(dialog.reminder_id)
        self.assertEqual(set(reminders.mapped("state")), {"queued"})

    def test_the_form_asks_what_the_worklist_asks(self):
        reminder = self.remind(
            self.make_invoice(), self.step_1, state="to_approve", channel="visit"
        )
        action = reminder.action_ask_done()
        asked = self.env[action["res_model"]].browse(action["res_id"])
        self.assertTrue(asked.note_required)
        self.assertEqual(asked.reminder_id, reminder)
        self.assertEqual(reminder.state, "to_approve")
        asked.note = "Left the letter at the desk"
        asked.action_confirm()
        self.assertEqual(reminder.state, "sent")
        self.assertTrue(reminder.message_ids.filtered(lambda m: "desk" in m.body))
        with self.assertRaises(UserError):
            reminder.action_ask_done()

    def test_a_call_leaves_a_note(self):
        call = self.remind(self.move, self.step_1, state="to_approve", channel="phone")
        dialog = self.do(self.tasks("call"), note="Pays on <Friday>")
        self.assertTrue(dialog.note_required)
        self.assertEqual(call.state, "sent")
        history = " ".join(call.message_ids.mapped("body"))
        self.assertIn("Pays on &lt;Friday&gt;", history)

    def test_a_call_tells_what_is_due_soon_apart(self):
        soon = self.make_invoice(overdue=-2, amount=40)
        call = self.remind(self.move, self.step_1, state="to_approve", channel="phone")
        self.remind(soon, self.step_1, state="cancelled").line_ids.reminder_id = call
        call.line_ids.filtered(lambda line: line.move_id == soon).days_overdue = -2
        call.line_ids.filtered(lambda line: line.move_id != soon).days_overdue = 10
        self.assertEqual(call.due_line_ids.move_id, self.move)
        self.assertEqual(call.soon_line_ids.move_id, soon)
        text = str(self.tasks("call").items_html)
        due, apart = text.split("Due soon")
        self.assertIn(self.move.name, due)
        self.assertNotIn(soon.name, due)
        self.assertIn(soon.name, apart)
        self.assertNotIn("-2", text)

    def test_bounce_and_reply(self):
        bounced = self.remind(self.move, self.step_1, delivery_state="bounced")
        failed = self.remind(self.second, self.step_1, state="failed")
        replied = self.remind(self.foreign, self.step_1, delivery_state="replied")
        records = [task._record() for task in self.tasks("bounce")]
        self.assertCountEqual(records, [bounced, failed])
        self.assertEqual(self.tasks("reply")._record(), replied)
        self.assertFalse(self.do(self.tasks("reply")), "nothing to ask")
        self.assertFalse(self.tasks("reply"))
        bounced._duplicate_for_channel("letter", "to_approve")
        self.assertEqual(self.tasks("bounce")._record(), failed)

    def test_broken_promise(self):
        promise = self.promise(self.foreign)
        self.assertFalse(self.tasks("promise_broken"))
        promise.sudo().write({"state": "broken", "date_closed": days_ago(3)})
        task = self.tasks("promise_broken")
        # 100 dollars are 50 euros.
        self.assertEqual((task.amount, task.currency_id), (50, self.euro))
        self.assertEqual((task.days, task.age), (10, 3))
        # One broken promise, none kept: 90 % x 2 / 3.
        self.assertEqual(task.chance, 60)
        self.pay(self.foreign)
        self.assertFalse(self.tasks("promise_broken"))

    def test_followed_up(self):
        self.promise().sudo().write({"state": "broken"})
        self.do(self.tasks("promise_broken"))
        self.assertFalse(self.tasks("promise_broken"))

    def test_next_tasks_of_whoever_came_by_a_link(self):
        promises = self.promise() | self.promise(self.second)
        promises.sudo().write({"state": "broken", "user_id": False})
        first, second = self.tasks("promise_broken")
        model = self.env["credit.task"].with_company(self.company)
        self.assertEqual(model.still_open([second.id, first.id]), (second | first).ids)
        self.do(first)
        self.env.invalidate_all()
        self.assertEqual(model.still_open([first.id]), second.ids)

    def test_plan_request(self):
        plan = self.plan(number=12)
        task = self.tasks("plan_request")
        self.assertEqual((task._record(), task.amount), (plan, 100))
        self.assertIn("12 instalments of at most 8.", task.summary)
        self.do(task)
        self.assertEqual(plan.state, "active")
        self.assertFalse(self.tasks())
        plan.sudo().write({"state": "broken", "date_closed": TODAY})
        self.assertEqual(self.tasks("plan_broken")._record(), plan)
        self.pay(self.move)
        self.assertFalse(self.tasks("plan_broken"))

    def test_dispute_by_its_deadline(self):
        dispute = self.env["credit.dispute"]._make(
            self.foreign, self.dispute_reason, 40
        )
        task = self.tasks("dispute")
        self.assertEqual(task.amount, 20)
        self.assertEqual(task.deadline_date, TODAY + timedelta(days=10))
        self.assertEqual(task.name, f"{self.foreign.name} · Quality")
        self.policy.dispute_resume_days = 5
        dialog = self.do(task, "drop", note="It was as ordered")
        self.assertEqual(
            dialog.text, "The claim stands: reminders go on from 06/22/2026."
        )
        self.assertEqual(dispute.state, "rejected")
        self.assertIn("from 06/22/2026", self.notes(self.foreign))
        self.assertIn("It was as ordered", dispute.answer)

    def test_refused_plan_says_why(self):
        plan = self.plan(number=12)
        self.do(self.tasks("plan_request"), "drop", note="Too long")
        self.assertEqual((plan.state, plan.refuse_reason), ("refused", "Too long"))

    def test_reply_about_a_promise(self):
        """It says what it is about, is worth that, and is closed by an answer there."""
        promise = self.promise(self.second, days=30)
        dispute = self.env["credit.dispute"]._make(self.move, self.dispute_reason, 40)
        plan = self.plan(self.make_invoice(amount=60.0), number=12)
        for thread, title, amount in (
            (promise, "Message · Promise for 07/17/2026", 200),
            (dispute, f"Message · {self.move.name} · Quality", 100),
            (plan, f"Message · {plan.name}", 60),
        ):
            with self.subTest(thread._name):
                thread.message_post(
                    body="I wonder",
                    message_type="email",
                    subtype_xmlid="mail.mt_comment",
                    author_id=self.debtor.id,
                )
                task = self.tasks("answer")
                self.assertEqual((task.name, task.amount), (title, amount))
                answer = task._record()
                action = answer.action_open_thread()
                self.assertEqual(
                    (action["res_model"], action["res_id"]), (thread._name, thread.id)
                )
                thread.message_post(body="A note", subtype_xmlid="mail.mt_note")
                self.assertEqual(answer.state, "new")
                thread.message_post(
                    body="Until then",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
                self.assertEqual(answer.state, "handled")
                self.assertEqual(answer.handled_by, self.env.user)

    def test_answer_is_worth_what_is_overdue(self):
        self.env["credit.answer"]._tell(
            self.debtor, self.company, "question", text="Why?"
        )
        task = self.tasks("answer")
        self.assertEqual((task.amount, task.days), (300, 10))
        self.assertIn("Why?", task.summary)

    def test_answer_that_names_invoices(self):
        """It is worth what they are, and says what was paid and when."""
        other = self.make_invoice(overdue=40, amount=70)
        for move in (other, self.move):
            self.env["credit.answer"]._tell(
                self.debtor,
                self.company,
                "paid",
                items=self.items(move),
                paid_date=days_ago(3),
                paid_amount=move.amount_total,
                currency=move.currency_id,
            )
        tasks = self.tasks("answer").sorted("amount")
        self.assertEqual(
            [(task.amount, task.days) for task in tasks],
            [(other.amount_total, 40), (self.move.amount_total, 10)],
        )
        name = " ".join(tasks[0].name.split())
        self.assertIn("70.00 € paid on 14 Jun 2026", name)

    def test_unmatched_payment(self):
        self.make_payment(amount=30)
        self.make_payment(self.make_debtor("Nothing owed"), amount=30)
        task = self.tasks("unmatched_payment")
        self.assertEqual((task.partner_id, task.amount), (self.debtor, 30))
        self.assertEqual(task.summary, f"It pays {self.move.name}.")
        # The oldest first, what is contested last.
        self.make_payment(amount=90)
        older = self.make_invoice(overdue=40)
        dispute = self.env["credit.dispute"]._make(older, self.dispute_reason, 60)
        self.do(self.tasks("unmatched_payment"))
        self.assertFalse(self.tasks("unmatched_payment"))
        residuals = [move.amount_residual for move in (self.move, self.second, older)]
        self.assertEqual(residuals, [0, 180, 100])
        dispute.action_withdraw()
        self.make_payment(amount=20)
        self.do(self.tasks("unmatched_payment"))
        self.assertEqual(older.amount_residual, 80)
        self.make_payment(amount=300)
        self.assertEqual(
            self.tasks("unmatched_payment").summary.replace("\xa0", " "),
            f"It pays {older.name}, {self.second.name}. 40.00 € are left over.",
        )

    def test_charge_that_is_paid_but_only_shown(self):
        """Whoever only shows charges has to book those that are paid, or waive them."""
        self.assertEqual(self.company.credit_charge_booking, "shown")
        self.company.credit_indemnity_account_id = False
        self.pay(self.move | self.second)
        values = {
            "company_id": self.company.id,
            "partner_id": self.debtor.id,
            "currency_id": self.euro.id,
            "kind": "indemnity",
            "date": TODAY,
            "amount": 40,
        }
        charge = self.env["credit.charge"].sudo().create(values)
        self.assertFalse(self.tasks("charge_to_book"))
        self.make_payment(amount=40)
        task = self.tasks("charge_to_book")
        self.assertEqual((task._record(), task.amount), (charge, 40))
        self.assertIn("No income account", task.summary)
        with self.assertRaisesRegex(UserError, "Choose the income account"):
            self.do(task)
        action = task.action_waive()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        self.assertEqual(wizard.create({"reason": "Small"}).charge_ids, charge)
        self.company.credit_indemnity_account_id = self.company_data[
            "default_account_revenue"
        ]
        self.assertNotIn("No income account", self.tasks("charge_to_book").summary)
        self.do(self.tasks("charge_to_book"))
        self.assertEqual(charge.state, "booked")

    def test_gain_is_that_of_the_rule(self):
        """The view against the function, over all buckets and histories."""
        seen = set()
        for overdue in (-5, 0, 1, 30, 31, 60, 61, 90, 91, 180, 181, 365, 366, 900):
            move = self.make_invoice(
                self.make_debtor(f"Debtor {overdue}"),
                overdue=overdue,
                amount=1234.56,
                issued=days_ago(1000),
            )
            self.plan(move, number=12)
            for index in range(max(overdue, 0) % 4):
                promise = self.promise(move, enforce=False)
                promise.sudo().state = ("kept", "broken", "partly")[index % 3]
        for task in self.tasks("plan_request"):
            kept = self.env["credit.promise"].search_count(
                [("partner_id", "=", task.partner_id.id), ("state", "=", "kept")]
            )
            broken = self.env["credit.promise"].search_count(
                [
                    ("partner_id", "=", task.partner_id.id),
                    ("state", "in", ("broken", "partly")),
                ]
            )
            days = int(task.partner_id.name.split()[1])
            self.assertEqual(task.days, days)
            expected = gain.gain(Decimal(str(task.amount)), days, kept, broken)
            self.assertEqual(Decimal(str(task.gain)), expected, task.partner_id.name)
            self.assertTrue(task.formula)
            seen.add((kept, broken))
        self.assertGreater(len(seen), 2)
        gains = self.tasks().mapped("gain")
        self.assertEqual(gains, sorted(gains, reverse=True))

    def test_companies_and_rights(self):
        self.env["credit.dispute"]._make(self.abroad, self.dispute_reason)
        self.env["credit.dispute"]._make(self.move, self.dispute_reason)
        here = self.make_user("here")
        found = self.env["credit.task"].with_user(here).search([])
        self.assertEqual(found.company_id, self.company)
        viewer = self.make_user("viewer", "group_viewer")
        task = self.env["credit.task"].with_user(viewer).search([], limit=1)
        with self.assertRaises(AccessError):
            task.with_context(act="drop").action_act()
        self.assertEqual(self.tasks(company=self.other_company).amount, 100)

    def test_queries_do_not_grow(self):
        counts = []
        for count in (5, 40):
            for index in range(count):
                debtor = self.make_debtor(f"Debtor {count} {index}")
                move = self.make_invoice(debtor)
                self.remind(move, self.step_1, state="to_approve")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["credit.task"].search([]).read(
                ["kind", "name", "amount", "gain", "formula"]
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
