from datetime import date

from odoo.addons.credit_management.tests.common import days_ago

from .insolvency_common import InsolvencyCommon
from .money_common import MoneyCommon
from .test_paper_claim import minor


class InsolvencyClaimCommon(InsolvencyCommon, MoneyCommon):
    """An invoice in a case, whose debtor became insolvent two days ago."""

    opened = date(2026, 6, 15)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.make_invoice(overdue=100, amount=1000)
        cls.case = cls.open_case(cls.move)

    def accepted_cost(self, amount, what="Writ", claim=True, **values):
        cost = self.report_cost(self.case, amount, what, **values)
        cost.basis = "Bill"
        cost.action_accept()
        if claim:
            cost.action_claim()
        return cost

    def pay_open(self, amount, day, currency=None):
        """A payment of the debtor that is matched with nothing."""
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.debtor.id,
                "amount": amount,
                "date": day,
                "payment_type": "inbound",
                "partner_type": "customer",
                "currency_id": (currency or self.euro).id,
            }
        )
        payment.action_post()
        return payment

    def paper(self):
        paper = self.env["credit.paper"]._of("insolvency_claim")
        return paper._values(self.case, "en")

    def in_euros(self, line):
        """Cents of the total of a line, at the rate of the day of the opening."""
        amount = line.currency_id._convert(
            line.total, self.euro, self.company, self.opened
        )
        return round(amount * 100)

    def agree(self, record):
        """The paper says what the record says, to the cent; what it says."""
        lines, paper = record.line_ids, self.paper()
        claim = paper["claim"]
        self.assertEqual(claim["total"], round(record._total_in(self.euro) * 100))
        columns = ("principal", "interest", "charges", "costs")
        sums = [round(sum(lines.mapped(name)) * 100) for name in columns]
        self.assertTrue(all(amount >= 0 for amount in sums), sums)
        if lines.currency_id == self.euro:
            shown = [minor(amount) for _name, amount in claim["sums"]]
            self.assertEqual(shown, [amount for amount in sums if amount])
        self.assertEqual(
            {row["name"]: minor(row["total"]) for row in claim["rows"]},
            {line.name: self.in_euros(line) for line in lines},
        )
        for row in claim["rows"]:
            parts = [row["open"], *(amount for amount, _since in row["charges"])]
            self.assertEqual(sum(map(minor, parts)), minor(row["total"]), row)
        names = lines.move_line_id.mapped("move_name")
        for name in ("cause", "exhibits"):
            text = paper["facts"][name]
            self.assertTrue(all(number in text for number in names), text)
        return paper

    def book_charges(self):
        """Charges in the books from before the opening, with interest until later."""
        self.company.credit_charge_post = True
        charges = self.make_charge("interest", 30, self.move, date=days_ago(9))
        charges |= self.make_charge("indemnity", 40, self.move, date=days_ago(9))
        charges.action_book()

    def fill_in(self, record):
        action = record.action_write_off()
        values = {"default_reason": "Test", **action["context"]}
        return self.env[action["res_model"]].with_context(**values).create({})
