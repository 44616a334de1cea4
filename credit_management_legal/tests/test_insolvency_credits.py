"""What is taken off a claim that is declared: credits, and what third parties hold."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from .insolvency_claim_common import InsolvencyClaimCommon
from .test_paper_claim import minor


@tagged("post_install", "-at_install")
class TestInsolvencyCredits(InsolvencyClaimCommon):
    def test_credits_are_set_off(self):
        """Credits of before the opening, and what the third party has, are told."""
        day = days_ago(10)
        self.pay_open(25, day)
        self.pay_open(30, TODAY)
        self.report_payment(self.case, 200, days=5)
        self.report_payment(self.case, 50, days=0)
        record = self.declare()
        record.action_work_out()
        off = record.line_ids.filtered(lambda line: line.total < 0)
        self.assertEqual(
            {line.standing: line.total for line in off},
            {"Credit, to be set off": -25, "Received by the third party": -200},
        )
        claims = sum((record.line_ids - off).mapped("total"))
        record.action_declared()
        self.assertAlmostEqual(record.amount_declared, claims - 225)
        event = self.case.event_ids.filtered(lambda e: e.kind == "declaration")
        self.assertAlmostEqual(event.amount, claims - 200)
        claim = self.paper()["claim"]
        sums = {name: minor(text) for name, text in claim["sums"]}
        self.assertEqual(sums["Credits to be set off"], -2_500)
        self.assertEqual(sums["Received by the third party"], -20_000)
        self.assertEqual(sum(sums.values()), claim["total"])
        rows = sum(minor(row["total"]) for row in claim["rows"])
        self.assertEqual(rows, claim["total"])
        self.assertEqual(claim["total"], round((claims - 225) * 100))

    def test_more_is_taken_off_than_claimed(self):
        """Nothing is declared, printed or waited for; what is too much is told."""
        self.pay_open(1800, days_ago(150))
        record = self.declare()
        kind = self.env.ref("credit_management_legal.activity_insolvency")

        def tasks():
            self.env.flush_all()
            return self.env["credit.task"].search(
                [("res_model", "=", record._name), ("res_id", "=", record.id)]
            )

        with self.assertRaisesRegex(UserError, "Work out the claims first"):
            record.action_declared()
        self.report_payment(self.case, 300, days=60)
        record.action_work_out()
        self.assertEqual(record._total_in(self.euro), 0)
        self.assertFalse(any(line._taken_off() == "held" for line in record.line_ids))
        body = record.message_ids[:1].body.replace("&nbsp;", " ")
        self.assertIn("300.00 € more than is claimed in EUR", body)
        with self.assertRaisesRegex(UserError, "Nothing is left to declare"):
            record.action_declared()
        paper = self.env["credit.paper"]._of("insolvency_claim")
        printing = self.env["credit.paper.print"]._open(self.case, paper)
        printing = self.env["credit.paper.print"].browse(printing["res_id"])
        with self.assertRaisesRegex(UserError, "nothing is left to declare"):
            printing.action_print()
        self.assertIn(kind, record.activity_ids.activity_type_id)
        self.assertTrue(tasks())
        record.action_nothing_declared()
        self.assertNotIn(kind, record.activity_ids.activity_type_id)
        self.assertFalse(tasks())
        self.assertNotIn("declare by", record._reason_text())
        record.action_work_out()
        self.assertFalse(record.nothing_declared)
        self.assertTrue(tasks())

    def stated(self, record):
        """Claims worked out, less nothing: (principal, interest)."""
        record.action_work_out()
        total = self.paper()["claim"]["total"]
        self.assertEqual(total, round(record._total_in(self.euro) * 100))
        claims = record.line_ids.filtered(lambda line: line.total > 0)
        return sum(claims.mapped("principal")), sum(claims.mapped("interest"))

    def test_bank_payment_on_the_day(self):
        """It may be annulled, matched or not: the claim is declared without it."""
        record = self.declare()
        whole = self.stated(record)
        self.assertEqual(whole[0], 1000)
        self.pay(self.move, 100, day=self.opened)
        self.pay_open(50, self.opened)
        self.look_for_payments()
        self.assertEqual(
            sorted(record.payment_ids.mapped("amount_currency")), [-100, -50]
        )
        self.assertEqual(self.stated(record), whole)
        self.assertTrue(all(line.total > 0 for line in record.line_ids))
        self.assertEqual(self.fill_in(record).amount_total, 900)

    def test_payment_to_the_agency_on_the_day(self):
        record = self.declare()
        whole = self.stated(record)
        self.report_payment(self.case, 200, days=2)
        self.assertEqual(self.stated(record), whole)
        self.assertFalse(record.line_ids.payment_id)
        self.assertEqual(self.fill_in(record).amount_total, 1000)
        self.book()
        self.assertEqual(self.stated(record), whole)
        self.assertEqual(sum(record.payment_ids.mapped("amount_currency")), -200)

    def test_credit_note_on_the_day(self):
        """It is no payment, but corrects the claim: matched or not, it is taken off."""
        record = self.declare()
        whole = self.stated(record)
        credit = self.make_credit_note(amount=100, issued=self.opened)
        # Credit notes count from the due date here: interest is a tenth less.
        interest = self.euro.round(whole[1] * 0.9)
        self.assertEqual(self.stated(record), (1000, interest))
        self.assertEqual(
            record.line_ids.filtered(lambda line: line.total < 0).mapped("total"),
            [-100],
        )
        self.assertEqual(self.fill_in(record).amount_total, 900)
        self.items(credit | self.move).reconcile()
        self.assertEqual(self.stated(record), (900, interest))
        self.look_for_payments()
        self.assertFalse(record.payment_ids)

    def test_payments_on_the_day_before(self):
        """They are taken off, and none is flagged."""
        record = self.declare()
        self.pay(self.move, 100, day=days_ago(3))
        self.report_payment(self.case, 200, days=3)
        self.assertEqual(self.stated(record)[0], 900)
        self.assertEqual(record.line_ids.filtered("payment_id").mapped("total"), [-200])
        self.look_for_payments()
        self.assertFalse(record.payment_ids)

    def test_charges_paid_on_the_day(self):
        """A document for a cost is open whole, but for what was credited of it."""
        with freeze_time("2026-06-13 12:00:00"):
            cost = self.accepted_cost(50)
        self.company.credit_charge_post = True
        cost.charge_id.action_book()
        document = cost.charge_id.booking_id
        record = self.declare()
        self.pay(document, 20, day=self.opened)
        record.action_work_out()
        self.assertEqual(sum(record.line_ids.mapped("costs")), 50)
        self.assertEqual(sum(record.line_ids.mapped("principal")), 1000)
        credit = document._reverse_moves(
            [{"date": self.opened, "invoice_date": self.opened}]
        )
        credit.invoice_line_ids.price_unit = 10
        credit.action_post()
        self.items(credit | document).reconcile()
        record.action_work_out()
        self.assertEqual(sum(record.line_ids.mapped("costs")), 40)
        self.assertEqual(sum(record.line_ids.mapped("principal")), 1000)

    def test_credits_alone(self):
        self.pay(self.move, day=days_ago(110))
        self.pay_open(50, days_ago(20))
        record = self.declare()
        record.action_work_out()
        self.assertFalse(record.line_ids)
        self.assertIn("50.00", record.message_ids[:1].body)
        with self.assertRaisesRegex(UserError, "Nothing is left to declare"):
            record.action_declared()
        record.action_nothing_declared()
        self.assertFalse(record.activity_ids)

    def test_credit_in_another_currency(self):
        """It is no claim of its own, and not taken off those in euros."""
        record = self.declare()
        record.action_work_out()
        with self.assertRaisesRegex(UserError, "Something is left"):
            record.action_nothing_declared()
        before = record.line_ids.mapped("total")
        self.pay_open(84, days_ago(20), currency=self.dollar)
        record.action_work_out()
        self.assertEqual(record.line_ids.mapped("total"), before)
        self.assertIn("more than is claimed in USD", record.message_ids[:1].body)

    def test_totals_name_what_is_taken_off(self):
        """Principal is the same on the record and on its paper."""
        self.pay_open(25, days_ago(10))
        self.report_payment(self.case, 200, days=5)
        record = self.declare()
        record.action_work_out()
        text = record.totals_text.replace("\N{NO-BREAK SPACE}", " ")
        text = text.replace("\N{ZERO WIDTH NO-BREAK SPACE}", "")
        self.assertIn("principal 1,000.00 €", text)
        self.assertIn("credits -25.00 €", text)
        self.assertIn("third parties -200.00 €", text)
        sums = {name: minor(text) for name, text in self.paper()["claim"]["sums"]}
        self.assertEqual(sums["Principal"], 100_000)

    def test_interest_on_what_was_credited(self):
        """It is the same before and after the credit is matched."""
        record = self.declare()
        record.action_work_out()
        whole = sum(record.line_ids.mapped("interest"))
        payment = self.pay_open(200, days_ago(60))
        record.action_work_out()
        before = sum(record.line_ids.mapped("interest"))
        self.assertTrue(0 < before < whole)
        (payment.move_id.line_ids | self.move.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        record.action_work_out()
        self.assertEqual(sum(record.line_ids.mapped("interest")), before)

    def test_interest_on_what_is_held(self):
        """As in the claim of the case: it ends with the payment."""
        self.report_payment(self.case, 200, days=60)
        self.report_payment(self.case, 100, days=0)
        record = self.declare()
        record.action_work_out()
        claim = self.case._claim_at(self.opened)
        interest = sum(record.line_ids.mapped("interest"))
        self.assertEqual(round(interest * 100), claim["interest"])
        # Both together pay no more than the item.
        self.pay_open(900, days_ago(90))
        record.action_work_out()
        self.assertTrue(all(line.interest >= 0 for line in record.line_ids))

    def test_held_and_credited_beyond_one_item(self):
        """What an item can't take goes on to the next, and ends its interest there."""
        later = self.make_invoice(overdue=90, amount=1000)

        def interest():
            record.action_work_out()
            lines = record.line_ids.grouped(lambda line: line.move_line_id.move_id)
            return [lines[move].interest for move in (self.move, later)]

        record = self.declare()
        self.report_payment(self.case, 800, days=60)
        self.pay_open(200, days_ago(50))
        first, second = interest()
        # Of 500 the first takes the same 200; as much less bears interest of the later.
        payment = self.pay_open(300, days_ago(50))
        made = interest()
        self.assertEqual(made[0], first)
        self.assertTrue(0 < made[1] < second)
        (payment.move_id.line_ids | later.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(interest(), made)
