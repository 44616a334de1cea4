"""By which rules a reminder goes: deadlines, waiting periods, what may follow."""

from decimal import Decimal

from odoo import models

from ..engine import regime as rules
from ..engine import waiting
from ..engine.coming import coming

#: Channels by which the law's waiting period counts as one by post.
POSTAL_CHANNELS = ("letter", "registered_letter", "visit")


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    # ------------------------------------------------------------------
    # The law's times
    # ------------------------------------------------------------------

    def _reminder_regimes(self):
        """The regime by which a reminder has to go: {reminder: regime}.

        Where its items fall under several, the one that asks for a first reminder,
        else the one whose formal notice gives most time.
        """
        results = {}
        for company, reminders in self.grouped("company_id").items():
            engine = self.env["credit.engine"].sudo()
            self.env.flush_all()
            facts = {
                row["id"]: row
                for row in engine._charge_facts(
                    company, reminders.line_ids.move_line_id.ids
                )
            }
            find = self.env["credit.regime"]._resolver(company)
            for reminder in reminders:
                regimes = self.env["credit.regime"].sudo()
                for item in reminder.line_ids.move_line_id:
                    row = facts.get(item.id)
                    if row:
                        regimes |= find(
                            row["kind"],
                            row["country_id"],
                            row["due"],
                            row["regime_id"],
                        )
                results[reminder] = regimes.sorted(
                    lambda r: (not r.first_reminder_required, -r.notice_days, r.id)
                )[:1]
        return results

    def _legal_times(self, day=None):
        """When the debtor has to have paid, and how long the law makes us wait.

        :param day: the day on which the reminders leave, or {reminder: day}; today by
            default
        :return: {reminder: (deadline, end of the law's waiting period, article)};
            false where there is none
        """
        results, known = {}, {}
        days = day if isinstance(day, dict) else dict.fromkeys(self, day)
        for reminder, regime in self._reminder_regimes().items():
            company, step = reminder.company_id, reminder.step_id
            sent = days[reminder] or company._credit_today()
            key = (regime, reminder.currency_id, company, sent)
            if key not in known:
                known[key] = (
                    regime._to_engine(reminder.currency_id, company, sent)
                    if regime
                    else rules.UNKNOWN,
                    regime._calendar() if regime else company._credit_calendar(),
                )
            times, calendar = known[key]
            postal = reminder.channel in POSTAL_CHANNELS
            wait_until = False
            if step.legally_required and times.first_reminder_required:
                wait_until = waiting.waiting_end(times, sent, postal, calendar) or False
            deadline = waiting.deadline(
                times,
                step.deadline_days,
                sent,
                postal,
                step.formal_notice,
                calendar,
                first_reminder=bool(wait_until),
            )
            article = times.wait_article if wait_until else False
            results[reminder] = (deadline or False, wait_until, article)
        return results

    def _set_legal_times(self):
        """Settle the deadline and the waiting period, as of today."""
        times = self._legal_times()
        for (deadline, wait_until, article), batch in self.grouped(
            lambda reminder: times[reminder]
        ).items():
            batch.with_context(tracking_disable=True).write(
                {
                    "deadline_date": deadline,
                    "wait_until": wait_until,
                    "wait_article": article,
                }
            )

    # ------------------------------------------------------------------
    # For what the debtor reads
    # ------------------------------------------------------------------

    def _charge_contexts(self):
        """By which rules the reminders go, and what may follow each.

        :return: {reminder: dict}: ``regime`` and ``terms`` (records, possibly empty),
            ``engine_regime`` and ``engine_terms`` (plain values), ``coming``
            ({kind: Decimal}: what could be charged once the waiting period is over) and
            ``percent`` (the yearly rate that will apply, or None)
        """
        contexts = {}
        regimes = self._reminder_regimes()
        for company, reminders in self.grouped("company_id").items():
            day = company._credit_today()
            book = self.env["credit.rate"].sudo()._book(company)
            rows = {
                row["id"]: row
                for row in self.env["credit.engine"]
                .sudo()
                ._charge_claims(company, reminders.line_ids.move_line_id.ids, day)
                if not row["is_charge"]
            }
            for reminder in reminders:
                own = [
                    rows[item.id]
                    for item in reminder.line_ids.move_line_id
                    if item.id in rows
                ]
                contexts[reminder] = reminder._charge_context_of(
                    regimes[reminder], own, day, book
                )
        return contexts

    def _charge_context_of(self, regime, rows, day, book):
        self.ensure_one()
        context = {
            "regime": regime,
            "terms": self.env["credit.terms"],
            "engine_regime": rules.UNKNOWN,
            "engine_terms": rules.Terms(),
            "coming": {},
            "percent": None,
        }
        if not rows:
            return context
        first = next((r for r in rows if r["regime_record"] == regime), rows[0])
        context["terms"] = first["terms_record"]
        context["engine_regime"] = first["regime"]
        context["engine_terms"] = first["terms"]
        amounts, percent = coming(
            [(row["claim"], row["regime"], row["terms"]) for row in rows], day, book
        )
        unit = Decimal(1).scaleb(-self.currency_id.decimal_places)
        context["coming"] = {kind: amount * unit for kind, amount in amounts.items()}
        context["percent"] = percent
        return context

    def _charge_context(self):
        """The same for one reminder, see :meth:`_charge_contexts`."""
        self.ensure_one()
        return self._charge_contexts()[self]
