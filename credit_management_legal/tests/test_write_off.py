"""Write-offs: proposed, approved by somebody else, booked, reversed."""

from odoo.exceptions import (
    AccessError,
    RedirectWarning,
    UserError,
    ValidationError,
)
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW, TODAY

from .common import CaseCommon


@tagged("post_install", "-at_install")
class TestWriteOff(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.make_user("off_collector", "group_collector")
        cls.manager = cls.make_user("off_manager", "group_manager")
        cls.second_manager = cls.make_user("off_manager_2", "group_manager")
        accounts = cls.env["account.account"]
        cls.bad_debts = accounts.create(
            {"name": "Bad debts", "code": "654001", "account_type": "expense"}
        )
        cls.waiting = accounts.create(
            {"name": "VAT to ask", "code": "445801", "account_type": "asset_current"}
        )
        cls.company.write(
            {
                "credit_write_off_account_id": cls.bad_debts.id,
                "credit_write_off_vat_account_id": cls.waiting.id,
                "credit_write_off_limit": 100,
            }
        )
        cls.tax = cls.company_data["default_tax_sale"]
        cls.tax.write({"amount": 20, "price_include_override": "tax_excluded"})
        cls.agency = cls.make_party("Agency")

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    def taxed(self, amount=1000.0, **values):
        return self.make_invoice(
            overdue=60,
            invoice_line_ids=[
                Command.create(
                    {
                        "name": "Work",
                        "quantity": 1,
                        "price_unit": amount,
                        "tax_ids": [Command.set(self.tax.ids)],
                    }
                )
            ],
            **values,
        )

    def write_off(self, moves, amount=None, user=None, **values):
        items = self.items(moves)
        return (
            self.env["credit.write.off"]
            .with_user(user or self.collector)
            .create(
                {
                    "company_id": moves.company_id.id,
                    "partner_id": moves.commercial_partner_id.id,
                    "currency_id": moves.currency_id.id,
                    "reason": "Nothing to seize",
                    "line_ids": [
                        Command.create(
                            {"move_line_id": item.id}
                            if amount is None
                            else {"move_line_id": item.id, "amount": amount}
                        )
                        for item in items
                    ],
                    **values,
                }
            )
        )

    def booked(self, record):
        """{account: balance in company currency} of the entries."""
        found = {}
        for line in record.sudo().move_ids.line_ids:
            found[line.account_id] = found.get(line.account_id, 0) + line.balance
        return found

    # ------------------------------------------------------------------
    # Approval
    # ------------------------------------------------------------------

    def test_number_is_drawn_when_saved(self):
        """A form that is opened and left again takes none."""
        for name in ("credit.write.off", "credit.remittance"):
            [sequence] = self.env["ir.sequence"].search([("code", "=", name)])
            before = sequence.number_next_actual
            given = self.env[name].default_get(["name"])
            self.assertEqual(given, {"name": "New"})
            sequence.invalidate_recordset()
            self.assertEqual(sequence.number_next_actual, before)

    def test_small_is_booked_at_once(self):
        move = self.make_invoice(overdue=60, amount=100)
        record = self.write_off(move)
        record.action_propose()
        self.assertEqual(record.state, "booked")
        self.assertEqual(record.approved_by_id, self.collector)
        self.assertEqual(move.payment_state, "paid")
        self.assertEqual(self.booked(record)[self.bad_debts], 100)
        self.assertIn("Nothing to seize", move.message_ids[0].body)

    def test_by_the_system_user(self):
        """A write-off has no collector: what it tells is in the company's language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.partner_id.lang = "fr_FR"
        move = self.make_invoice(overdue=60, amount=100)
        record = self.write_off(move, user=self.env.ref("base.user_root"))
        record.action_propose()
        self.assertEqual(record.state, "booked")
        self.assertEqual(record._in_house().env.lang, "fr_FR")
        record._reverse()
        self.assertEqual(record.state, "reversed")
        self.assertFalse(self.items(move).reconciled)

    def test_four_eyes(self):
        move = self.make_invoice(overdue=60, amount=100.01)
        record = self.write_off(move)
        record.action_propose()
        self.assertEqual(
            (record.state, record.proposed_by_id), ("proposed", self.collector)
        )
        self.assertTrue(record.activity_ids)
        with self.assertRaises(AccessError):
            record.action_approve()
        record.with_user(self.manager).action_approve()
        self.assertEqual(record.approved_by_id, self.manager)
        self.assertFalse(record.activity_ids)
        self.assertTrue(self.items(move).reconciled)
        own = self.write_off(
            self.make_invoice(overdue=60, amount=500), user=self.manager
        )
        own.action_propose()
        with self.assertRaisesRegex(AccessError, "somebody else"):
            own.action_approve()
        own.with_user(self.second_manager).action_approve()
        self.assertEqual(own.state, "booked")

    def test_no_way_around(self):
        move = self.make_invoice(overdue=60, amount=500)
        record = self.write_off(move)
        for values in (
            {"state": "booked"},
            {"proposed_by_id": self.manager.id},
            {"approved_by_id": self.manager.id},
        ):
            with self.assertRaises(AccessError):
                record.write(values)
        with self.assertRaises(AccessError):
            self.write_off(move, state="proposed")
        record.action_propose()
        with self.assertRaisesRegex(UserError, "as it is"):
            record.reason = "Other"
        with self.assertRaisesRegex(UserError, "take it back"):
            record.line_ids.amount = 1
        with self.assertRaisesRegex(ValidationError, "on record"):
            record.unlink()
        record.action_take_back()
        record.line_ids.amount = 50
        record.action_propose()
        self.assertEqual(record.state, "booked")

    def test_refused(self):
        record = self.write_off(self.make_invoice(overdue=60, amount=500))
        record.attachment_ids = record.env["ir.attachment"].create(
            {"name": "letter.pdf", "raw": b"Nothing to seize"}
        )
        record.action_propose()
        with self.assertRaises(AccessError):
            record.action_refuse()
        manager = record.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Why refused"):
            manager.action_refuse()
        manager.refuse_reason = "Try the bailiff"
        manager.action_refuse()
        self.assertEqual(record.state, "refused")
        with self.assertRaisesRegex(ValidationError, "on record"):
            record.unlink()
        # What it was decided on stays as well.
        self.assertEqual(record._credit_proving(), record)
        with self.assertRaises(UserError):
            record.attachment_ids.unlink()

    def test_amounts_are_looked_at_again(self):
        move = self.make_invoice(overdue=60, amount=500)
        record = self.write_off(move, 501)
        with self.assertRaisesRegex(UserError, move.name):
            record.action_propose()
        record.line_ids.amount = 500
        record.action_propose()
        self.pay(move, 100)
        with self.assertRaisesRegex(UserError, "400"):
            record.with_user(self.manager).action_approve()
        self.assertEqual(record.state, "proposed")
        self.assertFalse(record.sudo().move_ids)

    def test_settings_are_missing(self):
        self.company.credit_write_off_account_id = False
        record = self.write_off(self.make_invoice(overdue=60, amount=50))
        with self.assertRaisesRegex(RedirectWarning, "Bad debts"):
            record.action_propose()

    # ------------------------------------------------------------------
    # In the books
    # ------------------------------------------------------------------

    def test_part_of_it(self):
        move = self.taxed()
        record = self.write_off(move, 60)
        record.action_propose()
        self.assertEqual(self.items(move).amount_residual, 1140)
        self.assertEqual(self.booked(record)[self.bad_debts], 60)

    def test_tax_later(self):
        move = self.taxed()
        record = self.write_off(move, 60, vat="conditions")
        record.action_propose()
        booked = self.booked(record)
        self.assertEqual((booked[self.bad_debts], booked[self.waiting]), (50, 10))

    def test_tax_now_is_a_credit_note(self):
        move = self.taxed()
        record = self.write_off(move, 60, vat="now")
        record.action_propose()
        note = record.sudo().move_ids
        self.assertEqual((note.move_type, note.amount_total), ("out_refund", 60))
        self.assertEqual((note.amount_untaxed, note.amount_tax), (50, 10))
        self.assertIn("Bad debt", note.ref)
        self.assertEqual(self.booked(record)[self.bad_debts], 50)
        self.assertEqual(self.items(move).amount_residual, 1140)

    def test_tax_now_without_what_was_credited(self):
        """A credit note that is not matched yet is no bad debt, nor is its tax."""
        self.company.write(
            {"credit_write_off_vat": "now", "credit_write_off_limit": 10000}
        )
        move = self.taxed()
        credit = self.taxed(250, move_type="out_refund")
        case = self.make_case(move, party_id=self.agency.id)
        action = case.with_user(self.collector).action_write_off()
        made = self.env["credit.write.off"].with_context(**action["context"])
        made = made.create({"reason": "Nothing to seize"})
        text = made.not_lost_text.replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn(str(round(credit.amount_total)), text)
        made.action_propose()
        self.assertEqual(made.move_ids.amount_tax, move.amount_tax - credit.amount_tax)
        self.assertEqual(made.amount_total, 900)

    def test_tax_now_to_the_last_cent(self):
        move = self.taxed(33.33)
        record = self.write_off(move, 0.1, vat="now")
        record.action_propose()
        self.assertEqual(record.sudo().move_ids.amount_total, 0.1)
        rest = self.write_off(move, vat="now")
        rest.action_propose()
        self.assertTrue(self.items(move).reconciled)

    def test_one_instalment(self):
        move = self.make_instalments(60, 30)
        first, second = self.items(move)
        record = self.write_off(move, vat="now")
        record.line_ids.filtered(lambda line: line.move_line_id == first).unlink()
        record.action_propose()
        self.assertFalse(first.reconciled)
        self.assertTrue(second.reconciled)
        self.assertEqual(first.amount_residual, 50)

    def test_other_currency(self):
        """At the rate of the item: no exchange difference comes of it."""
        move = self.make_invoice(overdue=60, amount=150, currency=self.dollar)
        self.env["res.currency.rate"].create(
            {
                "name": TODAY,
                "rate": 4.0,
                "currency_id": self.dollar.id,
                "company_id": self.company.id,
            }
        )
        record = self.write_off(move)
        record.action_propose()
        self.assertTrue(self.items(move).reconciled)
        self.assertEqual(self.booked(record)[self.bad_debts], 75)
        self.assertFalse(self.items(move).matched_credit_ids.exchange_move_id)
        self.assertEqual(record.amount_company, 37.5)

    def test_reversed(self):
        for vat in ("none", "now"):
            move = self.taxed(50)
            record = self.write_off(move, vat=vat)
            record.action_propose()
            self.assertTrue(self.items(move).reconciled)
            with self.assertRaises(AccessError):
                record.action_reverse()
            record.with_user(self.manager).action_reverse()
            self.assertEqual(record.state, "reversed")
            self.assertEqual(self.items(move).amount_residual, 60)
            self.assertEqual(self.booked(record)[self.bad_debts], 0)

    # ------------------------------------------------------------------
    # Cases, companies, opening
    # ------------------------------------------------------------------

    def test_case_ends_and_comes_back(self):
        move = self.make_invoice(overdue=60, amount=90)
        case = self.make_case(move, mandate_id=self.make_mandate().id)
        action = case.with_user(self.collector).action_write_off()
        form = Form(
            self.env["credit.write.off"]
            .with_user(self.collector)
            .with_context(**action["context"])
        )
        form.reason = "Certificate of the bailiff"
        record = form.save()
        self.assertEqual((record.case_id, record.amount_total), (case, 90))
        record.action_propose()
        self.assertEqual((case.state, case.date_closed), ("closed", TODAY))
        self.assertIn(record.name, case.end_reason)
        event = case.event_ids.filtered(lambda e: e.kind == "other")
        self.assertEqual(event.amount, 90)
        # What is given up was not collected: no success fee.
        self.assertEqual((case.amount_collected, case.amount_fee), (0, 0))
        record.with_user(self.manager).action_reverse()
        self.assertEqual(case.state, "open")
        self.assertReason(move, "case")

    def test_part_leaves_the_case_open(self):
        move = self.make_invoice(overdue=60, amount=90)
        case = self.make_case(move, party_id=self.agency.id)
        self.write_off(move, 40, case_id=case.id).action_propose()
        self.assertEqual((case.state, case.amount_residual), ("open", 50))

    def test_one_debtor_and_company(self):
        move = self.make_invoice(overdue=60)
        other = self.make_invoice(self.debtor_b, overdue=60)
        with self.assertRaisesRegex(UserError, "one debtor"):
            self.items(move | other).action_credit_write_off()
        with self.assertRaisesRegex(ValidationError, "Items"):
            self.write_off(
                move, line_ids=[Command.create({"move_line_id": self.items(other).id})]
            )
        self.pay(move)
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            move.action_credit_write_off()
        theirs = self.env["credit.write.off"].create(
            {
                "company_id": self.other_company.id,
                "partner_id": self.debtor.id,
                "currency_id": self.dollar.id,
                "reason": "Theirs",
            }
        )
        seen = self.env["credit.write.off"].with_user(self.collector).search([])
        self.assertNotIn(theirs, seen)
