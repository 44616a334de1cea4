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

from ..report import payment

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
MOVE_FIELDS = ("credit_is_charge", "move_type", "name", "payment_state")
#: Documents of which the page offers the PDF.
DOCUMENTS = ("out_invoice", "out_refund", "out_receipt")
LAST_PAYMENTS = 5


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
        company = self._companies_of_user().filtered(lambda c: c.id == company_id)
        if not company:
            return None
        company = company.with_company(company).with_context(tz=company.credit_tz)
        partner = company.env["res.partner"].browse(self.env.user.partner_id.id)
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
        charges = account.env["credit.charge"].search(
            Domain("partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
            & Domain("state", "=", "claimed")
            & ~Domain("plan_id.state", "=", "active")
            & Domain("amount_open", ">", 0),
            order="date, id",
        )
        return charges.filtered(lambda c: not c.currency_id.is_zero(c.amount_open))

    @api.model
    def _item_rows(self, account, items):
        """What the page tells of each open item, as plain values.

        ``statuses`` is a list of (code, label), ``payable`` tells whether it may be
        paid online now, ``wanted`` whether it is part of “all that is overdue”, with
        what is ``undisputed`` of it.
        """
        today = account.today
        # One query for what is needed of the documents, not all of their columns.
        account.env["account.move"].search_fetch(
            Domain("id", "in", items.move_id.ids), MOVE_FIELDS
        )
        statuses = self._statuses(account, items)
        engine = account.env["credit.engine"]
        undisputed = engine._undisputed(account.company, items) if items else {}
        rows = []
        for item in items:
            move, due = item.move_id, item.date_maturity or item.date
            own = statuses.get(item.id, [])
            codes = {code for code, _label in own}
            claim = item.amount_residual_currency > 0
            rows.append(
                {
                    "id": item.id,
                    "item": item,
                    "name": item.move_name,
                    "date": item.invoice_date or item.date,
                    "due": due,
                    "days": (today - due).days,
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
                    and due < today
                    and undisputed.get(item.id, 0.0) > 0
                    and codes.isdisjoint(("payment", "plan", "plan_asked")),
                }
            )
        return rows

    @api.model
    def _statuses(self, account, items):
        """What is going on with the items: ``{id: [(code, label)]}``."""
        _ = account.env._
        statuses = {}

        def add(ids, code, label):
            for id_ in ids:
                statuses.setdefault(id_, []).append((code, label))

        busy = self._busy_items(account, items)
        add(busy, "payment", _("Payment under way"))
        # Ids of records of one kind by item, with one query each.
        for model, relation, column, states in (
            ("credit_promise", "credit_promise_item_rel", "promise_id", ("open",)),
            ("credit_plan", "credit_plan_item_rel", "plan_id", ("active", "requested")),
        ):
            for item_id, state, day in account.env.execute_query(
                SQL(
                    """SELECT rel.item_id, MIN(answer.state), MIN(answer.%(day)s)
                         FROM %(relation)s rel
                         JOIN %(model)s answer ON answer.id = rel.%(column)s
                        WHERE answer.state IN %(states)s AND rel.item_id IN %(items)s
                        GROUP BY rel.item_id""",
                    day=SQL("date" if model == "credit_promise" else "first_date"),
                    relation=SQL.identifier(relation),
                    model=SQL.identifier(model),
                    column=SQL.identifier(column),
                    states=states,
                    items=tuple(items.ids) or (0,),
                )
            ):
                if model == "credit_promise":
                    text = format_date(account.env, day, date_format="medium")
                    add([item_id], "promise", _("Promised for %s", text))
                elif state == "active":
                    add([item_id], "plan", _("In a payment plan"))
                else:
                    add([item_id], "plan_asked", _("Payment plan asked for"))
        disputes = account.env["credit.dispute"].search_fetch(
            Domain("move_id", "in", items.move_id.ids) & Domain("state", "=", "open"),
            ["move_id", "amount"],
        )
        by_move = items.grouped("move_id")
        for dispute in disputes:
            label = _("Disputed")
            if dispute.amount:
                label = _(
                    "%s disputed",
                    format_amount(
                        account.env, dispute.amount, dispute.move_id.currency_id
                    ),
                )
            add(by_move[dispute.move_id].ids, "dispute", label)
        return statuses

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
                "overdue": sum(row["amount"] for row in claims if row["days"] > 0),
                "later": sum(row["amount"] for row in claims if row["days"] <= 0),
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
    # The page
    # ------------------------------------------------------------------

    @api.model
    def _page_values(self, account):
        """All that the page shows: the account of this debtor, no more."""
        items = self._open_items(account)
        rows = self._item_rows(account, items)
        charges = self._open_charges(account)
        totals = self._totals(rows, charges)
        reminder = self._speaking_reminder(account)
        return {
            "account": account,
            "company": account.company,
            "res_company": account.company,
            "debtor": account.debtor,
            "today": account.today,
            "page_name": "credit",
            "claims": [row for row in rows if row["amount"] > 0],
            "credits": [row for row in rows if row["amount"] < 0],
            "charges": self._charge_rows(reminder, charges),
            "basis": self._charge_basis(reminder, charges),
            "totals": totals,
            "bank": self._bank_values(account, reminder, rows, totals),
            "payments": self._last_payments(account),
            "person": self._person(account),
            "can_pay": bool(any(row["payable"] for row in rows) or charges),
        }

    @api.model
    def _speaking_reminder(self, account):
        """The reminder that was followed here, else the latest one that was sent."""
        return account.reminder or account.env["credit.reminder"].search(
            Domain("partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
            & Domain("state", "=", "sent")
            & Domain("is_thanks", "=", False),
            order="date_done desc, id desc",
            limit=1,
        ).with_context(lang=account.env.lang)

    @api.model
    def _charge_rows(self, reminder, charges):
        return [
            {
                "label": charge.display_name
                if charge.plan_id
                else reminder._charge_label(charge.kind),
                "invoice": charge.invoice_id.name,
                "date": charge.date,
                "amount": charge.amount_open,
                "currency": charge.currency_id,
            }
            for charge in charges
        ]

    @api.model
    def _charge_basis(self, reminder, charges):
        """On what the charges rest, a sentence for each kind."""
        if not charges:
            return []
        terms = reminder and reminder._charge_contexts()[reminder]["terms"]
        return reminder._basis_sentences(
            # The fee of a plan rests on the plan, which the debtor accepted.
            [
                (charge.kind, charge.regime_id)
                for charge in charges
                if not (charge.plan_id and charge.kind == "fee")
            ],
            terms,
        )

    @api.model
    def _bank_values(self, account, reminder, rows, totals):
        """Where to transfer what is owed now, with the reference that finds it again.

        The amount is what is owed today, whatever the reminder said. An invoice alone
        goes by its own reference, several by the one that stands for the reminder.
        """
        if not reminder or reminder.currency_id not in totals:
            return {}
        total = totals[reminder.currency_id]
        amount = total["now"] or total["whole"]
        values = reminder._payment_values()
        if (
            not values["account"]
            or reminder.currency_id.compare_amounts(amount, 0) <= 0
        ):
            return {}
        asked = reminder.line_ids.move_id
        claims = {row["move_id"] for row in rows if row["amount"] > 0}
        reference = reminder.payment_reference
        if claims != set(asked.ids):
            reference = payment.structured_reference(
                reminder.id, account.company.account_fiscal_country_id.code
            )
        payload = reminder._qr_payload(amount=amount, reference=reference)
        return {
            "beneficiary": values["beneficiary"],
            "iban": values["iban"],
            "is_iban": values["account"].acc_type == "iban",
            "bic": values["account"].bank_bic,
            "reference": reference,
            "amount": amount,
            "currency": reminder.currency_id,
            "qr": payload and payment.qr_data(payload),
        }

    @api.model
    def _last_payments(self, account):
        """The debtor's latest payments: day and amount."""
        records = account.env["account.payment"].search_fetch(
            Domain("partner_id", "child_of", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
            & Domain("payment_type", "=", "inbound")
            & Domain("partner_type", "=", "customer")
            & Domain("state", "in", ("in_process", "paid")),
            ["amount", "currency_id", "date", "state"],
            order="date desc, id desc",
            limit=LAST_PAYMENTS,
        )
        return [
            {
                "date": record.date,
                "amount": record.amount,
                "currency": record.currency_id,
            }
            for record in records
        ]

    @api.model
    def _person(self, account):
        """Whom to talk to: the collector with a telephone number, else the company."""
        user = account.reminder.user_id or account.debtor.credit_user_id
        company = account.company.partner_id
        partner = user.partner_id or company
        return {
            "name": partner.name,
            "phone": partner.phone or company.phone,
            "email": partner.email or company.email,
        }

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

        Whoever pays, promises or plans the same items at this moment comes after.
        """
        if items:
            self.env.execute_query(
                SQL(
                    """SELECT id FROM account_move_line WHERE id IN %s
                        ORDER BY id FOR NO KEY UPDATE""",
                    tuple(items.ids),
                )
            )
            items.invalidate_recordset(
                ["amount_residual", "amount_residual_currency", "reconciled"]
            )
