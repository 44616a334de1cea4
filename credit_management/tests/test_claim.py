"""The claim at a date: what it says, and to whom."""

import base64
import io
from datetime import date

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .charges_common import CHARGED_2, EMAIL_1
from .claim_common import ClaimCommon, words
from .common import TODAY, days_ago


@tagged("post_install", "-at_install")
class TestClaim(ClaimCommon):
    # ------------------------------------------------------------------
    # What is owed
    # ------------------------------------------------------------------

    def test_interest_and_indemnity(self):
        made = self.statement(self.move)
        self.assertEqual(self.amounts(made), {"interest": 2740, "indemnity": 4000})
        self.assertEqual((made.residual, made.total), (100_000, 106_740))
        reasons = {w.kind: w.reason for w in made.entries[0].withheld}
        self.assertEqual(reasons, {"clause": "forbidden"})
        self.assertEqual([w.kind for w in made.withheld], ["cost"])

    def test_tells_what_is_disputed(self):
        whole, part = (self.make_invoice(overdue=60, amount=500) for _number in "12")
        reason = self.env["credit.dispute.reason"].search([], limit=1)
        self.env["credit.dispute"].create(
            [
                {"move_id": whole.id, "reason_id": reason.id},
                {"move_id": part.id, "reason_id": reason.id, "amount": 120},
            ]
        )
        claim = self.claim(self.move | whole | part)
        (made,) = claim._statements()
        self.assertEqual(made.contested, {whole: 50_000, part: 12_000})
        ((_lang, values),) = claim._document_values()
        self.assertEqual(
            [(row["label"], row["amount"][:6]) for row in values["beside"]],
            [
                (f"Of which disputed by the debtor: {whole.name}", "500.00"),
                (f"Of which disputed by the debtor: {part.name}", "120.00"),
            ],
        )
        claim.action_export()
        book = load_workbook(io.BytesIO(base64.b64decode(claim.workbook)))
        told = [row[1:3] for row in book.worksheets[2].iter_rows(values_only=True)]
        self.assertIn((whole.name, "Disputed"), told)

    def test_at_another_day(self):
        self.assertEqual(self.statement(self.move, date=days_ago(50)).total, 105_370)
        self.assertEqual(
            self.statement(self.move, date=date(2026, 12, 31)).charge("interest"), 8137
        )
        early = self.statement(self.move, date=days_ago(101))
        self.assertEqual(early.entries, [])
        self.assertEqual(early.later, [self.items(self.move)])

    def test_payment_goes_to_interest_first(self):
        """500 paid after 50 days: 13.70 to interest, the rest to the principal."""
        self.pay(self.move, 500, day=days_ago(50))
        claim = self.claim(self.move)
        (made,) = claim._statements()
        # 50 days on 1,000: 13.70; then 50 days on 1,000 - 486.30.
        self.assertEqual(self.amounts(made)["interest"], 1370 + 704)
        self.assertEqual(made.residual, 50_000)
        text = words(claim.claim_html)
        self.assertIn("Payment −500.00 € 13.70 € to interest, 486.30 €", text)
        before = self.statement(self.move, date=days_ago(51))
        self.assertEqual(before.residual, 100_000)

    def test_lines_add_up(self):
        self.make_series(
            "TEST_STEPS", {"2020-01-01": 9.13, "2026-04-01": 8.77, "2026-05-02": 10.01}
        )
        self.business.rate_series = "TEST_STEPS"
        self.pay(self.move, 333.33, day=days_ago(40))
        made = self.statement(self.move)
        lines = made.entries[0].interest.segments
        self.assertEqual(len(lines), 4)
        self.assertEqual(sum(line.amount for line in lines), made.charge("interest"))

    def test_only_what_is_wanted(self):
        claim = self.claim(self.move)
        with Form(claim) as form:
            form.charge_indemnity = False
            self.assertNotIn("Recovery indemnity", words(form.claim_html))
            form.date = days_ago(90)
            self.assertIn("1,002.74", words(form.claim_html))
            form.charge_interest = False
            self.assertNotIn("1,002.74", words(form.claim_html))
        (made,) = claim._statements()
        self.assertEqual(made.total, 100_000)

    def test_unmatched_credits_of_all_that_is_owed(self):
        """Taken off the total, as reminders do; interest runs on all the same."""
        self.make_payment(amount=300, day=days_ago(1))
        self.make_payment(amount=7, currency=self.dollar)
        self.make_payment(self.debtor_b, amount=9)
        claim = self.claim(self.move)
        text = words(claim.claim_html)
        self.assertIn("interest runs without them until they are −300.00", text)
        self.assertIn("To pay 767.40", text)
        self.assertEqual(self.amounts(claim._statements()[0])["interest"], 2740)
        claim.action_export()
        book = load_workbook(io.BytesIO(base64.b64decode(claim.workbook)))
        [row] = [
            row
            for row in book["Other"].values
            if row[2] == "Credit notes and payments not matched yet"
        ]
        self.assertEqual((row[4], row[6]), (-300, "Taken off what is to be paid"))
        # What came in later was not there on the day of the claim.
        claim.date = days_ago(2)
        self.assertNotIn("not matched yet", words(claim.claim_html))

    def test_unmatched_credits_beside_other_invoices(self):
        self.make_payment(amount=300)
        self.make_invoice(overdue=5, amount=50)
        text = words(self.claim(self.move).claim_html)
        self.assertIn("To pay 1,067.40", text)
        self.assertIn("Not taken off: credit notes and payments", text)

    def test_missing_rate_stops_paper(self):
        self.make_series("TEST_HALF", {"2025-07-01": 9.0}, frequency="half_year")
        self.business.rate_series = "TEST_HALF"
        claim = self.claim(self.move)
        self.assertIn("TEST_HALF", claim.missing_text)
        self.assertIn("2026-S1", words(claim.claim_html))
        for act in (claim.action_print, claim.action_export, claim._document_values):
            with self.assertRaisesRegex(UserError, "2026-S1"):
                act()
        claim.charge_interest = False
        self.assertFalse(claim.missing_text)
        self.assertEqual(claim.action_print()["type"], "ir.actions.report")

    def test_consumer_who_was_not_warned(self):
        move = self.make_invoice(self.debtor_b, overdue=60, amount=300)
        claim = self.claim(move)
        self.assertEqual(claim._statements()[0].total, 30_000)
        text = words(claim.claim_html)
        self.assertIn(
            "Late interest: a free first reminder has to go first (art. 4)", text
        )
        self.assertIn("Recovery indemnity: the law allows none", text)

    def test_two_debtors_are_two_statements(self):
        other = self.make_invoice(self.debtor_b, overdue=60, amount=300)
        dollars = self.make_invoice(overdue=100, amount=50, currency=self.dollar)
        claim = self.claim(self.move | other | dollars)
        made = {(s.partner, s.currency): s for s in claim._statements()}
        self.assertEqual(len(made), 3)
        # 40 euros are 80 dollars; 100 days of 10 % on 50 are 1.37.
        american = made[self.debtor, self.dollar]
        self.assertEqual(self.amounts(american), {"interest": 137, "indemnity": 8000})
        self.assertIn("$", words(claim.claim_html))

    def test_items_of_two_companies_are_refused(self):
        theirs = self.make_invoice(company=self.other_company, overdue=10)
        companies = self.company | self.other_company
        self.env.user.company_ids = companies
        both = (self.move | theirs).with_context(allowed_company_ids=companies.ids)
        with self.assertRaisesRegex(UserError, "one company"):
            both.action_credit_claim()
        action = both[1].action_credit_claim()
        claim = both.env["credit.claim"].browse(action["res_id"])
        self.assertEqual(claim.company_id, self.other_company)
        (made,) = claim._statements()
        self.assertEqual(made.currency, self.dollar)

    def test_nothing_to_claim(self):
        credit = self.make_credit_note()
        for moves in (credit, self.env["account.move"]):
            with self.assertRaises(UserError):
                self.claim(moves)

    def test_queries_do_not_grow(self):
        moves = self.move
        for number in range(6):
            moves |= self.make_invoice(overdue=20 + number, amount=10 + number)
        day = TODAY
        wanted = self.claim(moves)._wanted()
        calculation = self.env["credit.calculation"]

        def count(items):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            made = calculation._statements(items, day, wanted, carried=True)
            self.assertEqual(len(made[0].entries), len(items))
            return self.env.cr.sql_log_count - before

        few, many = self.items(moves[:2]), self.items(moves)
        count(few)
        self.assertEqual(count(few), count(many))

    # ------------------------------------------------------------------
    # What was claimed before
    # ------------------------------------------------------------------

    def _reminded(self):
        """A reminder with charges that left today."""
        self.make_policy(EMAIL_1, CHARGED_2)
        self.remind(self.move, self.env["credit.policy"].search([])[0].step_ids[0])
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        return reminder

    def test_waived_and_booked(self):
        reminder = self._reminded()
        interest, indemnity = reminder.charge_ids.sorted("kind", reverse=True)
        self.assertEqual((interest.kind, indemnity.kind), ("interest", "indemnity"))
        interest._waive(7.4, "Goodwill")
        claim = self.claim(self.move)
        (made,) = claim._statements()
        self.assertEqual(self.amounts(made), {"interest": 2000, "indemnity": 4000})
        self.assertIn("Late interest, waived −7.40 €", words(claim.claim_html))
        self.company.credit_indemnity_account_id = self.company_data[
            "default_account_revenue"
        ]
        indemnity.action_book()
        made = self.statement(self.move)
        self.assertEqual(self.amounts(made), {"interest": 2000, "indemnity": 0})
        # The day before, none of it had happened.
        made = self.statement(self.move, date=days_ago(1))
        self.assertEqual(self.amounts(made), {"interest": 2712, "indemnity": 4000})
        # The debit note is an item of its own, and bears nothing.
        (made,) = self.claim(self.move | indemnity.booking_id)._statements()
        self.assertEqual(made.total, 100_000 + 2000 + 4000)
        # What is reversed may be claimed anew.
        interest.action_reverse()
        self.assertEqual(self.statement(self.move).charge("interest"), 2740)

    def test_earlier_fees(self):
        fee = (
            self.env["credit.charge"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.debtor.id,
                    "currency_id": self.euro.id,
                    "kind": "fee",
                    "amount": 7.5,
                    "date": days_ago(3),
                }
            )
        )
        self.assertEqual(self.statement(self.move).total, 106_740)
        claim = self.claim(self.move, charge_fee=True)
        (made,) = claim._statements()
        self.assertEqual(made.carried, fee)
        self.assertEqual(made.total, 107_490)
        self.assertIn("Reminder fee", words(claim.claim_html))
        made = self.statement(self.move, charge_fee=True, date=days_ago(4))
        self.assertFalse(made.carried)

    # ------------------------------------------------------------------
    # From where, by whom
    # ------------------------------------------------------------------

    def test_from_invoice_items_and_partner(self):
        other = self.make_invoice(overdue=10)
        paid = self.make_invoice(overdue=30, amount=70)
        self.pay(paid)
        theirs = self.make_invoice(company=self.other_company, overdue=10)
        claims = self.env["credit.claim"]
        action = self.move.action_credit_claim()
        self.assertEqual(
            claims.browse(action["res_id"]).item_ids, self.items(self.move)
        )
        action = self.debtor.action_credit_claim()
        claim = claims.browse(action["res_id"])
        self.assertEqual(claim.item_ids, self.items(self.move | other))
        self.assertTrue(claim.charge_fee)
        self.assertNotIn(self.items(theirs), claim.item_ids)
        # What was paid late bears interest all the same.
        action = paid.action_credit_claim()
        (made,) = claims.browse(action["res_id"])._statements()
        self.assertEqual((made.residual, made.charge("interest")), (0, 58))

    def test_rights(self):
        def user(login, group):
            return new_test_user(
                self.env,
                login,
                group,
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )

        collector = user("collector", "credit_management.group_collector")
        action = self.move.with_user(collector).action_credit_claim()
        claim = self.env["credit.claim"].with_user(collector).browse(action["res_id"])
        self.assertIn("1,067.40", words(claim.claim_html))
        claim.action_export()
        self.assertTrue(claim.workbook)
        # A claim is its author's.
        other = user("other", "credit_management.group_collector")
        with self.assertRaises(AccessError):
            claim.with_user(other).read(["claim_html"])
        # Whoever may not read the items does not learn what is owed on them.
        stranger = user("stranger", "base.group_user")
        with self.assertRaises(AccessError):
            self.move.with_user(stranger).action_credit_claim()
        theirs = self.make_invoice(company=self.other_company, overdue=10)
        with self.assertRaises(AccessError):
            theirs.with_user(collector).action_credit_claim()
