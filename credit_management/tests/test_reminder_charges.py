"""What reminders ask for besides the invoices, from the proposal to the proof."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .charges_common import (
    CHARGED_2,
    EMAIL_1,
    SIREN,
    ChargesCommon,
)
from .common import TODAY, DeliveryCommon, days_ago


@tagged("post_install", "-at_install")
class TestReminderCharges(ChargesCommon, DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(EMAIL_1, CHARGED_2)
        cls.step_1, cls.step_2 = cls.policy.step_ids

    def _second(self, move, **values):
        """The proposal of the second reminder, after a first one."""
        self.remind(move, self.step_1, days_ago(10), **values)
        return self.propose().reminder_ids.filtered(
            lambda r: move in r.line_ids.move_id
        )

    def _withheld(self, reminder):
        return {(w["kind"], w["reason"]) for w in reminder.charges["withheld"]}

    # ------------------------------------------------------------------
    # What is asked for
    # ------------------------------------------------------------------

    def test_first_reminder_asks_for_none(self):
        self.make_invoice(overdue=10, amount=1000)
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.amount_total, 1000)
        self.assertFalse(reminder.charges)

    def test_interest_and_indemnity(self):
        """1,000.00 x 10 % x 25/365 = 6.849 -> 6.85; 40.00 per late invoice."""
        move = self.make_invoice(overdue=25, amount=1000)
        reminder = self._second(move)
        self.assertEqual(reminder.amount_interest, 6.85)
        self.assertEqual(reminder.amount_indemnity, 40)
        self.assertEqual(reminder.amount_total, 1046.85)
        self.assertEqual(reminder.line_ids.amount_interest, 6.85)
        claimed = {row["kind"]: row for row in reminder.charges["claimed"]}
        self.assertEqual(claimed["interest"]["amount"], "6.85")
        self.assertEqual(float(claimed["interest"]["percent"]), 10)
        self.assertEqual(claimed["indemnity"]["amount"], "40.00")
        self.assertEqual(claimed["indemnity"]["regime_id"], self.business.id)

    def test_rate_that_has_changed_is_not_told(self):
        """1,000.00 x (10 % x 5 + 20 % x 20)/365 = 12.33: no rate gives that."""
        self.env["credit.rate"].create(
            {"series": "TEST_TEN", "valid_from": days_ago(19), "rate": 20}
        )
        reminder = self._second(self.make_invoice(overdue=25, amount=1000))
        self.assertEqual(reminder.amount_interest, 12.33)
        claimed = {row["kind"]: row for row in reminder.charges["claimed"]}
        self.assertIsNone(claimed["interest"]["percent"])
        [label] = [
            label
            for label, amount in reminder._charge_rows()
            if amount == reminder.amount_interest
        ]
        self.assertEqual(label, "Late interest")

    def test_indemnity_for_each_late_invoice(self):
        moves = self.make_invoice(overdue=25) | self.make_invoice(overdue=30)
        for move in moves:
            self.remind(move, self.step_1, days_ago(10))
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.line_ids.move_id, moves)
        self.assertEqual(reminder.amount_indemnity, 80)
        # 100 x 10 % x 25/365 = 0.685 and x 30/365 = 0.822, each rounded
        self.assertEqual(reminder.amount_interest, 1.50)

    def test_unknown_debtor_is_a_consumer(self):
        """Nothing that is for businesses without proof that it is one."""
        self.debtor.company_registry = False
        move = self.make_invoice(overdue=25, amount=1000)
        reminder = self._second(move)
        self.assertEqual(reminder.amount_total, 1000)
        self.assertEqual(
            self._withheld(reminder),
            {("interest", "first_reminder"), ("indemnity", "unproven")},
        )

    def test_declared_business_without_proof(self):
        self.debtor.write({"company_registry": False, "credit_kind": "business"})
        self.assertEqual(self.debtor.credit_legal_kind, "consumer")
        self.assertEqual(self.debtor.credit_kind_basis, "unproven")
        move = self.make_invoice(overdue=25, amount=1000)
        self.assertEqual(self._second(move).amount_total, 1000)

    def test_fiscal_position_is_a_proof(self):
        """An invoice of a fiscal position that asks for a VAT number."""
        self.debtor.company_registry = False
        position = self.env["account.fiscal.position"].create(
            {"name": "Reverse charge", "vat_required": True}
        )
        move = self.make_invoice(
            overdue=25, amount=1000, fiscal_position_id=position.id
        )
        self.assertEqual(self._second(move).amount_indemnity, 40)

    def test_other_currency_and_company(self):
        """40 euros are 80 dollars; the debtor's country decides, not the company's."""
        move = self.make_invoice(overdue=25, amount=1000, currency=self.dollar)
        reminder = self._second(move)
        self.assertEqual(reminder.currency_id, self.dollar)
        self.assertEqual(reminder.amount_indemnity, 80)
        self.assertEqual(reminder.amount_interest, 6.85)
        other = self.make_invoice(overdue=25, amount=1000, company=self.other_company)
        self.remind(other, self.step_1, days_ago(10))
        reminder = self.propose(self.other_company).reminder_ids
        self.assertEqual(reminder.currency_id, self.dollar)
        self.assertEqual(reminder.amount_indemnity, 80)

    def test_unknown_rate_of_exchange(self):
        """One to one would be wrong: the fixed amounts are left out, and why."""
        self.dollar.rate_ids.unlink()
        move = self.make_invoice(overdue=25, amount=1000, currency=self.dollar)
        reminder = self._second(move)
        self.assertEqual(reminder.amount_interest, 6.85)
        self.assertEqual(reminder.amount_indemnity, 0)
        self.assertEqual(self._withheld(reminder), {("indemnity", "exchange_missing")})
        self.assertIn("no rate of exchange EUR/USD is known", reminder.withheld_html)

    def test_american_debtor(self):
        self.debtor.write(
            {"country_id": self.env.ref("base.us").id, "credit_kind": "business"}
        )
        self.debtor.credit_kind_proof = "Extract of the register of 5 January 2026"
        move = self.make_invoice(overdue=25, amount=1000)
        reminder = self._second(move)
        self.assertEqual(reminder.amount_interest, 3.42)
        self.assertEqual(self._withheld(reminder), {("indemnity", "forbidden")})

    def test_part_payment_goes_to_interest_first(self):
        """Interest of 20 days on 1,000 and of 5 days on 1,000 - (500 - 5.4795).

        5.479452 + 505.479452 x 10 % x 5/365 = 0.692438 -> 6.17
        """
        move = self.make_invoice(overdue=25, amount=1000)
        self.pay(move, amount=500, day=days_ago(5))
        reminder = self._second(move)
        self.assertEqual(reminder.amount_residual, 500)
        self.assertEqual(reminder.amount_interest, 6.17)

    def test_debtor_says_what_is_paid(self):
        """5.479452 + 500 x 10 % x 5/365 = 0.684932 -> 6.16"""
        move = self.make_invoice(overdue=25, amount=1000)
        payment = self.pay(move, amount=500, day=days_ago(5))
        payment.credit_allocation = "principal"
        self.assertEqual(self._second(move).amount_interest, 6.16)

    def test_debtor_says_it_when_a_payment_is_registered(self):
        """One by one and several at once, from the invoices' button."""
        move = self.make_invoice(overdue=25, amount=1000)
        others = self.make_invoice(overdue=5) | self.make_invoice(
            self.debtor_b, overdue=5
        )
        for moves in (move, others):
            register = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=moves.ids
            )
            with Form(register) as form:
                form.credit_allocation = "principal"
                if moves == move:
                    form.amount = 500
            payments = form.record._create_payments()
            self.assertEqual(set(payments.mapped("credit_allocation")), {"principal"})
        # 1,000 x 10 % x 25/365: paid today, the whole ran until now.
        self.assertEqual(self._second(move).amount_interest, 6.85)

    def test_credit_note_reduces_interest_from_the_start(self):
        """500 x 10 % x 25/365 = 3.42; from its own date 1,000 counts for 20 days."""
        move = self.make_invoice(overdue=25, amount=1000)
        note = self.make_credit_note(amount=500, issued=days_ago(5))
        (self.items(move) | self.items(note)).reconcile()
        reminder = self._second(move)
        self.assertEqual(reminder.amount_residual, 500)
        self.assertEqual(reminder.amount_interest, 3.42)
        self.company.credit_note_retroactive = False
        reminder._refresh_charges()
        # 5.479452 + 0.684932
        self.assertEqual(reminder.amount_interest, 6.16)

    def test_insolvency_stops_interest(self):
        """From the day on which it opens: 15 days are left."""
        move = self.make_invoice(overdue=25, amount=1000)
        reminder = self._second(move)
        self.debtor.credit_insolvency_date = days_ago(9)
        reminder._refresh_charges()
        self.assertEqual(reminder.amount_interest, 4.11)

    def test_moratorium(self):
        """Ten days of the twenty-five bear no interest: 15/365."""
        move = self.make_invoice(overdue=25, amount=1000)
        self.env["credit.hold"].create(
            {
                "move_id": move.id,
                "company_id": self.company.id,
                "date_start": days_ago(19),
                "date_end": days_ago(10),
                "reason": "Moratorium",
                "suspends_interest": True,
            }
        )
        self.assertEqual(self._second(move).amount_interest, 4.11)

    # ------------------------------------------------------------------
    # Rates
    # ------------------------------------------------------------------

    def test_missing_rate_holds_the_reminder(self):
        """Nothing is guessed: the reminder waits and says which rate is missing."""
        self.make_series("TEST_HALF", {"2025-07-01": 9.0}, frequency="half_year")
        self.business.rate_series = "TEST_HALF"
        move = self.make_invoice(overdue=25, amount=1000)
        self.remind(move, self.step_1, days_ago(10))
        run = self.propose(automatic=True)
        reminder = run.reminder_ids
        self.assertEqual(reminder.state, "to_approve")
        self.assertIn("TEST_HALF", reminder.failure_reason)
        self.assertIn("2026-S1", reminder.failure_reason)
        reminder.action_approve()
        self.deliver(reminder)
        self.assertEqual(reminder.state, "to_approve")
        self.assertFalse(self._new_mails)
        self.env["credit.rate"].create(
            {"series": "TEST_HALF", "valid_from": "2026-01-01", "rate": 11.0}
        )
        reminder.action_approve()
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        # 1,000 x 11 % x 25/365
        self.assertEqual(reminder.amount_interest, 7.53)

    # ------------------------------------------------------------------
    # Once claimed
    # ------------------------------------------------------------------

    def _sent(self, move):
        reminder = self._second(move)
        reminder.action_approve()
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        return reminder

    def test_what_was_said_is_kept(self):
        move = self.make_invoice(overdue=25, amount=1000)
        charges = self._sent(move).charge_ids.grouped("kind")
        self.assertEqual(set(charges), {"interest", "indemnity"})
        interest = charges["interest"]
        self.assertEqual(interest.amount, 6.85)
        self.assertEqual(interest.date_from, days_ago(24))
        self.assertEqual(interest.date_to, TODAY)
        self.assertEqual(interest.invoice_id, move)
        self.assertEqual(interest.regime_id, self.business)
        self.assertEqual(charges["indemnity"].amount, 40)
        self.assertFalse(charges["indemnity"].date_from)

    def _third(self, days=10):
        """The next reminder, some days later, with the charges of that day."""
        self.policy.step_ids = [
            Command.create(
                {
                    "sequence": 9,
                    "name": "Third reminder",
                    "trigger": "previous",
                    "delay_days": days,
                    "automation": "automatic",
                    "charge_interest": True,
                    "charge_indemnity": True,
                }
            )
        ]
        return self.propose(day=TODAY + timedelta(days=days)).reminder_ids

    def test_the_same_days_are_claimed_once(self):
        """The next reminder asks for all that is owed, and keeps only what is new."""
        move = self.make_invoice(overdue=25, amount=1000)
        self._sent(move)
        reminder = self._third()
        # 1,000 x 10 % x 35/365 = 9.589
        self.assertEqual(reminder.amount_interest, 9.59)
        self.assertEqual(reminder.amount_indemnity, 40)
        reminder.action_approve()
        with freeze_time(f"{TODAY + timedelta(days=10)} 12:00:00"):
            self.deliver(reminder)
        new = reminder.charge_ids
        self.assertEqual(new.kind, "interest")
        self.assertEqual(new.amount, 2.74)
        self.assertEqual(new.date_from, TODAY + timedelta(days=1))
        total = self.env["credit.charge"].search([("invoice_id", "=", move.id)])
        self.assertEqual(sum(total.mapped("amount")), 49.59)

    def test_what_was_waived_is_not_asked_again(self):
        move = self.make_invoice(overdue=25, amount=1000)
        charges = self._sent(move).charge_ids.grouped("kind")
        charges["indemnity"]._waive(40, "Goodwill")
        charges["interest"]._waive(3, "Goodwill")
        reminder = self._third()
        self.assertEqual(reminder.amount_indemnity, 0)
        self.assertEqual(reminder.amount_interest, 6.59)

    def test_charges_of_paid_invoices_are_carried(self):
        """The invoice is paid, its charges are not: the next reminder asks for them."""
        paid = self.make_invoice(overdue=25, amount=1000)
        self._sent(paid)
        self.pay(paid)
        other = self.make_invoice(overdue=40, amount=100)
        self.remind(other, self.step_1, days_ago(20))
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.line_ids.move_id, other)
        self.assertEqual(reminder.amount_carried, 46.85)
        # 100 x 10 % x 40/365 = 1.10
        self.assertEqual(reminder.amount_total, 100 + 1.10 + 40 + 46.85)

    def test_paid_in_time_but_entered_late_owes_nothing(self):
        """The statement comes after the reminder: no charge is carried on."""
        paid = self.make_invoice(overdue=25, amount=1000)
        self._sent(paid)
        self.pay(paid, day=days_ago(25))
        self.make_invoice(overdue=10, amount=100)
        self.assertEqual(self.propose().reminder_ids.amount_carried, 0)

    def test_credited_as_a_whole_owes_nothing(self):
        credited = self.make_invoice(overdue=25, amount=1000)
        self._sent(credited)
        note = self.make_credit_note(amount=1000)
        (self.items(credited) | self.items(note)).reconcile()
        self.make_invoice(overdue=10, amount=100)
        self.assertEqual(self.propose().reminder_ids.amount_carried, 0)

    def test_part_payment_entered_late_lowers_interest(self):
        """600 of 1,000 were paid in time: 400 x 10 % x 35/365 = 3.84, not 9.59."""
        move = self.make_invoice(overdue=25, amount=1000)
        self._sent(move)
        self.pay(move, amount=600, day=days_ago(25))
        reminder = self._third()
        self.assertEqual(reminder.amount_residual, 400)
        self.assertEqual(reminder.amount_interest, 3.84)

    def test_nothing_left_but_what_was_waived(self):
        """The credits cover the invoice, and the charge was waived: nothing leaves."""
        move = self.make_invoice(overdue=25, amount=1000)
        self._sent(move)
        reminder = self._third()
        charges = self.env["credit.charge"].search([("invoice_id", "=", move.id)])
        for charge in charges:
            charge._waive(charge.amount_open, "Goodwill")
        self.make_payment(amount=1010)
        reminder.action_approve()
        self.deliver(reminder)
        self.assertEqual(reminder.state, "cancelled")

    def test_bounced_reminder_claimed_nothing(self):
        move = self.make_invoice(overdue=25, amount=1000)
        reminder = self._sent(move)
        reminder._register_failure("Unknown address")
        self.assertEqual(set(reminder.charge_ids.mapped("state")), {"reversed"})

    def test_accepted_dispute_reverses(self):
        move = self.make_invoice(overdue=25, amount=1000)
        charges = self._sent(move).charge_ids
        dispute = self.env["credit.dispute"].create(
            {
                "move_id": move.id,
                "reason_id": self.env["credit.dispute.reason"].search([], limit=1).id,
            }
        )
        dispute.action_accept()
        self.assertEqual(set(charges.mapped("state")), {"reversed"})

    def test_payment_in_between_stops_the_charges(self):
        """Paid after the proposal: neither invoice nor charges are asked for."""
        move = self.make_invoice(overdue=25, amount=1000)
        reminder = self._second(move)
        self.pay(move)
        reminder.action_approve()
        self.deliver(reminder)
        self.assertEqual(reminder.state, "cancelled")
        self.assertFalse(
            self.env["credit.charge"].search([("invoice_id", "=", move.id)])
        )

    # ------------------------------------------------------------------
    # Volume
    # ------------------------------------------------------------------

    def test_queries_are_flat(self):
        """Ten invoices cost as many queries as one."""

        def queries(count):
            moves = self.env["account.move"]
            for index in range(count):
                debtor = self.make_debtor(
                    f"Debtor {count}-{index}", company_registry=SIREN
                )
                moves |= self.make_invoice(debtor, overdue=25, amount=1000)
            for move in moves:
                self.remind(move, self.step_1, days_ago(10))
            run = self.env["credit.run"].create({"company_id": self.company.id})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run._propose(hold_automatic=False)
            self.env.flush_all()
            spent = self.env.cr.sql_log_count - before
            self.assertEqual(len(run.reminder_ids), count)
            self.assertEqual(
                sum(run.reminder_ids.mapped("amount_indemnity")), 40 * count
            )
            run.action_cancel()
            self.pay(moves)
            return spent

        queries(1)  # what is read once and kept is not what is measured
        self.assertEqual(queries(10), queries(1))
