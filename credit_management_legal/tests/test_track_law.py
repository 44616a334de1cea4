"""Tracks and the law on whoever collects from consumers for others."""

from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import DeliveryCommon

from .track_common import CALLS, MAIL, NOTICE, TrackCommon


@tagged("post_install", "-at_install")
class TestTrackLaw(TrackCommon, DeliveryCommon):
    def belgian(self):
        period = self.env["credit.regime.period"]
        belgium = self.make_regime("consumer", country="base.be")
        period.create(
            {
                "regime_id": belgium.id,
                "topic": "procedure",
                "code": "collector_notice",
                "name": "Collector's notice",
                "number": 14,
                "unit": "days",
            }
        )
        self.debtor_b.write({"country_id": self.env.ref("base.be").id, "zip": "1000"})
        return self.make_file(self.make_invoice(self.debtor_b, overdue=60, amount=200))

    def test_fourteen_days_without_any_other_act(self):
        case = self.belgian()
        self.notice.deadline_days = 0
        act = self.advance("2026-06-17")
        self.assertEqual(act.reminder_ids._paper().code, "agency_notice_be")
        self.send(act, "2026-06-17", approve=True)
        # Third working day: Monday 22 June; 14 days end on Sunday 5 July.
        self.assertEqual((act.wait_until, act.law_wait), (date(2026, 7, 5), True))
        self.assertFalse(self.advance("2026-07-05"))
        with freeze_time("2026-07-01 09:00:00"):
            with self.assertRaisesRegex(UserError, "no other act"):
                case.action_track_next()
        later = self.advance("2026-07-06")
        self.assertEqual(later.stage_id, self.mail)
        act.sudo().wait_until = date(2026, 7, 20)
        self.send(later, "2026-07-06")
        self.assertEqual(later.reminder_ids.state, "failed")
        self.assertIn("no other act", later.reminder_ids.failure_reason)

    def test_a_notice_on_paper_waits_as_well(self):
        """Whatever the stage says of itself: its paper is a notice of the agency."""
        case = self.belgian()
        paper = self.env["credit.paper"]._of("agency_notice_be")
        track = self.make_track(
            {"name": "Notice", "channel": "paper", "paper_id": paper.id},
            {**CALLS, "delay_days": 0},
        )
        self.mandate.track_id = track
        case.track_id = track
        act = self.advance("2026-06-17")
        self.assertEqual(act.stage_id.channel, "paper")
        with freeze_time("2026-06-17 10:00:00"):
            action = act.action_paper()
            self.env[action["res_model"]].browse(action["res_id"]).action_print()
            self.assertEqual(
                (act.state, act.wait_until, act.law_wait),
                ("done", date(2026, 7, 5), True),
            )
            with self.assertRaisesRegex(UserError, "no other act"):
                case.action_track_next()
        self.assertFalse(self.advance("2026-07-05"))
        self.assertEqual(self.advance("2026-07-06").stage_id.channel, "phone")

    def test_fifteen_days_at_least(self):
        """A notice of an agency that gives less is no notice."""
        for values in ({"deadline_days": 14}, {"deadline_days": 5}):
            with self.assertRaisesRegex(ValidationError, "15 days at least"):
                self.notice.write(values)
        self.notice.write({"in_name_of": "creditor", "deadline_days": 8})
        self.lawyer.deadline_days = 5

    def test_the_notice_comes_first(self):
        case = self.belgian()
        self.mail.sequence = 0
        self.assertFalse(self.advance("2026-06-19"))
        self.assertIn("formal notice first", case.track_text)
        belgium = self.env.ref("base.be").id
        with self.assertRaisesRegex(ValidationError, "begins with a formal notice"):
            self.make_track(
                MAIL, NOTICE, country_id=belgium, debtor_kind="consumer", actor="party"
            )
        self.make_track(
            MAIL, NOTICE, country_id=belgium, debtor_kind="consumer", actor="in_house"
        )
