"""What was noted on a timeline is not rewritten, nor is what it is proved by."""

from datetime import date
from pathlib import Path
from runpy import run_path

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .event_common import EventCommon


@tagged("post_install", "-at_install")
class TestEventChange(EventCommon):
    def test_changed_today_and_kept(self):
        """What was noted before stands on the case, with whoever changed it."""
        event = self.typed("2026-10-01", date="2026-09-30")
        with self.on("2026-10-01"):
            event.with_user(self.manager).write(
                {"name": "Called twice", "date": "2026-09-29", "kind": "visit"}
            )
            message = self.case.message_ids[0]
            self.assertEqual(message.author_id, self.manager.partner_id)
            for text in (
                "Date: 09/30/2026 → 09/29/2026",
                "What: Called → Called twice",
                "Kind: Contact → Visit",
            ):
                self.assertIn(text, message.body)
            # What is as it was is no change.
            count = len(self.case.message_ids)
            event.name = "Called twice"
            self.assertEqual(len(self.case.message_ids), count)

    def test_not_rewritten_later(self):
        for user in (self.collector, self.manager):
            event = self.typed("2026-10-01", user).with_user(user)
            for values in (
                {"name": "Never called"},
                {"date": "2026-09-01"},
                {"kind": "visit"},
                {"note": "Will not pay"},
                {"amount": 12},
                {"case_id": self.case.copy().id},
                {"active": False},
                {"author_id": self.bailiff.id},
                {"attachment_ids": [Command.clear()]},
            ):
                if "attachment_ids" in values:
                    event.sudo().attachment_ids = self.paper()
                with (
                    self.subTest(values),
                    self.on("2026-10-02"),
                    self.refused("stays as it was noted"),
                ):
                    event.write(values)

    def paper(self):
        files = self.env["ir.attachment"].with_user(self.collector)
        return files.create({"name": "a.pdf", "raw": b"a"})

    def test_added_to_later(self):
        """What was said at a hearing is written down after it was announced."""
        event = self.typed("2026-10-01")
        with self.on("2026-10-05"):
            event.write(
                {
                    "note": "Will pay\nand did not",
                    "attachment_ids": [Command.link(self.paper().id)],
                }
            )
            self.assertIn(
                "In detail: Will pay → Will pay\nand did not",
                self.case.message_ids[0].body,
            )
            self.assertIn("a.pdf", self.case.message_ids[0].body)

    def test_files_stay(self):
        event = self.typed("2026-10-01", attachment_ids=[Command.set(self.paper().ids)])
        with (
            self.on("2026-10-02"),
            self.assertRaisesRegex(UserError, "stays as it is"),
        ):
            event.attachment_ids.with_user(self.collector).unlink()
        with (
            self.on("2026-10-02"),
            self.assertRaisesRegex(UserError, "stays as it is"),
        ):
            event.attachment_ids.with_user(self.collector).raw = b"b"

    def test_files_of_a_saved_wizard_stay(self):
        """Refused at first and then noted: they are the entry's, not the wizard's."""
        with self.on("2026-10-01"):
            wizards = self.env["credit.case.note"].with_user(self.collector)
            wizard = wizards.create(
                {
                    "case_id": self.case.id,
                    "is_other": True,
                    "name": "Called",
                    "date": "2026-10-05",
                }
            )
            paper = self.paper()
            paper.write({"res_model": wizard._name, "res_id": wizard.id})
            wizard.attachment_ids = paper
            with self.refused("only a hearing can lie in the future"):
                wizard.action_note()
            wizard.date = "2026-10-01"
            wizard.action_note()
            event = self.case.event_ids.filtered(lambda event: event.name == "Called")
            self.assertEqual((paper.res_model, paper.res_id), (event._name, event.id))
            # As in databases of before: the file is where it was put.
            paper.sudo().write({"res_model": wizard._name, "res_id": wizard.id})
        self.env.flush_all()
        script = Path(__file__).parents[1] / "migrations" / "19.0.1.6.0"
        upgrade = run_path(str(script / "post-files-of-noted-entries.py"))
        upgrade["migrate"](self.env.cr, "19.0.1.5.0")
        self.env.cr.execute(
            "UPDATE credit_case_note SET write_date = write_date - INTERVAL '3 days'"
        )
        self.env.invalidate_all()
        self.env["credit.case.note"]._transient_vacuum()
        self.assertFalse(wizard.exists())
        self.assertEqual(event.attachment_ids, paper.exists())
        self.assertEqual((paper.res_model, paper.res_id), (event._name, event.id))

    def test_own_files_of_the_chatter(self):
        """Who may post on an open case takes back a wrong file of his own."""
        files = self.env["ir.attachment"].with_user(self.collector)
        on_case = {"res_model": self.case._name, "res_id": self.case.id, "raw": b"a"}
        own = files.sudo().create({"name": "own.pdf", **on_case}).sudo(False)
        letter = files.sudo().create({"name": "letter.pdf", **on_case}).sudo(False)
        self.case._add_event(
            "letter", "Letter", attachment_ids=[Command.link(letter.id)]
        )
        other = self.env["ir.attachment"].create({"name": "other.pdf", **on_case})
        self.assertEqual(own.create_uid, self.collector)
        self.assertFalse(own.has_access("write"))
        self.assertTrue(own._has_attachments_ownership([None]))
        self.assertTrue((own | letter)._has_attachments_ownership(None))
        for file in (other.with_user(self.collector), own.with_user(self.viewer)):
            self.assertFalse(file._has_attachments_ownership([None]))
        self.assertFalse((own | other)._has_attachments_ownership([None, None]))
        with self.assertRaisesRegex(UserError, "stays as it is"):
            letter.sudo()._delete_and_notify()
        own.sudo()._delete_and_notify()
        self.assertFalse(own.exists())

    def test_printed_papers_stay(self):
        """They are filed under the case."""
        paper = self.env["ir.attachment"].create(
            {
                "name": "letter.pdf",
                "raw": b"a",
                "res_model": "credit.case",
                "res_id": self.case.id,
            }
        )
        self.case._add_event(
            "letter", "Letter", attachment_ids=[Command.link(paper.id)]
        )
        theirs = paper.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "stays as it is"):
            theirs.unlink()
        other = self.case.copy().id
        for values in ({"raw": b"b"}, {"res_id": other}, {"name": "Other.pdf"}):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                theirs.write(values)
        theirs.description = "Letter of today"

    def test_of_others_and_of_the_system(self):
        with self.on("2026-10-01"):
            reported = self.case._accept_report(
                {"type": "event", "kind": "served", "date": "2026-10-01"},
                "party",
                self.bailiff,
            )
            fed = self.case._accept_report(
                {"type": "event", "kind": "contact", "date": "2026-10-01"},
                "feed",
                self.bailiff,
            )
            sent = self.case._add_event("letter", "Formal notice", origin="system")
            paid = self.case._add_event("payment", "Payment")
        for event in reported | fed | sent | paid:
            for user in (self.collector, self.manager):
                event = event.with_user(user)
                self.assertFalse(event.can_change or event.can_correct)
                theirs = user == self.manager and event in reported | fed
                self.assertEqual(event.can_strike, theirs)
                for values in ({"note": "More"}, {"name": "X"}, {"amount": 7}):
                    with self.on("2026-10-01"), self.refused("by the system or by"):
                        event.write(values)
                if not theirs:
                    with self.on("2026-10-01"), self.assertRaises(UserError):
                        event.action_correct()

    def test_wrong_report_struck_by_a_manager(self):
        """A mistaken confirmation has a way back; what was reported stays readable."""
        before = self.last_day()
        with self.on("2026-10-01"):
            report = {"type": "event", "kind": "served", "date": "2026-10-01"}
            reported = self.case._accept_report(report, "feed", self.bailiff, "17")
            reported.with_user(self.collector).action_confirm()
        self.assertEqual(self.last_day(), date(2031, 10, 1))
        self.assertEqual(self.case.stage_id.code, "served")
        with self.on("2026-10-02"):
            with self.assertRaisesRegex(UserError, "can't be corrected"):
                reported.with_user(self.collector).action_correct()
            action = reported.with_user(self.manager).action_correct()
            self.assertFalse(action["context"]["default_renew"])
            self.correct(
                reported.with_context(active_test=False),
                "Another debtor was served",
                user=self.manager,
            )
        self.assertEqual(self.last_day(), before)
        self.assertEqual(self.case.stage_id.code, "order")
        self.assertIn(reported, self.case.timeline_ids)
        self.assertIn("Another debtor was served", reported.correction_text)
        self.assertEqual(
            (reported.name, reported.origin, reported.confirmed_by_id),
            (reported.name, "feed", self.collector),
        )
        with self.on("2026-10-02"), self.refused("stays on record"):
            reported.with_user(self.manager).unlink()
        # The same message again is no new entry.
        with self.on("2026-10-03"):
            again = self.case._accept_report(report, "feed", self.bailiff, "17")
        self.assertEqual(again, reported)
        self.assertEqual(self.last_day(), before)

    def test_status_that_was_struck_is_not_the_last(self):
        def report(status, day):
            values = {"type": "status", "status": status, "date": day}
            return self.case._accept_report(values, "party", self.bailiff)

        with self.on("2026-10-02"):
            first = report("contacted", "2026-10-01")
            second = report("promise", "2026-10-02")
            self.assertEqual(self.case.party_status, "promise")
            self.correct(second, "Of another debtor", user=self.manager)
            self.assertEqual(
                (self.case.party_status, self.case.party_status_date),
                ("contacted", date(2026, 10, 1)),
            )
            self.correct(first, "Of another debtor", user=self.manager)
            self.assertFalse(self.case.party_status or self.case.party_status_date)

    def test_reported_money_is_refused_first(self):
        with self.on("2026-10-01"):
            self.case._accept_report(
                {
                    "type": "payment",
                    "amount": "50",
                    "currency": self.case.currency_id.name,
                    "received_by": "party",
                    "date": "2026-10-01",
                },
                "party",
                self.bailiff,
            )
            payment = self.case.payment_ids
            event = payment.event_id.with_user(self.manager)
            with self.assertRaisesRegex(UserError, "refuse that first"):
                event._strike("Never paid")
            payment.state = "refused"
            event._strike("Never paid")
        self.assertFalse(event.active)

    def test_nobody_takes_over_what_others_reported(self):
        with self.on("2026-10-01"):
            reported = self.case._accept_report(
                {"type": "event", "kind": "served", "date": "2026-10-01"},
                "party",
                self.bailiff,
            )
            with self.refused("by the system or by"):
                reported.with_user(self.manager).origin = "creditor"
