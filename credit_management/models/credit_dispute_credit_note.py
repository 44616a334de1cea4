"""Credit notes of what is accepted of a dispute, proposed as drafts."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine import disputes
from .credit_agreement import to_major
from .credit_regime_resolution import to_minor


class CreditDispute(models.Model):
    _inherit = "credit.dispute"

    def _creditable(self):
        """What the invoices of open disputes come to, less what their other disputes
        are credited for: {dispute: amount}. By one query.

        In the currency of each invoice, whether the credit notes are posted or not.
        """
        credited = dict(
            self._read_group(
                Domain("move_id", "in", self.move_id.ids)
                & Domain("id", "not in", self.ids)
                & Domain("credit_note_id.state", "in", ("draft", "posted")),
                ["move_id"],
                ["amount_accepted:sum"],
            )
        )
        return {
            dispute: max(
                dispute.move_id.amount_total - credited.get(dispute.move_id, 0), 0
            )
            for dispute in self
        }

    def _accepted_part(self, whole):
        """How much is accepted of ``whole``, in the invoice's currency.

        :raise UserError: if nothing was typed in, or more than that
        """
        self.ensure_one()
        accepted = self.amount_accepted
        if self.currency_id.compare_amounts(accepted, 0) <= 0:
            raise UserError(self.env._("Say which amount is accepted."))
        if self.currency_id.compare_amounts(accepted, whole) > 0:
            raise UserError(
                self.env._(
                    "No more than %s can be accepted: the rest is not disputed, or "
                    "credited already.",
                    self.currency_id.format(whole),
                )
            )
        return accepted

    def _propose_credit_note(self, amount):
        """A draft credit note of ``amount``, taxes included, in the same proportion
        of each line as the amount is of the invoice."""
        self.ensure_one()
        move = self.move_id
        if move.currency_id.is_zero(amount) or move.state != "posted":
            return self.env["account.move"]
        note = move._reverse_moves(
            [
                {
                    "invoice_date": self.company_id._credit_today(),
                    "date": self.company_id._credit_today(),
                    "ref": self.env._(
                        "%(invoice)s, dispute: %(reason)s",
                        invoice=move.name,
                        reason=self.reason_id.name,
                    ),
                }
            ]
        )
        if move.currency_id.compare_amounts(amount, move.amount_total):
            self._reduce_credit_note(note, amount)
        return note

    def _reduce_credit_note(self, note, amount):
        """Let a credit note of the whole invoice come to ``amount``, to the cent.

        Each line is one piece of what it comes to: a price for several is not exact.
        What taxes round goes to a line without any, else to the tax itself.
        """
        move, currency = self.move_id, self.move_id.currency_id
        note.invoice_cash_rounding_id = False
        lines = note.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        parts = disputes.portions(
            [
                to_minor(
                    line.price_unit * line.quantity * (1 - line.discount / 100),
                    currency,
                )
                for line in lines
            ],
            to_minor(amount, currency),
            to_minor(move.amount_total, currency),
        )
        for line, part in zip(lines, parts, strict=True):
            line.write(
                {
                    "quantity": 1,
                    "discount": 0,
                    "price_unit": to_major(part, currency),
                }
            )
        rest = amount - note.amount_total
        if currency.is_zero(rest):
            return
        untaxed = lines.filtered(lambda line: line.price_unit and not line.tax_ids)
        if untaxed:
            untaxed[-1].price_unit += rest
        else:
            taxes = note.line_ids.filtered(lambda line: line.display_type == "tax")
            taxes[:1].amount_currency += rest

    def action_view_credit_note(self):
        """Open the credit note that was proposed."""
        self.ensure_one()
        return self.credit_note_id._get_records_action()

    def _drop_draft_note(self):
        self.sudo().credit_note_id.filtered(lambda note: note.state == "draft").unlink()
