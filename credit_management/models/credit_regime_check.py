"""What a regime has to be to be one: complete, and one at a time."""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..engine.regime import CHARGES

#: Charges that a scale can give, and the field that says whether one does.
SCALED = {"indemnity": "indemnity_rule", "clause": "clause_rule", "cost": "cost_rule"}


class CreditRegime(models.Model):
    _inherit = "credit.regime"

    @api.constrains("code", "kind", "claim_kind", "date_from", "date_to", "active")
    def _check_versions(self):
        """Versions of one regime follow one another; two never hold on one day."""
        versions = self.search([("code", "in", self.mapped("code"))])
        for regime in self.filtered("active"):
            for other in versions - regime:
                if other.code == regime.code and regime._overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "“%(regime)s” and “%(other)s” are versions of “%(code)s” "
                            "and both hold on %(day)s: end one the day before the "
                            "other begins.",
                            regime=regime.name,
                            other=other.name,
                            code=regime.code,
                            day=regime._first_shared_day(other),
                        )
                    )

    def _overlaps(self, other):
        """Whether two versions hold on the same day for the same claims."""
        return (
            self.kind == other.kind
            and self.claim_kind == other.claim_kind
            and (
                not self.date_to
                or not other.date_from
                or other.date_from <= self.date_to
            )
            and (
                not other.date_to
                or not self.date_from
                or self.date_from <= other.date_to
            )
        )

    def _first_shared_day(self, other):
        days = [day for day in (self.date_from, other.date_from) if day]
        return format_date(self.env, max(days)) if days else self.env._("every day")

    @api.constrains("scope", "country_id")
    def _check_country(self):
        for regime in self:
            if (regime.scope == "country") != bool(regime.country_id):
                raise ValidationError(
                    self.env._(
                        "“%(regime)s”: a regime of one country names it, a fallback "
                        "names none.",
                        regime=regime.name,
                    )
                )

    @api.constrains("rate_series", "floor_series", "cap_series")
    def _check_series(self):
        names = ("rate_series", "floor_series", "cap_series")
        # The law is the same for every company: no series that one of them agreed on.
        known = self.env["credit.rate.series"]._by_code(
            [code for name in names for code in self.mapped(name) if code],
            self.env["res.company"],
        )
        for regime in self:
            for name in names:
                if regime[name] and regime[name] not in known:
                    raise ValidationError(
                        self.env._(
                            "“%(regime)s”: there is no series of rates with the code "
                            "“%(code)s”.",
                            regime=regime.name,
                            code=regime[name],
                        )
                    )

    @api.constrains("interest_start", "interest_by_contract_only", "rate_series")
    def _check_rate(self):
        for regime in self:
            if (
                regime.interest_start != "none"
                and not regime.interest_by_contract_only
                and not regime.rate_series
            ):
                raise ValidationError(
                    self.env._(
                        "“%(regime)s”: name the series of rates that gives the "
                        "interest.",
                        regime=regime.name,
                    )
                )

    @api.constrains("held_back")
    def _check_held_back(self):
        for regime in self:
            names = [name.strip() for name in (regime.held_back or "").split(",")]
            unknown = [name for name in names if name and name not in CHARGES]
            if unknown:
                raise ValidationError(
                    self.env._(
                        "“%(regime)s”: “%(names)s” is no kind of charge; these are: "
                        "%(known)s.",
                        regime=regime.name,
                        names=", ".join(unknown),
                        known=", ".join(
                            f"{kind} ({self.env['credit.charge']._kind_label(kind)})"
                            for kind in CHARGES
                        ),
                    )
                )

    @api.constrains("first_reminder_required", "wait_days")
    def _check_waiting(self):
        for regime in self:
            if regime.first_reminder_required and regime.wait_days <= 0:
                raise ValidationError(
                    self.env._(
                        "“%(regime)s”: say how many days the period after the first "
                        "reminder has.",
                        regime=regime.name,
                    )
                )

    @api.constrains("receipt_days", "term_instead_days", "term_max_days")
    def _check_terms(self):
        for regime in self:
            most, instead = regime.term_max_days, regime.term_instead_days
            if min(regime.receipt_days, most, instead) < 0 or most and instead > most:
                raise ValidationError(
                    self.env._(
                        "“%(regime)s”: days after the receipt are never negative, and "
                        "a term that is too long counts as no longer than the longest "
                        "one.",
                        regime=regime.name,
                    )
                )

    @api.constrains("indemnity_rule", "clause_rule", "cost_rule", "scale_ids")
    def _check_scales(self):
        for regime in self:
            charges = set(regime.scale_ids.mapped("charge"))
            for charge, field in SCALED.items():
                if regime[field] == "scale" and charge not in charges:
                    raise ValidationError(
                        self.env._(
                            "“%(regime)s”: “%(rule)s” goes by a scale, and the scale "
                            "is empty.",
                            regime=regime.name,
                            rule=self._fields[field]._description_string(self.env),
                        )
                    )

    @api.constrains("indemnity_rule", "indemnity_amount", "fee_rule", "fee_max")
    def _check_amounts(self):
        for regime in self:
            if regime.indemnity_rule == "fixed" and regime.indemnity_amount <= 0:
                raise ValidationError(
                    self.env._(
                        "“%(regime)s”: the fixed indemnity has no amount.",
                        regime=regime.name,
                    )
                )
            if regime.fee_rule == "capped" and regime.fee_max <= 0:
                raise ValidationError(
                    self.env._(
                        "“%(regime)s”: the highest reminder fee has no amount.",
                        regime=regime.name,
                    )
                )


class CreditRegimeScale(models.Model):
    _inherit = "credit.regime.scale"

    @api.constrains("above", "fixed", "percent")
    def _check_amounts(self):
        for tier in self:
            if tier.above < 0 or tier.fixed < 0 or not 0 <= tier.percent <= 100:
                raise ValidationError(
                    self.env._(
                        "“%(regime)s”: a scale has no negative amounts, and no more "
                        "than 100 per cent.",
                        regime=tier.regime_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed(self):
        for regime in self.regime_id:
            going = (regime.scale_ids & self).mapped("charge")
            rest = (regime.scale_ids - self).mapped("charge")
            for charge in set(going).difference(rest):
                if regime[SCALED[charge]] == "scale":
                    raise ValidationError(
                        self.env._(
                            "“%(regime)s” goes by this scale: change its rule first.",
                            regime=regime.name,
                        )
                    )


class CreditRegimePeriod(models.Model):
    _inherit = "credit.regime.period"

    @api.constrains("number", "date_from", "date_to")
    def _check_period(self):
        for period in self:
            if period.number <= 0:
                raise ValidationError(
                    self.env._(
                        "“%(period)s” needs a length of one or more.",
                        period=period.name,
                    )
                )
            if period.date_from and period.date_to:
                if period.date_to < period.date_from:
                    raise ValidationError(
                        self.env._(
                            "“%(period)s” can't end before it begins.",
                            period=period.name,
                        )
                    )


class CreditRegimeContact(models.Model):
    _inherit = "credit.regime.contact"

    @api.constrains(
        "hour_from", "hour_to", "weekdays", "max_count", "max_days", "silent_days"
    )
    def _check_contact(self):
        for rule in self:
            days = [day.strip() for day in (rule.weekdays or "").split(",")]
            if not 0 <= rule.hour_from < rule.hour_to <= 24:
                problem = self.env._("the hours go from 0 to 24, the first one earlier")
            elif not all(day in tuple("1234567") for day in days):
                problem = self.env._("the days go from 1, Monday, to 7, Sunday")
            elif rule.max_count < 0 or (rule.max_count and rule.max_days <= 0):
                problem = self.env._("a number of contacts needs a number of days")
            elif rule.silent_days < 0:
                problem = self.env._("silent days can't be negative")
            else:
                continue
            raise ValidationError(
                self.env._(
                    "“%(regime)s”, contacts: %(problem)s.",
                    regime=rule.regime_id.name,
                    problem=problem,
                )
            )
