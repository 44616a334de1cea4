"""Disputes: of an invoice or a part of it, until they are answered."""

from datetime import timedelta
from pathlib import Path
from runpy import run_path

from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .answers_common import AnswersCommon
from .common import TODAY, DeliveryCommon


@tagged("post_install", "-at_install")
class TestDispute(AnswersCommon, DeliveryCommon):
    def dispute(self, move=None, amount=0.0, **values):
        return self.env["credit.dispute"]._make(
            move or self.move, self.dispute_reason, amount, **values
        )

    def claimable(self, move):
        return sum(self.items(move)._credit_claimable().values())

    def test_who_is_assigned_by_a_visitor_is_told(self):
        """Visitors of the page have no address from which an e-mail could come."""
        collector = self.make_user("assigned", email="assigned@example.com")
        self.debtor.with_company(self.company).credit_user_id = collector
        visitor = self.env.ref("base.public_user").sudo()
        visitor.partner_id.email = False
        disputes = self.env["credit.dispute"].with_user(visitor).sudo()
        dispute = disputes._make(
            self.move, self.dispute_reason, 0.0, "Broken", "portal"
        )
        self.assertEqual(dispute.activity_ids.user_id, collector)
        told = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", dispute._name),
                    ("res_id", "=", dispute.id),
                    ("message_type", "=", "user_notification"),
                ]
            )
        )
        self.assertEqual(told.notified_partner_ids, collector.partner_id)
        self.assertTrue(told.email_from)
        self.assertNotEqual(told.author_id, visitor.partner_id)

    def test_the_rest_is_still_reminded(self):
        for move in (self.move, self.foreign):
            with self.subTest(move.currency_id.name):
                self.dispute(move, 30)
                self.assertReason(move, False)
                self.assertEqual(self.claimable(move), 70)
                self.assertIn("30.00", move.credit_dispute_text)
        self.assertIs(self.second.credit_dispute_text, False)
        run = self.propose()
        lines = run.reminder_ids.line_ids
        line = lines.filtered(lambda line: line.move_id == self.move)
        self.assertEqual(line.amount_residual, 70)
        self.assertEqual(line.reminder_id.amount_total, 270)
        foreign = lines.filtered(lambda line: line.move_id == self.foreign)
        self.assertEqual(foreign.amount_residual, 70)

    def test_disputed_between_proposal_and_sending(self):
        (self.second | self.foreign).no_followup = True
        reminder = self.queued(self.move)
        self.dispute(self.move, 30)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(reminder.amount_total, 70)

    def test_disputed_at_the_moment_of_sending(self):
        (self.second | self.foreign).no_followup = True
        reminder = self.queued(self.move)
        reminder._take_turns()
        self.assertTrue(reminder._items_unchanged())
        dispute = self.dispute(self.move, 30)
        self.env.flush_all()
        self.assertFalse(reminder._items_unchanged())
        dispute.action_withdraw()
        self.env.flush_all()
        self.assertTrue(reminder._items_unchanged())
        self.promise(self.move)
        self.env.flush_all()
        self.assertFalse(reminder._items_unchanged())

    def test_minimum_counts_what_is_claimed(self):
        self.second.no_followup = True
        self.policy.min_amount = 80
        self.assertReason(self.move, False)
        self.dispute(self.move, 30)
        self.assertReason(self.move, "minimum")

    def test_instalments_that_fall_due_last(self):
        move = self.make_instalments(20, 10)
        first, last = self.items(move)
        self.dispute(move, 70)
        amounts = (first | last)._credit_claimable()
        self.assertEqual((amounts[first], amounts[last]), (30, 0))
        self.assertEqual(
            self.env["credit.engine"]._positions(last)[last.id]["block_reason"],
            "dispute",
        )
        self.assertFalse(
            self.env["credit.engine"]._positions(first)[first.id]["block_reason"]
        )

    def test_scope_of_the_policy(self):
        self.policy.dispute_scope = "invoice"
        dispute = self.dispute(self.move, 30)
        self.assertReason(self.move, "dispute")
        self.assertReason(self.second, False)
        dispute.scope = "debtor"
        self.assertReason(self.second, "dispute")
        self.assertReason(self.foreign, False)

    def test_what_can_not_be_disputed(self):
        for amount in (-1, 100.01):
            with self.assertRaises(UserError):
                self.dispute(self.move, amount)
        self.dispute()
        with self.assertRaises(UserError):
            self.dispute()

    def test_answer_by(self):
        self.policy.dispute_days = 4
        self.debtor.with_company(self.company).credit_user_id = self.env.user
        dispute = self.dispute()
        self.assertEqual(dispute.deadline_date, TODAY + timedelta(days=4))
        self.assertEqual(dispute.activity_ids.date_deadline, dispute.deadline_date)
        dispute.action_reject()
        self.assertFalse(dispute.activity_ids)

    def test_accepted_proposes_a_credit_note(self):
        dispute = self.dispute(self.move, 30)
        dispute.action_accept()
        note = dispute.credit_note_id
        self.assertEqual((note.state, note.amount_total), ("draft", 30))
        self.assertEqual(dispute.amount_accepted, 30)
        # Until it is posted the amount is not asked for.
        self.assertEqual(self.claimable(self.move), 70)
        note.action_post()
        self.assertEqual(self.move.amount_residual, 70)
        self.assertEqual(self.claimable(self.move), 70)
        self.assertIn("accepted for", self.notes(self.move))

    def test_accepted_in_part(self):
        dispute = self.dispute(self.move, 30)
        with self.assertRaises(UserError):
            dispute.action_accept_part()
        dispute.amount_accepted = 10
        dispute.action_accept_part()
        self.assertEqual(dispute.state, "partly")
        self.assertEqual(dispute.credit_note_id.amount_total, 10)
        self.assertEqual(self.claimable(self.move), 90)

    def test_no_part_below_nothing_or_beyond_what_is_disputed(self):
        dispute = self.dispute(self.move, 30)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            dispute.amount_accepted = -5
            dispute.flush_recordset()
        dispute.invalidate_recordset()
        for amount, refusal in ((0, "Say which"), (30.01, "No more than 30.00")):
            dispute.amount_accepted = amount
            with self.assertRaisesRegex(UserError, refusal):
                dispute.action_accept_part()
        self.assertEqual(dispute.state, "open")
        dispute.amount_accepted = 30
        dispute.action_accept_part()
        self.assertEqual((dispute.state, dispute.amount_rejected), ("accepted", 0))

    def test_texts_of_the_form_have_labels(self):
        arch = etree.fromstring(
            self.env["credit.dispute"].get_view(None, "form")["arch"]
        )
        for name in ("description", "answer"):
            [field] = arch.xpath(f"//field[@name='{name}']")
            self.assertEqual(field.getparent().tag, "group")
            self.assertFalse(field.get("nolabel"))
            self.assertTrue(field.get("string"))

    def test_upgrade_of_a_negative_part(self):
        """What an older version let through does not keep the constraint away."""
        dispute = self.dispute(self.move, 30)
        self.env.flush_all()
        constraint = "credit_dispute_check_amount_accepted"
        self.cr.execute(f"ALTER TABLE credit_dispute DROP CONSTRAINT {constraint}")
        self.cr.execute("UPDATE credit_dispute SET amount_accepted = -5")
        path = Path(__file__).parents[1] / "migrations/19.0.1.10.0"
        run_path(str(path / "pre-accepted-amounts.py"))["migrate"](self.cr, "")
        dispute.invalidate_recordset()
        self.assertEqual(dispute.amount_accepted, 0)

    def test_credit_note_with_taxes(self):
        tax = self.company_data["default_tax_sale"]
        move = self.make_invoice(
            invoice_line_ids=[
                Command.create(
                    {
                        "name": "A",
                        "price_unit": price,
                        "tax_ids": [Command.set(tax.ids)],
                    }
                )
                for price in (100, 33.33)
            ]
        )
        dispute = self.dispute(move, move.currency_id.round(move.amount_total / 2))
        dispute.action_accept()
        self.assertEqual(dispute.credit_note_id.amount_total, dispute.amount)
        self.assertTrue(dispute.credit_note_id.amount_tax)

    def test_credit_note_to_the_cent(self):
        """With quantities, discounts and taxes, whatever is accepted."""
        tax = self.company_data["default_tax_sale"]
        included = tax.copy(
            {"name": "Within", "price_include_override": "tax_included"}
        )
        tax.amount = 21
        cases = (
            ([(3, 33.33, 0)], ()),
            ([(7, 0.07, 0), (1000, 0.11, 5)], ()),
            ([(3, 33.33, 10), (1, -20, 0)], tax),
            ([(12, 4.99, 0), (7, 9.95, 0), (1, 0.01, 0)], tax),
            ([(9, 11.11, 0)], included),
        )
        for lines, taxes in cases:
            for part in (0.05, 0.5, 7.77, 10.01, 33.34, 49.95):
                with self.subTest(lines=lines, part=part):
                    move = self.make_invoice(
                        invoice_line_ids=[
                            Command.create(
                                {
                                    "name": "A",
                                    "quantity": quantity,
                                    "price_unit": price,
                                    "discount": discount,
                                    "tax_ids": [
                                        Command.set(taxes.ids if taxes else [])
                                    ],
                                }
                            )
                            for quantity, price, discount in lines
                        ]
                    )
                    dispute = self.dispute(move, part)
                    dispute.action_accept()
                    note = dispute.credit_note_id
                    self.assertEqual(note.amount_total, part)
                    note.action_post()
                    self.assertEqual(note.amount_total, part)
                    self.assertAlmostEqual(
                        move.amount_residual, move.amount_total - part
                    )

    def test_answered_once(self):
        dispute = self.dispute(self.move, 30)
        dispute.action_accept()
        note = dispute.credit_note_id
        dispute.amount_accepted = 10
        for answer in ("accept", "accept_part", "reject", "withdraw"):
            with self.assertRaises(UserError):
                getattr(dispute, f"action_{answer}")()
        self.assertEqual((dispute.state, dispute.credit_note_id), ("accepted", note))
        self.assertEqual(self.move.reversal_move_ids, note)
        # Opened again: the draft is dropped, and another one may be proposed.
        dispute.action_reopen()
        self.assertFalse(note.exists())
        with self.assertRaises(UserError):
            dispute.action_reopen()
        dispute.action_accept()
        note = dispute.credit_note_id
        self.assertEqual(self.move.reversal_move_ids, note)
        note.action_post()
        with self.assertRaises(UserError):
            dispute.action_reopen()
        self.assertEqual(dispute.state, "accepted")

    def test_rejected_with_a_delay(self):
        self.policy.dispute_resume_days = 5
        dispute = self.dispute()
        dispute.action_reject()
        self.assertEqual(dispute.resume_date, TODAY + timedelta(days=5))
        self.assertReason(self.move, "dispute")
        with freeze_time(f"{TODAY + timedelta(days=5)} 12:00:00"):
            self.assertReason(self.move, False)
        self.assertIn("rejected", self.notes(self.move))

    def test_rejected_in_part_with_a_delay(self):
        """The rejected part waits for the delay, the accepted one for its credit note.

        Of a part of the invoice, and of all of it.
        """
        self.policy.dispute_resume_days = 5

        def undisputed(move):
            self.env.flush_all()
            engine, items = self.env["credit.engine"], self.items(move)
            return sum(engine._undisputed(move.company_id, items).values())

        last = TODAY + timedelta(days=4)
        for move, amount, rest in ((self.move, 40, 60), (self.second, 0, 0)):
            with self.subTest(amount=amount):
                dispute = self.dispute(move, amount)
                dispute.amount_accepted = 10
                dispute.action_accept_part()
                self.assertEqual(dispute.state, "partly")
                self.assertEqual(dispute.resume_date, last + timedelta(days=1))
                self.assertIn(
                    f"{(amount or 200) - 10}.00&nbsp;€ were not accepted: their "
                    "reminders go on from",
                    self.notes(move),
                )
                self.assertEqual(undisputed(move), rest)
                self.assertReason(move, "dispute" if not amount else False)
                dispute.credit_note_id.action_post()
                self.assertEqual(undisputed(move), rest)
                with freeze_time(f"{last} 12:00:00"):
                    self.assertEqual(undisputed(move), rest)
                with freeze_time(f"{last + timedelta(days=1)} 12:00:00"):
                    self.assertEqual(undisputed(move), move.amount_total - 10)
                    self.assertReason(move, False)

    def test_the_end_of_the_delay_of_a_part_is_noted(self):
        self.policy.dispute_resume_days = 5
        dispute = self.dispute(self.move, 40)
        dispute.amount_accepted = 10
        dispute.action_accept_part()
        with freeze_time(f"{dispute.resume_date} 12:00:00"):
            with self.enter_registry_test_mode():
                cron = self.env.ref("credit_management.ir_cron_resume")
                cron.method_direct_trigger()
        self.assertIn("The delay after the dispute is over", self.notes(self.move))

    def test_without_a_delay_the_rest_is_reminded_at_once(self):
        for move, amount in ((self.move, 40), (self.second, 0)):
            dispute = self.dispute(move, amount)
            dispute.amount_accepted = 10
            dispute.action_accept_part()
            self.assertFalse(dispute.resume_date)
            self.assertEqual(self.claimable(move), move.amount_total - 10)
            self.assertReason(move, False)
        self.assertIn(
            "were not accepted: their reminders go on.", self.notes(self.move)
        )

    def test_what_is_disputed_is_shown(self):
        """Of a whole invoice what is open of it, of a part no more than that."""
        whole, part = self.dispute(), self.dispute(self.second, 150)
        self.pay(self.move | self.second, 40)
        open_ = self.move.amount_residual
        self.assertLess(open_, 100)
        self.assertEqual((whole.amount_disputed, part.amount_disputed), (open_, 150))
        self.pay(self.second, 100)
        part.invalidate_recordset()
        self.assertEqual(part.amount_disputed, self.second.amount_residual)
        part.action_reject()
        self.assertEqual(part.amount_disputed, 150)
        whole.action_withdraw()
        self.assertEqual(whole.amount_disputed, 100)

    def test_rights(self):
        dispute = self.dispute(self.abroad)
        for user in (self.make_user("here"), self.make_user("viewer", "group_viewer")):
            with self.assertRaises(AccessError):
                dispute.with_user(user).action_reject()

    def test_contested_again(self):
        """A person reads it; reminders go on, unless that person says otherwise."""
        self.policy.dispute_resume_days = 5
        dispute = self.dispute(self.foreign, scope="none")
        self.assertReason(self.foreign, False)
        self.assertIn("reminders go on meanwhile", self.notes(self.foreign))
        dispute.scope = "invoice"
        self.assertReason(self.foreign, "dispute")
        dispute.scope = "none"
        dispute.action_reject()
        self.assertFalse(dispute.resume_date)
        self.assertReason(self.foreign, False)

    def _told(self, act):
        with self.mock_mail_gateway():
            act()
        return self._new_mails

    def test_told_when_answered(self):
        self.policy.dispute_resume_days = 5
        rejected = self.dispute()
        rejected.answer = "<p>It was as ordered.</p>"
        mail = self._told(rejected.action_reject)
        self.assertEqual(mail.recipient_ids, self.debtor)
        for text in (self.move.name, "cannot accept", "22 June 2026"):
            self.assertIn(text, mail.body_html)
        self.assertRegex(mail.body_html, "(?s)Our reason:.*It was as ordered.")
        # What was decided is told once.
        with self.mock_mail_gateway(), self.assertRaises(UserError):
            rejected.action_reject()
        self.assertFalse(self._new_mails)
        accepted = self.dispute(self.foreign, 40)
        self.assertIn("40.00", self._told(accepted.action_accept).body_html)
        part = self.dispute(self.second, 40)
        part.amount_accepted = 15
        body = self._told(part.action_accept_part).body_html
        self.assertRegex(body, "(?s)15.00.*What we did not accept,.*25.00.*, remains")
        self.assertNotIn("Our reason", body)
        withdrawn = self.dispute(self.second)
        self.assertFalse(self._told(withdrawn.action_withdraw))

    def test_answer_in_the_language_of_the_debtor(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        mail = self._told(self.dispute(self.second, 40).action_accept)
        self.assertIn("40,00", mail.body_html)

    # ------------------------------------------------------------------
    # What stands in the history
    # ------------------------------------------------------------------

    def test_every_stop_and_resume_is_noted_once(self):
        hold = self.env["credit.hold"].create(
            {"partner_id": self.debtor.id, "date_end": TODAY, "reason": "Asked"}
        )
        self.policy.dispute_resume_days = 2
        self.dispute(self.second).action_reject()
        self.env["credit.answer"]._tell(
            self.debtor, self.company, "paid", items=self.items(self.move)
        )
        for move in (self.move, self.second):
            self.assertIn("On hold until", self.notes(move))
        days = [TODAY + timedelta(days=count) for count in (0, 1, 2, 8, 9)]
        for day in days:
            with freeze_time(f"{day} 12:00:00"), self.enter_registry_test_mode():
                cron = self.env.ref("credit_management.ir_cron_resume")
                cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(hold.resume_logged)
        first, second = self.notes(self.move), self.notes(self.second)
        self.assertEqual(first.count("The hold is over"), 1)
        self.assertEqual(first.count("look for the payment are over"), 1)
        self.assertEqual(second.count("delay after the dispute is over"), 1)

    def test_one_dispute_at_a_time(self):
        """In the form too; what is contested later is a dispute of its own."""
        disputes = (
            self.env["credit.dispute"].with_user(self.make_user("noting")).sudo(False)
        )
        values = {"move_id": self.move.id, "reason_id": self.dispute_reason.id}
        first = disputes.create({**values, "amount": 30})
        twice = self.assertRaisesRegex(UserError, "is disputed already")
        with twice, self.cr.savepoint():
            disputes.create({**values, "amount": 40})
        first.action_reject()
        second = disputes.create({**values, "amount": 40})
        self.assertEqual(second.state, "open")
        with self.assertRaisesRegex(UserError, "is disputed already"):
            first.action_reopen()

    def test_no_more_is_credited_than_the_invoice_comes_to(self):
        first = self.dispute(self.move, 60)
        first.action_accept()
        second = self.dispute(self.move, 60)
        second.action_accept()
        self.assertEqual(second.state, "accepted")
        self.assertEqual(second._decided_amount_text(), "40.00\xa0€")
        self.assertEqual(second.credit_note_id.amount_total, 40)

    def test_what_may_be_credited_is_asked_once(self):
        """Of each invoice in its own currency, however many disputes are answered."""
        credited = self.dispute(self.move, 60) | self.dispute(self.foreign, 30)
        credited.action_accept()
        credited[1].credit_note_id.action_post()
        disputes = (
            self.dispute(self.move, 10)
            | self.dispute(self.second, 10)
            | self.dispute(self.foreign, 10)
        )
        self.env.flush_all()
        disputes.move_id.mapped("amount_total")
        with self.assertQueryCount(1):
            amounts = disputes._creditable()
        self.assertEqual([amounts[each] for each in disputes], [40, 200, 70])

    def test_a_hold_that_is_ended_early(self):
        hold = self.env["credit.hold"].create(
            {"move_id": self.move.id, "date_end": TODAY, "reason": "Asked"}
        )
        hold.action_release()
        self.assertIn("The hold was ended", self.notes(self.move))
        self.assertNotIn("On hold", self.notes(self.second))
