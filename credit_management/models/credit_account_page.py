"""What the debtor's page shows, apart from the items: charges, payment, contact."""

import ast
import json
from functools import cache, partial

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import get_lang

from odoo.addons.base.models.res_lang import intersperse

from ..report import payment
from ..report.wording import day_text, shorten
from .credit_regime_resolution import to_minor
from .credit_reminder_portal import PAGE_FIELDS

LAST_PAYMENTS = 5


class Show:
    """Amounts and days as the debtor's language writes them.

    The language is looked up once for the page, not once for each figure.
    """

    def __init__(self, env):
        lang = get_lang(env)
        self._point, self._separator = lang.decimal_point, lang.thousands_sep or ""
        self._grouping = ast.literal_eval(lang.grouping)
        # The same day is written only once.
        self.day = cache(partial(day_text, env))

    def money(self, amount, currency):
        """An amount with the symbol of its currency, on one line."""
        # Adding nothing makes a zero of a zero below zero.
        rounded = currency.round(amount) + 0.0
        whole, *places = f"{rounded:.{currency.decimal_places}f}".split(".")
        whole, _count = intersperse(whole, self._grouping, self._separator)
        before, after = self._around(currency)
        text = f"{before}{self._point.join([whole, *places])}{after}"
        return text.replace(" ", NO_BREAK)

    def _around(self, currency):
        """What stands before and after an amount."""
        symbol = currency.symbol or ""
        if currency.position == "before":
            return f"{symbol}{NO_BREAK}", ""
        return "", f"{NO_BREAK}{symbol}"

    def money_format(self, currencies):
        """How the script of the page writes the amounts of each currency: JSON."""
        return json.dumps(
            {
                currency.id: {
                    "places": currency.decimal_places,
                    "around": self._around(currency),
                    "decimalPoint": self._point,
                    "thousandsSep": self._separator.replace(" ", NO_BREAK),
                    "grouping": self._grouping,
                }
                for currency in currencies
            }
        )


#: A blank at which no line ends.
NO_BREAK = "\N{NO-BREAK SPACE}"


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _page_values(self, account, all_said=False):
        """All that the page shows: the account of this debtor, no more.

        :param bool all_said: with all that was said, not only the latest of it
        """
        reminder = self._speaking_reminder(account)
        lines = self._asked_lines(reminder)
        asked = lines.move_id
        picture = self._picture(account, asked)
        charges, show = picture.charges, Show(account.env)
        providers = account.env["payment.provider"]
        online = any(
            providers._credit_is_there(account.company.id, currency.id)
            for currency in picture.totals
        )
        return {
            "account": account,
            "company": account.company,
            "res_company": account.company,
            "debtor": account.debtor,
            "today": account.today,
            "show": show,
            "page_name": "credit",
            "picture": picture,
            "claims": picture.claims,
            "credits": [row for row in picture.rows if row["amount"] < 0],
            "charges": self._charge_rows(account, reminder, picture),
            "basis": self._charge_basis(account, reminder, picture),
            "charge_sums": self._charge_sums(charges),
            "totals": picture.totals,
            "asked_before": self._asked_before(account, picture, show),
            "banks": self._bank_rows(account, reminder, asked, picture),
            "payments": self._last_payments(account),
            "person": self._person(account),
            "pays_online": online,
            "can_pay": bool(any(row["payable"] for row in picture.claims) or charges),
            # Whoever can tick nothing to pay may still say that it is paid or wrong.
            "told_about": []
            if any(row["payable"] for row in picture.claims)
            else picture.claims,
            "can_agree": bool(
                any(row["payable"] and not row["held"] for row in picture.claims)
                or charges
            ),
        }

    @api.model
    def _speaking_reminder(self, account):
        """The reminder that was followed here, else the latest one that was sent."""
        return account.reminder or account.env["credit.reminder"].search_fetch(
            Domain("partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
            & Domain("state", "=", "sent")
            & Domain("is_thanks", "=", False),
            PAGE_FIELDS,
            order="date_done desc, id desc",
            limit=1,
        ).with_context(lang=account.env.lang)

    @api.model
    def _asked_lines(self, reminder):
        """What a reminder asked for, by one query."""
        lines = reminder.env["credit.reminder.line"]
        if reminder:
            lines = lines.search_fetch(
                Domain("reminder_id", "=", reminder.id),
                ["move_id", "days_overdue", "amount_residual"],
            )
        return lines

    @api.model
    def _asked_before(self, account, picture, show):
        """A sentence on what the message that led here asked for, where that is not
        what is owed now."""
        reminder = account.reminder
        if not reminder or reminder.is_thanks or reminder.state != "sent":
            return None
        currency = reminder.currency_id
        asked = reminder.amount_asked
        total = picture.totals.get(currency)
        if not total or currency.compare_amounts(asked, 0) <= 0:
            return None
        if not currency.compare_amounts(asked, total["now"]):
            return None
        return account.env._(
            "Our message of %(day)s asked for %(amount)s. Below is all that is owed on "
            "this day.",
            day=show.day(reminder.date_done),
            amount=show.money(asked, currency),
        )

    @api.model
    def _charge_rows(self, account, reminder, picture):
        """All open charges, and why some of them are not asked for."""
        status = {
            **dict.fromkeys(picture.being_paid, account.env._("Payment under way")),
            **dict.fromkeys(picture.apart, account.env._("Handled apart")),
        }
        return [
            {
                "label": charge.display_name
                if charge.plan_id
                else reminder._charge_label(charge.kind),
                "invoice": charge.invoice_id.name,
                "date": charge.date,
                "amount": charge.amount_open,
                "currency": charge.currency_id,
                "status": status.get(charge, ""),
            }
            for charge in picture.all_charges
        ]

    @api.model
    def _charge_sums(self, charges):
        """What the charges of each currency come to, for the script: JSON."""
        return json.dumps(
            {
                currency.id: to_minor(sum(own.mapped("amount_open")), currency)
                for currency, own in charges.grouped("currency_id").items()
            }
        )

    @api.model
    def _charge_basis(self, account, reminder, picture):
        """On what the charges rest, a sentence for each kind: booked ones too."""
        charges = picture.all_charges
        booking = [row["move_id"] for row in picture.claims if row["is_charge"]]
        if booking:
            charges |= charges.search(Domain("booking_id", "in", booking))
        if not charges:
            return []
        return reminder._basis_sentences(
            # The fee of a plan rests on the plan, which the debtor accepted.
            [
                (charge.kind, charge.regime_id)
                for charge in charges
                if not (charge.plan_id and charge.kind == "fee")
            ],
            self._terms_of(account, charges),
        )

    @api.model
    def _terms_of(self, account, charges):
        """The terms by which the latest interest was worked out, possibly none."""
        interest = charges.filtered(lambda c: c.kind == "interest" and c.regime_id)[-1:]
        if not interest:
            return account.env["credit.terms"]
        debtor, regime = account.debtor, interest.regime_id
        return account.env["credit.terms"]._resolver(account.company)(
            debtor.credit_legal_kind if regime.kind != "consumer" else regime.kind,
            regime.country_id.id or debtor.country_id.id,
            interest.invoice_id.invoice_date or interest.date,
        )

    @api.model
    def _bank_rows(self, account, reminder, asked, picture):
        """Where to transfer what is open: for each currency, as far as there is an
        account for it."""
        rows = (
            self._bank_values(account, reminder, asked, picture, currency)
            for currency in picture.totals
        )
        return [row for row in rows if row]

    @api.model
    def _bank_values(self, account, reminder, asked, picture, currency):
        """Where to transfer what is owed now, with the reference that finds it again.

        The amount is what is owed today, whatever the reminder said; if nothing is,
        what falls due next: the ``day`` of an instalment or promise, else the invoices
        that are not due. Where all is contested or being paid, none is named. The
        account is that of the reminder, or of the open invoices where there is none.
        """
        total = picture.totals[currency]
        day, amount = None, total["now"]
        if not amount and total["next"]:
            day, amount = total["next_day"], total["next"]
        amount = amount or total["whole"]
        claims = {
            row["move_id"]
            for row in picture.claims
            if row["currency"] == currency and not row["held"]
        }
        if not (claims or amount):
            return None
        moves = account.env["account.move"].browse(sorted(claims))
        if reminder.currency_id != currency:
            # It asked for something else.
            reminder, asked = reminder.browse(), asked.browse()
        payee = account.env["res.partner.bank"]._credit_payee(
            account.company, currency, asked or moves
        )
        if not payee:
            return None
        due = moves
        if total["now"]:
            due = moves.browse(
                sorted(
                    {
                        row["move_id"]
                        for row in picture.claims
                        if row["move_id"] in claims and row["owed"]
                    }
                )
            )
        reference = self._payment_reference(account, reminder, asked, due or moves)
        payload = payee._credit_qr_payload(account.debtor, currency, amount, reference)
        return {
            "beneficiary": payee.acc_holder_name or account.company.name,
            "iban": payment.format_account(payee.acc_number),
            "is_iban": payee.acc_type == "iban",
            "bic": payee.bank_bic,
            "reference": reference,
            "amount": amount,
            "day": day,
            "currency": currency,
            "qr": payload and payment.qr_data(payload),
        }

    @api.model
    def _payment_reference(self, account, reminder, asked, moves):
        """The reference by which a payment of ``moves`` is found again.

        An invoice alone goes by its own, as in a reminder; several by the one that
        stands for the reminder, or for the debtor where none was sent.
        """
        if len(moves) == 1 and (asked or moves) == moves:
            return moves.payment_reference or moves.name
        country = account.company.account_fiscal_country_id.code
        if reminder:
            return payment.structured_reference(reminder.id, country)
        return payment.structured_reference(account.debtor.id, country, "debtor")

    @api.model
    def _last_payments(self, account):
        """The debtor's latest payments: day, amount and reference.

        Those that were registered, and transfers that were matched as they stood on the
        statement of the bank: of these what is the debtor's own. One that was
        registered without a journal entry and came in by such a transfer is told once.
        """
        account.env.flush_all()
        rows = account.env.execute_query(
            SQL(
                """SELECT payment.date, payment.id, payment.amount, payment.currency_id,
                          COALESCE(payment.memo, payment.name) AS reference
                     FROM account_payment payment
                     JOIN res_partner partner ON partner.id = payment.partner_id
                    WHERE partner.commercial_partner_id = %(debtor)s
                      AND payment.company_id = %(company)s
                      AND payment.payment_type = 'inbound'
                      AND payment.partner_type = 'customer'
                      AND payment.state IN ('in_process', 'paid')
                    UNION ALL
                   SELECT aml.date, MAX(aml.id), -SUM(aml.amount_currency),
                          aml.currency_id,
                          -- What names somebody else's invoices as well is not told.
                          CASE WHEN COUNT(*) = (
                                SELECT COUNT(*) FROM account_move_line other
                                  JOIN account_account own ON own.id = other.account_id
                                 WHERE other.move_id = aml.move_id
                                   AND own.account_type = 'asset_receivable')
                               THEN transfer.payment_ref END
                     FROM account_move_line aml
                     JOIN account_bank_statement_line transfer
                       ON transfer.id = aml.statement_line_id
                     JOIN account_account account ON account.id = aml.account_id
                     JOIN res_partner partner ON partner.id = aml.partner_id
                    WHERE partner.commercial_partner_id = %(debtor)s
                      AND aml.company_id = %(company)s
                      AND account.account_type = 'asset_receivable'
                      AND account.non_trade IS NOT TRUE
                      AND aml.parent_state = 'posted'
                      AND aml.move_id NOT IN (%(told)s)
                    GROUP BY aml.date, aml.move_id, aml.currency_id,
                             transfer.payment_ref
                   HAVING SUM(aml.amount_currency) < 0
                    ORDER BY 1 DESC, 2 DESC LIMIT %(most)s""",
                debtor=account.debtor.id,
                company=account.company.id,
                most=LAST_PAYMENTS,
                told=self._registered_transfers_sql(account),
            )
        )
        return [
            {
                "date": day,
                "amount": float(amount),
                "currency": account.env["res.currency"].browse(currency_id),
                # Online, it names every invoice that was chosen.
                "reference": shorten(reference or "", 60),
            }
            for day, _id, amount, currency_id, reference in rows
        ]

    @api.model
    def _registered_transfers_sql(self, account):
        """Query of the transfers (ids of their entries) that payments without a journal
        entry tell of: of the same invoice and amount, as many as there are payments.
        """
        return SQL(
            """SELECT came.move_id
                 FROM (SELECT own.move_id, own.invoice_id, own.amount,
                              ROW_NUMBER() OVER (
                                  PARTITION BY own.invoice_id, own.amount
                                  ORDER BY own.move_id) AS place
                         FROM (SELECT DISTINCT aml.move_id, transfer.amount,
                                      item.move_id AS invoice_id
                                 FROM account_move_line aml
                                 JOIN account_bank_statement_line transfer
                                   ON transfer.id = aml.statement_line_id
                                 JOIN res_partner partner
                                   ON partner.id = aml.partner_id
                                 JOIN account_partial_reconcile part
                                   ON part.credit_move_id = aml.id
                                 JOIN account_move_line item
                                   ON item.id = part.debit_move_id
                                WHERE partner.commercial_partner_id = %(debtor)s
                                  AND aml.company_id = %(company)s) own) came
                WHERE came.place <= (
                      SELECT COUNT(*) FROM account_move__account_payment rel
                        JOIN account_payment payment ON payment.id = rel.payment_id
                       WHERE rel.invoice_id = came.invoice_id
                         AND payment.move_id IS NULL
                         AND payment.payment_type = 'inbound'
                         AND payment.state IN ('in_process', 'paid')
                         AND payment.amount = came.amount)""",
            debtor=account.debtor.id,
            company=account.company.id,
        )

    @api.model
    def _person(self, account):
        """Whom to talk to: the collector with a telephone number, else the company."""
        user = account.reminder.user_id
        if not user:
            # That alone: its neighbours are properties of each company, and many.
            account.debtor.fetch(["credit_user_id"])
            user = account.debtor.credit_user_id
        company = account.company.partner_id
        partner = user.partner_id or company
        return {
            "name": partner.name,
            "phone": partner.phone or company.phone,
            "email": partner.email or company.email,
        }
