"""Letters that have left, and how they are looked at."""

import base64
import io
from datetime import timedelta

from odoo.tests import freeze_time, new_test_user
from odoo.tools.pdf import PdfFileWriter

from .common import NOW, TODAY, CreditCommon

LETTER = {
    "name": "Registered letter",
    "delay_days": 5,
    "channel": "registered_letter",
    "automation": "approve",
    "deadline_days": 10,
}
SECOND = {**LETTER, "name": "Second letter", "trigger": "previous", "delay_days": 7}


def pdf(pages=1):
    """A PDF of empty pages."""
    writer = PdfFileWriter()
    for _page in range(pages):
        writer.add_blank_page(width=595, height=842)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


@freeze_time(NOW)
class PostalCommon(CreditCommon):
    """Registered letters that were made ten days ago, and wait to be posted."""

    MADE = TODAY - timedelta(days=10)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(LETTER, SECOND)
        cls.first_step, cls.second_step = cls.policy.step_ids
        cls.reminders = cls.env["credit.reminder"]

    @classmethod
    def letter(cls, partner=None, step=None, file=False, company=None, **values):
        """A letter that was made, as a worker leaves it; of plain kind by channel."""
        company = company or cls.company
        move = cls.make_invoice(partner or cls.debtor, overdue=20, company=company)
        channel = values.setdefault("channel", "registered_letter")
        letter = cls.remind(
            move,
            step or cls.first_step,
            day=cls.MADE,
            date_sent=f"{cls.MADE} 10:00:00",
            delivery_state="pending",
            deadline_date=cls.MADE + timedelta(days=10),
            postal_state="to_post" if channel == "registered_letter" else False,
            **values,
        )
        if file:
            letter.letter_id = cls.env["ir.attachment"].create(
                {
                    "name": "letter.pdf",
                    "raw": pdf(file),
                    "res_model": letter._name,
                    "res_id": letter.id,
                }
            )
        return letter

    @classmethod
    def make_user(cls, login, group=None, companies=None):
        companies = companies or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,credit_management.group_{group or login}",
            company_id=companies[0].id,
            company_ids=[(6, 0, companies.ids)],
        )

    @classmethod
    def day(cls, count):
        """A day counted from that on which the letters were made."""
        return cls.MADE + timedelta(days=count)

    @classmethod
    def return_file(cls, *rows, header="reference;tracking;status;date", **values):
        """A return file as somebody uploads it."""
        content = values.pop("content", None)
        if content is None:
            content = "\n".join([header, *rows]).encode(values.pop("encoding", "utf-8"))
        return cls.env["credit.postal.file"].create(
            {
                "company_id": cls.company.id,
                "filename": "returns.csv",
                "file": base64.b64encode(content),
                **values,
            }
        )
