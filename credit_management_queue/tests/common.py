"""A runner that is there as long as a test says so, and short words for jobs."""

from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.tools import SQL

from odoo.addons.credit_management.tests.common import REMINDER_1, DeliveryCommon
from odoo.addons.queue_job.exception import RetryableJobError

PART_SIZE = "credit_management_queue.part_size"


class QueueCommon(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(REMINDER_1)
        cls.step = cls.policy.step_ids
        cls.jobs = cls.env["queue.job"].sudo()
        cls.parameters = cls.env["ir.config_parameter"].sudo()
        cls.parameters.set_param(PART_SIZE, "2")

    def setUp(self):
        super().setUp()
        self.runner = True
        patcher = patch.object(
            type(self.env["queue.job"]),
            "_credit_runner_sql",
            lambda jobs: SQL("TRUE" if self.runner else "FALSE"),
        )
        self.startPatcher(patcher)

    @classmethod
    def make_debtors(cls, count, **values):
        """Debtors who owe one overdue invoice each."""
        debtors = [cls.make_debtor(f"Debtor {n}") for n in range(count)]
        for debtor in debtors:
            cls.make_invoice(debtor, **values)
        return cls.env["res.partner"].union(*debtors)

    def jobs_of(self, run):
        return self.jobs.search([("credit_run_id", "=", run.id)], order="id")

    def reminders_of(self, job):
        return self.env["credit.reminder"].browse(job.credit_reminder_ids.ids)

    def work(self, job):
        """What a worker does for a delivery job.

        :return: the error by which the job asks for another try, if it does
        """
        run = job.credit_run_id.with_user(SUPERUSER_ID)
        self.env.flush_all()
        try:
            # Not by assertRaises: it would undo what the job has committed.
            run.with_context(job_uuid=job.uuid)._job_deliver(*job.args)
        except RetryableJobError as error:
            return error
        finally:
            self.env.invalidate_all()

    def wake_ups(self):
        """How often the scheduled action of the delivery was woken up."""
        cron = self.env.ref("credit_management.ir_cron_deliver")
        return (
            self.env["ir.cron.trigger"].sudo().search_count([("cron_id", "=", cron.id)])
        )
