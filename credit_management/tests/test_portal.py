"""The page behind the link in every message: one debtor's account, no more."""

from datetime import timedelta

from lxml import html

from odoo.tests import HttpCase, freeze_time, tagged

from .charges_common import SIREN, ChargesCommon
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
        self.assertNotIn(f"/invoice/{self.move.id}", text)

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


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalCharges(ChargesCommon, HttpCase):
    """What was charged stands on the page, with its basis."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.business.write(
            {
                "interest_sentence": "Interest is due (art. 1).",
                "indemnity_sentence": "A fixed sum is due (art. 2).",
            }
        )
        cls.step = cls.make_policy(
            {"charge_interest": True, "charge_indemnity": True}
        ).step_ids
        cls.make_bank()
        cls.move = cls.make_invoice(overdue=25, amount=1000)
        cls.reminder = cls._claim(cls.move)

    @classmethod
    def _claim(cls, move):
        """A reminder that left today, with charges worked out by the rules."""
        reminder = cls.remind(
            move,
            cls.step,
            state="queued",
            date_done=False,
            amount_residual=move.amount_residual,
            amount_credit=0,
            amount_fee=0,
            amount_carried=0,
        )
        reminder._refresh_charges()
        reminder._set_legal_times()
        reminder._register_sent()
        return reminder

    def _page(self, reminder=None):
        token = (reminder or self.reminder)._portal_token()
        response = self.url_open(f"/credit/{token}", allow_redirects=False)
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.text)
        [main] = page.xpath("//main")
        return main, " ".join(main.text_content().split())

    def _cards(self, main):
        """The totals on top, as (label, amount)."""
        return {
            tuple(
                " ".join(cell.text_content().split())
                for cell in (label, label.getnext())
            )
            for label in main.xpath("//dl[contains(@class, 'o_credit_totals')]//dt")
        }

    def _rows(self, main):
        rows = main.xpath("//caption[text()='Interest and charges']/..//tbody/tr")
        return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]

    def test_charges_and_their_basis(self):
        """1,000.00 x 10 % x 25/365 = 6.85, and 40.00."""
        main, text = self._page()
        name = self.move.name
        self.assertEqual(
            self._rows(main),
            [
                ["Late interest", name, "17 Jun 2026", "6.85 €"],
                ["Recovery indemnity", name, "17 Jun 2026", "40.00 €"],
            ],
        )
        self.assertEqual(
            self._cards(main),
            {
                ("Overdue", "1,000.00 €"),
                ("Interest and charges", "46.85 €"),
                ("Owed now", "1,046.85 €"),
            },
        )
        self.assertEqual(text.count("On what basis"), 1)
        self.assertIn("Interest is due (art. 1).", text)
        self.assertIn("A fixed sum is due (art. 2).", text)
        self.assertIn("By bank transfer", text)
        self.assertIn("Amount 1,046.85 €", text, "what the reminder asks for")

    def test_credit_and_other_currency(self):
        """Each currency by itself; what is in the debtor's favour is taken off."""
        self.make_credit_note(amount=200)
        dollars = self._claim(self.make_invoice(overdue=25, currency=self.dollar))
        self.assertEqual(dollars.amount_indemnity, 80)
        main, _text = self._page()
        self.assertEqual(
            self._cards(main)
            - {("Overdue", "1,000.00 €"), ("In your favour", "200.00 €")},
            {
                ("Interest and charges", "46.85 €"),
                ("Owed now", "846.85 €"),
                ("Overdue", "$ 100.00"),
                ("Interest and charges", "$ 80.68"),
                ("Owed now", "$ 180.68"),
            },
        )

    def test_waived(self):
        """What was waived is not asked for any more, in part or whole."""
        charges = self.reminder.charge_ids.grouped("kind")
        charges["indemnity"]._waive(40, "Goodwill")
        charges["interest"]._waive(1.85, "Goodwill")
        main, text = self._page()
        self.assertEqual(
            [row[::3] for row in self._rows(main)], [["Late interest", "5.00 €"]]
        )
        self.assertIn(("Owed now", "1,005.00 €"), self._cards(main))
        self.assertNotIn("A fixed sum is due", text)
        self.assertIn("Amount 1,005.00 €", text)
        charges["interest"]._waive(5, "Goodwill")
        main, text = self._page()
        self.assertEqual(self._rows(main), [])
        self.assertNotIn("Owed now", text)
        self.assertNotIn("On what basis", text)

    def test_only_charges_are_left(self):
        self.pay(self.move)
        main, text = self._page()
        self.assertNotIn("Everything is paid", text)
        self.assertEqual(
            self._cards(main),
            {("Interest and charges", "46.85 €"), ("Owed now", "46.85 €")},
        )

    def test_booked(self):
        """In the books a charge is an invoice like others, and asked for once."""
        income = self.company_data["default_account_revenue"].id
        for kind in ("interest", "indemnity"):
            self.company[f"credit_{kind}_account_id"] = income
        self.reminder.charge_ids.action_book()
        document = self.reminder.charge_ids.booking_id
        main, text = self._page()
        self.assertIn(document.name, text)
        self.assertEqual(self._rows(main), [])
        self.assertEqual(
            self._cards(main),
            {
                ("Overdue", "1,000.00 €"),
                ("Due today", "46.85 €"),
                ("Owed now", "1,046.85 €"),
            },
            "what was charged for being late is owed on the day it is booked",
        )
        self.assertIn("Amount 1,046.85 €", text)

    def test_due_today(self):
        """An invoice may still be paid in time, and is owed."""
        self.make_invoice(overdue=0, amount=70)
        self.assertIn(("Due today", "70.00 €"), self._cards(self._page()[0]))

    def test_charges_of_a_later_reminder(self):
        """The payment details of the old message ask for what is owed by now."""
        with freeze_time("2026-06-27 12:00:00"):
            self._claim(self.move)
            _main, text = self._page()
        # 1,000 x 10 % x 35/365 = 9.59
        self.assertIn("Amount 1,049.59 €", text)
        self.assertIn("1,049.59 €", text)

    def test_nothing_of_others(self):
        """Another debtor's charges, and those of another company."""
        self.debtor_b.write({"credit_kind": False, "company_registry": SIREN})
        self._claim(self.make_invoice(self.debtor_b, overdue=25, amount=2000))
        self._claim(self.make_invoice(company=self.other_company, overdue=25))
        main, _text = self._page()
        self.assertEqual(len(self._rows(main)), 2)
        self.assertIn(("Owed now", "1,046.85 €"), self._cards(main))

    def test_language_of_the_debtor(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.business.with_context(
            lang="fr_FR"
        ).interest_sentence = "Intérêts (art. 1)."
        self.debtor.lang = "fr_FR"
        _main, text = self._page()
        self.assertIn("Intérêts (art. 1).", text)
        self.assertNotIn("Interest is due", text)
