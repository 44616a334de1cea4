"""A case stays under the mandate by which money came in.

What a third party holds is its own to hand on, and a success fee is earned by the scale
of the contract under which it was collected. Under another mandate both would be
somebody else's; whoever goes on gets a case of their own.
"""

from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine.checks import final


class CreditCase(models.Model):
    _inherit = "credit.case"

    def write(self, vals):
        # EXTENDS base
        if vals.keys() & {"mandate_id", "party_id"}:
            bound = self._changing_hands(vals)._bound_by_money()
            if bound:
                raise UserError(bound[0]._bound_text())
        turned = self.browse()
        if vals.get("kind") == "amicable":
            turned = self.filtered(lambda c: c.state == "open" and c.kind != "amicable")
        result = super().write(vals)
        turned._check_reminded()
        return result

    def _check_reminded(self):
        """Refuse that a case before a court becomes one that the law holds back.

        :raise UserError: where a free first reminder has to come before any collector
        """
        handover = self.env["credit.handover"]
        for made in handover._propose_cases(self):
            missing = [
                check for check in final(made.checks) if check.code == "reminder"
            ]
            if missing:
                rows = handover._rows(
                    handover._as_json(replace(made, checks=missing, extra=()))
                )
                raise UserError("\n".join(row["text"] for row in rows))

    def _changing_hands(self, vals):
        """Those of which the money and the fees would be another contract's.

        A mandate that is filled in for the same third party changes nothing of what
        was agreed before: there was none.
        """
        mandate = self.env["credit.mandate"].browse(vals.get("mandate_id") or [])
        party_id = vals.get("party_id", mandate.party_id.id)

        def moves(case):
            if case.state == "draft":
                return False
            other_mandate = "mandate_id" in vals and mandate != case.mandate_id
            if other_mandate and case.mandate_id:
                return True
            return (mandate or "party_id" in vals) and (
                (party_id or False) != case.party_id.id
            )

        return self.filtered(moves)

    def _bound_by_money(self):
        """Cases in which something was paid, or a fee or cost was put on a statement.

        In sudo: whoever may change a case need not see its money.
        """
        if not self:
            return self
        cases = self.sudo()
        own = Domain("case_id", "in", cases.ids)
        held = cases.env["credit.case.payment"].search(
            own & Domain("state", "=", "reported") & Domain("received_by", "=", "party")
        )
        billed = cases.env["credit.remittance.line"].search(
            own & Domain("state", "!=", "cancelled")
        )
        paid = (case_id for case_id, found in cases._collected().items() if found)
        bound = {*held.case_id.ids, *billed.case_id.ids, *paid}
        return self.filtered(lambda case: case.id in bound)

    def _bound_text(self):
        """Why the case stays where it is, and what to do instead."""
        self.ensure_one()
        return self.env._(
            "%(case)s stays with %(party)s and its mandate: money came in or fees were "
            "billed under it. Let it hand on what it has, withdraw the case, and open "
            "another one for whoever goes on.",
            case=self.name,
            party=self.party_id.display_name or self.env._("nobody"),
        )
