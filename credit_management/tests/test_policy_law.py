"""A policy that asks for what the law forbids is refused when it is saved."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .charges_common import CHARGED_2, CONSUMER_2, EMAIL_1, FREE_1, ChargesCommon
from .common import NOTICE


@tagged("post_install", "-at_install")
class TestPolicyLaw(ChargesCommon):
    def refused(self, message, *steps, **values):
        values = {"company_id": self.company.id, **values}
        with self.assertRaisesRegex(ValidationError, message):
            self.make_policy(*steps, **values)

    def accepted(self, *steps, **values):
        return self.make_policy(*steps, **{"company_id": self.company.id, **values})

    def test_what_is_forbidden_names_its_article(self):
        fee = dict(CHARGED_2, charge_fee=True)
        self.refused(r"Reminder fee.*art\. 3", EMAIL_1, fee, debtor_kind="business")
        self.refused("Fixed indemnity", FREE_1, CHARGED_2, debtor_kind="consumer")

    def test_without_a_kind_what_one_law_knows_is_accepted(self):
        """It is left out of the reminders it is forbidden for."""
        self.accepted(EMAIL_1, dict(CHARGED_2, charge_fee=True))

    def test_without_a_kind_what_every_law_forbids_is_refused(self):
        self.consumer.fee_rule = "none"
        fee = dict(CHARGED_2, charge_fee=True)
        self.refused("Reminder fee.* is not allowed under", EMAIL_1, fee)
        self.refused(
            "Reminder fee.* is not allowed under", EMAIL_1, fee, company_id=False
        )

    def test_fees_for_claims_of_one_kind(self):
        """Belgium allows fees on periodic claims alone."""
        self.consumer.fee_claim_kind = "periodic"
        steps = (FREE_1, CONSUMER_2)
        self.refused(
            "“Reminder fee” is not allowed under “Consumer in France”.* tick away",
            *steps,
            debtor_kind="consumer",
        )
        # A policy of no company is for those to come, too: one may have such claims.
        self.accepted(*steps, debtor_kind="consumer", company_id=False)
        self.company.credit_claim_kind = "periodic"
        policy = self.accepted(*steps, debtor_kind="consumer")
        step = policy.step_ids[1]
        self.assertEqual(step.charge_forbidden, "indemnity,cost")
        self.company.credit_claim_kind = "general"
        self.assertEqual(step.charge_forbidden, "indemnity,cost,fee")

    def test_refusal_names_every_step(self):
        steps = [dict(CHARGED_2, name=name, charge_cost=True) for name in ("A", "B")]
        self.refused("“A”(.|\n)*“B”", *steps, debtor_kind="business")

    def test_of_no_company_what_no_country_knows_is_refused(self):
        steps = (FREE_1, CHARGED_2)
        self.refused(
            "Fixed indemnity", *steps, debtor_kind="consumer", company_id=False
        )
        # As soon as one country knows it, it may be asked for.
        self.make_regime(
            "consumer",
            country="base.us",
            interest_start="due",
            rate_series="TEST_FIVE",
            indemnity_rule="fixed",
            indemnity_amount=1.0,
        )
        self.accepted(*steps, debtor_kind="consumer", company_id=False)

    def test_first_reminder_is_free(self):
        self.refused(
            r"free of charge.*art\. 4",
            dict(FREE_1, charge_clause=True),
            debtor_kind="consumer",
        )

    def test_charges_need_a_first_reminder(self):
        wanted = {
            "name": "Reminder",
            "delay_days": 10,
            "charge_interest": True,
            "charge_clause": True,
        }
        self.refused(r"has to come before", EMAIL_1, wanted, debtor_kind="consumer")
        self.accepted(FREE_1, wanted, debtor_kind="consumer")

    def test_formal_notice_gives_time(self):
        self.refused("at least 15 days", dict(NOTICE), debtor_kind="business")
        self.accepted(dict(NOTICE, deadline_days=15), debtor_kind="business")

    def test_change_of_kind_and_of_step(self):
        policy = self.accepted(EMAIL_1, CHARGED_2, debtor_kind="business")
        with self.assertRaises(ValidationError):
            policy.debtor_kind = "consumer"
        with self.assertRaises(ValidationError):
            policy.step_ids[1].charge_cost = True

    def test_shared_by_several_countries(self):
        """Costs are unknown in one country only: a shared policy may ask for them."""
        self.american.write(
            {
                "cost_rule": "scale",
                "scale_ids": [(0, 0, {"charge": "cost", "above": 0, "percent": 15})],
            }
        )
        self.env["res.company"].search(
            [("id", "not in", (self.company | self.other_company).ids)]
        ).country_id = self.env.ref("base.us")
        costs = dict(CHARGED_2, charge_indemnity=False, charge_cost=True)
        self.refused("Collection costs", EMAIL_1, costs, debtor_kind="business")
        self.accepted(EMAIL_1, costs, debtor_kind="business", company_id=False)
        short = dict(NOTICE)
        self.refused("15 days", short, debtor_kind="business", company_id=False)

    def test_consumer_policy_asks_after_the_first_reminder(self):
        steps = (FREE_1, CONSUMER_2)
        self.accepted(*steps, debtor_kind="consumer")
