"""Calls and visits that are still to be made: whose claim stands at this moment.

Between the proposal and the call days go by. Who has paid, promised, contested or
written meanwhile, or is held, is not called: such calls leave the list at once, and are
cancelled with the reason by the daily run, when the call is opened and with each
attempt.
"""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from .credit_policy_step import MANUAL_CHANNELS
from .credit_reminder_recheck import SUPERSEDED

#: Reminders that are checked again together.
CHUNK = 500


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    # ------------------------------------------------------------------
    # Which
    # ------------------------------------------------------------------

    @api.model
    def _standing_sql(self, companies):
        """SQL of the calls and visits to be made that still claim something.

        By the same conditions as :meth:`_line_facts`, for all debtors at once.

        :return: query of id, company_id, partner_id and channel
        """
        engine = self.env["credit.engine"].sudo()
        parts = []
        for company in companies:
            today = company._credit_today()
            blocked = SQL(" OR ").join(
                SQL("(%s)", condition)
                for _reason, condition in engine._block_conditions(company, today)
            )
            parts.append(
                SQL(
                    """SELECT waiting.id, waiting.company_id, waiting.partner_id,
                              waiting.channel
                         FROM credit_reminder waiting
                        WHERE waiting.company_id = %(company)s
                          AND waiting.state = 'to_approve'
                          AND waiting.channel IN %(channels)s
                          AND (waiting.is_thanks OR EXISTS (
                              SELECT FROM credit_reminder_line line
                                JOIN account_move_line aml
                                  ON aml.id = line.move_line_id
                                JOIN account_move move ON move.id = aml.move_id
                                JOIN res_partner partner ON partner.id = aml.partner_id
                               WHERE line.reminder_id = waiting.id
                                 AND aml.reconciled IS NOT TRUE
                                 AND aml.parent_state = 'posted'
                                 AND %(claimable)s > 0
                                 AND NOT %(superseded)s
                                 AND (%(blocked)s) IS NOT TRUE))""",
                    company=company.id,
                    channels=tuple(MANUAL_CHANNELS),
                    claimable=engine._claimable_sql(company, today),
                    superseded=SUPERSEDED,
                    blocked=blocked,
                )
            )
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _to_make_ids(self, companies):
        """The ids of what stands in the lists: each visit, and of the calls to one
        debtor the first, which stands for all of them.

        By a query of their own: PostgreSQL overestimates the cost of the conditions so
        much that it plans all else in the same statement without a thought.
        """
        self.env.flush_all()
        # It costs more to plan the long query than to see that there is nothing.
        if not self.sudo().search_count(
            Domain("company_id", "in", companies.ids)
            & Domain("state", "=", "to_approve")
            & Domain("channel", "in", MANUAL_CHANNELS),
            limit=1,
        ):
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT MIN(standing.id) FROM (%s) standing
                    GROUP BY standing.company_id, standing.partner_id, standing.channel,
                             CASE WHEN standing.channel <> 'phone'
                                  THEN standing.id END""",
                self._standing_sql(companies),
            )
        )
        return [id_ for (id_,) in rows]

    # ------------------------------------------------------------------
    # Checking again
    # ------------------------------------------------------------------

    def _recheck_open(self):
        """Check again what a person is to do, see :meth:`_recheck`.

        :return: what is still to be done, also where a rate is missing
        """
        self._recheck()
        return self.filtered(lambda reminder: reminder.state == "to_approve")

    def _register_made(self):
        """Record contacts that a person has made: their steps are done.

        What was settled meanwhile is dropped instead. A charge that can't be worked
        out, because a rate is missing, is not claimed by this contact: it is over, and
        nobody makes it again for that.

        :return: those that were recorded
        """
        ready = self._recheck()
        made = self.filtered(lambda reminder: reminder.state == "to_approve")
        short = made - ready
        short._set_legal_times()
        for reminder in short:
            reminder._message_log(
                body=self.env._(
                    "Recorded without the charges that could not be worked out. %s",
                    reminder.failure_reason or "",
                )
            )
        made._register_sent(delivery_state="delivered")
        return made

    def _refresh_calls(self):
        """Before calls are shown: amounts of this moment, and none that is settled.

        Only what has changed is written: those who work through the same list are not
        in each other's way.
        """
        waiting = Domain("channel", "=", "phone") & Domain("state", "=", "to_approve")
        calls = self.search(Domain("id", "in", self.ids) & waiting)
        calls = self.search(
            Domain("partner_id", "in", calls.partner_id.ids)
            & Domain("company_id", "in", calls.company_id.ids)
            & waiting
        )
        changed = calls._out_of_date()
        # What somebody else has in hand is checked there.
        changed.try_lock_for_update(allow_referencing=True)._recheck()

    def _out_of_date(self):
        """Those whose items or credits are not as they say any more."""
        found = self.browse()
        for company, reminders in self.grouped("company_id").items():
            today = company._credit_today()
            facts = reminders._line_facts(company, today)
            pools = reminders._credit_pools(company)
            groups = reminders.grouped(
                lambda r: (r.run_id, r.partner_id, r.currency_id)
            )
            for key, batch in groups.items():
                usable = min(
                    max(pools.get(key, 0), 0), sum(batch.mapped("amount_residual"))
                )
                used = sum(batch.mapped("amount_credit"))
                if batch.currency_id.compare_amounts(usable, used):
                    found |= batch
                    continue
                found |= batch.filtered(
                    lambda r, facts=facts, today=today: any(
                        line._is_out_of_date(facts.get(line.id), today)
                        for line in r.line_ids
                    )
                )
        return found


class CreditReminderLine(models.Model):
    _inherit = "credit.reminder.line"

    def _is_out_of_date(self, fact, today):
        """Whether the line says anything else than the ledger.

        :param fact: as :meth:`credit.reminder._line_facts` gives it; None if the item
            is gone
        """
        self.ensure_one()
        residual, due, reason = fact or (0, None, "paid")
        if reason or residual <= 0:
            return True
        return bool(
            due != self.date_due
            or (today - due).days != self.days_overdue
            or self.currency_id.compare_amounts(residual, self.amount_residual)
        )


class CreditRun(models.Model):
    _inherit = "credit.run"

    def _lapse(self):
        # EXTENDS credit.run: what people were to do, and is settled, is cancelled
        self._recheck_by_hand()
        return super()._lapse()

    def _recheck_by_hand(self):
        """Check the company's calls and visits again, once a day.

        Not visits that were planned up to today: they may have been made, and their
        report is under way. Nor what somebody has in hand at this moment. Calls that
        nobody can make for want of a number fail.
        """
        company = self.company_id
        reminders = self.env["credit.reminder"].search(
            Domain("company_id", "=", company.id)
            & Domain("channel", "in", tuple(MANUAL_CHANNELS))
            & Domain("state", "=", "to_approve"),
            order="id",
        )
        under_way = self.env["credit.visit"].search(
            Domain("reminder_id", "in", reminders.ids)
            & Domain("state", "=", "planned")
            & Domain("date", "<=", company._credit_today())
        )
        reminders -= under_way.reminder_id
        for ids in split_every(CHUNK, reminders.ids):
            chunk = self.env["credit.reminder"].browse(ids)
            chunk = chunk.try_lock_for_update(allow_referencing=True)
            left = chunk._recheck_open()
            left.filtered(
                lambda r: (
                    r.channel == "phone"
                    and not r.call_requested
                    and not r.run_id._waits_for_people()
                )
            )._fail_without_number()

    def _waits_for_people(self):
        """Whether nothing of the run is done before somebody has confirmed it."""
        return bool(self) and (
            self.unusual or (self.state == "proposed" and not self.automatic)
        )
