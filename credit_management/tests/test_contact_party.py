"""Nobody but the debtor, where the law says so."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import NOW, CreditCommon
from .test_contact_call import CALL

OWN, OTHER = "0470 12 34 56", "0470 65 43 21"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContactParty(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        belgium = cls.env.ref("base.be")
        cls.policy = cls.make_policy(CALL)
        cls.person, cls.firm = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": is_company,
                    "country_id": belgium.id,
                    "phone": OWN,
                    "child_ids": [
                        Command.create(
                            {
                                "name": f"Somebody at {name}",
                                "type": "invoice",
                                "phone": OTHER,
                            }
                        )
                    ],
                }
                for name, is_company in (("Person", False), ("Firm", True))
            ]
        )

    def calls(self, *debtors):
        for debtor in debtors:
            self.make_invoice(debtor)
        reminders = self.propose().reminder_ids
        return [reminders.filtered(lambda r, d=d: r.partner_id == d) for d in debtors]

    def numbers(self, call):
        return [number.e164 for _who, number in call._call_numbers()[call]]

    def test_belgian_consumer(self):
        """Code of economic law, article XIX.5: a relative is no contact."""
        [call] = self.calls(self.person)
        self.assertEqual(call.contact_id, self.person)
        self.assertEqual(self.numbers(call), ["+32470123456"])
        # Neither is one that somebody chose.
        call.contact_id = self.person.child_ids
        self.assertEqual(self.numbers(call), ["+32470123456"])

    def test_business(self):
        [call] = self.calls(self.firm)
        self.assertEqual(call.contact_id, self.firm.child_ids)
        self.assertEqual(self.numbers(call), ["+32470654321", "+32470123456"])

    def test_where_no_law_says_so(self):
        self.person.country_id = self.env.ref("base.fr")
        [call] = self.calls(self.person)
        self.assertEqual(call.contact_id, self.person.child_ids)

    def test_law_of_another_channel(self):
        rules = self.env["credit.regime.contact"].search(
            [("binding", "=", True), ("third_parties", "=", False)]
        )
        rules.third_parties = True
        rules[0].regime_id.contact_ids = [
            Command.create({"channel": "visit", "binding": True})
        ]
        [call] = self.calls(self.person)
        self.assertEqual(call.contact_id, self.person.child_ids)

    def test_queries_stay_flat(self):
        people = self.env["res.partner"].create(
            [
                {
                    "name": f"Person {index}",
                    "country_id": self.person.country_id.id,
                    "child_ids": [
                        Command.create({"name": f"Friend {index}", "type": "invoice"})
                    ],
                }
                for index in range(6)
            ]
        )
        calls = self.calls(*people)
        self.assertEqual([c.contact_id for c in calls], list(people))
        batch = self.env["credit.reminder"].union(*calls)
        counts = []
        # The first round fills what is remembered for good.
        for size in (6, 2, 6):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(batch[:size]._debtor_only()), size)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
