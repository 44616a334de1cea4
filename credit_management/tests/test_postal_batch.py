"""Letters for a print shop: each once, the same bytes each time, and what came back."""

import csv
import hashlib
import io
import zipfile

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW, TODAY
from .postal_common import PostalCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPostalBatch(PostalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls.letter(channel="letter", file=2)
        cls.registered = cls.letter(cls.debtor_b, file=1)
        cls.letters = cls.plain | cls.registered

    def make(self, letters=None):
        batches = self.env["credit.postal.batch"]._make(letters or self.letters)
        return batches

    def archive(self, batch):
        with batch._archive() as stream:
            content = stream.read()
        return content, zipfile.ZipFile(io.BytesIO(content))

    def index(self, archive):
        text = archive.read("index.csv").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text), delimiter=";"))

    def test_archive(self):
        batch = self.make()
        batch.write({"colour": True, "duplex": True})
        batch.action_export()
        content, archive = self.archive(batch)
        self.assertEqual(batch.state, "exported")
        self.assertEqual(batch.sha256, hashlib.sha256(content).hexdigest())
        rows = {row["reference"]: row for row in self.index(archive)}
        plain, registered = rows[self.plain.name], rows[self.registered.name]
        self.assertEqual((plain["registered"], plain["service"]), ("0", "priority"))
        self.assertEqual(
            (registered["registered"], registered["service"]),
            ("1", "registered_receipt"),
        )
        self.assertEqual((plain["pages"], registered["pages"]), ("2", "1"))
        self.assertEqual((plain["colour"], plain["duplex"]), ("1", "1"))
        self.assertEqual(plain["country"], "FR")
        self.assertIn("Dupont SARL", plain["address_1"])
        for row in rows.values():
            data = archive.read(row["file"])
            self.assertEqual(row["sha256"], hashlib.sha256(data).hexdigest())
        self.assertEqual(archive.read(plain["file"]), self.plain.letter_id.raw)

    def test_same_letters_same_bytes(self):
        batch = self.make()
        first, _archive = self.archive(batch)
        with freeze_time("2026-06-18 09:00:00"):
            self.env.invalidate_all()
            second, _archive = self.archive(batch)
        self.assertEqual(first, second)

    def test_large_archives_are_not_in_memory(self):
        batch = self.make()
        with batch._archive() as stream:
            # Spooled: on the disk from some size on, and read from there.
            self.assertTrue(hasattr(stream, "rollover"))
            stream.rollover()
            self.assertTrue(zipfile.is_zipfile(stream))

    def test_a_file_that_changed_does_not_leave(self):
        batch = self.make()
        self.plain.letter_id.sudo().raw = b"%PDF-other"
        with self.assertRaisesRegex(UserError, "not what it was"):
            batch.action_export()
        self.assertEqual(batch.state, "draft")

    def test_not_printed_twice(self):
        batch = self.make()
        with self.assertRaisesRegex(UserError, batch.name):
            self.plain.action_print_letters()
        with self.assertRaisesRegex(UserError, "does not wait"):
            self.make(self.plain)
        with self.assertRaisesRegex(UserError, batch.name):
            self.registered.action_post_today()
        tasks = self.env["credit.task"].search([("res_model", "=", "credit.reminder")])
        self.assertFalse(tasks.filtered(lambda t: t.res_id in self.letters.ids))

    def test_cancelled_letters_come_back(self):
        batch = self.make()
        batch.action_export()
        batch.action_cancel()
        self.assertEqual(self.letters.mapped("printed"), [False, False])
        self.assertEqual(set(batch.line_ids.mapped("state")), {"released"})
        other = self.make()
        self.assertEqual(other.line_ids.reminder_id, self.letters)

    def test_taken_out(self):
        batch = self.make()
        line = batch.line_ids.filtered(lambda x: x.reminder_id == self.plain)
        line.action_take_out()
        self.assertFalse(self.plain.postal_batch_id)
        batch.action_export()
        with self.assertRaises(UserError):
            batch.line_ids.action_take_out()
        with self.assertRaises(UserError):
            batch.colour = True
        with self.assertRaises(UserError):
            batch.state = "draft"
        with self.assertRaises(UserError):
            batch.unlink()

    def test_return_file(self):
        batch = self.make()
        batch.action_export()
        rows = [
            f"{self.registered.name};RR473124829CZ;ok;2026-06-16;",
            f"{self.plain.name};;Erreur;2026-06-16;No address window",
        ]
        header = "reference;tracking;status;date;reason"
        file = self.return_file(*rows, header=header, batch_id=batch.id)
        file.action_import()
        self.assertFalse(file.row_ids)
        self.assertEqual(self.registered.postal_state, "posted")
        self.assertEqual(self.registered.tracking_number, "RR473124829CZ")
        # What was not posted comes back, with its reason in the batch.
        self.assertFalse(self.plain.printed)
        self.assertFalse(self.plain.postal_batch_id)
        failed = batch.line_ids.filtered(lambda x: x.state == "failed")
        self.assertEqual(failed.reason, "No address window")
        self.assertEqual(batch.state, "done")
        again = self.return_file(*rows, header=header, batch_id=batch.id)
        again.action_import()
        self.assertEqual((again.ok_count, again.same_count), (0, 2))
        self.assertEqual(len(batch.line_ids), 2)
        self.assertEqual(len(self.make(self.plain).line_ids), 1)

    def test_letter_of_another_batch(self):
        batch, other = self.make(self.plain), self.make(self.registered)
        (batch | other).mapped(lambda b: b.action_export())
        file = self.return_file(
            f"{self.registered.name};;posted;2026-06-16", batch_id=batch.id
        )
        file.action_import()
        self.assertIn(batch.name, file.row_ids.reason)
        self.assertEqual(self.registered.postal_state, "to_post")

    def test_posted_letters_stay_when_cancelled(self):
        batch = self.make()
        batch.action_export()
        self.return_file(
            f"{self.registered.name};;posted;2026-06-16", batch_id=batch.id
        ).action_import()
        self.assertEqual(batch.state, "exported")
        batch.action_cancel()
        self.assertTrue(self.registered.printed)
        self.assertFalse(self.plain.printed)

    def test_companies(self):
        policy = self.make_policy(
            {"delay_days": 5, "channel": "letter"}, company_id=self.other_company.id
        )
        abroad = self.letter(
            step=policy.step_ids,
            company=self.other_company,
            channel="letter",
            file=1,
        )
        self.assertEqual(abroad.currency_id, self.dollar)
        batches = self.make(self.plain | abroad)
        self.assertEqual(batches.company_id, self.company | self.other_company)
        collector = self.make_user("collector")
        seen = self.env["credit.postal.batch"].with_user(collector).search([])
        self.assertEqual(seen.company_id, self.company)
        with self.assertRaises(AccessError):
            self.make_viewer_export(batches[0])

    def make_viewer_export(self, batch):
        batch.with_user(self.make_user("viewer")).action_export()

    def test_formulas_do_no_harm(self):
        self.debtor.street = "=HYPERLINK(0)"
        batch = self.make(self.plain)
        _content, archive = self.archive(batch)
        [row] = self.index(archive)
        self.assertIn("'=HYPERLINK(0)", row.values())

    def test_waiting_letters(self):
        batch = self.env["credit.postal.batch"].create({})
        batch.action_add_waiting()
        self.assertEqual(batch.line_ids.reminder_id, self.letters)
        self.assertEqual((batch.line_count, batch.page_count), (2, 3))
        with self.assertRaises(UserError):
            batch.action_add_waiting()


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPostalDownload(PostalCommon, HttpCase):
    def test_download(self):
        letter = self.letter(channel="letter", file=1)
        batch = self.env["credit.postal.batch"]._make(letter)
        batch.action_export()
        self.make_user("collector")
        self.make_user("viewer")
        self.env.cr.flush()
        url = f"/credit/postal/{batch.id}.zip"
        self.authenticate("collector", "collector")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(hashlib.sha256(answer.content).hexdigest(), batch.sha256)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        with mute_logger("odoo.http"):
            self.authenticate("viewer", "viewer")
            self.assertEqual(self.url_open(url).status_code, 404)
            self.assertEqual(
                self.url_open("/credit/postal/999999999.zip").status_code, 404
            )
        self.assertEqual(letter.date_done, self.MADE)
        self.assertLess(letter.date_done, TODAY)
