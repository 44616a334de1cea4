"""The slip with which registered letters are deposited."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import NOW
from .postal_common import PostalCommon

NUMBER = "RR473124829CZ"


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPostalDeposit(PostalCommon):
    def html(self, letters):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "credit_management.report_deposit", letters.ids
        )
        return content.decode()

    def test_slip(self):
        first, second = self.letter(), self.letter(self.debtor_b)
        first._note_postal("posted", self.day(1), number=NUMBER)
        text = self.html(first | second)
        for part in (
            "Deposit of registered letters",
            self.company.name,
            "1 rue de la Paix",
            self.debtor.name,
            self.debtor_b.name,
            first.name,
            second.name,
            NUMBER,
            "data:image/png;base64,",
            "Registered with advice of receipt",
            "Stamp of the post office",
            "06/17/2026",
        ):
            self.assertIn(part, text)
        self.assertEqual(text.count('alt="Bar code'), 1)
        # On paper of the company, whose tables are not framed as in Odoo's reports.
        self.assertIn("cm_account", text)
        self.assertIn("<style>", text)

    def test_in_the_language_of_the_creditor(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.partner_id.lang = "fr_FR"
        self.env["ir.ui.view"].search(
            [("key", "=", "credit_management.report_deposit_slip")]
        ).update_field_translations(
            "arch_db", {"fr_FR": {"Stamp of the post office": "Cachet de la poste"}}
        )
        letter = self.letter()
        self.assertNotEqual(letter.lang, "fr_FR")
        text = self.html(letter)
        self.assertIn("Cachet de la poste", text)
        self.assertIn("17/06/2026", text)

    def test_one_for_each_company(self):
        policy = self.make_policy(
            {"delay_days": 5, "channel": "registered_letter", "deadline_days": 10},
            company_id=self.other_company.id,
        )
        here = self.letter()
        there = self.letter(
            self.debtor_b, step=policy.step_ids, company=self.other_company
        )
        slips = (here | there)._deposit_slips()
        self.assertEqual(
            [(s["company"], [r["reference"] for r in s["letters"]]) for s in slips],
            [(self.company, [here.name]), (self.other_company, [there.name])],
        )

    def test_only_registered_letters_on_paper(self):
        plain = self.letter(channel="letter")
        electronic = self.letter(postal_provider="folder")
        withdrawn = self.letter()
        withdrawn.action_withdraw_letter()
        with self.assertRaises(UserError):
            (plain | electronic | withdrawn).action_print_deposit()
        letter = self.letter()
        action = (plain | letter).action_print_deposit()
        self.assertEqual(action["report_name"], "credit_management.report_deposit")
        self.assertEqual(action["context"]["active_ids"], letter.ids)

    def test_batch(self):
        """How the letters go is what the batch says."""
        letter = self.letter(file=1)
        batch = self.env["credit.postal.batch"]._make(letter)
        batch.registered_service = "registered"
        action = batch.action_print_deposit()
        self.assertEqual(action["context"]["active_ids"], letter.ids)
        [slip] = letter._deposit_slips()
        self.assertEqual(slip["letters"][0]["service"], "Registered")
        batch.action_cancel()
        with self.assertRaises(UserError):
            batch.action_print_deposit()
