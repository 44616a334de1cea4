"""Imports in batches: in the background, interrupted, with rows that fail."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import file_open, mute_logger

from .common import NOW
from .test_import import ImportCommon, line


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestImportBatches(ImportCommon):
    def background(self, record, **values):
        """Start an import in the background and let the job run."""
        with patch(
            "odoo.addons.credit_management.wizards.credit_import.IMMEDIATE_ROWS", 0
        ):
            record.action_import()
        self.assertEqual(record.state, "importing")
        # Tests allow neither commits nor rollbacks.
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *args, **kwargs: 1.0):
            self.env["credit.import"]._cron_import(**values)

    def test_in_the_background(self):
        record = self.draft(*(line(f"A-{n}", f"Customer {n}") for n in range(7)))
        record.action_validate()
        self.background(record, batch_rows=3)
        self.assertEqual((record.state, record.done_count), ("done", 7))
        self.assertEqual(record.progress, 100)
        self.assertEqual(len(record.row_ids.move_id), 7)

    def test_an_import_that_was_interrupted_goes_on(self):
        record = self.draft(*(line(f"A-{n}") for n in range(5)))
        record.action_validate()
        record.state = "importing"
        record._import_batch(2)
        self.assertEqual((record.state, record.done_count), ("importing", 2))
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *args, **kwargs: 1.0):
            self.env["credit.import"]._cron_import(batch_rows=2)
            self.env["credit.import"]._cron_import(batch_rows=2)
        self.assertEqual((record.state, record.done_count), ("done", 5))
        self.assertEqual(len(self.moves(*(f"A-{n}" for n in range(5)))), 5)

    def test_a_second_click(self):
        record = self.draft(line("A-1"))
        record.action_validate()
        record.action_import()
        with self.assertRaisesRegex(UserError, "already"):
            record.action_import()
        self.assertEqual(len(self.moves("A-1")), 1)

    def poison(self, number, error):
        """Make one invoice fail when it is posted."""
        move_class = type(self.env["account.move"])
        post = move_class._post

        def _post(moves, soft=True):
            if number in moves.mapped("name"):
                raise error
            return post(moves, soft)

        return patch.object(move_class, "_post", _post)

    @mute_logger("odoo.sql_db")
    def test_one_poisoned_row(self):
        for error in (UserError("Bad luck"), IntegrityError("Bad luck")):
            with self.subTest(error=error):
                name = type(error).__name__
                record = self.draft(
                    *(line(f"{name}-{n}", f"{name} {n}") for n in range(4)), mode="good"
                )
                record.action_validate()
                with self.poison(f"{name}-2", error):
                    record.action_import()
                self.assertEqual((record.state, record.done_count), ("done", 3))
                self.assertEqual(self.reasons(record), {4: "Bad luck"})
                self.assertFalse(
                    self.env["res.partner"].search([("name", "=", f"{name} 2")])
                )

    def test_ranks_of_customers_that_were_rolled_back(self):
        """Each counts the invoices that were imported, and the commit goes through."""
        import_class = type(self.env["credit.import"])
        position_rows = import_class._position_rows
        refusal = UserError("Bad luck")

        def _position_rows(record, rows, items):
            # The last that is done of a batch: all else is posted by then.
            if "B-1" in rows.mapped("invoice"):
                raise refusal
            return position_rows(record, rows, items)

        known = self.env["res.partner"].create(
            {"name": "Known", "ref": "Known", "customer_rank": 1}
        )
        self.env.cr.postcommit.clear()
        paid = {"paid": "10.00", "payment_date": "2026-04-01"}
        record = self.draft(
            line("A-1", "Known"),
            *(line(f"B-{n}", "New", **paid) for n in range(3)),
            line("C-1", "Other"),
            mode="good",
        )
        record.action_validate()
        with patch.object(import_class, "_position_rows", _position_rows):
            record.action_import()
        self.assertEqual((record.state, record.done_count), ("done", 4))
        with self.enter_registry_test_mode():
            self.env.cr.postcommit.run()
        partners = self.moves("A-1", "B-0", "C-1").partner_id
        self.assertEqual(partners[0], known)
        self.assertEqual(partners.mapped("customer_rank"), [2, 4, 1])

    def test_a_poisoned_row_refuses_the_whole_file(self):
        record = self.draft(*(line(f"A-{n}") for n in range(4)))
        record.action_validate()
        with (
            self.poison("A-2", UserError("Bad luck")),
            self.assertRaisesRegex(UserError, "Row 4: Bad luck"),
            self.env.cr.savepoint(),
        ):
            record.action_import()
        record.invalidate_recordset()
        self.assertEqual((record.state, record.ok_count), ("validated", 4))
        self.assertFalse(self.moves(*(f"A-{n}" for n in range(4))))

    def test_a_poisoned_row_stops_the_background(self):
        record = self.draft(*(line(f"A-{n}") for n in range(6)))
        record.action_validate()
        with self.poison("A-2", UserError("Bad luck")):
            self.background(record, batch_rows=2)
        self.assertEqual(
            (record.state, record.done_count, record.bad_count, record.ok_count),
            ("validated", 3, 1, 2),
        )
        self.assertEqual(record.failure, "Row 4: Bad luck")
        record.mode = "good"
        record.action_import()
        self.assertEqual((record.state, record.done_count), ("done", 5))

    def test_invoices_that_arrived_in_between(self):
        record = self.draft(line("A-1"), line("A-2"), mode="good")
        record.action_validate()
        self.load(line("A-1"))
        record.action_import()
        self.assertEqual((record.done_count, record.bad_count), (1, 1))
        self.assertEqual(len(self.moves("A-1")), 1)

    def test_what_was_imported_can_not_be_forgotten(self):
        record = self.load(line("A-1"))
        with self.assertRaises(UserError):
            record.unlink()
        with self.assertRaises(UserError):
            record.action_draft()
        draft = self.draft(line("A-2"))
        draft.action_validate()
        draft.action_draft()
        self.assertFalse(draft.row_ids)
        draft.unlink()

    def test_the_sample_can_be_imported(self):
        self.make_policy()
        path = "credit_management/static/import/open_items_sample.csv"
        with file_open(path, "rb") as stream:
            record = self.env["credit.import"]._load(
                stream.read(), "open_items_sample.csv", mode="good"
            )
        languages = self.env["res.lang"].search([]).mapped("code")
        absent = {"nl", "fr"} - {code[:2] for code in languages}
        self.assertEqual(
            set(self.reasons(record).values()),
            {
                f"Language: “{lang}” is not installed in this database"
                for lang in absent
            },
        )
        self.assertGreaterEqual(record.done_count, 2)
