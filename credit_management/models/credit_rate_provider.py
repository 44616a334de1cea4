"""Rates as central banks publish them, fetched when somebody asks for it.

A provider is a code and a method ``_fetch_<code>``. Another addon adds one by adding to
:meth:`CreditRateProvider._selection_provider` and defining the method.
"""

import logging
from datetime import date, timedelta
from time import monotonic
from typing import NamedTuple

import requests

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from ..engine.published import PublishedError, new_changes, read_csvdata
from .credit_regime_resolution import exact

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

#: Type of the activity that tells why nothing was fetched.
ACTIVITY_FETCH = "credit_management.mail_activity_rate_fetch"
#: Seconds to wait for an answer, and its size at most: a series has a few kilobytes.
TIMEOUT = 20
MAX_BYTES = 5 * 1024 * 1024

ECB_URL = "https://data-api.ecb.europa.eu/service"
#: Main refinancing operations, fixed rate tenders, level; one observation a day.
ECB_SERIES = "FM/D.U2.EUR.4F.KR.MRR_FR.LEV"

MESSAGES = {
    "no_table": _lt("the answer is no table of observations"),
    "empty": _lt("the answer holds no observation"),
    "day": _lt("“%(value)s” is no day"),
    "number": _lt("the value of %(day)s, “%(value)s”, is no number"),
    "conflict": _lt(
        "for %(day)s, %(theirs)s %% is published, and the table of rates has "
        "%(ours)s %%; mend it first"
    ),
    "jump": _lt(
        "the rate would move from %(was)s to %(becomes)s %% on %(day)s, which is more "
        "than a central bank does at once"
    ),
    "future": _lt("%(day)s lies too far ahead"),
    "timeout": _lt("no answer within %(seconds)s seconds"),
    "unreachable": _lt("the service can't be reached"),
    "status": _lt("the service answered with the error %(status)s"),
    "too_big": _lt("the answer is too long to be a series of rates"),
}


class Published(NamedTuple):
    """What a provider found.

    ``series`` is the code of the series, ``observations`` a list of (day, per cent a
    year as a Decimal) in order of days, ``source`` what to write beside a new rate.
    """

    series: str
    observations: list
    source: str


class CreditRateProvider(models.AbstractModel):
    """Fetches published rates and proposes what the law derives from them."""

    _name = "credit.rate.provider"
    _description = "Provider of Published Rates"

    @api.model
    def _selection_provider(self):
        return [("ecb", self.env._("European Central Bank"))]

    # ------------------------------------------------------------------
    # Fetching
    # ------------------------------------------------------------------

    @api.model
    def _cron_fetch(self):
        """Fetch what the provider of the settings publishes, if one is chosen.

        What goes wrong is told to the managers once, not every day anew.
        """
        code = self._param("credit_management.rate_provider")
        if code not in dict(self._selection_provider()):
            return
        told = self.env["credit.rate.series"].search(
            [("code", "=", self._series_of(code))]
        )
        try:
            with self.env.cr.savepoint():
                self._update(code)
        except UserError as error:
            _logger.warning("Rates not fetched: %s", error)
            text = str(error)
            told._tell_managers(ACTIVITY_FETCH, lambda __: text)
        else:
            told._settle(ACTIVITY_FETCH)

    @api.model
    def _update(self, code):
        """Fetch, check and add published rates; propose the rates derived from them.

        :param str code: of the provider
        :return: the new rates
        :raise UserError: nothing was changed, and why
        """
        name = dict(self._selection_provider())[code]
        try:
            published = getattr(self, f"_fetch_{code}")()
            new = self._add(published)
        except PublishedError as error:
            raise UserError(
                self.env._(
                    "Rates of “%(provider)s” were not fetched: %(reason)s.",
                    provider=name,
                    reason=self._reason(error),
                )
            ) from error
        return new | self._propose()

    def _add(self, published):
        """Add what is new in a series, and note until when its last value is known."""
        series = self.env["credit.rate.series"]._by_code([published.series])
        series = series[published.series]
        known = series.rate_ids.filtered(lambda r: r.state == "confirmed")
        known = known.sorted("valid_from")
        new = new_changes(
            published.observations,
            [(rate.valid_from, exact(rate.rate)) for rate in known],
        )
        last = published.observations[-1][0]
        ahead = fields.Date.context_today(self) + timedelta(days=60)
        if last > ahead:
            raise PublishedError("future", day=last)
        agreed = known.filtered(
            lambda r: (
                r.confidence != "high" and r.valid_from >= published.observations[0][0]
            )
        )
        agreed.write({"confidence": "high", "source": published.source})
        series.checked_until = max(last, series.checked_until or last)
        return self.env["credit.rate"].create(
            [
                {
                    "series": series.code,
                    "valid_from": day,
                    "rate": float(percent),
                    "source": published.source,
                    "confidence": "high",
                }
                for day, percent in new
            ]
        )

    def _propose(self):
        """Propose the values of this period and the next that their bases give."""
        derived = self.env["credit.rate.series"].search([("base_code", "!=", False)])
        return derived._propose_rates(fields.Date.context_today(self))

    def _reason(self, error):
        """A :class:`PublishedError` in words."""
        params = {
            name: format_date(self.env, value) if isinstance(value, date) else value
            for name, value in error.params.items()
        }
        message = self.env._(MESSAGES[error.code])  # pylint: disable=W8301
        return message % params

    # ------------------------------------------------------------------
    # HTTP
    # ------------------------------------------------------------------

    def _param(self, name, default=""):
        return self.env["ir.config_parameter"].sudo().get_param(name) or default

    def _get(self, url, params):
        """The text of an answer.

        :raises PublishedError: there is none that could be read
        """
        try:
            with requests.get(
                url,
                params=params,
                headers={"Accept": "text/csv"},
                timeout=TIMEOUT,
                stream=True,
            ) as answer:
                if answer.status_code != 200:
                    raise PublishedError("status", status=answer.status_code)
                data = self._body(answer)
        except requests.Timeout:
            raise PublishedError("timeout", seconds=TIMEOUT) from None
        except (requests.RequestException, OSError) as error:
            _logger.info("%s: %s", url, error)
            raise PublishedError("unreachable") from None
        return data.decode("utf-8", errors="replace")

    def _body(self, answer):
        """What a server sends, unless it sends too much or takes too long over it."""
        data, until = b"", monotonic() + TIMEOUT
        for chunk in answer.iter_content(64 * 1024):
            data += chunk
            if len(data) > MAX_BYTES:
                raise PublishedError("too_big")
            if monotonic() > until:
                raise PublishedError("timeout", seconds=TIMEOUT)
        return data

    # ------------------------------------------------------------------
    # Providers
    # ------------------------------------------------------------------

    def _series_of(self, code):
        """The series that a provider publishes."""
        return {"ecb": "ECB_MRO"}.get(code)

    def _fetch_ecb(self):
        """The main refinancing rate, from the ECB's SDMX service.

        From the last change but one on, so that what is known is compared as well.
        """
        code = self._series_of("ecb")
        series = self.env["credit.rate.series"]._by_code([code])[code]
        days = sorted(
            rate.valid_from for rate in series.rate_ids if rate.state == "confirmed"
        )
        base = self._param("credit_management.ecb_url", ECB_URL).rstrip("/")
        params = {"format": "csvdata", "detail": "dataonly"}
        if days:
            params["startPeriod"] = days[-2:][0].isoformat()
        text = self._get(f"{base}/data/{ECB_SERIES}", params)
        return Published(code, read_csvdata(text), f"ECB data portal, {ECB_SERIES}")
