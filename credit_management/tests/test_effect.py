"""What came of reminders, in figures."""

from datetime import timedelta

from lxml import etree

from odoo.fields import Command
from odoo.models import BaseModel
from odoo.tests import freeze_time, tagged

from .answers_common import AnswersCommon
from .common import TODAY, days_ago


@tagged("post_install", "-at_install")
class TestEffect(AnswersCommon):
    def rows(self, company=None, **values):
        self.env.flush_all()
        self.env.invalidate_all()
        company = company or self.company
        model = self.env["credit.effect.report"].with_context(
            allowed_company_ids=company.ids
        )
        return model.search([(name, "=", value) for name, value in values.items()])

    def remind(self, moves, step, day=None, **values):
        values.setdefault("amount_residual", moves.amount_residual)
        return super().remind(moves, step, day=day, **values)

    # ------------------------------------------------------------------
    # What became of them
    # ------------------------------------------------------------------

    def test_outcomes(self):
        """What was answered was opened, what was opened has arrived."""
        expected = {
            "pending": (0, 0, 0, 0),
            "delivered": (1, 0, 0, 0),
            "opened": (1, 1, 0, 0),
            "replied": (1, 1, 1, 0),
            "bounced": (0, 0, 0, 1),
            False: (0, 0, 0, 0),
        }
        for state, figures in expected.items():
            with self.subTest(state):
                reminder = self.remind(
                    self.make_invoice(), self.step_1, delivery_state=state
                )
                row = self.rows(reminder_id=reminder.id)
                found = (row.delivered, row.opened, row.answered, row.bounced)
                self.assertEqual(found, figures)
                self.assertEqual(row.sent, 1)
                self.assertEqual(row.answered_share, 100 * figures[2])

    def test_what_does_not_count(self):
        self.remind(self.move, self.step_1, is_thanks=True)
        self.remind(self.move, self.step_1, origin="import")
        self.remind(self.move, self.step_1, origin="import", day_known=True)
        self.remind(self.move, self.step_1, state="to_approve")
        self.remind(self.move, self.step_1, state="cancelled", skipped=True)
        self.remind(self.move, self.step_1, is_thanks=True, state="failed")
        self.assertFalse(self.rows())

    # ------------------------------------------------------------------
    # What failed
    # ------------------------------------------------------------------

    def test_refused_at_sending(self):
        """It reached nobody, claimed nothing and cost nothing."""
        self.company.credit_cost_email = 3
        move = self.make_invoice(overdue=70)
        reminder = self.remind(
            move, self.step_1, day=days_ago(60), state="failed", date_done=False
        )
        self.pay(move, day=days_ago(58))
        row = self.rows(reminder_id=reminder.id)
        self.assertEqual((row.tried, row.sent, row.failed), (1, 0, 1))
        self.assertEqual((row.delivered, row.answered), (0, 0))
        self.assertEqual((row.amount, row.paid_30, row.settled_30), (0, 0, 0))
        self.assertEqual((row.date, row.cost), (days_ago(60), 0))

    def _call(self, *outcomes, **values):
        """A call with its attempts as they were kept, one a day up to today."""
        call = self.remind(self.move, self.step_1, channel="phone", **values)
        for number, outcome in enumerate(reversed(outcomes)):
            attempt = {
                "reminder_id": call.id,
                "reminder_ids": [Command.set(call.ids)],
                "company_id": call.company_id.id,
                "partner_id": call.partner_id.id,
                "date": f"{days_ago(number)} 10:00:00",
                "outcome": outcome,
            }
            # As history: what follows from attempts is none of the report's business.
            BaseModel.create(self.env["credit.contact.attempt"], [attempt])
        return call

    def test_calls(self):
        self.company.credit_cost_phone = 4
        given_up = {"state": "cancelled", "skipped": True, "unreached": True}
        reached = {"delivery_state": "delivered"}
        for outcomes, values, expected in (
            # tried, sent, failed, delivered, answered, cost
            (("busy", "no_answer", "voicemail"), given_up, (3, 0, 1, 0, 0, 12)),
            (("no_answer", "reached"), reached, (2, 1, 0, 1, 1, 8)),
            # Done by hand: nobody knows what was said.
            ((), reached, (1, 1, 0, 1, 0, 4)),
            # Under way, or settled meanwhile: the call was made all the same.
            (("busy",), {"state": "to_approve"}, (1, 0, 0, 0, 0, 4)),
            (("busy",), {"state": "cancelled"}, (1, 0, 0, 0, 0, 4)),
        ):
            with self.subTest(outcomes=outcomes, **values):
                call = self._call(*outcomes, **values)
                row = self.rows(reminder_id=call.id)
                self.assertEqual(
                    (
                        *(row.tried, row.sent, row.failed, row.delivered),
                        *(row.answered, row.cost),
                    ),
                    expected,
                )
                self.assertEqual(row.opened, 0)

    def test_one_call_about_two(self):
        """It was made for both, and paid for once."""
        self.company.credit_cost_phone = 4
        first = self._call("reached", delivery_state="delivered")
        second = self.remind(
            self.foreign, self.step_1, channel="phone", delivery_state="delivered"
        )
        first.attempt_ids.reminder_ids |= second
        rows = self.rows()
        self.assertEqual(rows.mapped("answered"), [1, 1])
        self.assertEqual(sum(rows.mapped("cost")), 4)

    def test_visits(self):
        self.company.credit_cost_visit = 50
        reminder = self.remind(
            self.move,
            self.step_1,
            channel="visit",
            state="cancelled",
            skipped=True,
        )
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        visits = self.env["credit.visit"].create(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.debtor.id,
                    "firm_id": firm.id,
                    "date": TODAY + timedelta(days=days),
                }
                for days in (1, 2, 3)
            ]
        )
        visits = visits.sudo()
        visits.write({"reminder_id": reminder.id})
        visits[0].write({"state": "missed", "outcome": "absent"})
        visits[1].write({"state": "missed", "outcome": "other"})
        row = self.rows(reminder_id=reminder.id)
        # The third one is still to be made.
        self.assertEqual((row.tried, row.failed, row.answered), (2, 1, 0))
        self.assertEqual(row.cost, 100)
        visits[1].write({"state": "done", "outcome": "met"})
        reminder.write({"state": "sent", "skipped": False})
        row = self.rows(reminder_id=reminder.id)
        self.assertEqual((row.tried, row.sent, row.answered), (2, 1, 1))

    # ------------------------------------------------------------------
    # Payments
    # ------------------------------------------------------------------

    def _paid(self, row):
        return [row.paid_7, row.paid_15, row.paid_30]

    def test_paid_within(self):
        """On both sides of each border."""
        sent = days_ago(60)
        for days, expected in (
            (0, [100, 100, 100]),
            (7, [100, 100, 100]),
            (8, [0, 100, 100]),
            (15, [0, 100, 100]),
            (16, [0, 0, 100]),
            (30, [0, 0, 100]),
            (31, [0, 0, 0]),
        ):
            with self.subTest(days):
                move = self.make_invoice(overdue=70)
                reminder = self.remind(move, self.step_1, day=sent)
                self.pay(move, day=sent + timedelta(days=days))
                row = self.rows(reminder_id=reminder.id)
                self.assertEqual(self._paid(row), expected)
                self.assertEqual(row.settled_30, 1 if expected[2] else 0)
                self.assertEqual(row.amount, 100)

    def test_paid_before(self):
        move = self.make_invoice(overdue=70)
        self.pay(move, amount=40, day=days_ago(62))
        reminder = self.remind(move, self.step_1, day=days_ago(60))
        self.assertEqual(reminder.amount_residual, 60)
        self.pay(move, amount=30, day=days_ago(58))
        row = self.rows(reminder_id=reminder.id)
        self.assertEqual(self._paid(row), [30, 30, 30])
        self.assertEqual((row.amount, row.settled_7), (60, 0))
        self.pay(move, amount=30, day=days_ago(50))
        row = self.rows(reminder_id=reminder.id)
        self.assertEqual(self._paid(row), [30, 60, 60])
        self.assertEqual((row.settled_7, row.settled_15), (0, 1))

    def test_matched_before_it_left(self):
        """The money was there that morning; the reminder did not bring it."""
        move = self.make_invoice(overdue=70)
        self.pay(move, amount=40, day=days_ago(60))
        reminder = self.remind(
            move, self.step_1, day=days_ago(60), date_sent="2090-01-01 12:00:00"
        )
        self.assertEqual(self._paid(self.rows(reminder_id=reminder.id)), [0, 0, 0])

    def test_credit_note_is_no_payment(self):
        move = self.make_invoice(overdue=70)
        reminder = self.remind(move, self.step_1, day=days_ago(60))
        move._reverse_moves([{"invoice_date": days_ago(58)}], cancel=True)
        self.assertFalse(move.amount_residual)
        self.assertEqual(self._paid(self.rows(reminder_id=reminder.id)), [0, 0, 0])

    def test_several_reminders(self):
        """A payment counts for each that it follows."""
        move = self.make_invoice(overdue=70)
        first = self.remind(move, self.step_1, day=days_ago(60))
        second = self.remind(move, self.step_2, day=days_ago(50))
        self.pay(move, day=days_ago(48))
        self.assertEqual(self._paid(self.rows(reminder_id=first.id)), [0, 100, 100])
        self.assertEqual(self._paid(self.rows(reminder_id=second.id)), [100] * 3)

    def test_currencies(self):
        """In the company's currency, at the rate of the day."""
        reminder = self.remind(self.foreign, self.step_1, day=days_ago(20))
        self.pay(self.foreign, amount=40, day=days_ago(18))
        row = self.rows(reminder_id=reminder.id)
        # 100 dollars are 50 euros.
        self.assertEqual((row.amount, row.paid_7), (50, 20))
        self.assertEqual(row.currency_id, self.euro)
        self.env["res.currency.rate"].create(
            {
                "name": days_ago(10),
                "rate": 4.0,
                "currency_id": self.dollar.id,
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self.rows(reminder_id=reminder.id).amount, 50)
        later = self.remind(self.foreign, self.step_2, amount_residual=100)
        self.assertEqual(self.rows(reminder_id=later.id).amount, 25)

    # ------------------------------------------------------------------
    # Costs, companies
    # ------------------------------------------------------------------

    def test_cost(self):
        self.company.write({"credit_cost_letter": 1.39, "credit_cost_phone": 4})
        for channel, cost in (("letter", 1.39), ("phone", 4), ("email", 0)):
            reminder = self.remind(self.move, self.step_1, channel=channel)
            row = self.rows(reminder_id=reminder.id)
            self.assertAlmostEqual(row.cost, cost)

    def test_companies(self):
        here = self.remind(self.move, self.step_1)
        there = self.remind(self.abroad, self.step_1)
        self.assertEqual(self.rows().reminder_id, here)
        row = self.rows(self.other_company)
        self.assertEqual(row.reminder_id, there)
        self.assertEqual(row.currency_id, self.dollar)
        both = self.rows(self.company | self.other_company)
        self.assertEqual(both.reminder_id, here | there)
        viewer = self.make_user("viewer", "group_viewer")
        mine = self.env["credit.effect.report"].with_user(viewer).search([])
        self.assertEqual(mine.reminder_id, here)

    def test_steps_of_policies_are_told_apart(self):
        report = self.env["credit.effect.report"]
        for kind, path in (("pivot", "//field[@type='row']"), ("graph", "//field")):
            view = etree.fromstring(report.get_view(view_type=kind)["arch"])
            names = [field.get("name") for field in view.xpath(path)]
            self.assertEqual(names[:2], ["policy_id", "step_id"])

    def test_grouped(self):
        self.remind(self.move, self.step_1, delivery_state="replied")
        self.remind(self.second, self.step_1, delivery_state="pending")
        self.remind(self.foreign, self.step_2, channel="letter")
        self.env.flush_all()
        groups = self.env["credit.effect.report"]._read_group(
            [("company_id", "=", self.company.id)],
            ["step_id", "channel"],
            ["sent:sum", "answered_share:avg", "amount:sum"],
        )
        self.assertEqual(
            [tuple(group[2:]) for group in groups], [(2, 50, 300), (1, 0, 50)]
        )


@tagged("post_install", "-at_install")
class TestWordings(AnswersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        template = cls.step_1._mail_template()
        cls.second_template = template.copy({"name": "Other", "subject": "Please pay"})
        cls.step_1.write(
            {"variant_template_id": cls.second_template.id, "variant_percent": 50}
        )

    def compared(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["credit.effect.variant"].search(
            [("company_id", "=", self.company.id)]
        )

    def _remind(self, count, variant, **values):
        reminders = self.env["credit.reminder"]
        for _index in range(count):
            reminders |= self.remind(self.move, self.step_1, variant=variant, **values)
        return reminders

    def test_compared(self):
        self._remind(8, "a", delivery_state="delivered")
        self._remind(4, "a", delivery_state="replied")
        self._remind(1, "b", delivery_state="delivered")
        self._remind(11, "b", delivery_state="replied")
        # Nobody read it.
        self._remind(3, "b", delivery_state="bounced")
        self._remind(3, "b", state="failed")
        row = self.compared()
        self.assertEqual((row.sent_a, row.sent_b), (12, 12))
        self.assertEqual((row.answered_a, row.answered_b), (4, 11))
        # 11/12 less 4/12, and the interval of Newcombe.
        self.assertEqual(
            row.answered_text,
            "11 of 12 against 4 of 12: +58.3 points (95 %: +19.7 to +79.0)",
        )
        self.assertTrue(row.answered_sure)
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertIn("58,3", row.with_context(lang="fr_FR").answered_text)
        # It is too early to say whether they are paid.
        self.assertEqual(row.paid_text, "Nothing to compare yet")
        self.assertIn("+58.3", self.step_1.variant_result)
        self.assertFalse(self.step_2.variant_result)

    def test_paid(self):
        day = days_ago(20)
        for variant, fates in (("a", (1, 0, 0)), ("b", (1, 1, 0))):
            for paid in fates:
                move = self.make_invoice(overdue=30)
                self.remind(
                    move, self.step_1, day=day, variant=variant, amount_residual=100
                )
                if paid:
                    self.pay(move, day=day + timedelta(days=15))
        self._remind(1, "a")
        row = self.compared()
        self.assertEqual((row.ripe_a, row.ripe_b), (3, 3))
        self.assertEqual((row.paid_a, row.paid_b), (1, 2))
        self.assertIn("may be chance", row.paid_text)
        with freeze_time(f"{TODAY + timedelta(days=15)} 12:00:00"):
            self.assertEqual(self.compared().ripe_a, 4)
