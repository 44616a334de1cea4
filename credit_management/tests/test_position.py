"""Where an item stands: on the invoice, the journal item and the debtor."""

from datetime import timedelta

from lxml import etree

from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import format_date
from odoo.tools.safe_eval import safe_eval

from .common import NOTICE, REMINDER_1, REMINDER_2, TODAY, CreditCommon, days_ago


def later(days):
    return TODAY + timedelta(days=days)


@tagged("post_install", "-at_install")
class TestPosition(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(
            dict(REMINDER_1, only_working_days=True),
            dict(REMINDER_2, delay_unit="working"),
            NOTICE,
        )
        cls.step_1, cls.step_2, cls.step_3 = cls.policy.step_ids
        cls.due = cls.make_invoice(overdue=10)
        cls.soon = cls.make_invoice(cls.debtor_b, overdue=3)
        cls.reminded = cls.make_invoice(overdue=15)
        cls.remind(cls.reminded, cls.step_1, days_ago(10))
        cls.held = cls.make_invoice(cls.debtor_b, currency=cls.dollar)
        cls.env["credit.hold"].create(
            {"move_id": cls.held.id, "date_end": later(5), "reason": "Asked for time"}
        )
        cls.finished = cls.make_invoice(overdue=80)
        cls.remind(cls.finished, cls.step_3, days_ago(20))
        cls.paid = cls.make_invoice()
        cls.pay(cls.paid)
        cls.draft = cls.due.copy()
        cls.there = cls.make_invoice(cls.debtor_b, company=cls.other_company)
        cls.moves = (
            cls.due
            | cls.soon
            | cls.reminded
            | cls.held
            | cls.finished
            | cls.paid
            | cls.draft
        )
        cls.user = new_test_user(
            cls.env,
            "invoicing",
            "account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def test_the_last_time_of_a_step_counts(self):
        """The higher step, then the later day, whichever was noted first."""
        policy = self.make_policy(
            {"trigger": "due", "delay_days": 1},
            {"trigger": "previous", "delay_days": 4, "delay_unit": "calendar"},
            {"trigger": "previous", "delay_days": 30, "delay_unit": "calendar"},
            partner_domain="[('id', '=', 0)]",
        )
        step_1, step_2, _step_3 = policy.step_ids
        twice = self.make_invoice(overdue=40, credit_policy_id=policy.id)
        self.remind(twice, step_1, days_ago(1))
        self.remind(twice, step_1, days_ago(20))
        self.assertEqual(twice.credit_step_id, step_1)
        self.assertEqual(twice.credit_next_date, later(3))
        self.remind(twice, step_2, days_ago(25))
        self.env.invalidate_all()
        self.assertEqual(twice.credit_step_id, step_2)
        self.assertEqual(twice.credit_next_date, later(5))

    def _search(self, *domain, model="account.move"):
        """The records found by a user with no right but invoicing."""
        records = self.moves if model == "account.move" else self.items(self.moves)
        found = self.env[model].with_user(self.user).search(list(domain))
        self.assertFalse(found.company_id - self.company)
        return found.with_env(self.env) & records

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def test_answers(self):
        """Last step, next step, its date, reason: on the invoice and its item."""
        none = self.env["credit.policy.step"]
        expected = {
            self.due: (none, self.step_1, TODAY, False, True),
            # Two days before the 19th, a Friday.
            self.soon: (none, self.step_1, later(2), False, False),
            # Due on the 2nd: twenty working days lead to the 30th.
            self.reminded: (self.step_1, self.step_2, later(13), False, False),
            self.held: (none, self.step_1, False, "hold", False),
            self.finished: (self.step_3, none, False, "finished", False),
            self.paid: (none, none, False, False, False),
            self.draft: (none, none, False, False, False),
        }
        for move, answer in expected.items():
            for record in (move, self.items(move)):
                record = record.with_user(self.user)
                with self.subTest(record=record):
                    self.assertEqual(
                        (
                            record.credit_step_id.sudo(False).with_env(self.env),
                            record.credit_next_step_id.with_env(self.env),
                            record.credit_next_date,
                            record.credit_block_reason,
                            record.credit_is_due,
                        ),
                        answer,
                    )

    def test_weekend(self):
        move = self.make_invoice(overdue=2)  # the fifth day is a Saturday
        self.assertEqual(move.credit_next_date, later(5))

    def test_other_lines_have_no_position(self):
        lines = self.due.line_ids - self.items(self.due)
        self.assertTrue(lines)
        for line in lines:
            self.assertFalse(line.credit_next_step_id)
            self.assertFalse(line.credit_block_reason)

    def test_instalments(self):
        """The one to act on speaks for the invoice; both speak for themselves."""
        move = self.make_instalments(60, 10)
        first, second = self.items(move)
        self.remind(move, self.step_3, days_ago(20)).line_ids.filtered(
            lambda line: line.move_line_id == second
        ).sudo().move_line_id = False
        self.assertEqual(first.credit_block_reason, "finished")
        self.assertFalse(second.credit_block_reason)
        self.assertTrue(second.credit_is_due)
        self.assertEqual(move.credit_next_step_id, self.step_1)
        self.assertTrue(move.credit_is_due)
        self.moves |= move
        self.assertIn(move, self._search(("credit_is_due", "=", True)))
        self.assertNotIn(move, self._search(("credit_block_reason", "=", "finished")))

    def test_debtor(self):
        debtor = self.debtor.with_user(self.user)
        self.assertEqual(debtor.credit_next_step_id, self.step_1)
        self.assertEqual(debtor.credit_next_date, TODAY)
        self.assertFalse(debtor.credit_block_reason)
        self.assertEqual(debtor.credit_reminder_count, 2)
        self.soon.no_followup = True
        debtor = self.debtor_b.with_user(self.user)
        self.assertIn(debtor.credit_block_reason, ("hold", "no_followup"))
        self.assertFalse(debtor.credit_next_date)

    def test_what_waits_comes_first(self):
        """A call that waits, before what falls due later; then the earliest step."""
        call = self.remind(self.moves[0], self.step_3, state="to_approve")
        self.assertEqual(call.partner_id, self.debtor)
        debtor = self.debtor.with_user(self.user)
        self.assertEqual(debtor.credit_next_step_id, self.step_3)
        self.assertEqual(debtor.credit_next_date, TODAY)
        call.contact_after = f"{later(2)} 10:00:00"
        debtor.invalidate_recordset()
        self.assertEqual(debtor.credit_next_date, later(2))
        call.state = "cancelled"
        debtor.invalidate_recordset()
        self.assertEqual(debtor.credit_next_step_id, self.step_1)

    def test_contact_shows_its_debtor(self):
        contact = self.env["res.partner"].create(
            {"name": "Somebody", "parent_id": self.debtor.id}
        )
        self.assertEqual(contact.credit_next_step_id, self.step_1)
        self.assertEqual(contact.credit_reminder_count, 2)

    def test_viewer_without_accounting(self):
        viewer = new_test_user(self.env, "viewer", "credit_management.group_viewer")
        viewer.write(
            {
                "company_ids": [Command.set(self.company.ids)],
                "company_id": self.company.id,
            }
        )
        debtor = self.debtor.with_user(viewer).with_company(self.company)
        self.assertEqual(debtor.credit_next_step_id, self.step_1)
        self.assertEqual(debtor.credit_next_date, TODAY)

    def test_new_records(self):
        partner = self.env["res.partner"].new({"name": "New"})
        self.assertFalse(partner.credit_next_step_id)
        move = self.env["account.move"].new({"move_type": "out_invoice"})
        self.assertFalse(move.credit_next_step_id)
        with Form(self.env["credit.hold"]) as form:
            form.partner_id = self.debtor
            form.reason = "Asked for time"
            form.date_end = later(3)
        self.assertTrue(form.record.is_current)
        self.assertEqual(form.record.date_start, TODAY)

    # ------------------------------------------------------------------
    # Searches
    # ------------------------------------------------------------------

    def test_search_due(self):
        for model, pick in (
            ("account.move", lambda m: m),
            ("account.move.line", self.items),
        ):
            found = self._search(("credit_is_due", "=", True), model=model)
            self.assertEqual(found, pick(self.due))
            found = self._search(("credit_is_due", "=", False), model=model)
            self.assertEqual(found, pick(self.moves - self.due))

    def test_search_reason(self):
        self.assertEqual(
            self._search(("credit_block_reason", "!=", False)),
            self.held | self.finished,
        )
        self.assertEqual(
            self._search(("credit_block_reason", "=", False)),
            self.moves - self.held - self.finished,
        )
        self.assertEqual(self._search(("credit_block_reason", "=", "hold")), self.held)
        self.assertEqual(
            self._search(("credit_block_reason", "in", ["hold", False])),
            self.moves - self.finished,
        )
        self.assertEqual(
            self._search(("credit_block_reason", "!=", "hold")), self.moves - self.held
        )

    def test_search_step(self):
        self.assertEqual(
            self._search(("credit_step_id", "=", self.step_1.id)), self.reminded
        )
        self.assertEqual(
            self._search(("credit_step_id", "=", False)),
            self.moves - self.reminded - self.finished,
        )
        self.assertEqual(
            self._search(
                ("credit_next_step_id", "in", (self.step_1 | self.step_2).ids)
            ),
            self.due | self.soon | self.reminded | self.held,
        )
        self.assertEqual(
            self._search(("credit_step_id.name", "=", "Formal notice")), self.finished
        )
        self.assertEqual(
            self._search(("credit_step_id", "ilike", "first")), self.reminded
        )
        self.assertFalse(self._search(("credit_step_id", "ilike", "no such step")))

    def test_search_date(self):
        """What is found is what is shown, whatever the comparison."""
        compare = {
            "=": lambda day, wanted: day == wanted,
            "!=": lambda day, wanted: day != wanted,
            "<": lambda day, wanted: bool(day) and day < wanted,
            "<=": lambda day, wanted: bool(day) and day <= wanted,
            ">": lambda day, wanted: bool(day) and day > wanted,
            ">=": lambda day, wanted: bool(day) and day >= wanted,
        }
        self.moves |= self.make_invoice(overdue=2) | self.make_invoice(overdue=-30)
        shown = {move: move.credit_next_date for move in self.moves}
        for offset in (-1, 0, 1, 2, 3, 4, 5, 12, 13, 14, 35, 100):
            for operator, holds in compare.items():
                with self.subTest(offset=offset, operator=operator):
                    found = self._search(("credit_next_date", operator, later(offset)))
                    self.assertEqual(
                        found,
                        self.moves.filtered(
                            lambda m, o=offset, h=holds: h(shown[m], later(o))
                        ),
                    )

    def test_days_between_contacts(self):
        """What waits for the debtor's peace to end says on which day it does."""
        self.policy.min_interval_days = 7
        self.remind(self.reminded, self.step_2, days_ago(3))
        # An item that is due, held up by the interval; and one that comes to be due.
        soon = self.make_invoice(overdue=3)
        much_later = self.make_invoice(overdue=-10)
        self.assertReason(self.due, "interval")
        self.assertEqual(
            self.due.credit_block_text,
            f"Contacted on {format_date(self.env, days_ago(3))}; "
            f"again from {format_date(self.env, later(4))}.",
        )
        self.assertEqual(soon.credit_next_date, later(5))  # later(4) is a Sunday
        self.assertEqual(much_later.credit_next_date, later(15))
        self.moves |= soon | much_later
        for offset in range(1, 17):
            found = self._search(("credit_next_date", "<=", later(offset)))
            self.assertEqual(soon in found, offset >= 5, offset)
            self.assertEqual(much_later in found, offset >= 15, offset)

    def test_search_date_in_words(self):
        self.assertEqual(self._search(("credit_next_date", "=", "today")), self.due)
        self.assertEqual(
            self._search(("credit_next_date", "<=", "today +2d")), self.due | self.soon
        )
        self.assertEqual(
            self._search(("credit_next_date", "=", False)),
            self.moves - self.due - self.soon - self.reminded,
        )

    def test_filters_of_views(self):
        """Every filter of the search views runs, for those who see it."""
        expected = {
            "credit_due": self.due,
            "credit_blocked": self.held | self.finished,
            "credit_never": self.due | self.soon | self.held,
        }
        for model in ("account.move", "account.move.line"):
            records = self.moves if model == "account.move" else self.items(self.moves)
            view = "account.view_account_invoice_filter"
            domain = []
            if model == "account.move.line":
                view = "credit_management.credit_item_view_search"
                action = self.env.ref("credit_management.credit_item_action")
                domain = self._eval(action.domain)
            arch = (
                self.env[model]
                .with_user(self.user)
                .get_view(self.env.ref(view).id, "search")["arch"]
            )
            for name, moves in expected.items():
                with self.subTest(model=model, filter=name):
                    [node] = self._nodes(arch, name)
                    found = (
                        self.env[model]
                        .with_user(self.user)
                        .search(domain + self._eval(node.get("domain")))
                    )
                    moves = moves if model == "account.move" else self.items(moves)
                    self.assertEqual(found.with_env(self.env) & records, moves)

    def _nodes(self, arch, name):
        return etree.fromstring(arch).xpath(f"//filter[@name='{name}']")

    def _eval(self, domain):
        return safe_eval(domain, {"uid": self.user.id})

    def test_two_companies_at_once(self):
        """Each company's items by its own day and rules."""
        companies = self.company | self.other_company
        model = (
            self.env["account.move"]
            .sudo()
            .with_context(allowed_company_ids=companies.ids)
        )
        found = model.search([("credit_is_due", "=", True)])
        self.assertLessEqual(self.due | self.there.sudo(), found)
        self.assertTrue(self.there.credit_is_due)
        found = model.search([("credit_next_date", "<=", TODAY)])
        self.assertLessEqual(self.due | self.there.sudo(), found)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def test_history(self):
        self.assertEqual(self.reminded.credit_reminder_count, 1)
        action = self.reminded.action_view_credit_reminders()
        found = self.env["credit.reminder"].search(action["domain"])
        self.assertEqual(found.line_ids.move_id, self.reminded)
        action = self.debtor.action_view_credit_reminders()
        found = self.env["credit.reminder"].search(action["domain"])
        self.assertEqual(len(found), self.debtor.credit_reminder_count)

    def test_hold_from_the_invoice(self):
        action = self.due.action_credit_hold()
        hold = (
            self.env["credit.hold"]
            .with_context(**action["context"])
            .create({"date_end": TODAY, "reason": "Asked for time"})
        )
        self.assertEqual(hold.move_id, self.due)
        self.assertReason(self.due, "hold")

    def test_dispute_from_the_invoice(self):
        action = self.due.action_credit_dispute()
        reason = self.env["credit.dispute.reason"].create({"name": "Quality"})
        self.env["credit.dispute"].with_context(**action["context"]).create(
            {"reason_id": reason.id}
        )
        self.assertReason(self.due, "dispute")
