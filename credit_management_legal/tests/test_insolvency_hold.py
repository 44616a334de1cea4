"""Which claims an insolvency stops: of every company, of a business that goes on."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.charges_common import ChargesCommon
from odoo.addons.credit_management.tests.common import NOW, TODAY, days_ago

from .insolvency_common import InsolvencyCommon

LATER = "2026-07-20 12:00:00"


@tagged("post_install", "-at_install")
class TestInsolvencyHold(InsolvencyCommon, ChargesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.theirs = cls.policy.copy({"company_id": cls.other_company.id})

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    def after(self, **values):
        """An invoice from the day after the opening, due ten days later."""
        return self.make_invoice(overdue=-4, issued=date(2026, 6, 11), **values)

    def interest(self, move, day):
        found = self.env["credit.calculation"]._statements(
            self.items(move), day, frozenset({"interest"})
        )
        return found[0].charge("interest")

    def end(self, record, outcome="continued"):
        record.outcome = outcome
        record.action_close()

    # ------------------------------------------------------------------
    # Two companies
    # ------------------------------------------------------------------

    def other_reason(self, move):
        self.env.invalidate_all()
        return move.with_company(self.other_company).credit_block_reason

    def test_noted_by_one_company_it_stops_all(self):
        """What was noted by hand holds whoever makes a record, or takes it back."""
        ours = self.make_invoice(overdue=60)
        theirs = self.make_invoice(overdue=60, company=self.other_company)
        theirs.credit_policy_id = self.theirs
        self.assertNotEqual(self.other_reason(theirs), "insolvency")
        self.debtor.credit_insolvency_date = self.opened
        self.assertEqual(self.other_reason(theirs), "insolvency")
        record = self.declare(procedure="liquidation", date_opened=date(2026, 6, 9))
        self.assertEqual(self.other_reason(theirs), "insolvency")
        self.assertReason(ours, "insolvency")
        self.assertIn("06/09/2026", theirs.credit_block_text)
        record.action_cancel()
        self.assertEqual(self.debtor.credit_insolvency_date, self.opened)
        self.assertEqual(self.other_reason(theirs), "insolvency")
        # Noted by that company alone, it stops the other as well.
        self.debtor.credit_insolvency_date = False
        self.assertReason(ours, False)
        self.declare(company_id=self.other_company.id)
        self.assertReason(ours, "insolvency")

    def test_other_companies_are_told_to_declare(self):
        american = self.make_user("american", "group_manager", self.other_company)
        (self.debtor | self.debtor_b).with_company(
            self.other_company
        ).credit_user_id = american
        self.make_invoice(overdue=60, company=self.other_company)
        kind = self.env.ref("credit_management_legal.activity_insolvency")
        self.declare()
        activity = self.debtor.activity_ids.filtered(
            lambda found: found.activity_type_id == kind
        )
        self.assertEqual(activity.user_id, american)
        self.assertIn("06/10/2026", activity.summary)
        # Nobody is told who has nothing to declare, or has a record.
        self.declare(partner_id=self.debtor_b.id)
        self.assertFalse(self.debtor_b.activity_ids)
        self.make_invoice(self.debtor_b, overdue=60, company=self.other_company)
        self.declare(partner_id=self.debtor_b.id, company_id=False)
        self.assertFalse(self.debtor_b.activity_ids)

    def test_what_was_told_is_corrected(self):
        """The opening moves, and was a mistake: cases and debtors tell it no more."""
        american = self.make_user("american", "group_manager", self.other_company)
        self.debtor.with_company(self.other_company).credit_user_id = american
        self.make_invoice(overdue=60, company=self.other_company)
        case = self.make_case(self.make_invoice(overdue=60, amount=1000))
        kind = self.env.ref("credit_management_legal.activity_insolvency")

        def told(records):
            return records.activity_ids.filtered(
                lambda found: found.activity_type_id == kind
            ).mapped("summary")

        def entries():
            return case.event_ids.filtered(lambda event: event.kind == "status")

        record = self.declare()
        first = entries()
        record.date_opened = date(2026, 6, 5)
        self.assertFalse(first.active)
        self.assertEqual(first.correct_reason, "The day of the opening was corrected.")
        self.assertEqual(entries().date, date(2026, 6, 5))
        for records in (case, self.debtor):
            self.assertEqual(len(told(records)), 1, records)
            self.assertIn("06/05/2026", told(records)[0])
        record.court = "Paris"
        record.goes_on = not record.goes_on
        self.assertEqual(len(entries()), 1)
        record.action_cancel()
        self.assertFalse(entries())
        self.assertFalse(told(case) + told(self.debtor))
        self.assertEqual(len(case.timeline_ids.filtered("insolvency_id")), 2)

    def test_a_mistake_leaves_what_others_tell(self):
        case = self.make_case(self.make_invoice(overdue=60, amount=1000))
        shared = self.declare(company_id=False)
        own = self.declare(date_opened=date(2026, 6, 8))
        self.assertEqual(len(case.event_ids.filtered("insolvency_id")), 2)
        own.action_cancel()
        self.assertEqual(case.event_ids.insolvency_id, shared)

    def test_shared_out_is_told_once(self):
        """One entry and one activity, and nothing left to declare for all."""
        case = self.make_case(self.make_invoice(overdue=60, amount=1000))
        record = self.declare(company_id=False)
        record.action_work_out()
        self.assertEqual(record.activity_ids.summary, "Declare the claim")
        record.action_split()
        own = self.debtor._credit_insolvency(self.company)
        self.assertEqual(own.company_id, self.company)
        [event] = case.event_ids.filtered(lambda found: found.kind == "status")
        self.assertEqual(event.insolvency_id, own)
        self.assertEqual(len(case.activity_ids), 1)
        self.assertFalse(record.activity_ids)
        self.assertEqual(own.activity_ids.summary, "Declare the claim")

    def test_end_for_one_company_is_none_for_the_other(self):
        move = self.make_invoice(overdue=60)
        mine = self.declare()
        theirs = self.declare(company_id=self.other_company.id)
        self.end(theirs, "refused")
        self.assertReason(move, "insolvency")
        self.end(mine, "refused")
        self.assertReason(move, False)
        self.assertFalse(self.debtor.credit_insolvency_date)

    def test_day_of_a_record_stays(self):
        record = self.declare()
        for day in (False, date(2026, 6, 1)):
            with (
                self.assertRaisesRegex(ValidationError, "is on record"),
                self.cr.savepoint(),
            ):
                self.debtor.credit_insolvency_date = day
        record.date_opened = date(2026, 6, 5)
        self.assertEqual(self.debtor.credit_insolvency_date, date(2026, 6, 5))
        # Over and gone: somebody notes another one, and nothing takes it away.
        self.end(record, "refused")
        self.debtor.credit_insolvency_date = date(2026, 6, 16)
        record.outcome = "refused"
        self.assertEqual(self.debtor.credit_insolvency_date, date(2026, 6, 16))

    # ------------------------------------------------------------------
    # The business goes on
    # ------------------------------------------------------------------

    def test_later_claims_are_reminded(self):
        old = self.make_invoice(overdue=60, amount=1000)
        last = self.make_invoice(overdue=-4, issued=self.opened)
        delivered = self.after(delivery_date=date(2026, 6, 8))
        new = self.after()
        record = self.declare()
        self.assertTrue(record.goes_on)
        with freeze_time(LATER):
            for move in (old, last, delivered):
                self.assertReason(move, "insolvency")
            self.assertReason(new, False)
            reminders = self.propose().reminder_ids
            self.assertEqual(reminders.line_ids.move_line_id, self.items(new))
            # It bears nothing while the procedure is open.
            self.assertEqual(self.interest(new, date(2026, 7, 20)), 0)
            # Turned into a liquidation: everything stops.
            record.procedure = "liquidation"
            self.assertFalse(record.goes_on)
            self.assertReason(new, "insolvency")
            self.assertEqual(set(reminders.mapped("state")), {"cancelled"})

    def test_declared_is_what_arose_before(self):
        old = self.make_invoice(overdue=60, amount=1000)
        delivered = self.after(delivery_date=date(2026, 6, 8), amount=70)
        self.after()
        record = self.declare()
        record.action_work_out()
        self.assertEqual(record.line_ids.move_line_id.move_id, old | delivered)

    def test_after_a_plan_what_was_before_stays_stopped(self):
        old = self.make_invoice(overdue=60, amount=1000)
        until_opening = self.interest(old, date(2026, 6, 9))
        self.assertGreater(until_opening, 0)
        record = self.declare(procedure="liquidation")
        self.end(record)
        new = self.after(amount=1000)
        with freeze_time(LATER):
            self.assertReason(old, "insolvency")
            self.assertReason(new, False)
            self.assertEqual(self.debtor.credit_insolvency_date, self.opened)
            self.assertEqual(self.interest(old, date(2026, 7, 20)), until_opening)
            # 29 days of 10 % on 1,000.
            self.assertEqual(self.interest(new, date(2026, 7, 20)), 795)
            # Proposed is what the message will ask for.
            self.policy.step_ids.charge_interest = True
            reminder = self.propose().reminder_ids
            self.assertEqual(reminder.amount_interest, 7.95)
            reminder._refresh_charges()
            self.assertEqual(reminder.amount_interest, 7.95)

    def test_items_stand_where_they_stood(self):
        """A mistake, or a procedure that the court set aside, leaves no trace."""
        first, second, notice = self.policy.step_ids
        move = self.make_invoice(overdue=60, amount=1000)
        self.remind(move, second, day=days_ago(30))
        self.assertReason(move, False)
        for end in ("mistake", "refused", "in a case"):
            with self.subTest(end):
                case = end == "in a case" and self.make_case(move)
                record = self.declare()
                self.assertIn(self.reason(move), ("insolvency", "case"))
                if end == "refused":
                    self.end(record, "refused")
                else:
                    record.action_cancel()
                if case:
                    self.assertReason(move, "case")
                    case.action_withdraw("Comes back")
                self.assertReason(move, False)
                self.assertEqual(
                    (move.credit_step_id, move.credit_next_step_id), (second, notice)
                )
        self.assertEqual(self.propose().reminder_ids.line_ids.step_id, notice)

    def test_agreements_on_later_claims_stay(self):
        old, new = self.make_invoice(overdue=60), self.after()
        promises = self.env["credit.promise"].create(
            [
                {
                    "item_ids": [Command.set(self.items(move).ids)],
                    "date": date(2026, 6, 30),
                }
                for move in (old, new)
            ]
        )
        self.declare()
        self.assertEqual(promises.mapped("state"), ["cancelled", "open"])

    def test_later_claims_are_handed_over(self):
        old, new = self.make_invoice(overdue=60), self.after()
        self.declare()
        agency = self.make_party("Agency")
        with freeze_time(LATER):
            made = {
                move: self.env["credit.handover"]._propose(self.items(move))[0]
                for move in (old, new)
            }
            refused = {
                move: {check.code for check in found.checks if check.level == "refused"}
                for move, found in made.items()
            }
            self.assertIn("insolvency", refused[old])
            self.assertNotIn("insolvency", refused[new])
            case = self.make_case(new, party_id=agency.id)
            self.assertFalse(case.insolvency_day)
            self.assertFalse(case.insolvency_id)

    # ------------------------------------------------------------------
    # Payments
    # ------------------------------------------------------------------

    def test_payments_of_later_claims_are_kept(self):
        old, new = self.make_invoice(overdue=60), self.after()
        record = self.declare()
        self.pay(new, day=date(2026, 6, 16))
        self.assertFalse(record.payment_ids)
        self.pay(old, 30, day=date(2026, 6, 16))
        self.assertEqual(record.payment_ids.mapped("amount_currency"), [-30])
        kind = self.env.ref("credit_management_legal.activity_insolvency_payment")
        activity = record.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        self.assertIn("administrator", activity.summary)
        self.assertIn("30.00", activity.note)
        # Not matched by the night, it may be for an old claim; once matched it is not.
        payment = self.make_payment(amount=100)
        self.look_for_payments()
        self.assertEqual(record.payment_count, 2)
        other = self.after()
        (payment.move_id.line_ids | other.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(record.payment_ids.mapped("amount_currency"), [-30])

    # ------------------------------------------------------------------
    # What was charged since the opening
    # ------------------------------------------------------------------

    def interest_of(self, move):
        """What is claimed of interest on an invoice and not reversed, in cents."""
        charges = self.env["credit.charge"].search(
            [("invoice_id", "=", move.id), ("state", "in", ("claimed", "booked"))]
        )
        return round(100 * sum(charges.mapped("amount")))

    def book_charges(self):
        """The scheduled action, without its commits."""
        commit = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=60.0
        )
        with commit:
            self.env["credit.charge"].sudo()._cron_book()

    def test_charged_interest_is_worked_out_anew_at_once(self):
        """60 days of 10 % on 1,000 are 16.44; 49 of them are before the opening."""
        move = self.make_invoice(overdue=60, amount=1000)
        self.make_charge("interest", 16.44, move, date_from=days_ago(59))
        case = self.make_case(move)
        record = self.declare(date_opened=days_ago(10))
        for days, interest in ((10, 1342), (20, 1068)):
            record.date_opened = days_ago(days)
            self.assertEqual(self.interest_of(move), interest)
            self.assertEqual(self.interest(move, TODAY), interest)
            self.assertEqual(case._claim_at(TODAY)["interest"], interest)
            self.assertIn(f"{interest / 100}", move.message_ids[:1].body)
        # What is claimed is never raised: the rest is claimed with the next message.
        record.action_cancel()
        self.assertEqual(self.interest_of(move), 1068)
        self.assertEqual(self.interest(move, TODAY), 1644)

    def test_booked_interest_is_left_to_the_job(self):
        self.company.credit_charge_post = True
        self.company.credit_interest_account_id = self.company_data[
            "default_account_revenue"
        ]
        move = self.make_invoice(overdue=60, amount=1000)
        charge = self.make_charge("interest", 16.44, move, date_from=days_ago(59))
        charge.action_book()
        self.declare(date_opened=days_ago(10))
        self.assertEqual((charge.state, charge.to_correct), ("booked", True))
        self.book_charges()
        self.assertEqual(charge.state, "reversed")
        self.assertEqual(charge.booking_id.amount_residual, 0)
        self.assertEqual(self.interest_of(move), 1342)

    def test_what_another_company_charged_is_worked_out_anew(self):
        """The opening is a fact about the debtor: 49 of 60 days of 5 %."""
        self.debtor.write(
            {
                "country_id": self.env.ref("base.us").id,
                "credit_kind": "business",
                "credit_kind_proof": "Extract of the register",
            }
        )
        move = self.make_invoice(company=self.other_company, overdue=60, amount=1000)
        charge = self.make_charge("interest", 8.22, move, date_from=days_ago(59))
        self.assertEqual(charge.currency_id, self.dollar)
        self.declare(date_opened=days_ago(10))
        self.assertEqual(self.interest_of(move), 671)

    def test_later_opening_stops_later_claims(self):
        """The debtor's day is that of the first one: the second is looked at too."""
        self.end(self.declare())
        move = self.after(amount=1000)
        with freeze_time(LATER):
            self.make_charge(
                "interest", 8, move, date=date(2026, 7, 20), date_to=date(2026, 7, 20)
            )
            self.declare(date_opened=date(2026, 7, 10))
            self.assertEqual(self.debtor.credit_insolvency_date, self.opened)
            self.assertEqual(
                self.interest_of(move), self.interest(move, date(2026, 7, 20))
            )
