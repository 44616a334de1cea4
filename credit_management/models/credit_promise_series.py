"""Promises made together: whoever does not keep one has promised nothing any more."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date


class CreditPromise(models.Model):
    _inherit = "credit.promise"

    dropped = fields.Boolean(
        readonly=True,
        copy=False,
        help="An earlier promise of the same series was not kept: this one holds no "
        "reminders any more.",
    )
    series_text = fields.Char(
        string="Rest of the series", compute="_compute_series_text"
    )

    @api.depends("series", "state", "dropped")
    def _compute_series_text(self):
        """What became of a series of which a part was not kept."""
        broken = self.filtered(
            lambda promise: promise.series and promise.state in ("broken", "partly")
        )
        dropped = self.search(
            Domain("series", "in", broken.mapped("series"))
            & Domain("dropped", "=", True),
            order="date, id",
        ).grouped("series")
        for promise in self:
            rest = promise in broken and dropped.get(promise.series)
            if rest:
                promise.series_text = self.env._(
                    "The rest of the series was dropped: %s.",
                    ", ".join(part._part_text() for part in rest),
                )
            elif promise.dropped:
                promise.series_text = self.env._(
                    "Dropped: an earlier promise of the series was not kept."
                )
            else:
                promise.series_text = False

    def _part_text(self):
        self.ensure_one()
        return self.env._(
            "%(amount)s by %(day)s",
            amount=self.currency_id.format(self.amount),
            day=format_date(self.env, self.date),
        )

    def _resume(self):
        # EXTENDS credit.agreement.mixin: what follows would hold the reminders on
        if self.series:
            self._drop_rest()
        return super()._resume()

    def _log_outcome(self):
        # EXTENDS credit.promise: kept after all
        result = super()._log_outcome()
        if self.series and self.state in ("kept", "open"):
            self._take_up_rest()
        return result

    def _drop_rest(self):
        """Drop the open promises of the series that come after this one."""
        self.ensure_one()
        rest = self.search(
            Domain("series", "=", self.series)
            & Domain("state", "=", "open")
            & Domain("date", ">", self.date),
            order="date, id",
        )
        if not rest:
            return
        today = self.company_id._credit_today()
        rest.write({"state": "cancelled", "dropped": True, "date_closed": today})
        for promise in rest:
            promise._log_items(
                self.env._(
                    "The promise for %s was dropped: an earlier part was not kept.",
                    format_date(self.env, promise.date),
                )
            )

    def _take_up_rest(self):
        """Let dropped promises apply again: what broke the series was paid in time.

        Not where something else was agreed on for the same items meanwhile.
        """
        self.ensure_one()
        series = self.search([("series", "=", self.series)], order="date, id")
        dropped = series.filtered("dropped")
        if (
            not dropped
            or any(promise.state in ("broken", "partly") for promise in series)
            or self._agreed_otherwise(series)
        ):
            return
        dropped.write({"state": "open", "dropped": False, "date_closed": False})
        for promise in dropped:
            promise._log_items(
                self.env._(
                    "The promise for %s applies again.",
                    format_date(self.env, promise.date),
                )
            )
        dropped._settle()

    def _agreed_otherwise(self, series):
        """Whether another promise or a plan holds these items now."""
        on_items = Domain("item_ids", "in", self.item_ids.ids)
        return bool(
            self.search_count(
                on_items
                & Domain("state", "=", "open")
                & Domain("id", "not in", series.ids),
                limit=1,
            )
            or self.env["credit.plan"].search_count(
                on_items & Domain("state", "in", ("requested", "active")), limit=1
            )
        )
