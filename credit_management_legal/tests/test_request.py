"""Requests of third parties: nothing follows from asking, all from deciding."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.credit_management.tests.common import (
    NOW,
    TODAY,
    DeliveryCommon,
    days_ago,
)

from .case_portal_common import CasePortalCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestRequest(CasePortalCommon, DeliveryCommon):
    def answers(self, case=None):
        return (case or self.case).event_ids.filtered(lambda e: e.kind == "answer")

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def test_asking_changes_nothing_and_is_seen_at_once(self):
        before = (self.case.state, self.case.kind, self.case.amount_residual)
        with self.mock_mail_gateway():
            asked = self.ask("discount", percent=10, text="Pays today then.")
        self.assertEqual(asked.state, "open")
        self.assertEqual(asked.figures_text, "Discount: 10 % of what is open")
        self.assertEqual(
            (self.case.state, self.case.kind, self.case.amount_residual), before
        )
        self.assertEqual((asked.firm_id, asked.user_id), (self.agency, self.collector))
        self.assertEqual(asked.amount_now, 150)
        event = asked.event_id
        self.assertEqual((event.kind, event.origin), ("question", "party"))
        self.assertEqual(event.name, "Request: Discount")
        self.assertIn("10 % of what is open", event.note)
        self.assertEqual(self.case.last_report_at, fields.Datetime.now())
        activity = asked.activity_ids
        self.assertEqual(activity.user_id, self.collector)
        self.assertEqual(activity.date_deadline, TODAY)
        # One e-mail, to whoever is responsible.
        self.assertEqual(len(self._mails), 1)
        mail = self._mails[0]
        self.assertEqual(mail["email_to"], [self.collector.email_formatted])
        self.assertIn(self.case.name, mail["subject"])
        self.assertIn("Pays today then.", mail["body"])

    def test_worklist(self):
        asked = self.ask("stop", text="Nobody is there any more.")
        tasks = (
            self.env["credit.task"]
            .with_user(self.collector)
            .search([("kind", "=", "case_request")])
        )
        self.assertEqual(len(tasks), 1)
        self.assertEqual(tasks._record(), asked)
        self.assertEqual(tasks.id, asked.id * 64 + 31)
        self.assertEqual((tasks.amount, tasks.days), (1500, 100))
        self.assertEqual(tasks.user_id, self.collector)
        self.assertIn(self.agency.name, tasks.name)
        self.assertIn("Nobody is there", tasks.summary)
        self.assertEqual(tasks.action_open()["res_model"], "credit.case.request")
        with self.assertRaises(UserError):
            tasks.with_context(act="done").action_act()
        asked.action_withdraw()
        self.assertFalse(self.env["credit.task"].search([("id", "=", tasks.id)]))

    def test_case_without_a_collector(self):
        self.case.user_id = False
        asked = self.ask("stop")
        self.assertFalse(asked.activity_ids)
        self.assertTrue(
            self.env["credit.task"].search_count([("kind", "=", "case_request")])
        )

    def test_question_by_a_report(self):
        """Whichever way a question comes, it waits for its answer."""
        event = self.case._accept_report(
            {"type": "question", "date": self.day, "text": "Which address?"},
            "feed",
            author=self.agency,
        )
        asked = self.case.request_ids
        self.assertEqual((asked.event_id, asked.kind), (event, "question"))
        self.assertEqual((asked.origin, asked.text), ("feed", "Which address?"))
        self.assertFalse(self.case.activity_ids)
        self.assertEqual(len(self.case.event_ids), 1)

    # ------------------------------------------------------------------
    # Answering
    # ------------------------------------------------------------------

    def test_answer_by_the_field(self):
        self.anna.partner_id.lang = self.env["res.lang"]._activate_lang("fr_FR").code
        asked = self.ask().with_user(self.collector)
        with self.assertRaisesRegex(UserError, "Answer"):
            asked.action_approve()
        asked.answer = "At 5 rue Neuve."
        with self.mock_mail_gateway():
            asked.action_approve()
        self.assertEqual((asked.state, asked.answered_by), ("approved", self.collector))
        self.assertFalse(asked.activity_ids)
        self.assertEqual(self.answers().note, "At 5 rue Neuve.")
        self.assertEqual(len(self._mails), 1)
        mail = self._mails[0]
        self.assertEqual(mail["email_to"], [self.anna.email_formatted])
        self.assertIn("At 5 rue Neuve.", mail["body"])
        self.assertIn(f"/my/cases/{self.case.id}#request_{asked.id}", mail["body"])
        with self.assertRaisesRegex(UserError, "settled already"):
            asked.action_approve()

    def test_answer_from_the_chatter(self):
        asked = self.ask().with_user(self.collector)
        asked.message_post(body="Let me look.", subtype_xmlid="mail.mt_note")
        self.assertEqual(asked.state, "open")
        with self.mock_mail_gateway():
            asked.message_post(
                body="At 5 rue Neuve.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertEqual((asked.state, asked.answer), ("approved", "At 5 rue Neuve."))
        self.assertEqual(len(self._mails), 1, "what was written goes out once")
        self.assertEqual(len(self.answers()), 1)
        # And back: what the third party adds opens it again.
        asked.sudo().message_post(
            body="Which floor?",
            author_id=self.anna.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(asked.state, "open")
        self.assertEqual(asked.activity_ids.user_id, self.collector)

    def test_mail_of_a_stranger_answers_nothing(self):
        asked = self.ask()
        asked.sudo().with_user(self.env.ref("base.user_root")).message_post(
            body="All is given up.",
            email_from="somebody@elsewhere.example.com",
            author_id=False,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual((asked.state, asked.answer), ("open", False))

    def test_chatter_decides_nothing(self):
        asked = self.ask("discount", percent=50)
        asked.message_post(
            body="We think about it.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(asked.state, "open")

    def test_refused_with_a_reason(self):
        asked = self.ask("lawsuit")
        with self.assertRaisesRegex(UserError, "Why it is refused"):
            asked.action_refuse()
        asked.answer = "Too small."
        asked.action_refuse()
        self.assertEqual((asked.state, self.case.kind), ("refused", "amicable"))
        self.assertEqual(self.answers().name, "Lawsuit: refused")

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def test_plan(self):
        asked = self.ask(
            "plan",
            number=3,
            frequency="month",
            first_date=TODAY + timedelta(days=10),
        )
        asked.action_approve()
        plan = asked.plan_id
        self.assertEqual((plan.state, len(plan.line_ids)), ("active", 3))
        self.assertEqual(plan.item_ids, self.items(self.old | self.second))
        self.assertEqual(sum(plan.line_ids.mapped("amount")), plan.amount_total)
        self.assertEqual(plan.source, "party")
        # In the case all the same.
        self.assertEqual(self.case.state, "open")
        self.assertTrue(all(self.case.line_ids.mapped("is_open")))
        self.assertIn(plan.name, self.answers().note)
        self.assertEqual(asked.action_open_plan()["res_id"], plan.id)

    def test_plan_of_what_is_paid(self):
        asked = self.ask(
            "plan", number=3, frequency="month", first_date=TODAY + timedelta(days=10)
        )
        self.pay(self.old | self.second)
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            asked.action_approve()
        self.assertEqual(asked.state, "open")

    def test_discount_is_written_down_and_not_booked(self):
        asked = self.ask("discount", percent=12.5)
        moves = self.env["account.move"].search_count([])
        # What was paid meanwhile is not given up as well.
        self.pay(self.old)
        moves = self.env["account.move"].search_count([])
        asked.action_approve()
        self.assertEqual(asked.amount_agreed, 62.5)
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertEqual(self.case.amount_residual, 500)
        todo = self.case.activity_ids
        self.assertEqual(todo.user_id, self.manager)
        self.assertIn("62.50", todo.summary)
        draft = self.env["credit.write.off"].search([("case_id", "=", self.case.id)])
        self.assertEqual((draft.state, draft.kind), ("draft", "discount"))
        self.assertEqual(draft.line_ids.move_line_id, self.items(self.second))
        self.assertEqual(draft.amount_total, 62.5)
        self.assertIn(draft.name, todo.summary)
        self.assertEqual(self.answers().amount, 62.5)

    def test_no_discount_beside_a_plan_of_the_full_sum(self):
        plan = self.ask("plan", number=2, frequency="week", first_date=TODAY)
        plan.action_approve()
        asked = self.ask("discount", percent=10)
        with self.assertRaisesRegex(UserError, f"{plan.plan_id.name}.*end it first"):
            asked.action_approve()
        self.assertEqual(asked.state, "open")
        plan.plan_id.action_cancel()
        asked.action_approve()
        self.assertEqual(asked.state, "approved")

    def test_discount_of_an_amount(self):
        asked = self.ask("discount", amount=800)
        self.assertEqual(asked.amount_now, 800)
        self.pay(self.old)
        self.assertEqual(asked.amount_now, 500, "never more than is open")

    def test_lawsuit(self):
        judicial = self.make_mandate(kind="judicial", reference="C-9")
        asked = self.ask("lawsuit")
        asked.action_approve()
        self.assertEqual((self.case.kind, self.case.mandate_id), ("judicial", judicial))
        self.assertEqual(self.case.party_id, self.agency)
        self.assertIn("C-9", self.answers().note)
        again = self.ask("lawsuit")
        with self.assertRaisesRegex(UserError, "already"):
            again.action_approve()

    def test_lawsuit_without_another_mandate(self):
        self.ask("lawsuit").action_approve()
        self.assertEqual(self.case.kind, "judicial")
        self.assertEqual(self.case.mandate_id, self.mandate)

    def test_stop(self):
        asked = self.ask("stop")
        asked.answer = "Written off."
        asked.action_approve()
        self.assertEqual(self.case.state, "withdrawn")
        self.assertEqual(self.case.end_reason, "Written off.")
        self.assertReason(self.old, False)

    def test_stop_for_good(self):
        asked = self.ask("stop")
        asked.end_as = "close"
        asked.action_approve()
        self.assertEqual((self.case.state, self.case.date_closed), ("closed", TODAY))
        self.assertIn(self.agency.name, self.case.end_reason)
        late = self.ask("lawsuit")
        with self.assertRaisesRegex(UserError, "has ended"):
            late.action_approve()

    def test_case_that_went_to_others(self):
        asked = self.ask("discount", percent=10)
        self.case.write({"mandate_id": False, "party_id": self.rival.id})
        with self.assertRaisesRegex(UserError, "Agence Nord"):
            asked.action_approve()
        asked.answer = "Others have it now."
        asked.action_refuse()

    # ------------------------------------------------------------------
    # Who may what
    # ------------------------------------------------------------------

    def test_collectors_answer_managers_decide(self):
        for kind, values in (
            ("discount", {"percent": 5}),
            ("plan", {"number": 2, "frequency": "week", "first_date": TODAY}),
            ("lawsuit", {}),
            ("stop", {}),
        ):
            asked = self.ask(kind, **values).with_user(self.collector)
            asked.answer = "Yes"
            for act in ("action_approve", "action_refuse"):
                with self.subTest(kind), self.assertRaises(AccessError):
                    getattr(asked, act)()
            self.assertEqual(asked.state, "open")
        other = self.ask("other").with_user(self.collector)
        other.answer = "Yes"
        other.action_approve()
        self.assertEqual(other.state, "approved")

    def test_what_was_asked_is_not_rewritten(self):
        asked = self.ask("discount", percent=10)
        for user in (self.collector, self.manager):
            for values in (
                {"percent": 90},
                {"state": "approved"},
                {"firm_id": self.rival.id},
                {"text": "Something else"},
                {"amount_agreed": 900},
                {"answered_by": self.collector.id},
            ):
                with self.subTest(values), self.assertRaises(UserError):
                    asked.with_user(user).write(values)
            with self.assertRaises(AccessError):
                asked.with_user(user).unlink()
        with self.assertRaises(UserError), self.cr.savepoint():
            asked.sudo().unlink()
        with self.assertRaises(AccessError):
            self.env["credit.case.request"].with_user(self.manager).create(
                {"case_id": self.case.id, "kind": "other", "firm_id": self.agency.id}
            )
        viewer = self.make_user("viewer", "group_viewer")
        asked = asked.with_user(viewer)
        self.assertEqual(asked.percent, 10)
        with self.assertRaises(AccessError):
            asked.answer = "Yes"
        with self.assertRaises(AccessError):
            asked.action_withdraw()

    def test_two_companies_and_currencies(self):
        neighbour = self.make_user("neighbour", "group_manager", self.other_company)
        here = self.ask("discount", percent=10)
        there = self.ask("discount", case=self.case_there, percent=10)
        self.assertEqual((there.currency_id, there.amount_now), (self.dollar, 88.8))
        seen = self.env["credit.case.request"].with_user(neighbour).search([])
        self.assertEqual(seen.ids, there.ids)
        with self.assertRaises(AccessError):
            here.with_user(neighbour).read(["text"])
        tasks = self.env["credit.task"].with_user(neighbour)
        tasks = tasks.with_company(self.other_company)
        task = tasks.search([("kind", "=", "case_request")])
        self.assertEqual((task._record().id, task.amount), (there.id, 888))

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def test_give_access(self):
        contact = self.env["res.partner"].create(
            {"name": "Carl", "parent_id": self.agency.id, "email": "carl@example.com"}
        )
        action = self.mandate.action_credit_portal_access()
        wizard = self.env["portal.wizard"].browse(action["res_id"])
        people = wizard.user_ids
        firm = self.agency | self.anna.partner_id | self.bert.partner_id | contact
        self.assertEqual(people.partner_id, firm)
        self.assertIn("Cases", wizard.welcome_message)
        with self.mock_mail_gateway():
            people.filtered(lambda p: p.partner_id == contact).action_grant_access()
        user = contact.user_ids
        self.assertTrue(user._is_portal())
        cases = self.env["credit.case.portal"].with_user(user)
        self.assertTrue(cases._case(self.case.id))
        self.assertEqual(self.agency.credit_portal_user_text, "Anna, Bert, Carl")
        self.assertFalse(self.debtor.credit_portal_user_text)
        with self.assertRaisesRegex(UserError, "Dupont"):
            self.debtor.action_credit_portal_access()

    def test_screens(self):
        asked = self.ask("plan", number=2, frequency="week", first_date=days_ago(-9))
        with Form(asked) as form:
            form.answer = "We think about it."
        for user in (self.collector, self.manager):
            for kind in ("form", "list", "kanban", "search"):
                self.env["credit.case.request"].with_user(user).get_view(view_type=kind)
        with Form(self.case.with_user(self.manager)) as form:
            self.assertEqual(len(form.request_ids), 1)
        self.assertEqual(asked.action_open_case()["res_id"], self.case.id)
        self.assertEqual(asked.display_name, f"{self.case.name} · Instalments")
