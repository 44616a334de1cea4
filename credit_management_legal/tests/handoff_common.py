"""Cases with papers around them, and printing that costs nothing."""

import io
import re
import zipfile
from unittest.mock import patch

from odoo.tests import freeze_time

from odoo.addons.credit_management.tests.charges_common import ChargesCommon
from odoo.addons.credit_management.tests.common import (
    NOTICE,
    NOW,
    REMINDER_1,
    days_ago,
)

from .common import CaseCommon

#: What no paper shows: the head of a page with a token of the session, and by which
#: number Odoo knows the record.
UNSEEN = re.compile(rb"<(head|script)\b.*?</\1>| data-oe-id=\"[0-9]+\"", re.DOTALL)


class HandoffCommon(CaseCommon, ChargesCommon):
    """Pages are HTML instead of PDF; what is in them can be read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(REMINDER_1, NOTICE)
        cls.first, cls.notice = cls.policy.step_ids
        cls.agency = cls.make_party("Agency")
        cls.mandate = cls.make_mandate()
        cls.move = cls.make_invoice(overdue=100, amount=1000)
        cls.other = cls.make_invoice(overdue=50, amount=500)
        cls.kinds = {
            kind.code: kind for kind in cls.env["credit.document.kind"].search([])
        }

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    def without_printing(self):
        """Make pages of HTML from now on: their templates are still rendered."""

        def pages(handoff, report, records, data=None):
            reports = records.env["ir.actions.report"]
            return {
                record.id: UNSEEN.sub(
                    b"",
                    reports._render_qweb_html(report, record.ids, dict(data or {}))[0],
                )
                for record in records
            }

        self.startPatcher(
            patch.object(self.env.registry["credit.handoff"], "_print", pages)
        )

    @classmethod
    def attach(cls, record, name, content=b"%PDF-1.4 paper", **values):
        return cls.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "res_model": record._name,
                "res_id": record.id,
                **values,
            }
        )

    @classmethod
    def keep_invoice(cls, move, content=b"%PDF-1.4 invoice"):
        """The PDF of an invoice as it was sent."""
        kept = cls.attach(
            move,
            f"{move.name}.pdf".replace("/", "_"),
            content,
            res_field="invoice_pdf_report_file",
        )
        move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
        return kept

    @classmethod
    def send_letter(cls, move, content=b"%PDF-1.4 letter"):
        """A formal notice that left as a letter."""
        reminder = cls.remind(
            move,
            cls.notice,
            day=days_ago(40),
            deadline_date=days_ago(30),
            date_sent=f"{days_ago(40)} 09:00:00",
            delivery_state="delivered",
        )
        reminder.letter_id = cls.attach(reminder, "notice.pdf", content)
        return reminder

    @classmethod
    def send_mail(cls, move, text="<p>Please pay</p>", files=()):
        """A first reminder that left by e-mail."""
        reminder = cls.remind(
            move,
            cls.first,
            day=days_ago(60),
            date_sent=f"{days_ago(60)} 09:00:00",
            delivery_state="opened",
            date_opened=f"{days_ago(59)} 10:00:00",
        )
        cls.env["mail.message"].create(
            {
                "model": reminder._name,
                "res_id": reminder.id,
                "message_type": "email_outgoing",
                "subject": "Reminder",
                "body": text,
                "email_from": "credit@company.example.com",
                "outgoing_email_to": "dupont.sarl@example.com",
                "message_id": f"<{reminder.id}@company.example.com>",
                "date": f"{days_ago(60)} 09:00:00",
                "attachment_ids": [(6, 0, [file.id for file in files])],
            }
        )
        return reminder

    def zip_of(self, cases, **values):
        """The bytes of a hand-off file."""
        target = io.BytesIO()
        self.env["credit.handoff"]._write_zip(cases, target, **values)
        return target.getvalue()

    def open_zip(self, cases, **values):
        """{path: content}"""
        with zipfile.ZipFile(io.BytesIO(self.zip_of(cases, **values))) as archive:
            self.assertIsNone(archive.testzip())
            return {name: archive.read(name) for name in archive.namelist()}


class FullCase(HandoffCommon):
    """A case with all that belongs to one, without printing."""

    def setUp(self):
        super().setUp()
        self.without_printing()

    def full_case(self):
        """Two invoices, two reminders, papers, and an answer."""
        self.keep_invoice(self.move)
        self.letter = self.send_letter(self.move)
        self.mail = self.send_mail(self.move)
        self.attach(self.move, "Bon de commande 12.pdf")
        self.attach(self.move, "BL-99.pdf")
        self.attach(self.debtor, "CGV 2026.pdf")
        self.env["credit.answer"].create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "text": "We are waiting <b>for</b> a client.",
            }
        )
        return self.make_case(self.move | self.other, mandate_id=self.mandate.id)
