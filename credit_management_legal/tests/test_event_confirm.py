"""What third parties report counts for limitation once somebody confirms it."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .event_common import EventCommon


@tagged("post_install", "-at_install")
class TestEventConfirm(EventCommon):
    def setUp(self):
        super().setUp()
        self.before = self.last_day()

    def report(self, kind, day, origin="party"):
        with self.on(day):
            return self.case._accept_report(
                {"type": "event", "kind": kind, "date": day}, origin, self.bailiff
            )

    def shown(self, day):
        """[(label, whether it counts)] of the acts of a day."""
        acts = self.case._limitation_acts()
        return [(a["label"], a["counted"]) for a in acts if str(a["date"]) == day]

    def check_confirming(self, origin):
        event = self.report("served", "2026-10-01", origin)
        self.assertEqual(event.procedure_stage_id.code, "served")
        self.assertTrue(event.is_unconfirmed)
        self.assertEqual(self.last_day(), self.before)
        [(label, counted)] = self.shown("2026-10-01")
        self.assertIn("Order or claim served, unconfirmed", label)
        self.assertFalse(counted)
        # What it would do is told, not that no rule is known.
        [text] = [
            act["text"]
            for act in self.case._limitation_acts()
            if str(act["date"]) == "2026-10-01"
        ]
        self.assertNotIn("No rule is known", text)
        self.assertEqual(self.case.unconfirmed_count, 1)
        waiting = [("event_ids.is_unconfirmed", "=", True)]
        self.assertEqual(self.env["credit.case"].search(waiting), self.case)
        with self.on("2026-10-02"):
            event.with_user(self.collector).action_confirm()
        self.assertEqual(
            (event.confirmed_by_id, event.confirmed_on),
            (self.collector, date(2026, 10, 2)),
        )
        self.assertEqual(self.last_day(), date(2031, 10, 1))
        self.assertEqual(self.shown("2026-10-01"), [("Order or claim served", True)])
        self.assertFalse(self.case.unconfirmed_count)

    def test_by_the_portal(self):
        self.check_confirming("party")

    def test_by_the_feed(self):
        self.check_confirming("feed")

    def test_collectors_confirm(self):
        event = self.report("served", "2026-10-01")
        with self.assertRaises(AccessError):
            event.with_user(self.viewer).action_confirm()
        self.assertTrue(event.is_unconfirmed)

    def test_our_own_acts_need_nothing(self):
        self.act(self.case, "served", "2026-10-01")
        self.assertFalse(self.case.unconfirmed_count)
        self.assertEqual(self.last_day(), date(2031, 10, 1))

    def test_title_that_follows_from_them(self):
        """A title by time is as sure as the service that it is reckoned from."""
        event = self.report("served", "2026-10-01")
        self.cron("2026-12-02")
        self.assertEqual(self.case.procedure_outcome, "title")
        with self.on("2026-12-02"):
            self.env["credit.limitation"]._refresh(self.company)
            self.assertEqual(self.last_day(), self.before)
            event.action_confirm()
            self.assertEqual(self.last_day(), date(2036, 12, 2))
        # What is reported later takes nothing back.
        self.report("enforcement", "2026-12-10")
        self.assertEqual(self.last_day(), date(2036, 12, 2))

    def test_no_act_is_nothing_to_confirm(self):
        with self.on("2026-10-01"):
            event = self.case._accept_report(
                {"type": "status", "status": "contacted", "date": "2026-10-01"},
                "party",
                self.bailiff,
            )
        self.assertFalse(event.is_unconfirmed)

    # ------------------------------------------------------------------
    # What stays
    # ------------------------------------------------------------------

    def test_evidence_does_not_vanish(self):
        """Only what was typed in today goes, and that is told."""
        with self.on("2026-10-01"):
            case = self.case.with_user(self.collector)
            noted = case._add_event("letter", "Formal notice")
            typed = self.env["credit.case.event"].with_user(self.collector)
            typed = typed.create(
                {"case_id": case.id, "kind": "contact", "name": "Called", "note": "?"}
            )
            later = typed.copy({"name": "Called again"})
            for event in (noted, case.event_ids.filtered(lambda e: e.kind == "order")):
                event.typed_on = "2026-10-01"
                with self.refused("stays on record"):
                    event.unlink()
            typed.unlink()
            self.assertIn("10/01/2026, Called (noted by", case.message_ids[0].body)
            self.assertIn(self.collector.name, case.message_ids[0].body)
        with self.on("2026-10-02"), self.refused("typed in today"):
            later.unlink()
