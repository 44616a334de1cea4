"""Policies held against the law: what it forbids is refused when a policy is saved.

What a regime forbids for one debtor is left out of a reminder in any case, with the
reason; here somebody is told before.
"""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..engine.regime import CHARGES
from .credit_regime import KINDS


class CreditRegime(models.Model):
    _inherit = "credit.regime"

    def _forbids(self, kind, company=None):
        """Whether this regime has no charge of ``kind`` at all.

        :param company: for what it claims; without one, for whatever may be claimed
        """
        self.ensure_one()
        if kind == "fee" and company:
            return not self._allows_fees(company)
        rule = {
            "interest": self.interest_start,
            "indemnity": self.indemnity_rule,
            "clause": self.clause_rule,
            "cost": self.cost_rule,
            "fee": self.fee_rule,
        }
        return rule[kind] == "none"


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    def _regimes(self):
        """The regimes that a policy is held against: those of its companies' countries.

        Empty where the policy does not say for whom it is written.
        """
        regimes = self.env["credit.regime"]
        return regimes.union(*(regime for regime, _company in self._written_for()))

    def _written_for(self):
        """The same, each with a company that claims under it."""
        return self.filtered("debtor_kind")._followers_law()

    def _followers_law(self):
        """The same; for every kind of debtor where the policy names none.

        :return: list of (regime, company); of companies to which a regime allows the
            same, one
        """
        found = {}
        for policy in self.sudo():
            companies = policy.company_id or self.env["res.company"].sudo().search(
                [("active", "=", True)]
            )
            for company in companies:
                find = self.env["credit.regime"]._resolver(company)
                today = company._credit_today()
                for kind in policy._kinds():
                    for regime in find(kind, company.country_id.id, today):
                        key = (regime, regime._allows_fees(company))
                        found.setdefault(key, (regime, company))
        return list(found.values())

    def _kinds(self):
        """The kinds of debtors that may follow this policy."""
        self.ensure_one()
        return [self.debtor_kind] if self.debtor_kind else [kind for kind, _ in KINDS]

    def _forbidden_everywhere(self):
        """Charges that no regime of any country has for the kinds of this policy."""
        self.ensure_one()
        regimes = (
            self.env["credit.regime"].sudo().search(Domain("kind", "in", self._kinds()))
        )
        return {kind for kind in CHARGES if all(r._forbids(kind) for r in regimes)}

    @api.constrains("active", "debtor_kind", "company_id")
    def _check_law(self):
        self.step_ids._check_law()


class CreditPolicyStep(models.Model):
    _inherit = "credit.policy.step"

    @api.constrains(
        "charge_interest",
        "charge_indemnity",
        "charge_clause",
        "charge_cost",
        "charge_fee",
        "deadline_days",
        "formal_notice",
        "legally_required",
        "policy_id",
        "sequence",
        "trigger",
    )
    def _check_law(self):
        objections = [text for step in self for text in step._law_objections()]
        if objections:
            raise ValidationError("\n".join(objections))

    def _law_objections(self):
        """Why the law does not let the step be as it is: a list of sentences.

        A policy of no company in particular is written for any country: it may ask for
        what some of them know, and has to keep to what all of them ask for.
        """
        self.ensure_one()
        laws = self.policy_id._followers_law()
        if not laws or self.trigger == "payment" or not self.policy_id.active:
            # Nobody follows an archived policy: those of tracks are, for their steps.
            return []
        by_regime = [self._objections(regime, company) for regime, company in laws]
        shared = set.intersection(*(set(found) for found in by_regime))
        if not self.policy_id.debtor_kind:
            # How long a notice gives and what goes first is a matter of each kind.
            shared &= set(CHARGES)
        if not self.policy_id.company_id:
            # Written for all countries, also those of companies to come: what one of
            # them knows may be asked for, and the others leave it out.
            anywhere = set(CHARGES) - self.policy_id._forbidden_everywhere()
            shared -= anywhere
        return [text for key, text in by_regime[0].items() if key in shared]

    def _objections(self, regime, company):
        """What ``regime`` has against the step: {what it is about: sentence}.

        :param company: the one that claims
        """
        _ = self.env._
        found = {}
        labels = {
            kind: self._fields[f"charge_{kind}"]._description_string(self.env)
            for kind in CHARGES
        }
        wanted = self._wanted_charges()
        for kind in CHARGES:
            if kind in wanted and regime._forbids(kind, company):
                found[kind] = _(
                    "Step “%(step)s”: “%(charge)s” is not allowed under “%(regime)s” "
                    "(%(article)s). Take its tick away.",
                    step=self.name,
                    charge=labels[kind],
                    regime=regime.name,
                    article=regime._article("interest" if kind == "interest" else kind),
                )
        held = wanted & frozenset(regime._held_back_kinds())
        if held:
            names = ", ".join(labels[kind] for kind in CHARGES if kind in held)
            steps = self.policy_id._sequence_steps()
            before = steps.filtered(
                lambda s: (s.sequence, s.id) < (self.sequence, self._origin.id or 0)
            )
            if self.legally_required:
                found["free"] = _(
                    "Step “%(step)s”: the first reminder is free of charge under "
                    "“%(regime)s” (%(article)s); it cannot ask for: %(charges)s.",
                    step=self.name,
                    regime=regime.name,
                    article=regime._article("wait"),
                    charges=names,
                )
            elif not any(before.mapped("legally_required")):
                found["first"] = _(
                    "Step “%(step)s”: under “%(regime)s” (%(article)s) a free first "
                    "reminder, marked as required by law, has to come before: "
                    "%(charges)s.",
                    step=self.name,
                    regime=regime.name,
                    article=regime._article("wait"),
                    charges=names,
                )
        if self.formal_notice and self.deadline_days < regime.notice_days:
            found["notice"] = _(
                "Step “%(step)s”: a formal notice under “%(regime)s” gives at least "
                "%(days)s days to pay (%(article)s).",
                step=self.name,
                regime=regime.name,
                days=regime.notice_days,
                article=regime._article("notice") or _("the usual practice"),
            )
        return found
