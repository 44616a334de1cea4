"""What is owed in a case at a date, to the cent, with its working."""

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from .money_common import MoneyCommon

#: What is owed of 10,000 of which 4,000 were paid, see ``corrected``.
CORRECTED = {
    "principal": 1_000_000,
    "interest": 14_207,
    "charges": 4_000,
    "paid": 400_000,
    "total": 618_207,
}


def words(content):
    """The text of a page, its blanks made equal."""
    return " ".join(html.fromstring(str(content)).text_content().split())


@tagged("post_install", "-at_install")
class TestCaseClaim(MoneyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # 100 days of 10 % on 1,000: 27.40.
        cls.move = cls.make_invoice(overdue=100, amount=1000)
        cls.case = cls.open_case(cls.move)

    def claim(self, day=TODAY, case=None):
        made = (case or self.case)._claim_at(day)
        self.assertEqual(
            sum(line.amount for line in made["working"]),
            made["total"] - made["overpaid"],
        )
        return {
            name: amount
            for name, amount in made.items()
            if name not in ("working", "missing") and amount
        }

    def wizard(self, **values):
        action = self.case.action_claim()
        wizard = self.env["credit.claim"].browse(action["res_id"])
        wizard.write(values)
        return wizard

    def accepted_cost(self, amount, what="Writ"):
        cost = self.report_cost(self.case, amount, what)
        cost.basis = "Bill"
        cost.action_accept()
        cost.action_claim()
        return cost

    def test_day_by_day(self):
        whole = {"principal": 100_000, "interest": 2_740, "charges": 4_000}
        self.assertEqual(self.claim(), {**whole, "total": 106_740})
        self.assertEqual(
            self.claim(days_ago(50)),
            {**whole, "interest": 1_370, "total": 105_370},
        )
        self.assertEqual(self.claim(days_ago(101)), {})

    def test_costs_from_the_day_they_are_claimed(self):
        self.accepted_cost(50)
        self.assertEqual(self.claim()["costs"], 5_000)
        self.assertEqual(self.claim()["total"], 111_740)
        self.assertNotIn("costs", self.claim(days_ago(1)))

    def test_payment_in_the_books(self):
        """500 after 50 days: 13.70 to interest, the rest to the principal."""
        self.pay(self.move, 500, day=days_ago(50))
        made = self.claim()
        self.assertEqual((made["interest"], made["paid"]), (2_074, 50_000))
        self.assertEqual(made["total"], 100_000 + 2_074 + 4_000 - 50_000)

    def test_payment_that_the_third_party_has(self):
        """It frees the debtor as well, and bears no interest from then on."""
        self.report_payment(self.case, 500, days=10)
        made = self.claim()
        # 90 days on 1,000: 24.6575; then 10 days on 524.6575: 1.4374.
        self.assertEqual((made["interest"], made["paid"]), (2_609, 50_000))
        self.assertEqual(self.claim(days_ago(11))["total"], 106_438)
        self.assertEqual(self.move.amount_residual, 1000)

    def reported(self, amount, reference=None, receiver="party", **values):
        """A payment as the third party reports it; nobody has looked at it."""
        self.case._accept_report(
            {
                "type": "payment",
                "date": str(TODAY),
                "amount": amount,
                "currency": "EUR",
                "received_by": receiver,
                "reference": reference,
                **values,
            },
            "party",
            author=self.agency,
        )
        return self.case.payment_ids.sorted("id")[-1]

    def test_payment_that_nobody_has_checked(self):
        """What is only reported is shown apart; it is off once somebody accepts it."""
        before = self.claim()
        payment = self.reported(500)
        self.assertTrue(payment.is_unconfirmed)
        self.assertEqual(self.claim(), before)
        self.assertEqual(self.case.amount_to_check, 500)
        self.assertEqual(self.case.amount_claim, 1067.4)
        totals = self.env["credit.handoff"]._payload(self.case)["claim"]
        self.assertEqual(totals["total_with_costs"], "1067.40")
        self.assertIn(payment, payment.search([("is_unconfirmed", "=", True)]))
        viewer = self.make_user("claim_viewer", "group_viewer")
        with self.assertRaises(AccessError):
            payment.with_user(viewer).action_accept()
        collector = self.make_user("claim_collector", "group_collector")
        payment.with_user(collector).action_accept()
        self.assertEqual(payment.event_id.confirmed_by_id, collector)
        self.assertFalse(payment.is_unconfirmed)
        self.assertEqual(payment.state, "reported")
        self.case.invalidate_recordset()
        self.assertEqual(self.claim()["total"], 106_740 - 50_000)
        self.assertEqual(self.case.amount_to_check, 0)
        self.assertNotIn(payment, payment.search([("is_unconfirmed", "=", True)]))

    def test_no_more_is_reported_than_is_owed(self):
        with self.assertRaisesRegex(UserError, "is more than is owed"):
            self.reported("99999999")
        with self.assertRaisesRegex(UserError, r"1,067\.41.*1,067\.40"):
            self.reported("1067.41")
        self.assertFalse(self.case.payment_ids)
        self.reported("1000", "A")
        # What waits counts, and so does what was accepted since.
        with self.assertRaisesRegex(UserError, r"67\.40"):
            self.reported("67.41", "B")
        self.case.payment_ids.action_accept()
        with self.assertRaisesRegex(UserError, r"67\.40"):
            self.reported("67.41", "B")
        self.reported("67.40", "B")

    def test_payment_to_us_may_be_in_the_books(self):
        self.pay(self.move, 1000)
        self.reported("1000", receiver="creditor")
        with self.assertRaisesRegex(UserError, "more than is owed"):
            self.reported("5000", receiver="creditor")

    def test_payment_of_a_case_that_has_ended(self):
        """What was on its way may still be told, as far as it was handed over."""
        self.case.action_withdraw("Over")
        self.reported("1000")
        with self.assertRaisesRegex(UserError, "more than is owed"):
            self.reported("1.00", "B")

    def test_payment_to_costs_first(self):
        self.accepted_cost(50)
        self.case.allocation_order = "costs_interest"
        self.report_payment(self.case, 120, days=0)
        made = self.case._claim_at(TODAY)
        paid = [line.paid for line in made["working"] if line.paid]
        # 70 to the item, of which the interest of 100 days comes first.
        self.assertEqual(
            paid, [{"interest": 2_740, "principal": 4_260}, {"costs": 5_000}]
        )
        self.assertEqual(made["paid"], 12_000)
        self.assertEqual(made["total"], 106_740 + 5_000 - 12_000)

    def test_interest_that_is_paid_apart(self):
        """It was claimed as a charge: the rest of the payment is principal."""
        self.make_charge("interest", 27.4, date_from=days_ago(99))
        self.case.allocation_order = "interest_principal"
        self.report_payment(self.case, 527.4, days=0)
        made = self.case._claim_at(TODAY)
        paid = [line.paid for line in made["working"] if line.paid]
        self.assertEqual(
            paid, [{"interest": 0, "principal": 50_000}, {"interest": 2_740}]
        )
        self.assertEqual(made["total"], 106_740 - 52_740)

    def test_paid_too_much(self):
        self.report_payment(self.case, 2000, days=0)
        made = self.claim()
        self.assertEqual(made["paid"], 200_000)
        self.assertEqual(made["overpaid"], 200_000 - 106_740)
        self.assertNotIn("total", made)

    def test_charges_claimed_waived_and_booked(self):
        interest = self.make_charge("interest", 6.85)
        indemnity = self.make_charge("indemnity", 40)
        self.assertEqual(self.claim()["total"], 106_740)
        indemnity._waive(15, "Goodwill")
        self.assertEqual(self.claim()["charges"], 2_500)
        (interest | indemnity).action_book()
        self.assertEqual(self.claim()["total"], 105_240)
        self.pay(interest.booking_id, 10)
        made = self.claim()
        self.assertEqual((made["paid"], made["total"]), (1_000, 104_240))

    def test_document_of_charges_in_the_case(self):
        """A debit note that was handed over as well is no second claim."""
        indemnity = self.make_charge("indemnity", 40)
        elsewhere = self.make_invoice(overdue=30, amount=70)
        other = self.make_charge("indemnity", 15, elsewhere)
        self.pay(elsewhere)
        (indemnity | other).action_book()
        document = indemnity.booking_id
        self.assertEqual(other.booking_id, document)
        before = self.claim()["total"]
        self.case.line_ids = [Command.create({"move_line_id": self.items(document).id})]
        made = self.claim()
        # The charge on the other invoice has come with its document.
        self.assertEqual(made["total"], before + 1_500)
        self.assertEqual(made["principal"], 100_000)
        self.assertEqual(sum(one.amount for one in self.case._owed()), 100_000 + 5_500)
        # Nor does a procedure count it as principal.
        euro = self.case.currency_id
        self.assertEqual(self.case._procedure_principal(TODAY, euro), 100_000)
        self.assertEqual(self.case._principal_at_law(euro), 100_000)
        self.pay(document, 10)
        self.assertEqual(self.claim()["total"], before + 500)
        self.assertEqual(sum(one.amount for one in self.case._owed()), 100_000 + 4_500)

    def test_procedures_count_booked_interest_as_interest(self):
        self.company.credit_charge_post = True
        before = self.case._procedure_extras()[self.case.id]
        interest = self.make_charge("interest", 20.55, date_from=days_ago(99))
        interest.action_book()
        self.assertEqual(self.case._procedure_extras()[self.case.id], before)

    def corrected(self, document, other=None):
        """Interest of 203.84 and 40 were booked; 4,000 that came earlier lower it.

        At 10 % 36 days of 10,000 and 26 of what is left come to 142.07; in the other
        company, at 5 %, it is twice the days.

        :return: the case, and the document
        """
        company = other or self.company
        times = 2 if other else 1
        company.credit_charge_document = document
        company.credit_interest_account_id = self.income_of(company)
        company.credit_indemnity_account_id = self.income_of(company)
        move = self.make_invoice(
            self.debtor_b if other else self.debtor,
            overdue=62 * times,
            amount=10_000,
            company=company,
        )
        values = {"mandate_id": False, "party_id": self.agency.id} if other else {}
        case = self.open_case(move, **values)
        more = {
            "company_id": company.id,
            "partner_id": move.commercial_partner_id.id,
            "currency_id": move.currency_id.id,
        }
        interest = self.make_charge("interest", 203.84, move, **more)
        charges = interest | self.make_charge("indemnity", 40, move, **more)
        charges.action_book()
        booking = charges.booking_id
        self.assertEqual(booking.state, "posted")
        self.assertEqual(case._claim_at(TODAY)["paid"], 0)
        self.pay(move, 4000, day=days_ago(26 * times))
        interest._lower([14_207])
        self.assertEqual(interest.state, "reversed")
        return case, booking

    def income_of(self, company):
        return self.env["account.account"].search(
            [
                ("account_type", "=", "income"),
                ("company_ids", "in", company.ids),
            ],
            limit=1,
        )

    def test_booked_charges_corrected(self):
        """The credit of what was reversed is no payment, and no charge either."""
        self.company.credit_charge_post = True
        for document in ("invoice", "entry"):
            with self.subTest(document):
                case, booking = self.corrected(document)
                self.assertEqual(self.claim(case=case), CORRECTED)
                paper = case._paper_claim(TODAY, "fr")
                sums = dict(paper["sums"])
                self.assertEqual(sums["Accessoires"], "40,00\N{NO-BREAK SPACE}€")
                # What was paid is taken off the rows: they say what is open.
                self.assertNotIn("Paiements à déduire", sums)
                self.assertEqual(paper["total"], CORRECTED["total"])
                # What the debtor pays of what is left is a payment.
                self.pay(booking, 15)
                self.assertEqual(self.claim(case=case)["paid"], 401_500)

    def test_booked_charges_corrected_in_dollars(self):
        self.other_company.credit_charge_post = True
        self.debtor_b.write(
            {
                "country_id": self.env.ref("base.us").id,
                "credit_kind": "business",
                "credit_kind_proof": "Extract of the register",
            }
        )
        case, _booking = self.corrected("invoice", self.other_company)
        # There the payment goes to the principal first.
        self.assertEqual(
            self.claim(case=case),
            {**CORRECTED, "interest": 14_137, "total": 618_137},
        )

    def test_booked_charges_paid_before_they_were_corrected(self):
        """What was paid too much stays in the debtor's favour, in the books."""
        self.company.credit_charge_post = True
        interest = self.make_charge("interest", 6.85)
        charges = interest | self.make_charge("indemnity", 40)
        charges.action_book()
        self.pay(charges.booking_id)
        interest._reverse()
        made = self.claim()
        self.assertEqual((made["charges"], made["paid"]), (4_000, 4_000))

    def test_booked_indemnity_that_was_reversed_is_not_asked_for_again(self):
        self.company.credit_charge_post = True
        before = self.claim()
        self.assertEqual(before["charges"], 4_000)
        indemnity = self.make_charge("indemnity", 40)
        indemnity.action_book()
        self.assertEqual(self.claim()["charges"], 4_000)
        indemnity.action_reverse()
        self.assertEqual(indemnity.booking_id.payment_state, "reversed")
        made = self.claim()
        self.assertNotIn("charges", made)
        self.assertEqual(made["total"], before["total"] - 4_000)
        paper = self.case._paper_claim(TODAY, "fr")
        self.assertEqual(paper["total"], made["total"])
        # Asked for once more, it is owed.
        self.make_charge("indemnity", 40)
        self.assertEqual(self.claim()["charges"], 4_000)

    def test_credit_note_on_a_debit_note_made_by_hand(self):
        self.company.credit_charge_post = True
        interest = self.make_charge("interest", 27.4, date_from=days_ago(99))
        interest.action_book()
        before = self.claim()
        document = interest.booking_id
        [credit] = document._reverse_moves([{"date": TODAY, "invoice_date": TODAY}])
        credit.action_post()
        (self.items(document) | self.items(credit)).filtered(
            lambda line: not line.reconciled
        ).reconcile()
        made = self.claim()
        self.assertEqual(made["total"], before["total"] - 2_740)
        self.assertNotIn("paid", made)
        self.assertNotIn("interest", made)

    def test_booked_interest_is_interest(self):
        """That on another invoice, which came with the document it is booked in."""
        elsewhere = self.make_invoice(overdue=30, amount=70)
        interest = self.make_charge("interest", 6.85, elsewhere)
        interest.action_book()
        item = self.items(interest.booking_id)
        self.case.line_ids = [Command.create({"move_line_id": item.id})]
        made = self.claim()
        self.assertEqual(made["interest"], 2_740 + 685)
        [line] = [
            one for one in self.case._claim_at(TODAY)["working"] if one.code == "charge"
        ]
        text = self.env["credit.calculation"]._case_line_text(line)
        self.assertEqual(text, interest.display_name)
        self.assertEqual(made["charges"], 4_000)

    def test_credit_note_reduces_the_principal(self):
        [credit] = self.move._reverse_moves(
            [{"date": TODAY, "invoice_date": TODAY}], cancel=False
        )
        credit.invoice_line_ids.price_unit = 100
        credit.action_post()
        (self.items(self.move) | self.items(credit)).reconcile()
        made = self.claim()
        self.assertEqual(made["principal"], 90_000)

    def test_wizard_comes_to_the_same(self):
        self.accepted_cost(50)
        self.make_charge("indemnity", 40).action_book()
        self.pay(self.move, 300, day=days_ago(30))
        self.report_payment(self.case, 200, days=3)
        total = self.case._claim_at(TODAY)["total"]
        wizard = self.wizard()
        money = self.env["credit.calculation"]._money_of(self.euro)
        for charge_fee in (False, True):
            wizard.charge_fee = charge_fee
            [(_lang, shown)] = wizard._document_values()
            self.assertEqual(shown["total"], money(total))
        total = money(total).replace("\N{NO-BREAK SPACE}", " ")
        text = words(wizard.claim_html)
        self.assertIn("Writ 50.00 €", text)
        self.assertIn(f"To pay {total}", text)
        self.assertIn("invoiced separately 40.00 €", text)
        working = words(wizard.case_working)
        self.assertIn("Payments go to: interest, costs, charges, principal", working)
        self.assertIn(f"Owed on that day {total}", working)

    def test_printed(self):
        self.accepted_cost(50)
        report = self.env.ref("credit_management.action_report_claim")
        content, kind = report._render_qweb_html(report.report_name, self.wizard().ids)
        text = words(content.decode())
        self.assertEqual(kind, "html")
        self.assertIn(f"The claim in the case {self.case.name}", text)
        self.assertIn("Costs 50.00 €", text)

    def test_wizard_without_a_case_is_as_it_was(self):
        self.accepted_cost(50)
        self.report_payment(self.case, 200, days=3)
        action = self.env["credit.claim"]._open(self.items(self.move))
        wizard = self.env["credit.claim"].browse(action["res_id"])
        [(_lang, shown)] = wizard._document_values()
        self.assertEqual(
            shown["total"], self.env["credit.calculation"]._money_of(self.euro)(106_740)
        )

    def test_other_company_in_dollars(self):
        """A debtor of America pays 5 % and no indemnity."""
        america = self.env.ref("base.us")
        self.debtor_b.write(
            {
                "country_id": america.id,
                "credit_kind": "business",
                "credit_kind_proof": "Extract of the register",
            }
        )
        move = self.make_invoice(
            self.debtor_b, overdue=100, amount=1000, company=self.other_company
        )
        case = self.open_case(move, mandate_id=False, party_id=self.agency.id)
        # 100 days of 5 %.
        self.assertEqual(
            self.claim(case=case),
            {"principal": 100_000, "interest": 1_370, "total": 101_370},
        )
        self.report_payment(case, 100, days=0)
        self.assertEqual(self.claim(case=case)["total"], 91_370)
        self.assertEqual(case.amount_claim, 913.7)

    def test_queries_do_not_grow(self):
        def count(case):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            case._claim_at(TODAY)
            return self.env.cr.sql_log_count - before

        def big(number):
            moves = self.env["account.move"].union(
                *(self.make_invoice(overdue=30) for _ in range(number))
            )
            case = self.open_case(moves)
            self.report_payment(case, 150)
            return case

        small, large = big(2), big(12)
        count(small)
        self.assertLessEqual(count(large), count(small))
