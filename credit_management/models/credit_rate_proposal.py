"""Rates that the law derives from others, proposed to be confirmed."""

from odoo import models

from ..engine.calendar import ONE_DAY
from ..engine.periods import next_start, period_start
from ..engine.published import derived
from ..engine.rates import MissingRate, Rate, Series
from .credit_regime_resolution import exact


class CreditRateSeries(models.Model):
    _inherit = "credit.rate.series"

    def _propose_rates(self, today):
        """Propose what follows from the bases, until the next period.

        Where the base is not known for the day that decides, nothing is proposed.

        :return: the new proposals
        """
        new = self.env["credit.rate"]
        periodic = self.filtered(lambda s: s.base_code and s.frequency != "change")
        for series in periodic.sorted(lambda s: (s._depth(), s.code)):
            base = series._base()
            if not base:
                continue
            known = base._with_proposals()
            for start in series._open_starts(today):
                decisive = start - ONE_DAY if series.base_day_before else start
                try:
                    value = known.at(decisive).percent
                except MissingRate:
                    continue
                new |= series._propose(start, value)
        return new

    def _base(self):
        """The series that this one is derived from; empty if there is none."""
        self.ensure_one()
        found = self._by_code([self.base_code], self.company_id)
        return found.get(self.base_code, self.browse())

    def _depth(self):
        """How many series lie below this one."""
        depth, series, seen = 0, self, self
        while series.base_code:
            series = series._base()
            if not series or series in seen:
                break
            depth, seen = depth + 1, seen | series
        return depth

    def _with_proposals(self):
        """As plain values, proposals included: what a proposal may rest on."""
        rates = self.rate_ids.sorted("valid_from")
        return Series(
            self.code,
            self.frequency,
            tuple(Rate(rate.valid_from, exact(rate.rate)) for rate in rates),
            self.checked_until or None,
        )

    def _open_starts(self, today):
        """First days of the periods that are only proposed or not there at all."""
        starts = [r.valid_from for r in self.rate_ids if r.state == "proposed"]
        last = max(self.rate_ids.mapped("valid_from"), default=None)
        start = (
            next_start(self.frequency, last)
            if last
            else period_start(self.frequency, today)
        )
        while start <= next_start(self.frequency, today):
            starts.append(start)
            start = next_start(self.frequency, start)
        return starts

    def _propose(self, start, base):
        """Propose the rate from ``start`` on, for a value of the base.

        :return: the rate if it is new
        """
        factor, margin = exact(self.factor), exact(self.margin)
        percent = float(derived(base, factor, margin, self.round_half_up))
        values = {
            "rate": percent,
            "source": f"computed from {self.base_code} {base:f}",
        }
        rate = self.rate_ids.filtered(lambda r: r.valid_from == start)
        if rate:
            if rate.rate != percent:
                rate.write(values)
            return rate.browse()
        return rate.create(
            {"series": self.code, "valid_from": start, "state": "proposed", **values}
        )
