"""Fee and interest of plans held against the law when a policy is saved.

What is known then is the kind of debtor that the policy is written for and the country
of its company. What hangs on the debtor is left out of the plan in any case, with the
reason.
"""

from odoo import api, models
from odoo.exceptions import ValidationError

from ..engine import plan_charges
from .credit_article import article_text
from .credit_regime_resolution import to_minor


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    @api.constrains("plan_fee", "plan_interest", "debtor_kind", "company_id")
    def _check_plan_law(self):
        """Refuse what the law forbids, with the article.

        A policy of no company in particular is written for any country: each leaves
        out what it forbids.
        """
        for policy in self.sudo():
            if policy.company_id and policy.debtor_kind:
                texts = policy._plan_objections()
                if texts:
                    raise ValidationError("\n".join(texts))

    def _plan_objections(self):
        self.ensure_one()
        company = self.company_id
        today, currency = company._credit_today(), company.currency_id
        where = (self.debtor_kind, company.country_id.id, today)
        regime = self.env["credit.regime"]._resolver(company)(*where)
        if not regime:
            return []
        terms = self.env["credit.terms"]._resolver(company)(*where)
        found = plan_charges.objections(
            regime._to_engine(currency, company, today),
            terms._to_engine(currency, today),
            to_minor(self.plan_fee, currency),
            self.plan_interest == "legal",
        )
        return [self._plan_objection_text(one, regime, currency) for one in found]

    def _plan_objection_text(self, objection, regime, currency):
        _ = self.env._
        values = {
            "regime": regime.name,
            "article": article_text(self.env, objection.article)
            or _("no article noted"),
        }
        if objection.rule == "interest_none":
            return _(
                "Payment plans: “%(regime)s” knows no interest (%(article)s).", **values
            )
        if objection.rule == "fee_none":
            return _(
                "Payment plans: no fee is allowed under “%(regime)s” (%(article)s).",
                **values,
            )
        limit = currency.round(objection.limit / 10**currency.decimal_places)
        return _(
            "Payment plans: a fee of at most %(limit)s is allowed under “%(regime)s” "
            "(%(article)s).",
            limit=currency.format(limit),
            **values,
        )
