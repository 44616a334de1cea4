"""Payment plans in the ledger: limits, instalments in order, tolerance, new terms."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import html2plaintext

from odoo.addons.mail.tests.common import MailCommon

from ..models.credit_plan_line import CreditPlan
from .answers_common import AnswersCommon
from .common import TODAY, days_ago


@tagged("post_install", "-at_install")
class TestPlan(AnswersCommon, MailCommon):
    def _follow(self, offset):
        """The scheduled action, some days from today."""
        day = TODAY + timedelta(days=offset)
        with freeze_time(f"{day} 12:00:00"), self.mock_mail_gateway():
            with self.enter_registry_test_mode():
                self.env.ref("credit_management.ir_cron_plans").method_direct_trigger()
        self.env.invalidate_all()

    def test_inside_the_limits(self):
        for move in (self.move, self.foreign, self.abroad):
            with self.subTest(move.currency_id.name):
                plan = self.plan(move, number=3)
                self.assertEqual(plan.state, "active")
                self.assertEqual(plan.line_ids.mapped("amount"), [33.33, 33.33, 33.34])
                self.assertEqual(plan.amount_total, 100)
                self.assertReason(move, "plan")
                self.assertIn(plan.name, self.notes(move))

    def test_outside_the_limits(self):
        self.policy.plan_max_number = 2
        plan = self.plan(number=3)
        self.assertEqual(plan.state, "requested")
        self.assertReason(self.move, "plan")
        plan.action_accept()
        self.assertEqual(plan.state, "active")
        other = self.plan(self.second, number=3)
        other.action_refuse()
        self.assertReason(self.second, False)
        self.assertIn("refused", self.notes(self.second))

    def test_what_is_over_asks_for_nothing(self):
        """Instalments of plans that end are open no more, and none comes next."""
        refused, ended = self.plan(number=12), self.plan(self.second)
        self.assertTrue(refused.date_next and ended.date_next)
        refused.action_refuse()
        ended.action_cancel()
        renewed = self.plan(number=2)
        renewed.action_accept()
        renewed.action_renegotiate()
        for plan in (refused, ended, renewed):
            with self.subTest(plan.state):
                self.assertEqual(set(plan.line_ids.mapped("state")), {"dropped"})
                self.assertFalse(plan.date_next)
                self.assertEqual(plan.amount_next, 0)

    def test_what_was_paid_stays_paid(self):
        plan = self.plan(self.second)
        self.pay(self.second, plan.line_ids[0].amount)
        plan.action_cancel()
        states = plan.line_ids.mapped("state")
        self.assertEqual((states[0], set(states[1:])), ("paid", {"dropped"}))

    def test_a_policy_that_asks_a_person(self):
        self.policy.plan_auto = False
        plan = self.plan()
        self.assertEqual(plan.state, "requested")
        self.assertIn("a person decides on every plan", plan.decision_text)
        plan.action_accept()
        self.assertFalse(plan.decision_text)

    def test_why_a_person_decides(self):
        """The collector reads what the debtor was told; nothing warns of no credit."""
        self.policy.write({"plan_max_number": 2, "plan_max_days": 20})
        plan = self.plan(number=3)
        self.assertIn("More than 2 instalments.", plan.decision_text)
        self.assertIn("The last instalment falls after", plan.decision_text)
        self.assertIs(plan.credit_text, False)
        plan.action_refuse()
        again = self.plan(number=2)
        self.assertIn("was refused lately", again.decision_text)
        self.assertNotIn("More than", again.decision_text)

    def test_what_is_refused_at_once(self):
        self.plan()
        count = self.env["credit.plan"].search_count([])
        for moves, number, days in (
            (self.move, 2, 7),  # there is one
            (self.second, 0, 7),
            (self.second, -3, 7),
            (self.second, 10**9, 7),
            (self.second, 2, -1),
        ):
            with self.subTest(number=number, days=days):
                with self.assertRaises(UserError):
                    self.plan(moves, number=number, days=days)
        self.assertEqual(self.env["credit.plan"].search_count([]), count)

    def test_a_form_shows_what_is_agreed_on(self):
        form = Form(
            self.env["credit.plan"].with_context(
                default_item_ids=self.items(self.move).ids
            )
        )
        form.number = 2
        self.assertIn("2 instalments of at most 50.00", form.offer_text)
        table = " ".join(html2plaintext(form.offer_html).split())
        self.assertEqual(table.count("50.00"), 2)
        self.assertIn("100.00", table)
        form.first_date = days_ago(1)
        self.assertIn("past", form.offer_text)
        self.assertFalse(form.offer_html)
        form.first_date = TODAY
        plan = form.save()
        plan.action_accept()
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.line_ids.mapped("amount"), [50, 50])

    def test_offer_writes_nothing(self):
        self.policy.write({"plan_max_number": 2, "plan_min_amount": 50})
        offer = self.env["credit.plan"]._offer(
            self.items(self.foreign), 3, "month", TODAY
        )
        self.assertFalse(offer["within"])
        self.assertEqual(len(offer["refusals"]), 2)
        # 50 euros are 100 dollars.
        self.assertIn("100.00", " ".join(offer["refusals"]))
        self.assertFalse(self.env["credit.plan"].search([]))

    def test_payments_settle_in_order(self):
        plan = self.plan(self.move | self.second, number=3)
        self.pay(self.second, 150)
        self.assertEqual(plan.line_ids.mapped("amount_paid"), [100, 50, 0])
        self.assertEqual(plan.line_ids.mapped("state"), ["paid", "open", "open"])
        self.assertEqual((plan.amount_next, plan.amount_paid), (50, 150))
        self.pay(self.move)
        self.pay(self.second)
        self.assertEqual(plan.state, "done")
        self.items(self.second).remove_move_reconcile()
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.line_ids.mapped("amount_paid"), [100, 0, 0])

    def test_breaks_after_the_tolerance(self):
        plan = self.plan()
        self._follow(12)
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.line_ids.mapped("state"), ["late", "open"])
        self._follow(13)
        self.assertEqual(plan.state, "broken")
        self.assertIn("plan is broken", self.notes(self.move))
        with freeze_time(f"{TODAY + timedelta(days=13)} 12:00:00"):
            self.assertReason(self.move, False)
        # The next one is for a person to decide.
        again = self.plan(days=30)
        self.assertEqual(again.state, "requested")

    def test_told_once_before_each_instalment(self):
        plan = self.plan()
        self._follow(3)
        self.assertFalse(self._new_mails)
        self._follow(4)
        self.assertEqual(len(self._new_mails), 1)
        self.assertEqual(self._new_mails.recipient_ids, self.debtor)
        self.assertIn("50.00", self._new_mails.body_html)
        self._follow(4)
        self._follow(6)
        self.assertFalse(self._new_mails)
        self.assertTrue(plan.line_ids[0].told)
        self.assertFalse(plan.line_ids[1].told)
        self.assertTrue(plan.message_ids.filtered(lambda m: "50.00" in m.body))

    def test_who_has_paid_is_not_told(self):
        self.plan()
        self.pay(self.move, 50)
        self._follow(5)
        self.assertFalse(self._new_mails)

    def test_told_in_the_language_of_the_debtor(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        self.plan()
        self._follow(5)
        self.assertIn("50,00", self._new_mails.body_html)

    def test_new_terms_keep_the_old_plan(self):
        plan = self.plan(self.move | self.second, number=3)
        self.pay(self.second, 100)
        action = plan.action_renegotiate()
        new = self.env["credit.plan"].browse(action["res_id"])
        self.assertEqual(plan.state, "replaced")
        self.assertEqual(len(plan.line_ids), 3)
        self.assertEqual(new.replaces_id, plan)
        self.assertEqual((new.amount_total, len(new.line_ids)), (200, 2))
        new.number = 4
        new.action_schedule()
        self.assertEqual(new.line_ids.mapped("amount"), [50] * 4)
        new.action_accept()
        self.assertReason(self.move, "plan")

    def test_takes_over_from_a_promise(self):
        promise = self.promise()
        self.plan()
        self.assertEqual(promise.state, "cancelled")

    def test_number_is_drawn_when_saved(self):
        """A form that is opened and left again takes none."""
        for name in ("credit.plan", "credit.postal.batch", "credit.run"):
            [sequence] = self.env["ir.sequence"].search([("code", "=", name)])
            before = sequence.number_next_actual
            given = self.env[name].default_get(["name"])
            self.assertEqual(given, {"name": "New"})
            sequence.invalidate_recordset()
            self.assertEqual(sequence.number_next_actual, before)
        run = self.env["credit.run"].create({**given, "company_id": self.company.id})
        self.assertTrue(run.name.startswith("RUN/"))
        sequence.invalidate_recordset()
        self.assertGreater(sequence.number_next_actual, before)

    def test_rights(self):
        plan = self.plan(number=12)
        abroad = self.make_user("abroad", companies=self.other_company)
        viewer = self.make_user("viewer", "group_viewer")
        collector = self.make_user("collector")
        for user in (abroad, viewer):
            with self.assertRaises(AccessError):
                plan.with_user(user).action_accept()
        with self.assertRaises(AccessError):
            plan.line_ids.with_user(abroad).read(["amount"])
        plan.with_user(collector).action_accept()
        self.assertEqual(plan.state, "active")

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def _in(self, days):
        return freeze_time(f"{TODAY + timedelta(days=days)} 12:00:00")

    def test_a_request_that_is_late_is_not_accepted(self):
        plan = self.plan(number=12)
        with self._in(20):
            with self.assertRaisesRegex(UserError, "lies in the past"):
                plan.action_accept()
            self.assertEqual(plan.state, "requested")
            # What was paid meanwhile is no reason.
            self.pay(self.move, 10, day=TODAY)
            plan.action_accept()
            self.assertEqual(plan.state, "active")

    def test_a_new_first_day_is_accepted(self):
        plan = self.plan(number=12)
        with self._in(20):
            plan.first_date = TODAY + timedelta(days=25)
            plan.action_schedule()
            plan.action_accept()
        self.assertEqual(plan.state, "active")

    def _decide(self, act):
        with self.mock_mail_gateway():
            act()
        return self._new_mails

    def test_told_when_decided(self):
        reminder = self.remind(self.move, self.step_1).sudo()
        accepted, refused = self.plan(number=12), self.plan(self.second, number=12)
        mail = self._decide(accepted.action_accept)
        self.assertEqual(mail.recipient_ids, self.debtor)
        for text in (accepted.name, "100.00", "24 June 2026", "8.33"):
            self.assertIn(text, mail.body_html)
        self.assertIn(f"/credit/{reminder._portal_token()}", mail.body_html)
        refused.refuse_reason = "Too long"
        mail = self._decide(refused.action_refuse)
        self.assertIn("Too long", mail.body_html)
        # Evidence lasts.
        self.assertTrue(refused.message_ids.filtered(lambda m: "Too long" in m.body))

    def test_not_told_what_the_page_said(self):
        self.assertFalse(self._decide(self.plan))

    def test_decision_in_the_language_of_the_debtor(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        mail = self._decide(self.plan(number=12).action_accept)
        self.assertIn("24 juin 2026", mail.body_html)
        self.assertIn(f"/my/credit/{self.company.id}", mail.body_html)

    def test_who_has_no_address_is_not_told(self):
        self.debtor.email = False
        self.assertFalse(self._decide(self.plan(number=12).action_accept))

    # ------------------------------------------------------------------
    # Paper
    # ------------------------------------------------------------------

    ACCEPTED = {
        "accepted_name": "Marie Dupont",
        "accepted_ip": "127.0.0.1",
        "acknowledgement_html": "<p>I recognise it</p>",
    }

    def test_schedule_is_kept_whoever_accepts(self):
        at_once = self.plan()
        later = self.plan(self.second, number=12, **self.ACCEPTED)
        self.assertFalse(later.acknowledgement_id)
        later.action_accept()
        self.assertIn(b"I recognise it", later.acknowledgement_id.raw)
        text = at_once.acknowledgement_id.raw.decode()
        for part in (at_once.name, self.move.name, "24 June 2026", "50.00"):
            self.assertIn(part, text)
        new = self.env["credit.plan"].browse(at_once.action_renegotiate()["res_id"])
        new.action_accept()
        self.assertIn(new.name.encode(), new.acknowledgement_id.raw)

    def stays(self):
        return self.assertRaisesRegex(UserError, "it stays as it is")

    def test_what_was_accepted_is_not_rewritten(self):
        collector, admin = self.make_user("collector"), self.make_user("boss")
        admin.group_ids += self.env.ref("base.group_system")
        plan = self.plan(number=12, **self.ACCEPTED)
        plan.with_user(collector).action_accept()
        paper, kept = plan.acknowledgement_id, plan.acknowledgement_id.raw
        changes = (
            {"acknowledgement_html": "<p>Else</p>"},
            {"accepted_name": "Somebody else"},
            {"accepted_date": "2020-01-01 00:00:00"},
            {"accepted_ip": "10.0.0.1"},
            {"acknowledgement_id": False},
        )
        for user in (collector, admin):
            for vals in changes:
                with self.subTest(user.login, **vals), self.stays():
                    plan.with_user(user).write(vals)
            with self.stays():
                paper.with_user(user).write({"raw": b"else", "name": "else.pdf"})
            with self.stays():
                paper.with_user(user).unlink()
        self.assertEqual(plan.accepted_name, "Marie Dupont")
        self.assertEqual(paper.raw, kept)

    def test_other_instalments_are_not_acknowledged(self):
        plan = self.plan(number=12, **self.ACCEPTED)
        plan.action_schedule()
        self.assertEqual(plan.accepted_name, "Marie Dupont")
        plan.number = 4
        plan.action_schedule()
        self.assertFalse(plan.accepted_name or plan.accepted_ip)
        self.assertFalse(plan.acknowledgement_html or plan.accepted_date)
        note = plan.message_ids[0].body
        self.assertIn("Marie Dupont", note)
        self.assertIn("I recognise it", note)
        plan.action_accept()
        self.assertNotIn(b"I recognise it", plan.acknowledgement_id.raw)

    def test_instalments_changed_by_hand(self):
        plan = self.plan(number=12, **self.ACCEPTED)
        line = plan.line_ids[0]
        day = line.date + timedelta(days=1)
        plan.line_ids = [Command.update(line.id, {"date": day})]
        self.assertFalse(plan.accepted_name)

    # ------------------------------------------------------------------
    # Requests
    # ------------------------------------------------------------------

    def test_request_holds_for_its_days(self):
        for move in (self.move, self.foreign, self.abroad):
            plan = self.plan(move, number=12)
            self.assertEqual(plan.hold_until, TODAY + timedelta(days=10))
        self.assertIn("06/27/2026", self.notes(self.move))
        for days, reason in ((10, "plan"), (11, False)):
            with self._in(days):
                self.assertReason(self.move, reason)
                with self.enter_registry_test_mode():
                    cron = self.env.ref("credit_management.ir_cron_resume")
                    cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(
            self.notes(self.move).count("days to decide on the payment plan are over"),
            1,
        )
        plan = self.env["credit.plan"].search([("item_ids.move_id", "=", self.move.id)])
        plan.first_date = TODAY + timedelta(days=12)
        plan.action_schedule()
        plan.action_accept()
        with self._in(12):
            self.assertReason(self.move, "plan")

    def test_policy_may_give_no_days(self):
        self.policy.plan_request_days = 0
        self.plan(number=12)
        self.assertReason(self.move, False)

    def test_asking_again_stops_nothing(self):
        self.plan(number=12).action_refuse()
        again = self.plan(number=3)
        self.assertEqual(again.state, "requested")
        self.assertFalse(again.hold_until)
        self.assertReason(self.move, False)
        self.assertIn("reminders go on meanwhile", self.notes(self.move))
        # Another debtor, and the same one long after, are heard like the first time.
        self.plan(self.foreign, number=12)
        self.assertReason(self.foreign, "plan")
        again.action_refuse()
        with self._in(61):
            later = self.plan(number=3, days=90)
            self.assertEqual(later.state, "active")

    def test_request_is_closed_once_it_is_paid(self):
        plan = self.plan(self.move | self.second, number=12)
        self.pay(self.move)
        self.assertEqual(plan.state, "requested")
        self.pay(self.second)
        self.assertEqual(plan.state, "cancelled")
        self.assertIn("is paid: the request is closed", self.notes(self.move))

    def _noted(self, *moves):
        """What a collector saves in the form."""
        plans = self.env["credit.plan"].with_user(self.collector).sudo(False)
        items = self.items(self.move.union(*moves))
        return plans.create({"item_ids": [Command.set(items.ids)]})

    def test_one_plan_at_a_time(self):
        """In the form too; new terms take the place of the old ones."""
        self.collector = self.make_user("noting")
        promise = self.promise()
        first, second = self._noted(), self._noted(self.second)
        first.action_accept()
        self.assertEqual((first.state, promise.state), ("active", "cancelled"))
        with self.assertRaisesRegex(UserError, f"{first.name} runs"):
            second.action_accept()
        with self.assertRaisesRegex(UserError, f"{first.name} runs"):
            self._noted(self.second)
        first.action_renegotiate()
        first.replaced_by_ids.action_accept()
        self.assertEqual(
            (first.state, first.replaced_by_ids.state), ("replaced", "active")
        )

    def test_every_plan_has_its_turn(self):
        """Those that stay late for days keep nobody from being followed."""
        plans = self.plan() | self.plan(self.second) | self.plan(self.foreign, days=11)
        with patch(f"{CreditPlan.__module__}.BATCH", 1):
            self._follow(8)
        late = plans[:2].line_ids.filtered(lambda line: line.state == "late")
        self.assertEqual(late.plan_id, plans[:2])
        self.assertTrue(plans[2].line_ids[0].told)
        plans[1].tolerance_days = 0
        with patch(f"{CreditPlan.__module__}.BATCH", 1):
            self._follow(9)
        self.assertEqual(plans.mapped("state"), ["active", "broken", "active"])
