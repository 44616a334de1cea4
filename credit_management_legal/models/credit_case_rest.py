"""What a payment is matched with: items, charges that are booked for it, the rest."""

from datetime import timedelta

from odoo import models

from odoo.addons.credit_management.engine.regime import INDEMNITY, INTEREST
from odoo.addons.credit_management.models.credit_charge_booking import ACCOUNTS


class CreditCase(models.Model):
    _inherit = "credit.case"

    def _targets(self, made):
        """The journal items that a payment is matched with, and how much of each.

        Charges that are only claimed so far are booked now: money that was received
        for them is income.

        :param made: :class:`engine.allocation.Allocation`
        :return: (list of (journal item, minor units), the charges that were booked)
        :raise UserError: if the company has named no accounts for charges
        """
        items = self.env["account.move.line"].sudo()
        charges = self.env["credit.charge"].sudo()
        booked = charges.browse(
            share.owed.key[1] for share in made.shares if share.owed.key[0] == "charge"
        )
        if booked:
            self._book_charges(booked)
        targets = []
        for share in made.shares:
            what, id_ = share.owed.key
            if what == "item":
                target = items.browse(id_)
            else:
                document = charges.browse(id_).booking_id
                target = document._credit_claim_lines()[:1]
            targets.append((target, share.amount))
        return targets, booked

    def _book_charges(self, charges):
        """Book charges that are paid, in a document of their own each; posted."""
        for charge in charges:
            document = charge._book()
            if document.state == "draft":
                document.action_post()

    def _claim_rest(self, amount, day):
        """What is left of a payment goes to interest that nobody has claimed yet.

        No more is claimed than what was paid. Where the company has named no accounts
        for interest and indemnities, all of it stays in the debtor's favour.

        :param int amount: minor units
        :param date day: of the payment
        :return: (list of (journal item, minor units), the charges that were made)
        """
        self.ensure_one()
        made = self.env["credit.charge"].sudo()
        targets = []
        for vals in self._unclaimed(day):
            if not amount:
                break
            if not self.company_id.sudo()[ACCOUNTS[vals["kind"]]]:
                continue
            share = min(vals["amount"], amount)
            charge = made._claim([{**vals, "amount": self._major(share)}])
            self._book_charges(charge)
            targets.append((charge.booking_id._credit_claim_lines()[:1], share))
            amount -= share
            made |= charge
        return targets, made

    def _unclaimed(self, day):
        """Interest and indemnities on the items that were not claimed yet.

        :return: list of values of charges; ``amount`` is in minor units
        """
        found = []
        wanted = frozenset((INTEREST, INDEMNITY))
        # As if the payment had not come: it is on its way to these.
        calculation = self.env["credit.calculation"].sudo()
        items = self.sudo()._items()
        statements = calculation._statements(items, day, wanted) if items else []
        for statement in statements:
            for entry in statement.entries:
                for kind, part in entry.parts.items():
                    missing = part.worked_out - part.prior.claimed
                    vals = self._charge_vals(entry, kind, missing, day)
                    if missing > 0 and vals:
                        found.append(vals)
        return sorted(found, key=lambda vals: vals["kind"] != INTEREST)

    def _charge_vals(self, entry, kind, missing, day):
        """Values of a charge on one item; none where its days were claimed before."""
        item = entry.record
        vals = {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "kind": kind,
            "move_line_id": item.id,
            "invoice_id": item.move_id.id,
            "regime_id": entry.regime.id if entry.regime else False,
            "date": self.company_id._credit_today(),
            "amount": missing,
        }
        if kind == INTEREST:
            before = (
                self.env["credit.charge"]
                .sudo()
                .search(
                    [
                        ("move_line_id", "=", item.id),
                        ("kind", "=", INTEREST),
                        ("state", "!=", "reversed"),
                    ]
                )
                .mapped("date_to")
            )
            last = max([entry.interest.start, *filter(None, before)])
            if last >= entry.interest.until:
                return None
            vals["date_from"] = last + timedelta(days=1)
            vals["date_to"] = entry.interest.until
        return vals

    def _paid_text(self, paid):
        """What a payment went to, in words.

        :param dict paid: {kind: minor units}
        """
        names = {
            "costs": self.env._("costs"),
            "interest": self.env._("interest"),
            "charges": self.env._("charges"),
            "principal": self.env._("principal"),
            "rest": self.env._("in the debtor's favour"),
        }
        return ", ".join(
            f"{self.currency_id.format(self._major(amount))} {names[kind]}"
            for kind, amount in (paid or {}).items()
            if amount
        )
