from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine.periods import period_start
from ..engine.rates import period_end, period_of

#: A value has to be there so many days before its period begins.
DAYS_AHEAD = 14


class CreditRateSeries(models.Model):
    """A published rate: which values it takes, how often, and where they come from."""

    _name = "credit.rate.series"
    _description = "Series of Interest Rates"
    _inherit = ["credit.cached.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "code"

    _cached_fields = frozenset(("code", "frequency", "checked_until", "company_id"))

    code = fields.Char(required=True, help="Short name, such as FR_B2B_DEFAULT.")
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    frequency = fields.Selection(
        [
            ("half_year", "Every half-year"),
            ("year", "Every year"),
            ("change", "When it changes"),
        ],
        default="change",
        required=True,
        help="How long a value holds. A half-year or a year without its value stops "
        "every calculation that needs it; nothing is carried forward.",
    )
    checked_until = fields.Date(
        help="For rates that change irregularly: the last day for which the latest "
        "value is known to hold. Empty: until it changes.",
    )
    date_end = fields.Date(
        string="Ended on",
        help="The last day of a rate that the law has given up: nothing is missing "
        "after it.",
    )
    country_id = fields.Many2one("res.country")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="A rate agreed by contract belongs to one company.",
    )
    base_code = fields.Char(
        string="Derived from",
        help="The series to which the margin is added to propose a new value.",
    )
    base_day_before = fields.Boolean(
        string="Base of the day before",
        help="The value of the base on the day before the period counts, not the one "
        "on its first day.",
    )
    factor = fields.Float(
        digits=(9, 5), default=1.0, help="The base times this, before the margin."
    )
    margin = fields.Float(digits=(9, 5), help="Points added to the base.")
    round_half_up = fields.Boolean(
        string="Rounded up to the next half point",
    )
    description = fields.Text(translate=True)
    rate_ids = fields.One2many("credit.rate", "series_id", string="Rates")
    missing_text = fields.Char(
        string="What is missing",
        compute="_compute_missing_text",
        help="The value of today, or of a period that begins within two weeks.",
    )

    _code_unique = models.Constraint(
        "UNIQUE(code)", "There is a series of rates with this code already."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for series in self:
            series.display_name = f"{series.code}: {series.name}"

    @api.depends(
        "frequency",
        "checked_until",
        "date_end",
        "rate_ids.valid_from",
        "rate_ids.state",
    )
    @api.depends_context("tz", "lang")
    def _compute_missing_text(self):
        today = fields.Date.context_today(self)
        for series in self:
            series.missing_text = series._missing(today)

    @api.model
    def _by_code(self, codes, company=None):
        """``{code: series}``, archived ones as well.

        :param company: whose own series, or those of a company above it, may be found
            beside the published ones; an empty recordset: the published ones alone.
            None: every series that may be read
        """
        domain = Domain("code", "in", list(set(codes)))
        if company is not None:
            owners = [False, *company.sudo().parent_ids.ids]
            domain &= Domain("company_id", "in", owners)
        every = self.with_context(active_test=False)
        return {series.code: series for series in every.search(domain)}

    def _missing(self, today):
        """What the series lacks today or within :data:`DAYS_AHEAD` days.

        :return: sentences that name the period, or False
        """
        self.ensure_one()
        if self.date_end and self.date_end < today:
            return False
        text = self._missing_rate(today)
        if text and any(rate.state == "proposed" for rate in self.rate_ids):
            return self.env._(
                "%(missing)s A proposal waits to be confirmed.", missing=text
            )
        return text

    def _missing_rate(self, today):
        days = {rate.valid_from for rate in self.rate_ids if rate.state == "confirmed"}
        if self.frequency == "change":
            return self._missing_change(days, today)
        ahead = today + timedelta(days=DAYS_AHEAD)
        starts = {period_start(self.frequency, day) for day in (today, ahead)}
        have = {period_start(self.frequency, day) for day in days}
        for start in sorted(starts - have):
            return self.env._(
                "%(series)s: the rate for %(period)s, from %(first)s to %(last)s, is "
                "missing.",
                series=self._label(),
                period=period_of(self.frequency, start),
                first=format_date(self.env, start),
                last=format_date(self.env, period_end(self.frequency, start)),
            )
        return False

    def _missing_change(self, days, today):
        if not days or min(days) > today:
            return self.env._("%(series)s has no rate for today.", series=self._label())
        if self.checked_until and self.checked_until < today:
            return self.env._(
                "%(series)s: whether the rate of %(since)s still holds is not known "
                "after %(until)s.",
                series=self._label(),
                since=format_date(self.env, max(day for day in days if day <= today)),
                until=format_date(self.env, self.checked_until),
            )
        return False
