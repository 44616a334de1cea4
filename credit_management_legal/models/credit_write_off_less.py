"""What is no loss though invoices are open: credits, and what third parties hold."""

from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.credit_management.models.credit_agreement import to_major

from .opening_day import is_before


class CreditWriteOff(models.Model):
    _inherit = "credit.write.off"

    not_lost_text = fields.Text(
        string="Not lost",
        compute="_compute_not_lost_text",
        help="What the debtor has paid, or was credited, and no invoice shows yet.",
    )

    @api.depends("partner_id", "company_id", "currency_id", "state")
    def _compute_not_lost_text(self):
        for record in self:
            record.not_lost_text = False
            if not record.partner_id or record.state in ("booked", "reversed"):
                continue
            company, currency = record.company_id, record.currency_id
            items, payments = (
                found.filtered(lambda one, own=currency: one.currency_id == own)
                for found in self._unmatched_of(company, record.partner_id)
            )
            credits_ = -sum(items.mapped("amount_residual_currency"))
            held = sum(payments.mapped("amount"))
            texts = []
            if not currency.is_zero(credits_):
                texts.append(
                    self.env._(
                        "The debtor has open credits of %s: match them first.",
                        currency.format(credits_),
                    )
                )
            if not currency.is_zero(held):
                texts.append(
                    self.env._(
                        "Third parties hold %s that the debtor paid: it is not lost.",
                        currency.format(held),
                    )
                )
            record.not_lost_text = "\n".join(texts)

    @api.model
    def _unmatched_of(self, company, debtor, opened=None):
        """What the debtor paid or was credited that is matched with nothing.

        In sudo: sums of a debtor and a company of whoever writes off.

        :param date opened: day of the opening of an insolvency: only what came before
            it is looked at, see :mod:`.opening_day`
        :return: (credit items, payments that third parties hold)
        """
        accounts = self.env["credit.engine"].sudo()._receivable_accounts(company)
        credits_ = self.env["account.move.line"].sudo()
        credits_ = credits_.search(
            Domain("partner_id", "child_of", debtor.commercial_partner_id.id)
            & Domain("company_id", "=", company.id)
            & Domain("account_id", "in", list(accounts))
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual_currency", "<", 0)
        )
        held = self.env["credit.case.payment"].sudo()
        held = held.search(
            Domain("case_id.company_id", "=", company.id)
            & Domain("case_id.partner_id", "=", debtor.commercial_partner_id.id)
            & Domain("state", "=", "reported")
            & Domain("received_by", "=", "party")
        )
        if opened:
            credits_ = credits_.filtered(lambda item: is_before(item, opened))
            held = held.filtered(lambda payment: payment.date < opened)
        return credits_, held.filtered(lambda payment: not payment.is_unconfirmed)

    @api.model
    def _not_lost(self, company, debtor, opened=None, case=None):
        """What of open items is no loss, see :meth:`_unmatched_of`.

        :param case: of what third parties hold, what counts in this case alone
        :return: {currency: amount}
        """
        credits_, held = self._unmatched_of(company, debtor, opened)
        amounts = Counter()
        for item in credits_:
            amounts[item.currency_id] -= item.amount_residual_currency
        if case:
            minor = sum(case._held().values())
            amounts[case.currency_id] += to_major(minor, case.currency_id)
        else:
            for payment in held:
                amounts[payment.currency_id] += payment.amount
        return amounts

    @api.model
    def _amounts(self, items, not_lost):
        """What is lost of each item, the oldest being paid first.

        :param items: of one currency
        :param float not_lost: in that currency
        :return: {item: amount}, without those of which nothing is lost
        """
        amounts = {}
        oldest = items.sorted(lambda item: (item.date_maturity or item.date, item.id))
        for item in oldest:
            paid = min(not_lost, item.amount_residual_currency)
            not_lost -= paid
            amount = item.currency_id.round(item.amount_residual_currency - paid)
            if amount:
                amounts[item] = amount
        return amounts


class CreditInsolvency(models.Model):
    _inherit = "credit.insolvency"

    def action_write_off(self):
        """The form of a write-off of the claims from before the opening.

        Filled in with what is still open of them, less credits that were open at the
        opening and what third parties got before its day; it goes its way of approval,
        and asks VAT back as the company has chosen. One currency at a time, that of the
        company first; what waits in a write-off already is left out.

        :return: the action
        :raise UserError: where nothing is left
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        items = self.env["account.move.line"].browse(self._open_at(company))
        items |= self._booked_later(company)
        waiting = self.env["credit.write.off.line"].search(
            Domain("move_line_id", "in", items.ids)
            & Domain("write_off_id.state", "in", ("draft", "proposed"))
        )
        items = (items - waiting.move_line_id).filtered(lambda i: not i.reconciled)
        groups = items.grouped("currency_id")
        items = groups.get(company.currency_id) or next(iter(groups.values()), items)
        held = self.env["credit.case.line"].search(
            Domain("move_line_id", "in", items.ids) & Domain("is_open", "=", True)
        )
        write_offs = self.env["credit.write.off"]
        return write_offs._open(
            items,
            case=held.case_id if len(held.case_id) == 1 else None,
            not_lost=write_offs._not_lost(company, self.partner_id, self.date_opened),
            kind="insolvency",
            reason=self.env._(
                "%(insolvency)s: %(reason)s",
                insolvency=self.display_name,
                reason=self._reason_text(),
            ),
        )


class CreditCase(models.Model):
    _inherit = "credit.case"

    def _is_given_up(self):
        """Whether no more is claimed: the debtor is insolvent, or it was written off.

        A discount that was agreed gives up no interest.
        """
        self.ensure_one()
        case = self.sudo()
        return bool(
            case.insolvency_day
            or self.env["credit.write.off"]
            .sudo()
            .search_count(
                Domain("state", "=", "booked")
                & Domain("kind", "!=", "discount")
                & Domain("line_ids.move_line_id", "in", case.line_ids.move_line_id.ids),
                limit=1,
            )
        )
