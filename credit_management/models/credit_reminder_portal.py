"""The debtor's page that a reminder opens."""

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import consteq
from odoo.tools.misc import hmac

TOKEN_SCOPE = "credit_management.reminder"


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _portal_token(self):
        """The key in the link of this reminder.

        It is a signature, made anew each time and stored nowhere: reading the database
        does not open the page. Raising ``access_version`` revokes it.
        """
        self.ensure_one()
        reminder = self.sudo()
        signature = hmac(
            reminder.env,
            TOKEN_SCOPE,
            (reminder.id, reminder.access_version, reminder.partner_id.id),
        )
        return f"{reminder.id}-{signature}"

    @api.model
    def _from_portal_token(self, token):
        """The reminder that a token opens, if any.

        :param str token: what stands in the address, from anybody
        :return: the reminder, or an empty recordset
        """
        number, _dash, signature = (token or "").partition("-")
        # The longest number of a PostgreSQL integer; anything else is no reminder.
        known = number.isascii() and number.isdecimal() and len(number) < 10
        reminder = self.browse(int(number)).exists() if known else self.browse()
        expected = reminder._portal_token() if reminder else f"0-{'0' * 64}"
        matches = consteq(expected.encode(), (token or "").encode())
        if not (reminder and matches) or reminder._portal_expired():
            return self.browse()
        return reminder

    def _portal_expired(self):
        self.ensure_one()
        start = self.date_done or self.date
        days = self.company_id.credit_link_days
        return self.company_id._credit_today() > start + timedelta(days=days)

    def action_revoke_link(self):
        """Make the link that was sent open nothing any more."""
        self.check_access("write")
        for reminder in self.sudo():
            reminder.access_version += 1

    def _is_current(self):
        """Whether the amount that the reminder asks for is still the amount owed."""
        self.ensure_one()
        return (
            not self.is_thanks
            and all(
                line.move_line_id
                and not line.currency_id.compare_amounts(
                    line.move_line_id.amount_residual_currency, line.amount_residual
                )
                for line in self.line_ids
            )
            and self._charges_are_current()
        )

    def _charges_are_current(self):
        """Whether the debtor still owes the charges that the reminder asked for.

        They may have been waived, paid or reversed since, or others were added.
        """
        asked = self.amount_interest + self.amount_indemnity
        asked += self.amount_fee + self.amount_carried
        charges = self._debtor_charges(("claimed", "booked")).filtered(
            lambda charge: charge.currency_id == self.currency_id
        )
        booked = charges.booking_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        owed = sum(charges.mapped("amount_open"))
        owed += sum(booked.mapped("amount_residual_currency"))
        return not self.currency_id.compare_amounts(asked, owed)

    def _debtor_charges(self, states):
        """The charges of this debtor in this company, the oldest first."""
        return (
            self.env["credit.charge"]
            .sudo()
            .search(
                Domain("partner_id", "=", self.partner_id.id)
                & Domain("company_id", "=", self.company_id.id)
                & Domain("state", "in", states),
                order="date, id",
            )
        )

    def _portal_values(self):
        """What the page shows: the account of this debtor in this company, no more."""
        self.ensure_one()
        today = self.company_id._credit_today()
        items = self.env["account.move.line"].search(
            Domain("partner_id.commercial_partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("account_type", "=", "asset_receivable")
            & Domain("account_id.non_trade", "=", False)
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False),
            order="date_maturity, id",
        )
        claims = items.filtered(lambda item: item.amount_residual_currency > 0)
        charges = self._debtor_charges(("claimed",)).filtered(
            lambda charge: not charge.currency_id.is_zero(charge.amount_open)
        )
        totals = {}
        for currency in items.currency_id | charges.currency_id:
            group = items.filtered(lambda item, own=currency: item.currency_id == own)
            owed = group.filtered(lambda item: item.amount_residual_currency > 0)
            overdue = owed.filtered(
                lambda item: (item.date_maturity or item.date) < today
            )
            total = {
                "overdue": sum(overdue.mapped("amount_residual_currency")),
                "later": sum((owed - overdue).mapped("amount_residual_currency")),
                "credit": -sum((group - owed).mapped("amount_residual_currency")),
                "charges": sum(
                    charges.filtered(
                        lambda charge, own=currency: charge.currency_id == own
                    ).mapped("amount_open")
                ),
            }
            total["whole"] = max(
                total["overdue"] + total["later"] + total["charges"] - total["credit"],
                0,
            )
            totals[currency] = total
        return {
            "reminder": self,
            "company": self.company_id,
            "debtor": self.partner_id,
            "claims": claims,
            "charges": [
                {
                    "label": self._charge_label(charge.kind),
                    "invoice": charge.invoice_id.name,
                    "date": charge.date,
                    "amount": charge.amount_open,
                    "currency": charge.currency_id,
                }
                for charge in charges
            ],
            "basis": self._basis_sentences(
                [(charge.kind, charge.regime_id) for charge in charges],
                charges and self._charge_contexts()[self]["terms"],
            ),
            "totals": totals,
            "today": today,
            "payment": self._render_payment(button=False) if self._is_current() else "",
            "res_company": self.company_id,
            "page_name": "credit",
            "invoice_url": {
                move: move.get_portal_url()
                for move in claims.move_id
                if move.move_type == "out_invoice"
            },
        }
