"""What a payment goes to: to each chosen item as much as was shown."""

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import NOW
from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalShares(PortalCommon):
    def _dispute(self, move, amount=0.0):
        reason = self.env.ref("credit_management.dispute_reason_price")
        return self.env["credit.dispute"]._make(move, reason, amount=amount)

    def assertOpen(self, *amounts):
        self.moves.invalidate_recordset()
        self.assertEqual(tuple(self.moves.mapped("amount_residual")), amounts)

    # ------------------------------------------------------------------
    # What is contested
    # ------------------------------------------------------------------

    def test_several_that_are_contested_in_part(self):
        """Of each what is not contested; nothing of what is."""
        self._dispute(self.old, 30)
        self._dispute(self.mid, 50)
        choice = self.choice(self.old, self.mid)
        text = self.get(f"/pay?choice={choice}").text
        self.assertIn("220.00", text)
        self.assertIn("Pay what you contest as well", text)
        self.assertIn("80.00", text)
        self.assertError(self.begin(choice, 300), "changed")
        self.finish(self.begin(choice, 220))
        self.assertOpen(30, 50, 50)

    def test_what_is_contested_if_it_is_asked_for(self):
        self._dispute(self.old, 30)
        choice = f"{self.choice(self.old, self.mid)}.d"
        text = self.get(f"/pay?choice={choice}").text
        self.assertIn("You contest", text)
        self.assertIn("of what you are about to pay", text)
        self.finish(self.begin(choice, 300))
        self.assertOpen(0, 0, 50)

    def test_nothing_else_is_ticked(self):
        """Whoever ticks a contested invoice alone is told, and pays it."""
        self._dispute(self.old)
        choice = self.choice(self.old)
        self.assertIn(
            "of what you are about to pay", self.get(f"/pay?choice={choice}").text
        )
        self.finish(self.begin(choice, 100))
        self.assertOpen(0, 200, 50)
        # Beside others it is left out.
        self._dispute(self.mid)
        text = self.get(f"/pay?choice={self.choice(self.mid, self.later)}").text
        self.assertIn("50.00", text)
        self.finish(self.begin(self.choice(self.mid, self.later), 50))
        self.assertOpen(0, 200, 0)

    def test_a_part_goes_to_what_is_contested_last(self):
        self._dispute(self.old, 30)
        self.finish(self.begin(f"p.10000.{self.euro.id}", 100))
        self.assertOpen(30, 170, 50)
        page = self.get(f"/pay?choice=p.23000.{self.euro.id}").text
        self.assertIn("of what you are about to pay", page)
        self.finish(self.begin(f"p.23000.{self.euro.id}", 230))
        self.assertOpen(20, 0, 0)

    def test_paid_by_bank_meanwhile(self):
        """What is left over then does not go to what is contested."""
        self._dispute(self.old, 30)
        begun = self.begin(self.choice(self.old, self.mid), 270)
        self.pay(self.mid)
        tx = self.finish(begun)
        self.assertOpen(30, 0, 50)
        line = tx.payment_id.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual(line.amount_residual, -200)

    def test_partly_paid_by_bank_meanwhile(self):
        """What is left over goes to what else was chosen."""
        begun = self.begin(f"p.15000.{self.euro.id}", 150)
        self.pay(self.old)
        self.finish(begun)
        self.assertOpen(0, 50, 50)

    def test_in_another_currency(self):
        """Shares are in the currency of the items, whatever the company's."""
        first = self.make_invoice(overdue=20, currency=self.dollar, amount=70)
        last = self.make_invoice(overdue=15, currency=self.dollar, amount=40)
        self._dispute(first, 30)
        items = self.items(first) | self.items(last)
        choice = f"i.{'-'.join(str(item.id) for item in items)}"
        self.finish(self.begin(choice, 80))
        self.assertEqual((first | last).mapped("amount_residual"), [30, 0])
        self.assertEqual(self.items(first).amount_residual, 15)

    def test_choices_that_nobody_offers(self):
        for choice in ("i.{id}.x", "i.{id}.c.c", "i.{id}.d.d", "i..d", "i.{id}."):
            choice = choice.format(id=self.items(self.old).id)
            with self.subTest(choice):
                self.assertEqual(self.get(f"/pay?choice={choice}").status_code, 409)
        self.assertFalse(self.transactions())

    # ------------------------------------------------------------------
    # Mandates
    # ------------------------------------------------------------------

    def test_saved_mandate(self):
        """A direct debit takes days: under way until the bank says so, then paid."""
        sepa = self.env.ref("payment.payment_method_sepa_direct_debit")
        self.provider.write(
            {"allow_tokenization": True, "payment_method_ids": [Command.link(sepa.id)]}
        )
        sepa.write({"active": True, "support_tokenization": True})
        user = self.env["res.users"].create(
            {
                "name": "Accounts payable",
                "login": "accounts-payable",
                "password": "accounts-payable",
                "partner_id": self.debtor.id,
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )
        mandate = self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": sepa.id,
                "partner_id": self.debtor.id,
                "payment_details": "FR76 •••• 0189",
                "provider_ref": "mandate",
                "demo_simulated_state": "pending",
            }
        )
        self.authenticate(user.login, user.login)
        path = f"/my/credit/{self.company.id}"
        form = self.url_open(f"{path}/pay?choice={self.choice(self.mid)}").text
        self.assertIn(mandate._build_display_name(), form)
        answer = self.begin(
            self.choice(self.mid),
            200,
            token_id=mandate.id,
            flow="token",
            payment_method_id=None,
            path=path,
        )
        self.assertEqual(answer["result"]["state"], "pending")
        self.assertIn("Payment under way", self.get(path=path).text)
        self.assertReason(self.mid, "in_payment")
        tx = self.finish(answer)
        self.assertEqual(tx.payment_method_id, sepa)
        self.assertOpen(100, 0, 50)
