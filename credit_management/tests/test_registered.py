"""Registered letters: what became of each, and what follows from it."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import NOW, TODAY
from .postal_common import PostalCommon

NUMBER = "RR473124829CZ"


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestRegistered(PostalCommon):
    def note(self, letter, state, day, **values):
        return letter._note_postal(state, self.day(day), **values)

    def tasks(self, letter):
        tasks = self.env["credit.task"].search([("res_model", "=", letter._name)])
        return set(tasks.filtered(lambda t: t.res_id == letter.id).mapped("kind"))

    # ------------------------------------------------------------------
    # From made to received
    # ------------------------------------------------------------------

    def test_made_letter_waits_to_be_posted(self):
        move = self.make_invoice(overdue=6)
        reminder = self.propose().reminder_ids
        reminder.action_approve()
        reminder.sudo()._register_sent()
        self.assertEqual(reminder.postal_state, "to_post")
        self.assertEqual(reminder.delivery_state, "pending")
        self.assertEqual(self.tasks(reminder), {"post"})
        self.assertReason(move, "unposted")
        self.assertFalse(self.propose().reminder_ids)
        reminder.action_post_today()
        self.assertEqual(reminder.postal_state, "posted")
        self.assertTrue(reminder.printed)
        self.assertFalse(self.tasks(reminder))
        self.assertReason(move, False)

    def test_the_clock_begins_with_the_posting(self):
        letter = self.letter()
        self.assertEqual(letter.date_done, self.MADE)
        self.note(letter, "posted", 4, number=NUMBER)
        self.assertEqual(letter.tracking_number, NUMBER)
        self.assertEqual(letter.date_posted, self.day(4))
        # The next step counts from it, and so does the time to pay.
        self.assertEqual(letter.date_done, self.day(4))
        self.assertEqual(letter.deadline_letter_date, self.day(10))
        self.assertEqual(letter.deadline_date, self.day(14))
        self.assertEqual(letter.delivery_state, "pending")

    def test_french_letters_count_from_presentation(self):
        self.assertEqual(
            self.env.ref("credit_management.regime_fr_business").notice_counts_from,
            "presentation",
        )
        self.assertEqual(
            self.env.ref("credit_management.regime_de_business").notice_counts_from,
            "receipt",
        )
        self.assertEqual(
            self.env.ref("credit_management.regime_nl_consumer").notice_counts_from,
            "receipt",
        )
        letter = self.letter()
        self.note(letter, "posted", 1)
        self.note(letter, "presented", 3)
        self.assertEqual(letter.deadline_date, self.day(13))
        self.assertEqual(letter.delivery_state, "delivered")
        self.note(letter, "received", 8)
        self.assertEqual(letter.deadline_date, self.day(13))
        self.assertEqual(letter.date_postal_end, self.day(8))
        self.assertEqual(letter.date_done, self.day(1))

    def test_series_a_week_apart(self):
        letter = self.letter()
        letter.sudo().write({"deadline_date": False})
        self.first_step.deadline_days = 0
        move = letter.line_ids.move_id
        self.note(letter, "posted", 5)
        # Posted five days ago: not today, but in two days.
        self.assertFalse(self.propose().reminder_ids)
        later = TODAY + timedelta(days=2)
        second = self.propose(day=later).reminder_ids
        self.assertEqual(second.line_ids.move_id, move)
        self.assertEqual(second.step_id, self.second_step)

    def test_shipped_series(self):
        policy = self.env.ref("credit_management.credit_policy_registered_series")
        steps = policy.with_context(active_test=False).step_ids
        self.assertEqual(
            steps.mapped(lambda s: (s.channel, s.trigger, s.delay_days)),
            [
                ("registered_letter", "due", 10),
                ("registered_letter", "previous", 7),
                ("registered_letter", "previous", 7),
            ],
        )
        self.assertEqual(steps.mapped("formal_notice"), [False, False, True])

    # ------------------------------------------------------------------
    # What came back
    # ------------------------------------------------------------------

    def test_unclaimed_counts_where_the_law_says_so(self):
        letter = self.letter()
        self.note(letter, "posted", 1)
        self.note(letter, "unclaimed", 9)
        self.assertEqual(letter.delivery_state, "delivered")
        self.assertIn("not collected", letter.postal_text)
        self.assertEqual(letter.address_check, "open")
        self.assertEqual(self.tasks(letter), {"postal_address"})

    def test_unclaimed_is_no_contact_where_receipt_is_needed(self):
        self.env["credit.regime"].search([]).notice_counts_from = "receipt"
        letter = self.letter()
        self.note(letter, "posted", 1)
        self.note(letter, "presented", 3)
        self.note(letter, "unclaimed", 9)
        self.assertEqual(letter.delivery_state, "bounced")
        self.assertIn("have to be received", letter.failure_reason)
        # First the address, then whatever else: one task at a time.
        self.assertEqual(self.tasks(letter), {"postal_address"})
        self.assertReason(letter.line_ids.move_id, "failed")
        letter.action_address_right()
        self.assertEqual(self.tasks(letter), {"bounce"})

    def test_interest_counts_from_where_the_law_says(self):
        """Posted on one day, presented on another, received on a third."""
        regimes = self.env["credit.regime"].search([])
        letter = self.letter()
        letter.step_id.formal_notice = True
        self.note(letter, "posted", 1)
        self.note(letter, "presented", 3)
        for counts_from, day, later in (
            ("posting", 1, 1),
            ("presentation", 3, 3),
            # As long as nobody knows of the receipt: the posting.
            ("receipt", 1, 8),
        ):
            regimes.notice_counts_from = counts_from
            with self.subTest(counts_from):
                self.assertEqual(self.notice_day(letter), self.day(day))
                with self.cr.savepoint() as savepoint:
                    self.note(letter, "received", 8)
                    self.assertEqual(self.notice_day(letter), self.day(later))
                    savepoint.rollback()
                self.env.invalidate_all()

    def notice_day(self, letter):
        [row] = self.env["credit.engine"]._charge_claims(
            letter.company_id, letter.line_ids.move_line_id.ids, self.day(30)
        )
        return row["claim"].notice_day

    def test_refused_counts(self):
        self.env["credit.regime"].search([]).notice_counts_from = "receipt"
        letter = self.letter()
        self.note(letter, "posted", 1)
        self.note(letter, "refused", 3)
        self.assertEqual(letter.delivery_state, "delivered")
        self.assertIn("refused", letter.postal_text)
        self.assertFalse(letter.address_check)
        self.assertEqual(letter.deadline_date, self.day(13))

    def test_undeliverable_falls_back(self):
        self.first_step.fallback_channel = "email"
        letter = self.letter()
        charge = (
            self.env["credit.charge"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.debtor.id,
                    "currency_id": self.euro.id,
                    "reminder_id": letter.id,
                    "kind": "indemnity",
                    "date": self.MADE,
                    "amount": 40,
                }
            )
        )
        self.note(letter, "posted", 1)
        self.assertEqual(charge.state, "claimed")
        self.note(letter, "undeliverable", 5)
        self.assertEqual(letter.delivery_state, "bounced")
        self.assertEqual(charge.state, "reversed")
        heir = letter.fallback_ids
        self.assertEqual((heir.channel, heir.state), ("email", "queued"))

    def test_what_was_answered_has_arrived(self):
        letter = self.letter()
        self.note(letter, "posted", 1)
        letter.delivery_state = "replied"
        self.note(letter, "undeliverable", 5)
        self.assertEqual(letter.delivery_state, "replied")
        self.assertEqual(letter.address_check, "open")

    def test_no_letter_to_an_address_that_is_wrong(self):
        letter = self.letter()
        self.note(letter, "posted", 1)
        self.note(letter, "undeliverable", 5)
        other = self.letter()
        self.assertIn("came back", other._alerts_letter()[other])
        letter.action_address_right()
        self.assertFalse(other._alerts_letter())

    def test_address_is_put_right_and_the_letter_sent_anew(self):
        letter = self.letter()
        self.note(letter, "posted", 1)
        self.note(letter, "undeliverable", 5)
        collector = self.make_user("collector")
        wizard = Form(
            self.env["credit.postal.address"]
            .with_user(collector)
            .with_context(default_reminder_id=letter.id)
        )
        self.assertEqual(wizard.city, "Paris")
        unchanged = wizard.save()
        with self.assertRaises(UserError):
            unchanged.action_save()
        wizard.city = "Lyon"
        wizard.source = "Register of companies"
        wizard.save().action_send()
        self.assertEqual(self.debtor.city, "Lyon")
        self.assertEqual(letter.address_check, "done")
        self.assertIn("Lyon", letter.message_ids[0].body)
        anew = letter.fallback_ids
        self.assertEqual((anew.channel, anew.state), ("registered_letter", "queued"))
        self.assertFalse(anew.postal_state)
        self.assertFalse(anew.tracking_number)

    def test_withdrawn(self):
        letter = self.letter()
        move = letter.line_ids.move_id
        letter.action_withdraw_letter()
        self.assertEqual(letter.postal_state, "withdrawn")
        self.assertEqual(letter.delivery_state, "bounced")
        self.assertReason(move, "failed")
        self.assertEqual(self.tasks(letter), {"bounce"})
        with self.assertRaises(UserError):
            self.note(letter, "posted", 9)

    # ------------------------------------------------------------------
    # Forward, or corrected
    # ------------------------------------------------------------------

    def test_refusals_are_told(self):
        letter = self.letter()
        self.note(letter, "posted", 2)
        self.note(letter, "received", 4)
        for state, day, said in (
            ("presented", 5, "backwards"),
            ("posted", 3, "another day"),
            ("unclaimed", 5, "backwards"),
        ):
            with self.assertRaisesRegex(UserError, said):
                self.note(letter, state, day)
        with self.assertRaisesRegex(UserError, "future"):
            self.note(self.letter(), "posted", 11)
        plain = self.letter(channel="letter")
        with self.assertRaisesRegex(UserError, "plain letter"):
            self.note(plain, "received", 2)

    def test_correction_leaves_its_trace(self):
        letter = self.letter()
        self.note(letter, "posted", 2)
        self.note(letter, "unclaimed", 6)
        with self.assertRaises(UserError):
            letter._strike_postal("unclaimed", " ")
        event = self.note(letter, "received", 5, reason="The slip was misread")
        self.assertTrue(event.correction)
        self.assertEqual(letter.postal_state, "received")
        self.assertFalse(letter.address_check)
        self.assertEqual(letter.delivery_state, "delivered")
        struck = letter.postal_event_ids.filtered("struck")
        self.assertEqual(struck.mapped("state"), ["unclaimed"])
        self.assertIn("misread", letter.message_ids[0].body)

    def test_corrected_posting_moves_the_clock_back(self):
        letter = self.letter()
        self.note(letter, "posted", 6)
        self.assertEqual(letter.deadline_date, self.day(16))
        self.note(letter, "posted", 2, reason="Two days later than thought")
        self.assertEqual(letter.date_done, self.day(2))
        self.assertEqual(letter.deadline_date, self.day(12))
        self.note(letter, "posted", 0, reason="On the very day")
        # The day that the letter names is kept to.
        self.assertEqual(letter.deadline_date, self.day(10))

    def test_events_are_evidence(self):
        letter = self.letter()
        event = self.note(letter, "posted", 2, proof=[("slip.pdf", b"%PDF-slip")])
        proof = event.attachment_ids
        self.assertEqual(proof.res_id, letter.id)
        with self.assertRaises(UserError):
            event.sudo().date = TODAY
        with self.assertRaises(UserError):
            event.sudo().unlink()
        with self.assertRaises(UserError):
            proof.unlink()
        with self.assertRaises(UserError):
            letter.with_user(self.make_user("collector")).tracking_number = NUMBER
        # Said twice with the receipt: the proof is added, the event is one.
        self.note(letter, "posted", 2, proof=[("receipt.pdf", b"%PDF-receipt")])
        self.assertEqual(len(letter.postal_event_ids), 1)
        self.assertEqual(len(event.attachment_ids), 2)

    def test_numbers(self):
        letter, other = self.letter(), self.letter(self.debtor_b)
        self.note(letter, "posted", 2, number="rr 473 124 829 cz")
        self.assertEqual(letter.tracking_number, NUMBER)
        with self.assertRaisesRegex(UserError, "another letter"):
            self.note(other, "posted", 2, number=NUMBER)
        with self.assertRaisesRegex(UserError, "check digit"):
            self.note(other, "posted", 2, number="RR473124828CZ")
        # Carriers use their numbers again, once a letter has arrived.
        self.note(letter, "received", 3)
        self.note(other, "posted", 4, number=NUMBER)
        self.assertEqual(other.tracking_number, NUMBER)

    # ------------------------------------------------------------------
    # Scanning
    # ------------------------------------------------------------------

    def test_scan(self):
        letters = self.letter() | self.letter(self.debtor_b)
        collector = self.make_user("collector")
        action = letters.with_user(collector).action_scan_numbers()
        scan = self.env[action["res_model"]].with_user(collector)
        form = Form(scan.browse(action["res_id"]))
        first = form.current
        form.scanned = NUMBER
        self.assertFalse(form.scanned)
        self.assertNotEqual(form.current, first)
        form.scanned = NUMBER
        self.assertIn("already", form.message)
        form.scanned = "no number"
        self.assertIn("no number", form.message)
        form.scanned = "1A12345678901"
        self.assertFalse(form.current)
        form.save().action_save()
        self.assertEqual(
            set(letters.mapped("tracking_number")), {NUMBER, "1A12345678901"}
        )
        self.assertEqual(set(letters.mapped("postal_state")), {"posted"})
        self.assertEqual(set(letters.mapped("date_posted")), {TODAY})

    def test_scan_of_a_reference_chooses_the_letter(self):
        letters = self.letter() | self.letter(self.debtor_b)
        action = letters.action_scan_numbers()
        form = Form(self.env[action["res_model"]].browse(action["res_id"]))
        form.scanned = letters[1].name
        form.scanned = NUMBER
        form.post = False
        form.save().action_save()
        self.assertEqual(letters[1].tracking_number, NUMBER)
        self.assertFalse(letters[0].tracking_number)
        self.assertEqual(letters[1].postal_state, "to_post")

    # ------------------------------------------------------------------
    # Two companies, rights
    # ------------------------------------------------------------------

    def test_companies_and_currencies(self):
        policy = self.make_policy(
            {"delay_days": 5, "channel": "registered_letter", "deadline_days": 10},
            company_id=self.other_company.id,
        )
        abroad = self.letter(
            self.debtor_b, step=policy.step_ids, company=self.other_company
        )
        here = self.letter()
        self.note(here, "posted", 1, number=NUMBER)
        self.note(abroad, "posted", 1, number=NUMBER)
        self.assertEqual(abroad.currency_id, self.dollar)
        self.assertEqual(abroad.tracking_number, NUMBER)
        collector = self.make_user("collector")
        with self.assertRaises(AccessError):
            abroad.with_user(collector)._note_postal("received", TODAY)
        events = self.env["credit.postal.event"].with_user(collector).search([])
        self.assertEqual(events.company_id, self.company)

    def test_viewers_only_read(self):
        letter = self.letter()
        viewer = self.make_user("viewer")
        with self.assertRaises(AccessError):
            letter.with_user(viewer)._note_postal("posted", self.day(1))
        with self.assertRaises(AccessError):
            letter.with_user(viewer).action_post_today()
        self.note(letter, "posted", 1)
        seen = letter.with_user(viewer).postal_event_ids
        self.assertEqual(seen.mapped("state"), ["posted"])
