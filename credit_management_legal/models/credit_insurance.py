"""The cover of a credit insurer: whether a claim was declared in time.

Only what a check before a hand-over needs: the policy that covers a debtor, within how
many days after the due date the insurer has to know, and when it was told. What the
insurer pays is not kept here.
"""

from datetime import timedelta

from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_insurance = fields.Char(
        string="Credit insurance",
        company_dependent=True,
        groups="credit_management.group_viewer",
        help="Insurer and policy that cover what the debtor owes. Empty: not insured.",
    )
    credit_insurance_days = fields.Integer(
        string="To declare within (days)",
        company_dependent=True,
        groups="credit_management.group_viewer",
        help="Days after the due date within which the insurer has to know that a "
        "claim is not paid, by your policy. 0: no such time.",
    )
    credit_insurance_date = fields.Date(
        string="Declared to the insurer on",
        company_dependent=True,
        groups="credit_management.group_viewer",
        help="When the insurer was told of what is overdue now. A day before the "
        "oldest due date was about something else and does not count.",
    )

    @api.model
    def _commercial_fields(self):
        # EXTENDS credit_management
        return [
            *super()._commercial_fields(),
            "credit_insurance",
            "credit_insurance_days",
            "credit_insurance_date",
        ]


class CreditHandover(models.AbstractModel):
    _inherit = "credit.handover"

    @api.model
    def _insured(self, company, debtors):
        """Who is insured: {debtor id: (policy, days, when it was declared or None)}."""
        return {
            debtor.id: (
                debtor.credit_insurance,
                debtor.credit_insurance_days,
                debtor.credit_insurance_date or None,
            )
            for debtor in debtors.sudo().with_company(company)
            if debtor.credit_insurance
        }

    @api.model
    def _insurance_of(self, insured, items):
        """What the checks want to know of the cover of some items.

        :param insured: of their debtor, see :meth:`_insured`, or None
        """
        if not insured or not items:
            return {}
        policy, days, declared = insured
        due = min(item.date_maturity or item.date for item in items)
        if declared and declared < due:
            declared = None
        return {
            "insurance": policy,
            "declare_until": due + timedelta(days=days) if days else None,
            "declared_on": declared,
        }
