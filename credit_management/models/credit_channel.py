"""The way of a reminder out of the house, whatever the channel.

A channel is a value of ``credit.policy.step.channel`` and two methods on
``credit.reminder``:

``_alerts_<channel>()``
    what keeps each reminder from leaving, as text for the person who can mend it;
    ``{reminder: text}``, empty when all is well. Shown before the approval.
``_deliver_<channel>()``
    sends reminders that were checked a moment ago, and records what came of each
    with ``_register_sent`` or ``_register_failure``. What leaves the database for
    good (an SMTP conversation) is committed one by one, through ``_sending()``;
    what stays in it (a PDF, a task) is committed with the batch.

Everything else is here: claiming the reminders, checking again that they are still
right, the fallback channel, errors, commits. No channel does that for itself.
"""

import logging
from contextlib import contextmanager

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..report.wording import labelled

_logger = logging.getLogger(__name__)

#: First key of the advisory locks by which a worker claims the reminders it works on.
CLAIM_KEY = 1_668_441_444
#: Reminders rendered together. Large enough to share the work, small enough that
#: nobody's reminder is rendered long before it leaves.
BATCH_SIZE = 50
#: Times a refusal that the server calls temporary is tried again.
MAX_ATTEMPTS = 5


class CreditChannel(models.AbstractModel):
    _name = "credit.channel"
    _description = "Delivery of Reminders"

    attempts = fields.Integer(readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Hooks of a channel
    # ------------------------------------------------------------------

    def _alerts(self):
        """What keeps these reminders from leaving: the law, or their channel.

        :return: ``{reminder: text}``
        """
        alerts = self._channel_alerts()
        for reminder, text in self._mention_alerts().items():
            alerts[reminder] = "\n".join(filter(None, (alerts.get(reminder), text)))
        return alerts

    def _channel_alerts(self):
        alerts = {}
        for channel, reminders in self.grouped("channel").items():
            method = getattr(reminders, f"_alerts_{channel}", None)
            if method:
                alerts.update(method())
        return alerts

    def _deliver(self):
        """Hand the reminders to their channels."""
        for channel, reminders in self.grouped("channel").items():
            if not hasattr(reminders, f"_deliver_{channel}"):
                # The addon of the channel is gone: nobody would ever send these.
                reminders._register_failure(
                    self.env._("No installed addon delivers by “%s”.", channel)
                )
                continue
            alerts = reminders._channel_alerts()
            for reminder, text in alerts.items():
                reminder._register_failure(text)
            sendable = reminders - self.browse(r.id for r in alerts)
            # A text of ours that says too little is no reason to write letters.
            unlawful = sendable._mention_alerts()
            for reminder, text in unlawful.items():
                reminder._register_failure(text, fall_back=False)
            sendable -= self.browse(r.id for r in unlawful)
            sendable = sendable._within_contact_rules()
            if sendable:
                getattr(sendable, f"_deliver_{channel}")()
                if sendable._lost_turns():
                    # Somebody else contacts their debtors: count again in a minute.
                    self._trigger_delivery(minutes=1)
            self._commit()

    # ------------------------------------------------------------------
    # The worker
    # ------------------------------------------------------------------

    @api.model
    def _cron_deliver(self):
        """Deliver what is queued, batch by batch, each one committed.

        Safe against several workers and against being killed at any point: a reminder
        is claimed by a lock that dies with its worker, is locked and read again just
        before it leaves, and its new state is committed together with its proof.
        """
        cron = self.env["ir.cron"]
        free = self._may_leave_sql()
        [[remaining]] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM credit_reminder WHERE state = 'queued' AND %s",
                free,
            )
        )
        cron._commit_progress(remaining=remaining)
        finished = True
        for done in self._work():
            remaining = max(remaining - done, 0)
            if not cron._commit_progress(done, remaining=remaining):
                finished = False
                break
        self.env["credit.run"]._close_finished()
        cron._commit_progress(remaining=0 if finished else remaining)

    @api.model
    def _work(self, among=None):
        """Deliver queued reminders batch by batch until none is left.

        :param SQL among: condition on ``credit_reminder`` that limits which ones
        :return: iterator of the number of reminders looked at, after each batch
        """
        # What has been looked at and waits on; all else is queued no more.
        seen = []
        while claimed := self._claim(seen, among=among):
            try:
                claimed._deliver_claimed()
                self._commit()
            finally:
                # A transaction that failed can't even let go of its claims.
                self._roll_back()
                self._release()
            seen += claimed._still_queued()
            yield len(claimed)

    def _still_queued(self):
        """Ids of these reminders that are queued all the same."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM credit_reminder
                    WHERE id = ANY(%s) AND state = 'queued'""",
                self.ids,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _may_leave_sql(self):
        """Condition on ``credit_reminder``: nothing holds back what is queued."""
        return SQL("TRUE")

    @api.model
    def _claim(self, seen=(), limit=BATCH_SIZE, among=None):
        """Claim some queued reminders that no other worker is at.

        A claim is a lock of the database session: it survives commits and ends with
        the worker, so that nothing needs to be taken back after a crash.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id, pg_try_advisory_lock(%(key)s, id)
                     FROM (
                        SELECT id
                          FROM credit_reminder
                         WHERE state = 'queued'
                           AND %(free)s
                           AND %(among)s
                           AND NOT id = ANY(%(seen)s)
                           AND id NOT IN (
                                SELECT objid FROM pg_locks
                                 WHERE locktype = 'advisory' AND classid = %(key)s
                                   AND objsubid = 2
                                   AND database = (
                                        SELECT oid FROM pg_database
                                         WHERE datname = CURRENT_DATABASE()))
                         ORDER BY id
                         LIMIT %(limit)s
                     ) free""",
                key=CLAIM_KEY,
                free=self._may_leave_sql(),
                among=among or SQL("TRUE"),
                seen=list(seen),
                limit=limit,
            )
        )
        # Read anew: the state of the cache may be older than the lock.
        claimed = self.browse(row[0] for row in rows if row[1])
        claimed.invalidate_recordset()
        return claimed

    @api.model
    def _release(self):
        self.env.execute_query(
            SQL(
                """SELECT pg_advisory_unlock(classid::int, objid::int)
                     FROM pg_locks
                    WHERE locktype = 'advisory' AND pid = pg_backend_pid()
                      AND classid = %s AND objsubid = 2""",
                CLAIM_KEY,
            )
        )

    def _deliver_claimed(self):
        """Deliver a claimed batch; an error in it is pinned to its reminder."""
        try:
            self._take_turns()
            with self.env.cr.savepoint():
                still_right = self._recheck()
            still_right._deliver()
        except Exception as error:
            self._roll_back()
            if isinstance(error, TransactionRollbackError):
                # Somebody changed these reminders or their items in this very moment:
                # they stay queued, and the next round looks at them anew.
                return
            if len(self) == 1:
                _logger.exception("Reminder %s can't be delivered", self.name)
                self.invalidate_recordset()
                if self.state == "queued":
                    self._register_failure(str(error), fall_back=False)
                self._commit()
                return
            # One poisoned reminder must not hold the others.
            _logger.warning("A batch is delivered one by one: %s", error)
            for reminder in self:
                if reminder.state == "queued":
                    reminder._deliver_claimed()

    @api.model
    def _commit(self):
        """Commit, but within tests, which may not."""
        if not modules.module.current_test:
            self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _roll_back(self):
        """Undo what is not committed, but within tests, which may not."""
        if not modules.module.current_test:
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)

    @contextmanager
    def _sending(self, look=None):
        """Lock one reminder and its items, check them once more, then commit.

        Yields whether the reminder may leave. What the body does and the departure of
        the message are one: an exception undoes the body. The commit follows at once,
        so that the message is out and unrecorded for as short as can be.

        A payment that is being registered at this moment holds its items: the reminder
        then waits for the next round. One that comes later waits for us.

        :param str look: the statement that locks and checks, see ``_last_looks``
        """
        self.ensure_one()
        with self.env.cr.savepoint():
            yield self._items_unchanged(look)
        self._commit()

    # ------------------------------------------------------------------
    # Outcomes shared by channels
    # ------------------------------------------------------------------

    def _register_trouble(self, reason):
        """Record a passing trouble: try again later, and give up after some times."""
        for reminder in self:
            reminder.attempts += 1
            if reminder.attempts >= MAX_ATTEMPTS:
                reminder._register_failure(reason, fall_back=False)
            else:
                reminder.failure_reason = reason

    def action_check_alerts(self):
        """Say what would keep the reminders from leaving."""
        alerts = self._alerts()
        if alerts:
            raise UserError(
                "\n".join(
                    labelled(self.env, reminder.name, text)
                    for reminder, text in alerts.items()
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Nothing keeps these reminders from leaving."),
            },
        }
