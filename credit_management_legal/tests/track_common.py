"""A track of six stages, and short words for what moves along it."""

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time

from .paper_common import PaperCommon

NOTICE = {
    "name": "Notice",
    "delay_from": "opening",
    "channel": "registered_letter",
    "in_name_of": "party",
    "deadline_days": 15,
    "formal_notice": True,
    "waits_for_answer": True,
    "needs_approval": True,
}
MAIL = {"name": "Mail", "delay_days": 2, "channel": "email"}
CALLS = {"name": "Calls", "delay_days": 2, "channel": "phone", "attempt_count": 3}
VISIT = {"name": "Visit", "delay_days": 5, "channel": "visit", "needs_approval": True}
LAWYER = {
    "name": "Lawyer",
    "delay_days": 5,
    "channel": "paper",
    "in_name_of": "party",
    "deadline_days": 8,
    "waits_for_answer": True,
}
END = {"name": "End", "delay_days": 1, "channel": "none", "then": "court"}


class TrackCommon(PaperCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        papers = cls.env["credit.paper"]
        cls.notice_paper = papers._of("agency_notice")
        cls.lawyer_paper = papers._of("lawyer_letter")
        cls.debtor.phone = "01 40 20 50 50"
        cls.track = cls.make_track(
            {**NOTICE, "paper_id": cls.notice_paper.id},
            MAIL,
            CALLS,
            VISIT,
            {**LAWYER, "paper_id": cls.lawyer_paper.id},
            END,
        )
        cls.notice, cls.mail, cls.calls, cls.visit, cls.lawyer, cls.end = (
            cls.track.stage_ids
        )
        cls.mandate.track_id = cls.track

    @classmethod
    def make_track(cls, *stages, **values):
        return cls.env["credit.amicable.track"].create(
            {
                "name": "Track",
                "stage_ids": [
                    Command.create({"sequence": rank, **stage})
                    for rank, stage in enumerate(stages, start=1)
                ],
                **values,
            }
        )

    def advance(self, day, cases=None):
        """The scheduled action on a day; the acts that it proposed."""
        before = self.env["credit.case.act"].search([])
        commit = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=60.0
        )
        with freeze_time(f"{day} 09:00:00"), commit:
            self.env.invalidate_all()
            self.env["credit.case"]._cron_advance_tracks()
        return self.env["credit.case.act"].search([]) - before

    def send(self, act, day, approve=False):
        """Deliver the reminder of an act on a day."""
        with freeze_time(f"{day} 10:00:00"):
            reminder = act.reminder_ids
            if approve:
                self.assertEqual(reminder.state, "to_approve")
                reminder.action_approve()
            self.deliver(reminder)
            if reminder.postal_state == "to_post":
                reminder.action_post_today()
        return reminder
