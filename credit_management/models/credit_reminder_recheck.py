"""Check again, at the moment of sending, that a reminder is still right."""

from contextlib import contextmanager
from itertools import count

from odoo import api, models
from odoo.tools import SQL

from .credit_policy_step import MANUAL_CHANNELS

#: Prepared statements are told from one another by a number.
NUMBERS = count(1)
#: Condition on ``line``: a later step of the policy has reached the debtor for it.
SUPERSEDED = SQL(
    """EXISTS (
        SELECT FROM credit_reminder_line later
          JOIN credit_reminder other ON other.id = later.reminder_id
          JOIN credit_policy_step reached ON reached.id = later.step_id
          JOIN credit_policy_step own ON own.id = line.step_id
         WHERE later.move_line_id = line.move_line_id
           AND later.reminder_id <> line.reminder_id
           AND other.is_thanks IS NOT TRUE
           AND (other.state = 'sent'
                AND other.delivery_state IS DISTINCT FROM 'bounced'
                OR other.state = 'cancelled' AND other.skipped)
           AND reached.policy_id = own.policy_id
           AND (reached.sequence, reached.id) > (own.sequence, own.id))"""
)


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _recheck(self):
        """Drop what has been settled or stopped since the proposal, refresh the rest.

        Items that were paid, disputed or held leave their reminder; amounts become
        those of this moment; a reminder with nothing left to claim is cancelled. What
        was dropped and why is noted on the reminder.

        :return: the reminders that may still leave
        """
        kept = self.filtered("is_thanks")._recheck_thanks()
        claims = self - self.filtered("is_thanks")
        for company, reminders in claims.grouped("company_id").items():
            kept |= reminders._recheck_claims(company)
        kept._set_legal_times()
        return kept

    def _recheck_thanks(self):
        """A payment that was taken back is not thanked for."""
        undone = self.filtered(
            lambda reminder: (
                not all(item.reconciled for item in reminder.line_ids.move_line_id)
            )
        )
        for reminder in undone:
            reminder._drop(self.env._("The payment was taken back."))
        return self - undone

    @api.model
    def _left_out_labels(self):
        """Why items are left out, in words: {reason: label}."""
        labels = dict(self.env["credit.engine"]._selection_block_reason())
        return labels | {"superseded": self.env._("A later step has left")}

    def _pool(self):
        """The credits that the reminder shares, see :meth:`_credit_pools`."""
        return self.run_id, self.partner_id, self.currency_id

    def _nothing_left(self, reasons):
        """Why a reminder is dropped, all of whose items were left out or paid."""
        told = ", ".join(dict.fromkeys(reasons))
        if not told:
            return self.env._("Nothing is left to claim.")
        return self.env._("Nothing is left to claim: %s.", told)

    def _recheck_claims(self, company):
        today = company._credit_today()
        labels = self._left_out_labels()
        alive, waiting = self.browse(), self.browse()
        facts = self._line_facts(company, today)
        pools = self._credit_pools(company)
        for reminder in self.sorted("id"):
            dropped = []
            for line in reminder.line_ids:
                residual, due, reason = facts.get(line.id, (0, None, "paid"))
                if reason or residual <= 0:
                    reason = reason or "paid"
                    dropped.append((line, labels.get(reason, reason)))
                    continue
                if due >= today and line.days_overdue > 0:
                    dropped.append((line, self.env._("Its due date was put off.")))
                    continue
                values = {
                    "amount_residual": residual,
                    "days_overdue": (today - due).days,
                    "date_due": due,
                }
                changed = {k: v for k, v in values.items() if line[k] != v}
                if changed:
                    line.write(changed)
            for line, reason in dropped:
                reminder._message_log(
                    body=self.env._(
                        "%(invoice)s was left out: %(reason)s",
                        invoice=line.name,
                        reason=reason,
                    )
                )
            self.env["credit.reminder.line"].union(*(d[0] for d in dropped)).unlink()
            pool = reminder._pool()
            reminder._refresh_amounts(max(pools.get(pool, 0), 0))
            if not reminder.line_ids:
                reasons = [text for _line, text in dropped if text != labels["paid"]]
                reminder._drop(self._nothing_left(reasons))
            elif reminder.amount_asked <= 0:
                reminder._drop(self.env._("The debtor's credits cover the claim."))
            else:
                pools[pool] = pools.get(pool, 0) - reminder.amount_credit
                alive |= reminder
                if not reminder._settle_step():
                    waiting |= reminder
        # A rate that is missing is not guessed: somebody enters it, and lets them go.
        stopped = alive._refresh_charges()
        if stopped:
            stopped.state = "to_approve"
        # Charges that were waived meanwhile may have been all that was left.
        covered = alive.filtered(lambda reminder: reminder.amount_asked <= 0)
        for reminder in covered:
            reminder._drop(self.env._("The debtor's credits cover the claim."))
        return alive - waiting - stopped - covered

    def _settle_step(self):
        """Stand at the highest step of the lines that are left.

        A debtor who has paid what was to be claimed by a formal notice gets none for
        the invoice that fell due last week.

        :return bool: whether the reminder may still leave by itself
        """
        self.ensure_one()
        steps = self.line_ids.step_id.sorted(lambda s: (s.sequence, s.id))
        step = self.step_id
        if not steps or (steps[-1].sequence, steps[-1].id) >= (step.sequence, step.id):
            return True
        values = {"step_id": steps[-1].id}
        # What somebody is doing by hand, and how, is theirs to say.
        by_itself = self.state == "queued"
        if by_itself and self.channel == step.channel and not self.fallback_of_id:
            values["channel"] = steps[-1].channel
        if by_itself and (
            values.get("channel") in MANUAL_CHANNELS
            or step.automation == "automatic" != steps[-1].automation
        ):
            values["state"] = "to_approve"
        self.write(values)
        self._message_log(
            body=self.env._(
                "“%(step)s” instead of “%(higher)s”: what it was for is left out.",
                step=steps[-1].name,
                higher=step.name,
            )
        )
        return "state" not in values

    def _drop(self, reason):
        self.write({"state": "cancelled", "failure_reason": reason})
        self._message_log(body=reason)

    def _refresh_amounts(self, credit=None):
        """Add up the lines. Credits stay as they are when none are given."""
        for reminder in self:
            lines = reminder.line_ids
            residual = sum(lines.mapped("amount_residual"))
            used = reminder.amount_credit if credit is None else credit
            used = min(used, residual)
            interest = sum(lines.mapped("amount_interest"))
            indemnity = sum(lines.mapped("amount_indemnity"))
            values = {
                "amount_residual": residual,
                "amount_credit": used,
                "amount_interest": interest,
                "amount_indemnity": indemnity,
                "amount_total": residual
                - used
                + interest
                + indemnity
                + reminder.amount_fee
                + reminder.amount_carried,
            }
            currency = reminder.currency_id
            changed = {
                name: value
                for name, value in values.items()
                if currency.compare_amounts(reminder[name], value)
            }
            if changed:
                reminder.write(changed)

    def _reasons_sql(self, company, today):
        return SQL(
            "CASE %s END",
            SQL(" ").join(
                SQL("WHEN %s THEN %s", condition, reason)
                for reason, condition in self.env["credit.engine"]._block_conditions(
                    company, today, self.partner_id.ids
                )
            ),
        )

    def _superseded_lines(self):
        """The lines whose items have been reminded by a later step meanwhile."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id FROM credit_reminder_line line
                    WHERE line.reminder_id = ANY(%s) AND %s""",
                self.ids,
                SUPERSEDED,
            )
        )
        return self.env["credit.reminder.line"].browse(row[0] for row in rows)

    def _line_facts(self, company, today):
        """What the ledger says now of each claimed item.

        :return: {line id: (open amount, due date, reason it is blocked)}
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id,
                          CASE WHEN aml.reconciled IS NOT TRUE
                                    AND aml.parent_state = 'posted'
                               THEN %(claimable)s ELSE 0 END,
                          COALESCE(aml.date_maturity, aml.date),
                          CASE WHEN %(superseded)s THEN 'superseded'
                               ELSE %(reasons)s END
                     FROM credit_reminder_line line
                     JOIN account_move_line aml ON aml.id = line.move_line_id
                     JOIN account_move move ON move.id = aml.move_id
                     JOIN res_partner partner ON partner.id = aml.partner_id
                    WHERE line.reminder_id IN %(ids)s""",
                claimable=self.env["credit.engine"]._claimable_sql(
                    company, today, self.partner_id.ids
                ),
                superseded=SUPERSEDED,
                reasons=self._reasons_sql(company, today),
                ids=tuple(self.ids),
            )
        )
        return {
            line_id: (float(residual), due, reason)
            for line_id, residual, due, reason in rows
        }

    def _credit_pools(self, company):
        """Unmatched credits that these reminders may share.

        What other reminders of their run have used already is not there for them; one
        that failed or came back has used nothing.

        :return: {(run, debtor, currency): amount}
        """
        engine = self.env["credit.engine"]
        rows = self.env.execute_query(
            SQL(
                """WITH credit AS (%(credit)s)
                SELECT reminder.run_id, reminder.partner_id, reminder.currency_id,
                       MAX(credit.amount) - COALESCE((
                           SELECT SUM(sibling.amount_credit)
                             FROM credit_reminder sibling
                            WHERE sibling.run_id = reminder.run_id
                              AND sibling.partner_id = reminder.partner_id
                              AND sibling.currency_id = reminder.currency_id
                              AND sibling.id NOT IN %(ids)s
                              AND sibling.state IN ('to_approve', 'queued', 'sent')
                              AND sibling.delivery_state IS DISTINCT FROM 'bounced'
                              AND sibling.is_thanks IS NOT TRUE), 0)
                  FROM credit_reminder reminder
                  JOIN credit ON credit.debtor_id = reminder.partner_id
                       AND credit.currency_id = reminder.currency_id
                 WHERE reminder.id IN %(ids)s
                 GROUP BY reminder.run_id, reminder.partner_id, reminder.currency_id""",
                credit=engine._credits_sql(company, self.partner_id.ids),
                ids=tuple(self.ids),
            )
        )
        return {
            (
                self.env["credit.run"].browse(run_id),
                self.env["res.partner"].browse(partner_id),
                self.env["res.currency"].browse(currency_id),
            ): float(amount)
            for run_id, partner_id, currency_id, amount in rows
        }

    # ------------------------------------------------------------------
    # The last moment
    # ------------------------------------------------------------------

    def _items_unchanged(self, look=None):
        """Lock the reminder and its items; whether all is still as rendered.

        For the last moment before a message leaves: anything that changed since the
        message was rendered sends the reminder back to be checked and rendered anew.

        :param str look: the prepared statement, if there is one; see ``_last_looks``
        """
        self.ensure_one()
        if not look:
            self.env.flush_all()
            with self._last_looks() as looks:
                return self._items_unchanged(looks[self.id])
        rows = self.env.execute_query(
            SQL("EXECUTE %s(%s)", SQL.identifier(look), self.id)
        )
        # Rows that somebody else holds are missing.
        return bool(rows) and all(
            unchanged and len(rows) == lines for unchanged, lines in rows
        )

    @contextmanager
    def _last_looks(self):
        """Have PostgreSQL plan the last look at each of the reminders.

        To plan it takes many times as long as to do it, and it is the same for all of
        a company: so it is a prepared statement.

        :return: {id of the reminder: name of its statement}
        """
        looks = {}
        # Or it would be planned anew for each of the first five.
        self.env.cr.execute("SET plan_cache_mode TO force_generic_plan")
        names = [f"credit_look_{next(NUMBERS)}"]
        self.env.cr.execute(_prepare(names[0], self._thanks_look_sql()))
        thanks = self.filtered("is_thanks")
        looks.update(dict.fromkeys(thanks.ids, names[0]))
        for company, reminders in (self - thanks).grouped("company_id").items():
            names.append(f"credit_look_{next(NUMBERS)}")
            self.env.cr.execute(_prepare(names[-1], reminders._last_look_sql(company)))
            looks.update(dict.fromkeys(reminders.ids, names[-1]))
        yield looks
        # After an error the transaction is in no state to drop them. They end with the
        # session, and no other has their names.
        for name in names:
            self.env.cr.execute(SQL("DEALLOCATE %s", SQL.identifier(name)))
        self.env.cr.execute("RESET plan_cache_mode")

    @api.model
    def _thanks_look_sql(self):
        """The last look at a thank-you, of which only the reminder itself is locked.

        What was paid late is thanked for in any case.
        """
        return SQL(
            """SELECT TRUE, 1 FROM credit_reminder
                WHERE id = $1 AND state = 'queued' AND %s
                  FOR NO KEY UPDATE SKIP LOCKED""",
            self._may_leave_sql(),
        )

    def _last_look_sql(self, company):
        """The statement that locks a reminder with its items, and looks at them.

        A row for each item: whether it is as the reminder says, and how many there are.
        None where somebody else has contacted the debtor since this worker counted the
        contacts, or is about to: see ``credit.contact.turn``.
        """
        today = company._credit_today()
        return SQL(
            """SELECT aml.reconciled IS NOT TRUE
                      AND aml.parent_state = 'posted'
                      AND %(claimable)s = line.amount_residual
                      AND COALESCE(aml.date_maturity, aml.date) = line.date_due
                      AND %(reasons)s IS NULL,
                      (SELECT COUNT(*) FROM credit_reminder_line
                        WHERE reminder_id = $1)
                 FROM credit_reminder reminder
                 JOIN credit_reminder_line line ON line.reminder_id = reminder.id
                 JOIN account_move_line aml ON aml.id = line.move_line_id
                 JOIN account_move move ON move.id = aml.move_id
                 JOIN res_partner partner ON partner.id = aml.partner_id
                 JOIN credit_contact_turn turn
                      ON turn.company_id = reminder.company_id
                     AND turn.partner_id = reminder.partner_id
                     AND turn.worker = pg_backend_pid()
                WHERE reminder.id = $1 AND reminder.state = 'queued'
                  AND EXISTS (SELECT FROM credit_reminder
                               WHERE credit_reminder.id = $1 AND %(free)s)
                  FOR NO KEY UPDATE OF reminder, aml, turn SKIP LOCKED""",
            claimable=self.env["credit.engine"]._claimable_sql(
                company, today, self.partner_id.ids
            ),
            reasons=self._reasons_sql(company, today),
            # Held meanwhile: a pause, or the stop switch.
            free=self._may_leave_sql(),
        )


def _prepare(name, query):
    """The statement that prepares a query with ``$1`` for the id of a reminder."""
    return SQL("PREPARE %s (int) AS %s", SQL.identifier(name), query)
