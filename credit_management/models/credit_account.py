"""A debtor's account with one company: what the debtor's page shows.

Whoever comes by the signed link of a reminder, or by a portal login, is given an
:class:`Account`. It names the company and the debtor once and for all; everything
that is read or written for the page goes through the methods of ``credit.account``
with it, in sudo, and each of them looks only at this debtor in this company.
"""

from dataclasses import dataclass
from typing import Any

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

ITEM_FIELDS = (
    "amount_currency",
    "amount_residual_currency",
    "company_id",
    "currency_id",
    "date",
    "date_maturity",
    "invoice_date",
    "move_id",
    "move_name",
    "name",
    "partner_id",
)
MOVE_FIELDS = (
    "credit_is_charge",
    "invoice_date",
    "move_type",
    "name",
    "partner_bank_id",
    "payment_reference",
    "payment_state",
)
CHARGE_FIELDS = (
    "amount_open",
    "currency_id",
    "date",
    "invoice_id",
    "kind",
    "partner_id",
    "plan_id",
    "regime_id",
)
#: Documents of which the page offers the PDF.
DOCUMENTS = ("out_invoice", "out_refund", "out_receipt")

#: Condition on a transaction ``tx``: the money is on its way, or there and not booked.
UNDER_WAY = SQL(
    """(tx.state IN ('pending', 'authorized')
        OR tx.state = 'done' AND tx.is_post_processed IS NOT TRUE)"""
)


class Refused(UserError):
    """A request of a debtor that is refused, with the reason in plain words.

    ``field`` is the name of the field of the form that is to be mended, if it is one.
    """

    def __init__(self, message, field=None):
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Account:
    """One debtor in one company, as somebody who may see it came to it.

    ``reminder`` is the one whose link was followed, or empty; ``contact`` is who is
    looking, as far as we know; ``path`` is the address of the page.
    """

    company: Any
    debtor: Any
    reminder: Any
    contact: Any
    path: str

    @property
    def env(self):
        return self.company.env

    @property
    def today(self):
        return self.company._credit_today()


class CreditAccount(models.AbstractModel):
    _name = "credit.account"
    _description = "Debtor's Account"

    # ------------------------------------------------------------------
    # Whose account
    # ------------------------------------------------------------------

    @api.model
    def _of_token(self, token):
        """The account that the signed link of a reminder opens, or None.

        It speaks the language of the reminder.
        """
        reminder = self.env["credit.reminder"].sudo()._from_portal_token(token)
        if not reminder:
            return None
        company = reminder.company_id
        # Read together: the page needs something of each.
        partners = reminder.contact_id | reminder.partner_id | company.partner_id
        partners.mapped("lang")
        reminder = reminder.with_company(company).with_context(
            lang=reminder.lang, tz=company.credit_tz
        )
        return Account(
            company=reminder.company_id,
            debtor=reminder.partner_id,
            reminder=reminder,
            contact=reminder.contact_id or reminder.partner_id,
            path=f"/credit/{token}",
        )

    @api.model
    def _of_user(self, company_id):
        """The account of the user's own firm with a company, or None.

        It speaks the user's language.

        :param int company_id: one of :meth:`_companies_of_user`
        """
        partner = self.env.user.partner_id
        found = self.env.execute_query(
            SQL(
                """SELECT FROM account_move_line aml
                     JOIN res_partner partner ON partner.id = aml.partner_id
                     JOIN account_account account ON account.id = aml.account_id
                    WHERE partner.commercial_partner_id = %s AND aml.company_id = %s
                      AND account.account_type = 'asset_receivable'
                      AND account.non_trade IS NOT TRUE
                      AND aml.parent_state = 'posted' LIMIT 1""",
                partner.commercial_partner_id.id,
                company_id,
            )
        )
        if not found:
            return None
        company = self.env["res.company"].sudo().browse(company_id)
        company = company.with_company(company).with_context(
            lang=self._lang_of_user(), tz=company.credit_tz
        )
        partner = company.env["res.partner"].browse(partner.id)
        return Account(
            company=company,
            debtor=partner.commercial_partner_id,
            reminder=company.env["credit.reminder"],
            contact=partner,
            path=f"/my/credit/{company.id}",
        )

    @api.model
    def _lang_of_user(self):
        """Code of the language in which the user reads, whatever the browser asks for;
        else that of the firm."""
        partner = self.env.user.partner_id
        return self.env["res.lang"]._credit_choose(
            partner.lang, partner.commercial_partner_id.sudo().lang
        )

    @api.model
    def _companies_of_user(self):
        """The companies whose debtor the user's firm is or was."""
        items = self.env["account.move.line"].sudo()
        groups = items._read_group(
            Domain(
                "partner_id.commercial_partner_id",
                "=",
                self.env.user.partner_id.commercial_partner_id.id,
            )
            & Domain("account_type", "=", "asset_receivable")
            & Domain("account_id.non_trade", "=", False)
            & Domain("parent_state", "=", "posted"),
            ["company_id"],
        )
        companies = items.env["res.company"].browse(c.id for [c] in groups)
        return companies.sorted("name")

    @api.model
    def _count_of_user(self):
        """How many open items the user's firm has, with all companies."""
        return (
            self.env["account.move.line"]
            .sudo()
            .search_count(
                Domain(
                    "partner_id.commercial_partner_id",
                    "=",
                    self.env.user.partner_id.commercial_partner_id.id,
                )
                & Domain("account_type", "=", "asset_receivable")
                & Domain("account_id.non_trade", "=", False)
                & Domain("parent_state", "=", "posted")
                & Domain("reconciled", "=", False)
                & Domain("amount_residual", ">", 0)
            )
        )

    # ------------------------------------------------------------------
    # Items
    # ------------------------------------------------------------------

    @api.model
    def _open_items(self, account):
        """Open claims and credits of the debtor, the oldest due date first."""
        return account.env["account.move.line"].search_fetch(
            Domain("partner_id.commercial_partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
            & Domain("account_type", "=", "asset_receivable")
            & Domain("account_id.non_trade", "=", False)
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False),
            ITEM_FIELDS,
            order="date_maturity, id",
        )

    @api.model
    def _open_charges(self, account):
        """Charges that were claimed and are not in the books, the oldest first.

        Those of a plan that runs are paid by its instalments. Those that are being
        paid are among them: see :meth:`_charges_under_way`.
        """
        charges = account.env["credit.charge"].search_fetch(
            Domain("partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
            & Domain("state", "=", "claimed")
            & ~Domain("plan_id.state", "=", "active")
            & Domain("amount_open", ">", 0),
            CHARGE_FIELDS,
            order="date, id",
        )
        return charges.filtered(lambda c: not c.currency_id.is_zero(c.amount_open))

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    @api.model
    def _register_opening(self, account):
        """Note that a person opened the page of the reminder.

        Called by the page itself after a sign of life of a person, never by following
        the link: mail scanners and programs that fetch pages ahead do that too.
        """
        reminder = account.reminder
        if not reminder or reminder.state != "sent":
            return False
        # Whoever is updating the reminder at this moment goes first; it is seen again.
        if reminder.try_lock_for_update(allow_referencing=True) != reminder:
            return False
        reminder.invalidate_recordset(["delivery_state", "date_opened"])
        values = {}
        if not reminder.date_opened:
            values["date_opened"] = account.env.cr.now().replace(microsecond=0)
        if reminder.delivery_state in (False, "pending", "delivered"):
            values["delivery_state"] = "opened"
        if values:
            reminder.with_context(tracking_disable=True).write(values)
        return bool(values)

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    @api.model
    def _invoice_pdf(self, account, move_id):
        """The PDF of one of the debtor's own documents.

        :return: (file name, content), or None if it is not one of this account
        """
        move = account.env["account.move"].search(
            Domain("id", "=", move_id)
            & Domain("company_id", "=", account.company.id)
            & Domain("commercial_partner_id", "=", account.debtor.id)
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", DOCUMENTS)
        )
        if not move:
            return None
        kept = move.invoice_pdf_report_id
        if kept:
            return kept.name, kept.raw
        report = account.env.ref("account.account_invoices")
        content, kind = report._render_qweb_pdf(report, move.ids)
        return f"{move._get_report_base_filename()}.{kind}".replace("/", "-"), content

    @api.model
    def _lock_items(self, items):
        """Hold the items until the end of the transaction, and read them anew.

        Whoever pays, promises or plans the same items at this moment comes after, and
        whoever sends a reminder of them looks again.
        """
        self._touch(items)
        items.invalidate_recordset(
            ["amount_residual", "amount_residual_currency", "reconciled"]
        )

    @api.model
    def _lock_charges(self, charges):
        """The same for charges: whoever pays them at this moment comes after."""
        self._touch(charges)
        charges.invalidate_recordset(["amount_open", "state"])

    @api.model
    def _touch(self, records):
        """Write rows, not only lock them: whoever waited would otherwise go on with
        what it saw before."""
        if records:
            self.env.execute_query(
                SQL(
                    """UPDATE %(table)s SET write_date = write_date
                        WHERE id IN (SELECT id FROM %(table)s WHERE id IN %(ids)s
                                      ORDER BY id FOR NO KEY UPDATE)
                       RETURNING id""",
                    table=SQL.identifier(records._table),
                    ids=tuple(records.ids),
                )
            )
