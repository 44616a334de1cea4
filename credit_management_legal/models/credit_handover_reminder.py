"""No collector before the free first reminder, where a law for consumers says so."""

from odoo import api, models
from odoo.fields import Domain


class CreditHandover(models.AbstractModel):
    _inherit = "credit.handover"

    @api.model
    def _unreminded(self, company, items):
        """Items without the free first reminder, with the article that asks for it.

        The law of some countries lets nobody collect from a consumer before the free
        first reminder and the waiting period that it opens (Belgium, art. XIX.8 of the
        code of economic law): their regimes have a period ``collector_reminder``.

        :param items: of that company
        :return: {item id: article}
        """
        articles = self._collector_reminder_articles()
        if not items or not articles:
            return {}
        engine = self.env["credit.engine"].sudo()
        self.env.flush_all()
        find = self.env["credit.regime"]._resolver(company)
        guarded = {}
        for row in engine._charge_facts(company, items.ids):
            regime = find(row["kind"], row["country_id"], row["due"], row["regime_id"])
            required = regime and regime.first_reminder_required
            if required and regime.code in articles and not row["is_charge"]:
                guarded[row["id"]] = articles[regime.code]
        gates = engine._charge_gates(list(guarded)) if guarded else {}
        # A waiting period that still runs is told by the check of the time to pay.
        begun = {item_id for item_id, (gate_day, _days) in gates.items() if gate_day}
        return {id_: article for id_, article in guarded.items() if id_ not in begun}

    @api.model
    def _collector_reminder_articles(self):
        """{code of a regime: article} of the rule of :meth:`_unreminded`."""
        periods = (
            self.env["credit.regime.period"]
            .sudo()
            .search(
                Domain("code", "=", "collector_reminder")
                & Domain("topic", "=", "procedure")
            )
        )
        return {period.regime_id.code: period.article or "" for period in periods}

    @api.model
    def _reminder_facts(self, items, unreminded):
        """What :class:`..engine.checks.Facts` has to know of one group."""
        own = items.filtered(lambda item: item.id in unreminded)
        return {
            "unreminded": tuple(own.mapped("move_name")),
            "reminder_article": unreminded[own[0].id] if own else "",
        }
