from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..engine.periods import is_start, next_start, period_start

#: What no rate on late payment has ever reached; beyond lie slips of the pen.
RATE_MIN, RATE_MAX = -5.0, 100.0
#: Laws that came into force within a half-year: series and first day.
MID_PERIOD = {
    # Law of 22 November 2013: contracts from 16 March 2013 on.
    ("BE_COMMERCIAL", date(2013, 3, 16)),
    # Gesetz zur Bekämpfung von Zahlungsverzug: contracts from 29 July 2014 on.
    ("DE_B2B", date(2014, 7, 29)),
}
#: How far ahead a rate that changes irregularly can be announced.
CHANGE_AHEAD = timedelta(days=183)


class CreditRate(models.Model):
    """A yearly rate of a series, in per cent, from a day on.

    Rates that a release brings may be mended by a later one. A rate that a user
    entered or changed is the user's: no release touches it.
    """

    _name = "credit.rate"
    _description = "Interest Rate"
    _order = "series, valid_from desc"

    series = fields.Char(
        string="Series code",
        required=True,
        index=True,
        help="Such as FR_B2B_DEFAULT.",
    )
    series_id = fields.Many2one(
        "credit.rate.series",
        compute="_compute_series_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="cascade",
    )
    valid_from = fields.Date(required=True)
    rate = fields.Float(
        digits=(9, 5), required=True, aggregator="avg", help="Per cent a year."
    )
    source = fields.Char(help="Where the value was published.")
    confidence = fields.Selection(
        [("high", "High"), ("medium", "Medium"), ("low", "Low")],
        default="medium",
        required=True,
        help="High: legal text or two sources that agree. Medium: one source, or "
        "computed from a sourced value. Low: to be checked.",
    )
    state = fields.Selection(
        [("proposed", "Proposed"), ("confirmed", "Confirmed")],
        default="confirmed",
        required=True,
        help="Nothing is calculated with a rate that is only proposed.",
    )

    _series_day_unique = models.Constraint(
        "UNIQUE(series, valid_from)",
        "This series has a rate from that day on already.",
    )

    @api.depends("series")
    def _compute_series_id(self):
        known = self.env["credit.rate.series"]._by_code(self.mapped("series"))
        for rate in self:
            rate.series_id = known.get(rate.series)

    @api.depends("series", "valid_from", "rate")
    def _compute_display_name(self):
        for rate in self:
            day = format_date(self.env, rate.valid_from)
            rate.display_name = f"{rate.series} {day}: {rate.rate:g} %"

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("rate", "series", "valid_from")
    def _check_rate(self):
        today = fields.Date.context_today(self)
        for rate in self:
            reason = self._refusal(
                rate.series_id, rate.series, rate.valid_from, rate.rate, today
            )
            if reason:
                raise ValidationError(reason)

    @api.model
    def _refusal(self, series, code, valid_from, percent, today):
        """Why a rate can't be right, in a sentence; a false value if it can.

        :param series: the series, an empty recordset if there is none
        :param str code: its code
        :param date valid_from: first day of the rate
        :param percent: per cent a year
        :param date today: the day on which the rate is entered
        """
        if not series:
            return self.env._(
                "There is no series of rates with the code “%(code)s”.", code=code
            )
        label = series._label()
        if not RATE_MIN <= percent <= RATE_MAX:
            return self.env._(
                "%(series)s: %(rate)s %% is no rate of interest; it lies between "
                "%(min)s and %(max)s %%.",
                series=label,
                rate=f"{float(percent):g}",
                min=f"{RATE_MIN:g}",
                max=f"{RATE_MAX:g}",
            )
        if series.date_end and valid_from > series.date_end:
            return self.env._(
                "%(series)s ended on %(last)s: there is no rate from %(day)s on.",
                series=label,
                last=format_date(self.env, series.date_end),
                day=format_date(self.env, valid_from),
            )
        if (
            series.frequency != "change"
            and not is_start(series.frequency, valid_from)
            and (code, valid_from) not in MID_PERIOD
        ):
            border = period_start(series.frequency, valid_from)
            return self.env._(
                "%(series)s: a rate of this series holds from %(first)s or from "
                "%(second)s on, not from %(day)s.",
                series=label,
                first=format_date(self.env, border),
                second=format_date(self.env, next_start(series.frequency, valid_from)),
                day=format_date(self.env, valid_from),
            )
        latest = (
            today + CHANGE_AHEAD
            if series.frequency == "change"
            else next_start(series.frequency, today)
        )
        # What a release brings was checked when it was made.
        if valid_from > latest and not self.env.context.get("install_mode"):
            return self.env._(
                "%(series)s: nobody can know today the rate from %(day)s on; the "
                "latest day is %(latest)s.",
                series=label,
                day=format_date(self.env, valid_from),
                latest=format_date(self.env, latest),
            )
        return False

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        rates = super().create(vals_list)
        rates._registered()
        return rates

    def write(self, vals):
        # EXTENDS 'base'
        result = super().write(vals)
        if not self.env.context.get("credit_shipped_rates"):
            self._keep_from_updates()
        self._registered()
        return result

    def unlink(self):
        # EXTENDS 'base'
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _registered(self):
        """Forget what rested on the rates as they were."""
        self.env.registry.clear_cache()
        self.series_id.invalidate_recordset(["rate_ids", "missing_text"])
        if not self.env.context.get("install_mode"):
            self.series_id._settle_found()

    def _keep_from_updates(self):
        """What a user has changed is not for releases to change."""
        external = self.env["ir.model.data"].sudo()
        external.search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("noupdate", "=", False),
            ]
        ).noupdate = True

    def _load_records_write(self, values):
        # EXTENDS 'base'
        shipped = self.with_context(credit_shipped_rates=True)
        return super(CreditRate, shipped)._load_records_write(values)

    def _load_records(self, data_list, update=False):
        # EXTENDS 'base': a rate that users entered before its release came is theirs.
        external = self.env["ir.model.data"].sudo()
        named = {data["xml_id"]: data for data in data_list if data.get("xml_id")}
        known = {
            f"{row[1]}.{row[2]}" for row in external._lookup_xmlids(list(named), self)
        }
        new = {
            (
                data["values"]["series"],
                fields.Date.to_date(data["values"]["valid_from"]),
            ): (xml_id)
            for xml_id, data in named.items()
            if xml_id not in known
        }
        entered = self.search([("series", "in", [series for series, __ in new])])
        external._update_xmlids(
            [
                {
                    "xml_id": new[rate.series, rate.valid_from],
                    "noupdate": True,
                    "record": rate,
                }
                for rate in entered
                if (rate.series, rate.valid_from) in new
            ],
            update,
        )
        return super()._load_records(data_list, update)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Calculate with these rates from now on."""
        self.filtered(lambda rate: rate.state == "proposed").state = "confirmed"
