"""What is declared in an insolvency: items, costs, charges, and the day."""

from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from .insolvency_claim_common import InsolvencyClaimCommon


@tagged("post_install", "-at_install")
class TestInsolvencyClaim(InsolvencyClaimCommon):
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
        self.report_payment(self.case, 30, days=3)
        self.book(reference="S-2")
        record = self.declare()
        record.action_work_out()
        item = record.line_ids.filtered(
            lambda line: line.move_line_id.move_id == early.charge_id.booking_id
        )
        self.assertEqual((item.principal, item.costs), (0, 20))
        self.assertEqual(record.line_ids.filtered("cost_id").costs, 40)
        self.assertEqual(sum(record.line_ids.mapped("principal")), 1000)

    def test_two_cases_of_one_debtor(self):
        """Items, costs of both and what is held in one of them stand there once."""
        other = self.make_invoice(overdue=60, amount=200)
        second = self.open_case(other)
        first_cost = self.accepted_cost(50)
        second_cost = self.report_cost(second, 20, "Register")
        second_cost.basis = "Fee of the register"
        second_cost.action_accept()
        second_cost.action_claim()
        self.report_payment(self.case, 300, days=5)
        record = self.declare()
        record.action_work_out()
        lines = record.line_ids
        self.assertEqual(
            sorted(lines.filtered("move_line_id").move_line_id.ids),
            sorted(self.items(self.move | other).ids),
        )
        self.assertEqual(
            sorted(lines.filtered("cost_id").mapped(lambda one: one.cost_id.id)),
            sorted((first_cost | second_cost).ids),
        )
        held = lines.filtered("payment_id")
        self.assertEqual(held.mapped("total"), [-300])
        claims = [case._claim_at(self.opened) for case in (self.case, second)]
        interest = sum(claim["interest"] for claim in claims)
        self.assertEqual(round(sum(lines.mapped("interest")) * 100), interest)
        # The costs were claimed after the opening, and are of acts from before.
        total = sum(claim["total"] for claim in claims) + 7_000
        self.assertEqual(round(record._total_in(self.euro) * 100), total)
        papers = self.env["credit.paper"]._of("insolvency_claim")
        for case in (self.case, second):
            claim = papers._values(case, "en")["claim"]
            self.assertEqual(claim["total"], total)

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

    def test_day_of_the_declaration_by_hand(self):
        """It is one that has come; one of before the publication is told."""
        record = self.declare(date_published="2026-06-16")
        record.action_work_out()
        with self.assertRaisesRegex(ValidationError, "still to come"):
            record.date_declared = days_ago(-1)
        with Form(record) as form:
            form.date_declared = TODAY
        self.assertEqual(record.amount_declared, record._total_in(self.euro))
        record.date_declared = False
        early = record.new(origin=record)
        early.date_declared = "2026-06-15"
        told = early._onchange_date_declared()["warning"]["message"]
        self.assertIn("06/16/2026", told)

    def test_what_the_button_refuses_is_not_declared_by_hand(self):
        """Claims of two creditors, and what nobody has worked out."""
        self.make_invoice(overdue=60, amount=200, company=self.other_company)
        record = self.declare(company_id=False)
        with self.assertRaisesRegex(ValidationError, "Work out the claims first"):
            record.date_declared = TODAY
        record.date_declared = False
        user = self.make_user("of_both", "group_manager")
        user.company_ids |= self.other_company
        record.with_user(user).action_work_out()
        self.assertEqual(len(record.line_ids.company_id), 2)
        with self.assertRaisesRegex(ValidationError, "Each creditor"):
            record.date_declared = TODAY

    def test_nothing_left_is_not_declared_by_hand(self):
        self.pay_open(1800, days_ago(150))
        record = self.declare()
        record.action_work_out()
        with self.assertRaisesRegex(ValidationError, "Nothing is left to declare"):
            record.date_declared = TODAY
