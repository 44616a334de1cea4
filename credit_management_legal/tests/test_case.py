"""Cases: what they stop, what comes back, who may open them."""

import base64
import io
from contextlib import contextmanager
from datetime import timedelta

from openpyxl import load_workbook
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.credit_management.models.credit_account import Account
from odoo.addons.credit_management.tests.charges_common import ChargesCommon
from odoo.addons.credit_management.tests.common import (
    NOW,
    REMINDER_1,
    TODAY,
    days_ago,
)

from .common import CaseCommon


@tagged("post_install", "-at_install")
class TestCase(CaseCommon, ChargesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.first, cls.second, cls.notice = cls.policy.step_ids
        cls.move = cls.make_invoice(overdue=100, amount=1000)

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    # ------------------------------------------------------------------
    # What a case stops
    # ------------------------------------------------------------------

    def test_opened_items_are_not_reminded(self):
        self.remind(self.move, self.first, day=days_ago(60))
        other = self.make_invoice(overdue=60)
        self.assertTrue(self.move.credit_is_due)
        case = self.make_case(self.move)
        self.assertRegex(case.name, r"^CASE/2026/\d{5}$")
        self.assertEqual((case.state, case.date_opened), ("open", TODAY))
        self.assertEqual(case.line_ids.step_id, self.first)
        self.assertEqual((case.amount_opening, case.amount_residual), (1000, 1000))
        self.assertReason(self.move, "case")
        self.assertReason(other, False)
        run = self.propose()
        self.assertEqual(run.reminder_ids.line_ids.move_id, other)

    def test_a_proposal_shows_its_checks_at_once(self):
        """Nobody has to ask for them; they are kept once it is opened."""
        case = self.make_case(self.move, opened=False)
        self.assertFalse(case.checks)
        self.assertNotIn("Not looked at yet", case.checks_html)
        self.assertIn("<tr", case.checks_html)
        case.action_open()
        self.assertTrue(case.checks)

    def test_checks_say_of_which_day_they_are(self):
        """Those of the opening stay; looked at again, others stand above them."""
        case = self.make_case(self.move, opened=False)
        case.action_open()
        kept = case.checks
        self.assertEqual(case.date_checked, TODAY)
        self.assertIn("As of 06/17/2026", case.checks_html)
        with freeze_time(f"{TODAY + timedelta(days=9)} 12:00:00"):
            case.action_check()
        self.assertEqual(case.checks, kept)
        again = {row["code"]: row for row in case.checks_again}
        # That the case has the items is nothing against it.
        self.assertEqual(again["claim"]["level"], "ok")
        page = case.checks_html
        self.assertLess(page.index("06/26/2026"), page.index("06/17/2026"))

    def test_collectors_check_open_cases_again(self):
        """What is found is kept by the system; viewers only read it."""
        case = self.make_case(self.move)
        collector = self.make_user("collector_again", "group_collector")
        self.assertFalse(case.with_user(collector).has_access("write"))
        case.with_user(collector).action_check()
        self.assertEqual(case.date_checked_again, TODAY)
        viewer = self.make_user("viewer_again", "group_viewer")
        with self.assertRaises(AccessError):
            case.with_user(viewer).action_check()

    def test_checks_tell_the_limitation_of_today(self):
        case = self.make_case(self.move)
        case.checks = [
            {"code": "limitation", "level": "ok", "detail": "", "day": "2028-02-13"}
        ]
        case.limitation_date = "2027-02-13"
        self.assertIn("Until 02/13/2028", case.checks_html)
        self.assertIn("Today: until 02/13/2027", case.checks_html)

    def test_one_word_for_one_gender(self):
        """French has “proposé” and “proposée”, “ouvert” and “ouverte”."""
        state = dict(self.env["credit.case"]._fields["state"].selection)
        runs = dict(self.env["credit.run"]._fields["state"].selection)
        self.assertNotEqual(state["draft"], runs["proposed"])
        self.assertNotEqual(
            self.env["credit.case"]._fields["date_opened"].string,
            self.env["credit.insolvency"]._fields["date_opened"].string,
        )

    def test_whatever_the_policy(self):
        case = self.make_case(self.move)
        self.move.credit_policy_id = self.make_policy(
            {**REMINDER_1, "legally_required": True}
        )
        self.assertReason(self.move, "case")
        self.assertFalse(self.propose().reminder_ids)
        case.action_close("Over")
        self.assertReason(self.move, False)

    def test_a_proposal_stops_reminders_until_it_is_decided(self):
        case = self.make_case(self.move, opened=False)
        self.assertEqual(case.state, "draft")
        self.assertReason(self.move, "proposed")
        self.assertFalse(self.propose().reminder_ids)
        # It does not speak against its own opening, only against another proposal.
        claim = {row["code"]: row for row in self.checked(case)}["claim"]
        self.assertEqual(claim["level"], "ok")
        handover = self.env["credit.handover"]
        [again] = handover._propose(self.items(self.move))
        [refused] = [row for row in handover._final_rows(again)]
        self.assertIn("Hand-off waits for a decision", refused["text"])
        case.unlink()
        self.assertReason(self.move, False)
        self.assertIn("reminders go on", self.move.message_ids[:1].body)

    def test_an_open_case_with_an_older_proposal(self):
        """What is open counts: the proposal of the same items stops nothing more."""
        proposed = self.make_case(self.move, opened=False)
        case = self.make_case(self.move)
        self.assertReason(self.move, "case")
        condition = self.env["credit.engine"]._proposed_sql(self.company)
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM account_move_line aml WHERE id IN %s AND %s",
                tuple(self.items(self.move).ids),
                condition,
            )
        )
        self.assertFalse(rows, "its track goes on")
        case.action_close("Over")
        self.assertReason(self.move, "proposed")
        proposed.unlink()
        self.assertReason(self.move, False)

    def checked(self, case):
        """The answers to the checks of a proposed case."""
        handover = self.env["credit.handover"]
        [made] = handover._propose_cases(case)
        return handover._as_json(made)

    def test_shown_as_reason_in_filters(self):
        other = self.make_invoice(overdue=60)
        self.make_case(self.move)
        lines = self.env["account.move.line"].search(
            [("credit_block_reason", "=", "case")]
        )
        self.assertEqual(lines, self.items(self.move))
        self.assertNotIn(
            other,
            self.env["account.move"].search([("credit_block_reason", "=", "case")]),
        )
        self.assertEqual(self.move.credit_case_count, 1)

    def test_what_waited_leaves_its_reminder(self):
        """A call or a letter that waits for a person is taken back at once."""
        other = self.make_invoice(overdue=60)
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.line_ids.move_id, self.move | other)
        self.make_case(self.move)
        self.assertEqual(reminder.line_ids.move_id, other)
        self.make_case(other)
        self.assertEqual(reminder.state, "cancelled")

    def test_debtor_reads_it(self):
        account_model = self.env["credit.account"].sudo()
        account = Account(
            company=self.company,
            debtor=self.debtor,
            reminder=self.env["credit.reminder"],
            contact=self.debtor,
            path="/",
        )
        items = self.items(self.move)

        def first_row():
            present = account_model._present(account, items)
            return account_model._item_rows(account, items, present)[0]

        self.assertEqual(first_row()["statuses"], [])
        self.make_case(self.move)
        row = first_row()
        self.assertEqual(row["statuses"], [("case", "Handed over for collection")])
        # Whoever owes may still pay the creditor.
        self.assertTrue(row["payable"])
        with self.assertRaisesRegex(UserError, "handed over"):
            account_model._check_not_busy(account, items)

    # ------------------------------------------------------------------
    # What comes back
    # ------------------------------------------------------------------

    def test_withdrawn_items_come_back_where_they_stood(self):
        self.remind(self.move, self.first, day=days_ago(60))
        case = self.make_case(self.move)
        case.action_withdraw("Comes back")
        self.assertEqual((case.state, case.date_closed), ("withdrawn", TODAY))
        self.assertReason(self.move, False)
        self.assertEqual(self.move.credit_step_id, self.first)
        self.assertEqual(self.move.credit_next_step_id, self.second)
        line = self.propose().reminder_ids.line_ids
        self.assertEqual((line.move_id, line.step_id), (self.move, self.second))

    def test_single_item_withdrawn(self):
        other = self.make_invoice(overdue=60, amount=50)
        case = self.make_case(self.move | other)
        line = case.line_ids.filtered(lambda one: one.move_id == other)
        line.action_withdraw("Comes back")
        self.assertReason(other, False)
        self.assertReason(self.move, "case")
        self.assertEqual((case.state, case.amount_residual), ("open", 1000))
        self.assertEqual(case.amount_opening, 1050)
        (case.line_ids - line).action_withdraw("Comes back")
        self.assertEqual(case.state, "withdrawn")

    def test_withdrawn_items_may_be_handed_over_again(self):
        self.make_case(self.move).action_withdraw("Comes back")
        again = self.make_case(self.move)
        self.assertEqual(again.state, "open")

    def test_paid_and_paid_back(self):
        case = self.make_case(self.move)
        self.pay(self.move, 400)
        self.assertEqual((case.state, case.amount_residual), ("open", 600))
        payment = self.pay(self.move)
        self.assertEqual((case.state, case.date_closed), ("paid", TODAY))
        self.assertEqual(case.amount_opening, 1000)
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertEqual((case.state, case.date_closed), ("open", False))
        self.assertReason(self.move, "case")

    def test_a_part_paid_without_a_journal_entry(self):
        self.without_journal_entries()
        case = self.make_case(self.move)
        self.pay(self.move, 400)
        self.assertEqual((self.move.payment_state, case.state), ("in_payment", "open"))
        self.pay(self.move, 600)
        self.assertEqual(case.state, "paid")

    def test_corrected_invoice_stays_in_the_case(self):
        case = self.make_case(self.move)
        self.move.button_draft()
        self.move.invoice_line_ids.price_unit = 700
        self.move.action_post()
        self.assertEqual(case.line_ids.move_line_id, self.items(self.move))
        self.assertEqual(case.amount_residual, 700)
        self.assertReason(self.move, "case")

    # ------------------------------------------------------------------
    # What may be in a case
    # ------------------------------------------------------------------

    def test_one_open_case_at_a_time(self):
        self.make_case(self.move)
        second = self.make_case(self.move, opened=False)
        with self.assertRaisesRegex(UserError, "already"):
            second.action_open()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.cr.savepoint():
                second.sudo().state = "open"
                self.env.flush_all()

    def test_items_of_one_debtor_company_and_currency(self):
        foreign = self.make_invoice(currency=self.dollar)
        elsewhere = self.make_invoice(company=self.other_company)
        neighbour = self.make_invoice(self.debtor_b)
        refund = self.make_credit_note()
        case = self.make_case(self.move, opened=False)
        for move in (foreign, elsewhere, neighbour, refund):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                case.line_ids = [Command.create({"move_line_id": self.items(move).id})]

    def test_nothing_to_hand_over(self):
        case = self.env["credit.case"].create({"partner_id": self.debtor.id})
        with self.assertRaisesRegex(UserError, "no items"):
            case.action_open()

    def test_opened_cases_stay_on_record(self):
        case = self.make_case(self.move)
        for records in (case, case.line_ids):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                records.unlink()
        with self.assertRaisesRegex(ValidationError, "stays on record"):
            case.with_user(self.make_user("again", "group_collector")).state = "draft"
        self.make_case(self.make_invoice(), opened=False).unlink()

    def test_notes_of_opened_cases_stay(self):
        user = self.make_user("tidy", "group_collector")
        case = self.make_case(self.move)
        note = case.sudo()._message_log(body="Handed over")
        with self.assertRaisesRegex(UserError, "it stays as it is"):
            note.with_user(user).body = "Never handed over"
        draft = self.make_case(self.make_invoice(), opened=False)
        draft.sudo()._message_log(body="Proposed").with_user(user).unlink()

    def test_two_companies_and_currencies(self):
        """Each company's items are stopped by its own cases."""
        dollars = self.make_invoice(company=self.other_company, overdue=60)
        euros = self.make_invoice(
            company=self.other_company, currency=self.euro, overdue=60
        )
        self.make_policy(company_id=self.other_company.id)
        case = self.make_case(dollars)
        self.assertEqual(case.currency_id, self.dollar)
        self.assertReason(dollars, "case")
        self.assertReason(euros, False)
        self.assertReason(self.move, False)

    # ------------------------------------------------------------------
    # The claim
    # ------------------------------------------------------------------

    def test_claim_at_a_date(self):
        """By the same wizard as everywhere: screen, print and workbook."""
        other = self.make_invoice(overdue=50, amount=500)
        case = self.make_case(self.move | other)
        # Neither in the case, nor any more in it: not claimed.
        self.make_invoice(overdue=30, amount=77)
        gone = case.line_ids.filtered(lambda line: line.move_id == other)
        action = case.action_claim()
        claim = self.env["credit.claim"].browse(action["res_id"])
        self.assertEqual(claim.item_ids, self.items(self.move | other))
        (made,) = claim._statements()
        # 100 days of 10 % on 1,000, 50 days on 500; 40 euros each.
        self.assertEqual(made.charge("interest"), 2740 + 685)
        self.assertEqual(made.total, 150_000 + 2740 + 685 + 8000)
        with Form(claim) as form:
            form.date = days_ago(50)
            self.assertIn("1,053.70", form.claim_html.replace("\xa0", " "))
        self.assertEqual(claim.action_print()["type"], "ir.actions.report")
        claim.action_export()
        book = load_workbook(io.BytesIO(base64.b64decode(claim.workbook)))
        self.assertTrue(book.worksheets)
        gone.action_withdraw("Comes back")
        claim = self.env["credit.claim"].browse(case.action_claim()["res_id"])
        self.assertEqual(claim.item_ids, self.items(self.move))

    def test_claim_is_offered_to_who_reads_items(self):
        for group, offered in (("group_viewer", False), ("group_collector", True)):
            user = self.make_user(f"claim_{group}", group)
            arch = self.env["credit.case"].with_user(user).get_view()["arch"]
            self.assertEqual('name="action_claim"' in arch, offered, group)

    def test_claim_of_a_paid_case(self):
        """What was owed can be reckoned when nothing is open any more."""
        case = self.make_case(self.move)
        self.pay(self.move)
        action = case.action_claim()
        claim = self.env["credit.claim"].browse(action["res_id"])
        claim.date = days_ago(1)
        (made,) = claim._statements()
        self.assertEqual(made.residual, 100_000)

    @contextmanager
    def refused_kind(self):
        refused = self.assertRaisesRegex(ValidationError, "another kind of cases")
        with refused, self.env.cr.savepoint():
            yield

    def test_the_mandate_is_of_the_kind_of_the_case(self):
        agency = self.make_party("Agency")
        mandate = self.make_mandate(agency)
        court = self.make_mandate(agency, kind="judicial", name="Court")
        case = self.make_case(self.move, mandate_id=mandate.id)
        for values in ({"mandate_id": court.id}, {"kind": "judicial"}):
            with self.refused_kind():
                case.write(values)
        case.write({"kind": "judicial", "mandate_id": court.id})
        with self.refused_kind():
            case.kind = "amicable"
        case.write({"kind": "amicable", "mandate_id": False})

    # ------------------------------------------------------------------
    # Who may what
    # ------------------------------------------------------------------

    def test_collector_proposes_manager_opens(self):
        collector = self.make_user("collector", "group_collector")
        manager = self.make_user("manager", "group_manager")
        case = self.make_case(self.move.with_user(collector), opened=False)
        case = case.with_user(collector)
        case.kind = "judicial"
        with self.assertRaises(AccessError):
            case.action_open()
        case.with_user(manager).action_open()
        with self.assertRaises(AccessError):
            case.kind = "amicable"
        with self.assertRaises(AccessError):
            case.action_withdraw("Comes back")
        with self.assertRaises(AccessError):
            case.line_ids.action_withdraw("Comes back")
        # Whoever reads it may say something.
        case.message_post(body="The debtor called.")
        case.with_user(manager).action_withdraw("Came back to us")
        self.assertEqual(case.state, "withdrawn")

    def test_viewer_reads(self):
        case = self.make_case(self.move)
        viewer = self.make_user("viewer", "group_viewer")
        seen = case.with_user(viewer)
        self.assertEqual((seen.name, seen.amount_residual), (case.name, 1000))
        with self.assertRaises(AccessError):
            seen.kind = "judicial"
        with self.assertRaises(AccessError):
            self.env["credit.case"].with_user(viewer).create(
                {"partner_id": self.debtor.id}
            )

    def test_viewer_opens_the_form(self):
        """Whoever reads cases and no invoices reads all that the form shows."""
        case = self.make_case(self.move)
        files = self.env["ir.attachment"].create(
            [
                {"name": "order.pdf", "raw": b"%PDF", "res_model": model, "res_id": id_}
                for model, id_ in (
                    ("account.move", self.move.id),
                    ("credit.case", case.id),
                )
            ]
        )
        self.assertEqual(case.document_count, 2)
        cases = self.env["credit.case"].with_user(
            self.make_user("viewer", "group_viewer")
        )
        shown = list(cases.get_view(view_type="form")["models"]["credit.case"])
        self.env.invalidate_all()
        [values] = cases.browse(case.id).read(shown)
        self.assertEqual(values["document_count"], 1)
        domain = cases.browse(case.id).action_view_documents()["domain"]
        seen = self.env["ir.attachment"].with_user(cases.env.user).search(domain)
        self.assertEqual(seen.sudo(), files[1])

    def test_other_companies_see_nothing(self):
        case = self.make_case(self.move)
        neighbour = self.make_user("neighbour", "group_manager", self.other_company)
        cases = self.env["credit.case"].with_user(neighbour)
        self.assertFalse(cases.search(Domain("id", "=", case.id)))
        with self.assertRaises(AccessError):
            case.with_user(neighbour).read(["name"])
        with self.assertRaises(AccessError):
            case.line_ids.with_user(neighbour).read(["name"])
