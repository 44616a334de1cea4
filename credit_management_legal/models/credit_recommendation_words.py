"""A recommendation in words: figures are kept, and worded when somebody reads them."""

from dataclasses import asdict

from odoo import api, models

from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import recommend


class CreditRecommendation(models.AbstractModel):
    _inherit = "credit.recommendation"

    @api.model
    def _kept(self, case, outcomes):
        """What is stored of the outcomes: figures, worded when somebody reads them.

        Why a way is closed is a matter of that day: it is kept in every language.
        """
        closed = {}
        if any(found.way.closed for found in outcomes):
            for lang, _name in self.env["res.lang"].get_installed():
                service, own = (
                    self.with_context(lang=lang),
                    case.with_context(lang=lang),
                )
                closed[lang] = service._closed_texts(own)
        amount = to_minor(case.amount_residual, case.currency_id)
        return [
            {
                **asdict(found.way),
                "amount": amount,
                "expected": found.expected,
                "best": found.best,
                "closed": found.way.closed
                and {lang: texts[found.way.code] for lang, texts in closed.items()},
            }
            for found in outcomes
        ]

    @api.model
    def _rows(self, case, kept):
        """The table in the reader's language: list of dictionaries of texts.

        :param kept: see :meth:`_kept`
        """
        labels = dict(
            self.env["credit.recommendation.assumption"]
            ._fields["way"]
            ._description_selection(self.env)
        )
        rows = []
        for found in kept:
            closed = found["closed"]
            if closed:
                closed = closed.get(self.env.lang) or next(iter(closed.values()))
            row = {
                "label": labels[found["code"]],
                "best": found["best"],
                "closed": closed,
            }
            if not closed:
                row.update(
                    chance=self._chance_phrase(found),
                    costs=self._money(case, found["costs"]),
                    fee=self._money(case, found["fee"]),
                    months=found["months"],
                    expected=self._money(case, found["expected"]),
                    formula=self._formula(case, found),
                )
            rows.append(row)
        return rows

    @api.model
    def _money(self, case, amount):
        return case.currency_id.format(to_major(amount, case.currency_id))

    @api.model
    def _percent(self, points):
        return f"{points // 100}.{points % 100:02d}".rstrip("0").rstrip(".")

    @api.model
    def _chance_phrase(self, found):
        if found["code"] == "write_off":
            return "–"
        chance = recommend.Chance(**found["chance"])
        if chance.assumed and not chance.number:
            return self.env._(
                "%s %%, assumed: none of your own cases went this way yet",
                self._percent(chance.points),
            )
        if chance.assumed:
            return self.env._(
                "%(chance)s %%, assumed: only %(number)s cases of your own",
                chance=self._percent(chance.points),
                number=chance.number,
            )
        return self.env._(
            "%(chance)s %% of %(number)s cases of your own (by 95 %% between %(low)s "
            "and %(high)s)",
            chance=self._percent(chance.points),
            number=chance.number,
            low=self._percent(chance.low),
            high=self._percent(chance.high),
        )

    @api.model
    def _formula(self, case, found):
        """How the expected amount comes about, with the figures."""
        figures = {
            "amount": self._money(case, found["amount"]),
            "fee": self._money(case, found["fee"]),
            "chance": self._percent(found["chance"]["points"]),
            "months": found["months"],
            "costs": self._money(case, found["costs"]),
            "expected": self._money(case, found["expected"]),
        }
        if found["back"]:
            return self.env._(
                "(%(amount)s − %(fee)s success fee) × %(chance)s %%, after %(months)s "
                "months, plus %(back)s of VAT on what is lost, less %(costs)s of costs "
                "= %(expected)s",
                back=self._money(case, found["back"]),
                **figures,
            )
        return self.env._(
            "(%(amount)s − %(fee)s success fee) × %(chance)s %%, after %(months)s "
            "months, less %(costs)s of costs = %(expected)s",
            **figures,
        )
