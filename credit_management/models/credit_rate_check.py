"""Rates that are missing, told to those who can enter them."""

from odoo import api, fields, models
from odoo.tools import SQL, html2plaintext

from .credit_regime import KINDS

#: Type of the activity that asks for a rate.
ACTIVITY_MISSING = "credit_management.mail_activity_rate_missing"


class CreditRateSeries(models.Model):
    _inherit = "credit.rate.series"

    @api.model
    def _cron_check_rates(self):
        """Ask the managers, once, for each rate that somebody will need."""
        today = fields.Date.context_today(self)
        needed = self.search([("code", "in", list(self._needed_codes(today)))])
        missing = needed.filtered(lambda series: series._missing(today))
        asked = self.with_context(active_test=False).search(
            [("activity_ids.activity_type_id", "=", self.env.ref(ACTIVITY_MISSING).id)]
        )
        (asked - missing)._settle(ACTIVITY_MISSING)
        missing._tell_managers(ACTIVITY_MISSING, lambda series: series._missing(today))

    def _settle_found(self):
        """Close what was asked of the managers and is there now."""
        today = fields.Date.context_today(self)
        asked = self.browse(self._open_activities(ACTIVITY_MISSING).mapped("res_id"))
        asked.filtered(lambda s: not s._missing(today))._settle(ACTIVITY_MISSING)

    @api.model
    def _needed_codes(self, today):
        """Codes of the series that companies calculate with.

        By the law of their own country and of those where they have open items, and by
        their terms.
        """
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        self.env["account.move.line"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id", "country_id"])
        abroad = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT aml.company_id, debtor.country_id
                  FROM account_move_line AS aml
                  JOIN account_account AS account ON account.id = aml.account_id
                  JOIN res_partner AS partner ON partner.id = aml.partner_id
                  JOIN res_partner AS debtor
                    ON debtor.id = partner.commercial_partner_id
                 WHERE account.account_type = 'asset_receivable'
                   AND aml.parent_state = 'posted'
                   AND aml.amount_residual != 0
                   AND debtor.country_id IS NOT NULL
                """
            )
        )
        regimes = self.env["credit.regime"].sudo()
        used = regimes.browse()
        for company in companies:
            find = regimes._resolver(company)
            countries = {country for owner, country in abroad if owner == company.id}
            for country in {company.country_id.id, *countries}:
                for kind, __ in KINDS:
                    used |= find(kind, country, today)
        terms = self.env["credit.terms"].sudo().search([("rate_rule", "=", "series")])
        return {
            *used.mapped("rate_series"),
            *used.mapped("floor_series"),
            *used.mapped("cap_series"),
            *terms.mapped("rate_series"),
        }

    def _managers(self):
        """Who enters rates: by series, as some belong to one company."""
        self.ensure_one()
        users = self.env.ref("credit_management.group_manager").sudo().all_user_ids
        return users.filtered(
            lambda user: (
                user.active
                and not user.share
                and (not self.company_id or self.company_id in user.company_ids)
            )
        )

    def _open_activities(self, activity_type):
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", self.env.ref(activity_type).id),
                ]
            )
        )

    def _tell_managers(self, activity_type, text):
        """One open activity for each series and manager, with the latest text.

        :param str activity_type: external id
        :param text: function of a series in the manager's language
        """
        there = {
            (activity.res_id, activity.user_id): activity
            for activity in self._open_activities(activity_type)
        }
        for series in self:
            for user in series._managers():
                note = text(series.with_context(lang=user.lang))
                activity = there.get((series.id, user))
                if not activity:
                    # The activity is enough; nobody needs an e-mail besides.
                    series.with_context(
                        mail_activity_quick_update=True
                    ).activity_schedule(activity_type, user_id=user.id, note=note)
                elif html2plaintext(activity.note or "") != note:
                    activity.note = note

    def _settle(self, activity_type):
        """Nothing is left to be done."""
        self._open_activities(activity_type).unlink()
