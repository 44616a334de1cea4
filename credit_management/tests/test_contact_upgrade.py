"""The hours of text messages become the company's contact hours."""

from pathlib import Path
from runpy import run_path

from odoo.tests import tagged
from odoo.tools import SQL

from .common import CreditCommon

SCRIPT = "migrations/19.0.1.3.0/post-contact-rules.py"


@tagged("post_install", "-at_install")
class TestContactUpgrade(CreditCommon):
    def test_hours_are_kept(self):
        self.env.flush_all()
        for name, kind in (
            ("from", "float"),
            ("to", "float"),
            ("weekdays", "varchar"),
            ("holidays", "boolean"),
        ):
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE res_company ADD COLUMN %s %s",
                    SQL.identifier(f"credit_sms_{name}"),
                    SQL(kind),
                )
            )
        self.env.cr.execute(
            SQL(
                """UPDATE res_company
                      SET credit_sms_from = 9.5, credit_sms_to = 18,
                          credit_sms_weekdays = '1, 2,7', credit_sms_holidays = TRUE
                    WHERE id = %s""",
                self.company.id,
            )
        )
        self.env["ir.model.data"].create(
            {
                "module": "credit_management_sms",
                "name": "field_credit_reminder__contact_after",
                "model": "ir.model.fields",
                "res_id": self.env["ir.model.fields"]
                ._get("credit.reminder", "contact_after")
                .id,
            }
        )
        script = Path(__file__).parents[1] / SCRIPT
        run_path(str(script))["migrate"](self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        window = self.company._credit_contact_window("phone")
        self.assertEqual((window.start, window.end), (9 * 60 + 30, 18 * 60))
        self.assertEqual(window.weekdays, {1, 2, 7})
        self.assertTrue(window.holidays)
        # Who had none set keeps what is usual.
        self.assertEqual(
            self.other_company._credit_contact_window("phone").weekdays,
            set(range(1, 7)),
        )
        self.assertFalse(
            self.env.ref(
                "credit_management_sms.field_credit_reminder__contact_after",
                raise_if_not_found=False,
            )
        )
