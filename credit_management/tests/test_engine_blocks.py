"""Why an item is not reminded: a test for each reason, on both sides of its border."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, CreditCommon, days_ago


@tagged("post_install", "-at_install")
class TestEngineBlocks(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1, cls.step_2, cls.step_3 = cls.policy.step_ids
        cls.move = cls.make_invoice()
        cls.foreign = cls.make_invoice(cls.debtor_b, currency=cls.dollar)
        cls.contact = cls.env["res.partner"].create(
            {"name": "Accounting", "type": "invoice", "parent_id": cls.debtor.id}
        )
        cls.dispute_reason = cls.env["credit.dispute.reason"].create(
            {"name": "Quality"}
        )

    def test_nothing_blocks(self):
        for move in self.move | self.foreign:
            self.assertReason(move, False)
            self.assertTrue(move.credit_is_due)

    # ------------------------------------------------------------------
    # Paid
    # ------------------------------------------------------------------

    def test_paid(self):
        self.pay(self.move | self.make_invoice())
        # Paid and matched is no open item at all.
        self.assertReason(self.move, False)
        self.assertFalse(self.move.credit_next_step_id)
        self.assertFalse(self.move.credit_is_due)

    def test_payment_without_journal_entry(self):
        """It leaves the residual as it is; the debtor has paid all the same."""
        self.without_journal_entries()
        payment = self.pay(self.move)
        self.assertFalse(payment.move_id)
        self.assertEqual(self.move.amount_residual, 100)
        self.assertReason(self.move, "paid")
        payment.action_reject()
        self.assertReason(self.move, False)

    def test_payment_without_journal_entry_nor_invoice(self):
        """Nobody said what it is for: it counts as a credit of the debtor."""
        self.without_journal_entries()
        payment = self.make_payment(amount=100)
        self.assertFalse(payment.move_id)
        self.assertReason(self.move, "credit")
        payment.action_cancel()
        self.assertReason(self.move, False)

    def test_reversed(self):
        note = self.move._reverse_moves([{"invoice_date": TODAY}], cancel=True)
        self.assertEqual(note.state, "posted")
        self.assertFalse(self.move.credit_is_due)

    # ------------------------------------------------------------------
    # Online payment
    # ------------------------------------------------------------------

    def _transaction(self, state, code="test_online", **values):
        method = self.env.ref("payment.payment_method_unknown")
        provider = self.env["payment.provider"].create(
            {
                "name": "Online",
                "state": "test",
                "company_id": self.company.id,
                "payment_method_ids": [Command.set(method.ids)],
            }
        )
        # Codes come with the addons of providers.
        provider.flush_recordset()
        self.env.cr.execute(
            "UPDATE payment_provider SET code = %s WHERE id = %s", (code, provider.id)
        )
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"tx-{state}-{code}-{values}",
                "amount": 100,
                "currency_id": self.euro.id,
                "partner_id": self.debtor.id,
                "invoice_ids": [Command.set(self.move.ids)],
                **values,
            }
        )
        transaction.flush_recordset()
        # Past the checks of what the provider can do.
        self.env.cr.execute(
            "UPDATE payment_transaction SET state = %s WHERE id = %s",
            (state, transaction.id),
        )
        transaction.invalidate_recordset()
        return transaction

    def test_online_payment_under_way(self):
        for state in ("pending", "authorized"):
            with self.subTest(state):
                transaction = self._transaction(state)
                self.assertReason(self.move, "in_payment")
                transaction.state = "error"
                self.assertReason(self.move, False)

    def test_online_payment_done_but_not_recorded_yet(self):
        transaction = self._transaction("done")
        self.assertReason(self.move, "in_payment")
        transaction.is_post_processed = True
        self.assertReason(self.move, False)

    def test_online_payment_that_is_none(self):
        self._transaction("draft")
        self._transaction("cancel")
        # A promised bank transfer is a “custom” transaction, pending for ever.
        self._transaction("pending", code="custom")
        self.assertReason(self.move, False)

    # ------------------------------------------------------------------
    # Excluded from follow-up
    # ------------------------------------------------------------------

    def test_no_followup_on_the_invoice(self):
        self.move.no_followup = True
        self.assertReason(self.move, "no_followup")
        self.move.no_followup = False
        self.assertReason(self.move, False)

    def test_no_followup_on_one_instalment(self):
        move = self.make_instalments(30, 10)
        first, second = self.items(move)
        first.no_followup = True
        # Odoo itself excludes an invoice as a whole.
        self.assertEqual(first.credit_block_reason, "no_followup")
        self.assertEqual(second.credit_block_reason, "no_followup")

    def test_payment_blocked(self):
        self.move.payment_state = "blocked"
        self.assertReason(self.move, "no_followup")

    # ------------------------------------------------------------------
    # Hold
    # ------------------------------------------------------------------

    def _hold(self, **values):
        return self.env["credit.hold"].create(
            {
                "company_id": self.company.id,
                "date_start": TODAY,
                "date_end": TODAY,
                "reason": "Asked for time",
                **values,
            }
        )

    def test_hold_on_the_debtor(self):
        elsewhere = self.make_invoice(self.contact)
        hold = self._hold(partner_id=self.debtor.id)
        self.assertReason(self.move, "hold")
        self.assertReason(elsewhere, "hold")
        self.assertReason(self.foreign, False)
        hold.action_release()
        self.assertReason(self.move, False)

    def test_hold_on_a_contact_is_one_on_the_debtor(self):
        hold = self._hold(partner_id=self.contact.id)
        self.assertEqual(hold.partner_id, self.debtor)
        self.assertReason(self.move, "hold")
        hold.partner_id = self.debtor_b
        self.assertReason(self.move, False)
        hold.partner_id = self.contact
        self.assertEqual(hold.partner_id, self.debtor)
        self.assertReason(self.move, "hold")

    def test_hold_on_one_invoice(self):
        second = self.make_invoice()
        hold = self._hold(move_id=second.id)
        self.assertEqual(hold.partner_id, self.debtor)
        self.assertReason(second, "hold")
        self.assertReason(self.move, False)

    def test_hold_of_another_company(self):
        self._hold(partner_id=self.debtor.id, company_id=self.other_company.id)
        self.assertReason(self.move, False)

    def test_hold_on_its_days(self):
        borders = [
            (0, 0, True),
            (-3, 0, True),
            (0, 3, True),
            (-3, -1, False),
            (1, 3, False),
        ]
        hold = self._hold(partner_id=self.debtor.id)
        for start, end, held in borders:
            with self.subTest(start=start, end=end):
                hold.write(
                    {
                        "date_start": TODAY + timedelta(days=start),
                        "date_end": TODAY + timedelta(days=end),
                    }
                )
                self.assertReason(self.move, "hold" if held else False)
                self.assertEqual(hold.is_current, held)
                found = self.env["credit.hold"].search([("is_current", "=", True)])
                self.assertEqual(hold in found, held)

    # ------------------------------------------------------------------
    # Dispute
    # ------------------------------------------------------------------

    def test_dispute(self):
        second = self.make_invoice()
        dispute = self.env["credit.dispute"].create(
            {"move_id": self.move.id, "reason_id": self.dispute_reason.id}
        )
        self.assertEqual(dispute.partner_id, self.debtor)
        self.assertReason(self.move, "dispute")
        self.assertReason(second, False)
        for close in ("action_accept", "action_reject", "action_withdraw"):
            getattr(dispute, close)()
            # What was accepted is not asked for while its credit note is a draft.
            accepted = close == "action_accept"
            self.assertReason(self.move, "dispute" if accepted else False)
            self.assertEqual(dispute.date_closed, TODAY)
            dispute.action_reopen()
            self.assertReason(self.move, "dispute")
            self.assertFalse(dispute.date_closed)

    # ------------------------------------------------------------------
    # Policy and position
    # ------------------------------------------------------------------

    def test_no_policy(self):
        self.policy.partner_domain = [("name", "=", "Martin SA")]
        self.assertReason(self.move, "no_policy")
        self.assertReason(self.foreign, False)

    def test_finished(self):
        self.remind(self.move, self.step_3, days_ago(20))
        self.assertReason(self.move, "finished")
        self.assertEqual(self.move.credit_step_id, self.step_3)
        self.assertFalse(self.move.credit_next_step_id)

    def test_pending(self):
        reminder = self.remind(self.move, self.step_1, state="to_approve")
        self.assertReason(self.move, "pending")
        self.assertFalse(self.move.credit_step_id)
        reminder.state = "queued"
        self.assertReason(self.move, "pending")
        reminder.state = "cancelled"
        self.assertReason(self.move, False)
        self.assertEqual(self.move.credit_next_step_id, self.step_1)

    def test_failed(self):
        reminder = self.remind(self.move, self.step_1, state="failed")
        self.assertReason(self.move, "failed")
        self.assertEqual(self.move.credit_next_step_id, self.step_1)
        reminder.state = "cancelled"
        self.assertReason(self.move, False)

    def test_bounced_is_no_contact(self):
        self.remind(self.move, self.step_1, delivery_state="bounced")
        self.assertFalse(self.move.credit_step_id)
        self.assertReason(self.move, "failed")

    def test_bounced_but_reached_by_the_fallback(self):
        self.remind(self.move, self.step_1, days_ago(1), delivery_state="bounced")
        self.remind(self.move, self.step_1, channel="letter")
        self.assertEqual(self.move.credit_step_id, self.step_1)
        self.assertReason(self.move, False)
        self.assertEqual(self.move.credit_next_step_id, self.step_2)

    def test_skipped_counts_as_done(self):
        self.remind(self.move, self.step_1, state="cancelled", skipped=True)
        self.assertEqual(self.move.credit_step_id, self.step_1)
        self.assertEqual(self.move.credit_next_step_id, self.step_2)

    def test_not_due_yet(self):
        move = self.make_invoice(overdue=3)
        self.assertReason(move, False)
        self.assertFalse(move.credit_is_due)
        self.assertEqual(move.credit_next_date, TODAY + timedelta(days=2))
