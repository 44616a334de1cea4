"""The statement of account in a hand-off file: of the case, and of nothing else.

What else a debtor owes, who has it and what was agreed on is not for the
third party. The sums are those of the claim.
"""

from odoo import api, fields, models

from odoo.addons.credit_management.models.credit_account_page import Show

from ..engine import bundle


class CreditHandoff(models.AbstractModel):
    _inherit = "credit.handoff"

    @api.model
    def _add_statement(self, dossier, folder):
        """:param str folder: of the ZIP"""
        case = dossier.case
        about = case.env._("Statement of account")
        values = self._statement_values(dossier)
        report = "credit_management.action_report_statement"
        printed = self._print(report, case.partner_id, {"statement": values})
        pdf = printed.get(case.partner_id.id)
        if pdf:
            dossier.add(f"{folder}/statement.pdf", about, dossier.keep(pdf))
        book = case.env["credit.account"]._statement_book(values)
        dossier.add(f"{folder}/statement.xlsx", about, bundle.same_xlsx(book))

    @api.model
    def _statement_values(self, dossier):
        """What the statement tells, see ``_statement_values`` of ``credit.account``.

        Without bank details: the third party pays nothing, and says itself whom the
        debtor pays.
        """
        case, payload = dossier.case, dossier.payload
        return {
            "company": case.company_id,
            "debtor": case.partner_id,
            "today": dossier.day,
            "show": Show(case.env),
            "rows": [
                {
                    "name": item["number"],
                    "date": fields.Date.to_date(item["date"]),
                    "due": fields.Date.to_date(item["due"]),
                    "days": item["days_overdue"],
                    "late": item["days_overdue"],
                    "amount": float(item["open"]),
                    "currency": case.currency_id,
                    "statuses": [("step", item["last_step"])]
                    if item["last_step"]
                    else [],
                }
                for item in payload["items"]
                if float(item["open"])
            ],
            "charges": [],
            "basis": [],
            "agreed": [],
            "sums": self._statement_sums(case, payload["claim"]),
            "banks": [],
        }

    @api.model
    def _statement_sums(self, case, claim):
        """The sums of the claim: (label, amount, currency, whether it is in bold)."""
        _ = case.env._
        parts = [(one["name"], one["amount"]) for one in claim["charges"]]
        parts += [
            (_("Charges of earlier reminders"), claim["earlier_charges"]),
            (_("Costs"), claim["costs"]),
        ]
        total = _("Owed in %s", case.name)
        if not claim["complete"]:
            total = _("Owed in %s, as far as it is known", case.name)
        if float(claim["overpaid"]):
            parts.append((_("Paid too much"), f"-{claim['overpaid']}"))
        currency = case.currency_id
        return [
            (_("Open amount"), float(claim["principal"]), currency, False),
            *(
                (label, float(amount), currency, False)
                for label, amount in parts
                if float(amount)
            ),
            (total, float(claim["total_with_costs"]), currency, True),
        ]
