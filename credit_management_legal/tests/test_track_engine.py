"""What comes next on a track, and when: plain values."""

from datetime import date

from odoo.tests import TransactionCase, tagged

from odoo.addons.credit_management.engine.calendar import WorkingCalendar

from ..engine import track as engine


@tagged("post_install", "-at_install")
class TestTrackEngine(TransactionCase):
    """Without a database, but for its holidays."""

    def test_moves(self):
        stages = [
            engine.Stage(1, 1, 0, True, notice=True),
            engine.Stage(2, 2, 5),
            engine.Stage(3, 3, 2, then=engine.COURT),
        ]
        opened = date(2026, 6, 1)

        def move(today, *done, **values):
            return engine.next_move(stages, opened, done, today, **values)

        first = engine.Done(1, date(2026, 6, 3), date(2026, 6, 18))
        self.assertEqual(move(opened), engine.Move("due", 1, opened))
        self.assertEqual(
            move(date(2026, 6, 18), first), engine.Move("waiting", 2, date(2026, 6, 19))
        )
        self.assertEqual(move(date(2026, 6, 19), first).code, "due")
        self.assertEqual(move(opened, open_stage=1).code, "under_way")
        second = engine.Done(2, date(2026, 6, 10), skipped=True)
        # The period of the notice is kept, whatever was done since.
        self.assertEqual(move(opened, first, second).day, date(2026, 6, 19))
        third = engine.Done(3, date(2026, 6, 20))
        self.assertEqual(move(opened, first, third).code, "court")
        skipped = engine.Done(1, date(2026, 6, 3), skipped=True)
        self.assertEqual(
            move(date(2026, 7, 1), skipped, notice_first=True).code, "notice_first"
        )
        self.assertEqual(move(date(2026, 7, 1), first, notice_first=True).code, "due")
        self.assertEqual(engine.next_move([], opened, [], opened).code, "end")

    def test_end_of_the_notice(self):
        """Sent on Monday 2 November 2026: from Thursday the 5th, until the 18th."""
        calendar = WorkingCalendar("BE", None)
        self.assertEqual(
            engine.notice_end(date(2026, 11, 2), 14, calendar), date(2026, 11, 18)
        )
        # Armistice is no working day.
        self.assertEqual(
            engine.notice_end(date(2026, 11, 9), 14, calendar), date(2026, 11, 26)
        )
