"""Charges in the books: when they were claimed, or when they were paid."""

import logging

from psycopg2.extensions import TransactionRollbackError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL
from odoo.tools.misc import split_every

_logger = logging.getLogger(__name__)

#: Debtors whose charges are booked in one transaction.
BATCH_SIZE = 50
#: Settings of the company that name the income account of each kind.
ACCOUNTS = {
    "interest": "credit_interest_account_id",
    "indemnity": "credit_indemnity_account_id",
    "clause": "credit_indemnity_account_id",
    "cost": "credit_fee_account_id",
    "fee": "credit_fee_account_id",
}


class CreditCharge(models.Model):
    _inherit = "credit.charge"

    def action_book(self):
        """Book the open charges, one document per debtor and currency.

        Where the debtor has paid more than the invoices, the document is matched with
        these payments.
        """
        self._check_may_act()
        charges = self.sudo()._lock().filtered(lambda c: c.amount_open > 0)
        if not charges:
            raise UserError(self.env._("None of these charges is open."))
        documents = charges._book(match=True)
        return documents._get_records_action(name=self.env._("Charges booked"))

    def _book(self, match=False):
        """Book open charges.

        :param bool match: match the documents with what the debtor has paid too much
        :return: the documents, one per company, debtor and currency
        :raise UserError: if the company has no account or journal for them
        """
        documents = self.env["account.move"]
        groups = self.grouped(lambda c: (c.company_id, c.partner_id, c.currency_id))
        for (company, debtor, currency), charges in groups.items():
            move = self.env["account.move"].with_company(company)
            if company.credit_charge_document == "invoice":
                vals = charges._invoice_vals(company, debtor, currency)
            else:
                vals = charges._entry_vals(company, debtor, currency)
            document = move.create(vals)
            charges.write(
                {"state": "booked", "booking_id": document.id, "booking_error": False}
            )
            if company.credit_charge_post:
                document.action_post()
                if match:
                    document._credit_match(payments=True)
            documents |= document
        return documents

    def _income_account(self):
        self.ensure_one()
        account = self.company_id[ACCOUNTS[self.kind]]
        if not account:
            raise UserError(
                self.env._(
                    "Choose the income account for “%(kind)s” in the settings of "
                    "%(company)s, under Invoicing ▸ Charges for late payment.",
                    kind=dict(self._fields["kind"]._description_selection(self.env))[
                        self.kind
                    ],
                    company=self.company_id.name,
                )
            )
        return account

    def _booking_hint(self):
        """Why somebody is asked to book the charge, and what is missing for it."""
        self.ensure_one()
        text = self.env._(
            "The debtor has paid more than the invoices: book the charge against it, "
            "or waive it."
        )
        if self.company_id.sudo()[ACCOUNTS[self.kind]]:
            return text
        missing = self.env._(
            "No income account is chosen for it yet: a manager does so in the "
            "settings, under Invoicing ▸ Charges for late payment."
        )
        return f"{text}\n{missing}"

    def _booking_journal(self, company, kind):
        journal = company.credit_charge_journal_id
        if journal.type != kind:
            journal = self.env["account.journal"].search(
                Domain("company_id", "parent_of", company.id)
                & Domain("type", "=", kind),
                limit=1,
            )
        if not journal:
            raise UserError(
                self.env._(
                    "%s has no journal in which charges could be booked.", company.name
                )
            )
        return journal

    def _booking_label(self):
        """What the line of a charge says, in the debtor's language."""
        self.ensure_one()
        charge = self.with_context(lang=self.partner_id.lang or self.env.lang)
        label = charge.display_name
        if charge.date_from:
            label = charge.env._(
                "%(charge)s, %(first)s to %(last)s",
                charge=label,
                first=charge._day_text(charge.date_from),
                last=charge._day_text(charge.date_to),
            )
        return label

    def _day_text(self, day):
        return self.env["ir.qweb.field.date"].value_to_html(day, {})

    def _invoice_vals(self, company, debtor, currency):
        """Values of a debit note: an invoice, due at once."""
        today = company._credit_today()
        tax = company.credit_charge_tax_id
        return {
            "move_type": "out_invoice",
            "company_id": company.id,
            "partner_id": debtor.id,
            "currency_id": currency.id,
            "journal_id": self._booking_journal(company, "sale").id,
            "invoice_date": today,
            "invoice_date_due": today,
            "invoice_payment_term_id": False,
            "credit_is_charge": True,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": charge._booking_label(),
                        "account_id": charge._income_account().id,
                        "quantity": 1,
                        "price_unit": charge.amount_open,
                        # Compensation is outside the scope of VAT, unless the company
                        # says that its country sees it otherwise.
                        "tax_ids": [Command.set(tax.ids)],
                    }
                )
                for charge in self
            ],
        }

    def _entry_vals(self, company, debtor, currency):
        """Values of a journal entry: a claim on the debtor against income."""
        today = company._credit_today()
        total = sum(self.mapped("amount_open"))
        # Converted one by one, so that the entry balances in the company's currency.
        balances = [
            currency._convert(c.amount_open, company.currency_id, company, today)
            for c in self
        ]

        def line(name, account, amount, balance):
            return Command.create(
                {
                    "name": name,
                    "account_id": account.id,
                    "partner_id": debtor.id,
                    "currency_id": currency.id,
                    "amount_currency": amount,
                    "balance": balance,
                    "date_maturity": today,
                    "tax_ids": [Command.clear()],
                }
            )

        receivable = debtor.with_company(company).property_account_receivable_id
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": self._booking_journal(company, "general").id,
            "date": today,
            "currency_id": currency.id,
            "partner_id": debtor.id,
            "credit_is_charge": True,
            "ref": self.env._("Late payment charges"),
            "line_ids": [
                line(
                    self.env._("Late payment charges"),
                    receivable,
                    total,
                    sum(balances),
                ),
                *(
                    line(
                        c._booking_label(),
                        c._income_account(),
                        -c.amount_open,
                        -balance,
                    )
                    for c, balance in zip(self, balances, strict=True)
                ),
            ],
        }

    def _credit_booking(self):
        """Take booked charges out of the books again.

        A document that was not posted loses their lines; a posted one is credited by
        as much and matched with it.
        """
        for document, charges in self.grouped("booking_id").items():
            if not document or document.state == "cancel":
                continue
            whole = self.search([("booking_id", "=", document.id)])
            others = whole.filtered(lambda c: c.state == "booked") - charges
            if document.state == "draft" and not others:
                document.button_cancel()
                continue
            if document.state == "draft":
                # Nothing is in the books yet: what is left is booked anew.
                document.button_cancel()
                others.write({"state": "claimed", "booking_id": False})
                others._book()
                continue
            charges._create_credit(document, whole=not others)

    def _other_lines(self, credit):
        """Lines of a credit over a whole document that are not for these charges.

        Several charges may say the same: label and amount tell them apart, and where
        both are equal it does not matter which one is meant.
        """
        currency = credit.currency_id
        wanted = [
            (c._booking_label(), currency.round(c.amount - c.amount_waived))
            for c in self
        ]
        others = credit.line_ids.browse()
        for line in credit.invoice_line_ids or credit.line_ids:
            if line.account_id.account_type == "asset_receivable":
                continue
            entry = credit.move_type == "entry"
            amount = abs(line.amount_currency) if entry else line.price_unit
            key = (line.name, currency.round(amount))
            if key in wanted:
                wanted.remove(key)
            else:
                others |= line
        return others

    def _create_credit(self, document, whole):
        """A credit note, or a reversing entry, over these charges of a document."""
        today = document.company_id._credit_today()
        [credit] = document._reverse_moves(
            [{"date": today, "invoice_date": today, "credit_is_charge": True}]
        )
        if not whole:
            others = self._other_lines(credit)
            if credit.move_type == "entry":
                back = sum(others.mapped("amount_currency"))
                claim = credit.line_ids.filtered(
                    lambda line: line.account_id.account_type == "asset_receivable"
                )
                credit.write(
                    {
                        "line_ids": [
                            *(Command.delete(line.id) for line in others),
                            Command.update(
                                claim.id,
                                {
                                    "amount_currency": claim.amount_currency + back,
                                    "balance": claim.balance
                                    + sum(others.mapped("balance")),
                                },
                            ),
                        ]
                    }
                )
            else:
                others.unlink()
        credit.action_post()
        (document | credit)._credit_match()

    # ------------------------------------------------------------------
    # Scheduled action
    # ------------------------------------------------------------------

    @api.model
    def _cron_book(self):
        """Book what was claimed or paid, for companies that want it booked then.

        Debtor by debtor in small committed batches. One that cannot be booked says
        why, and does not hold the others.
        """
        self._correct_flagged()
        cron = self.env["ir.cron"]
        companies = (
            self.env["res.company"]
            .search([("credit_charge_booking", "in", ("sent", "paid"))])
            .grouped("credit_charge_booking")
        )
        open_ones = (
            Domain("state", "=", "claimed")
            & Domain("amount_open", ">", 0)
            & Domain("booking_error", "=", False)
        )
        claimed = companies.get("sent", self.env["res.company"])
        paid = self._paid_in_full(companies.get("paid", self.env["res.company"]))
        domain = open_ones & (
            Domain("company_id", "in", claimed.ids) | Domain("id", "in", paid.ids)
        )
        charges = self.search(domain, order="company_id, partner_id, date, id")
        groups = charges.grouped(lambda c: (c.company_id, c.partner_id))
        cron._commit_progress(remaining=len(groups))
        for batch in split_every(BATCH_SIZE, list(groups.values())):
            for group in batch:
                group._book_safely(domain)
            if not cron._commit_progress(len(batch)):
                break

    @api.model
    def _paid_in_full(self, companies):
        """Open charges for which payments are there that nothing else is owed of.

        The oldest first, each of them whole; of debtors with no open claim in the
        currency, as a payment is for the invoices before it is for charges.
        """
        engine = self.env["credit.engine"].sudo()
        self.env.flush_all()
        ids = []
        for company in companies:
            rows = self.env.execute_query(
                SQL(
                    """WITH item AS (
                           SELECT partner.commercial_partner_id AS debtor_id,
                                  aml.currency_id,
                                  COALESCE(aml.payment_id, aml.statement_line_id)
                                      IS NOT NULL AS is_paid,
                                  aml.amount_residual_currency AS "left"
                             FROM account_move_line aml
                             JOIN res_partner partner ON partner.id = aml.partner_id
                            WHERE %(where)s AND partner.commercial_partner_id IN (
                                  SELECT partner_id FROM credit_charge
                                   WHERE company_id = %(company)s
                                     AND state = 'claimed')
                       ),
                       paid AS (
                           SELECT debtor_id, currency_id,
                                  -SUM("left") FILTER (
                                      WHERE is_paid AND "left" < 0
                                  ) AS amount
                             FROM item GROUP BY debtor_id, currency_id
                           HAVING NOT BOOL_OR("left" > 0)
                       )
                       SELECT id
                         FROM (SELECT charge.id, paid.amount,
                                      SUM(charge.amount_open) OVER (
                                          PARTITION BY charge.partner_id,
                                                       charge.currency_id
                                              ORDER BY charge.date, charge.id) AS sum
                                 FROM credit_charge charge
                                 JOIN paid ON paid.debtor_id = charge.partner_id
                                      AND paid.currency_id = charge.currency_id
                                WHERE charge.company_id = %(company)s
                                  AND charge.state = 'claimed'
                                  AND charge.amount_open > 0) one
                        WHERE sum <= amount""",
                    where=engine._open_items_where(company),
                    company=company.id,
                )
            )
            ids += [row[0] for row in rows]
        return self.browse(ids)

    def _book_safely(self, domain):
        """Book the charges that are still to be booked, or note why they cannot be."""
        locked = self.try_lock_for_update(allow_referencing=True)
        charges = locked.filtered_domain(domain)
        if not charges:
            return
        try:
            with self.env.cr.savepoint():
                # Where it is booked because it was paid, it is matched at once.
                match = charges.company_id.credit_charge_booking == "paid"
                charges._book(match=match)
        except TransactionRollbackError:
            # Somebody changed them in this very moment: the next round looks anew.
            charges.invalidate_recordset()
        except Exception as error:
            # Whatever is wrong with these accounts holds up no other charges.
            _logger.warning("Charges %s could not be booked: %s", charges.ids, error)
            charges.invalidate_recordset()
            charges.booking_error = str(error)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _credit_match(self, payments=False):
        """Match documents that book charges with each other.

        :param bool payments: and with what the debtor has paid too much
        """
        posted = self.filtered(lambda move: move.state == "posted")
        claims = posted.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        groups = claims.grouped(lambda line: (line.account_id, line.currency_id))
        for (account, currency), lines in groups.items():
            paid = self.env["account.move.line"]
            if payments:
                paid = paid.search(
                    Domain("partner_id", "child_of", lines.partner_id.ids)
                    & Domain("company_id", "=", lines.company_id.id)
                    & Domain("account_id", "=", account.id)
                    & Domain("currency_id", "=", currency.id)
                    & Domain("parent_state", "=", "posted")
                    & Domain("reconciled", "=", False)
                    & (
                        Domain("payment_id", "!=", False)
                        | Domain("statement_line_id", "!=", False)
                    )
                    & Domain("amount_residual_currency", "<", 0),
                    order="date, id",
                )
            if len(lines | paid) > 1:
                (lines | paid).reconcile()
