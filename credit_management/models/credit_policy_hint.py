"""What the law says of a step's charges, beside the choices of the form."""

from odoo import api, fields, models

from ..engine.regime import CHARGES
from ..report.wording import joined


class CreditPolicyStep(models.Model):
    _inherit = "credit.policy.step"

    charge_forbidden = fields.Char(
        compute="_compute_charge_hint",
        help="The kinds of charges that no regime of the policy knows.",
    )
    charge_hint = fields.Text(string="In law", compute="_compute_charge_hint")

    @api.depends(
        "policy_id.debtor_kind",
        "policy_id.company_id.credit_claim_kind",
        "trigger",
    )
    @api.depends_context("lang")
    def _compute_charge_hint(self):
        known = {}
        for step in self:
            policy = step.policy_id
            key = (policy.debtor_kind, policy.company_id)
            if key not in known:
                known[key] = policy._charge_hint()
            step.charge_forbidden, step.charge_hint = known[key]


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    def _charge_hint(self):
        """Which charges the law forbids or holds back for debtors of this policy.

        :return: (kinds that are forbidden, separated by commas; sentences, one a line)
        """
        _ = self.env._
        laws = [
            (regime.with_env(self.env).sudo(), company)
            for regime, company in self._written_for()
        ]
        if not laws:
            return False, _(
                "Say in the policy for whom it is written to see what the law allows. "
                "What it forbids for a debtor is left out of the reminder in any case."
            )
        forbidden = [k for k in CHARGES if all(r._forbids(k, c) for r, c in laws)]
        texts = [regime._charge_hint(company) for regime, company in laws]
        return ",".join(forbidden) or False, "\n".join(texts)


class CreditRegime(models.Model):
    _inherit = "credit.regime"

    def _charge_hint(self, company):
        """What this regime forbids ``company`` or holds back, in a line."""
        self.ensure_one()
        _ = self.env._
        label = self.env["credit.charge"]._kind_label

        def with_article(kind):
            article = self._article(kind) or _("no article given")
            return f"{label(kind).lower()} ({article})"

        forbidden = [kind for kind in CHARGES if self._forbids(kind, company)]
        held = set(self._held_back_kinds()) - set(forbidden)
        parts = []
        if forbidden:
            parts.append(
                _("not allowed: %s", ", ".join(with_article(k) for k in forbidden))
            )
        if held:
            parts.append(
                _(
                    "only after a free first reminder and its waiting period "
                    "(%(article)s): %(charges)s",
                    article=self._article("wait") or _("no article given"),
                    charges=", ".join(label(k).lower() for k in CHARGES if k in held),
                )
            )
        text = joined(self.env, parts) or _("every charge is allowed")
        if self.scope == "none":
            text = _("no law is known here, and nothing is charged")
        return _("“%(regime)s”: %(text)s.", regime=self.name, text=text)
