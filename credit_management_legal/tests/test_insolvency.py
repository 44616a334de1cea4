"""Insolvencies: what stops, what is declared, who is told. And two stories."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests.charges_common import ChargesCommon
from odoo.addons.credit_management.tests.common import NOW, TODAY, days_ago

from ..models.credit_insolvency_payment import _logger as payments_logger
from .insolvency_common import InsolvencyCommon

PAYMENTS_LOG = payments_logger.name


@tagged("post_install", "-at_install")
class TestInsolvency(InsolvencyCommon, ChargesCommon):
    procedure = "liquidation"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.first, cls.second, cls.notice = cls.policy.step_ids
        cls.agency = cls.make_party("Agency")
        cls.collector = cls.make_user("insolvency_collector", "group_collector")
        cls.manager = cls.make_user("insolvency_manager", "group_manager")
        cls.insolvencies = cls.env["credit.insolvency"]

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    # ------------------------------------------------------------------
    # What stops
    # ------------------------------------------------------------------

    def test_nothing_is_reminded(self):
        move = self.make_invoice(overdue=60)
        other = self.make_invoice(self.debtor_b, overdue=60)
        record = self.declare()
        self.assertReason(move, "insolvency")
        self.assertReason(other, False)
        self.assertIn("06/10/2026", move.credit_block_text)
        self.assertEqual(self.propose().reminder_ids.partner_id, self.debtor_b)
        self.assertEqual(self.debtor.credit_insolvency_date, self.opened)
        self.assertEqual(self.debtor._credit_insolvency(self.company), record)
        self.assertFalse(self.debtor._credit_insolvency(self.other_company))

    def test_day_alone_stops_too(self):
        move = self.make_invoice(overdue=60)
        self.debtor.credit_insolvency_date = self.opened
        self.assertReason(move, "insolvency")

    def test_by_mistake_and_ended(self):
        move = self.make_invoice(overdue=60)
        record = self.declare()
        with self.assertRaises(UserError):
            record.with_user(self.collector).action_cancel()
        record.with_user(self.manager).action_cancel()
        self.assertReason(move, False)
        self.assertFalse(self.debtor.credit_insolvency_date)
        record = self.declare()
        with self.assertRaisesRegex(UserError, "Outcome"):
            record.action_close()
        record.outcome = "dissolved"
        record.action_close()
        self.assertReason(move, "insolvency")
        self.assertEqual(self.debtor.credit_insolvency_date, self.opened)
        record = self.declare(outcome="continued")
        record.action_close()
        self.assertEqual(self.debtor.credit_insolvency_date, self.opened)

    def test_promises_and_plans_end(self):
        promised = self.make_invoice(overdue=60)
        planned = self.make_invoice(overdue=60)
        promise = self.env["credit.promise"].create(
            {
                "item_ids": [Command.set(self.items(promised).ids)],
                "date": date(2026, 6, 30),
            }
        )
        plan = self.env["credit.plan"].create(
            {"item_ids": [Command.set(self.items(planned).ids)]}
        )
        plan.action_accept()
        record = self.declare()
        self.assertEqual((promise.state, plan.state), ("cancelled", "cancelled"))
        self.assertReason(planned, "insolvency")
        self.assertIn(plan.name, record.message_ids.mapped("body")[0])

    def test_what_waited_is_dropped(self):
        self.make_invoice(overdue=60)
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.state, "to_approve")
        self.declare()
        self.assertEqual(reminder.state, "cancelled")

    def test_handed_over_no_more(self):
        move = self.make_invoice(overdue=60)
        self.declare()
        (made,) = self.env["credit.handover"]._propose(self.items(move))
        refused = {check.code for check in made.checks if check.level == "refused"}
        self.assertIn("insolvency", refused)

    # ------------------------------------------------------------------
    # The declaration
    # ------------------------------------------------------------------

    def test_deadline_and_alarm(self):
        record = self.declare(user_id=self.collector.id)
        self.assertEqual(record.date_deadline, date(2026, 8, 10))
        self.assertIn("Preliminary", record.deadline_text)
        self.assertIn("R622-24", record.deadline_text)
        alarm = record.activity_ids
        self.assertEqual(
            (alarm.date_deadline, alarm.user_id), (date(2026, 8, 10), self.collector)
        )
        record.date_published = date(2026, 6, 15)
        self.assertEqual(record.date_deadline, date(2026, 8, 15))
        self.assertEqual(record.date_relief, date(2026, 12, 15))
        self.assertEqual(record.activity_ids.date_deadline, date(2026, 8, 15))
        self.make_invoice(overdue=60, amount=500)
        task = self.env["credit.task"].search([("kind", "=", "insolvency")])
        self.assertEqual(
            (task.deadline_date, task.amount, task.user_id),
            (date(2026, 8, 15), 500, self.collector),
        )
        # A loss in our books is still a claim to declare.
        move = self.make_invoice(overdue=50, amount=100, currency=self.dollar)
        self._write_off(move)
        self.env.invalidate_all()
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(task.amount, 550)
        record.action_work_out()
        record.date_declared = TODAY
        self.assertFalse(record.activity_ids)
        self.env.invalidate_all()
        self.assertFalse(self.env["credit.task"].search([("kind", "=", "insolvency")]))

    def _write_off(self, move):
        """Book the loss of an invoice."""
        self.company.write(
            {
                "credit_write_off_limit": 1000,
                "credit_write_off_account_id": self.company_data[
                    "default_account_expense"
                ].id,
            }
        )
        self.env["credit.write.off"].with_user(self.manager).create(
            {
                "company_id": move.company_id.id,
                "partner_id": move.commercial_partner_id.id,
                "currency_id": move.currency_id.id,
                "reason": "Nothing to seize",
                "line_ids": [Command.create({"move_line_id": self.items(move).id})],
            }
        ).action_propose()

    def test_creditor_abroad_and_other_countries(self):
        record = self.declare(company_id=self.other_company.id)
        self.assertEqual(record.date_deadline, date(2026, 10, 10))
        belgian = self.make_debtor("Peeters NV", country_id=self.env.ref("base.be").id)
        record = self.declare(partner_id=belgian.id)
        self.assertEqual(record.date_deadline, date(2026, 7, 10))
        record.date_given = date(2026, 7, 3)
        self.assertEqual(record.date_deadline, date(2026, 7, 3))
        swiss = self.make_debtor("Muster AG", country_id=self.env.ref("base.ch").id)
        record = self.declare(partner_id=swiss.id)
        self.assertFalse(record.date_deadline)
        self.assertIn("No rule is known", record.deadline_text)

    def test_frozen_at_the_opening(self):
        late = self.make_invoice(overdue=60, amount=1000)
        coming = self.make_invoice(overdue=-20, amount=300, issued=days_ago(20))
        after = self.make_invoice(overdue=-30, amount=50, issued=TODAY)
        paid = self.make_invoice(overdue=60, amount=80)
        self.pay(paid, day=days_ago(20))
        half = self.make_invoice(overdue=60, amount=200)
        self.pay(half, 120, day=days_ago(20))
        record = self.declare()
        self.pay(half, 30, day=date(2026, 6, 12))
        record.action_work_out()
        lines = {line.move_line_id.move_id: line for line in record.line_ids}
        self.assertEqual(set(lines), {late, coming, half})
        self.assertNotIn(after, lines)
        self.assertEqual(lines[late].principal, 1000)
        self.assertEqual(lines[half].principal, 80)
        self.assertEqual((lines[coming].principal, lines[coming].interest), (300, 0))
        before = record.line_ids.mapped("total")
        self.pay(late, day=TODAY)
        self.assertEqual(record.line_ids.mapped("total"), before)
        record.action_declared()
        self.assertEqual(record.amount_declared, sum(before))
        with self.assertRaisesRegex(UserError, "Declared on"):
            record.action_work_out()

    def test_interest_until_the_opening(self):
        """The claim at the opening is the claim at any later day."""
        self.company.credit_claim_kind = "general"
        self.debtor.write({"vat": "FR23334175221", "credit_kind": "business"})
        move = self.make_invoice(overdue=60, amount=1000)
        record = self.declare()
        record.action_work_out()
        line = record.line_ids
        self.assertGreater(line.interest, 0)
        claim = self.env["credit.calculation"]._statements(
            self.items(move), TODAY, frozenset({"interest"})
        )
        self.assertEqual(claim[0].charge("interest"), round(line.interest * 100))

    def test_what_is_left_out_says_why(self):
        """A consumer owes no recovery indemnity: the note tells, not only a zero."""
        self.debtor.write({"vat": False, "credit_kind": "consumer"})
        self.make_invoice(overdue=60, amount=1000)
        record = self.declare()
        record.action_work_out()
        self.assertFalse(record.line_ids.charges)
        self.assertIn("Left out: Recovery indemnity:", record.message_ids[:1].body)

    def test_two_companies_declare_apart(self):
        self.make_invoice(overdue=60, amount=1000)
        self.make_invoice(
            overdue=60, amount=400, company=self.other_company, currency=self.euro
        )
        self.env.user.company_ids |= self.other_company
        record = self.declare(company_id=False)
        record.action_work_out()
        self.assertEqual(record.line_ids.company_id, self.company | self.other_company)
        with self.assertRaisesRegex(UserError, "Each creditor"):
            record.action_declared()
        record.action_split()
        own = self.insolvencies.search(
            [("partner_id", "=", self.debtor.id), ("company_id", "!=", False)]
        )
        self.assertEqual(own.company_id, self.company | self.other_company)
        theirs = own.filtered(lambda r: r.company_id == self.other_company)
        theirs.action_work_out()
        theirs.action_declared()
        # One euro is two dollars, and the creditor reckons in dollars.
        self.assertEqual(theirs.line_ids.currency_id, self.euro)
        total = theirs.line_ids.total
        self.assertEqual(theirs.amount_declared, theirs.currency_id.round(total * 2))
        seen = self.insolvencies.with_user(self.collector).search([])
        self.assertNotIn(theirs.id, seen.ids)
        lines = self.env["credit.insolvency.line"].with_user(self.collector).search([])
        self.assertEqual(lines.company_id, self.company)

    def test_group(self):
        holding = self.make_debtor("Holding SA")
        sister = self.make_debtor("Sister SARL", parent_id=holding.id)
        self.debtor.parent_id = holding
        self.make_invoice(overdue=60, amount=1000)
        self.make_invoice(sister, overdue=-5, amount=200)
        self.make_invoice(holding, overdue=60, amount=70, company=self.other_company)
        record = self.declare().with_user(self.collector)
        rows = {(row[0], row[1]): row[3:] for row in record._group_claims()}
        self.assertEqual(rows[self.company, self.debtor], (1000, 1000))
        self.assertEqual(rows[self.company, sister], (200, 0))
        # The collector works for one company: nothing is told of the other.
        self.assertNotIn(self.other_company, [company for company, _debtor in rows])
        self.assertIn("Sister SARL", record.group_html)

    # ------------------------------------------------------------------
    # Payments, rules of the record
    # ------------------------------------------------------------------

    def test_payments_after_are_flagged(self):
        move = self.make_invoice(overdue=60, amount=1000)
        self.pay(move, 100, day=date(2026, 6, 9))
        record = self.declare(user_id=self.collector.id)
        self.assertFalse(record.payment_ids)
        self.pay(move, 300, day=date(2026, 6, 12))
        self.assertEqual(record.payment_ids.mapped("amount_currency"), [-300])
        self.assertIn("annulled", record.message_ids[:1].body)
        self.assertEqual(record.message_ids[:1].partner_ids, self.collector.partner_id)
        # What nobody has matched is found by the scheduled action.
        self.make_payment(amount=50)
        self.make_credit_note(amount=20)
        self.look_for_payments()
        self.assertEqual(record.payment_count, 2)
        posts = len(record.message_ids)
        self.look_for_payments()
        self.assertEqual(len(record.message_ids), posts)

    def test_one_insolvency_that_fails_keeps_no_other_waiting(self):
        debtors = [self.make_debtor(f"Debtor {rank}") for rank in range(3)]
        records = self.insolvencies
        for debtor in debtors:
            records |= self.declare(partner_id=debtor.id)
            self.make_payment(debtor, day=date(2026, 6, 12))
        bad, tell = records[1], type(records)._tell_payments

        def failing(record, items):
            if record == bad:
                raise ValueError("no address")
            return tell(record, items)

        with (
            patch.object(type(records), "_tell_payments", failing),
            mute_logger(PAYMENTS_LOG),
        ):
            self.look_for_payments()
        self.assertEqual(records.mapped("payment_count"), [1, 0, 1])
        self.look_for_payments()
        self.assertEqual(records.mapped("payment_count"), [1, 1, 1])

    def test_running_cases_of_many_are_found_at_once(self):
        records = self.insolvencies
        for rank in range(3):
            debtor = self.make_debtor(f"Debtor {rank}")
            self.make_case(self.make_invoice(debtor, overdue=60, amount=100))
            records |= self.declare(partner_id=debtor.id)

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(set(some.mapped("case_count")), {1})
            return self.cr.sql_log_count - before

        queries(records)
        self.assertEqual(queries(records), queries(records[0]))

    def test_payments_of_many_are_looked_for_at_once(self):
        """With nothing new: as many queries for four insolvencies as for one."""

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.look_for_payments()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        def note(debtor):
            record = self.declare(partner_id=debtor.id)
            self.make_payment(debtor, day=date(2026, 6, 12))
            self.look_for_payments()
            self.assertEqual(record.payment_count, 1)

        note(self.debtor)
        queries()
        few = queries()
        for rank in range(3):
            note(self.make_debtor(f"Debtor {rank}"))
        self.assertLessEqual(queries(), few)

    def test_rules_of_the_record(self):
        with self.assertRaisesRegex(ValidationError, "Proceedings opened on"):
            self.declare(partner_id=self.debtor_b.id, date_opened=date(2026, 6, 18))
        contact = self.env["res.partner"].create(
            {"name": "Purchasing", "parent_id": self.debtor.id}
        )
        record = self.declare(partner_id=contact.id)
        self.assertEqual(record.partner_id, self.debtor)
        with self.assertRaisesRegex(UserError, "anew"):
            record.partner_id = self.debtor_b
        with self.assertRaisesRegex(ValidationError, "on record"):
            record.sudo().unlink()
        viewer = self.make_user("insolvency_viewer", "group_viewer")
        with self.assertRaises(AccessError):
            record.with_user(viewer).write({"court": "Paris"})
        record.with_user(self.collector).write({"court": "Paris"})

    def test_flat_on_lists(self):
        moves = self.make_invoice(overdue=60)
        self.declare()
        few = self.queries(moves)
        for number in range(5):
            partner = self.make_debtor(f"Insolvent {number}")
            moves |= self.make_invoice(partner, overdue=60)
            self.declare(partner_id=partner.id)
        self.assertLessEqual(self.queries(moves), few)

    def queries(self, moves):
        self.env.flush_all()
        self.env.invalidate_all()
        moves.mapped("credit_block_text")
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        moves.mapped("credit_block_text")
        return self.cr.sql_log_count - before

    # ------------------------------------------------------------------
    # Stories
    # ------------------------------------------------------------------

    def test_story_bankrupt_at_the_agency(self):
        """In the hands of an agency when the court opens the liquidation."""
        move = self.make_invoice(overdue=100, amount=1000)
        case = self.make_case(
            move,
            mandate_id=self.make_mandate().id,
            user_id=self.collector.id,
        )
        self.pay(move, 200, day=date(2026, 6, 17))
        with freeze_time("2026-06-25 12:00:00"):
            record = self.declare(
                date_opened=date(2026, 6, 22), user_id=self.collector.id
            )
            self.assertReason(move, "insolvency")
            self.assertEqual(record.case_ids, case)
            told = case.event_ids.filtered(lambda event: event.kind == "status")
            self.assertIn("06/22/2026", told.name)
            self.assertEqual(told.origin, "system")
            self.assertIn(self.collector, case.activity_ids.user_id)
            # The agency hands on what it still got: it is kept, and flagged.
            self.pay(move, 50, day=date(2026, 6, 24))
            self.assertEqual(record.payment_ids.mapped("amount_currency"), [-50])
            record.date_published = date(2026, 6, 24)
            record.action_work_out()
            self.assertEqual(record.line_ids.principal, 800)
            record.action_declared()
            declared = case.event_ids.filtered(lambda e: e.kind == "declaration")
            self.assertEqual(declared.amount, record.line_ids.total)
            case.action_withdraw("Comes back")
            self.assertReason(move, "insolvency")
            self.assertFalse(self.propose().reminder_ids)

    def test_story_bankrupt_between_two_reminders(self):
        """An ordinary policy: the second reminder does not leave any more."""
        move = self.make_invoice(overdue=20, amount=1000)
        self.remind(move, self.first, day=days_ago(10))
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.step_id, self.second)
        reminder.action_approve()
        self.declare()
        self.assertEqual(reminder.state, "cancelled")
        for day in ("2026-07-17", "2026-09-17"):
            with freeze_time(f"{day} 12:00:00"):
                self.assertFalse(self.propose().reminder_ids)
        # A plan was adopted: what comes after is reminded, what was before never again.
        record = self.debtor._credit_insolvency(self.company)
        record.outcome = "continued"
        record.action_close()
        self.assertReason(move, "insolvency")
        self.assertReason(self.make_invoice(overdue=-5, issued=TODAY), False)
