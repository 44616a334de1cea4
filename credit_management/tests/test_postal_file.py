"""Return files: good rows once, bad rows with their reason, nothing half done."""

import base64
import csv
import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import NOW, TODAY
from .postal_common import PostalCommon

NUMBER = "RR473124829CZ"


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestReturnFile(PostalCommon):
    def reasons(self, file):
        return {row.number: row.reason for row in file.row_ids}

    def test_tracking_numbers_and_posting(self):
        letter, other = self.letter(), self.letter(self.debtor_b)
        file = self.return_file(
            f"{letter.name};{NUMBER};2026-06-08",
            f"{other.name};1A12345678901;2026-06-09",
            header="reference;tracking;date",
        )
        file.action_check()
        self.assertEqual(file.state, "checked")
        self.assertEqual(file.summary, "Posted: 2")
        # Nothing is changed by looking.
        self.assertFalse(letter.tracking_number)
        self.assertEqual(letter.postal_state, "to_post")
        file.action_import()
        self.assertEqual(letter.tracking_number, NUMBER)
        self.assertEqual(letter.date_posted, self.day(1))
        self.assertEqual(other.date_done, self.day(2))
        self.assertEqual(letter.postal_event_ids.source, "file")
        self.assertEqual(letter.postal_event_ids.file_id, file)
        self.assertEqual(file.state, "done")

    def test_latest_first(self):
        letter = self.letter(tracking_number=NUMBER)
        file = self.return_file(
            f";{NUMBER};Distribué;12/06/2026",
            f";{NUMBER};Avisé;10/06/2026",
            f";{NUMBER};Pris en charge;08/06/2026",
        )
        file.action_import()
        self.assertFalse(file.row_ids)
        self.assertEqual(letter.postal_state, "received")
        self.assertEqual(letter.date_presented, self.day(3))
        self.assertEqual(len(letter.postal_event_ids), 3)

    def test_repeated_it_changes_nothing(self):
        letter = self.letter(tracking_number=NUMBER)
        rows = [f";{NUMBER};posted;2026-06-08", f";{NUMBER};unclaimed;2026-06-16"]
        self.return_file(*rows).action_import()
        self.assertEqual(letter.address_check, "open")
        letter.action_address_right()
        events, done = letter.postal_event_ids, letter.date_done
        again = self.return_file(*rows)
        again.action_import()
        self.assertEqual((again.ok_count, again.same_count), (0, 2))
        self.assertEqual(letter.postal_event_ids, events)
        self.assertEqual(letter.date_done, done)
        # Whoever looked at the address is not asked again.
        self.assertEqual(letter.address_check, "done")
        with self.assertRaises(UserError):
            again.action_import()

    def test_bad_rows_are_listed_and_the_good_ones_applied(self):
        letter = self.letter(tracking_number=NUMBER)
        file = self.return_file(
            f";{NUMBER};received;2026-06-12",
            ";1A99999999999;received;2026-06-12",
            "REM/0;;received;2026-06-12",
            f";{NUMBER};presented;2026-06-14",
            f";{NUMBER};received;2026-13-12",
            f";{NUMBER};lost in space;2026-06-12",
            f"{letter.name};1A12345678901;received;2026-06-12",
            f";{NUMBER};received;2026-06-30",
        )
        file.action_import()
        self.assertEqual(letter.postal_state, "received")
        reasons = self.reasons(file)
        self.assertEqual(sorted(reasons), [3, 4, 5, 6, 7, 8, 9])
        for number, said in (
            (3, "1A99999999999"),
            (4, "REM/0"),
            (5, "backwards"),
            (6, "no date"),
            (7, "lost in space"),
            (8, NUMBER),
            (9, "future"),
        ):
            self.assertIn(said, reasons[number])
        content = base64.b64decode(file.bad_file).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(content), delimiter=";"))
        self.assertEqual(rows[0][-2:], ["Row", "Reason"])
        self.assertEqual([row[-2] for row in rows[1:]], list("3456789"))
        self.assertIn("/bad_file/", file.action_download_bad_rows()["url"])

    def test_nothing_good_nothing_done(self):
        file = self.return_file(";1A99999999999;received;2026-06-12")
        file.action_import()
        self.assertEqual(file.state, "checked")
        self.assertEqual(file.bad_count, 1)
        self.assertFalse(self.env["credit.postal.event"].search([]))

    def test_unreadable(self):
        with self.assertRaisesRegex(UserError, "Tracking number"):
            self.return_file("received;2026-06-12", header="status;date").action_check()
        with self.assertRaises(UserError):
            self.return_file(content=b"%PDF-1.4").action_check()

    def test_latin_1(self):
        letter = self.letter(tracking_number="1A12345678901")
        self.return_file(
            "1A12345678901;Retourné;Refusé par le destinataire;12/06/2026",
            header="N° de suivi;Motif;Statut;Date de l'événement",
            encoding="latin-1",
        ).action_import()
        self.assertEqual(letter.postal_state, "refused")
        self.assertEqual(letter.postal_event_ids.note, "Retourné")

    def test_number_of_another_letter(self):
        self.letter(tracking_number=NUMBER)
        other = self.letter(self.debtor_b)
        file = self.return_file(f"{other.name};{NUMBER};posted;2026-06-08")
        file.action_import()
        self.assertIn("another letter", self.reasons(file)[2])
        self.assertFalse(other.tracking_number)

    def test_companies_keep_to_themselves(self):
        policy = self.make_policy(
            {"delay_days": 5, "channel": "registered_letter"},
            company_id=self.other_company.id,
        )
        abroad = self.letter(
            step=policy.step_ids, company=self.other_company, tracking_number=NUMBER
        )
        self.assertEqual(abroad.currency_id, self.dollar)
        row = f";{NUMBER};received;2026-06-12"
        file = self.return_file(row)
        file.action_import()
        self.assertIn(NUMBER, self.reasons(file)[2])
        self.return_file(row, company_id=self.other_company.id).action_import()
        self.assertEqual(abroad.postal_state, "received")

    def test_evidence(self):
        self.letter(tracking_number=NUMBER)
        file = self.return_file(f";{NUMBER};received;2026-06-12")
        file.action_import()
        with self.assertRaises(UserError):
            file.unlink()
        with self.assertRaises(UserError):
            file.filename = "other.csv"
        with self.assertRaises(UserError):
            file.state = "draft"
        attachments = self.env["ir.attachment"].search(
            [
                ("res_model", "=", file._name),
                ("res_id", "=", file.id),
                ("res_field", "=", "file"),
            ]
        )
        with self.assertRaisesRegex(UserError, "it stays as it is"):
            attachments.raw = b"else"
        with self.assertRaises(AccessError):
            self.return_file("x").with_user(self.make_user("viewer")).action_import()

    def test_volume(self):
        """As many queries for two hundred rows as for twenty."""
        counts = []
        for size in (20, 200):
            rows = self._many(size)
            file = self.return_file(*rows)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            file.action_import()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual((file.ok_count, file.bad_count), (2 * size, 0))
        self.assertLessEqual(counts[1], counts[0] + 5)

    def _many(self, size):
        """Letters copied in the database, and what a carrier says of each."""
        model = self.letter()
        self.env.flush_all()
        columns = [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """SELECT column_name FROM information_schema.columns
                        WHERE table_name = 'credit_reminder'
                          AND column_name NOT IN ('id', 'name', 'tracking_number')"""
                )
            )
        ]
        names = SQL(", ").join(map(SQL.identifier, columns))
        ids = self.env.execute_query(
            SQL(
                """INSERT INTO credit_reminder (name, tracking_number, %(names)s)
                   SELECT %(stem)s || number, %(stem)s || number + 10000000, %(names)s
                     FROM credit_reminder, GENERATE_SERIES(1, %(size)s) AS number
                    WHERE credit_reminder.id = %(model)s
                RETURNING id""",
                names=names,
                stem=f"MANY{size}N",
                size=size,
                model=model.id,
            )
        )
        self.env.execute_query(
            SQL(
                """INSERT INTO credit_reminder_line
                       (reminder_id, move_line_id, step_id, currency_id)
                   SELECT letter, line.move_line_id, line.step_id, line.currency_id
                     FROM credit_reminder_line line, UNNEST(%s) AS letter
                    WHERE line.reminder_id = %s
                RETURNING id""",
                [row[0] for row in ids],
                model.id,
            )
        )
        self.env.invalidate_all()
        return [
            f";MANY{size}N{number + 10000000};{state};{day}"
            for number in range(1, size + 1)
            for state, day in (("posted", TODAY), ("received", TODAY))
        ]
