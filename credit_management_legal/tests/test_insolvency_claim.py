"""Insolvencies and the money of cases: costs, remittances, what is written off."""

from datetime import date
from itertools import product

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from .insolvency_common import InsolvencyCommon
from .money_common import MoneyCommon
from .test_paper_claim import minor


@tagged("post_install", "-at_install")
class TestInsolvencyClaim(InsolvencyCommon, MoneyCommon):
    opened = date(2026, 6, 15)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.make_invoice(overdue=100, amount=1000)
        cls.case = cls.open_case(cls.move)

    def accepted_cost(self, amount, what="Writ", claim=True, **values):
        cost = self.report_cost(self.case, amount, what, **values)
        cost.basis = "Bill"
        cost.action_accept()
        if claim:
            cost.action_claim()
        return cost

    # ------------------------------------------------------------------
    # Costs in the declaration
    # ------------------------------------------------------------------

    def test_costs_stand_apart(self):
        """Those in the claim, and those that may join it; not what came later."""
        claimed = self.accepted_cost(50)
        waiting = self.report_cost(self.case, 20, "Register", recoverable=True)
        waiting.action_accept()
        self.assertFalse(waiting.in_claim)
        ours = self.accepted_cost(7, "Copies", claim=False)
        taken_out = self.accepted_cost(9, "Letter")
        taken_out.action_unclaim()
        self.accepted_cost(11, "Seizure", date=days_ago(1))
        record = self.declare()
        record.action_work_out()
        costs = record.line_ids.filtered("cost_id")
        # On proof: without a ground it may not be claimed yet.
        self.assertEqual(costs.cost_id, claimed)
        waiting.basis = "Fee of the register"
        record.action_work_out()
        costs = record.line_ids.filtered("cost_id")
        self.assertEqual(costs.cost_id, claimed | waiting)
        self.assertNotIn(ours, costs.cost_id)
        self.assertEqual(sum(costs.mapped("costs")), 70)
        item = record.line_ids - costs
        self.assertEqual((item.principal, item.costs), (1000, 0))
        self.assertEqual(
            sum(record.line_ids.mapped("total")),
            1000 + item.interest + item.charges + 70,
        )
        self.assertIn("costs 70.00", record.totals_text)
        record.action_declared()
        event = self.case.event_ids.filtered(lambda e: e.kind == "declaration")
        self.assertEqual(event.amount, sum(record.line_ids.mapped("total")))

    def test_costs_in_the_books_count_once(self):
        """Documents of 50 for a cost, of which 30 were paid before the opening.

        One claimed before the opening is an item of its own by then; the other, an act
        from before that was claimed afterwards, is not.
        """
        with freeze_time("2026-06-13 12:00:00"):
            early = self.accepted_cost(50)
        late = self.accepted_cost(40, "Copies")
        self.report_payment(self.case, 75, days=3)
        self.book()
        documents = [cost.charge_id.booking_id for cost in (early, late)]
        self.assertEqual([d.amount_residual for d in documents], [0, 15])
        record = self.declare()
        record.action_work_out()
        self.assertEqual(sum(record.line_ids.mapped("costs")), 15)
        self.assertEqual(sum(record.line_ids.mapped("principal")), 1000)
        # A payment of 30 alone: 20 of the first and all of the second are left.
        record.action_cancel()
        self.case.payment_ids.action_undo()
        self.report_payment(self.case, 30, days=2)
        self.book(reference="S-2")
        record = self.declare()
        record.action_work_out()
        item = record.line_ids.filtered(
            lambda line: line.move_line_id.move_id == early.charge_id.booking_id
        )
        self.assertEqual((item.principal, item.costs), (0, 20))
        self.assertEqual(record.line_ids.filtered("cost_id").costs, 40)
        self.assertEqual(sum(record.line_ids.mapped("principal")), 1000)

    def test_charges_on_what_is_paid(self):
        """What was claimed before the opening is declared, and asked for by nobody."""
        paid = self.make_invoice(overdue=60, amount=200)
        item = self.items(paid)
        for kind, amount in (("interest", 5), ("indemnity", 40), ("fee", 7)):
            self.env["credit.charge"].sudo().create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.debtor.id,
                    "currency_id": self.company.currency_id.id,
                    "kind": kind,
                    "amount": amount,
                    "date": days_ago(20),
                    "date_from": kind == "interest" and days_ago(59),
                    "date_to": kind == "interest" and days_ago(20),
                    "move_line_id": kind != "fee" and item.id,
                    "invoice_id": kind != "fee" and paid.id,
                }
            )
        self.pay(paid, day=days_ago(10))
        charges = self.env["credit.charge"].search([("invoice_id", "=", paid.id)])
        before = sum(charges.mapped("amount_open"))
        self.assertEqual(before, 45)
        record = self.declare()
        record.action_work_out()
        line = record.line_ids.filtered(lambda one: one.move_line_id == item)
        self.assertEqual((line.principal, line.interest, line.charges), (0, 5, 40))
        self.assertEqual(line.standing, "Paid or settled since")
        held = self.env["credit.engine"].sudo()._insolvent_items(item.ids)
        self.assertTrue(held[item.id][1])

    def test_write_off_takes_what_was_booked_later(self):
        """Interest of before the opening, in the books since, is written off too."""
        self.case.action_withdraw("Insolvent")
        charge = self.env["credit.charge"].sudo()
        income = self.company_data["default_account_revenue"]
        self.company.credit_indemnity_account_id = income
        charge = charge.create(
            {
                "company_id": self.company.id,
                "partner_id": self.debtor.id,
                "currency_id": self.company.currency_id.id,
                "kind": "indemnity",
                "amount": 40,
                "date": days_ago(20),
                "move_line_id": self.items(self.move).id,
                "invoice_id": self.move.id,
            }
        )
        record = self.declare()
        charge._book()
        action = record.action_write_off()
        lines = action["context"]["default_line_ids"]
        self.assertEqual(sum(line[2]["amount"] for line in lines), 1040)

    def test_what_has_become_of_the_claims(self):
        """What is declared stays; beside it stands what was paid or is disputed."""
        other = self.make_invoice(overdue=60, amount=200)
        part = self.make_invoice(overdue=50, amount=300)
        record = self.declare()
        record.action_work_out()
        lines = record.line_ids.grouped(lambda line: line.move_line_id.move_id)
        self.assertFalse(any(record.line_ids.mapped("standing")))
        self.pay(other)
        self.pay(part, 100)
        reason = self.env.ref("credit_management.dispute_reason_price")
        self.env["credit.dispute"]._make(self.move, reason)
        self.env["credit.dispute"]._make(part, reason, amount=50)
        record.line_ids.invalidate_recordset(["standing"])
        self.assertEqual(lines[other].standing, "Paid or settled since")
        standing = lines[part].standing.replace("\N{NO-BREAK SPACE}", " ")
        self.assertEqual(standing, "200.00 € still open, disputed")
        self.assertEqual(lines[self.move].standing, "Disputed")
        self.assertEqual(lines[part].principal, 300)

    def test_costs_of_the_other_company_are_its_own(self):
        self.accepted_cost(50)
        record = self.declare(company_id=self.other_company.id)
        record.with_company(self.other_company).action_work_out()
        self.assertFalse(record.line_ids)

    def test_lowered_interest_counts_once(self):
        """A debit note taken back since the opening is no claim of that day."""
        self.book_charges()
        record = self.declare()
        record.action_work_out()
        before = sum(record.line_ids.mapped("total"))
        self.env["credit.charge"].search(
            [("kind", "=", "interest"), ("state", "=", "booked")]
        )._lower([500])
        record.action_work_out()
        self.assertEqual(sum(record.line_ids.mapped("total")), before)
        self.agree(record)

    def test_declaration_taken_back(self):
        """One entry counts, of the day that stands there; the others are struck."""
        record = self.declare()
        record.action_work_out()

        def declared():
            return self.case.event_ids.filtered(lambda e: e.kind == "declaration")

        record.action_declared()
        first = declared()
        record.date_declared = False
        self.assertFalse(declared())
        self.assertEqual(first.correct_reason, "The declaration was taken back.")
        record.action_declared()
        self.assertEqual(declared().date, TODAY)
        record.date_declared = days_ago(1)
        self.assertEqual(declared().date, days_ago(1))
        self.assertEqual(declared().amount, sum(record.line_ids.mapped("total")))
        acts = self.env["credit.handoff"]._payload(self.case)["acts"]
        self.assertEqual(len(acts), 1)
        record.date_declared = days_ago(1)
        self.assertEqual(len(self.case.timeline_ids.filtered("insolvency_id")), 4)

    def test_nothing_is_declared_by_mistake(self):
        record = self.declare()
        record.action_work_out()
        record.action_declared()
        record.action_cancel()
        kinds = self.case.event_ids.mapped("kind")
        self.assertNotIn("declaration", kinds)
        self.assertFalse(record.date_declared or record.amount_declared)

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

    def pay_open(self, amount, day, currency=None):
        """A payment of the debtor that is matched with nothing."""
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.debtor.id,
                "amount": amount,
                "date": day,
                "payment_type": "inbound",
                "partner_type": "customer",
                "currency_id": (currency or self.euro).id,
            }
        )
        payment.action_post()
        return payment

    # ------------------------------------------------------------------
    # The declaration on paper
    # ------------------------------------------------------------------

    def paper(self):
        paper = self.env["credit.paper"]._of("insolvency_claim")
        return paper._values(self.case, "en")

    def in_euros(self, line):
        """Cents of the total of a line, at the rate of the day of the opening."""
        amount = line.currency_id._convert(
            line.total, self.euro, self.company, self.opened
        )
        return round(amount * 100)

    def agree(self, record):
        """The paper says what the record says, to the cent; what it says."""
        lines, paper = record.line_ids, self.paper()
        claim = paper["claim"]
        self.assertEqual(claim["total"], round(record._total_in(self.euro) * 100))
        columns = ("principal", "interest", "charges", "costs")
        sums = [round(sum(lines.mapped(name)) * 100) for name in columns]
        self.assertTrue(all(amount >= 0 for amount in sums), sums)
        if lines.currency_id == self.euro:
            shown = [minor(amount) for _name, amount in claim["sums"]]
            self.assertEqual(shown, [amount for amount in sums if amount])
        self.assertEqual(
            {row["name"]: minor(row["total"]) for row in claim["rows"]},
            {line.name: self.in_euros(line) for line in lines},
        )
        for row in claim["rows"]:
            parts = [row["open"], *(amount for amount, _since in row["charges"])]
            self.assertEqual(sum(map(minor, parts)), minor(row["total"]), row)
        names = lines.move_line_id.mapped("move_name")
        for name in ("cause", "exhibits"):
            text = paper["facts"][name]
            self.assertTrue(all(number in text for number in names), text)
        return paper

    def test_paper_is_the_record(self):
        """Due before and after the opening, arisen after, booked, paid in part."""
        coming = self.make_invoice(overdue=-20, amount=840, issued=days_ago(20))
        after = self.make_invoice(overdue=1, amount=77, issued=date(2026, 6, 16))
        self.case.line_ids = [
            Command.create({"move_line_id": self.items(move).id})
            for move in (coming, after)
        ]
        for booked, paid, cost, foreign in product((False, True), repeat=4):
            with (
                self.subTest(booked=booked, paid=paid, cost=cost, foreign=foreign),
                self.env.cr.savepoint() as savepoint,
            ):
                if booked:
                    self.book_charges()
                if cost:
                    self.accepted_cost(50)
                if foreign:
                    self.make_invoice(overdue=60, amount=33.33, currency=self.dollar)
                record = self.declare(procedure="liquidation")
                if paid:
                    self.pay(self.move, 100, day=days_ago(5))
                    self.pay(coming, 200, day=days_ago(1))
                before = self.paper()["claim"]
                record.action_work_out()
                paper = self.agree(record)
                # What is not worked out yet is told as it would be.
                for name in ("rows", "sums", "total", "items"):
                    self.assertEqual(before[name], paper["claim"][name])
                names = [row["name"] for row in before["rows"]]
                self.assertIn(coming.name, names)
                for text in (*names, *map(str, paper["facts"].values())):
                    self.assertNotIn(after.name, text)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_less_than_nothing_is_not_zero_in_words(self):
        self.declare()
        paper = self.env["credit.paper"]._of("insolvency_claim")
        claim = paper._claim(self.case, self.opened, "fr")
        for total, shown in ((100, True), (0, True), (-100, False)):
            facts = self.case._paper_facts(
                paper, "fr", self.opened, {**claim, "total": total}
            )
            self.assertEqual(bool(facts["amount_words"]), shown, total)

    def test_paper_of_a_day_without_a_record(self):
        coming = self.make_invoice(overdue=-20, amount=840, issued=days_ago(20))
        self.debtor.credit_insolvency_date = self.opened
        self.assertIn(coming.name, self.paper()["facts"]["exhibits"])

    def book_charges(self):
        """Charges in the books from before the opening, with interest until later."""
        self.company.credit_charge_post = True
        charges = self.make_charge("interest", 30, self.move, date=days_ago(9))
        charges |= self.make_charge("indemnity", 40, self.move, date=days_ago(9))
        charges.action_book()

    def test_booked_charges_are_no_principal(self):
        """Nor is interest negative that was booked for days after the opening."""
        self.book_charges()
        record = self.declare()
        record.action_work_out()
        self.assertEqual(sum(record.line_ids.mapped("principal")), 1000)
        self.assertEqual(sum(record.line_ids.mapped("charges")), 40)
        self.assertTrue(all(line.interest >= 0 for line in record.line_ids))
        interest = sum(record.line_ids.mapped("interest"))
        self.assertTrue(0 < interest < 30)
        self.agree(record)

    # ------------------------------------------------------------------
    # Payments that an agency hands on
    # ------------------------------------------------------------------

    def test_remitted_payments_are_flagged(self):
        """By the day on which the debtor paid, whenever it is handed on."""
        record = self.declare()
        self.report_payment(self.case, 300, days=5)
        self.report_payment(self.case, 120, days=1)
        self.book()
        self.assertEqual(record.payment_ids.mapped("amount_currency"), [-120])
        self.assertIn("120", record.message_ids[:1].body)
        kind = self.env.ref("credit_management_legal.activity_insolvency_payment")
        self.assertIn(kind, record.activity_ids.activity_type_id)
        # Taken back by the administrator.
        self.case.payment_ids.filtered(lambda p: p.amount == 120).action_undo()
        record.action_look_for_payments()
        self.assertFalse(record.payment_ids)

    # ------------------------------------------------------------------
    # Write-off
    # ------------------------------------------------------------------

    def test_write_off_is_filled_in(self):
        self.company.credit_write_off_vat = "conditions"
        other = self.make_invoice(overdue=50, amount=80, currency=self.dollar)
        paid = self.make_invoice(overdue=50, amount=60)
        self.make_invoice(overdue=-30, amount=500, issued=date(2026, 6, 16))
        self.make_invoice(overdue=60, amount=5, company=self.other_company)
        record = self.declare()
        self.pay(paid, 40)
        made = self.fill_in(record)
        self.assertEqual((made.kind, made.vat), ("insolvency", "conditions"))
        self.assertEqual(made.case_id, self.case)
        self.assertIn("06/15/2026", made.reason)
        self.assertEqual(
            {line.move_line_id.move_id: line.amount for line in made.line_ids},
            {self.move: 1000, paid: 20},
        )
        # Nothing happens by itself; what waits is not proposed once more.
        self.assertEqual((made.state, self.move.amount_residual), ("draft", 1000))
        made = self.fill_in(record)
        self.assertEqual(made.line_ids.move_line_id, self.items(other))

    def test_write_off_of_all_ends_the_case(self):
        """Interest that is only claimed stands in no books: it keeps no case open."""
        self.make_charge("interest", 5, self.move, date=days_ago(9))
        self.company.write(
            {
                "credit_write_off_limit": 10000,
                "credit_write_off_account_id": self.fees.id,
            }
        )
        made = self.fill_in(self.declare())
        made.with_user(
            self.make_user("insolvency_writer", "group_manager")
        ).action_propose()
        self.assertEqual((made.state, self.case.state), ("booked", "closed"))

    def test_write_off_leaves_out_what_is_not_lost(self):
        """Open credits, and what third parties hold, off the oldest items first."""
        other = self.make_invoice(overdue=50, amount=80)
        self.pay_open(120, days_ago(20))
        self.pay_open(40, TODAY)
        self.report_payment(self.case, 200, days=5)
        record = self.declare()
        made = self.fill_in(record)
        self.assertEqual(
            {line.move_line_id.move_id: line.amount for line in made.line_ids},
            {self.move: 680, other: 80},
        )
        text = made.not_lost_text.replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn("open credits of 160.00 €: match them first", text)
        self.assertIn("hold 200.00 €", text)
        made.unlink()
        made = self.fill_in(self.case)
        self.assertEqual(made.amount_total, 640)
        made.unlink()
        self.pay_open(1000, days_ago(20))
        with self.assertRaisesRegex(UserError, "Nothing is lost"):
            self.case.action_write_off()

    def test_remitted_after_the_write_off(self):
        """No interest is claimed of it any more: it stays in the debtor's favour."""
        self.company.write(
            {
                "credit_write_off_limit": 10000,
                "credit_write_off_account_id": self.fees.id,
            }
        )
        payment = self.report_payment(self.case, 200, days=5)
        for written_off in (False, True):
            with (
                self.subTest(written_off=written_off),
                self.env.cr.savepoint() as savepoint,
            ):
                if written_off:
                    action = self.items(self.move).action_credit_write_off()
                    made = self.env[action["res_model"]]
                    made = made.with_context(**action["context"])
                    made.create({"reason": "Test"}).action_propose()
                else:
                    self.pay(self.move)
                self.assertFalse(self.move.amount_residual)
                self.book()
                self.assertEqual(bool(payment.made_charge_ids), not written_off)
                self.assertEqual(
                    payment.paid.get("rest", 0) == 20_000, written_off, payment.paid
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def fill_in(self, record):
        action = record.action_write_off()
        values = {"default_reason": "Test", **action["context"]}
        return self.env[action["res_model"]].with_context(**values).create({})
