from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

SERVICE = "odoo.addons.snailmail.models.snailmail_letter.iap_tools"


@tagged("post_install", "-at_install")
class TestSnailmail(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()
        cls.policy = cls.env["credit.policy"].create(
            {
                "name": "Letters",
                "sequence": 0,
                "step_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Letter",
                            "delay_days": 5,
                            "channel": "letter",
                            "automation": "automatic",
                            "only_working_days": False,
                        },
                    )
                ],
            }
        )
        cls.debtor = cls.env["res.partner"].create(
            {
                "name": "Debtor",
                "street": "Rue Haute 1",
                "zip": "1000",
                "city": "Brussels",
                "country_id": cls.env.ref("base.be").id,
            }
        )

    def _deliver(self, company):
        """One overdue invoice of ``company``, reminded by letter."""
        invoice = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.debtor.id,
                    "invoice_date": "2026-10-01",
                    "invoice_date_due": "2026-10-31",
                    "invoice_line_ids": [
                        (0, 0, {"name": "Work", "price_unit": 100, "tax_ids": []})
                    ],
                }
            )
        )
        invoice.action_post()
        with freeze_time("2026-11-18 10:00:00"):
            reminder = self.env["credit.run"]._run_company(company).reminder_ids
            with patch.object(
                type(reminder),
                "_letter_pdfs",
                lambda records: {record.id: b"%PDF-1.4 letter" for record in records},
            ):
                reminder._deliver_claimed()
        return reminder

    def _postal_orders(self, reminder):
        return self.env["snailmail.letter"].search(
            [("model", "=", "credit.reminder"), ("res_id", "in", reminder.ids)]
        )

    def test_posted_where_the_company_says_so(self):
        """The PDF on file is the one that is posted; the other company prints."""
        company = self.company_data["company"]
        company.credit_snailmail = True
        reminder = self._deliver(company)
        self.assertEqual(reminder.state, "sent")
        order = self._postal_orders(reminder)
        self.assertEqual(order.attachment_id, reminder.letter_id)
        self.assertEqual(order.attachment_id.raw, b"%PDF-1.4 letter")
        self.assertEqual(order.company_id, company)
        self.assertTrue(reminder.printed)

        printed = self._deliver(self.other["company"])
        self.assertEqual(printed.state, "sent")
        self.assertFalse(self._postal_orders(printed))
        self.assertFalse(printed.printed)

    def test_outcome_comes_back(self):
        company = self.company_data["company"]
        company.credit_snailmail = True
        reminder = self._deliver(company)
        order = self._postal_orders(reminder)
        order.state = "sent"
        self.assertEqual(reminder.delivery_state, "delivered")
        order.state = "error"
        self.assertEqual(reminder.delivery_state, "bounced")
        self.assertIn("refused", reminder.failure_reason)

    def test_stopped_company_posts_nothing(self):
        """What waits for the postal service waits on; other companies' leave."""
        companies = self.company_data["company"] + self.other["company"]
        companies.credit_snailmail = True
        stopped, free = (self._deliver(company) for company in companies)
        stop = self.env["credit.stop"].create(
            {"company_id": stopped.company_id.id, "reason": "A wrong price list"}
        )
        orders = self._postal_orders(stopped + free)
        self.assertEqual(self._asked_of_service(orders), self._postal_orders(free))
        self.assertEqual(self._postal_orders(stopped).state, "pending")
        stop.sudo().write({"date_end": "2026-11-18 12:00:00"})
        waiting = self._postal_orders(stopped)
        self.assertEqual(self._asked_of_service(waiting), waiting)

    def _asked_of_service(self, orders):
        """The letters of which the postal service hears."""
        asked = []

        def accept(_url, params, **_options):
            documents = params["documents"]
            asked.extend(document["letter_id"] for document in documents)
            posted = [doc | {"sent": True, "send_id": "1"} for doc in documents]
            return {"request_code": 200, "request": {"documents": posted}}

        with patch(f"{SERVICE}.iap_jsonrpc", accept):
            for order in orders:
                order._snailmail_print_valid_address()
        return orders.browse(asked)
