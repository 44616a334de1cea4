"""Companies apart, each on its own day; the scheduled action; queries."""

from datetime import date
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import NOW, REMINDER_1, TODAY, CreditCommon, days_ago

RUN_LOGGER = "odoo.addons.credit_management.models.credit_run"


@tagged("post_install", "-at_install")
class TestRunCompany(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1 = cls.policy.step_ids[0]

    # ------------------------------------------------------------------
    # Apart
    # ------------------------------------------------------------------

    def test_items_of_one_company(self):
        here = self.make_invoice()
        there = self.make_invoice(company=self.other_company, amount=70)
        run = self.propose()
        self.assertEqual(run.reminder_ids.line_ids.move_id, here)
        self.assertEqual(run.reminder_ids.company_id, self.company)
        other = self.propose(self.other_company)
        self.assertEqual(other.reminder_ids.line_ids.move_id, there)
        self.assertEqual(other.reminder_ids.company_id, self.other_company)
        self.assertEqual(other.reminder_ids.currency_id, self.dollar)
        self.assertEqual(other.reminder_ids.amount_total, 70)

    def test_account_of_two_companies(self):
        """Companies may share an account; they share no items."""
        account = self.company_data["default_account_receivable"]
        account.sudo().with_company(self.other_company).write(
            {"company_ids": [Command.link(self.other_company.id)], "code": "411999"}
        )
        self.debtor.with_company(
            self.other_company
        ).property_account_receivable_id = account
        here = self.make_invoice()
        there = self.make_invoice(company=self.other_company)
        self.assertEqual(self.items(here).account_id, self.items(there).account_id)
        self.assertEqual(self.propose().reminder_ids.line_ids.move_id, here)
        other = self.propose(self.other_company)
        self.assertEqual(other.reminder_ids.line_ids.move_id, there)

    def test_credits_of_one_company(self):
        self.make_invoice()
        self.make_invoice(company=self.other_company, currency=self.euro)
        self.make_credit_note(amount=100)
        self.assertFalse(self.propose().reminder_ids)
        reminder = self.propose(self.other_company).reminder_ids
        self.assertEqual(reminder.amount_total, 100)
        self.assertEqual(reminder.amount_credit, 0)

    def test_positions_of_one_company(self):
        """A shared policy: each company's items go their own way."""
        here, there = self.make_invoice(), self.make_invoice(company=self.other_company)
        self.remind(there, self.step_1)
        self.assertFalse(here.credit_step_id)
        self.assertEqual(there.credit_step_id, self.step_1)

    def test_minimum_in_the_currency_of_each(self):
        """80 dollars are 40 euros: below the limit for one, above for the other."""
        self.policy.min_amount = 50
        self.make_invoice(currency=self.dollar, amount=80)
        self.make_invoice(company=self.other_company, amount=80)
        self.assertFalse(self.propose().reminder_ids)
        self.assertTrue(self.propose(self.other_company).reminder_ids)

    def test_user_of_one_company(self):
        self.make_invoice()
        there = self.make_invoice(company=self.other_company)
        runs = self.propose() | self.propose(self.other_company)
        hold = self.env["credit.hold"].create(
            {
                "company_id": self.other_company.id,
                "partner_id": self.debtor.id,
                "date_end": TODAY,
                "reason": "Asked for time",
            }
        )
        dispute = self.env["credit.dispute"].create(
            {
                "move_id": there.id,
                "reason_id": self.env["credit.dispute.reason"].create({"name": "R"}).id,
            }
        )
        special = self.make_policy(
            REMINDER_1, company_id=self.other_company.id, sequence=99
        )
        user = new_test_user(
            self.env,
            "one company",
            "credit_management.group_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        there = runs[1].sudo()
        hidden = (
            there,
            there.reminder_ids,
            there.reminder_ids.line_ids,
            hold,
            dispute,
            special,
            special.step_ids,
        )
        for record in hidden:
            record = record.sudo(False)
            with self.subTest(record._name):
                model = self.env[record._name].with_user(user)
                self.assertTrue(record)
                self.assertFalse(model.search([("id", "in", record.ids)]))
                self.assertFalse(record.with_user(user).has_access("read"))
        for record in (runs[0], runs[0].reminder_ids, runs[0].reminder_ids.line_ids):
            self.assertTrue(record.with_user(user).has_access("read"))

    # ------------------------------------------------------------------
    # Days
    # ------------------------------------------------------------------

    def test_day_of_each_company(self):
        """At one instant it is Thursday in Auckland and Wednesday in New York."""
        self.company.credit_tz = "Pacific/Auckland"
        here = self.make_invoice(overdue=4)
        there = self.make_invoice(overdue=4, company=self.other_company)
        with freeze_time("2026-06-18 02:00:00"):
            self.assertEqual(self.company._credit_today(), date(2026, 6, 18))
            self.assertEqual(self.other_company._credit_today(), date(2026, 6, 17))
            for move in here | there:
                move.invalidate_recordset()
            self.assertTrue(here.credit_is_due)
            self.assertFalse(there.credit_is_due)
            self.assertEqual(there.credit_next_date, date(2026, 6, 18))
            reminder = self.propose().reminder_ids
            self.assertFalse(self.propose(self.other_company).reminder_ids)
            self.assertEqual(reminder.line_ids.days_overdue, 5)
            reminder._register_sent()
            self.assertEqual(reminder.date_done, date(2026, 6, 18))

    def test_zone_follows_the_country(self):
        company = self.env["res.company"].create(
            {"name": "New", "country_id": self.env.ref("base.jp").id}
        )
        self.assertEqual(company.credit_tz, "Asia/Tokyo")
        company.country_id = self.env.ref("base.us")
        self.assertEqual(company.credit_tz, "America/New_York")
        # One of the country's zones, chosen by hand, is kept.
        company.credit_tz = "America/Los_Angeles"
        company.write({"country_id": self.env.ref("base.us").id, "name": "Newer"})
        self.assertEqual(company.credit_tz, "America/Los_Angeles")
        company.country_id = self.env.ref("base.de")
        self.assertEqual(company.credit_tz, "Europe/Berlin")

    def test_holidays_of_each_country(self):
        """14 July: nothing leaves in France, it is a Tuesday in America."""
        self.step_1.only_working_days = True
        self.make_invoice()
        self.make_invoice(company=self.other_company)
        with freeze_time("2026-07-14 15:00:00"):
            self.assertFalse(self.propose().reminder_ids)
            self.assertTrue(self.propose(self.other_company).reminder_ids)
        with freeze_time("2026-07-15 15:00:00"):
            self.assertTrue(self.propose().reminder_ids)

    # ------------------------------------------------------------------
    # Scheduled action
    # ------------------------------------------------------------------

    def _cron(self):
        with self.enter_registry_test_mode(), mute_logger(RUN_LOGGER):
            self.env.ref("credit_management.ir_cron_propose").method_direct_trigger()
        return self.env["credit.run"].search([("automatic", "=", True)])

    def test_cron_once_a_day(self):
        self.make_invoice()
        self.company.credit_auto_run = True
        first = self._cron()
        self.assertEqual(first.company_id, self.company)
        self.assertEqual(first.date, TODAY)
        self.assertEqual(first.reminder_ids.state, "queued")
        self.assertEqual(self._cron(), first)
        with freeze_time("2026-06-17 21:59:00"):
            self.assertEqual(self._cron(), first)
        # Midnight has passed in Paris, not in UTC.
        with freeze_time("2026-06-17 22:01:00"):
            second = self._cron() - first
            self.assertEqual(second.date, date(2026, 6, 18))

    def test_run_by_hand_does_not_stand_for_it(self):
        self.company.credit_auto_run = True
        self.propose()
        self.assertTrue(self._cron())

    def test_cron_of_companies_that_want_it(self):
        self.make_invoice()
        self.make_invoice(company=self.other_company)
        self.other_company.credit_auto_run = True
        runs = self._cron()
        self.assertEqual(runs.company_id, self.other_company)
        self.assertEqual(runs.reminder_ids.company_id, self.other_company)

    def test_one_company_fails(self):
        self.make_invoice()
        self.make_invoice(company=self.other_company)
        companies = self.company | self.other_company
        companies.credit_auto_run = True
        run_class = type(self.env["credit.run"])
        for broken in companies:
            with self.subTest(broken.name):
                propose = run_class._propose

                def fail(run, hold_automatic, broken=broken, propose=propose):
                    propose(run, hold_automatic)
                    if run.company_id == broken:
                        raise ValueError("Broken on purpose")

                with patch.object(run_class, "_propose", fail):
                    runs = self._cron()
                self.assertEqual(runs.company_id, companies - broken)
                self.assertEqual(runs.reminder_ids.company_id, companies - broken)
                # It is tried again at the next round.
                self.assertEqual(self._cron().company_id, companies)
                self._cron().reminder_ids.action_cancel()
                self._cron().automatic = False


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestRunQueries(CreditCommon):
    """The number of queries does not grow with the number of items."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.debtors = cls.env["res.partner"].union(
            *(cls.make_debtor(f"Debtor {index}") for index in range(20))
        )

    def _invoices(self, count):
        return self.env["account.move"].union(
            *(
                self.make_invoice(
                    self.debtors[index % len(self.debtors)], index % 40 + 6
                )
                for index in range(count)
            )
        )

    def _count(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_propose(self):
        self._invoices(5)
        runs = self.env["credit.run"].create(
            [{"company_id": self.company.id} for _index in range(3)]
        )
        # The first one fills caches of the registry, and is what is usual.
        runs[0].action_propose()
        runs[0].reminder_ids.action_cancel()
        few = self._count(runs[1].action_propose)
        self.assertEqual(runs[1].reminder_count, 5)
        runs[1].reminder_ids.action_cancel()
        self._invoices(60)
        many = self._count(runs[2].action_propose)
        self.assertEqual(len(runs[2].reminder_ids.line_ids), 65)
        self.assertEqual(many, few)

    def test_positions(self):
        moves = self._invoices(80)
        names = ["credit_step_id", "credit_next_step_id", "credit_next_date"]
        names += ["credit_block_reason", "credit_is_due"]
        (moves[:1]).read(names)
        few = self._count(lambda: moves[:4].read(names))
        many = self._count(lambda: moves.read(names))
        self.assertEqual(many, few)

    def test_delivery_recheck(self):
        self._invoices(60)
        run = self.propose()
        few_reminders = run.reminder_ids[:3]
        many_reminders = run.reminder_ids[3:]
        self.assertGreater(len(many_reminders), 10)
        few_reminders._recheck()
        few = self._count(few_reminders._recheck)
        many = self._count(many_reminders._recheck)
        self.assertEqual(many, few)

    def test_history_does_not_slow_positions(self):
        move = self.make_invoice()
        read = ["credit_block_reason"]
        move.read(read)
        before = self._count(lambda: move.read(read))
        for day in range(1, 20):
            self.remind(move, self.policy.step_ids[0], days_ago(day))
        self.assertEqual(self._count(lambda: move.read(read)), before)
