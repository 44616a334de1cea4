"""Companies whose runs are proposed by jobs, side by side."""

from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW
from odoo.addons.queue_job.exception import RetryableJobError

from .common import QueueCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestQueuePropose(QueueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_debtors(1)
        cls.make_invoice(cls.debtor_b, company=cls.other_company)
        cls.companies = cls.company | cls.other_company
        cls.companies.credit_auto_run = True

    def propose_daily(self):
        """The scheduled action; return the jobs that there are then."""
        with self.enter_registry_test_mode():
            cron = self.env.ref("credit_management.ir_cron_propose")
            cron.method_direct_trigger()
        jobs = self.jobs.search([("credit_task", "=", "propose")])
        return jobs.sorted(lambda job: (job.company_id.id, job.id))

    def do(self, job):
        run_model = self.env["credit.run"].with_user(SUPERUSER_ID)
        return run_model.with_context(job_uuid=job.uuid)._job_propose(*job.args)

    def runs(self):
        return self.env["credit.run"].search([("company_id", "in", self.companies.ids)])

    def test_a_job_for_each_company(self):
        jobs = self.propose_daily()
        self.assertEqual(jobs.company_id, self.companies)
        self.assertEqual(set(jobs.mapped("channel")), {"root.credit.propose"})
        self.assertFalse(self.runs())
        for job in jobs:
            self.do(job)
        runs = self.runs()
        self.assertEqual(runs.company_id, self.companies)
        for run in runs:
            self.assertEqual(run.reminder_ids.currency_id, run.company_id.currency_id)
            # What it proposed is cut into jobs in the same transaction.
            self.assertEqual(run.job_left_count, 1)

    def test_once_a_day(self):
        jobs = self.propose_daily()
        self.assertEqual(self.propose_daily(), jobs)
        jobs.state = "started"
        self.assertEqual(self.propose_daily(), jobs)
        self.do(jobs[0])
        self.do(jobs[0])
        self.assertEqual(self.runs().company_id, jobs[0].company_id)
        jobs.state = "done"
        again = self.propose_daily() - jobs
        self.assertEqual(again.company_id, jobs[1].company_id)

    def test_gone_jobs_are_made_again(self):
        jobs = self.propose_daily()
        jobs[0].state = "failed"
        jobs[1].unlink()
        again = self.propose_daily() - jobs[0]
        self.assertEqual(again.company_id, self.companies)

    def test_without_a_runner(self):
        jobs = self.propose_daily()
        self.runner = False
        self.assertEqual(self.propose_daily(), jobs)
        self.assertEqual(self.runs().company_id, self.companies)
        # The jobs come too late: nothing is proposed twice.
        for job in jobs:
            self.do(job)
        self.assertEqual(len(self.runs()), 2)

    def test_somebody_else_proposes(self):
        """The job comes again a little later."""
        [job, _other] = self.propose_daily()
        with (
            patch.object(
                type(self.env["credit.run"]),
                "_lock_company",
                side_effect=UserError("Being proposed just now"),
            ),
            self.assertRaisesRegex(RetryableJobError, "just now"),
        ):
            self.do(job)

    def test_switched_off_meanwhile(self):
        [job, _other] = self.propose_daily()
        self.company.credit_auto_run = False
        self.do(job)
        self.assertFalse(self.runs())
