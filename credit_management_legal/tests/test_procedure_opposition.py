"""French orders to pay that were not served in person: opposition after the title."""

from datetime import date

from odoo.tests import tagged

from .procedure_common import ProcedureCommon


@tagged("post_install", "-at_install")
class TestLateOpposition(ProcedureCommon):
    """Article 1416 CPC: a month from the first act in person, else from the first
    seizure. The order is of 14 September 2026, served on 1 October."""

    def served(self, in_person=False):
        with self.on("2026-09-07"):
            case = self.judicial("fr_order")
        self.act(case, "order", "2026-09-14")
        self.act(case, "served", "2026-10-01", in_person=in_person)
        return case

    def titled(self, in_person=False):
        case = self.served(in_person)
        self.cron("2026-12-02")
        self.assertStands(case, "served", "title", "party", "2036-09-14")
        return case

    def test_in_person_a_month_is_all(self):
        case = self.titled(in_person=True)
        self.act(case, "enforcement", "2026-12-10")
        self.assertNotIn("opposition_seizure", self.states(case))
        self.act(case, "opposition", "2026-12-11")
        self.assertEqual(self.states(case)["opposition"], ("over", "2026-11-02"))
        self.assertEqual(
            (case.procedure_outcome, case.title_date), ("title", date(2026, 12, 2))
        )

    def test_within_a_month_of_the_seizure(self):
        case = self.titled()
        self.act(case, "enforcement", "2026-12-10")
        # 10 January 2027 is a Sunday.
        self.assertEqual(
            self.states(case)["opposition_seizure"], ("open", "2027-01-11")
        )
        self.assertStands(case, "enforcement", "title", "debtor", "2027-01-11")
        with self.on("2027-01-11"):
            note = self.env["credit.case.note"].create({"case_id": case.id})
            self.assertIn("opposition", note.choice_ids.mapped("code"))
        self.act(case, "opposition", "2027-01-11")
        self.assertEqual(self.states(case)["opposition_seizure"][0], "met")
        self.assertEqual(self.states(case)["opposition"][0], "met")
        self.assertStands(case, "opposition", "running", "court", None)
        self.assertFalse(case.title_date)
        self.act(case, "judgment", "2027-03-01")
        self.assertEqual(
            (case.procedure_outcome, case.title_date), ("title", date(2027, 3, 1))
        )
        # The judgment is enforced: nothing opens another month.
        seized = self.act(case, "enforcement", "2027-03-10")
        self.assertFalse(case.deadline_ids.filtered(lambda d: d.event_id == seized))

    def test_a_day_after_that_month(self):
        case = self.titled()
        self.act(case, "enforcement", "2026-12-10")
        self.act(case, "opposition", "2027-01-12")
        self.assertEqual(
            self.states(case)["opposition_seizure"], ("over", "2027-01-11")
        )
        self.assertEqual(self.states(case)["opposition"][0], "over")
        self.assertEqual(
            (case.procedure_outcome, case.title_date), ("title", date(2026, 12, 2))
        )

    def test_the_act_in_person_counts_not_the_seizure(self):
        case = self.titled()
        self.act(case, "first_act", "2026-12-04")
        self.act(case, "enforcement", "2026-12-20")
        self.assertNotIn("opposition_seizure", self.states(case))
        self.assertEqual(self.states(case)["opposition_late"], ("open", "2027-01-04"))
        self.act(case, "opposition", "2027-01-05")
        self.assertEqual(case.procedure_outcome, "title")

    def test_before_any_act(self):
        """Nothing has begun the month: opposition is possible without end."""
        case = self.titled()
        self.act(case, "opposition", "2027-02-01")
        self.assertEqual(self.states(case)["opposition"][0], "met")
        self.assertStands(case, "opposition", "running", "court", None)

    def test_early_act_in_person_keeps_the_title(self):
        case = self.served()
        self.act(case, "first_act", "2026-10-15")
        # 15 November 2026 is a Sunday.
        self.assertEqual(self.states(case)["opposition_late"], ("open", "2026-11-16"))
        self.assertEqual(self.states(case)["enforceable"][0], "open")
        self.cron("2026-12-02")
        self.assertEqual(
            (case.procedure_outcome, case.title_date), ("title", date(2026, 12, 2))
        )
        self.assertFalse(case.deadline_missed)

    def test_early_seizure_alarms_and_keeps_the_title(self):
        case = self.served()
        self.act(case, "enforcement", "2026-10-15")
        self.assertEqual(self.states(case)["enforceable_two"][0], "missed")
        self.assertTrue(case.deadline_missed)
        self.cron("2026-11-20")
        self.assertEqual(case.procedure_outcome, "running")
        self.cron("2026-12-02")
        self.assertEqual(
            (case.procedure_outcome, case.title_date), ("title", date(2026, 12, 2))
        )

    def opposed(self, amount):
        """An order of the judicial court that a consumer opposed, as of then."""
        consumer = self.make_debtor("Consumer")
        with self.on("2026-09-07"):
            case = self.judicial("fr_order", consumer, amount=amount)
        self.assertEqual(case.court_kind, "judicial")
        self.act(case, "filed", "2026-09-08")
        self.act(case, "order", "2026-09-14")
        self.act(case, "served", "2026-10-01", in_person=True)
        self.act(case, "opposition", "2026-10-20")
        self.act(case, "opposition_notified", "2026-11-01")
        return case

    def test_no_lawyer_up_to_ten_thousand(self):
        """Article 761 of the code: below, the procedure is oral."""
        for amount in (3000, 10000):
            case = self.opposed(amount)
            self.assertNotIn("lawyer", self.states(case))
            self.cron("2026-11-17")
            self.assertEqual(case.procedure_outcome, "running")
        case = self.opposed(10000.01)
        self.assertEqual(self.states(case)["lawyer"], ("open", "2026-11-16"))
        # What is paid meanwhile takes nothing back.
        with self.on("2026-11-02"):
            self.pay(case.line_ids.move_id, 5000, day=date(2026, 11, 2))
            case._refresh_deadlines()
        self.assertEqual(self.states(case)["lawyer"][0], "open")
        self.cron("2026-11-17")
        self.assertEqual(case.procedure_outcome, "void")
