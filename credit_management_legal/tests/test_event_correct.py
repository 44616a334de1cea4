"""What was noted on a timeline is not rewritten: it is struck, and stays readable."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .procedure_common import ProcedureCommon


@tagged("post_install", "-at_install")
class TestEventCorrect(ProcedureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.credit_limitation_kind = "general"
        cls.collector = cls.make_user("collector", "group_collector")
        cls.manager = cls.make_user("manager", "group_manager")
        cls.viewer = cls.make_user("viewer", "group_viewer")
        cls.bailiff = cls.make_party("Bailiff", credit_party_role="bailiff")

    def setUp(self):
        super().setUp()
        with self.on("2026-09-07"):
            self.case = self.judicial("fr_order", party_id=self.bailiff.id)
        self.act(self.case, "order", "2026-09-14")

    def typed(self, day, user=None, **values):
        """An entry that somebody types in."""
        with self.on(day):
            events = self.env["credit.case.event"].with_user(user or self.collector)
            return events.create(
                {
                    "case_id": self.case.id,
                    "kind": "contact",
                    "name": "Called",
                    "note": "Will pay",
                    **values,
                }
            )

    def served(self, day, user=None):
        stage = self.case.procedure_id.stage_ids.filtered(lambda s: s.code == "served")
        return self.typed(
            day, user, kind="served", name="Served", procedure_stage_id=stage.id
        )

    def last_day(self):
        self.env.invalidate_all()
        return self.case.line_ids.move_line_id.limitation_date

    def correct(self, event, reason, user=None, **values):
        wizards = self.env["credit.case.correct"].with_user(user or self.collector)
        action = event.with_user(user or self.collector).action_correct()
        form = Form(wizards.with_context(**action["context"]))
        form.reason = reason
        for name, value in values.items():
            form[name] = value
        return form.save().action_correct()

    # ------------------------------------------------------------------
    # Changes
    # ------------------------------------------------------------------

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
            self.assertRaisesRegex(UserError, "stays on record"),
        ):
            event.attachment_ids.with_user(self.collector).unlink()
        with (
            self.on("2026-10-02"),
            self.assertRaisesRegex(UserError, "stays on record"),
        ):
            event.attachment_ids.with_user(self.collector).raw = b"b"

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
        with self.assertRaisesRegex(UserError, "stays on record"):
            theirs.unlink()
        for values in ({"raw": b"b"}, {"res_id": self.case.copy().id}):
            with self.assertRaisesRegex(UserError, "stays on record"):
                theirs.write(values)
        theirs.name = "Letter of today.pdf"

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

    # ------------------------------------------------------------------
    # Corrections
    # ------------------------------------------------------------------

    def test_nobody_speaks_for_others(self):
        """Whatever a client sends: what a collector notes is what a collector notes."""
        event = self.typed(
            "2026-10-01",
            origin="party",
            author_id=self.bailiff.id,
            active=False,
            correct_reason="None",
        )
        self.assertEqual(event.origin, "creditor")
        self.assertEqual(event.author_id, self.collector.partner_id)
        self.assertTrue(event.active)
        self.assertFalse(event.correct_reason)
        with self.on("2026-10-01"):
            noted = event.with_user(self.collector).with_context(credit_case_noted=True)
            noted = noted.create(
                {"case_id": self.case.id, "kind": "contact", "name": "Called again"}
            )
        self.assertEqual(noted.typed_on, date(2026, 10, 1))

    def test_nobody_speaks_for_others_by_default(self):
        with self.on("2026-10-01"):
            events = self.env["credit.case.event"].with_user(self.collector)
            event = events.with_context(
                default_origin="party",
                default_author_id=self.bailiff.id,
                default_active=False,
                default_confirmed_by_id=self.manager.id,
                default_message_key="1",
                default_kind="contact",
            ).create(
                {
                    "case_id": self.case.id,
                    "name": "Called",
                    "confirmed_by_id": self.manager.id,
                    "confirmed_on": "2026-09-01",
                    "party_status": "closed",
                    "message_digest": "1",
                }
            )
        self.assertEqual((event.kind, event.origin), ("contact", "creditor"))
        self.assertEqual(event.author_id, self.collector.partner_id)
        self.assertTrue(event.active)
        for name in (
            "confirmed_by_id",
            "confirmed_on",
            "message_key",
            "message_digest",
            "party_status",
        ):
            self.assertFalse(event[name], name)

    def test_struck_and_noted_anew(self):
        """Deadlines and limitation follow from what is left and from what is right."""
        before, count = self.last_day(), len(self.case.event_ids)
        event = self.served("2026-10-01")
        self.assertEqual(self.last_day(), date(2031, 10, 1))
        self.assertEqual(self.case.stage_id.code, "served")
        with self.on("2026-10-05"):
            self.correct(event, "Served on another day", date="2026-09-28")
        self.assertFalse(event.active)
        self.assertEqual(
            (event.corrected_by_id, event.corrected_on, event.date),
            (self.collector, date(2026, 10, 5), date(2026, 10, 1)),
        )
        self.assertEqual(
            event.correction_text,
            f"Corrected by {self.collector.name} on 10/05/2026: Served on another day",
        )
        anew = self.case.event_ids.filtered(lambda e: e.kind == "served")
        self.assertEqual(
            (anew.date, anew.typed_on), (date(2026, 9, 28), date(2026, 10, 5))
        )
        self.assertEqual(self.case.timeline_ids - self.case.event_ids, event)
        self.assertEqual(self.last_day(), date(2031, 9, 28))
        self.assertEqual(self.case.deadline_ids.event_id & (event | anew), anew)
        self.assertIn(
            "Struck from the timeline", " ".join(self.case.message_ids.mapped("body"))
        )
        # Nor is the correction itself the last word.
        with self.on("2026-10-06"):
            self.correct(anew, "Never served", user=self.manager, renew=False)
        self.assertEqual(self.last_day(), before)
        self.assertEqual(self.case.stage_id.code, "order")
        self.assertEqual(len(self.case.event_ids), count)
        self.assertEqual(len(self.case.timeline_ids), count + 2)
        with self.on("2026-10-06"), self.assertRaisesRegex(UserError, "was struck"):
            event.with_user(self.manager).action_correct()

    def test_struck_is_not_deleted(self):
        event = self.typed("2026-10-01")
        with self.on("2026-10-01"):
            event._strike("Another debtor")
            with self.refused("stays on record"):
                event.unlink()

    def test_only_the_day_is_given(self):
        event = self.served("2026-10-01")
        with self.on("2026-10-05"):
            wizards = self.env["credit.case.correct"].with_user(self.collector)
            wizards.create(
                {"event_id": event.id, "reason": "Day", "date": "2026-09-28"}
            ).action_correct()
        anew = self.case.event_ids.filtered(lambda e: e.kind == "served")
        self.assertEqual(
            (anew.date, anew.name, anew.procedure_stage_id),
            (date(2026, 9, 28), event.name, event.procedure_stage_id),
        )

    def test_struck_in_a_list_with_what_was_struck(self):
        """Clients send the context of the list of a timeline with its buttons."""
        before = self.last_day()
        event = self.served("2026-10-01").with_context(active_test=False)
        with self.on("2026-10-05"):
            self.correct(event, "Served on another day", date="2026-09-28")
        anew = self.case.event_ids.filtered(lambda e: e.kind == "served")
        self.assertEqual(anew.date, date(2026, 9, 28))
        self.assertEqual(self.case.deadline_ids.event_id & (event | anew), anew)
        self.assertEqual(self.last_day(), date(2031, 9, 28))
        seen = self.case.with_context(active_test=False)
        self.assertNotIn(event, seen.event_ids)
        with self.on("2026-10-06"):
            self.correct(
                anew.with_context(active_test=False), "Never served", renew=False
            )
            self.assertEqual(self.case.stage_id.code, "order")
            self.assertNotIn(anew, self.case.deadline_ids.event_id)
        self.assertEqual(self.last_day(), before)
        # Nor does it count once something else moves the deadlines.
        self.typed("2026-10-07", self.manager)
        with self.on("2026-10-07"):
            self.case.with_context(active_test=False)._refresh_deadlines()
            self.assertEqual(self.case.stage_id.code, "order")
            self.case.with_user(self.manager).timeline_ids = [
                Command.create({"kind": "opposition", "name": "Opposition"})
            ]
            self.assertNotIn(anew, self.case.deadline_ids.event_id)
            self.assertNotIn(anew, self.case.deadline_ids.met_event_id)

    def test_written_through_the_timeline(self):
        """Acts that nobody named are found from what counts."""
        event = self.served("2026-10-01")
        with self.on("2026-10-02"):
            self.correct(event, "Never served", renew=False)
            self.case.with_user(self.manager).timeline_ids = [
                Command.create({"kind": "served", "name": "Served"})
            ]
        anew = self.case.event_ids.filtered(lambda e: e.kind == "served")
        self.assertEqual(anew.procedure_stage_id.code, "served")
        with self.on("2026-10-02"):
            self.case.with_user(self.manager).timeline_ids = [
                Command.update(anew.id, {"date": "2026-09-30"})
            ]
            self.assertNotIn(event, self.case.deadline_ids.event_id)
            self.assertEqual(self.last_day(), date(2031, 9, 30))
            self.case.with_user(self.manager).timeline_ids = [Command.delete(anew.id)]
            self.assertEqual(self.case.stage_id.code, "order")

    def test_a_new_line_can_be_filled_in(self):
        with self.on("2026-10-01"):
            events = self.env["credit.case.event"].with_user(self.collector)
            form = Form(
                events.with_context(default_case_id=self.case.id),
                view="credit_management_legal.credit_case_event_view_form",
            )
            self.assertTrue(form.can_change)
            form.kind = "contact"
            form.name = "Called"
            form.save()
        self.assertIn("Called", self.case.event_ids.mapped("name"))

    def test_deleted_today_moves_limitation_back(self):
        before = self.last_day()
        event = self.served("2026-10-01")
        self.assertNotEqual(self.last_day(), before)
        with self.on("2026-10-01"):
            event.unlink()
            self.assertEqual(self.last_day(), before)

    def test_changed_today_moves_limitation(self):
        event = self.served("2026-10-01")
        with self.on("2026-10-01"):
            event.date = "2026-09-28"
        self.assertEqual(self.last_day(), date(2031, 9, 28))

    def test_acts_of_older_databases(self):
        """Older entries do not say who typed them: acts can still be struck."""
        order = self.case.event_ids.with_user(self.collector)
        self.assertFalse(order.typed_on)
        with self.on("2026-10-01"), self.refused("“Correct” strikes it"):
            order.date = "2026-09-15"
        with self.on("2026-10-01"):
            self.correct(order, "There was no order", renew=False)
        self.assertFalse(self.case.event_ids)

    def test_title_is_changed_on_the_case(self):
        with self.on("2026-09-07"):
            case = self.judicial()
            case.with_user(self.manager).date_title = "2026-09-01"
            title = case.event_ids
            self.assertFalse(title.can_correct)
            case.with_user(self.manager).date_title = "2026-09-02"
            self.assertEqual(title.date, date(2026, 9, 2))

    def test_another_entry_is_no_title(self):
        """Else the day on the case would rewrite or delete what was noted."""
        old = self.typed("2026-09-08")
        case = self.case.with_user(self.manager)
        with self.assertRaises(AccessError):
            case.title_event_id = old
        with self.assertRaises(AccessError):
            case.create({"partner_id": self.debtor.id, "title_event_id": old.id})
        with self.assertRaises(AccessError):
            case.with_context(default_title_event_id=old.id).create(
                {"partner_id": self.debtor.id}
            )

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def test_who_may(self):
        event = self.served("2026-10-01")
        elsewhere = self.make_user("elsewhere", "group_manager", self.other_company)
        portal = new_test_user(self.env, "portal", "base.group_portal")
        for user in (self.viewer, elsewhere, portal):
            theirs = event.with_user(user)
            with self.on("2026-10-01"):
                with self.assertRaises(AccessError):
                    theirs.write({"name": "X"})
                with self.assertRaises(AccessError):
                    theirs.action_correct()
                with self.assertRaises(AccessError):
                    theirs._strike("X")
        self.assertTrue(event.active)

    def test_of_the_other_company(self):
        """Each company has its own; whoever is in both corrects in both."""
        both = self.make_user("both", "group_manager")
        both.company_ids |= self.other_company
        with self.on("2026-10-01"):
            move = self.make_invoice(
                self.make_debtor("There"),
                overdue=100,
                company=self.other_company,
            )
            there = self.make_case(move)
            events = self.env["credit.case.event"].with_user(both)
            event = events.with_context(
                allowed_company_ids=both.company_ids.ids
            ).create({"case_id": there.id, "kind": "contact", "name": "Called"})
        with self.on("2026-10-02"):
            with self.assertRaises(ValidationError):
                event.name = "X"
            event._strike("Another debtor")
        self.assertFalse(event.active)
        self.assertIn("Another debtor", there.message_ids[0].body)

    def test_on_the_screen(self):
        event = self.served("2026-10-01")
        with self.on("2026-10-05"):
            self.correct(event, "Served on another day")
            form = Form(self.case.with_user(self.manager))
            shown = [line["correction_text"] for line in form.timeline_ids._records]
            self.assertEqual(len([text for text in shown if text]), 1)
