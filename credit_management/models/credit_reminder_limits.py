"""Limits per hour and per run: a mistake reaches some debtors, not all of them."""

from dataclasses import dataclass, field

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .credit_channel import BATCH_SIZE, CLAIM_KEY
from .credit_run_control import LEAVING_STATES

#: Key of the lock under which workers count what has left and claim the next.
COUNT_KEY = 1_668_441_445


@dataclass(frozen=True)
class Limit:
    """Something of which only so much may leave.

    The company holds the limits in its fields ``credit_hour_<code>`` and
    ``credit_run_<code>``; 0 is no limit.

    :ivar str code: part of the names of the fields
    :ivar tuple channels: the channels whose reminders count
    :ivar str label: what is counted, in the reader's language
    :ivar SQL cost: what each counts, as a whole number in a column of
        ``credit_reminder``; one, or for example the price of a message
    :ivar int scale: parts of the fields' unit in which costs are counted
    """

    code: str
    channels: tuple
    label: str
    cost: SQL = field(default=SQL("1"), compare=False)
    scale: int = 1

    def most(self, company, span):
        """What may leave of it at most, in the parts in which costs are counted.

        :param str span: ``hour`` or ``run``
        """
        return round(company[f"credit_{span}_{self.code}"] * self.scale)


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    # What left within the hour, and the pace of runs.
    _company_sent_idx = models.Index(
        "(company_id, date_sent) WHERE date_sent IS NOT NULL"
    )

    @api.model
    def _limits(self):
        """What is limited: list of :class:`Limit`. Other addons add theirs."""
        return [
            Limit("mails", ("email",), self.env._("e-mails")),
            Limit("letters", ("letter", "registered_letter"), self.env._("letters")),
        ]

    @api.model
    def _limited_companies(self):
        limits = self._limits()
        names = [
            f"credit_{span}_{limit.code}"
            for limit in limits
            for span in ("hour", "run")
        ]
        companies = self.env["res.company"].sudo()
        return companies.search(Domain.OR(Domain(name, ">", 0) for name in names))

    # ------------------------------------------------------------------
    # The worker
    # ------------------------------------------------------------------

    @api.model
    def _claim(self, seen=(), limit=BATCH_SIZE, among=None):
        """Claim no more than the limits leave room for.

        Exact for any number of workers: one at a time counts and claims. What others
        have claimed counts as if it had left; they say so themselves if it has not.
        """
        # EXTENDS credit.channel
        if not self._limited_companies():
            return super()._claim(seen, limit=limit, among=among)
        self.env.execute_query(SQL("SELECT pg_advisory_lock(%s)", COUNT_KEY))
        try:
            # First who is at what, then, seen by a new transaction, what has left:
            # what leaves in between is counted once, and never missed.
            under_way = self._claimed_by_others()
            self._commit()
            rooms = self._rooms(under_way)
            self._pause_full_runs(rooms)
            claimed = self._claim_within(rooms, super()._claim, seen, limit, among)
        except Exception:
            # A transaction that failed can't even unlock.
            self._roll_back()
            raise
        finally:
            self.env.execute_query(SQL("SELECT pg_advisory_unlock(%s)", COUNT_KEY))
        if not claimed:
            # What is left may be less than the next one costs.
            self._pause_full_runs(rooms)
            self._wait_for_next_hour(rooms)
        return claimed

    def _claim_within(self, rooms, claim, seen, limit, among):
        """Claim, and let go of what there is no room for.

        :param rooms: see :meth:`_rooms`; what is claimed is taken from it
        :param claim: the method that claims whatever the limits
        """
        while True:
            among_fitting = SQL(
                "%s AND %s", among or SQL("TRUE"), self._fitting_sql(rooms)
            )
            claimed = claim(seen, limit=limit, among=among_fitting)
            surplus = claimed._take_room(rooms)
            for reminder in surplus:
                self.env.execute_query(
                    SQL("SELECT pg_advisory_unlock(%s, %s)", CLAIM_KEY, reminder.id)
                )
            if not surplus or claimed > surplus:
                return claimed - surplus

    @api.model
    def _claimed_by_others(self):
        """Ids of the reminders that other workers are at."""
        rows = self.env.execute_query(
            SQL(
                """SELECT objid::int FROM pg_locks
                    WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2
                      AND pid <> pg_backend_pid() AND granted
                      AND database = (SELECT oid FROM pg_database
                                       WHERE datname = CURRENT_DATABASE())""",
                CLAIM_KEY,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _hour_start(self):
        """The beginning of this hour by the clock, in UTC."""
        return fields.Datetime.now().replace(minute=0, second=0, microsecond=0)

    @api.model
    def _rooms(self, under_way=()):
        """What may still leave.

        :param under_way: ids of reminders that count as if they had left
        :return: ``{(limit, "hour" or "run", id of the company or the run): room}``
        """
        rooms = {}
        companies = self._limited_companies()
        for limit in self._limits():
            hour, run = f"credit_hour_{limit.code}", f"credit_run_{limit.code}"
            hourly = companies.filtered(lambda company, name=hour: company[name] > 0)
            used = self._used_within_hour(limit, hourly, under_way)
            for company in hourly:
                rooms[limit, "hour", company.id] = limit.most(
                    company, "hour"
                ) - used.get(company.id, 0)
            by_run = companies.filtered(lambda company, name=run: company[name] > 0)
            runs = self.env["credit.run"].search(
                [
                    ("company_id", "in", by_run.ids),
                    ("state", "in", LEAVING_STATES),
                ]
            )
            used = runs._used(limit, under_way)
            for each in runs:
                rooms[limit, "run", each.id] = limit.most(
                    each.company_id.sudo(), "run"
                ) - used.get(each.id, 0)
        return rooms

    @api.model
    def _used_within_hour(self, limit, companies, under_way):
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT company_id, SUM(%(cost)s) FROM credit_reminder
                        WHERE id IN (
                            SELECT id FROM credit_reminder
                             WHERE company_id = ANY(%(companies)s)
                               AND date_sent >= %(start)s
                             UNION SELECT UNNEST(%(under_way)s::int[]))
                          AND channel IN %(channels)s
                        GROUP BY company_id""",
                    cost=limit.cost,
                    companies=companies.ids,
                    start=self._hour_start(),
                    under_way=list(under_way),
                    channels=limit.channels,
                )
            )
        )

    @api.model
    def _place_sql(self, limit, span, record_id):
        """Condition on ``credit_reminder``: it counts for this limit here."""
        column = "company_id" if span == "hour" else "run_id"
        return SQL(
            "(%s IS NOT DISTINCT FROM %s AND credit_reminder.channel IN %s)",
            SQL.identifier("credit_reminder", column),
            record_id,
            limit.channels,
        )

    @api.model
    def _fitting_sql(self, rooms):
        """Condition on ``credit_reminder``: no limit that concerns it is reached."""
        full = [self._place_sql(*place) for place, room in rooms.items() if room <= 0]
        return SQL("NOT (%s)", SQL(" OR ").join(full)) if full else SQL("TRUE")

    def _take_room(self, rooms):
        """Take the room of these reminders, in their order.

        :return: those for which there is none
        """
        surplus = self.browse()
        for limit in {place[0] for place in rooms}:
            mine = self.filtered(lambda r, limit=limit: r.channel in limit.channels)
            costs = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT id, %s FROM credit_reminder WHERE id = ANY(%s)",
                        limit.cost,
                        mine.ids,
                    )
                )
            )
            for reminder in mine.sorted("id"):
                places = [
                    place
                    for place in (
                        (limit, "hour", reminder.company_id.id),
                        (limit, "run", reminder.run_id.id),
                    )
                    if place in rooms
                ]
                tight = [p for p in places if rooms[p] < costs[reminder.id]]
                if tight:
                    surplus |= reminder
                    for place in tight:
                        # Nothing overtakes what must wait.
                        rooms[place] = 0
                else:
                    for place in places:
                        rooms[place] -= costs[reminder.id]
        return surplus

    @api.model
    def _pause_full_runs(self, rooms):
        """Runs that reached their limit wait for a person."""
        try:
            for place, room in rooms.items():
                limit, span, record_id = place
                if span == "run" and room <= 0 and self._is_held(place):
                    self.env["credit.run"].browse(record_id)._pause_at_limit(limit)
            self._commit()
        except TransactionRollbackError:
            # Somebody is at the run; nothing of it leaves by this limit anyhow.
            self._roll_back()

    @api.model
    def _wait_for_next_hour(self, rooms):
        """Have the delivery come back for what this hour has no room for."""
        full = [place for place, room in rooms.items() if room <= 0]
        if any(place[1] == "hour" and self._is_held(place) for place in full):
            self._trigger_delivery(minutes=60 - fields.Datetime.now().minute)
            self._commit()

    @api.model
    def _is_held(self, place):
        """Whether a limit that is reached holds any reminder."""
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT id FROM credit_reminder
                        WHERE state = 'queued' AND %s AND %s LIMIT 1""",
                    self._place_sql(*place),
                    self._may_leave_sql(),
                )
            )
        )


class CreditRun(models.Model):
    _inherit = "credit.run"

    released = fields.Json(
        readonly=True,
        copy=False,
        help="What had left, by limit, when somebody last let the run go on. The limit "
        "counts from there.",
    )

    def _used(self, limit, under_way=()):
        """What counts for a limit per run: ``{run id: what has left}``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT run_id, SUM(%(cost)s) FROM credit_reminder
                    WHERE run_id = ANY(%(runs)s) AND channel IN %(channels)s
                      AND (date_sent IS NOT NULL OR id = ANY(%(under_way)s))
                    GROUP BY run_id""",
                cost=limit.cost,
                runs=self.ids,
                channels=limit.channels,
                under_way=list(under_way),
            )
        )
        released = {run.id: run.released or {} for run in self}
        return {id_: used - released[id_].get(limit.code, 0) for id_, used in rows}

    def _pause_at_limit(self, limit):
        """Pause, unless what other workers have in hand is all that fills the limit."""
        self.ensure_one()
        company = self.company_id.sudo()
        used = self._used(limit).get(self.id, 0)
        if used + self._least_cost(limit) <= limit.most(company, "run"):
            return
        self._pause_by_itself(
            self.env._(
                "The limit of %(count)s %(what)s per run is reached.",
                count=company[f"credit_run_{limit.code}"],
                what=limit.label,
            )
        )

    def _least_cost(self, limit):
        """The least that any reminder of the run that is queued counts for a limit."""
        [[least]] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(MIN(%(cost)s), 0) FROM credit_reminder
                    WHERE run_id = %(run)s AND state = 'queued'
                      AND channel IN %(channels)s""",
                cost=limit.cost,
                run=self.id,
                channels=limit.channels,
            )
        )
        return least

    def _let_go(self):
        # EXTENDS credit.run: the limit counts anew
        for run in self:
            run.released = {
                limit.code: run._used(limit).get(run.id, 0)
                + (run.released or {}).get(limit.code, 0)
                for limit in self.env["credit.reminder"]._limits()
            }
        return super()._let_go()
