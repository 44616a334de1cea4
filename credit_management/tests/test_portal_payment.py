"""Paying on the debtor's page: exactly what was chosen, and never twice."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW, TODAY, days_ago
from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalPayment(PortalCommon):
    def _overdue(self):
        return f"o.{self.euro.id}"

    def assertOpen(self, *amounts):
        self.moves.invalidate_recordset()
        self.assertEqual(tuple(self.moves.mapped("amount_residual")), amounts)

    # ------------------------------------------------------------------
    # The way
    # ------------------------------------------------------------------

    def test_ticked_leads_to_the_page(self):
        ids = [self.items(self.old).id, self.items(self.later).id]
        response = self.post("/pay", {"item": ids, "what": "ticked"})
        self.assertEqual(response.status_code, 303)
        page = self.url_open(response.headers["Location"])
        self.assertEqual(page.status_code, 200)
        for text in (self.old.name, self.later.name, "150.00", "o_payment_form"):
            self.assertIn(text, page.text)
        self.assertNotIn(self.mid.name, page.text)
        self.assertFalse(self.transactions())

    def test_all_overdue(self):
        page = self.get(f"/pay?choice={self._overdue()}")
        self.assertIn("300.00", page.text)
        tx = self.finish(self.begin(self._overdue(), 300))
        self.assertEqual(tx.state, "done")
        self.assertEqual(tx.payment_id.amount, 300)
        self.assertEqual(tx.invoice_ids, self.old | self.mid)
        self.assertEqual(tx.credit_reminder_id, self.reminder)
        self.assertOpen(0, 0, 50)

    def test_one_of_three(self):
        self.finish(self.begin(self.choice(self.mid), 200))
        self.assertOpen(100, 0, 50)

    def test_two_of_three(self):
        self.finish(self.begin(self.choice(self.mid, self.later), 250))
        self.assertOpen(100, 0, 0)

    def test_one_instalment_of_an_invoice(self):
        """The one that was chosen, not the older one of the same invoice."""
        move = self.make_instalments(15, 5, amount=90)
        first, second = self.items(move)
        self.finish(self.begin(f"i.{second.id}", 45))
        self.assertEqual(first.amount_residual, 45)
        self.assertEqual(second.amount_residual, 0)

    def test_a_large_part(self):
        """Ten million and more may be owed, and paid in parts."""
        self.make_invoice(overdue=60, amount=25_000_000)
        service = self.env["credit.account"].sudo()
        due = service._due(self.account, f"p.1234567890.{self.euro.id}")
        self.assertEqual(due.amount, 12_345_678.9)

    def test_part_goes_to_the_oldest(self):
        response = self.post(
            "/pay", {"what": "part", "part": "150,00", "part_currency": self.euro.id}
        )
        self.assertIn("choice=p.15000", response.headers["Location"])
        self.finish(self.begin(f"p.15000.{self.euro.id}", 150))
        self.assertOpen(0, 150, 50)

    def test_credits_are_taken_off(self):
        self.make_credit_note(amount=40)
        self.assertIn("260.00", self.get(f"/pay?choice={self._overdue()}").text)
        self.finish(self.begin(self._overdue(), 260))
        self.assertOpen(0, 40, 50)

    def test_a_part_is_no_more_than_what_credits_leave(self):
        self.make_credit_note(amount=40)
        form = {"what": "part", "part_currency": self.euro.id}
        refused = self.post("/pay", dict(form, part="310,01"))
        self.assertNotIn("Location", refused.headers)
        self.assertIn("310.00", refused.text)
        response = self.post("/pay", dict(form, part="310,00"))
        self.assertIn("choice=p.31000", response.headers["Location"])

    def test_currencies_apart(self):
        dollars = self.make_invoice(currency=self.dollar, amount=70)
        response = self.post(
            "/pay",
            {"item": [self.items(m).id for m in self.old | dollars], "what": "ticked"},
        )
        self.assertEqual(response.status_code, 400)
        self.assertIn("one currency at a time", response.text)
        self.finish(self.begin(f"o.{self.dollar.id}", 70))
        self.assertEqual(dollars.amount_residual, 0)
        self.assertOpen(100, 200, 50)

    def test_disputed_is_left_out_of_all(self):
        self.env["credit.dispute"].create(
            {
                "move_id": self.old.id,
                "reason_id": self.env["credit.dispute.reason"].search([], limit=1).id,
            }
        )
        self.assertIn("200.00", self.get(f"/pay?choice={self._overdue()}").text)

    def test_the_rest_of_what_is_disputed_is_part_of_all(self):
        reason = self.env["credit.dispute.reason"].search([], limit=1)
        dispute = self.env["credit.dispute"]._make(self.old, reason, amount=30)
        page = self.get(f"/pay?choice={self._overdue()}")
        self.assertIn("270.00", page.text)
        tx = self.finish(self.begin(self._overdue(), 270))
        self.assertEqual(tx.payment_id.amount, 270)
        # The contested part, and nothing else, is left open.
        self.assertOpen(30, 0, 50)
        # Where a dispute of a part stops the whole invoice it is left out as a whole.
        self.items(self.moves).remove_move_reconcile()
        dispute.scope = "invoice"
        self.assertIn("200.00", self.get(f"/pay?choice={self._overdue()}").text)

    def test_queries_do_not_grow_with_the_items(self):
        """Neither with what is shown of them: reading and rendering together."""
        user = self._portal_user()
        self._charge()

        def count(path):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.get(path=path).status_code, 200)
            return self.env.cr.sql_log_count - before

        self.authenticate(user.login, user.login)
        few = {}
        for path in (self.path, f"/my/credit/{self.company.id}"):
            # What is kept in memory is read the first time.
            count(path)
            few[path] = count(path)
        for days in range(30):
            move = self.make_invoice(overdue=days, amount=10)
            self._charge(invoice=move)
        for path in few:
            self.assertLessEqual(count(path), few[path])

    # ------------------------------------------------------------------
    # Charges
    # ------------------------------------------------------------------

    def _charge(self, amount=40, invoice=None):
        return (
            self.env["credit.charge"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.debtor.id,
                    "currency_id": self.euro.id,
                    "kind": "indemnity",
                    "date": TODAY,
                    "amount": amount,
                    "invoice_id": (invoice or self.old).id,
                }
            )
        )

    def _book_when_paid(self):
        income = self.company_data["default_account_revenue"]
        self.company.write(
            {
                "credit_charge_booking": "paid",
                "credit_indemnity_account_id": income.id,
            }
        )

    def test_charges_with_all(self):
        self._book_when_paid()
        charge = self._charge()
        self.assertIn("Pay the charges too", self.get().text)
        self.finish(self.begin(self._overdue(), 340))
        self.assertEqual(charge.state, "booked")
        self.assertEqual(charge.booking_id.amount_residual, 0)
        self.assertOpen(0, 0, 50)

    def test_charges_last(self):
        self._book_when_paid()
        charge = self._charge()
        self.finish(self.begin(f"p.20000.{self.euro.id}", 200))
        self.assertEqual(charge.state, "claimed")
        self.assertOpen(0, 100, 50)

    def test_charges_first(self):
        self._book_when_paid()
        self.company.credit_pay_charges_first = True
        charge = self._charge()
        self.finish(self.begin(f"p.20000.{self.euro.id}", 200))
        self.assertEqual(charge.booking_id.amount_residual, 0)
        self.assertOpen(0, 140, 50)

    def test_charges_that_are_only_shown(self):
        """What the debtor pays enters the books all the same, and settles the charge.

        Charges first, it does so before the invoices.
        """
        self._book_when_paid()
        self.company.credit_charge_booking = "shown"
        self.company.credit_pay_charges_first = True
        charge = self._charge()
        self.finish(self.begin(f"p.20000.{self.euro.id}", 200))
        self.assertEqual((charge.state, charge.amount_open), ("booked", 0))
        self.assertEqual(charge.booking_id.amount_residual, 0)
        self.assertOpen(0, 140, 50)
        text = self.get().text
        self.assertNotIn("In your favour", text)
        self.assertNotIn("Pay the charges too", text)

    def test_charges_without_accounts(self):
        """What was paid for them stays in the debtor's favour, and the charge says why.

        Together nothing is left to pay.
        """
        charge = self._charge()
        with mute_logger("odoo.addons.credit_management.models.payment_transaction"):
            tx = self.finish(self.begin(self.choice(self.old, charges=True), 140))
        self.assertOpen(0, 200, 50)
        rest = tx.payment_id.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual(rest.amount_residual, -40)
        self.assertEqual(charge.state, "claimed")
        self.assertIn("income account", charge.booking_error)
        account = self.account
        values = account.env["credit.account"]._page_values(account)
        self.assertEqual(values["totals"][self.euro]["now"], 200)

    # ------------------------------------------------------------------
    # Never twice
    # ------------------------------------------------------------------

    def test_double_click(self):
        first = self.begin(self._overdue(), 300)
        self.assertIn("result", first)
        self.assertError(self.begin(self._overdue(), 300), "begun a moment ago")
        self.assertEqual(len(self.transactions()), 1)

    def test_two_tabs(self):
        """The second window says so, and pays only if it is told to."""
        self.begin(self.choice(self.old), 100)
        begun = self.transactions()
        page = self.get(f"/pay?choice={self._overdue()}")
        self.assertIn("Start again", page.text)
        self.assertNotIn("o_payment_form", page.text)
        again = self.get(f"/pay?choice={self._overdue()}&again={begun.id}")
        self.assertIn("o_payment_form", again.text)
        self.assertIn("result", self.begin(self._overdue(), 300, again=begun.id))
        # And a double click there is one too many again.
        self.assertError(
            self.begin(self._overdue(), 300, again=begun.id), "begun a moment ago"
        )

    def test_started_again(self):
        """What was left aside is over; money that comes all the same is kept."""
        first = self.begin(self.choice(self.old), 100)
        begun = self.transaction(first)
        second = self.begin(self.choice(self.old), 100, again=begun.id)
        self.assertEqual(begun.state, "cancel")
        tx = self.finish(second)
        self.assertEqual(tx.state, "done")
        self.assertOpen(0, 200, 50)
        begun = self.finish(first)
        self.assertEqual((begun.state, begun.payment_id.amount), ("done", 100))
        self.assertIn("In your favour", self.get().text)
        # What the provider itself has called off stays so.
        third = self.begin(self.choice(self.mid), 200)
        self.finish(third, "cancel")
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self.finish(third)
        self.assertEqual(self.transaction(third).state, "cancel")

    def test_an_old_draft_is_forgotten(self):
        self.begin(self._overdue(), 300)
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(minutes=16)):
            self.assertFalse(
                self.env["credit.account"]._begun(
                    self.account,
                    self.items(self.old),
                    self.env["credit.charge"],
                )
            )

    def test_under_way(self):
        self.finish(self.begin(self.choice(self.old), 100), "pending")
        page = self.get()
        self.assertIn("Payment under way", page.text)
        self.assertError(self.begin(self.choice(self.old), 100), "under way")
        # All that is overdue is now what is left.
        self.assertIn("200.00", self.get(f"/pay?choice={self._overdue()}").text)
        self.assertError(self.begin(self._overdue(), 300), "changed")

    def test_under_way_stops_the_reminders(self):
        self.finish(self.begin(self.choice(self.old), 100), "pending")
        self.assertReason(self.old, "in_payment")

    def test_under_way_of_an_item_that_is_no_invoice(self):
        """An opening balance is an entry: paid online, it is not reminded either."""
        receivable = self.company_data["default_account_receivable"]
        income = self.company_data["default_account_revenue"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": days_ago(40),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.debtor.id,
                            "balance": balance,
                            "date_maturity": days_ago(30),
                        }
                    )
                    for account, balance in ((receivable, 60), (income, -60))
                ],
            }
        )
        entry.action_post()
        [item] = self.items(entry)
        self.finish(self.begin(f"i.{item.id}", 60), "pending")
        self.env.invalidate_all()
        self.assertEqual(item.credit_block_reason, "in_payment")
        self.assertReason(self.old, False)

    def test_paid_by_bank_in_the_meantime(self):
        self.pay(self.old)
        page = self.get(f"/pay?choice={self.choice(self.old)}")
        self.assertEqual(page.status_code, 409)
        self.assertIn("not open any more", page.text)
        self.assertError(self.begin(self.choice(self.old), 100), "not open any more")
        self.assertError(self.begin(self._overdue(), 300), "changed")
        self.assertFalse(self.transactions())

    def test_paid_by_bank_while_the_card_is_read(self):
        """Both arrive: the second one stays in the debtor's favour, nothing is lost."""
        begun = self.begin(self.choice(self.old), 100)
        self.pay(self.old)
        tx = self.finish(begun)
        self.assertOpen(0, 200, 50)
        self.assertEqual(tx.payment_id.amount, 100)
        self.assertIn("In your favour", self.get().text)

    def test_status_in_the_language_of_the_link(self):
        """Odoo's page between paying and coming back is the debtor's as well."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        self.begin(self.choice(self.old), 100)
        text = self.url_open("/payment/status").text
        self.assertIn('<html lang="fr-FR"', text)
        self.assertIn(">100,00<", text)
        self.assertIn(f"company={self.company.id}", text)

    def test_failed_payment_may_be_repeated(self):
        self.finish(self.begin(self._overdue(), 300), "error")
        self.finish(self.begin(self._overdue(), 300))
        self.assertOpen(0, 0, 50)

    # ------------------------------------------------------------------
    # Saved cards, other people
    # ------------------------------------------------------------------

    def _save_token(self, path=None):
        self.provider.allow_tokenization = True
        self.method.support_tokenization = True
        choice = self.choice(self.old)
        tx = self.finish(
            self.begin(choice, 100, tokenization_requested=True, path=path)
        )
        self.assertTrue(tx.token_id)
        return tx.token_id

    def _pay_with(self, token, path):
        return self.begin(
            self.choice(self.mid),
            200,
            token_id=token.id,
            flow="token",
            payment_method_id=None,
            path=path,
        )

    def test_saved_token(self):
        """Whoever logs in is offered what was saved, and pays with it."""
        user = self._portal_user()
        self.authenticate(user.login, user.login)
        path = f"/my/credit/{self.company.id}"
        self.assertIn("Save my payment details", self._form(path))
        token = self._save_token(path)
        self.assertEqual(token.partner_id, user.partner_id)
        form = self._form(path)
        self.assertIn("Your payment methods", form)
        self.assertIn(token._build_display_name(), form)
        answer = self._pay_with(token, path)
        self.assertEqual(answer["result"]["state"], "done")
        self.assertEqual(self.transactions().sorted("id")[-1:].token_id, token)

    def test_saved_token_by_the_link(self):
        """A link may be passed on: it pays, but not by what the debtor saved."""
        token = self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "partner_id": self.debtor.id,
                "payment_details": "1234",
                "provider_ref": "x",
                "demo_simulated_state": "done",
            }
        )
        form = self._form(self.path)
        self.assertNotIn(token._build_display_name(), form)
        self.assertNotIn("Save my payment details", form)
        self.assertError(self._pay_with(token, self.path), "Log in to pay")
        self.assertFalse(self.transactions())
        tx = self.finish(
            self.begin(self.choice(self.old), 100, tokenization_requested=True)
        )
        self.assertFalse(tx.token_id)
        # Whoever logs in as the debtor is offered it.
        user = self._portal_user(self.debtor)
        self.authenticate(user.login, user.login)
        path = f"/my/credit/{self.company.id}"
        self.assertIn(token._build_display_name(), self._form(path))
        answer = self._pay_with(token, path)
        self.assertEqual(answer["result"]["state"], "done")

    def _form(self, path):
        """The page to pay one item."""
        self.provider.allow_tokenization = True
        self.method.support_tokenization = True
        return self.url_open(f"{path}/pay?choice={self.choice(self.mid)}").text

    def test_token_of_somebody_else(self):
        token = self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "partner_id": self.debtor_b.id,
                "provider_ref": "x",
                "demo_simulated_state": "done",
            }
        )
        answer = self.begin(self.choice(self.old), 100, token_id=token.id, flow="token")
        self.assertIn("error", answer)
        self.assertFalse(self.transactions())

    def test_logged_in_accountant_pays_for_the_debtor(self):
        """Whoever opens the link, the payment is the debtor's."""
        self.authenticate("simple_accountman", "simple_accountman")
        self.begin(self.choice(self.old), 100)
        self.assertEqual(self.transactions().partner_id, self.debtor)

    def test_portal_login(self):
        user = self._portal_user()
        self.authenticate(user.login, user.login)
        path = f"/my/credit/{self.company.id}"
        self.assertIn(self.old.name, self.get(path=path).text)
        self.finish(self.begin(self._overdue(), 300, path=path))
        self.assertOpen(0, 0, 50)

    def _portal_user(self, partner=None):
        partner = partner or self.env["res.partner"].create(
            {"name": "Accounts payable", "parent_id": self.debtor.id}
        )
        return self.env["res.users"].create(
            {
                "name": partner.name,
                "login": "accounts-payable",
                "password": "accounts-payable",
                "partner_id": partner.id,
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )
