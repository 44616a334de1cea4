from odoo import api, models

from ..engine import limitation


class CreditLimitation(models.AbstractModel):
    """Until when items can be enforced, by the periods of their regimes.

    The day is the earliest that the law may mean: it counts from the invoice, the kind
    of the claim is not known, and no act that interrupts is looked at.
    """

    _name = "credit.limitation"
    _description = "Limitation"

    @api.model
    def _limits(self, items):
        """{item id: :class:`..engine.limitation.Limit`}, in few queries.

        What no period is known for is left out.
        """
        limits = {}
        engine = self.env["credit.engine"].sudo()
        for company, lines in items.sudo().grouped("company_id").items():
            find = self.env["credit.regime"]._resolver(company)
            for row in engine._charge_facts(company, lines.ids):
                regime = find(
                    row["kind"], row["country_id"], row["due"], row["regime_id"]
                )
                found = limitation.limit(
                    self._periods(regime, row["issued"]), None, row["issued"]
                )
                if found:
                    limits[row["id"]] = found
        return limits

    @api.model
    def _periods(self, regime, day):
        """The periods of limitation that hold for a claim of ``day``."""
        return [
            limitation.Period(
                period.number, period.unit, period.claim_kind, key=period.id
            )
            for period in regime.period_ids
            if period.topic == "limitation"
            and (not period.date_from or period.date_from <= day)
            and (not period.date_to or day <= period.date_to)
        ]
