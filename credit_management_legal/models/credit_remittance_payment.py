"""One line of a remittance in the books: a payment with all that it pays, a fee."""

from odoo import models
from odoo.fields import Command

from odoo.addons.credit_management.models.credit_regime_resolution import to_minor
from odoo.addons.credit_management.report.wording import labelled

from .credit_case_money import GROUPS


class CreditRemittanceLine(models.Model):
    _inherit = "credit.remittance.line"

    def _bill_line_vals(self):
        """Values of the line of the vendor bill."""
        self.ensure_one()
        company = self.company_id
        if self.kind == "cost":
            return self.cost_id._bill_line_vals()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        label = kinds[self.kind]
        if self.kind in ("payment", "undone"):
            label = self.env._(
                "Success fee on %(payment)s", payment=self.payment_id.display_name
            )
        account = company.credit_party_fee_account_id
        return {
            "name": labelled(self.env, self.case_id.name, label),
            "quantity": 1,
            "price_unit": self.fee,
            "tax_ids": [Command.set(self.tax_id.ids)],
            **({"account_id": account.id} if account else {}),
        }


class CreditCasePayment(models.Model):
    _inherit = "credit.case.payment"

    def _book(self, remittance):
        """Book the payment and match it with what it pays, in the order of the case.

        Charges that it pays are booked as the company books charges, and what is left
        then goes to interest that nobody had claimed yet, unless the claims were given
        up. The rest stays in the debtor's favour.
        """
        self.ensure_one()
        case, currency = self.case_id, self.currency_id
        made = case._allot(self._minor())
        targets, booked = case._targets(made)
        left = made.rest
        claimed = self.env["credit.charge"]
        if left and not case._is_given_up():
            more, claimed = case._claim_rest(left, self.date)
            targets += more
            left -= sum(amount for _line, amount in more)
        label = f"{case.name}, {self.reference or self.display_name}"
        party = remittance.party_id.with_company(self.company_id)
        lines = [
            remittance._entry_line(
                label, remittance._clearing_account(), party, self._minor(), self.date
            )
        ]
        lines += [
            remittance._entry_line(
                f"{case.name}, {target.move_name}",
                target.account_id,
                target.partner_id,
                -amount,
                self.date,
            )
            for target, amount in targets
        ]
        if left:
            debtor = case.partner_id.with_company(self.company_id)
            lines.append(
                remittance._entry_line(
                    self.env._("%s, paid too much", case.name),
                    debtor.property_account_receivable_id,
                    debtor,
                    -left,
                    self.date,
                )
            )
        interest = any(share.owed.kind == "interest" for share in made.shares)
        move = remittance._make_entry(
            lines, self.date, label, credit_case_interest=interest or bool(claimed)
        )
        paying = move.line_ids.sorted("id")[1:]
        for line, (target, _amount) in zip(paying, targets, strict=False):
            (line | target).reconcile()
        paid = {**self._paid_summary(made), "rest": left}
        for charge in claimed:
            group = GROUPS[charge.kind]
            amount = to_minor(charge.amount, currency)
            paid[group] = paid.get(group, 0) + amount
        self.write(
            {
                "state": "remitted",
                "move_id": move.id,
                "paid": {kind: amount for kind, amount in paid.items() if amount},
                "charge_ids": [Command.set(booked.ids)],
                "made_charge_ids": [Command.set(claimed.ids)],
            }
        )

    def _unbook(self):
        """Reverse the entry of the payment, and let charges be as they were."""
        self.ensure_one()
        today = self.company_id._credit_today()
        if self.move_id:
            self.move_id._reverse_moves(
                [
                    {
                        "date": today,
                        "ref": self.env._("Taken back: %s", self.move_id.ref),
                        "credit_remittance_id": self.move_id.credit_remittance_id.id,
                    }
                ],
                cancel=True,
            )
        made = self.made_charge_ids.filtered(lambda c: c.state != "reversed")
        made._reverse()
        booked = self.charge_ids.filtered(lambda c: c.state == "booked")
        if booked:
            booked._credit_booking()
            booked.write({"state": "claimed", "booking_id": False})
        # What it had made is remembered: nobody has given it up.
        self.charge_ids = [Command.clear()]
