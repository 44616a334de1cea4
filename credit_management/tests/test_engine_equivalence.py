"""The rule in SQL against the rule in Python, on items nobody thought of."""

from datetime import timedelta
from random import Random

from odoo.tests import tagged
from odoo.tools import SQL

from ..engine import decision
from .common import TODAY, CreditCommon, days_ago

SEED = 20260617
POLICIES = 12
ITEMS = 240
CHANNELS = ("email", "letter", "phone")


@tagged("post_install", "-at_install")
class TestEngineEquivalence(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = Random(SEED)
        cls.policies = cls.env["credit.policy"].union(
            *(cls._random_policy() for _index in range(POLICIES))
        )
        cls.moves = cls._random_invoices()
        cls.history = {move: cls._random_history(move) for move in cls.moves}
        cls.resumed = cls._random_breaks()

    @classmethod
    def _random_policy(cls):
        pick = cls.random.choice
        steps = []
        for _index in range(cls.random.randint(1, 6)):
            trigger = pick(("issue", "due", "due", "previous", "previous"))
            low = {"due": -12, "issue": 0, "previous": 0}[trigger]
            delay = cls.random.randint(low, 45)
            if trigger == "previous" and pick((True, False)):
                delay = 0
            steps.append(
                {
                    "trigger": trigger,
                    "delay_days": delay,
                    "delay_unit": pick(("calendar", "working")),
                    "only_working_days": pick((True, False)),
                    "legally_required": pick((True, False, False, False)),
                    "channel": pick(CHANNELS),
                }
            )
        # A thank-you in between must not count as a rank.
        steps.insert(
            cls.random.randint(0, len(steps)), {"trigger": "payment", "delay_days": 1}
        )
        return cls.make_policy(
            *steps, entry=pick(("first", "latest")), partner_domain="[('id', '=', 0)]"
        )

    @classmethod
    def _random_invoices(cls):
        randint = cls.random.randint
        moves = cls.env["account.move"]
        templates = []
        for index in range(ITEMS):
            due = days_ago(randint(-30, 90))
            templates.append(
                {
                    "move_type": "out_invoice",
                    "company_id": cls.company.id,
                    "partner_id": (cls.debtor, cls.debtor_b)[index % 2].id,
                    "credit_policy_id": cls.random.choice(cls.policies).id,
                    "invoice_date": due - timedelta(days=randint(0, 60)),
                    "invoice_date_due": due,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        (0, 0, {"name": "Work", "price_unit": 100, "tax_ids": []})
                    ],
                }
            )
        moves = moves.create(templates)
        moves.action_post()
        return moves

    @classmethod
    def _random_history(cls, move):
        """Reminders of some past days; returns the position they lead to."""
        steps = move.credit_policy_id._sequence_steps()
        reached = None
        for rank, step in enumerate(
            steps[: cls.random.randint(0, len(steps))], start=1
        ):
            outcome = cls.random.choice(("sent", "sent", "skipped", "bounced", "none"))
            if outcome == "none":
                continue
            day = days_ago(cls.random.randint(0, 40))
            deadline = cls.random.choice(
                (False, False, day + timedelta(days=cls.random.randint(1, 30)))
            )
            values = {"channel": cls.random.choice(CHANNELS), "deadline_date": deadline}
            if outcome == "skipped":
                values.update(state="cancelled", skipped=True)
            if outcome == "bounced":
                values.update(delivery_state="bounced")
            reminder = cls.remind(move, step, day, **values)
            if outcome != "bounced":
                reached = (rank, reminder)
        return reached

    @classmethod
    def _random_breaks(cls):
        """Broken promises, with steps at which their policies go on at once."""
        resumed = {}
        for move in cls.random.sample(cls.moves, ITEMS // 4):
            [step] = cls.random.sample(move.credit_policy_id._sequence_steps(), 1)
            promise = cls.env["credit.promise"].create(
                {"item_ids": [(6, 0, cls.items(move).ids)]}
            )
            promise.write({"state": "broken", "resume_step_ids": [(6, 0, step.ids)]})
            resumed[move] = frozenset(step.ids)
        return resumed

    def _decide(self, move, today):
        """What the rule in Python says."""
        item = self.items(move)
        policy = move.credit_policy_id
        rank, reminder = self.history[move] or (0, None)
        return decision.decide(
            decision.Item(
                issued=move.invoice_date,
                due=item.date_maturity,
                position=rank,
                last_day=reminder.date_done if reminder else None,
                last_deadline=(reminder.deadline_date or None) if reminder else None,
                last_channel=reminder.channel if reminder else None,
                resumed=self.resumed.get(move, frozenset()),
            ),
            policy._sequence_steps()._to_decision_steps(),
            today,
            self.company._credit_calendar(),
            policy.entry,
        )

    def _evaluate(self, today):
        """What the rule in SQL says."""
        evaluation = self.env["credit.engine"]._evaluation_sql(self.company, today)
        rows = self.env.execute_query_dict(
            SQL(
                """WITH %s SELECT id, next_step_id, due_now, reason FROM decided
                    WHERE move_id IN %s""",
                evaluation,
                tuple(self.moves.ids),
            )
        )
        return {row["id"]: row for row in rows}

    def test_same_step_same_moment(self):
        """The next step and whether it is due, on days from months before to after."""
        seen = {"due": 0, "waiting": 0, "finished": 0}
        for offset in (-25, -3, 0, 1, 3, 4, 17, 60):  # weekends are among them
            today = TODAY + timedelta(days=offset)
            rows = self._evaluate(today)
            self.assertEqual(len(rows), len(self.moves))
            for move in self.moves:
                row = rows[self.items(move).id]
                expected = self._decide(move, today)
                message = f"{move.name} on {today}"
                step_id = expected.step.id if expected.step else None
                self.assertEqual(row["next_step_id"], step_id, message)
                self.assertEqual(row["due_now"], expected.due_now, message)
                if step_id is None:
                    self.assertEqual(row["reason"], "finished", message)
                    seen["finished"] += 1
                else:
                    seen["due" if expected.due_now else "waiting"] += 1
        # A test of nothing but the simplest case would prove nothing.
        self.assertGreater(min(seen.values()), ITEMS // 4, seen)

    def test_same_date(self):
        """The day that is shown is the day on which the step becomes due."""
        calendar = self.company._credit_calendar()
        positions = self.env["credit.engine"]._positions(self.items(self.moves))
        today = self.company._credit_today()
        compared = 0
        for move in self.moves:
            answer = positions[self.items(move).id]
            expected = self._decide(move, today)
            if answer["block_reason"] or not expected.step:
                self.assertFalse(answer["next_date"])
                continue
            day = max(expected.day, today)
            if expected.step.only_working_days:
                day = calendar.next_working(day)
            self.assertEqual(answer["next_date"], day, move.name)
            compared += 1
        self.assertGreater(compared, ITEMS // 4)
