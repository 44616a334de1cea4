"""A letter of a track that is taken back before it leaves: the stage comes again."""

from datetime import date
from pathlib import Path
from runpy import run_path

from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import DeliveryCommon

from .track_common import MAIL, TrackCommon

LETTER = {
    "name": "Letter",
    "channel": "letter",
    "deadline_days": 10,
    "waits_for_answer": True,
}


@tagged("post_install", "-at_install")
class TestTrackTakenBack(TrackCommon, DeliveryCommon):
    def on_track(self, *stages):
        self.mandate.track_id = self.make_track(*stages)
        return self.make_file()

    def waiting(self, act, day):
        """The letter of an act, which waits in the house."""
        with freeze_time(f"{day} 10:00:00"):
            if act.reminder_ids.state == "to_approve":
                act.reminder_ids.action_approve()
            self.deliver(act.reminder_ids)
        self.assertEqual((act.reminder_ids.state, act.state), ("sent", "done"))
        return act.reminder_ids

    def take_back(self, letter, day):
        with freeze_time(f"{day} 11:00:00"):
            self.assertEqual(letter._take_back_outdated(), letter)

    def test_as_it_is_owed_it_stays(self):
        self.make_file()
        act = self.advance("2026-06-17")
        letter = self.waiting(act, "2026-06-17")
        with freeze_time("2026-06-17 11:00:00"):
            self.assertFalse(letter._take_back_outdated())
        self.assertEqual(act.state, "done")

    def test_the_stage_comes_again_once(self):
        case = self.make_file()
        act = self.advance("2026-06-17")
        letter = self.waiting(act, "2026-06-17")
        self.assertEqual(case.track_stage_id, self.notice)
        self.pay(self.move, 400)
        self.take_back(letter, "2026-06-18")
        self.assertEqual((act.state, act.note), ("dropped", letter.failure_reason))
        self.assertFalse(act.date_done or act.wait_until or act.law_wait)
        self.assertFalse(case.track_stage_id)
        self.assertIn("“Notice” from", case.track_text)
        event = case.event_ids.sorted("id")[-1]
        self.assertEqual(event.name, "“Notice” was taken back before it left")
        self.assertEqual((event.date, event.note), (date(2026, 6, 18), act.note))
        again = self.advance("2026-06-18")
        self.assertEqual((again.stage_id, len(again)), (self.notice, 1))
        self.assertEqual(again.reminder_ids.amount_residual, 600)
        self.assertFalse(self.advance("2026-06-19"))
        self.send(again, "2026-06-19", approve=True)
        # Its days count anew.
        self.assertEqual(again.wait_until, date(2026, 7, 4))
        self.assertEqual(self.advance("2026-07-05").stage_id, self.mail)

    def test_its_entry_is_struck(self):
        case = self.make_file()
        act = self.advance("2026-06-17")
        letter = self.waiting(act, "2026-06-17")
        entry = act.event_id
        self.assertEqual((entry.kind, entry.note), ("letter", letter.name))
        self.pay(self.move, 400)
        self.take_back(letter, "2026-06-18")
        self.assertNotIn(entry, case.event_ids)
        self.assertEqual(
            (entry.active, entry.correct_reason), (False, letter.failure_reason)
        )
        # Whoever had a hand in it did not correct it.
        self.assertFalse(entry.corrected_by_id)
        self.assertTrue(
            entry.correction_text.startswith("Taken back by the system on 06/18/2026: ")
        )
        again = self.advance("2026-06-18")
        self.send(again, "2026-06-19", approve=True)
        self.assertIn(again.event_id, case.event_ids)
        # As in databases of before: what is certain is linked, and struck.
        (act | again).sudo().event_id = False
        entry.sudo().write({"active": True, "correct_reason": False})
        self.env.flush_all()
        self.env.invalidate_all()
        script = Path(__file__).parents[1] / "migrations" / "19.0.1.6.0"
        upgrade = run_path(str(script / "post-entries-of-stages.py"))
        upgrade["migrate"](self.env.cr, "19.0.1.5.0")
        self.env.invalidate_all()
        self.assertEqual((act.event_id, entry.active), (entry, False))
        self.assertEqual(entry.correct_reason, act.note)
        self.assertTrue(again.event_id.active)

    def test_what_waits_of_a_later_stage_goes_too(self):
        case = self.on_track(
            {**LETTER, "waits_for_answer": False},
            {**MAIL, "delay_days": 1, "needs_approval": True},
        )
        act = self.advance("2026-06-17")
        letter = self.waiting(act, "2026-06-17")
        later = self.advance("2026-06-18")
        self.assertEqual(later.reminder_ids.state, "to_approve")
        later.reminder_ids.action_approve()
        self.pay(self.move, 400)
        self.take_back(letter, "2026-06-18")
        self.assertEqual((act | later).mapped("state"), ["dropped"] * 2)
        self.assertEqual(later.reminder_ids.state, "cancelled")
        self.assertEqual(self.advance("2026-06-18").stage_id, act.stage_id)
        self.assertFalse(case.activity_ids)

    def test_what_somebody_was_asked_later_goes_too(self):
        case = self.on_track(
            {**LETTER, "waits_for_answer": False},
            {"name": "Look at it", "channel": "none", "delay_days": 1},
        )
        letter = self.waiting(self.advance("2026-06-17"), "2026-06-17")
        self.advance("2026-06-18")
        self.assertEqual(case.activity_ids.summary, "Look at it")
        self.pay(self.move, 400)
        self.take_back(letter, "2026-06-18")
        self.assertFalse(case.activity_ids)

    def test_a_later_stage_was_done(self):
        """The track does not go back: somebody decides."""
        case = self.on_track(
            {**LETTER, "waits_for_answer": False}, {**MAIL, "delay_days": 1}, MAIL
        )
        act = self.advance("2026-06-17")
        letter = self.waiting(act, "2026-06-17")
        later = self.advance("2026-06-18")
        self.send(later, "2026-06-18")
        self.assertEqual(later.state, "done")
        self.pay(self.move, 400)
        self.take_back(letter, "2026-06-18")
        self.assertEqual((act.state, later.state), ("dropped", "done"))
        self.assertIn("is it sent again?", case.activity_ids.summary)
        self.assertEqual(
            self.advance("2026-06-20").stage_id, case.track_id.stage_ids[2]
        )

    def test_the_end_of_the_track_is_taken_back(self):
        case = self.on_track({**LETTER, "then": "court"})
        letter = self.waiting(self.advance("2026-06-17"), "2026-06-17")
        self.assertIn("to court", case.activity_ids.summary)
        self.pay(self.move, 400)
        self.take_back(letter, "2026-06-18")
        self.assertFalse(case.activity_ids)
        self.assertIn("“Letter” from", case.track_text)
