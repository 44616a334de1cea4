"""A policy that takes debtors over from another one says so."""

from odoo.tests import Form, freeze_time, tagged

from .common import NOW, REMINDER_1, REMINDER_2, CreditCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPolicyTakeover(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.make_policy(REMINDER_1, REMINDER_2, name="First")
        cls.move = cls.make_invoice()
        cls.move_b = cls.make_invoice(cls.debtor_b)
        cls.make_invoice(cls.debtor_b)
        for move in (cls.move, cls.move_b):
            cls.remind(move, cls.first.step_ids[0])

    def values(self, name, **values):
        step = {"name": "Only", "delay_days": 1}
        return {"name": name, "step_ids": [(0, 0, step)], **values}

    def test_a_new_policy_goes_last(self):
        self.first.sequence = 7000
        policies = self.env["credit.policy"].create(
            [self.values("Second"), self.values("Third")]
        )
        self.assertEqual(policies.mapped("sequence"), [7010, 7010])
        self.assertEqual(self.first.copy().sequence, 7020)
        self.assertEqual(self.move.credit_step_id, self.first.step_ids[0])
        self.assertFalse(policies[0].takeover_text)

    def test_a_form_tells_before_and_after_saving(self):
        form = Form(self.env["credit.policy"])
        form.name = "Takes all"
        self.assertFalse(form.takeover_text)
        form.sequence = 1
        told = (
            f"Customers of {self.company.name} to whom this policy applies as it "
            "stands here: 2; their open items: 3. Items that have reached a step of "
            "another policy: 2; their customers: 2. The step does not count here: they "
            "begin anew, as “New items start” says."
        )
        self.assertEqual(form.takeover_text, told)
        form.partner_domain = f"[('id', '=', {self.debtor.id})]"
        self.assertIn("as it stands here: 1;", form.takeover_text)
        self.assertIn("another policy: 1; their customers: 1.", form.takeover_text)
        form.partner_domain = "[('id', '=', 0)]"
        self.assertFalse(form.takeover_text)
        form.partner_domain = "[nonsense"
        self.assertFalse(form.takeover_text)
        form.partner_domain = "[]"
        policy = form.save()
        self.assertEqual(policy.takeover_text, told)
        # What the engine does is what was told.
        self.assertFalse(self.move.credit_step_id)
        self.assertFalse(self.first.takeover_text)
        with Form(policy) as form:
            form.sequence = 99
            self.assertFalse(form.takeover_text)
            form.sequence = 1
            self.assertEqual(form.takeover_text, told)

    def test_what_has_begun_again_is_old_news(self):
        policy = self.make_policy(REMINDER_1, name="Second", sequence=1)
        for move, left in ((self.move, "another policy: 1;"), (self.move_b, False)):
            self.remind(move, policy.step_ids)
            policy.invalidate_recordset(["takeover_text"])
            if left:
                self.assertIn(left, policy.takeover_text)
            else:
                self.assertFalse(policy.takeover_text)

    def test_an_invoice_with_a_policy_of_its_own_stays(self):
        self.move.credit_policy_id = self.first
        policy = self.make_policy(REMINDER_1, name="Second", sequence=1)
        self.assertIn("another policy: 1; their customers: 1.", policy.takeover_text)

    def test_before_anything_was_sent(self):
        self.env["credit.reminder"].search([]).sudo().state = "cancelled"
        form = Form(self.env["credit.policy"])
        form.name = "Takes all"
        form.sequence = 1
        self.assertEqual(
            form.takeover_text,
            f"Customers of {self.company.name} to whom this policy applies as it "
            "stands here: 2; their open items: 3.",
        )
        self.assertFalse(form.save().takeover_text)

    def test_the_policy_of_a_customer(self):
        policy = self.make_policy(REMINDER_1, name="Chosen", sequence=99)
        debtor = self.debtor.with_company(self.company)
        self.assertFalse(debtor.credit_takeover_text)
        with Form(debtor) as form:
            form.credit_policy_id = policy
            self.assertIn("another policy: 1.", form.credit_takeover_text)
            self.assertIn("“Chosen”", form.credit_takeover_text)
            form.credit_policy_id = self.first
            self.assertFalse(form.credit_takeover_text)
