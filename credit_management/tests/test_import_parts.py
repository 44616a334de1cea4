"""What comes with a ledger: customers, disputes, positions, and the days after."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOTICE, NOW, REMINDER_1, REMINDER_2
from .test_import import MONDAY, ImportCommon, line


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestImportParts(ImportCommon):
    def test_new_customers(self):
        self.load(
            line(
                "A-1",
                "ACME",
                email="bill@acme.example.com",
                language="en",
                country="Belgium",
                vat="BE0477472701",
            ),
            line("A-2", "ACME"),
            line("A-3", "Jeanne"),
        )
        first, second, third = self.moves("A-1", "A-2", "A-3")
        self.assertEqual(first.partner_id, second.partner_id)
        self.assertRecordValues(
            first.partner_id + third.partner_id,
            [
                {
                    "name": "ACME",
                    "ref": "ACME",
                    "email": "bill@acme.example.com",
                    "lang": "en_US",
                    "country_id": self.env.ref("base.be").id,
                    "vat": "BE0477472701",
                    "is_company": True,
                    "company_id": self.company.id,
                    "customer_rank": 2,
                },
                {
                    "name": "Jeanne",
                    "ref": "Jeanne",
                    "email": False,
                    "lang": third.partner_id.lang,
                    "country_id": False,
                    "vat": False,
                    "is_company": False,
                    "company_id": self.company.id,
                    "customer_rank": 1,
                },
            ],
        )

    def test_what_it_is_for(self):
        """Said by the file, or unknown: the number of the invoice stands for it."""
        self.load(line("A-1", description="A roof"), line("A-2"))
        first, second = self.moves("A-1", "A-2")
        self.assertEqual(first.invoice_line_ids.name, "A roof")
        self.assertEqual(second.invoice_line_ids.name, "A-2")

    def test_known_customers(self):
        by_vat = self.make_debtor("One", vat="BE0477472701")
        by_ref = self.make_debtor("Two", ref="C2")
        by_email = self.make_debtor("Three", email="Right@three.example.com")
        self.make_debtor("Three", email="wrong@three.example.com")
        by_name = self.make_debtor("Four", email="four@four.example.com")
        foreign = self.make_debtor("Five", company_id=self.other_company.id)
        self.load(
            line("A-1", "Uno", vat="BE 0477.472.701"),
            line("A-2", "Dos", customer_number="C2"),
            line("A-3", "Three", email="right@three.example.com"),
            line("A-4", "Four", email="new@four.example.com"),
            line("A-5", "Five"),
        )
        moves = self.moves("A-1", "A-2", "A-3", "A-4", "A-5")
        self.assertEqual(
            moves[:4].mapped("partner_id"), by_vat + by_ref + by_email + by_name
        )
        self.assertNotEqual(moves[4].partner_id, foreign)
        self.assertEqual(by_vat.name, "One")
        self.assertEqual(by_name.email, "four@four.example.com")

    def test_disputes(self):
        self.load(
            line("A-1", disputed="yes"),
            line("A-2", disputed="yes", paid="100", payment_date="2026-04-01"),
            line("A-3", disputed="no"),
        )
        disputes = self.env["credit.dispute"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(disputes.move_id, self.moves("A-1"))
        self.assertEqual(disputes.state, "open")

    def test_positions(self):
        policy = self.make_policy()
        self.load(
            line("A-1", step="1"),
            line("A-2", step="second reminder"),
            line("A-3", step="0"),
        )
        first, second, third = self.moves("A-1", "A-2", "A-3")
        steps = policy._sequence_steps()
        self.assertEqual(first.credit_step_id, steps[0])
        self.assertEqual(second.credit_step_id, steps[1])
        self.assertFalse(third.credit_step_id)
        self.assertEqual(third.credit_next_step_id, steps[0])

    def test_the_day_of_the_last_reminder(self):
        """Known, it keeps the days between contacts; unknown, it tells nothing."""
        policy = self.make_policy(min_interval_days=7)
        self.load(
            line("A-1", "Known", step="1", reminded_on="2026-06-16"),
            line("A-2", "Unknown", step="1"),
            line("A-3", "Long ago", step="1", reminded_on="2026-06-10"),
        )
        known, unknown, old = self.moves("A-1", "A-2", "A-3")
        reminder = self.env["credit.reminder"].search(
            [("line_ids.move_id", "=", known.id)]
        )
        self.assertEqual(reminder.date_done, date(2026, 6, 16))
        self.assertTrue(reminder.day_known)
        self.assertReason(known, "interval")
        proposed = self.propose().reminder_ids
        self.assertEqual(proposed.line_ids.move_id, unknown + old)
        self.assertEqual(proposed.step_id, policy._sequence_steps()[1])

    def test_items_reminded_on_several_days(self):
        self.make_policy()
        self.load(
            line("A-1", step="1", reminded_on="2026-06-16"),
            line("A-2", step="1", reminded_on="2026-06-15"),
            line("A-3", step="1", reminded_on="2026-06-16"),
            line("A-4", step="1"),
        )
        reminders = self.env["credit.reminder"].search(
            [("origin", "=", "import")], order="date_done, id"
        )
        self.assertRecordValues(
            reminders,
            [
                {"date_done": date(2026, 6, 15), "day_known": True, "line_count": 1},
                {"date_done": date(2026, 6, 16), "day_known": True, "line_count": 2},
                {"date_done": date(2026, 6, 17), "day_known": False, "line_count": 1},
            ],
        )

    def test_the_last_contacts_tell_of_a_known_day(self):
        """For whoever calls or visits: none on a day that nobody knows."""
        step = self.make_policy()._sequence_steps()[0]
        self.load(
            line("A-1", step="1", reminded_on="2026-06-16"),
            line("A-2", step="1"),
        )
        move = self.moves("A-1")
        call = self.remind(move, step, state="to_approve", channel="phone")
        known = call.call_reminder_ids
        self.assertEqual(known.date_done, date(2026, 6, 16))
        recent = self.env["credit.visit"]._recent(move.partner_id, self.company, 5)
        days = [day for day, _channel in recent[move.partner_id.id]]
        self.assertEqual(days, [date(2026, 6, 16)])

    def test_the_day_of_the_last_reminder_in_two_companies(self):
        """A contact is one of the company that made it, as any other is."""
        companies = self.company + self.other_company
        for company in companies:
            self.make_policy(min_interval_days=7, company_id=company.id)
            self.load(
                line(
                    "A-1",
                    "Dupont SARL",
                    step="1",
                    reminded_on="2026-06-16" if company == self.company else "",
                ),
                company=company,
            )
        ours, theirs = (self.moves("A-1", company=company) for company in companies)
        self.assertEqual(ours.partner_id, theirs.partner_id)
        self.assertReason(ours, "interval")
        self.assertReason(theirs, False)

    def test_a_reminder_after_the_day_of_the_import(self):
        """On that day it had not been sent: how far it had come is not known."""
        self.make_policy()
        values = {"step": "1", "reminded_on": "2026-06-16"}
        record = self.draft(line("A-1", **values), date=MONDAY)
        record.action_validate()
        self.assertEqual(
            self.reasons(record),
            {2: "Last reminder on: 06/16/2026 is later than 06/15/2026"},
        )
        self.load(line("A-1", **values), date=MONDAY)
        self.assertFalse(self.moves("A-1").credit_step_id)

    def test_a_language_is_that_of_the_country(self):
        """Of two variants, the one of the debtor's country, else of the company's."""
        languages = self.env["res.lang"]
        languages.search([("code", "=like", "nl%")]).active = False
        languages._activate_lang("nl_BE")
        self.load(line("A-0", "Zero", language="nl"))
        self.assertEqual(self.moves("A-0").partner_id.lang, "nl_BE")
        languages._activate_lang("nl_NL")
        self.load(
            line("A-1", "One", language="nl", country="BE"),
            line("A-2", "Two", language="Dutch", country="NL"),
            line("A-3", "Three", language="nl_NL", country="BE"),
            line("A-4", "Four", language="nl"),
        )
        self.assertEqual(
            self.moves("A-1", "A-2", "A-3", "A-4").partner_id.mapped("lang"),
            ["nl_BE", "nl_NL", "nl_NL", "nl_NL"],
        )
        self.company.country_id = self.env.ref("base.be")
        self.load(line("A-5", "Five", language="nl"))
        self.assertEqual(self.moves("A-5").partner_id.lang, "nl_BE")

    def two_policies(self):
        """Companies go through three steps, all others through one."""
        self.make_policy(
            {**REMINDER_1, "name": "First"},
            {**REMINDER_2, "name": "Second"},
            {**NOTICE, "name": "Notice"},
            name="Companies",
            partner_domain="[('is_company', '=', True)]",
            sequence=1,
        )
        self.make_policy({"name": "Only"}, name="Consumers", sequence=2)

    def test_a_step_that_the_policy_lacks(self):
        """It is told by the check, of customers that are known and of new ones."""
        self.two_policies()
        self.make_debtor("Known company")
        self.make_debtor("Known person", is_company=False)
        lines = [
            line("A-1", "Known company", step="3"),
            line("A-2", "Known person", step="3"),
            line("A-3", "New company", step="Notice", vat="BE0477472701"),
            line("A-4", "New person", step="Notice"),
            line("A-5", "New person", step="1"),
            # Nothing is open: the step does not matter.
            line("A-6", "Another", step="3", payment_date="2026-04-01"),
        ]
        record = self.draft(*lines, mode="good")
        record.action_validate()
        partners = self.env["res.partner"].search_count([])
        self.assertEqual(
            self.reasons(record),
            {
                3: "Step already reached: policy “Consumers” has no step “3”",
                5: "Step already reached: policy “Consumers” has no step “Notice”",
            },
        )
        self.assertFalse(self.env["res.partner"].search([("name", "=like", "New %")]))
        self.assertIn(
            "New customers: 3, of which 2 become individuals, as no VAT number proves "
            "a business\n"
            "Step 1 means “Only” (policy “Consumers”); rows: 1\n"
            "Step 3 means “Notice” (policy “Companies”); rows: 1",
            record.summary_text,
        )
        record.customer_type = "company"
        self.assertEqual(list(self.reasons(record)), [3])
        record.action_import()
        self.assertEqual((record.done_count, record.bad_count), (5, 1))
        self.assertEqual(self.env["res.partner"].search_count([]), partners + 3)

    def test_a_step_without_a_policy(self):
        self.env["credit.policy"].search([]).active = False
        self.make_policy(partner_domain="[('is_company', '=', True)]")
        record = self.draft(line("A-1", step="1"))
        record.action_validate()
        self.assertEqual(
            self.reasons(record),
            {2: "Step already reached: no policy applies that has a step “1”"},
        )

    def test_a_policy_for_those_who_are_customers(self):
        """With their first invoice, all are."""
        self.make_policy(partner_domain="[('customer_rank', '>', 0)]")
        self.make_policy({"name": "Only"})
        self.make_debtor("Known")
        record = self.load(line("A-1", "Known", step="2"), line("A-2", "New", step="2"))
        self.assertEqual((record.done_count, record.bad_count), (2, 0))

    def test_a_policy_by_what_is_owed(self):
        """It can't be told before: the import itself refuses the step."""
        self.make_policy(partner_domain="[('credit', '>', 1000)]")
        self.make_policy({"name": "Only"}, name="Small")
        record = self.draft(
            line("A-1", "Large", step="3", amount="5000"),
            line("A-2", "Small", step="3"),
            mode="good",
        )
        record.action_validate()
        self.assertEqual(record.ok_count, 2)
        self.assertIn("are checked then", record.summary_text)
        record.action_import()
        self.assertEqual(self.reasons(record), {3: "Policy “Small” has no step “3”."})

    def test_kinds_of_new_customers(self):
        """The check takes as many queries for many customers as for few."""
        self.two_policies()

        def queries(count):
            lines = [
                line(f"{count}-{n}", f"Customer {count} {n}", step="1")
                for n in range(count)
            ]
            record = self.draft(*lines)
            self.env.flush_all()
            before = self.cr.sql_log_count
            record.action_validate()
            self.assertEqual(record.ok_count, count)
            return self.cr.sql_log_count - before

        queries(2)
        self.assertLessEqual(queries(200), queries(2) + 2)

    def test_a_notice_before_the_due_date(self):
        self.two_policies()
        vat = "BE0477472701"
        lines = [
            line("A-1", "One", vat=vat, step="3", reminded_on="2026-03-20"),
            line("A-2", "One", vat=vat, step="3", reminded_on="2026-05-20"),
            line("A-3", "One", vat=vat, step="1"),
        ]
        record = self.draft(*lines)
        record.action_validate()
        self.assertEqual(record.ok_count, 3)
        self.assertIn(
            "“Notice” (policy “Companies”) comes after the due date, but the last "
            "reminder was before it; rows: 1 (2)",
            record.summary_text,
        )
        self.env["credit.policy.step"].search([("name", "=", "Notice")]).write(
            {"formal_notice": False, "delay_days": -10}
        )
        record.action_validate()
        self.assertNotIn("comes after the due date", record.summary_text)

    # -- As of a day ------------------------------------------------------------------

    def test_the_ledger_of_a_day_and_the_days_after(self):
        lines = [
            line("A-1", payment_date="2026-03-15"),
            line("A-2", payment_date="2026-05-15"),
            line("A-3", invoice_date="2026-04-15", due_date="2026-05-15"),
            line("A-4", payment_date="2027-01-01"),
        ]
        record = self.load(*lines, date=date(2026, 3, 31))
        self.assertEqual((record.done_count, record.later_count), (3, 1))
        moves = self.moves("A-1", "A-2", "A-3", "A-4")
        self.assertEqual(
            moves.mapped("payment_state"), ["paid", "not_paid", "not_paid"]
        )
        record._advance(date(2026, 5, 31))
        self.assertEqual((record.done_count, record.later_count), (4, 0))
        moves = self.moves("A-1", "A-2", "A-3", "A-4")
        self.assertEqual(
            moves.mapped("payment_state"), ["paid", "paid", "not_paid", "not_paid"]
        )
        self.assertEqual(len(moves), 4)
        record._advance(date(2026, 6, 1))
        self.assertEqual(len(record.row_ids.payment_id), 2)

    def test_what_lies_in_the_future_is_a_mistake(self):
        record = self.draft(line("A-1", payment_date="2026-07-01"))
        record.action_validate()
        self.assertEqual(
            self.reasons(record),
            {2: "Payment date: 07/01/2026 is later than 06/17/2026"},
        )

    # -- Companies and rights ---------------------------------------------------------

    def test_two_companies_with_the_same_numbers(self):
        self.load(line("A-1", customer_number="C1"))
        other = self.load(
            line("A-1", customer_number="C1", currency="EUR"),
            company=self.other_company,
        )
        ours = self.moves("A-1")
        theirs = self.moves("A-1", company=self.other_company)
        self.assertEqual(len(ours + theirs), 2)
        self.assertNotEqual(ours.partner_id, theirs.partner_id)
        self.assertEqual(theirs.journal_id.company_id, self.other_company)
        self.assertEqual(other.account_id.company_ids, self.other_company)
        self.assertEqual(self.items(theirs).amount_residual, 200.0)

    def test_who_may_import(self):
        collector = new_test_user(
            self.env,
            "import_collector",
            groups="credit_management.group_collector",
            company_id=self.company.id,
        )
        record = self.draft(line("A-1"))
        with self.assertRaises(AccessError):
            record.with_user(collector).action_validate()
        collector.group_ids = [
            Command.link(self.env.ref("credit_management.group_manager").id)
        ]
        manager_record = record.with_user(collector)
        manager_record.action_validate()
        manager_record.action_import()
        self.assertEqual(record.state, "done")
        elsewhere = self.draft(line("A-1"), company=self.other_company)
        with self.assertRaises(AccessError):
            elsewhere.with_user(collector).read(["name"])
