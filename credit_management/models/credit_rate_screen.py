"""What the screens of rates show beside the rates themselves."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.rates import MissingRate


class CreditRateSeries(models.Model):
    _inherit = "credit.rate.series"

    rate_today = fields.Char(string="Today", compute="_compute_rate_today")
    is_missing = fields.Boolean(
        string="Missing", compute="_compute_is_missing", search="_search_is_missing"
    )
    regime_count = fields.Integer(compute="_compute_regime_count")

    @api.depends("rate_ids.rate", "rate_ids.valid_from")
    @api.depends_context("company", "lang")
    def _compute_rate_today(self):
        company = self.env.company
        book = self.env["credit.rate"]._book(company)
        today = company._credit_today()
        for series in self:
            series.rate_today = False
            try:
                percent = book[series.code].at(today).percent
            except MissingRate:
                continue
            series.rate_today = self.env["credit.regime"]._percent_text(percent)

    @api.depends("missing_text")
    def _compute_is_missing(self):
        for series in self:
            series.is_missing = bool(series.missing_text)

    def _search_is_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        # There are some dozens of series, and what is missing depends on the day.
        missing = self.search([("active", "=", True)]).filtered("missing_text")
        domain = Domain("id", "in", missing.ids)
        return Domain.OR(domain if wanted else ~domain for wanted in value)

    def _label(self):
        """What people call the series; managers, who enter codes, see it beside."""
        self.ensure_one()
        if not self.env.user.has_group("credit_management.group_manager"):
            return self.name
        return self.name if self.name == self.code else f"{self.name} ({self.code})"

    @api.model
    def _label_of(self, code):
        """The same by the code; the code itself where no series has it."""
        series = self.with_context(active_test=False).sudo(False)
        found = series.search([("code", "=", code)], limit=1)
        return found._label() if found else code

    @api.model
    def _missing_sentences(self, found):
        """What each :class:`MissingRate` says, in the language of the reader.

        None stays None; each series is looked up once.
        """
        labels = {}
        for missing in filter(None, found):
            if missing.series not in labels:
                labels[missing.series] = self._label_of(missing.series)
        return [
            missing
            and self.env._(
                "There is no rate “%(series)s” for %(period)s.",
                series=labels[missing.series],
                period=missing.period,
            )
            for missing in found
        ]

    def _regime_domain(self):
        self.ensure_one()
        return Domain.OR(
            Domain(name, "=", self.code)
            for name in ("rate_series", "floor_series", "cap_series")
        )

    def _compute_regime_count(self):
        for series in self:
            series.regime_count = self.env["credit.regime"].search_count(
                series._regime_domain()
            )

    def action_view_regimes(self):
        """Open the regimes whose interest, floor or cap is this series."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_regime_action"
        )
        return dict(action, domain=list(self._regime_domain()), context={})

    def action_view_graph(self):
        """Show the values of the series over time."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_rate_action"
        )
        return dict(
            action,
            domain=[("series_id", "=", self.id)],
            # Between two values there is none: nothing is to be filled with zeros.
            context={"fill_temporal": 0},
            views=[(False, "graph"), (False, "list")],
        )


class CreditRate(models.Model):
    _inherit = "credit.rate"

    @api.model
    def web_read_group(self, domain, groupby, aggregates=(), *args, **kwargs):
        # EXTENDS web: beside the name of a series a mean of its rates would be read as
        # its rate; the mean is for graphs
        aggregates = [one for one in aggregates if one != "rate:avg"]
        return super().web_read_group(domain, groupby, aggregates, *args, **kwargs)
