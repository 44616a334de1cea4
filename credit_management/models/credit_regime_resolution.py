"""Which regime and which terms apply, and what they say as plain values."""

from decimal import Decimal
from functools import cache
from typing import NamedTuple

from odoo import api, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..engine import regime as rules
from .credit_article import article_text

#: Regimes for public bodies where the law has none of their own: those for businesses.
INSTEAD = {"public": ("public", "business")}


class Version(NamedTuple):
    """What settles whether a version of a regime applies; see ``credit.regime``."""

    id: int
    code: str
    country_id: int
    scope: str
    kind: str
    claim_kind: str
    date_from: object
    date_to: object

    def is_in_force(self, day):
        """Whether it governs what falls due on ``day``."""
        return (not self.date_from or self.date_from <= day) and (
            not self.date_to or day <= self.date_to
        )


#: Fields of regimes by which one is found.
FOUND_BY = frozenset((*Version._fields[1:], "active"))


def exact(number):
    """The decimal that a field of the database holds, as it is written there."""
    return Decimal(repr(number or 0.0)).normalize()


def to_minor(amount, currency):
    """An amount in the minor unit of its currency, as an integer."""
    return int(round(amount * 10**currency.decimal_places))


class CreditRegime(models.Model):
    _name = "credit.regime"
    _inherit = ["credit.cached.mixin", "credit.regime"]

    _cached_fields = FOUND_BY

    # ------------------------------------------------------------------
    # Resolution
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _versions(self):
        """All regimes in use, kept until one changes: they are asked for all the time.

        :rtype: tuple of :class:`Version`
        """
        regimes = self.sudo().search_fetch(
            [("active", "=", True)], Version._fields[1:], order="id"
        )
        return tuple(
            Version(
                regime.id,
                regime.code,
                regime.country_id.id,
                regime.scope,
                regime.kind,
                regime.claim_kind,
                regime.date_from,
                regime.date_to,
            )
            for regime in regimes
        )

    @api.model
    def _union_country_ids(self):
        """The countries of the European Union."""
        return set(self.env.ref("base.europe").sudo().country_ids.ids)

    @api.model
    def _resolver(self, company):
        """A function that finds the regime of an item, without a query for each.

        :return: function of (kind, country id, due date, chosen regime id), which
            returns a record: one version of a regime. The chosen regime stands for all
            versions of its code, and is passed over where the debtor is a consumer
            and it is none for consumers.
        """
        claim_kind = company.credit_claim_kind
        # In the order of preference: the specific kind of claim goes first.
        versions = sorted(
            (v for v in self._versions() if v.claim_kind in (False, claim_kind)),
            key=lambda v: (not v.claim_kind, v.id),
        )
        # Together, so that they are read together.
        regimes = self.sudo().browse(version.id for version in versions)
        records = {regime.id: regime for regime in regimes}
        by_country, by_scope, by_code = {}, {}, {}
        for version in versions:
            if version.scope == "country":
                key = (version.country_id, version.kind)
                by_country.setdefault(key, []).append(version)
            else:
                by_scope.setdefault((version.scope, version.kind), []).append(version)
            by_code.setdefault(version.code, []).append(version)
        own_country = company.sudo().country_id.id
        union, found = cache(self._union_country_ids), {}

        def in_force(candidates, day):
            for version in candidates:
                if version.is_in_force(day):
                    return records[version.id]
            return None

        def find(kind, country_id, day, chosen_id=None):
            country_id = country_id or own_country
            chosen = chosen_id and self.browse(chosen_id).sudo()
            if chosen and (kind != "consumer" or chosen.kind == "consumer"):
                regime = in_force(by_code.get(chosen.code, ()), day)
                if regime:
                    return regime
            kinds = INSTEAD.get(kind, (kind,))
            for one in kinds:
                regime = in_force(by_country.get((country_id, one), ()), day)
                if regime:
                    return regime
            scopes = ("eu", "none") if country_id in union() else ("none",)
            for scope in scopes:
                for one in kinds:
                    regime = in_force(by_scope.get((scope, one), ()), day)
                    if regime:
                        return regime
            return self.browse()

        def remembered(*key):
            if key not in found:
                found[key] = find(*key)
            return found[key]

        return remembered

    # ------------------------------------------------------------------
    # As plain values
    # ------------------------------------------------------------------

    def _articles(self):
        """The articles on which the rules rest: {topic: text, perhaps empty}.

        As they are kept: what engines say of them is told by :mod:`.credit_article`.
        """
        self.ensure_one()
        articles = {}
        for basis in self.basis_ids:
            articles.setdefault(basis.topic, basis.article or "")
        return articles

    def _article(self, topic):
        """The article on which the rule about ``topic`` rests, or an empty text.

        In the language of the reader.
        """
        return article_text(self.env, self._articles().get(topic))

    def _to_engine(self, currency, company, day):
        """The rules for items in ``currency``, as :mod:`engine.regime` wants them.

        Fixed amounts are converted at the company's rate of ``day``; without one they
        are not told.

        :rtype: engine.regime.Regime
        """
        self.ensure_one()

        def minor(amount):
            converted = self.currency_id._convert(amount, currency, company, day)
            return to_minor(converted, currency)

        def scale(charge, **bounds):
            tiers = self.scale_ids.filtered(lambda tier: tier.charge == charge)
            return rules.Scale(
                tiers=tuple(
                    rules.Tier(
                        minor(tier.above), minor(tier.fixed), exact(tier.percent)
                    )
                    for tier in tiers.sorted("above")
                ),
                **bounds,
            )

        article = self._articles().get
        indemnity = clause = cost = None
        if self.indemnity_rule == "fixed":
            tier = rules.Tier(0, minor(self.indemnity_amount))
            indemnity = rules.Scale(tiers=(tier,))
        elif self.indemnity_rule == "scale":
            indemnity = scale("indemnity")
        if self.clause_rule != "none":
            clause = scale(
                "clause", maximum=minor(self.clause_max) if self.clause_max else None
            )
        if self.cost_rule == "scale":
            cost = scale(
                "cost",
                cumulative=self.cost_cumulative,
                minimum=minor(self.cost_min) if self.cost_min else None,
                maximum=minor(self.cost_max) if self.cost_max else None,
            )
        small = self.cost_small and company.credit_claim_kind == "periodic"
        return rules.Regime(
            code=self.code,
            kind=self.kind,
            known=self.scope != "none",
            interest_start=self.interest_start,
            interest_months=self.interest_months,
            interest_by_contract_only=self.interest_by_contract_only,
            interest_needs_mention=self.interest_needs_mention,
            receipt_days=self.receipt_days,
            receipt_needs_mention=self.receipt_needs_mention,
            receipt_or_delivery=self.receipt_or_delivery,
            term_max_days=self.term_max_days,
            term_instead_days=self.term_instead_days,
            term_max_since=self.term_max_since or None,
            term_article=article("terms", ""),
            rate_series=self.rate_series or None,
            rate_margin=exact(self.rate_margin),
            contract_rate_allowed=self.contract_rate_allowed,
            floor_series=self.floor_series or None,
            cap_series=self.cap_series or None,
            interest_article=article("interest", ""),
            rate_article=article("rate", ""),
            day_count=self.day_count,
            compounding=self.compounding,
            contract_compounding_allowed=self.contract_compounding_allowed,
            compounding_article=article("compounding", ""),
            rounding=self.rounding,
            allocation=self.allocation,
            insolvency_stops=self.insolvency_stops,
            insolvency_article=article("insolvency", ""),
            dispute_suspends=self.dispute_suspends,
            dispute_suspends_after=self.dispute_suspends_after,
            suspension_max_days=self.suspension_max_days,
            indemnity=indemnity,
            indemnity_article=article("indemnity", ""),
            clause=clause,
            clause_article=article("clause", ""),
            cost=cost,
            cost_small=minor(self.cost_small) if small else None,
            cost_small_max=minor(self.cost_small_max),
            cost_small_months=self.cost_small_months,
            cost_article=article("cost", ""),
            fee_max=minor(self.fee_max) if self._allows_fees(company) else None,
            fee_free_count=self.fee_free_count,
            fee_free_per=self.fee_free_per,
            fee_beside_clause=self.fee_beside_clause,
            exchange_missing=self.currency_id._credit_exchange_missing(
                currency, company
            ),
            fee_article=article("fee", ""),
            first_reminder_required=self.first_reminder_required,
            held_back=frozenset(self._held_back_kinds()),
            wait_days=self.wait_days,
            wait_post_offset=self.wait_post_offset,
            wait_post_unit=self.wait_post_unit,
            wait_electronic_offset=self.wait_electronic_offset,
            wait_margin_days=self.wait_margin_days,
            wait_article=article("wait", ""),
            notice_days=self.notice_days,
            notice_article=article("notice", ""),
        )

    def _allows_fees(self, company):
        """Whether reminders on what this company claims may cost something."""
        self.ensure_one()
        kind = self.fee_claim_kind
        return self.fee_rule == "capped" and kind in (False, company.credit_claim_kind)

    def _held_back_kinds(self):
        """Kinds of charges that wait for the first reminder."""
        self.ensure_one()
        if not self.first_reminder_required:
            return []
        names = (name.strip() for name in (self.held_back or "").split(","))
        return [name for name in names if name]

    def _calendar(self):
        """Working days where the law of this regime holds."""
        return self.env["credit.engine"]._calendar_of(self.country_id)


class CreditTerms(models.Model):
    _inherit = "credit.terms"

    @api.model
    def _resolver(self, company):
        """A function that finds the terms of an item, without further queries.

        :return: function of (kind, country id, invoice date), which returns a record
            or an empty recordset: the law alone applies
        """
        terms = self.sudo().search(
            Domain("company_id", "parent_of", company.id), order="date_from desc, id"
        )
        # The company's own before those of its parents, the country's before all.
        depth = {c.id: rank for rank, c in enumerate(company.sudo().parent_ids)}
        terms = terms.sorted(
            lambda t: (-depth.get(t.company_id.id, 0), not t.country_id)
        )
        own_country = company.sudo().country_id.id
        found = {}

        def find(kind, country_id, day):
            country_id = country_id or own_country
            for one in INSTEAD.get(kind, (kind,)):
                for candidate in terms:
                    if (
                        candidate.kind == one
                        and candidate.country_id.id in (False, country_id)
                        and candidate.date_from <= day
                    ):
                        return candidate
            return self.browse()

        def remembered(*key):
            if key not in found:
                found[key] = find(*key)
            return found[key]

        return remembered

    def _to_engine(self, currency, day):
        """The terms for items in ``currency``; of no terms, what the law alone gives.

        :rtype: engine.regime.Terms
        """
        if not self:
            return rules.Terms()
        self.ensure_one()

        def minor(amount):
            converted = self.currency_id._convert(
                amount, currency, self.company_id, day
            )
            return to_minor(converted, currency)

        clause = None
        if self.clause_rule == "percent":
            clause = rules.Scale(
                tiers=(rules.Tier(0, 0, exact(self.clause_percent)),),
                minimum=minor(self.clause_min) if self.clause_min else None,
                maximum=minor(self.clause_max) if self.clause_max else None,
            )
        return rules.Terms(
            rate=exact(self.rate) if self.rate_rule == "fixed" else None,
            rate_series=self.rate_series if self.rate_rule == "series" else None,
            rate_margin=exact(self.rate_margin),
            compounding=self.compounding,
            indemnity=self.indemnity,
            clause=clause,
            clause_legal=self.clause_rule == "legal",
            fee=minor(self.fee_amount),
            interest_mention=self.interest_mention,
            due_agreed=self.due_agreed,
            exchange_missing=self.currency_id._credit_exchange_missing(
                currency, self.company_id
            ),
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.constrains("credit_regime_id", "credit_legal_kind")
    def _check_credit_regime(self):
        for partner in self.sudo():
            regime = partner.credit_regime_id
            if regime and partner.credit_legal_kind == "consumer" != regime.kind:
                raise ValidationError(
                    self.env._(
                        "“%(regime)s” is for businesses, and nothing proves that "
                        "%(debtor)s is one: enter its company number, its VAT number "
                        "or another proof first.",
                        regime=regime.name,
                        debtor=partner.display_name,
                    )
                )
