"""Debtors who answer: promises, plans, disputes, in two companies and currencies."""

from datetime import timedelta

from .common import TODAY, CreditCommon


class AnswersCommon(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1, cls.step_2, cls.step_3 = cls.policy.step_ids
        cls.move = cls.make_invoice()
        cls.second = cls.make_invoice(amount=200.0)
        cls.foreign = cls.make_invoice(cls.debtor_b, currency=cls.dollar)
        cls.abroad = cls.make_invoice(cls.debtor_b, company=cls.other_company)
        cls.dispute_reason = cls.env["credit.dispute.reason"].create(
            {"name": "Quality"}
        )

    def promise(self, moves=None, days=7, amount=None, **values):
        """A promise of the debtor, ``days`` from today."""
        items = self.items(moves or self.move)
        amount = amount or sum(items.mapped("amount_residual_currency"))
        wanted = [(TODAY + timedelta(days=days), amount)]
        return self.env["credit.promise"]._make(items, wanted, **values)

    def plan(self, moves=None, number=2, days=7, **values):
        """A plan in monthly instalments, the first ``days`` from today."""
        items = self.items(moves or self.move)
        return self.env["credit.plan"]._request(
            items, number, "month", TODAY + timedelta(days=days), **values
        )

    def notes(self, move):
        """What stands in the history of an invoice, as one text."""
        return " ".join(move.message_ids.mapped("body"))
