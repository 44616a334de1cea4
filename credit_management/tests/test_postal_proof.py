"""Proofs of many letters in one ZIP: filed once, with the letter and the event."""

import base64
import io
import zipfile

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..ledger import proofs
from .common import NOW
from .postal_common import PostalCommon

NUMBER, OTHER = "RR473124829CZ", "1A12345678901"


def archive(**files):
    """A ZIP of files; underscores stand for what a name can't hold."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(f"{name}.pdf", content)
    return stream.getvalue()


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestProofs(PostalCommon):
    def wizard(self, content, **values):
        return self.env["credit.postal.proof"].create(
            {
                "company_id": self.company.id,
                "file": base64.b64encode(content),
                "filename": "proofs.zip",
                **values,
            }
        )

    def file(self, content, **values):
        wizard = self.wizard(content, **values)
        wizard.action_file()
        return wizard

    def posted(self, number, partner=None):
        letter = self.letter(partner, tracking_number=number)
        letter._note_postal("posted", self.day(1))
        return letter

    def test_filed_with_the_event(self):
        letter, other = self.posted(NUMBER), self.posted(OTHER, self.debtor_b)
        wizard = self.file(
            archive(**{NUMBER: b"%PDF-1.4 one", OTHER.lower(): b"%PDF-1.4 two"})
        )
        self.assertEqual((wizard.filed_count, wizard.same_count), (2, 0))
        self.assertFalse(wizard.problem_text)
        for each, said in ((letter, b"one"), (other, b"two")):
            proof = each.postal_event_ids.attachment_ids
            self.assertIn(said, proof.raw)
            self.assertEqual((proof.res_model, proof.res_id), (each._name, each.id))
            self.assertIn("Proof of deposit", each.message_ids[0].body)

    def test_again_changes_nothing(self):
        letter = self.posted(NUMBER)
        content = archive(**{NUMBER: b"%PDF-1.4 one"})
        self.file(content)
        again = self.file(content)
        self.assertEqual((again.filed_count, again.same_count), (0, 1))
        self.assertEqual(len(letter.postal_event_ids.attachment_ids), 1)

    def test_receipt(self):
        """Of how it ended, not of its posting; of what is known only."""
        letter, under_way = self.posted(NUMBER), self.posted(OTHER, self.debtor_b)
        letter._note_postal("received", self.day(3))
        wizard = self.file(
            archive(**{NUMBER: b"%PDF-1.4 one", OTHER: b"%PDF-1.4 two"}),
            kind="receipt",
        )
        self.assertEqual(wizard.filed_count, 1)
        self.assertIn(OTHER, wizard.problem_text)
        filed = letter.postal_event_ids.filtered("attachment_ids")
        self.assertEqual(filed.state, "received")
        self.assertFalse(under_way.postal_event_ids.attachment_ids)

    def test_what_can_not_be_filed(self):
        self.posted(NUMBER)
        wizard = self.file(
            archive(**{NUMBER: b"<html>", "RR000000000XX": b"%PDF-1.4 whose?"})
        )
        self.assertEqual(wizard.filed_count, 0)
        self.assertIn(f"{NUMBER}.pdf: no PDF", wizard.problem_text)
        self.assertIn("RR000000000XX.pdf: no letter", wizard.problem_text)
        with self.assertRaisesRegex(UserError, "no ZIP"):
            self.file(b"%PDF-1.4")

    def test_bombs(self):
        self.posted(NUMBER)
        self.patch(proofs, "MOST_BYTES", 20)
        wizard = self.file(archive(**{NUMBER: b"%PDF-1.4" + b"0" * 100}))
        self.assertIn("larger", wizard.problem_text)
        self.patch(proofs, "MOST_TOTAL", 30)
        files = {f"RR{number}": b"%PDF-1.4 0000000000" for number in range(4)}
        with self.assertRaisesRegex(UserError, "too large"):
            self.file(archive(**files))
        self.patch(proofs, "MOST_FILES", 3)
        with self.assertRaisesRegex(UserError, "too many"):
            self.file(archive(**files))

    def test_companies_and_rights(self):
        letter = self.posted(NUMBER)
        content = archive(**{NUMBER: b"%PDF-1.4 one"})
        wizard = self.file(content, company_id=self.other_company.id)
        self.assertEqual(wizard.filed_count, 0)
        self.assertFalse(letter.postal_event_ids.attachment_ids)
        viewer = self.make_user("viewer")
        with self.assertRaises(AccessError):
            self.wizard(content).with_user(viewer).action_file()

    def test_volume(self):
        """As many queries for thirty proofs as for three."""
        counts = []
        for size in (3, 30):
            files = {}
            for number in range(size):
                debtor = self.make_debtor(f"Debtor {size} {number}")
                name = f"1A{size:05}{number:05}"
                self.posted(name, debtor)
                files[name] = b"%PDF-1.4 " + name.encode()
            wizard = self.wizard(archive(**files))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_file()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(wizard.filed_count, size)
        self.assertLessEqual(counts[1], counts[0] + 5)
