"""What was paid online and is not in the books yet: nobody is reminded of it."""

import io
from datetime import datetime, time, timedelta

from lxml import html
from openpyxl import load_workbook

from odoo.tests import freeze_time, tagged

from .common import NOW, TODAY
from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalUnderWay(PortalCommon):
    def _tell(self, state):
        """The provider's word on a payment, which Odoo has not looked at yet."""
        answer = self.begin(self.choice(self.old), 100)
        tx = self.transaction(answer)
        tx._process(
            "demo",
            {
                "reference": tx.reference,
                "simulated_state": state,
                "payment_details": "1234",
            },
        )
        return tx

    def _queued(self, *moves):
        reminders = self.env["credit.reminder"].sudo()
        for move in moves:
            reminders |= self.remind(
                move, self.step_1, state="queued", date_done=False
            ).sudo()
        for line in reminders.line_ids:
            line.date_due = line.move_line_id.date_maturity
        reminders._take_turns()
        return reminders

    def assertHeld(self):
        """Not proposed, not sent, and shown as under way; the other is reminded."""
        self.assertReason(self.old, "in_payment")
        self.assertReason(self.mid, False)
        self.assertIn("Payment under way", self.get().text)
        held, other = self._queued(self.old, self.mid)
        self.assertFalse(held._items_unchanged())
        self.assertTrue(other._items_unchanged())
        self.assertEqual((held | other)._recheck(), other)
        self.assertEqual(held.state, "cancelled")

    def test_pending(self):
        self.assertEqual(self._tell("pending").state, "pending")
        self.assertHeld()

    def test_authorized(self):
        self.provider.capture_manually = True
        self.assertEqual(self._tell("done").state, "authorized")
        self.assertHeld()

    def test_confirmed(self):
        tx = self._tell("done")
        self.assertEqual((tx.state, tx.is_post_processed), ("done", False))
        self.assertFalse(tx.payment_id)
        self.assertHeld()

    def test_what_came_to_nothing_is_reminded(self):
        for state in ("cancel", "error"):
            with self.subTest(state):
                self._tell(state)
                self.assertReason(self.old, False)
                [reminder] = self._queued(self.old)
                self.assertTrue(reminder._items_unchanged())
                reminder.state = "cancelled"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAgreedUnderWay(PortalCommon):
    """A payment that was begun in time breaks no promise and no plan."""

    def _begin(self, choice, amount, offset=0, state="pending"):
        """Begun some days from today, and where it stands now."""
        tx = self.transaction(self.begin(choice, amount))
        moment = datetime.combine(TODAY + timedelta(days=offset), time(12))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = %s WHERE id = %s",
            (moment, tx.id),
        )
        self.env.invalidate_all()
        self._process(tx, state)
        return tx

    def _process(self, tx, state):
        tx._process(
            "demo",
            {
                "reference": tx.reference,
                "simulated_state": state,
                "payment_details": "1234",
            },
        )

    def _cron(self, name, offset):
        day = TODAY + timedelta(days=offset)
        with freeze_time(f"{day} 12:00:00"), self.enter_registry_test_mode():
            self.env.ref(f"credit_management.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def _promise(self, amount=100.0):
        return self.env["credit.promise"]._make(
            self.items(self.old), [(TODAY + timedelta(days=7), amount)]
        )

    def test_promise(self):
        promise = self._promise()
        tx = self._begin(f"s.{promise.id}", 100, offset=9)
        last = (promise.grace_date - TODAY).days
        self._cron("ir_cron_promises", last + 1)
        self.assertEqual(promise.state, "open")
        # It arrives days later, and was paid in time.
        with freeze_time(f"{TODAY + timedelta(days=last + 5)} 12:00:00"):
            self._process(tx, "done")
            tx._post_process()
        self.assertEqual(self.old.amount_residual, 0)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 100))

    def test_promise_of_which_the_payment_fails(self):
        promise = self._promise()
        tx = self._begin(f"s.{promise.id}", 100, offset=9)
        last = (promise.grace_date - TODAY).days
        self._cron("ir_cron_promises", last + 1)
        self._process(tx, "error")
        self._cron("ir_cron_promises", last + 2)
        self.assertEqual(promise.state, "broken")

    def test_promise_of_which_the_payment_was_begun_too_late(self):
        promise = self._promise()
        last = (promise.grace_date - TODAY).days
        tx = self._begin(f"s.{promise.id}", 100, offset=last + 1)
        self._cron("ir_cron_promises", last + 1)
        self.assertEqual(promise.state, "broken")
        with freeze_time(f"{TODAY + timedelta(days=last + 5)} 12:00:00"):
            self._process(tx, "done")
            tx._post_process()
        self.assertEqual((promise.state, promise.amount_paid), ("broken", 0))

    def test_plan(self):
        plan = self.env["credit.plan"]._request(
            self.items(self.old), 2, "month", TODAY + timedelta(days=7)
        )
        first, second = plan.line_ids
        self.assertEqual(plan.state, "active")
        tx = self._begin(f"l.{first.id}", 50)
        # What is being paid is not announced.
        self._cron("ir_cron_plans", 5)
        self.assertFalse(first.told)
        late = 8 + plan.tolerance_days
        self._cron("ir_cron_plans", late)
        self.assertEqual((plan.state, first.state), ("active", "open"))
        self._process(tx, "done")
        tx._post_process()
        self.assertEqual((plan.state, first.state), ("active", "paid"))
        # The next one is nobody's.
        self._cron("ir_cron_plans", late + 40)
        self.assertEqual((plan.state, second.state), ("broken", "late"))

    def test_plan_of_which_the_payment_fails(self):
        plan = self.env["credit.plan"]._request(
            self.items(self.old), 2, "month", TODAY + timedelta(days=7)
        )
        tx = self._begin(f"l.{plan.line_ids[0].id}", 50)
        self._process(tx, "error")
        self._cron("ir_cron_plans", 8 + plan.tolerance_days)
        self.assertEqual(plan.state, "broken")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestChargesUnderWay(PortalCommon):
    """Charges are paid once, like the items."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        income = cls.company_data["default_account_revenue"]
        cls.company.write(
            {
                "credit_charge_booking": "paid",
                "credit_indemnity_account_id": income.id,
            }
        )
        cls.charge = (
            cls.env["credit.charge"]
            .sudo()
            .create(
                {
                    "company_id": cls.company.id,
                    "partner_id": cls.debtor.id,
                    "currency_id": cls.euro.id,
                    "kind": "indemnity",
                    "date": TODAY,
                    "amount": 40,
                    "invoice_id": cls.old.id,
                }
            )
        )
        cls.overdue = f"o.{cls.euro.id}"

    def _picture(self):
        account = self.account
        return account.env["credit.account"]._picture(account)

    def test_all_that_is_owed(self):
        self.finish(self.begin(self.overdue, 340), "pending")
        total = self._picture().totals[self.euro]
        self.assertEqual((total["charges"], total["now"]), (0, 0))
        self.assertEqual(total["under_way"], 340)
        text = self.get().text
        self.assertNotIn("Pay the charges too", text)
        # The rows make what the sums say.
        [row] = html.fromstring(text).xpath(
            "//section[@aria-labelledby='credit_charges']//tbody/tr"
        )
        self.assertIn("Payment under way", row.text_content())
        self.assertIn("40.00", row.text_content())
        account = self.account
        values = account.env["credit.account"]._statement_values(account)
        self.assertEqual(
            [(charge["amount"], charge["status"]) for charge in values["charges"]],
            [(40, "Payment under way")],
        )
        content = self.get("/statement.xlsx").content
        rows = [*load_workbook(io.BytesIO(content)).active.values]
        self.assertIn((40, "Payment under way"), [(row[4], row[6]) for row in rows])
        self.assertError(self.begin("i..c", 40), "under way")
        self.assertError(self.begin(f"i.{self.items(self.later).id}.c", 90), "changed")
        # What came to nothing is owed again.
        self._process_error()
        self.assertEqual(self._picture().totals[self.euro]["now"], 340)

    def _process_error(self):
        tx = self.transactions()
        tx._process(
            "demo",
            {
                "reference": tx.reference,
                "simulated_state": "error",
                "payment_details": "1234",
            },
        )

    def test_charges_alone(self):
        self.assertIn("result", self.begin("i..c", 40))
        self.assertError(self.begin("i..c", 40), "begun a moment ago")
        self.assertIn("Start again", self.get("/pay?choice=i..c").text)
        self.assertEqual(len(self.transactions()), 1)

    def test_without_a_journal_entry(self):
        """Nothing is booked that nothing could be matched with, nor paid again."""
        self.without_journal_entries()
        tx = self.finish(self.begin(self.overdue, 340))
        self.assertTrue(tx.payment_id)
        self.assertFalse(tx.payment_id.move_id)
        self.assertEqual(
            (self.charge.state, len(self.charge.booking_id)), ("claimed", 0)
        )
        total = self._picture().totals[self.euro]
        self.assertEqual((total["now"], total["under_way"]), (0, 340))
