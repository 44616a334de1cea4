from contextlib import contextmanager

from psycopg2 import Error, OperationalError

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..ledger import LedgerRow
from .credit_import import BATCH_ROWS

#: Numbers of invoices in the journal of imported items: whatever comes before the last
#: digits is a prefix, and no part of it is a year or a month. Odoo's own patterns would
#: find dates in other people's numbers and refuse those that contradict the invoice.
NUMBER_REGEX = r"^(?P<prefix1>.*?)(?P<seq>\d{0,9})(?P<suffix>\D*?)$"
#: What need not happen for thousands of invoices of the past.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}
#: Under which names Odoo notes the ranks of partners that grow after the commit.
RANKS = "account.res.partner.increase_rank."


@contextmanager
def savepoint_with_ranks(cr):
    """A savepoint that also takes back by how much the ranks of partners are to grow.

    Odoo notes it outside the database until the commit. Were it left there after a
    savepoint has failed, the commit would look for customers that were never made, and
    no rank would grow at all.
    """
    data = cr.postcommit.data
    before = {key: dict(data[key]) for key in data if key.startswith(RANKS)}
    try:
        with cr.savepoint():
            yield
    except BaseException:
        # In place: what runs after the commit holds these very dictionaries.
        for key in data:
            if key.startswith(RANKS):
                data[key].clear()
                data[key].update(before.get(key, {}))
        raise


def customer_key(item):
    """What tells new customers of a file apart."""
    return item.customer_ref or item.customer


class CreditImport(models.Model):
    """Turn good rows into invoices and payments."""

    _inherit = "credit.import"

    # ------------------------------------------------------------------
    # Batches
    # ------------------------------------------------------------------

    def _import_all(self, commit=False):
        """Import all good rows, batch by batch.

        Without ``commit`` it is all or nothing: in mode ``all``, one row that fails on
        the way takes the whole file with it.
        """
        while self.state == "importing":
            self._import_batch(BATCH_ROWS)
            if self.mode == "all" and self.failure and not commit:
                raise UserError(self.failure)
            if commit:
                self.env.cr.commit()  # pylint: disable=invalid-commit
            self.env.invalidate_all()

    def _import_batch(self, limit=BATCH_ROWS):
        """Import the next rows, and end the import if there is none left.

        Rows that fail are set aside, each as a whole. In mode ``all`` the first one
        stops the import; what is left can then be imported as "the good rows".

        :return: how many rows were handled
        """
        self.ensure_one()
        rows = self.env["credit.import.row"].search(
            [("import_id", "=", self.id), ("state", "=", "ok")],
            order="number",
            limit=limit,
        )
        try:
            with savepoint_with_ranks(self.env.cr):
                self._post_rows(rows)
        except OperationalError:
            raise
        except (UserError, Error, ValueError):
            for row in rows:
                self._post_row(row)
        failed = rows.filtered(lambda row: row.state == "bad")
        if failed and self.mode == "all":
            self.write(
                {
                    "state": "validated",
                    "failure": "\n".join(
                        self.env._(
                            "Row %(row)s: %(reason)s",
                            row=row.number,
                            reason=row.reason,
                        )
                        for row in failed
                    ),
                }
            )
        elif len(rows) < limit:
            self.state = "done"
        return len(rows)

    def _post_row(self, row):
        """Import one row, or set it aside with what went wrong."""
        try:
            with savepoint_with_ranks(self.env.cr):
                self._post_rows(row)
        except OperationalError:
            raise
        except (UserError, Error, ValueError) as error:
            message = str(error).strip().split("\n")[0]
            row._set_aside(("", "failed", {"error": message}))

    def _post_rows(self, rows):
        """Import some rows in one piece."""
        if not rows:
            return
        self = self.with_company(self.company_id).with_context(**QUIET)
        items = {row.id: LedgerRow.from_json(row.values) for row in rows}
        # Between the check and now, somebody may have written the same invoices.
        existing = self._existing_numbers([item.invoice for item in items.values()])
        for row in rows:
            if items[row.id].invoice in existing:
                problem = ("invoice", "exists", {"invoice": items[row.id].invoice})
                row._set_aside(problem)
                rows -= row
        if not rows:
            return
        partners = self._get_partners([items[row.id] for row in rows])
        currencies = dict(
            self.env["res.currency"]._read_group(
                [("name", "in", [item.currency for item in items.values()])],
                ["name", "id"],
            )
        )
        values = [
            self._prepare_move(items[row.id], partner, currencies)
            for row, partner in zip(rows, partners, strict=True)
        ]
        moves = self.env["account.move"].create(values)
        moves._post(soft=False)
        for row, move in zip(rows, moves, strict=True):
            row.write(
                {"state": "done", "move_id": move.id, "partner_id": move.partner_id.id}
            )
        self._pay_rows(rows, items)
        self._dispute_rows(rows, items)
        self._position_rows(rows, items)

    # ------------------------------------------------------------------
    # Customers
    # ------------------------------------------------------------------

    def _get_partners(self, items):
        """The customer of each item; those who are not known are created.

        Customers who are known are left as they are: the file is the past.
        """
        partner_model = self.env["res.partner"]
        matched, __ = self._match_partners(items)
        new = self._new_customers(items, matched)
        countries = self._country_ids(new.values())
        # Who may import may bring customers along.
        created = partner_model.sudo().create(
            [self._prepare_partner(item, countries) for item in new.values()]
        )
        by_key = dict(zip(new, created.ids, strict=True))
        return [
            partner_model.browse(matched.get(item.number) or by_key[customer_key(item)])
            for item in items
        ]

    def _new_customers(self, items, matched):
        """{key of a customer that is not known: the item that it is made of}"""
        new = {}
        for item in items:
            if item.number not in matched:
                new.setdefault(customer_key(item), item)
        return new

    def _country_ids(self, items):
        """{code: id} of the countries of items."""
        countries = self.env["res.country"].search(
            [("code", "in", list({item.country for item in items}))]
        )
        return {country.code: country.id for country in countries}

    def _prepare_partner(self, item, countries):
        values = {
            "name": item.customer,
            "ref": item.customer_ref or item.customer,
            "company_id": self.company_id.id,
            "is_company": self.customer_type == "company"
            or (self.customer_type == "vat" and bool(item.vat)),
            "email": item.email or False,
            "country_id": countries.get(item.country, False),
            "vat": item.vat or False,
        }
        if item.lang:
            values["lang"] = item.lang
        return values

    # ------------------------------------------------------------------
    # Invoices
    # ------------------------------------------------------------------

    def _get_journal(self):
        """The journal of the invoices: one in which they can keep their numbers."""
        self.ensure_one()
        if self.journal_id:
            return self.journal_id
        journals = self.env["account.journal"].sudo().with_context(active_test=False)
        journal = journals.search(
            [
                ("company_id", "=", self.company_id.id),
                ("type", "=", "sale"),
                ("sequence_override_regex", "=", NUMBER_REGEX),
                ("active", "=", True),
            ],
            limit=1,
        )
        if not journal:
            taken = set(
                journals.search([("company_id", "=", self.company_id.id)]).mapped(
                    "code"
                )
            )
            codes = ("OPEN", *(f"OPN{number}" for number in range(1, 100)))
            journal = journals.create(
                {
                    "name": self.env._("Imported open items"),
                    "code": next(code for code in codes if code not in taken),
                    "type": "sale",
                    "company_id": self.company_id.id,
                    "default_account_id": self.account_id.id,
                    "refund_sequence": False,
                    "sequence_override_regex": NUMBER_REGEX,
                    "show_on_dashboard": False,
                }
            )
        self.journal_id = journal
        return journal

    def _prepare_move(self, item, partner, currencies):
        journal = self._get_journal()
        refund = item.amount < 0
        values = {
            "move_type": "out_refund" if refund else "out_invoice",
            "company_id": self.company_id.id,
            "journal_id": journal.id,
            "partner_id": partner.id,
            "currency_id": currencies[item.currency].id,
            "invoice_date": item.invoice_date,
            "date": item.invoice_date,
            "invoice_date_due": item.due_date,
            "invoice_payment_term_id": False,
            "fiscal_position_id": False,
            "invoice_origin": self.name,
            "ref": item.invoice,
            "payment_reference": item.invoice,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": item.description or item.invoice,
                        "quantity": 1,
                        "price_unit": float(abs(item.amount)),
                        "account_id": self.account_id.id,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }
        if journal.sequence_override_regex == NUMBER_REGEX:
            values["name"] = item.invoice
        return values

    # ------------------------------------------------------------------
    # Payments
    # ------------------------------------------------------------------

    def _pay_rows(self, rows, items):
        """Register and match the payments that had been made on the day of the import.

        They are matched with the invoice of their row. Their other side is the
        counterpart account and not the bank's: no statement will ever show them.
        """
        paid = rows.filtered(lambda row: self._is_paid(items[row.id]))
        if not paid:
            return
        claims = {
            row: row.move_id.line_ids.filtered(
                lambda line: line.display_type == "payment_term"
            )
            for row in paid
        }
        self._refresh_statistics()
        payments = self.env["account.payment"].create(
            [self._prepare_payment(row, items[row.id], claims[row]) for row in paid]
        )
        # Creation sets the account of the payment method, whatever it is given.
        payments.outstanding_account_id = self.account_id
        self._post_payments(payments)
        plan = []
        for row, payment in zip(paid, payments, strict=True):
            row.payment_id = payment
            plan.append(
                claims[row]
                + payment.move_id.line_ids.filtered(
                    lambda line, account=claims[row].account_id: (
                        line.account_id == account and not line.reconciled
                    )
                )
            )
        self.env["account.move.line"]._reconcile_plan(plan)

    def _post_payments(self, payments):
        """What ``action_post`` does, for hundreds of payments at once.

        It links each payment with its entry one by one and looks for matched invoices
        after each: more than the rest of the import takes. The entries are made,
        checked and numbered as ever; the link is set in one statement.
        """
        moves = self.env["account.move"].create(
            [payment._generate_move_vals() for payment in payments]
        )
        moves._post(soft=False)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE account_payment payment
                      SET move_id = move.id, state = 'paid'
                     FROM account_move move
                    WHERE move.origin_payment_id = payment.id AND move.id IN %s""",
                tuple(moves.ids),
            )
        )
        payments.invalidate_recordset()
        moves.invalidate_recordset(["payment_ids"])
        payments.modified(["move_id", "state"])

    def _refresh_statistics(self):
        """Tell the database how its tables grow, each time they have doubled.

        A ledger that is loaded into an empty database meets statistics of empty tables.
        Odoo's search for the invoices of a payment then multiplies all journal items
        with each other: minutes instead of milliseconds.
        """
        self.env.flush_all()
        [(done, paid)] = self.env.execute_query(
            SQL(
                """SELECT COUNT(move_id), COUNT(payment_id) FROM credit_import_row
                    WHERE import_id = %s AND state = 'done'""",
                self.id,
            )
        )
        known = dict(
            self.env.execute_query(
                SQL(
                    """SELECT relname, reltuples FROM pg_class
                        WHERE oid IN ('account_move_line'::regclass,
                                      'account_partial_reconcile'::regclass)"""
                )
            )
        )
        if (
            known["account_move_line"] < done
            or known["account_partial_reconcile"] < paid / 2
        ):
            self.env.cr.execute(
                "ANALYZE account_move, account_move_line, account_partial_reconcile,"
                " account_payment"
            )

    def _prepare_payment(self, row, item, claim):
        journal = self.payment_journal_id
        inbound = item.amount > 0
        methods = (
            journal.inbound_payment_method_line_ids
            if inbound
            else journal.outbound_payment_method_line_ids
        )
        method = methods.filtered(lambda line: line.code == "manual")[:1]
        if not method:
            raise UserError(
                self.env._(
                    "The payment journal needs a manual payment method. Choose another."
                )
            )
        return {
            "payment_type": "inbound" if inbound else "outbound",
            "partner_type": "customer",
            "company_id": self.company_id.id,
            "partner_id": row.move_id.partner_id.id,
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "amount": float(abs(item.paid)),
            "currency_id": row.move_id.currency_id.id,
            "date": item.payment_date,
            "memo": item.invoice,
            "destination_account_id": claim.account_id.id,
        }

    def _advance(self, date):
        """Go on to a later day: what was later by then, and payments made since.

        :param date: the new "as of" day
        :return: self
        """
        for record in self:
            record.ensure_one()
            row_model = self.env["credit.import.row"]
            pending = row_model.search(
                [
                    ("import_id", "=", record.id),
                    ("state", "=", "done"),
                    ("payment_id", "=", False),
                    ("payment_date", ">", record.date),
                    ("payment_date", "<=", date),
                ]
            )
            record.write({"date": date, "cut_off": True})
            items = {row.id: LedgerRow.from_json(row.values) for row in pending}
            record.with_company(record.company_id).with_context(**QUIET)._pay_rows(
                pending, items
            )
            row_model.search(
                [
                    ("import_id", "=", record.id),
                    ("state", "=", "later"),
                    ("invoice_date", "<=", date),
                ]
            ).state = "ok"
            record.state = "importing"
            record._import_all()
        return self
