"""What may follow what for a letter, and what carriers write, without a database."""

from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from ..engine import postal
from ..ledger import FileProblem, check_returns

MADE = date(2026, 6, 1)
TODAY = date(2026, 6, 17)


def day(count):
    return MADE + timedelta(days=count)


@tagged("at_install")
class TestStates(BaseCase):
    def refusal(self, days, state, on, registered=True):
        return postal.refusal(days, state, on, MADE, TODAY, registered)

    def test_forward(self):
        days = {}
        for count, state in enumerate(("posted", "presented", "received"), start=1):
            self.assertIsNone(self.refusal(days, state, day(count)))
            days[state] = day(count)
        self.assertEqual(postal.current(days), "received")

    def test_steps_may_be_missing(self):
        self.assertIsNone(self.refusal({}, "received", day(4)))
        self.assertIsNone(self.refusal({"posted": day(1)}, "unclaimed", day(16)))

    def test_never_backwards(self):
        days = {"posted": day(1), "received": day(3)}
        for state in ("presented", "refused", "unclaimed", "undeliverable"):
            self.assertEqual(self.refusal(days, state, day(4)), "backwards", state)
        self.assertEqual(self.refusal(days, "withdrawn", day(4)), "backwards")
        self.assertEqual(
            self.refusal({"posted": day(1)}, "withdrawn", day(4)), "backwards"
        )

    def test_said_twice(self):
        days = {"posted": day(1), "received": day(3)}
        self.assertEqual(self.refusal(days, "posted", day(1)), "same")
        self.assertEqual(self.refusal(days, "posted", day(2)), "other_day")

    def test_days(self):
        self.assertEqual(self.refusal({}, "posted", day(-1)), "before_letter")
        self.assertIsNone(self.refusal({}, "posted", TODAY))
        tomorrow = TODAY + timedelta(days=1)
        self.assertEqual(self.refusal({}, "posted", tomorrow), "future")
        days = {"posted": day(5)}
        self.assertEqual(self.refusal(days, "received", day(4)), "before_state")
        self.assertIsNone(self.refusal(days, "received", day(5)))

    def test_plain_letters(self):
        self.assertIsNone(self.refusal({}, "posted", day(1), registered=False))
        self.assertEqual(self.refusal({}, "received", day(1), False), "plain")
        self.assertIsNone(self.refusal({"posted": day(1)}, "undeliverable", day(9)))

    def test_contact(self):
        for counts_from in ("posting", "presentation", "receipt"):
            self.assertTrue(postal.is_contact("received", counts_from))
            self.assertTrue(postal.is_contact("refused", counts_from))
            self.assertFalse(postal.is_contact("undeliverable", counts_from))
            self.assertFalse(postal.is_contact("withdrawn", counts_from))
        self.assertTrue(postal.is_contact("unclaimed", "posting"))
        self.assertTrue(postal.is_contact("unclaimed", "presentation"))
        self.assertFalse(postal.is_contact("unclaimed", "receipt"))

    def test_start(self):
        days = {"posted": day(1), "presented": day(3), "received": day(8)}
        self.assertEqual(postal.start_day(days, "posting"), day(1))
        self.assertEqual(postal.start_day(days, "presentation"), day(3))
        self.assertEqual(postal.start_day(days, "receipt"), day(8))
        self.assertEqual(postal.start_day({"posted": day(1)}, "receipt"), day(1))
        self.assertIsNone(postal.start_day({}, "presentation"))

    def test_deadline_is_never_earlier(self):
        moved = postal.moved_deadline
        self.assertEqual(moved((day(20),), day(1), 8, 15), day(20))
        self.assertEqual(moved((day(10), None), day(1), 8, 15), day(16))
        self.assertEqual(moved((), day(1), 0, 0), None)
        self.assertEqual(moved((day(10),), None, 8, 0), day(10))

    def test_numbers(self):
        self.assertEqual(postal.clean_number(" rr 473-124 829.cz"), "RR473124829CZ")
        self.assertIsNone(postal.number_problem("RR473124829CZ"))
        self.assertEqual(postal.number_problem("RR473124828CZ"), "check_digit")
        self.assertIsNone(postal.number_problem("1A12345678901"))
        for text in ("", "12345", "ABCDEFGH", "RR47312482é", "1" * 41):
            self.assertEqual(postal.number_problem(text), "number", text)


@tagged("at_install")
class TestReturnFiles(BaseCase):
    def rows(self, text, encoding="utf-8"):
        return check_returns(text.encode(encoding), "returns.csv")

    def test_french_latin_semicolon(self):
        rows = self.rows(
            "Numéro de suivi;Statut;Date du statut;Motif\n"
            "1A12345678901;Pli avisé et non réclamé;13/06/2026;Absent\n"
            "1A12345678902;DISTRIBUÉ;05/06/2026;\n",
            "cp1252",
        )
        self.assertEqual(
            [(r.tracking_number, r.state, r.day, r.reason) for r in rows],
            [
                ("1A12345678901", "unclaimed", date(2026, 6, 13), "Absent"),
                ("1A12345678902", "received", date(2026, 6, 5), ""),
            ],
        )
        self.assertFalse([r.problems for r in rows if r.problems])

    def test_dutch_comma(self):
        rows = self.rows(
            "Volgnummer,Uw referentie,Datum,Status\n"
            "RR473124829CZ,REM/2026/000001,2026-06-05,Niet afgehaald\n"
        )
        self.assertEqual(rows[0].reference, "REM/2026/000001")
        self.assertEqual(rows[0].state, "unclaimed")

    def test_without_states_all_were_posted(self):
        rows = self.rows("reference;tracking number;date\nA;1A12345678901;2026-06-05\n")
        self.assertEqual(rows[0].state, "posted")

    def test_bad_rows_say_why(self):
        rows = self.rows(
            "tracking;status;date\n"
            "RR473124828CZ;received;2026-06-05\n"
            "1A12345678901;eaten by a dog;2026-06-05\n"
            "1A12345678902;received;31/02/2026\n"
            ";received;2026-06-05\n"
            "1A12345678903;to_post;2026-06-05\n"
            "1A12345678904;received;\n"
        )
        self.assertEqual(
            [[(p.field, p.code) for p in r.problems] for r in rows],
            [
                [("tracking_number", "check_digit")],
                [("state", "state")],
                [("date", "date")],
                [("tracking_number", "missing")],
                [("state", "state")],
                [("date", "missing")],
            ],
        )

    def test_file_without_letters(self):
        with self.assertRaises(FileProblem) as caught:
            self.rows("status;date\nreceived;2026-06-05\n")
        self.assertEqual(caught.exception.code, "missing_columns")
