"""What is owed now beside plans and promises: every part of the page says the same."""

from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .common import NOW
from .owed_common import OwedCommon

LATER = "2026-06-29 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalOwedAgreed(OwedCommon):
    # ------------------------------------------------------------------
    # Plans
    # ------------------------------------------------------------------

    def test_instalments_of_one_invoice(self):
        """Each says which one it is; an invoice due at once needs no number."""
        move = self.make_instalments(20, -10, amount=90)
        portal = self.env["credit.account"]
        account, items = self.account, self.items(move | self.old)
        rows = portal._item_rows(account, items, portal._present(account, items))
        names = [f"{move.name}, instalment 1", f"{move.name}, instalment 2"]
        self.assertEqual([row["name"] for row in rows], [self.old.name, *names])
        self.assertIn(names[1], self._text(self._page()))

    def test_all_in_a_plan(self):
        """Nothing is owed now, nothing is called overdue."""
        self._plan(self.old, self.mid)
        main, text = self.assertSame(0, agreed_later=300, due_later=50)
        self.assertNotIn("overdue", text.replace("Overdue", "overdue"))
        self.assertFalse(main.xpath("//input[@name='item'][@checked]"))
        # What is named for a transfer is the next instalment, with its day.
        self.assertIn("Amount 150.00 € Due 27 Jun 2026", text)
        sheet = [row for row in self._sheet().values if row[0] == self.old.name]
        self.assertEqual(sheet[0][3], 30, "the sheet tells days since the due date")

    def test_the_rest_besides_a_plan(self):
        self._plan(self.old)
        _main, text = self.assertSame(200, agreed_later=100, due_later=50)
        self.assertIn("10 days overdue", text)
        self.assertNotIn("30 days overdue", text)

    def test_instalments_that_are_due(self):
        """All that is owed now is the instalment and what is in no plan; no more."""
        plan = self._plan(self.mid)
        with freeze_time(LATER):
            self.assertSame(200, overdue=100, due_as_agreed=100, agreed_later=100)
            self.finish(self.begin(f"o.{self.euro.id}", 200))
            self.assertEqual(
                self.moves.mapped("amount_residual"), [0, 100, 50], "mid in part"
            )
            self.assertEqual(plan.line_ids.mapped("state"), ["paid", "open"])
            self.assertSame(0, agreed_later=100)

    def test_an_instalment_of_older_items(self):
        """What is in no plan is paid, although what is in the plan is older."""
        plan = self._plan(self.old)
        with freeze_time(LATER):
            self.assertSame(250, overdue=200, due_as_agreed=50)
            self.finish(self.begin(f"o.{self.euro.id}", 250))
        self.assertEqual(self.moves.mapped("amount_residual"), [50, 0, 50])
        self.assertEqual(plan.line_ids.mapped("state"), ["paid", "open"])

    def test_an_instalment_under_way(self):
        """It is on its way: not owed now, and not paid twice."""
        plan = self._plan(self.old, self.mid, number=3)
        with freeze_time(LATER):
            line = plan.line_ids[0]
            self.finish(self.begin(f"l.{line.id}", 100), "pending")
            self.assertSame(0, agreed_later=200, payment_under_way=100)
            self.assertError(self.begin(f"l.{line.id}", 100), "under way")
            self.assertError(self.begin(f"l.{plan.line_ids[1].id}", 100), "under way")

    def test_a_plan_that_was_asked_for(self):
        """Nobody has agreed to it: all is owed still, and the page says both."""
        self.policy.plan_auto = False
        self._plan(self.old, self.mid)
        main, text = self.assertSame(300)
        self.assertIn("Payment plan asked for", text)
        self.assertFalse(main.xpath("//input[@name='item'][@checked]"))

    def test_what_is_left_of_a_plan_is_its_fee(self):
        plan = self._plan(self.old, self.mid)
        plan.line_ids[-1].amount += 5
        plan.amount_fee = 5
        self.pay(self.old | self.mid | self.later)
        self.assertEqual(plan.state, "active")
        text = self._text(self._page())
        self.assertNotIn("Everything is paid", text)
        self.assertIn("Agreed for later 5.00 €", text)

    # ------------------------------------------------------------------
    # Promises
    # ------------------------------------------------------------------

    def test_promise(self):
        self._promise(self.old, (10, 100))
        self.assertSame(200, agreed_later=100)
        with freeze_time("2026-06-27 12:00:00"):
            # Its day has come.
            main, _text = self.assertSame(300, due_as_agreed=100, overdue=200)
            self.assertNotIn("Agreed for later", self._cards(main))

    def test_promise_of_a_part(self):
        self._promise(self.old | self.mid, (5, 60), (10, 60))
        main, _text = self.assertSame(180, agreed_later=120)
        _box, text = self._row(main, self.old)
        self.assertIn("Promised for", text)
        self.assertIn("30 days overdue", text)
        [row] = [row for row in self._sheet().values if row[0] == self.old.name]
        self.assertEqual(row[3], 30)
        self.finish(self.begin(f"o.{self.euro.id}", 180))
        self.assertEqual(self.moves.mapped("amount_residual"), [100, 20, 50])
        self.assertSame(0, agreed_later=120)

    def test_credits_beside_a_promise_count_once(self):
        """Whoever pays all that is owed now owes nothing more now."""
        self.make_credit_note(amount=20)
        promise = self._promise(self.old, (5, 60))
        self.assertEqual(promise.amount_credit, 20)
        self.assertSame(220, agreed_later=60, overdue=240, in_your_favour=20)
        self.finish(self.begin(f"o.{self.euro.id}", 220))
        self.assertEqual((promise.state, promise.amount_paid), ("open", 0))
        self.assertSame(0, agreed_later=60, overdue=20, in_your_favour=20)

    def test_the_rest_of_what_is_promised_is_paid(self):
        """It keeps no promise, while it is under way nor once it has come."""
        promise = self._promise(self.old | self.mid, (5, 150))
        self.assertSame(150, agreed_later=150)
        answer = self.begin(f"o.{self.euro.id}", 150)
        self.finish(answer, "pending")
        self.assertSame(0, agreed_later=150, payment_under_way=150)
        self.finish(answer)
        self.assertEqual((promise.state, promise.amount_paid), ("open", 0))
        self.assertEqual(promise.amount_besides, 150)
        self.assertSame(0, agreed_later=150)
        answer = self.begin(f"s.{promise.id}", 150)
        self.finish(answer, "pending")
        self.assertSame(0, payment_under_way=150)
        self.finish(answer)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 150))

    def test_what_is_promised_is_paid_before_the_rest(self):
        promise = self._promise(self.old | self.mid, (5, 150))
        answer = self.begin(f"s.{promise.id}", 150)
        self.finish(answer, "pending")
        self.assertSame(150, payment_under_way=150)
        self.finish(answer)
        self.assertEqual(promise.state, "kept")
        self.assertSame(150)

    def test_more_than_the_rest_is_paid(self):
        promise = self._promise(self.old | self.mid, (5, 150))
        # With what falls due later, and that is 200.
        answer = self.begin(f"p.25000.{self.euro.id}", 250)
        self.finish(answer, "pending")
        self.assertSame(0, agreed_later=100, payment_under_way=250)
        self.finish(answer)
        self.assertEqual((promise.state, promise.amount_paid), ("open", 50))
        self.assertSame(0, agreed_later=100)

    def test_a_transfer_beside_a_promise(self):
        """What the page asks for is what it pays; whoever paid enough kept its word."""
        promise = self._promise(self.old, (5, 50))
        self.pay(self.old, 50)
        self.assertEqual((promise.state, promise.amount_paid), ("open", 0))
        self.assertSame(200, agreed_later=50)
        with freeze_time(f"{promise.grace_date + timedelta(days=1)} 12:00:00"):
            promise._settle()
            self.assertEqual((promise.state, promise.amount_paid), ("kept", 50))

    def test_all_is_promised(self):
        self._promise(self.old | self.mid, (5, 120), (10, 180))
        _main, text = self.assertSame(0, agreed_later=300)
        self.assertIn("Amount 120.00 € Due 22 Jun 2026", text)
