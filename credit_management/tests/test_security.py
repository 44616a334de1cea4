"""Who may see, who may act, who may configure."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY, DeliveryCommon

READ = {"read"}
WORK = {"read", "write", "create"}
ALL = {"read", "write", "create", "unlink"}

#: What each group may do with each model.
RIGHTS = {
    "credit.policy": (READ, READ, ALL),
    "credit.policy.step": (READ, READ, ALL),
    "credit.run": (READ, WORK, WORK),
    "credit.reminder": (READ, WORK, WORK),
    "credit.reminder.line": (READ, ALL, ALL),
    "credit.hold": (READ, WORK, WORK),
    "credit.dispute": (READ, WORK, WORK),
    "credit.dispute.reason": (READ, READ, ALL),
}


@tagged("post_install", "-at_install")
class TestSecurity(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1 = cls.policy.step_ids[0]
        cls.move = cls.make_invoice()
        cls.stranger = cls._user("stranger", "base.group_user")
        cls.viewer = cls._user("viewer", "credit_management.group_viewer")
        cls.collector = cls._user("collector", "credit_management.group_collector")
        cls.manager = cls._user("manager", "credit_management.group_manager")
        cls.invoicing = cls._user("invoicing", "account.group_account_invoice")
        cls.portal = new_test_user(cls.env, "portal", "base.group_portal")

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            groups,
            email=f"{login}@company.example.com",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _records(self):
        run = self.propose()
        hold = self.env["credit.hold"].create(
            {"partner_id": self.debtor_b.id, "date_end": TODAY, "reason": "R"}
        )
        reason = self.env["credit.dispute.reason"].create({"name": "Quality"})
        dispute = self.env["credit.dispute"].create(
            {"move_id": self.make_invoice(self.debtor_b).id, "reason_id": reason.id}
        )
        records = (
            self.policy,
            self.step_1,
            run,
            run.reminder_ids,
            run.reminder_ids.line_ids,
            hold,
            dispute,
            reason,
        )
        return {record._name: record for record in records}

    def test_rights(self):
        records = self._records()
        for model, rights in RIGHTS.items():
            users = (self.viewer, self.collector, self.manager)
            for user, allowed in zip(users, rights, strict=True):
                record = records[model].with_user(user)
                self.assertTrue(record)
                granted = {mode for mode in ALL if record.has_access(mode)}
                self.assertEqual(granted, allowed, f"{model} for {user.login}")

    def test_nothing_for_others(self):
        for model, record in self._records().items():
            for user in (self.stranger, self.portal):
                for mode in ALL:
                    self.assertFalse(
                        record.with_user(user).has_access(mode),
                        f"{model} for {user.login}",
                    )

    def test_stranger_works_on(self):
        """Partners and invoices open for those who know nothing of reminders."""
        partner = self.debtor.with_user(self.stranger)
        self.assertEqual(partner.read(["name"])[0]["name"], self.debtor.name)
        ours = [name for name in partner.fields_get() if name.startswith("credit_")]
        self.assertIn("credit_kind", ours)
        partner.read(ours)
        with self.assertRaises(AccessError):
            partner.read(["credit_next_date"])
        self.env["res.partner"].with_user(self.stranger).get_view(view_type="form")

    def test_debtor_learns_nothing(self):
        """An invoice that its debtor may read does not tell what we are up to."""
        self.portal.partner_id.parent_id = self.debtor
        self.move.message_subscribe(self.portal.partner_id.ids)
        move = self.move.with_user(self.portal)
        self.assertTrue(move.has_access("read"))
        self.assertTrue(move.read(["name"]))
        for field in (
            "credit_block_reason",
            "credit_step_id",
            "credit_next_date",
            "credit_reminder_count",
            "credit_dispute_ids",
            "credit_policy_id",
        ):
            with self.subTest(field), self.assertRaises(AccessError):
                move.read([field])
        with self.assertRaises(AccessError):
            self.debtor.with_user(self.portal).read(["credit_hold_ids"])

    def test_invoicing_sees(self):
        self.assertTrue(self.invoicing.has_group("credit_management.group_viewer"))
        self.assertFalse(self.invoicing.has_group("credit_management.group_collector"))
        move = self.move.with_user(self.invoicing)
        self.assertTrue(move.credit_is_due)
        self.assertFalse(move.credit_reminder_count)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_viewer_does_nothing(self):
        run = self.env["credit.run"].create({"company_id": self.company.id})
        acts = [(run, "action_propose"), (run, "action_cancel")]
        proposed = self.propose()
        reminder = proposed.reminder_ids
        acts += [(proposed, "action_confirm"), (reminder.line_ids, "action_exclude")]
        acts += [
            (reminder, f"action_{name}")
            for name in (
                "approve",
                "mark_done",
                "cancel",
                "skip",
                "retry",
                "revoke_link",
                "print_letters",
            )
        ]
        hold = self.env["credit.hold"].create(
            {"partner_id": self.debtor_b.id, "date_end": TODAY, "reason": "R"}
        )
        acts.append((hold, "action_release"))
        for record, action in acts:
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(record.with_user(self.viewer), action)()
        self.assertEqual(reminder.state, "to_approve")
        self.assertEqual(len(reminder.line_ids), 1)

    def test_collector_s_day(self):
        """From the run to the sent message, with no more rights than a collector's."""
        self.make_invoice(self.debtor_b)
        self.make_invoice(self.debtor_b)
        collector = self.env(user=self.collector, su=False)
        run = collector["credit.run"].create({})
        self.assertEqual(run.company_id, self.company)
        run.action_propose()
        mine, other = run.reminder_ids.sorted("partner_id")
        self.assertTrue(mine.preview_html)
        mine.personal_note = "<p>Kind regards</p>"
        other.line_ids[0].action_exclude()
        self.assertEqual(len(other.line_ids), 1)
        run.action_confirm()
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"queued"})
        self.deliver(run.reminder_ids)
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"sent"})
        self.assertIn("Kind regards", mine.message_ids[0].body)
        self.assertEqual(mine.with_user(self.collector).delivery_state, "pending")
        # The access to the debtor's page is no business of a browser.
        with self.assertRaises(AccessError):
            mine.read(["access_version"])
        mine.action_revoke_link()

    def test_collector_holds_and_disputes(self):
        collector = self.env(user=self.collector, su=False)
        hold = collector["credit.hold"].create(
            {"partner_id": self.debtor.id, "date_end": TODAY, "reason": "R"}
        )
        self.assertReason(self.move, "hold")
        hold.action_release()
        reason = self.env["credit.dispute.reason"].create({"name": "Quality"})
        dispute = collector["credit.dispute"].create(
            {"move_id": self.move.id, "reason_id": reason.id}
        )
        self.assertReason(self.move, "dispute")
        dispute.action_reject()
        self.assertReason(self.move, False)

    def test_sent_is_not_rewritten(self):
        """What a reminder claimed is not changed after it left, by nobody's click."""
        reminder = self.queued(self.move)
        self.deliver(reminder)
        reminder = reminder.with_user(self.collector)
        self.assertTrue(reminder.has_access("write"))
        for values in (
            {"amount_total": 1},
            {"state": "cancelled"},
            {"date_done": "2026-01-01"},
            {"contact_id": self.debtor_b.id},
            {"line_ids": [Command.clear()]},
            {"step_id": self.policy.step_ids[1].id},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                reminder.write(values)
        with self.assertRaises(UserError):
            reminder.line_ids.write({"amount_residual": 1})
        with self.assertRaises(UserError):
            reminder.line_ids.copy()
        # What became of it may still be noted.
        reminder.delivery_state = "delivered"
        self.assertEqual(reminder.amount_total, 100)

    def test_no_run_for_another_company(self):
        with self.assertRaises(AccessError):
            self.env["credit.run"].with_user(self.collector).create(
                {"company_id": self.other_company.id}
            )

    def test_menus(self):
        """Everybody sees the menus of what they may do."""
        visible = {
            "menu_credit_run": (self.collector, self.manager),
            "menu_credit_configuration": (self.manager,),
        }
        for name, users in visible.items():
            menu = self.env.ref(f"credit_management.{name}")
            for user in (self.stranger, self.collector, self.manager):
                # With all that it stands below.
                ids = self.env["ir.ui.menu"].with_user(user).load_menus(False)
                self.assertEqual(menu.id in ids, user in users, (name, user.login))

    def test_views_open(self):
        """Each view is valid for each kind of user."""
        for model in RIGHTS:
            for user in (self.viewer, self.collector, self.manager):
                for kind in ("list", "form", "search"):
                    self.env[model].with_user(user).get_view(view_type=kind)
