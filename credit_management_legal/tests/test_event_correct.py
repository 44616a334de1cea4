"""A mistake on a timeline is struck, and stays readable."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .event_common import EventCommon


@tagged("post_install", "-at_install")
class TestEventCorrect(EventCommon):
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
            self.assertFalse(self.case.has_struck)
            self.correct(event, "Served on another day")
            self.assertTrue(self.case.has_struck)
            form = Form(self.case.with_user(self.manager))
            shown = [line["correction_text"] for line in form.timeline_ids._records]
            self.assertEqual(len([text for text in shown if text]), 1)
