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
from odoo.tools import SQL, format_amount, format_date

ITEM_FIELDS = (
    "amount_currency",
    "amount_residual_currency",
    "currency_id",
    "date",
    "date_maturity",
    "invoice_date",
    "move_id",
    "move_name",
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
#: What may go on with an item, in the order in which it is told.
STATUSES = ("payment", "promise", "plan", "plan_asked", "dispute")


#: Condition on a transaction ``tx``: the money is on its way, or there and not booked.
UNDER_WAY = SQL(
    """(tx.state IN ('pending', 'authorized')
        OR tx.state = 'done' AND tx.is_post_processed IS NOT TRUE)"""
)


class Refused(UserError):
    """A request of a debtor that is refused, with the reason in plain words."""


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
        company = company.with_company(company).with_context(tz=company.credit_tz)
        partner = company.env["res.partner"].browse(partner.id)
        return Account(
            company=company,
            debtor=partner.commercial_partner_id,
            reminder=company.env["credit.reminder"],
            contact=partner,
            path=f"/my/credit/{company.id}",
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

        Those of a plan that runs are paid by its instalments.
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

    @api.model
    def _item_rows(self, account, items, others=None):
        """What the page tells of each open item, as plain values.

        ``days`` since the due date, ``owed`` tells whether it is owed by now: a charge
        in the books falls due on the day on which it is booked. ``statuses`` is a list
        of (code, label), ``payable`` tells whether it may be paid online now,
        ``wanted`` whether it is part of “all that is overdue”, with what is
        ``undisputed`` of it.

        :param others: other documents of which the page tells, to be read along
        """
        today = account.today
        # One query for what is needed of the documents, not all of their columns.
        moves = items.move_id | others if others else items.move_id
        moves.search_fetch(Domain("id", "in", moves.ids), MOVE_FIELDS)
        statuses = self._statuses(account, items)
        engine = account.env["credit.engine"]
        undisputed = engine._undisputed(account.company, items) if items else {}
        rows = []
        for item in items:
            move, due = item.move_id, item.date_maturity or item.date
            own = statuses.get(item.id, [])
            codes = {code for code, _label in own}
            claim = item.amount_residual_currency > 0
            owed = due < today or (move.credit_is_charge and due == today)
            rows.append(
                {
                    "id": item.id,
                    "item": item,
                    "name": item.move_name,
                    "date": item.invoice_date or item.date,
                    "due": due,
                    "days": (today - due).days,
                    "owed": owed,
                    "amount": item.amount_residual_currency,
                    "undisputed": undisputed.get(item.id, 0.0),
                    "original": item.amount_currency,
                    "currency": item.currency_id,
                    "move_id": move.id,
                    "is_charge": move.credit_is_charge,
                    "has_pdf": move.move_type in DOCUMENTS,
                    "disputable": claim and move.move_type == "out_invoice",
                    "statuses": own,
                    "payable": claim and "payment" not in codes,
                    "wanted": claim
                    and owed
                    and undisputed.get(item.id, 0.0) > 0
                    and codes.isdisjoint(("payment", "plan", "plan_asked")),
                }
            )
        return rows

    @api.model
    def _statuses(self, account, items):
        """What is going on with the items: ``{id: [(code, label)]}``."""
        found = {
            (item.id, "payment"): (None, None)
            for item in items
            if item.move_id.payment_state in ("in_payment", "paid")
        }
        account.env.flush_all()
        for item_id, code, day, amount in account.env.execute_query(
            self._statuses_sql(items)
        ):
            found[item_id, code] = (day, amount)
        currencies = {item.id: item.currency_id for item in items}
        statuses = {}
        order = self._status_codes().index
        for item_id, code in sorted(found, key=lambda key: order(key[1])):
            day, amount = found[item_id, code]
            label = self._status_label(
                account, code, day, float(amount or 0), currencies[item_id]
            )
            statuses.setdefault(item_id, []).append((code, label))
        return statuses

    @api.model
    def _status_codes(self):
        """Codes of statuses in the order in which they are told. Addons add theirs."""
        return STATUSES

    @api.model
    def _status_label(self, account, code, day, amount, currency):
        """What the debtor reads of a status.

        :param date day: the day that was promised
        :param float amount: what is disputed, if it is a part
        """
        _ = account.env._
        if code == "promise":
            text = format_date(account.env, day, date_format="medium")
            return _("Promised for %s", text)
        if code == "dispute" and amount:
            return _("%s disputed", format_amount(account.env, amount, currency))
        return {
            "payment": _("Payment under way"),
            "plan": _("In a payment plan"),
            "plan_asked": _("Payment plan asked for"),
            "dispute": _("Disputed"),
        }[code]

    @api.model
    def _statuses_sql(self, items):
        """Query of (item id, code, day, amount): one for all kinds of statuses."""
        return SQL(
            """SELECT tx.item_id, 'payment', NULL::date, NULL::numeric
                 FROM (%(transactions)s) tx
            UNION ALL
               SELECT rel.item_id, 'promise', MIN(promise.date), NULL
                 FROM credit_promise_item_rel rel
                 JOIN credit_promise promise ON promise.id = rel.promise_id
                WHERE promise.state = 'open' AND rel.item_id IN %(items)s
                GROUP BY rel.item_id
            UNION ALL
               SELECT rel.item_id,
                      CASE WHEN BOOL_OR(plan.state = 'active') THEN 'plan'
                           ELSE 'plan_asked' END, NULL, NULL
                 FROM credit_plan_item_rel rel
                 JOIN credit_plan plan ON plan.id = rel.plan_id
                WHERE plan.state IN ('active', 'requested')
                  AND rel.item_id IN %(items)s
                GROUP BY rel.item_id
            UNION ALL
               SELECT aml.id, 'dispute', NULL,
                      -- Without an amount the whole invoice is disputed.
                      CASE WHEN MIN(COALESCE(dispute.amount, 0)) = 0 THEN 0
                           ELSE SUM(dispute.amount) END
                 FROM credit_dispute dispute
                 JOIN account_move_line aml ON aml.move_id = dispute.move_id
                WHERE dispute.state = 'open' AND aml.id IN %(items)s
                GROUP BY aml.id""",
            transactions=self._transactions_sql(items, UNDER_WAY),
            items=tuple(items.ids) or (0,),
        )

    @api.model
    def _totals(self, rows, charges):
        """Sums by currency: ``{currency: {"overdue", "later", "credit", …}}``."""
        totals = {}
        currencies = [row["currency"] for row in rows]
        currencies += [charge.currency_id for charge in charges]
        for currency in dict.fromkeys(currencies):
            own = [row for row in rows if row["currency"] == currency]
            claims = [row for row in own if row["amount"] > 0]
            total = {
                "overdue": sum(row["amount"] for row in claims if row["owed"]),
                "later": sum(row["amount"] for row in claims if not row["owed"]),
                "credit": -sum(row["amount"] for row in own if row["amount"] < 0),
                "charges": sum(
                    charge.amount_open
                    for charge in charges
                    if charge.currency_id == currency
                ),
                "wanted": sum(row["undisputed"] for row in claims if row["wanted"]),
            }
            now = total["overdue"] + total["charges"] - total["credit"]
            total["now"] = currency.round(max(now, 0))
            total["whole"] = currency.round(max(now + total["later"], 0))
            wanted = total["wanted"] + total["charges"] - total["credit"]
            total["pay"] = currency.round(max(wanted, 0))
            totals[currency] = total
        return totals

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
        whoever sends a reminder of them looks again. They are written, not only
        locked: whoever waited would otherwise go on with what it saw before.
        """
        if items:
            self.env.execute_query(
                SQL(
                    """UPDATE account_move_line SET write_date = write_date
                        WHERE id IN (SELECT id FROM account_move_line WHERE id IN %s
                                      ORDER BY id FOR NO KEY UPDATE)
                       RETURNING id""",
                    tuple(items.ids),
                )
            )
            items.invalidate_recordset(
                ["amount_residual", "amount_residual_currency", "reconciled"]
            )
