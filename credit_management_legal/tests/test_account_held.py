"""The debtor's page does not ask for what is in a case or stopped by an insolvency."""

from lxml import html

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW, TODAY
from odoo.addons.credit_management.tests.portal_common import PortalCommon

from .common import CaseCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAccountHeld(PortalCommon, CaseCommon):
    """100 and 200 are overdue, 50 fall due later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = cls.make_party(
            "Agency Dupont", phone="+33 1 23 45 67 89", email="dupont@example.com"
        )
        cls.collector = cls.make_user("noting", "group_collector")
        cls.make_bank()

    def page(self):
        response = self.get()
        self.assertEqual(response.status_code, 200)
        main = html.fromstring(response.text).xpath("//main")[0]
        return response.text, " ".join(main.text_content().split())

    def totals(self):
        [total] = self.account_model._picture(self.account).totals.values()
        return {
            name: total[name] for name in ("now", "overdue", "charges", "held", "whole")
        }

    @property
    def account_model(self):
        return self.env["credit.account"].sudo()

    def due(self, choice):
        return self.account_model._due(self.account, choice)

    def test_in_a_case(self):
        """It stands apart, with whom to talk to; the rest is asked for alone."""
        self.make_case(self.mid, party_id=self.agency.id)
        charge = (
            self.env["credit.charge"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.debtor.id,
                    "currency_id": self.old.currency_id.id,
                    "kind": "indemnity",
                    "move_line_id": self.items(self.mid).id,
                    "invoice_id": self.mid.id,
                    "date": TODAY,
                    "amount": 40,
                }
            )
        )
        self.assertEqual(
            self.totals(),
            {"now": 100, "overdue": 100, "charges": 0, "held": 240, "whole": 150},
        )
        source, text = self.page()
        self.assertIn("Agency Dupont handles them for us", text)
        self.assertIn("tel:+33 1 23 45 67 89", source)
        self.assertIn("mailto:dupont@example.com", source)
        self.assertIn("Handled apart", text)
        # The charge that is in the sum has its row, and can't be ticked.
        [row] = html.fromstring(source).xpath(
            "//section[@aria-labelledby='credit_charges']//tbody/tr"
        )
        self.assertIn("Handled apart", row.text_content())
        self.assertIn("40.00", row.text_content())
        self.assertNotIn("Pay the charges too", text)
        self.assertRegex(text, r"Pay all that is owed now: \D*100\.00")
        self.assertRegex(text, r"Amount \D*100\.00")
        currency = self.old.currency_id.id
        due = self.due(f"o.{currency}")
        self.assertEqual((due.items, due.amount), (self.items(self.old), 100))
        # Whoever wants to pay it to us may.
        due = self.due(f"i.{self.items(self.mid).id}")
        self.assertEqual((due.amount, due.charges), (200, charge.browse()))
        with self.assertRaisesRegex(UserError, "more than you owe"):
            self.due(f"p.20000.{currency}")

    def mandated(self, payments_to):
        """The second invoice in a case of a mandate that says who is paid."""
        mandate = self.make_mandate(payments_to=payments_to)
        return self.make_case(
            self.mid,
            party_id=self.agency.id,
            mandate_id=mandate.id,
            party_reference="DUP-7",
        )

    def test_third_party_is_paid(self):
        """How to pay it is told, and nothing can be paid here."""
        self.env["res.partner.bank"].create(
            {
                "acc_number": "BE68539007547034",
                "partner_id": self.agency.id,
                "allow_out_payment": True,
            }
        )
        self.mandated("party")
        self.assertEqual(self.totals()["held"], 200)
        source, text = self.page()
        self.assertIn("Please pay Agency Dupont, not us.", text)
        self.assertIn("BE68 5390 0754 7034, Agency Dupont, reference DUP-7", text)
        item = self.items(self.mid)
        self.assertNotIn(f'name="item" value="{item.id}"', source)
        with self.assertRaisesRegex(UserError, "Please pay Agency Dupont, not us."):
            self.due(f"i.{item.id}")

    def test_creditor_is_paid(self):
        self.mandated("creditor")
        source, text = self.page()
        self.assertIn("Payments go to us: tick the invoices to pay them here.", text)
        item = self.items(self.mid)
        self.assertIn(f'name="item" value="{item.id}"', source)
        self.assertEqual(self.due(f"i.{item.id}").amount, 200)

    def test_all_in_a_case(self):
        """Nothing is owed now: no bank, no promise, no plan."""
        self.pay(self.later)
        self.make_case(self.old | self.mid, party_id=self.agency.id)
        source, text = self.page()
        self.assertNotIn("Pay all that is owed now", text)
        self.assertNotIn("By bank transfer", text)
        self.assertNotIn('id="credit_promise"', source)
        self.assertNotIn('id="credit_plan"', source)
        self.assertIn("Pay what is ticked", text)
        self.assertNotIn("Everything is paid", text)

    def test_stopped_by_an_insolvency(self):
        self.env["credit.insolvency"].create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "procedure": "liquidation",
                "date_opened": TODAY,
                "administrator_id": self.agency.id,
            }
        )
        self.assertEqual(
            self.totals(),
            {"now": 0, "overdue": 0, "charges": 0, "held": 350, "whole": 0},
        )
        source, text = self.page()
        self.assertIn("A collective procedure was opened: payments are not", text)
        self.assertIn("Agency Dupont", text)
        for word in ("Pay all that is owed now", "Pay what is ticked", "By bank"):
            self.assertNotIn(word, text)
        for name in ("promise", "plan"):
            self.assertNotIn(f'id="credit_{name}"', source)
        self.assertNotIn("data-pay", source)
        item = self.items(self.old)
        currency = self.old.currency_id.id
        for choice in (f"i.{item.id}", f"o.{currency}", f"p.5000.{currency}"):
            with self.assertRaisesRegex(UserError, "collective procedure"):
                self.due(choice)
        with self.assertRaisesRegex(UserError, "collective procedure"):
            self.account_model._check_not_busy(self.account, item)

    def test_what_is_not_paid_here_may_be_contested(self):
        """Or told to be paid: the forms are there, with what they are about."""
        self.pay(self.old | self.later)
        mandate = self.make_mandate(payments_to="party")
        self.make_case(self.mid, party_id=self.agency.id, mandate_id=mandate.id)
        page = html.fromstring(self.get("?answer=paid").text)
        [item] = self.items(self.mid)
        [box] = page.xpath("//input[@name='item']")
        self.assertEqual(box.get("value"), str(item.id))
        self.assertTrue(page.xpath("//details[@id='credit_paid'][@open]"))
        paid = {"item": [item.id], "paid_date": str(TODAY)}
        self.assertEqual(self.post("/paid", paid).status_code, 303)
        reason = self.env.ref("credit_management.dispute_reason_price")
        objection = {"dispute_reason": str(reason.id), "dispute_text": "Too much."}
        answer = self.post("/dispute", {"item": [item.id], **objection})
        self.assertEqual(answer.status_code, 303)

    def agree(self, model, *moves, **values):
        """What a collector saves in the form."""
        return (
            self.env[model]
            .with_user(self.collector)
            .sudo(False)
            .create(
                {
                    "item_ids": [Command.set(self.items(moves[0].union(*moves)).ids)],
                    **values,
                }
            )
        )

    def test_no_promise_of_what_is_in_a_case(self):
        case = self.make_case(self.mid, party_id=self.agency.id)
        self.assertEqual(self.debtor._credit_overdue_items(), self.items(self.old))
        for model in ("credit.promise", "credit.plan"):
            with self.assertRaisesRegex(UserError, f"is in {case.name}"):
                self.agree(model, self.old, self.mid)
        self.assertEqual(self.agree("credit.promise", self.old).state, "open")
        # Whoever has the case may agree on instalments.
        plan = self.agree("credit.plan", self.mid, source="party")
        plan.action_accept()
        self.assertEqual(plan.state, "active")

    def test_no_promise_of_what_an_insolvency_stops(self):
        self.env["credit.insolvency"].create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "procedure": "liquidation",
                "date_opened": TODAY,
            }
        )
        for model in ("credit.promise", "credit.plan"):
            with self.assertRaisesRegex(UserError, "declare the claim"):
                self.agree(model, self.old, source="collector")
        with self.assertRaisesRegex(UserError, "declare the claim"):
            self.debtor.action_credit_promise()

    def test_nothing_held(self):
        source, text = self.page()
        self.assertNotIn("Handled apart", text)
        self.assertNotIn("o_credit_held", source)
        self.assertEqual(self.totals()["now"], 300)
