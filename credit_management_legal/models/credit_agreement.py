"""Promises and plans of what an insolvency stops, a case has in hand or is past its
limitation: none."""

from odoo import models
from odoo.fields import Domain


class CreditAgreementMixin(models.AbstractModel):
    _inherit = "credit.agreement.mixin"

    def _kept_out(self, items):
        # EXTENDS credit_management
        kept_out = super()._kept_out(items)
        stopped = items._credit_insolvency_days()
        taken = {}
        if not self._agreed_in_case():
            taken = (
                self.env["credit.case"]
                .sudo()
                ._in_running_case(items - self._waited_for(items))
            )
        past = self._past_limitation(items)
        for item in items:
            if item.id in stopped:
                kept_out[item.id] = self.env._(
                    "A collective procedure stops %s: please declare the claim instead "
                    "of agreeing on its payment.",
                    item.move_name,
                )
            elif item.id in taken:
                kept_out[item.id] = self.env._(
                    "%(item)s is in %(case)s: please agree on its payment with whoever "
                    "has the case, or take it out of the case first.",
                    item=item.move_name,
                    case=taken[item.id],
                )
            elif item.id in past:
                kept_out[item.id] = self.env._(
                    "%s is past its limitation: a manager may have it reminded all the "
                    "same.",
                    item.move_name,
                )
        return kept_out

    def _past_limitation(self, items):
        """Which of some items may be refused since the nightly job: a set of ids.

        None of those of a plan that is renewed: what was agreed on may be paid.
        """
        if self._name == "credit.plan" and self.replaces_id:
            return set()
        past = self.env["credit.limitation.item"].sudo()
        found = past.search(
            Domain("move_line_id", "in", items.ids)
            & Domain("allowed_by_id", "=", False)
        )
        return set(found.filtered("is_past").move_line_id.ids)

    def _waited_for(self, items):
        """Items that may be promised in their case: its track waits for promises."""
        if self._name != "credit.promise":
            return items.browse()
        lines = self.env["credit.case.line"].sudo()
        return lines.search(
            Domain("move_line_id", "in", items.ids)
            & Domain("is_open", "=", True)
            & Domain("case_id.track_id", "!=", False)
        ).move_line_id.with_env(items.env)

    def _agreed_in_case(self):
        """Whether whoever has the case asked for it, or it renews what was agreed."""
        renewed = self._name == "credit.plan" and self.replaces_id
        return self.source == "party" or bool(renewed)
