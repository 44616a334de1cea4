"""Reports of providers, also those that come before what they are about."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine import reports

_logger = logging.getLogger(__name__)

#: A message is committed within seconds of leaving; its report is looked at again then,
#: and once more from time to time.
FIRST_MINUTES, NEXT_MINUTES = 1, 10
#: After so long a report is about a message that is none of ours.
KEPT = timedelta(days=1)
#: Reports that wait at most: who reports to Odoo's own address needs no password.
MOST_WAITING = 10_000
BATCH_SIZE = 200


class CreditSmsReport(models.Model):
    """A report about a message that is not there.

    A provider may report within the instant between the departure of a message and the
    commit that records it. The report is kept until the message is seen.
    """

    _name = "credit.sms.report"
    _description = "Early Report of a Text Message"
    _order = "id"

    uuid = fields.Char(required=True, readonly=True, index=True)
    company_id = fields.Many2one(
        "res.company",
        readonly=True,
        ondelete="cascade",
        help="Whose provider said so; empty: the provider of all companies.",
    )
    outcome = fields.Selection(
        [(code, code) for code in reports.OUTCOMES], required=True, readonly=True
    )
    reason = fields.Char(readonly=True)
    fall_back = fields.Boolean(readonly=True)

    @api.model
    def _take(self, uuid, outcome, reason="", fall_back=True, company=None):
        """Apply a report now, or once its message is there.

        In sudo: whoever calls has made sure that the provider says so.

        :param str uuid: the key of the message, as the provider was given it
        :param str outcome: one of :data:`..engine.reports.OUTCOMES`
        :param bool fall_back: whether a failure is the debtor's, and not ours
        :param company: whose provider says so; None for that of all companies
        """
        values = {
            "uuid": uuid,
            "company_id": company.id if company else False,
            "outcome": outcome,
            "reason": reason,
            "fall_back": fall_back,
        }
        reminder = self._reminders([values])[0]
        if reminder:
            reminder._register_report(outcome, reason, fall_back)
        elif self.search_count([], limit=MOST_WAITING) < MOST_WAITING:
            self.create(values)
            self._apply_in(FIRST_MINUTES)
        else:
            _logger.warning("Too many reports wait for messages: %s", uuid)

    @api.model
    def _reminders(self, values_list):
        """The reminder of each of some reports; empty where it is not there (yet).

        :param values_list: dicts of ``uuid`` and ``company_id``
        """
        empty = self.env["credit.reminder"]
        by_uuid = empty.search(
            Domain("sms_uuid", "in", [values["uuid"] for values in values_list])
        ).grouped("sms_uuid")
        found = [by_uuid.get(values["uuid"], empty) for values in values_list]
        return [
            reminder.filtered(
                lambda r, c=values["company_id"]: c in (False, r.company_id.id)
            )
            for reminder, values in zip(found, values_list, strict=True)
        ]

    @api.model
    def _apply_in(self, minutes):
        at = fields.Datetime.add(fields.Datetime.now(), minutes=minutes)
        self.env.ref("credit_management_sms.ir_cron_reports").sudo()._trigger(at=at)

    @api.model
    def _cron_apply(self):
        """Apply the reports whose messages have come, and forget what is too old."""
        cron, last = self.env["ir.cron"], 0
        while batch := self.search([("id", ">", last)], limit=BATCH_SIZE):
            last = batch[-1].id
            locked = batch.try_lock_for_update()
            reminders = self._reminders(
                [{"uuid": r.uuid, "company_id": r.company_id.id} for r in locked]
            )
            for report, reminder in zip(locked, reminders, strict=True):
                # One that is being sent or acted on is for the next time.
                if reminder.try_lock_for_update(allow_referencing=True):
                    reminder._register_report(
                        report.outcome, report.reason or "", report.fall_back
                    )
                    report.unlink()
            if not cron._commit_progress(len(batch)):
                break
        oldest = fields.Datetime.now() - KEPT
        self.search([("create_date", "<", oldest)]).unlink()
        if self.search_count([], limit=1):
            self._apply_in(NEXT_MINUTES)
