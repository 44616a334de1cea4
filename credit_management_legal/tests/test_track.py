"""Tracks: what leaves when, what stops it, and who may what."""

from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import (
    NOW,
    TODAY,
    DeliveryCommon,
)

from .track_common import MAIL, TrackCommon


@tagged("post_install", "-at_install")
class TestTrack(TrackCommon, DeliveryCommon):
    def test_a_case_from_notice_to_court(self):
        """Every date of a whole track, with what stands on the timeline."""
        case = self.make_file()
        self.assertEqual(case.track_id, self.track)
        self.assertIn("“Notice” from", case.track_text)
        # 17 June, a Wednesday: the notice waits for somebody.
        act = self.advance("2026-06-17")
        self.assertEqual((act.stage_id, act.state), (self.notice, "under_way"))
        reminder = act.reminder_ids
        self.assertEqual(reminder.origin, "case")
        self.assertEqual(reminder.line_ids.move_id, self.move)
        self.assertEqual(reminder.amount_total, 1067.40)
        self.assertFalse(self.advance("2026-06-18"), "one stage at a time")
        self.send(act, "2026-06-18", approve=True)
        self.assertEqual(reminder.state, "sent")
        self.assertEqual((act.state, act.date_done), ("done", date(2026, 6, 18)))
        self.assertEqual(act.wait_until, date(2026, 7, 3), "15 days")
        event = case.event_ids
        self.assertEqual(
            (event.kind, event.name, event.date), ("letter", "Notice", act.date_done)
        )
        self.assertEqual(event.attachment_ids, reminder.letter_id)
        # Nothing before the 15 days are over, though the stage has but two.
        self.assertFalse(self.advance("2026-07-03"))
        act = self.advance("2026-07-04")
        self.assertEqual(act.stage_id, self.mail)
        reminder = self.send(act, "2026-07-06")
        self.assertEqual(len(self._new_mails), 1)
        self.assertEqual((act.state, act.date_done), ("done", date(2026, 7, 6)))
        # Three calls at three different times of three days.
        self.assertFalse(self.advance("2026-07-07"))
        act = self.advance("2026-07-08")
        self.assertEqual(act.stage_id, self.calls)
        call = act.reminder_ids
        moments = []
        with freeze_time("2026-07-08 09:00:00"):
            call._plan_calls()
        for _attempt in range(3):
            self.assertEqual(call.state, "to_approve")
            moment = call.contact_after or datetime(2026, 7, 8, 9)
            moments.append(moment)
            with freeze_time(moment):
                self.env["credit.contact.attempt"].create(
                    {"reminder_id": call.id, "outcome": "no_answer"}
                )
        self.assertEqual(len({moment.date() for moment in moments}), 3)
        self.assertEqual(len({moment.hour for moment in moments}), 3)
        self.assertEqual((call.state, call.skipped), ("cancelled", True))
        over = call.date_done
        # In vain: the visit follows five days later.
        self.advance(over)
        self.assertEqual((act.state, act.date_done), ("skipped", over))
        due = over.replace(day=over.day + 5)
        self.assertFalse(self.advance(due.replace(day=due.day - 1)))
        act = self.advance(due)
        self.assertEqual(act.stage_id, self.visit)
        with freeze_time(f"{due} 12:00:00"):
            act.reminder_ids.action_mark_done()
        self.assertEqual(act.state, "done")
        self.assertEqual(case.event_ids.sorted("id")[-1].kind, "visit")
        # A paper: somebody prints it, and that is the act.
        act = self.advance(due.replace(day=due.day + 5))
        self.assertEqual((act.stage_id, act.state), (self.lawyer, "to_do"))
        self.assertEqual(case.activity_ids.summary, "Lawyer")
        printed = act.date
        with freeze_time(f"{printed} 12:00:00"):
            wizard = self.env["credit.paper.print"].browse(act.action_paper()["res_id"])
            self.assertEqual(wizard.paper_id, self.lawyer_paper)
            wizard.action_print()
        self.assertEqual((act.state, act.date_done), ("done", printed))
        self.assertFalse(case.activity_ids)
        self.assertEqual(case.event_ids.sorted("id")[-1].name, self.lawyer_paper.name)
        self.assertEqual((act.wait_until - printed).days, 8)
        # Then court or stop: people decide.
        self.assertFalse(self.advance(act.wait_until))
        end = self.advance(date.fromordinal(act.wait_until.toordinal() + 1))
        self.assertEqual(end.stage_id, self.end)
        with freeze_time(f"{end.date} 12:00:00"):
            end.action_done()
            self.assertIn("to court", " ".join(case.activity_ids.mapped("summary")))
            self.assertIn("court", case.track_text)
        self.assertFalse(self.advance("2026-12-01"))
        self.assertEqual(case.kind, "amicable", "nothing goes to court by itself")

    def test_items_of_a_case_are_reminded_by_nobody_else(self):
        case = self.make_file()
        act = self.advance("2026-06-17")
        self.make_policy()
        self.assertReason(self.move, "case")
        self.assertFalse(self.propose().reminder_ids)
        # Another case's reminder, and one of no case, are dropped.
        stranger = self.make_file(self.make_invoice(self.debtor_b, overdue=60))
        other = self.advance("2026-06-17")
        self.assertEqual(other.case_id, stranger)
        act.reminder_ids.act_id = other
        with freeze_time(NOW):
            self.assertFalse(act.reminder_ids._recheck())
        self.assertEqual(case.state, "open")

    def test_a_paid_item_stops(self):
        second = self.make_invoice(overdue=50, amount=500)
        case = self.make_file(self.move | second)
        act = self.advance("2026-06-17")
        reminder = act.reminder_ids
        self.assertEqual(len(reminder.line_ids), 2)
        self.pay(second)
        self.send(act, "2026-06-17", approve=True)
        self.assertEqual(reminder.line_ids.move_id, self.move)
        act = self.advance("2026-07-04")
        self.pay(self.move)
        # The notice claimed charges: somebody decides on them, nothing more is sent.
        self.assertEqual(case.state, "open")
        self.send(act, "2026-07-04")
        self.assertEqual(act.reminder_ids.state, "cancelled")
        self.assertFalse(self._new_mails)
        self.assertFalse(self.advance("2026-08-01"))
        self.assertEqual(act.state, "dropped")
        self.assertIn("Only charges are left", case.track_text)
        case._waive_charges("Paid in full otherwise")
        self.assertEqual(case.state, "paid")

    def test_a_dispute_pauses(self):
        """What waits is let go of, and comes again when the dispute is over."""
        case = self.make_file()
        act = self.advance("2026-06-17")
        self.assertEqual(act.reminder_ids.state, "to_approve")
        reason = self.env["credit.dispute.reason"].create({"name": "Quality"})
        dispute = self.env["credit.dispute"]._make(self.move, reason, 0.0)
        self.assertFalse(self.advance("2026-06-18"))
        self.assertEqual(act.state, "dropped")
        self.assertEqual(act.reminder_ids.state, "cancelled")
        self.assertIn("waits: Disputed", case.track_text)
        with self.assertRaisesRegex(UserError, "Disputed"):
            case.action_track_next()
        dispute.action_withdraw()
        again = self.advance("2026-06-19")
        self.assertEqual(again.stage_id, self.notice)

    def test_promises_and_insolvency_pause(self):
        case = self.make_file()
        self.env["credit.promise"]._make(
            self.items(self.move), [(date(2026, 6, 30), 1000)]
        )
        self.assertFalse(self.advance("2026-06-17"))
        other = self.make_file(self.make_invoice(self.debtor_b, overdue=60))
        self.debtor_b.credit_insolvency_date = TODAY
        self.assertFalse(self.advance("2026-06-18"))
        self.assertIn("Insolvency", other.track_text)
        self.assertTrue(case.track_text)

    def test_withdrawn_cases_stop(self):
        case = self.make_file()
        act = self.advance("2026-06-17")
        act.reminder_ids.action_approve()
        case.action_withdraw("Comes back")
        self.assertEqual(act.state, "dropped")
        self.deliver(act.reminder_ids)
        self.assertEqual(act.reminder_ids.state, "cancelled")
        self.assertFalse(self.advance("2026-06-18"))

    def test_another_way_lets_go_of_what_waits(self):
        """Another kind, track or mandate: no letter of the old one leaves."""
        other = self.make_mandate(name="Other", track_id=self.track.id)
        slow = self.make_track({**MAIL, "delay_days": 90})
        for values in (
            {"kind": "judicial", "mandate_id": False},
            {"track_id": slow.id},
            {"mandate_id": other.id},
        ):
            for state in ("to_approve", "queued", "failed"):
                with self.subTest(values=values, state=state):
                    move = self.make_invoice(overdue=100, amount=1000)
                    case = self.make_file(move)
                    act = self.advance("2026-06-17")
                    reminder = act.reminder_ids
                    reminder.state = state
                    # What changes nothing lets go of nothing.
                    case.write({"kind": "amicable", "mandate_id": self.mandate.id})
                    self.assertEqual(act.state, "under_way")
                    case.write(values)
                    self.assertEqual(
                        (act.state, reminder.state), ("dropped", "cancelled")
                    )
                    case.action_withdraw("Over")

    def test_a_court_case_sends_no_letter_of_a_track(self):
        """Even where something was left in the queue."""
        case = self.make_file()
        act = self.advance("2026-06-17")
        act.reminder_ids.action_approve()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE credit_case SET kind = 'judicial' WHERE id = %s", [case.id]
        )
        self.env.invalidate_all()
        self.deliver(act.reminder_ids)
        self.assertEqual(act.reminder_ids.state, "cancelled")
        self.assertFalse(case.event_ids)

    def test_a_failure_is_no_contact(self):
        case = self.make_file()
        self.debtor.street = False
        act = self.advance("2026-06-17")
        self.send(act, "2026-06-17", approve=True)
        self.assertEqual(act.reminder_ids.state, "failed")
        self.assertIn("street", act.reminder_ids.failure_reason)
        self.assertEqual(act.state, "under_way")
        self.assertFalse(self.advance("2026-08-01"))
        self.assertFalse(case.event_ids)

    def test_time_runs_from_the_post(self):
        """A letter that is posted two days later gives its time from then on."""
        self.make_file()
        act = self.advance("2026-06-17")
        reminder = act.reminder_ids
        with freeze_time("2026-06-17 10:00:00"):
            reminder.action_approve()
            self.deliver(reminder)
        self.assertEqual(act.wait_until, date(2026, 7, 2))
        self.assertFalse(self.advance("2026-07-03"), "nobody has posted it")
        with freeze_time("2026-06-19 10:00:00"):
            reminder.action_post_today()
        self.assertEqual(
            (act.date_done, act.wait_until), (date(2026, 6, 19), date(2026, 7, 4))
        )

    def test_what_came_back_is_no_contact(self):
        self.make_file()
        act = self.advance("2026-06-17")
        reminder = self.send(act, "2026-06-17", approve=True)
        self.assertEqual(act.state, "done")
        reminder.sudo()._register_failure("Moved away", fall_back=False)
        self.assertEqual((act.state, act.note), ("under_way", "Moved away"))
        self.assertFalse(self.advance("2026-08-01"))
        act.action_skip()
        self.assertEqual(act.state, "skipped")

    def test_a_notice_that_lacks_a_mention_does_not_leave(self):
        self.make_file()
        act = self.advance("2026-06-17")
        self.assertEqual(act.reminder_ids._paper().code, "agency_notice_fr")
        self.agency.street = False
        self.send(act, "2026-06-17", approve=True)
        self.assertEqual(act.reminder_ids.state, "failed")
        self.assertIn("Third party's address", act.reminder_ids.failure_reason)

    def test_in_the_name_of_the_third_party(self):
        """Its name stands on a message by a mandate only."""
        self.mail.in_name_of = "party"
        self.notice.write({"delay_days": 300})
        self.mail.sequence = 0
        self.make_file()
        act = self.advance("2026-06-19")
        self.send(act, "2026-06-19")
        self.assertIn("make a sender", act.reminder_ids.failure_reason)
        sender = self.env["credit.sender"].create(
            {
                "name": "Agency",
                "kind": "third",
                "partner_id": self.agency.id,
                "company_id": self.company.id,
                "third_mode": "named",
                "mandate_text": "by mandate of 1 January 2026",
            }
        )
        self.assertEqual(act.reminder_ids._identity(), sender)
        with freeze_time("2026-06-19 11:00:00"):
            act.reminder_ids.action_retry()
        self.send(act, "2026-06-19")
        self.assertEqual(act.state, "done")
        self.assertIn("Agence du Rhône", self._new_mails.email_from)
        self.assertIn("by mandate of 1 January 2026", self._new_mails.body_html)

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    def test_who_may_what(self):
        case = self.make_file()
        viewer = self.make_user("viewer", "group_viewer")
        collector = self.make_user("collector", "group_collector")
        stranger = self.make_user("stranger", "group_manager", self.other_company)
        self.calls.channel = "none"
        self.calls.sequence = 0
        act = self.advance("2026-06-19")
        self.assertEqual(act.stage_id, self.calls)
        for user in (viewer, stranger):
            with self.assertRaises(AccessError):
                act.with_user(user).action_done()
        with self.assertRaises(AccessError):
            act.with_user(collector).write({"state": "done"})
        with self.assertRaises(AccessError):
            case.with_user(collector).action_track_next()
        act.with_user(collector).action_done()
        self.assertEqual(act.state, "done")
        self.assertFalse(self.env["credit.case.act"].with_user(stranger).search([]))

    def test_pass_over(self):
        case = self.make_file()
        act = self.advance("2026-06-17")
        act.action_skip()
        self.assertEqual(act.reminder_ids.state, "cancelled")
        self.assertEqual(self.advance("2026-06-19").stage_id, self.mail)
        self.assertFalse(case.event_ids)

    def test_two_companies_and_currencies(self):
        track = self.make_track(MAIL, company_id=self.other_company.id)
        dollars = self.make_invoice(company=self.other_company, overdue=60)
        case = self.make_case(dollars, track_id=track.id)
        self.make_file()
        acts = self.advance("2026-06-19")
        self.assertEqual(len(acts), 2)
        reminder = acts.filtered(lambda act: act.case_id == case).reminder_ids
        self.assertEqual(
            (reminder.company_id, reminder.currency_id),
            (self.other_company, self.dollar),
        )

    def test_queries_are_flat(self):
        def cases(count):
            for _number in range(count):
                debtor = self.make_debtor(f"Debtor {self.env.cr.now()}{_number}")
                self.make_file(self.make_invoice(debtor, overdue=60))

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            acts = self.advance("2026-06-19")
            self.env.flush_all()
            return len(acts), self.env.cr.sql_log_count - before

        self.mandate.track_id = self.make_track(MAIL)
        cases(2)
        self.advance("2026-06-19")
        cases(3)
        few, first = queries()
        cases(15)
        many, second = queries()
        self.assertEqual((few, many), (3, 15))
        # One for each reminder that is made, and none besides.
        self.assertLessEqual(second - first, many - few)

    def test_tracks_that_come_with_the_addon(self):
        for name in ("track_agency", "track_in_house"):
            track = self.env.ref(f"credit_management_legal.{name}")
            self.assertFalse(track.policy_id.active)
            contacts = track.stage_ids.filtered("step_id")
            self.assertEqual(contacts.step_id.policy_id, track.policy_id)
            self.assertEqual(track.stage_ids[-1].then, "court")
            self.assertEqual(track.stage_ids[0].deadline_days, 15)
            calls = track.stage_ids.filtered(lambda s: s.channel == "phone")
            self.assertEqual(calls.step_id.attempt_count, 3)


@tagged("post_install", "-at_install")
class TestTrackPaper(TrackCommon):
    def test_the_letter_is_the_paper(self):
        case = self.make_file()
        act = self.advance("2026-06-17")
        reminder = act.reminder_ids
        pdf = reminder._letter_pdfs()[reminder.id]
        _name, text, _missing = self.render(case, "agency_notice_fr")
        self.assertEqual(self.text_of(pdf), text)
