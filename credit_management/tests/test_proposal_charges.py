"""Charges when reminders are proposed, against those when they are about to leave."""

from odoo.tests import tagged

from .charges_common import CHARGED_2, EMAIL_1, ChargesCommon
from .common import days_ago


@tagged("post_install", "-at_install")
class TestProposalCharges(ChargesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(EMAIL_1, CHARGED_2)
        cls.step_1, cls.step_2 = cls.policy.step_ids

    def test_proposal_and_check_say_the_same(self):
        """To the cent: many amounts, two currencies, a payment in between."""
        for index in range(12):
            move = self.make_invoice(
                overdue=25 + index,
                amount=1234.56 + 97.13 * index,
                currency=(self.dollar, self.company.currency_id)[index % 2],
            )
            self.remind(move, self.step_1, days_ago(10))
            if index == 7:
                self.pay(move, amount=500)
        reminders = self.propose().reminder_ids

        def said():
            self.env.invalidate_all()
            kept = [{**reminder.charges, "new": []} for reminder in reminders]
            names = ("amount_interest", "amount_indemnity", "amount_total")
            lines = reminders.line_ids.sorted("id")
            return (
                kept,
                reminders.mapped(lambda r: [r[name] for name in names]),
                lines.mapped(lambda line: [line[name] for name in names[:2]]),
            )

        proposed = said()
        self.assertGreater(len({line[0] for line in proposed[2]}), 10)
        self.assertNotIn("new", reminders[0].charges)
        reminders._refresh_charges()
        self.assertEqual(said(), proposed)
        self.assertEqual(len(reminders[0].charges["new"]), 12)
