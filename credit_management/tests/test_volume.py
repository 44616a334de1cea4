from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .charges_common import CHARGED_2, ChargesCommon
from .common import NOW, CreditCommon


class VolumeMixin:
    """Many invoices at once, and how many queries their proposal takes."""

    def _copy_invoice(self, invoice, count, debtors, due=None):
        """Copy a posted invoice ``count`` times in the database, for many debtors.

        Rows are copied whole, so that each copy is what the ORM would have made.

        :param SQL due: due date of the copy, instead of the invoice's own
        """
        move_values = {"invoice_date_due": due} if due else {}
        line_values = {"date_maturity": due} if due else {}
        self.env.flush_all()
        partner_id = self._copy_rows("res_partner", invoice.partner_id, debtors)
        move_id = self._copy_rows(
            "account_move",
            invoice,
            count,
            partner_id=SQL("%s + number %% %s", partner_id, debtors),
            commercial_partner_id=SQL("%s + number %% %s", partner_id, debtors),
            name=SQL("'COPY/' || number"),
            sequence_number=SQL("number"),
            access_token=SQL("NULL"),
            **move_values,
        )
        for line in invoice.line_ids:
            self._copy_rows(
                "account_move_line",
                line,
                count,
                move_id=SQL("%s + number - 1", move_id),
                partner_id=SQL("%s + number %% %s", partner_id, debtors),
                move_name=SQL("'COPY/' || number"),
                **line_values,
            )
        self.env.invalidate_all()

    def _copy_rows(self, table, record, count, **changes):
        """Copy a row; ``number`` counts from 1 in ``changes``. Return the first id."""
        columns = [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """SELECT column_name FROM information_schema.columns
                        WHERE table_name = %s AND is_generated = 'NEVER'""",
                    table,
                )
            )
        ]
        [(last,)] = self.env.execute_query(
            SQL("SELECT MAX(id) FROM %s", SQL.identifier(table))
        )
        changes["id"] = SQL("%s + number", last)
        if "commercial_partner_id" in columns and table == "res_partner":
            changes["commercial_partner_id"] = changes["id"]
        values = [changes.get(name, SQL.identifier("row", name)) for name in columns]
        self.env.cr.execute(
            SQL(
                """INSERT INTO %s (%s) SELECT %s
                     FROM %s AS row, generate_series(1, %s) AS number
                    WHERE row.id = %s""",
                SQL.identifier(table),
                SQL(", ").join(SQL.identifier(name) for name in columns),
                SQL(", ").join(values),
                SQL.identifier(table),
                count,
                record.id,
            )
        )
        self.env.cr.execute(
            SQL(
                "SELECT setval(%s, %s)",
                f"{table}_id_seq",
                last + count,
            )
        )
        return last + 1

    def _propose(self, company):
        """Propose for a company; return the run and how many queries it took."""
        run = self.env["credit.run"].create({"company_id": company.id})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        run._propose(hold_automatic=False)
        self.env.flush_all()
        return run, self.env.cr.sql_log_count - before


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestVolume(VolumeMixin, CreditCommon):
    """The number of queries does not grow with the number of open items."""

    most_queries = 60

    def test_queries_are_flat(self):
        """A thousand items in one company, ten thousand in another: as many queries."""
        self.make_policy()
        small = self.make_invoice(currency=self.dollar)
        large = self.make_invoice(company=self.other_company, currency=self.euro)
        for company in (self.company, self.other_company):
            # What is read once and kept is not what is measured.
            self._propose(company)
        self._copy_invoice(small, 1000, debtors=100)
        self._copy_invoice(large, 10000, debtors=1000)

        run, queries = self._propose(self.company)
        large_run, large_queries = self._propose(self.other_company)

        self.assertEqual(run.reminder_count, 100)
        self.assertEqual(len(run.reminder_ids.line_ids), 1000)
        self.assertEqual(large_run.reminder_count, 1000)
        self.assertEqual(len(large_run.reminder_ids.line_ids), 10000)
        self.assertLessEqual(large_queries, queries)
        self.assertLess(queries, self.most_queries)


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestTablesThatWereNotCounted(VolumeMixin, ChargesCommon):
    """PostgreSQL counts them before it plans the proposal: see the method."""

    def setUp(self):
        super().setUp()
        # PostgreSQL's own daemon must not be at it: what it counts is left to it.
        self.env.cr.execute(
            """LOCK TABLE account_move, account_move_line, credit_reminder_line
                       IN SHARE UPDATE EXCLUSIVE MODE"""
        )
        self.make_policy(CHARGED_2)
        self.move = self.make_invoice(overdue=30)

    def _assert_counted(self):
        self._propose(self.company)
        for table, rows in (
            ("account_move", 300),
            ("account_move_line", 600),
            ("credit_reminder_line", 300),
        ):
            [(counted,)] = self.env.execute_query(
                SQL("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", table)
            )
            self.assertGreaterEqual(counted, rows)

    def _set_counted(self, rows):
        self.env.cr.execute(
            """UPDATE pg_class SET reltuples = %s,
                                   relpages = pg_relation_size(oid) / 8192
                WHERE relname IN ('account_move', 'account_move_line')""",
            (rows,),
        )

    def test_look_empty(self):
        """As after a vacuum that passed while a ledger was imported."""
        self._copy_invoice(self.move, 300, debtors=30)
        self._set_counted(0)
        self._assert_counted()

    def test_of_this_transaction(self):
        """As in an import that proposes at once."""
        self._set_counted(2)
        self._copy_invoice(self.move, 300, debtors=30)
        self._assert_counted()


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestVolumeCharges(VolumeMixin, ChargesCommon):
    """Nor does it where each item has its interest and its fixed sum."""

    def test_queries_are_flat(self):
        """300 items in one company, 3,000 in another, due on thirty different days."""
        self.make_policy(CHARGED_2)
        small = self.make_invoice(overdue=30, currency=self.dollar)
        large = self.make_invoice(
            overdue=30, company=self.other_company, currency=self.euro
        )
        for company in (self.company, self.other_company):
            # What is read once and kept is not what is measured.
            self._propose(company)
        due = SQL("%s::date - (number %% 30)::int", small.invoice_date_due)
        self._copy_invoice(small, 300, debtors=30, due=due)
        self._copy_invoice(large, 3000, debtors=300, due=due)

        run, queries = self._propose(self.company)
        large_run, large_queries = self._propose(self.other_company)

        for proposed, count, currency in (
            (run, 300, self.dollar),
            (large_run, 3000, self.euro),
        ):
            reminders = proposed.reminder_ids
            self.assertEqual(len(reminders.line_ids), count)
            self.assertEqual(reminders.currency_id, currency)
            # 100 x 10 % x (30 to 59) / 365 for each item, and 40 euros.
            days = [30 + number % 30 for number in range(1, count + 1)]
            self.assertAlmostEqual(
                sum(reminders.mapped("amount_interest")),
                sum(round(1000 * n / 365) for n in days) / 100,
                2,
            )
            indemnity = 40 * count * (2 if currency == self.dollar else 1)
            self.assertAlmostEqual(
                sum(reminders.mapped("amount_indemnity")), indemnity, 2
            )
        self.assertLessEqual(large_queries, queries)
        self.assertLess(queries, 80)
