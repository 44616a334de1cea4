"""The confirmed rates as plain values."""

from decimal import Decimal

from odoo import api, models, tools
from odoo.tools import SQL

from ..engine import rates


class CreditRate(models.Model):
    _inherit = "credit.rate"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'credit_management': whoever enters the next value of a rate that
        # changes irregularly has looked it up: it holds for its half-year.
        created = super().create(vals_list)
        for rate in created:
            series = rate.series_id.sudo()
            if series.checked_until and series.checked_until < rate.valid_from:
                series.checked_until = rates.period_end("half_year", rate.valid_from)
        return created

    @api.model
    def _book(self, company):
        """The rates that a company may reckon with: the published ones and its own.

        Each book keeps what was worked out from it, and lives as long as one piece of
        work; the series themselves are kept until a rate changes.

        :rtype: engine.rates.Book
        """
        return rates.Book(self._book_series(company.id))

    @api.model
    @tools.ormcache("company_id")
    def _book_series(self, company_id):
        self.env["credit.rate"].flush_model()
        self.env["credit.rate.series"].flush_model()
        company = self.env["res.company"].sudo().browse(company_id)
        rows = self.env.execute_query(
            SQL(
                """SELECT series.code, series.frequency, series.checked_until,
                          rate.valid_from, rate.rate::text, rate.source
                     FROM credit_rate_series series
                     JOIN credit_rate rate ON rate.series_id = series.id
                    WHERE rate.state = 'confirmed'
                      AND (series.company_id IS NULL
                           OR series.company_id = ANY(%s))
                    ORDER BY series.code, rate.valid_from""",
                company.parent_ids.ids,
            )
        )
        found = {}
        for code, frequency, checked_until, day, percent, source in rows:
            _head, values = found.setdefault(code, ((frequency, checked_until), []))
            # Without the zeros that the column adds: what is exact stays short.
            exact = Decimal(percent).normalize() + 0
            values.append(rates.Rate(day, exact, source or ""))
        return {
            code: rates.Series(code, frequency, tuple(values), checked_until)
            for code, ((frequency, checked_until), values) in found.items()
        }
