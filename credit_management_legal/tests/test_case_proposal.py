"""Proposed cases: who is told, what they stop, and what ends them by itself."""

from pathlib import Path
from runpy import run_path

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW, days_ago

from .common import CaseCommon

SCRIPT = "migrations/19.0.1.7.0/post-paid-proposals.py"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCaseProposal(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.move = cls.make_invoice(overdue=100, amount=1000)
        cls.collector = cls.make_user("proposing", "group_collector")
        cls.manager = cls.make_user("deciding", "group_manager")

    def wizard(self, moves=None):
        moves = (moves or self.move).with_user(self.collector)
        action = moves.action_credit_case()
        wizard = self.env["credit.case.open"].with_user(self.collector)
        return wizard.browse(action["res_id"])

    def tasks(self, user):
        tasks = self.env["credit.task"].with_user(user)
        return tasks.search([("kind", "=", "case_proposed")])

    def told(self, move=None):
        """How often an invoice says that reminders wait, and that they go on."""
        bodies = " ".join((move or self.move).message_ids.mapped("body"))
        return (
            bodies.count("no reminders until it is decided"),
            bodies.count("reminders go on"),
        )

    # ------------------------------------------------------------------
    # The worklist
    # ------------------------------------------------------------------

    def test_managers_are_told(self):
        self.debtor.with_company(self.company).credit_user_id = self.collector
        self.wizard().action_propose()
        case = self.env["credit.case"].search([("partner_id", "=", self.debtor.id)])
        self.assertFalse(self.tasks(self.collector))
        task = self.tasks(self.manager)
        self.assertEqual(task.id, case.id * 64 + 36)
        self.assertEqual((task.amount, task.days), (1000, 100))
        self.assertEqual(task.user_id, self.manager, "among those of their own")
        self.assertIn(f"Proposed by {self.collector.name}", task.summary)
        self.assertIn("Formal notice: ", task.summary)
        action = task.action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("credit.case", case.id)
        )

    def test_what_is_decided_leaves_the_worklist(self):
        opened = self.make_case(self.move, opened=False)
        deleted = self.make_case(self.make_invoice(overdue=50), opened=False)
        empty = self.make_case(self.make_invoice(overdue=40), opened=False)
        empty.line_ids.unlink()
        tasks = self.tasks(self.manager)
        self.assertEqual(set(tasks.mapped("res_id")), {opened.id, deleted.id})
        opened.action_open()
        deleted.unlink()
        self.assertFalse(self.tasks(self.manager))

    def test_other_companies(self):
        with_other = self.make_user("elsewhere", "group_manager", self.other_company)
        self.make_case(self.move, opened=False)
        self.assertFalse(self.tasks(with_other))

    # ------------------------------------------------------------------
    # Nothing is open any more
    # ------------------------------------------------------------------

    def test_a_proposal_that_is_paid_is_gone(self):
        other = self.make_invoice(overdue=50)
        case = self.make_case(self.move | other, opened=False)
        self.pay(self.move)
        self.assertTrue(case.exists(), "the other one is open")
        self.pay(other)
        self.assertFalse(case.exists())
        for move in self.move | other:
            self.assertIn("Nothing is open any more", move.message_ids[:1].body)
            self.assertEqual(self.told(move), (1, 0), "nothing is reminded")

    def test_a_proposal_that_is_reversed_is_gone(self):
        case = self.make_case(self.move, opened=False)
        self.move._reverse_moves(
            [{"date": days_ago(0), "invoice_date": days_ago(0)}], cancel=True
        )
        self.assertFalse(case.exists())

    def test_what_was_noted_is_not_deleted_by_itself(self):
        case = self.make_case(self.move, opened=False)
        case._add_event("contact", "Called: the manager asks for the invoices")
        self.pay(self.move)
        self.assertEqual(case.state, "draft")
        self.assertFalse(self.tasks(self.manager))

    def test_older_proposals(self):
        """Those that were paid before this was so."""
        paid = self.make_case(self.move, opened=False)
        waits = self.make_case(self.make_invoice(overdue=50), opened=False)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET reconciled = TRUE WHERE id = %s",
            [paid.line_ids.move_line_id.id],
        )
        script = Path(__file__).parents[1] / SCRIPT
        run_path(str(script))["migrate"](self.env.cr, "19.0.1.6.0")
        self.assertEqual((paid | waits).exists(), waits)

    # ------------------------------------------------------------------
    # Not twice
    # ------------------------------------------------------------------

    def test_proposed_once(self):
        wizard = self.wizard()
        first = self.cases_of(wizard.action_propose())
        self.assertEqual(first.line_ids.move_id, self.move)
        # Pressed again, on the same screen and on another one.
        self.assertEqual(self.cases_of(wizard.action_propose()), first)
        self.assertEqual(self.cases_of(self.wizard().action_propose()), first)
        # What is new is proposed, and what was proposed is shown with it.
        other = self.make_invoice(overdue=50)
        both = self.cases_of(self.wizard(self.move | other).action_propose())
        self.assertEqual((both - first).line_ids.move_id, other)
        self.assertEqual(len(both), 2)
        self.assertEqual(self.told(), (1, 0))

    def test_what_is_handed_over_is_not_proposed(self):
        case = self.make_case(self.move)
        self.assertEqual(self.cases_of(self.wizard().action_propose()), case)

    def cases_of(self, action):
        ids = [action["res_id"]] if action.get("res_id") else action["domain"][0][2]
        return self.env["credit.case"].browse(ids)

    # ------------------------------------------------------------------
    # What the invoices say
    # ------------------------------------------------------------------

    def test_reminders_go_on_once_nothing_holds_them(self):
        proposed = self.make_case(self.move, opened=False)
        self.assertEqual(self.told(), (1, 0))
        again = self.make_case(self.move, opened=False)
        self.assertEqual(self.told(), (1, 0), "they waited already")
        again.unlink()
        self.assertEqual(self.told(), (1, 0), "the other one holds it")
        proposed.line_ids.unlink()
        self.assertEqual(self.told(), (1, 1))
        self.assertReason(self.move, False)
        proposed.line_ids = [
            Command.create({"move_line_id": self.items(self.move).id}),
        ]
        self.assertEqual(self.told(), (2, 1))
        case = self.make_case(self.move)
        proposed.unlink()
        self.assertEqual(self.told(), (2, 1), "it is in an open case")
        case.action_close("Over")

    def test_another_invoice_in_a_line(self):
        other = self.make_invoice(overdue=50)
        case = self.make_case(self.move, opened=False)
        case.line_ids.move_line_id = self.items(other)
        self.assertEqual((self.told(), self.told(other)), ((1, 1), (1, 0)))

    def test_told_by_one_query(self):
        """As many for thirty lines as for three."""
        counts = []
        for number in (3, 30):
            moves = self.make_invoices([self.debtor] * number, overdue=60)
            case = self.make_case(moves[:1], opened=False)
            items = self.items(moves[1:])
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["credit.case.line"].create(
                [{"case_id": case.id, "move_line_id": item.id} for item in items]
            )
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual([self.told(move) for move in moves], [(1, 0)] * number)
        self.assertLess(counts[1] - counts[0], 10)
