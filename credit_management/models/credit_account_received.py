"""What has come in and stands on none of the debtor's items yet."""

from collections import Counter

from odoo import api, models


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _received_rows(self, account, rows):
        """What has come in beyond the credits among ``rows``, told in the same way.

        Payments without a journal entry, and money that waits at the bank: a row for
        each currency.
        """
        engine = account.env["credit.engine"]
        if not engine._has_loose_money(account.company, account.debtor.ids):
            return []
        known = Counter()
        for row in rows:
            known[row["currency"].id] += min(row["amount"], 0)
        found = engine._credits(account.company, account.debtor.ids)
        received = []
        for (_debtor, currency_id), credit in found.items():
            currency = account.env["res.currency"].browse(currency_id)
            amount = currency.round(credit + known[currency_id])
            if amount > 0:
                received.append(
                    self._row(
                        name=account.env._("Payment received, not assigned yet"),
                        amount=-amount,
                        original=-amount,
                        currency=currency,
                    )
                )
        return received
