"""An agency, its mandate and the accounts that money of cases is booked on."""

from odoo.fields import Command
from odoo.tests import freeze_time

from odoo.addons.credit_management.tests.charges_common import ChargesCommon
from odoo.addons.credit_management.tests.common import NOW, TODAY, days_ago

from .common import CaseCommon


class MoneyCommon(CaseCommon, ChargesCommon):
    """Cases were opened 20 days ago; the agency earns 10 % and 20 % of tax on that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = cls.make_party("Agency")
        accounts = cls.env["account.account"]
        cls.clearing = accounts.create(
            {
                "name": "Collected by agencies",
                "code": "CLR100",
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )
        cls.fees = accounts.create(
            {
                "name": "Fees of agencies",
                "code": "FEE600",
                "account_type": "expense",
                "company_ids": [Command.set(cls.company.ids)],
            }
        )
        cls.costs = cls.fees.copy({"name": "Costs of acts", "code": "COS600"})
        cls.income = cls.company_data["default_account_revenue"]
        cls.company.write(
            {
                "credit_clearing_account_id": cls.clearing.id,
                "credit_party_fee_account_id": cls.fees.id,
                "credit_party_cost_account_id": cls.costs.id,
                "credit_fee_bill_post": True,
                "credit_interest_account_id": cls.income.id,
                "credit_indemnity_account_id": cls.income.id,
                "credit_fee_account_id": cls.income.id,
                "credit_pay_charges_first": True,
            }
        )
        cls.tax20 = cls.env["account.tax"].create(
            {
                "name": "20 % on fees",
                "amount": 20.0,
                "amount_type": "percent",
                "type_tax_use": "purchase",
                "company_id": cls.company.id,
                "country_id": cls.company.account_fiscal_country_id.id,
                "tax_group_id": cls.env["account.tax.group"]
                .create(
                    {
                        "name": "20 %",
                        "company_id": cls.company.id,
                        "country_id": cls.company.account_fiscal_country_id.id,
                    }
                )
                .id,
            }
        )
        cls.mandate = cls.make_mandate(
            tax_id=cls.tax20.id, fee_ids=[Command.create({"percent": 10})]
        )
        cls.env["credit.cost.rule"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    @classmethod
    def open_case(cls, moves, day=None, **values):
        """A case that was handed over to the agency some days ago."""
        values.setdefault("mandate_id", cls.mandate.id)
        case = cls.make_case(moves, opened=False, **values)
        with freeze_time(f"{day or days_ago(20)} 12:00:00"):
            case.action_open()
        return case

    def report_payment(self, case, amount, days=5, **values):
        return case._take_payment(
            {
                "date": days_ago(days),
                "amount": amount,
                "currency": case.currency_id.name,
                "received_by": "party",
                **values,
            },
            case._add_event("payment", "Paid", date=days_ago(days), amount=amount),
        )

    def report_cost(self, case, amount, what="Writ", **values):
        return case._take_cost(
            {
                "date": days_ago(4),
                "amount": amount,
                "currency": case.currency_id.name,
                "what": what,
                **values,
            },
            case._add_event("cost", what, date=days_ago(4), amount=amount),
        )

    def remittance(self, **values):
        """A remittance of the agency, filled in."""
        made = self.env["credit.remittance"].create(
            {
                "company_id": self.company.id,
                "party_id": self.agency.id,
                "currency_id": self.euro.id,
                "date": TODAY,
                "reference": "S-1",
                **values,
            }
        )
        made.action_fill()
        return made

    def book(self, **values):
        made = self.remittance(**values)
        made.action_check()
        made.action_book()
        return made

    def rows(self, moves):
        """The lines of some entries: (account, partner, amount), in order."""
        return [
            (line.account_id.code, line.partner_id.name, line.amount_currency)
            for line in moves.line_ids.sorted("id")
        ]
