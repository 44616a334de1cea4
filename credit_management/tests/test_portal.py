"""The page behind the link in every message: one debtor's account, no more."""

from datetime import timedelta

from odoo.tests import HttpCase, freeze_time, tagged

from .common import NOW, TODAY, CreditCommon

HOSTILE = "<script>alert('owned')</script>"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortal(CreditCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1 = cls.policy.step_ids[0]
        cls.move = cls.make_invoice(overdue=10, amount=1234.5)
        cls.reminder = cls.remind(cls.move, cls.step_1).sudo()
        cls.token = cls.reminder._portal_token()

    def _get(self, token):
        return self.url_open(f"/credit/{token}", allow_redirects=False)

    def assertOpens(self, token):
        response = self._get(token)
        self.assertEqual(response.status_code, 200)
        return response

    def assertRefused(self, token):
        """One and the same answer, whatever is wrong with the link."""
        response = self._get(token)
        self.assertEqual(response.status_code, 404)
        self.assertIn("does not work any more", response.text)
        for name in (self.debtor.name, self.debtor_b.name, self.move.name, "1,234.50"):
            self.assertNotIn(name, response.text)
        return response

    # ------------------------------------------------------------------
    # What it shows
    # ------------------------------------------------------------------

    def test_account(self):
        later = self.make_invoice(overdue=-20, amount=77)
        dollars = self.make_invoice(currency=self.dollar, amount=55)
        self.make_credit_note(amount=11)
        text = self.assertOpens(self.token).text
        for expected in (self.debtor.name, self.company.name, "1,234.50", "77.00"):
            self.assertIn(expected, text)
        for move in self.move | later | dollars:
            self.assertIn(move.name, text)
        for label in ("Overdue", "Due later", "In your favour", "$", "55.00", "11.00"):
            self.assertIn(label, text)

    def test_account_is_of_today(self):
        """The link of an old message shows what is open now."""
        self.pay(self.move, amount=234.5)
        self.assertIn("1,000.00", self.assertOpens(self.token).text)
        self.pay(self.move)
        text = self.assertOpens(self.token).text
        self.assertIn("Everything is paid", text)
        self.assertNotIn(self.move.name, text)

    def test_nothing_of_others(self):
        other = self.make_invoice(self.debtor_b, amount=444.44)
        there = self.make_invoice(company=self.other_company, amount=555.55)
        draft = self.move.copy({"invoice_date": TODAY})
        draft.invoice_line_ids.price_unit = 666.66
        text = self.assertOpens(self.token).text
        self.assertNotIn(self.debtor_b.name, text)
        self.assertNotIn(self.other_company.name, text)
        for amount in ("444.44", "555.55", "666.66"):
            self.assertNotIn(amount, text)
        self.assertTrue(other and there)

    def test_invoices_of_contacts(self):
        contact = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.debtor.id}
        )
        move = self.make_invoice(contact)
        self.assertIn(move.name, self.assertOpens(self.token).text)

    def test_link_to_the_invoice(self):
        """Each document is there as a file, and no other document is."""
        text = self.assertOpens(self.token).text
        path = f"/credit/{self.token}/invoice/{self.move.id}"
        self.assertIn(path, text)
        self.assertEqual(self.url_open(path).status_code, 200)
        other = self.make_invoice(self.debtor_b)
        there = self.make_invoice(company=self.other_company)
        for move in other | there:
            response = self.url_open(f"/credit/{self.token}/invoice/{move.id}")
            self.assertEqual(response.status_code, 404)

    def test_hostile_names(self):
        self.debtor.name = HOSTILE
        self.company.name = f"Company {HOSTILE}"
        self.move.payment_reference = HOSTILE
        text = self.assertOpens(self.token).text
        self.assertNotIn("<script>alert(", text)
        self.assertIn("&lt;script&gt;", text)

    def test_language_of_the_debtor(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        text = self.assertOpens(self.token).text
        self.assertIn("07/06/2026", text)
        self.assertNotIn("js_change_lang", text)
        self.assertIn("1\xa0234,50", text.replace("\u202f", "\xa0"))

    # ------------------------------------------------------------------
    # Whom it lets in
    # ------------------------------------------------------------------

    def test_forged(self):
        number, signature = self.token.split("-")
        other = self.remind(self.make_invoice(self.debtor_b), self.step_1).sudo()
        flipped = signature[:-1] + ("0" if signature[-1] != "0" else "1")
        forged = (
            f"{number}-{flipped}",
            f"{number}-{signature[:-1]}",
            f"{number}-{signature}0",
            f"{number}-{signature.upper()}",
            f"{number}-",
            f"{number}",
            f"{other.id}-{signature}",
            f"0{number}-{signature}",
            f" {number}-{signature}",
            f"{number}--{signature}",
            f"-{number}-{signature}",
            f"99999999-{signature}",
            f"99999999999999999999-{signature}",
            f"²-{signature}",
            "0-" + "0" * 64,
            "x" * 3000,
            "%00",
        )
        for token in forged:
            with self.subTest(token[:20]):
                self.assertRefused(token)
        self.assertOpens(self.token)
        self.assertOpens(other._portal_token())

    def test_answers_are_alike(self):
        """A reminder that exists and one that does not: nobody can tell."""
        known = self.assertRefused(f"{self.reminder.id}-{'0' * 64}")
        unknown = self.assertRefused(f"99999999-{'0' * 64}")
        self.assertEqual(
            known.text.replace(str(self.reminder.id), "99999999").count("<"),
            unknown.text.count("<"),
        )

    def test_token_of_one_debtor(self):
        """A reminder that came to be another debtor's needs another link."""
        self.reminder.partner_id = self.debtor_b
        self.assertRefused(self.token)

    def test_revoked(self):
        self.reminder.action_revoke_link()
        self.assertRefused(self.token)
        self.assertOpens(self.reminder._portal_token())

    def test_expired(self):
        day = self.reminder.date_done + timedelta(days=self.company.credit_link_days)
        for offset, opens in ((0, True), (1, False)):
            with (
                self.subTest(offset),
                freeze_time(f"{day + timedelta(days=offset)} 12:00:00"),
            ):
                found = (
                    self.env["credit.reminder"].sudo()._from_portal_token(self.token)
                )
                self.assertEqual(bool(found), opens)
        self.company.credit_link_days = 0
        self.assertOpens(self.token)
        self.reminder.date_done = TODAY - timedelta(days=1)
        self.assertRefused(self.token)

    def test_token_is_no_secret_of_the_database(self):
        for name, field in self.reminder._fields.items():
            if field.store and field.type in ("char", "text", "html"):
                self.assertNotIn(self.token.split("-")[1], self.reminder[name] or "")

    # ------------------------------------------------------------------
    # How it travels
    # ------------------------------------------------------------------

    def test_headers(self):
        for response in (self.assertOpens(self.token), self.assertRefused("1-0")):
            headers = response.headers
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertIn("noindex", headers["X-Robots-Tag"])

    def test_reading_only(self):
        response = self.url_open(f"/credit/{self.token}", data={"x": "1"})
        self.assertNotEqual(response.status_code, 200)

    def test_for_users_too(self):
        """Somebody who is logged in sees the same, whatever their rights."""
        self.authenticate("simple_accountman", "simple_accountman")
        self.assertIn(self.move.name, self.assertOpens(self.token).text)
