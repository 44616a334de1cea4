"""Charges after they were claimed: waived, booked, reversed; and by whom."""

from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.credit_account import Account
from .charges_common import ChargesCommon
from .common import TODAY


@tagged("post_install", "-at_install")
class TestCharge(ChargesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.income = cls.company_data["default_account_revenue"]
        cls.company.write(
            {
                "credit_interest_account_id": cls.income.id,
                "credit_indemnity_account_id": cls.income.id,
                "credit_fee_account_id": cls.income.id,
            }
        )
        cls.move = cls.make_invoice(overdue=25, amount=1000)
        cls.interest = cls.make_charge("interest", 6.85)
        cls.indemnity = cls.make_charge("indemnity", 40)
        cls.both = cls.interest | cls.indemnity

    def _receivable(self, document):
        return document.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )

    # ------------------------------------------------------------------
    # Waiving
    # ------------------------------------------------------------------

    def test_waive_a_part_and_the_rest(self):
        self.indemnity._waive(15, "Goodwill")
        self.assertEqual(self.indemnity.amount_open, 25)
        self.assertEqual(self.indemnity.state, "claimed")
        self.indemnity._waive(25, "Agreed by phone")
        self.assertEqual(self.indemnity.amount_open, 0)
        self.assertEqual(self.indemnity.state, "waived")
        self.assertEqual(self.indemnity.waive_reason, "Agreed by phone")
        self.assertIn("Agreed by phone", self.indemnity.message_ids[0].body)

    def test_waive_refuses_what_does_not_fit(self):
        for amount, reason in ((0, "x"), (-5, "x"), (40.01, "x"), (10, " ")):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.indemnity._waive(amount, reason)
        self.indemnity._book()
        with self.assertRaises(UserError):
            self.indemnity._waive(10, "Too late")

    def test_rights(self):
        viewer = new_test_user(
            self.env, "viewer", groups="credit_management.group_viewer"
        )
        collector = new_test_user(
            self.env, "collector", groups="credit_management.group_collector"
        )
        manager = new_test_user(
            self.env, "manager", groups="credit_management.group_manager"
        )
        for user in (viewer, collector, manager):
            user.write({"company_ids": self.company.ids, "company_id": self.company.id})
        charge = self.indemnity.with_user(viewer)
        self.assertEqual(charge.amount, 40)
        for act in (
            lambda: charge._waive(1, "x"),
            charge.action_reverse,
            charge.action_book,
        ):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaises(AccessError):
            self.indemnity.with_user(collector).amount = 1
        self.indemnity.with_user(collector)._waive(1, "x")
        self.assertEqual(self.indemnity.amount_open, 39)
        with self.assertRaisesRegex(AccessError, "by managers"):
            self.indemnity.with_user(collector).action_reverse()
        self.indemnity.with_user(manager).action_reverse()
        self.assertEqual(self.indemnity.state, "reversed")
        other = self.make_invoice(company=self.other_company)
        foreign = self.make_charge("indemnity", 80, other)
        with self.assertRaises(AccessError):
            foreign.with_user(collector).read(["amount"])

    # ------------------------------------------------------------------
    # Booking
    # ------------------------------------------------------------------

    def test_debit_note(self):
        """One debit note per debtor, outside VAT, due at once, bearing no charges."""
        self.both.action_book()
        document = self.both.booking_id
        self.assertEqual(document.move_type, "out_invoice")
        self.assertEqual(document.state, "posted")
        self.assertEqual(document.amount_total, 46.85)
        self.assertEqual(document.amount_tax, 0)
        self.assertEqual(document.invoice_date_due, TODAY)
        self.assertTrue(document.credit_is_charge)
        self.assertEqual(document.invoice_line_ids.account_id, self.income)
        self.assertEqual(self.both.mapped("state"), ["booked", "booked"])
        assessed = self.env["credit.engine"]._assess_items(
            self._receivable(document), TODAY
        )
        self.assertFalse(assessed)

    def test_tax_as_the_company_says(self):
        tax = self.company_data["default_tax_sale"]
        self.company.credit_charge_tax_id = tax
        self.indemnity.action_book()
        self.assertEqual(self.indemnity.booking_id.invoice_line_ids.tax_ids, tax)

    def test_journal_entry(self):
        self.company.credit_charge_document = "entry"
        self.both.action_book()
        document = self.both.booking_id
        self.assertEqual(document.move_type, "entry")
        self.assertEqual(document.journal_id.type, "general")
        self.assertEqual(self._receivable(document).balance, 46.85)
        self.assertEqual(self._receivable(document).partner_id, self.debtor)
        income = document.line_ids.filtered(lambda line: line.account_id == self.income)
        self.assertEqual(sum(income.mapped("credit")), 46.85)

    def test_draft(self):
        self.company.credit_charge_post = False
        self.both.action_book()
        self.assertEqual(self.both.booking_id.state, "draft")

    def test_two_debtors_two_documents(self):
        other = self.make_invoice(self.debtor_b, overdue=25)
        charge = self.make_charge("indemnity", 12, other)
        dollars = self.make_invoice(overdue=25, currency=self.dollar)
        foreign = self.make_charge("indemnity", 80, dollars)
        (self.both | charge | foreign).action_book()
        self.assertEqual(len((self.both | charge | foreign).booking_id), 3)
        self.assertEqual(foreign.booking_id.currency_id, self.dollar)
        self.assertEqual(foreign.booking_id.amount_total, 80)

    def test_booked_once(self):
        self.both.action_book()
        with self.assertRaises(UserError):
            self.both.action_book()

    def test_no_account(self):
        self.company.credit_interest_account_id = False
        with self.assertRaisesRegex(UserError, "Late interest"):
            self.both.action_book()
        self.assertEqual(self.both.mapped("state"), ["claimed", "claimed"])

    def test_waived_part_is_not_booked(self):
        self.indemnity._waive(15, "Goodwill")
        self.indemnity.action_book()
        self.assertEqual(self.indemnity.booking_id.amount_total, 25)

    def test_paid_too_much(self):
        """A payment over the invoice covers the charges: they are matched with it."""
        self.assertFalse(self.interest.is_covered)
        payment = self.make_payment(amount=46.85)
        self.both.invalidate_recordset()
        self.assertTrue(self.interest.is_covered)
        found = self.env["credit.charge"].search([("is_covered", "=", True)])
        self.assertEqual(found & self.both, self.both)
        self.both.action_book()
        self.assertEqual(self.both.booking_id.payment_state, "paid")
        self.assertTrue(
            all(
                line.reconciled
                for line in payment.move_id.line_ids
                if line.account_type == "asset_receivable"
            )
        )

    # ------------------------------------------------------------------
    # Reversing
    # ------------------------------------------------------------------

    def test_reverse_what_is_not_booked(self):
        self.both.action_reverse()
        self.assertEqual(self.both.mapped("state"), ["reversed", "reversed"])
        self.assertFalse(self.both.booking_id)

    def test_reverse_the_whole_document(self):
        self.both.action_book()
        document = self.both.booking_id
        self.both.action_reverse()
        self.assertEqual(self.both.mapped("state"), ["reversed", "reversed"])
        self.assertTrue(self._receivable(document).reconciled)
        self.assertEqual(document.reversal_move_ids.amount_total, 46.85)

    def test_reverse_one_of_two(self):
        for document in ("invoice", "entry"):
            with self.subTest(document=document):
                self.company.credit_charge_document = document
                move = self.make_invoice(overdue=25, amount=1000)
                charges = self.make_charge("interest", 6.85, move)
                charges |= self.make_charge("indemnity", 40, move)
                charges.action_book()
                booked = charges.booking_id
                charges[1].action_reverse()
                self.assertEqual(charges.mapped("state"), ["booked", "reversed"])
                self.assertEqual(self._receivable(booked).amount_residual, 6.85)
                credit = booked.reversal_move_ids
                self.assertEqual(abs(self._receivable(credit).balance), 40)
                self.assertTrue(credit.credit_is_charge)

    def test_reverse_one_of_two_that_say_the_same(self):
        """Two fees: the amount tells which one is credited."""
        january = self.make_charge("fee", 10, move_line_id=False, invoice_id=False)
        february = self.make_charge("fee", 12, move_line_id=False, invoice_id=False)
        (january | february).action_book()
        booked = january.booking_id
        january.action_reverse()
        self.assertEqual(self._receivable(booked).amount_residual, 12)
        self.assertEqual(february.state, "booked")

    def test_reverse_one_of_a_shared_draft(self):
        """The draft is given up, and what is left booked anew."""
        self.company.credit_charge_post = False
        self.both.action_book()
        draft = self.both.booking_id
        self.indemnity.action_reverse()
        self.assertEqual(draft.state, "cancel")
        self.assertEqual(self.indemnity.state, "reversed")
        self.assertEqual(self.interest.state, "booked")
        self.assertEqual(self.interest.booking_id.amount_total, 6.85)

    def test_entry_in_another_currency_balances(self):
        """Five dollars are 4.55 euros at 1.1; ten are 9.09, and not 9.10."""
        self.company.credit_charge_document = "entry"
        self.env["res.currency.rate"].search(
            [
                ("currency_id", "=", self.dollar.id),
                ("company_id", "=", self.company.id),
            ]
        ).rate = 1.1
        moves = self.make_invoice(overdue=25, currency=self.dollar)
        charges = self.make_charge("indemnity", 5, moves)
        charges |= self.make_charge("clause", 5, moves)
        charges.action_book()
        document = charges.booking_id
        self.assertEqual(document.state, "posted")
        self.assertEqual(sum(document.line_ids.mapped("balance")), 0)
        self.assertEqual(self._receivable(document).amount_currency, 10)
        charges[0].action_reverse()
        self.assertEqual(self._receivable(document).amount_residual_currency, 5)

    def test_a_bounce_is_not_lost(self):
        """What cannot be taken out of the books says why; the bounce stands."""
        self.both.action_book()
        self.company.credit_charge_journal_id = False
        with patch.object(
            type(self.both), "_credit_booking", side_effect=UserError("Locked period")
        ):
            self.both._take_back()
        self.assertEqual(self.both.mapped("state"), ["booked", "booked"])
        self.assertEqual(self.interest.booking_error, "Locked period")

    def test_fixed_amounts_once(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.make_charge("indemnity", 40)

    def test_reversed_draft_is_cancelled(self):
        self.company.credit_charge_post = False
        self.both.action_book()
        self.both.action_reverse()
        self.assertEqual(self.both.booking_id.state, "cancel")

    # ------------------------------------------------------------------
    # Scheduled action
    # ------------------------------------------------------------------

    def _run_cron(self):
        with mute_logger("odoo.addons.credit_management.models.credit_charge_booking"):
            self.env.ref("credit_management.ir_cron_book").method_direct_trigger()

    def test_booked_when_claimed(self):
        """Only where the company says so."""
        with self.enter_registry_test_mode():
            self._run_cron()
            self.assertEqual(self.both.mapped("state"), ["claimed", "claimed"])
            self.company.credit_charge_booking = "sent"
            self._run_cron()
            self.assertEqual(self.both.mapped("state"), ["booked", "booked"])
            # Once: the second time finds nothing to do.
            self._run_cron()
            self.assertEqual(len(self.both.booking_id), 1)

    def test_booked_when_paid(self):
        """Once nothing else is owed, the oldest charges first, each of them whole."""
        self.company.credit_charge_booking = "paid"
        first, second = self.both.sorted(lambda charge: (charge.date, charge.id))
        moves = self.both.invoice_id
        self.make_payment(amount=first.amount + 1)
        with self.enter_registry_test_mode():
            self._run_cron()
            # The payment may as well be for the invoice that is still open.
            self.assertEqual(first.state, "claimed")
            self.pay(moves)
            self.assertEqual(set(moves.mapped("payment_state")), {"paid"})
            self._run_cron()
        self.assertEqual((first.state, second.state), ("booked", "claimed"))
        self.assertEqual(first.booking_id.amount_residual, 0)
        self.make_payment(amount=second.amount - 1)
        with self.enter_registry_test_mode():
            self._run_cron()
        self.assertEqual(second.state, "booked")

    def test_booked_when_paid_by_a_bank_statement(self):
        """A line of a statement that was matched without a payment pays as well."""
        self.company.credit_charge_booking = "paid"
        move = self.both.invoice_id
        owed = move.amount_residual + sum(self.both.mapped("amount"))
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": TODAY,
                "payment_ref": "All of it",
                "partner_id": self.debtor.id,
                "amount": owed,
            }
        )
        _bank, suspense, _other = line._seek_for_lines()
        suspense.account_id = self._receivable(move).account_id
        (suspense | self._receivable(move)).reconcile()
        self.assertEqual(move.payment_state, "paid")
        self.assertFalse(suspense.payment_id)
        with self.enter_registry_test_mode():
            self._run_cron()
        self.assertEqual(self.both.mapped("state"), ["booked", "booked"])
        self.assertEqual(self.both.booking_id.amount_residual, 0)
        self.assertTrue(suspense.reconciled)

    def test_other_currency_pays_nothing(self):
        self.company.credit_charge_booking = "paid"
        self.pay(self.both.invoice_id)
        self.make_payment(amount=500, currency=self.dollar)
        with self.enter_registry_test_mode():
            self._run_cron()
        self.assertEqual(set(self.both.mapped("state")), {"claimed"})

    def test_one_that_cannot_be_booked_does_not_hold_the_others(self):
        self.company.write(
            {"credit_charge_booking": "sent", "credit_fee_account_id": False}
        )
        other = self.make_invoice(self.debtor_b, overdue=25)
        fee = self.make_charge("fee", 7.5, other)
        with self.enter_registry_test_mode():
            self._run_cron()
        self.assertEqual(fee.state, "claimed")
        self.assertIn("Reminder fee", fee.booking_error)
        self.assertEqual(self.both.mapped("state"), ["booked", "booked"])

    # ------------------------------------------------------------------
    # What they are called
    # ------------------------------------------------------------------

    def test_called_charges_where_they_are_booked(self):
        """A debit note is told as what it is, with the invoice where it is one."""
        document = self.both._book()
        (invoice,) = self.items(self.move)
        (item,) = self.items(document)
        label = f"Late-payment charges on {self.move.name} ({document.name})"
        both = invoice | item
        self.assertEqual(
            both._credit_names(), {invoice.id: self.move.name, item.id: label}
        )
        document.line_ids.move_id.mapped("credit_is_charge")
        with self.assertQueryCount(1):
            both._credit_names()
        with self.assertQueryCount(0):
            invoice._credit_names()

    def test_called_charges_on_several_invoices(self):
        other = self.make_invoice(overdue=25, amount=1000)
        charges = self.interest | self.make_charge("indemnity", 40, other)
        document = charges._book()
        (item,) = self.items(document)
        label = f"Late-payment charges ({document.name})"
        self.assertEqual(item._credit_names(), {item.id: label})

    def test_called_charges_on_page_and_statement(self):
        document = self.both._book()
        accounts = self.env["credit.account"].sudo()
        account = Account(
            company=self.company.sudo(),
            debtor=self.debtor.sudo(),
            reminder=self.env["credit.reminder"].sudo(),
            contact=self.debtor,
            path="/",
        )
        label = f"Late-payment charges on {self.move.name} ({document.name})"
        page = accounts._page_values(account)
        self.assertIn(label, [row["name"] for row in page["claims"]])
        statement = accounts._statement_values(account)
        self.assertIn(label, [row["name"] for row in statement["rows"]])

    def test_called_charges_in_the_worklist(self):
        document = self.both._book()
        self.env["credit.dispute"].create(
            {
                "move_id": document.id,
                "reason_id": self.env["credit.dispute.reason"].search([], limit=1).id,
            }
        )
        self.env.flush_all()
        tasks = self.env["credit.task"].search([("kind", "=", "dispute")])
        self.assertIn(
            f"{document.name} · late-payment charges", tasks.mapped("name")[0]
        )
