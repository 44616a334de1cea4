"""The debtor's page does not ask for what is past its limitation."""

from datetime import timedelta

from lxml import html

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW, TODAY
from odoo.addons.credit_management.tests.portal_common import PortalCommon

from .common import CaseCommon

SENTENCE = "interrupts the limitation period"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAccountLimitation(PortalCommon, CaseCommon):
    """100 and 200 are overdue, 50 fall due later; the 200 are past their limitation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.env["credit.account"].sudo()
        cls.past = cls.keep_limit(cls.mid, TODAY - timedelta(days=1))
        cls.item = cls.items(cls.mid)
        cls.currency = cls.mid.currency_id

    @classmethod
    def keep_limit(cls, move, day):
        item = cls.items(move)
        kept = cls.env["credit.limitation.item"].sudo()
        kept.search([("move_line_id", "=", item.id)]).unlink()
        return kept.create(
            {
                "move_line_id": item.id,
                "company_id": move.company_id.id,
                "partner_id": move.commercial_partner_id.id,
                "date": day,
            }
        )

    def total(self):
        [total] = self.service._picture(self.account).totals.values()
        return {name: total[name] for name in ("now", "overdue", "held", "whole")}

    def acknowledgement(self, moves):
        items = self.items(moves)
        offer = self.env["credit.plan"].sudo()._offer(items, 3, "monthly", TODAY)
        return self.service._acknowledgement(self.account, items, offer)

    def test_page(self):
        """It stands apart, with a box to tick; the rest is asked for alone."""
        self.make_bank()
        self.assertEqual(
            self.total(), {"now": 100, "overdue": 100, "held": 200, "whole": 150}
        )
        response = self.get()
        main = html.fromstring(response.text).xpath("//main")[0]
        text = " ".join(main.text_content().split())
        self.assertIn("They are past their limitation period: they are not asked", text)
        self.assertRegex(text, r"Pay all that is owed now: \D*100\.00")
        self.assertRegex(text, r"Amount \D*100\.00")
        self.assertIn(f'name="item" value="{self.item.id}"', response.text)

    def test_last_day(self):
        """Asked for up to its last day, later only if a manager lets it be reminded."""
        self.past.date = TODAY
        self.assertEqual(self.total()["now"], 300)
        self.past.date = TODAY - timedelta(days=1)
        self.past.allowed_by_id = self.env.user
        self.assertEqual(self.total()["now"], 300)

    def test_statement(self):
        values = self.service._statement_values(self.account)
        sums = {row[0]: row[1] for row in values["sums"]}
        self.assertEqual((sums["Owed now"], sums["Handled apart"]), (100, 200))

    def test_paid_by_whoever_ticks_it(self):
        self.assertEqual(
            self.service._due(self.account, f"i.{self.item.id}").amount, 200
        )
        due = self.service._due(self.account, f"o.{self.currency.id}")
        self.assertEqual((due.items, due.amount), (self.items(self.old), 100))
        with self.assertRaisesRegex(UserError, "more than you owe"):
            self.service._due(self.account, f"p.20000.{self.currency.id}")

    def test_nothing_else_is_open(self):
        """Nothing is owed now, loose fees included: no promise, no plan."""
        self.pay(self.old)
        self.pay(self.later)
        self.env["credit.charge"].sudo().create(
            {
                "company_id": self.company.id,
                "partner_id": self.debtor.id,
                "currency_id": self.currency.id,
                "kind": "fee",
                "date": TODAY,
                "amount": 15,
            }
        )
        self.assertEqual(
            self.total(), {"now": 0, "overdue": 0, "held": 215, "whole": 0}
        )
        source = self.get().text
        for word in ("Pay all that is owed now", 'id="credit_promise"', "By bank"):
            self.assertNotIn(word, source)
        self.assertNotIn('id="credit_plan"', source)
        with self.assertRaisesRegex(UserError, "past their limitation period"):
            self.service._due(self.account, f"o.{self.currency.id}")

    def test_no_promise_and_no_plan(self):
        self.service._check_not_busy(self.account, self.items(self.old))
        with self.assertRaisesRegex(UserError, "past its limitation period"):
            self.service._check_not_busy(self.account, self.items(self.old | self.mid))
        self.past.allowed_by_id = self.env.user
        self.service._check_not_busy(self.account, self.item)

    def test_no_collector_agrees_on_it(self):
        """None of it is proposed, and no form takes it; a manager may let it pass."""
        self.assertEqual(self.debtor._credit_overdue_items(), self.items(self.old))
        for model in ("credit.promise", "credit.plan"):
            refused = self.assertRaisesRegex(UserError, "past its limitation")
            with refused, self.cr.savepoint():
                self.env[model].create({"item_ids": [Command.set(self.item.ids)]})
        self.past.allowed_by_id = self.env.user
        self.assertIn(self.item, self.debtor._credit_overdue_items())

    def test_no_task_presses_for_it(self):
        """A word that was given while it could be asked for, and was not kept."""
        self.past.date = TODAY
        promise = self.env["credit.promise"].create(
            {"item_ids": [Command.set(self.item.ids)]}
        )
        plan = self.env["credit.plan"]._request(
            self.items(self.old), 2, "month", TODAY + timedelta(days=7)
        )
        old = self.keep_limit(self.old, TODAY)
        promise.sudo().state = "broken"
        plan.sudo().state = "broken"

        def broken():
            self.env.flush_all()
            self.env.invalidate_all()
            tasks = self.env["credit.task"].search(
                [("kind", "in", ("promise_broken", "plan_broken"))]
            )
            own = tasks.filtered(lambda task: task.company_id == self.company)
            return set(own.mapped("kind"))

        self.assertEqual(broken(), {"promise_broken", "plan_broken"})
        (self.past | old).date = TODAY - timedelta(days=1)
        self.assertEqual(broken(), set())
        old.allowed_by_id = self.env.user
        self.assertEqual(broken(), {"plan_broken"})

    def test_case_comes_first(self):
        """Whoever opened a case has decided: it says who handles it, and no more."""
        self.make_case(self.mid)
        [row] = [
            row for row in self.service._picture(self.account).claims if row["held"]
        ]
        self.assertEqual([code for code, _label in row["statuses"]], ["case"])

    def test_acknowledgement(self):
        """It does not say of a period that is over that it is interrupted."""
        self.debtor.country_id = self.env.ref("base.fr")
        self.keep_limit(self.old, TODAY)
        self.assertIn(SENTENCE, self.acknowledgement(self.old))
        self.past.allowed_by_id = self.env.user
        for moves in (self.mid, self.old | self.mid):
            said = self.acknowledgement(moves)
            self.assertNotIn("limitation period", said)
            self.assertIn("It does not replace the claim by a new one.", said)
