"""What becomes of promises: kept, kept in part, broken or cancelled."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.misc import split_every

from ..engine import promises

#: Promises that the scheduled action closes before it commits.
BATCH = 200


class CreditPromise(models.Model):
    _inherit = "credit.promise"

    def action_cancel(self):
        """Drop the promise, as if it had not been made: reminders go on."""
        self.check_access("write")
        for company, group in (
            self.sudo().filtered(lambda p: p.state == "open").grouped("company_id")
        ).items():
            group.write({"state": "cancelled", "date_closed": company._credit_today()})
            group._log_items(self.env._("The promise was cancelled: reminders go on."))
        return True

    def action_settle(self):
        """Look at what was paid, now rather than by the scheduled action."""
        self.check_access("write")
        self.sudo()._settle()
        return True

    def _paid_in_time(self):
        """{promise: what was paid on its items by its grace date, minor units}.

        What a bank statement brought in later, but was paid in time, counts.
        """
        open_sums = self._open_sums()
        given_up = self._given_up()
        self.env.flush_all()
        late = dict.fromkeys(self, 0)
        for promise_id, is_note, amount in self.env.execute_query(self._late_sql()):
            promise = self.browse(promise_id)
            # What was disputed is nobody's payment, whenever it is credited.
            late[promise] += max(0, amount - given_up[promise] * is_note)
        return {
            promise: promise._minor(promise.residual_start)
            - open_sums.get(promise.id, 0)
            - late[promise]
            for promise in self
        }

    def _late_sql(self):
        """What was matched after the grace: (promise id, by a credit note?, amount)."""
        return SQL(
            """SELECT promise_id, is_note, SUM(amount)::bigint
                 FROM (%s) matched
                WHERE in_time IS FALSE
                GROUP BY promise_id, is_note""",
            self._matched_sql(),
        )

    def _matched_sql(self):
        """What was matched with the items of the promises, one row for each matching.

        Columns: promise_id, promised_on (moment), amount (minor units), is_note (by a
        credit note?), transaction_id (that of an online payment), in_time (within the
        grace; what was paid online counts from the day on which it was begun).
        """
        return SQL(
            """SELECT promise.id AS promise_id, promise.create_date AS promised_on,
                      ROUND(part.debit_amount_currency
                          * POWER(10::numeric, currency.decimal_places)) AS amount,
                      paid.move_type = 'out_refund' AS is_note,
                      tx.id AS transaction_id,
                      part.max_date <= promise.grace_date
                      OR COALESCE(
                          (tx.create_date AT TIME ZONE 'UTC'
                           AT TIME ZONE COALESCE(company.credit_tz, 'UTC'))::date
                          <= promise.grace_date, FALSE) AS in_time
                 FROM credit_promise promise
                 JOIN res_company company ON company.id = promise.company_id
                 JOIN credit_promise_item_rel rel ON rel.promise_id = promise.id
                 JOIN account_partial_reconcile part
                   ON part.debit_move_id = rel.item_id
                 JOIN account_move_line credit ON credit.id = part.credit_move_id
                 JOIN account_move paid ON paid.id = credit.move_id
                 JOIN res_currency currency ON currency.id = part.debit_currency_id
                 LEFT JOIN account_payment payment
                   ON payment.id = paid.origin_payment_id
                 LEFT JOIN payment_transaction tx
                   ON tx.id = payment.payment_transaction_id
                WHERE promise.id = ANY(%s)""",
            self.ids,
        )

    def _settle(self):
        """Close promises that are kept or broken; open those whose payment is undone.

        In sudo: a payment says what became of a promise, whoever enters it. While one
        that was begun in time is under way nothing is broken.
        """
        settled = self.filtered(lambda promise: promise.state != "cancelled")
        settled -= settled._being_corrected()
        # Of a series the first part decides on the rest.
        settled = settled.sorted(lambda promise: (promise.date, promise.id))
        awaiting = settled._awaiting()
        paid_in_time = settled._paid_in_time()
        besides = settled._paid_besides(paid_in_time)
        for promise, paid in paid_in_time.items():
            if promise.state == "cancelled":
                continue
            paid -= besides[promise]
            today = promise.company_id._credit_today()
            before = promise._minor(promise.amount_before)
            amount = promise._minor(promise.amount)
            state = promises.outcome(paid, before, amount, promise.grace_date, today)
            if promise in awaiting:
                state = "kept" if state == "kept" else "open"
            part = promise._major(promises.paid_part(paid, before, amount))
            values = {}
            if promise.currency_id.compare_amounts(promise.amount_paid, part):
                values["amount_paid"] = part
            rest = promise._major(besides[promise])
            if promise.currency_id.compare_amounts(promise.amount_besides, rest):
                values["amount_besides"] = rest
            if promise.state != state:
                values["state"] = state
                values["date_closed"] = False if state == "open" else today
                values["task_done"] = False
                values["resume_step_ids"] = [fields.Command.clear()]
            if values:
                promise.write(values)
            if "state" in values:
                promise._in_house()._log_outcome()

    def _awaiting(self):
        """Open promises of which a payment is under way that was begun in time."""
        running = self.filtered(lambda promise: promise.state == "open")
        under_way = running._under_way()
        return running.filtered(
            lambda promise: any(
                day <= promise.grace_date for day, _amount in under_way[promise]
            )
        )

    def _paid_so_far(self):
        # EXTENDS credit.agreement.mixin: promises of a series count one after another
        if not self.series:
            return self.amount_paid
        series = self.search([("series", "=", self.series)])
        return sum(series.mapped("amount_paid"))

    def _adapt(self, change):
        """Promise no more than there is to pay, and all of it where all was promised.

        :param float change: of what was open at the start
        """
        before = self.residual_start - change
        left = self.residual_start - self.amount_before
        promised = self.amount_before + self.amount
        whole = not self.currency_id.compare_amounts(promised, before)
        if left > 0 and (whole or self.amount > left):
            self.amount = left

    def _log_outcome(self):
        """Say on the invoices what became of the promise, and resume reminders."""
        self.ensure_one()
        day = format_date(self.env, self.date)
        text = {
            "kept": self.env._("The promise for %s was kept.", day),
            "open": self.env._(
                "The payment was taken back: the promise for %s is open again.", day
            ),
            "partly": self.env._(
                "The promise for %(day)s was kept in part (%(paid)s of %(amount)s): "
                "reminders go on.",
                day=day,
                paid=self.currency_id.format(self.amount_paid),
                amount=self.currency_id.format(self.amount),
            ),
            "broken": self.env._(
                "The promise for %s was broken: reminders go on.", day
            ),
        }[self.state]
        self._log_items(text)
        if self.state in ("partly", "broken"):
            self._resume()

    @api.model
    def _cron_close(self):
        """Close what was not kept by its day and grace, company by company."""
        overdue = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("grace_date", "<", company._credit_today())
            for company in self.env["res.company"].search([])
        )
        domain = Domain("state", "=", "open") & overdue
        # Each is looked at once: those that a payment under way may keep stay open.
        todo = self.search(domain, order="id").ids
        done = 0
        for ids in split_every(BATCH, todo):
            self.browse(ids).try_lock_for_update().filtered_domain(domain)._settle()
            done += len(ids)
            if not self.env["ir.cron"]._commit_progress(
                len(ids), remaining=len(todo) - done
            ):
                break
