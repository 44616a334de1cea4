"""Short words for what tests of cases do all day."""

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.credit_management.tests.common import (
    REMINDER_1,
    CreditCommon,
    days_ago,
)


class CaseCommon(CreditCommon):
    @classmethod
    def make_case(cls, moves, opened=True, **values):
        """A case of all open items of some invoices of one debtor.

        Opened whatever prudence says.
        """
        values.setdefault("overruled_reason", "Test")
        case = cls.env["credit.case"].create(
            {
                "company_id": moves.company_id.id,
                "partner_id": moves.commercial_partner_id.id,
                "currency_id": moves.currency_id.id,
                "line_ids": [
                    Command.create({"move_line_id": item.id})
                    for item in cls.items(moves)
                ],
                **values,
            }
        )
        if opened:
            case.action_open()
        return case

    @classmethod
    def remind_first(cls, move):
        """The free first reminder that a law wants, whose waiting period is over."""
        step = cls.make_policy(REMINDER_1).step_ids
        return cls.remind(move, step, day=days_ago(60), wait_until=days_ago(43))

    @classmethod
    def make_invoices(cls, debtors, overdue=10, amount=100.0):
        """A posted invoice for each of these debtors, all at once."""
        moves = cls.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "company_id": cls.company.id,
                    "partner_id": debtor.id,
                    "currency_id": cls.company.currency_id.id,
                    "invoice_date": days_ago(overdue + 30),
                    "invoice_date_due": days_ago(overdue),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Work",
                                "quantity": 1,
                                "price_unit": amount,
                                "tax_ids": [],
                            }
                        )
                    ],
                }
                for debtor in debtors
            ]
        )
        moves.action_post()
        return moves

    @classmethod
    def make_party(cls, name, **values):
        values.setdefault("credit_party_role", "agency")
        return cls.make_debtor(name, **values)

    @classmethod
    def make_mandate(cls, party=None, **values):
        """10 % up to 1,000, 8.5 % above; 20 % of what is half a year overdue."""
        return cls.env["credit.mandate"].create(
            {
                "name": "Amicable",
                "company_id": cls.company.id,
                "party_id": (party or cls.agency).id,
                "currency_id": cls.company.currency_id.id,
                "date_from": "2026-01-01",
                "fee_ids": [
                    Command.create({"percent": 10}),
                    Command.create({"above": 1000, "percent": 8.5}),
                    Command.create({"age_from": 180, "percent": 20}),
                ],
                **values,
            }
        )

    @classmethod
    def make_user(cls, login, group, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            f"credit_management.{group}",
            email=f"{login}@company.example.com",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
