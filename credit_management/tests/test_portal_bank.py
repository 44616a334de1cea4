"""Where to transfer what is open: told also to debtors who had no reminder."""

from lxml import html

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from ..report import payment
from .common import NOW, TODAY
from .portal_common import PortalCommon

EURO_IBAN = "FR76 3000 6000 0112 3456 7890 189"
FACTOR_IBAN = "FR14 2004 1010 0505 0001 3M02 606"
DOLLAR_NUMBER = "1234 5678 9"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalBank(PortalCommon):
    """Martin SA owes 777 to the company, and logs in; nobody ever reminded it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls._account(cls.company, EURO_IBAN, cls.euro)
        cls._account(cls.other_company, "555500005555", cls.dollar)
        cls.foreign.payment_reference = "F-2026/17"
        contact = cls.env["res.partner"].create(
            {"name": "Book-keeper", "parent_id": cls.debtor_b.id}
        )
        new_test_user(
            cls.env, "martin", groups="base.group_portal", partner_id=contact.id
        )

    @classmethod
    def _account(cls, company, number, currency, partner=None):
        return cls.env["res.partner.bank"].create(
            {
                "acc_number": number,
                "partner_id": (partner or company.partner_id).id,
                "currency_id": currency.id,
                "allow_out_payment": True,
            }
        )

    def _banks(self, path=None):
        """What the page tells for each transfer: {label: text}, and whether by code."""
        if not path:
            self.authenticate("martin", "martin")
        response = self.get(path=path or f"/my/credit/{self.company.id}")
        self.assertEqual(response.status_code, 200)
        found = []
        for node in html.fromstring(response.text).xpath(
            "//section[@aria-labelledby='credit_bank']/div"
        ):
            told = {
                label.text_content().strip(): " ".join(
                    label.getnext().text_content().split()
                )
                for label in node.xpath(".//dt")
            }
            found.append((told, bool(node.xpath(".//img"))))
        return found

    def _statement(self):
        account = self.env["credit.account"].with_user(
            self.env["res.users"].search([("login", "=", "martin")])
        )
        account = account._of_user(self.company.id)
        return account.env["credit.account"]._statement_values(account)["banks"]

    def test_one_invoice(self):
        """It goes by its own reference; the code says the same as the text."""
        [(told, coded)] = self._banks()
        self.assertEqual(told["IBAN"], EURO_IBAN)
        self.assertEqual(told["Beneficiary"], self.company.name)
        self.assertEqual(told["Reference"], "F-2026/17")
        self.assertEqual(told["Amount"].replace("\xa0", " "), "777.00 €")
        self.assertTrue(coded)
        [bank] = self._statement()
        payload = self.bank._credit_qr_payload(
            self.debtor_b, self.euro, 777, "F-2026/17"
        )
        self.assertEqual(bank["qr"], payment.qr_data(payload))
        lines = payload.split("\n")
        self.assertEqual(lines[6], EURO_IBAN.replace(" ", ""))
        self.assertEqual(lines[7], "EUR777.0")
        self.assertEqual(lines[9:11], ["", "F-2026/17"])

    def test_one_invoice_beside_others_of_later(self):
        """Its own reference, as in the reminder: it alone is asked for."""
        self.make_invoice(self.debtor_b, amount=23, overdue=-20)
        [(told, _coded)] = self._banks()
        self.assertEqual(told["Reference"], "F-2026/17")
        self.assertEqual(told["Amount"].replace("\xa0", " "), "777.00 €")

    def test_several_invoices(self):
        """One reference stands for the debtor, and is found again."""
        self.make_invoice(self.debtor_b, amount=23)
        [(told, _coded)] = self._banks()
        self.assertEqual(told["Amount"].replace("\xa0", " "), "800.00 €")
        self._assert_named(told["Reference"])
        self.company.account_fiscal_country_id = self.env.ref("base.be")
        [(told, _coded)] = self._banks()
        self.assertRegex(told["Reference"], r"^\+\+\+8\d\d/")
        self._assert_named(told["Reference"])

    def _assert_named(self, reference):
        """The label of a transfer with the reference names the debtor."""
        items = self.env["account.move.line"]
        [(debtors, _items)] = items._credit_named(self.company, [reference])
        self.assertEqual(debtors, self.debtor_b)

    def test_not_due_yet(self):
        self.pay(self.foreign)
        self.make_invoice(self.debtor_b, overdue=-20, amount=12)
        [(told, coded)] = self._banks()
        self.assertEqual(told["Amount"].replace("\xa0", " "), "12.00 €")
        self.assertTrue(coded)

    def test_account_that_the_invoices_name(self):
        factor = self.make_debtor("Factor SA")
        named = self._account(self.company, FACTOR_IBAN, self.euro, factor)
        self.foreign.partner_bank_id = named
        self.assertEqual(self._banks()[0][0]["IBAN"], FACTOR_IBAN)
        # Where they do not agree it is the company's own.
        other = self.make_invoice(self.debtor_b, amount=23)
        other.partner_bank_id = self.bank
        self.assertEqual(self._banks()[0][0]["IBAN"], EURO_IBAN)

    def test_each_currency(self):
        """Dollars go to the account for dollars, without a code; both by reminder."""
        self._account(self.company, "123456789", self.dollar)
        self.make_invoice(self.debtor_b, currency=self.dollar, amount=70)
        by_login = self._banks()
        self.remind(self.foreign, self.step_1)
        self.assertEqual(len(self._banks()), 2)
        for told, coded in by_login:
            in_dollars = told.get("Account") == DOLLAR_NUMBER
            self.assertEqual("$" in told["Amount"], in_dollars)
            self.assertEqual(coded, not in_dollars)
        self.assertEqual({coded for _told, coded in by_login}, {True, False})
        # All that is asked for by the reminder is paid; the dollars are still open.
        self.pay(self.foreign)
        [(told, _coded)] = self._banks()
        self.assertEqual(told["Account"], DOLLAR_NUMBER)

    def test_each_company(self):
        """A company's page names no other company's account."""
        self.make_invoice(self.debtor_b, company=self.other_company, amount=31)
        [(told, _coded)] = self._banks()
        self.assertEqual(told["IBAN"], EURO_IBAN)
        self.authenticate("martin", "martin")
        [(told, coded)] = self._banks(f"/my/credit/{self.other_company.id}")
        self.assertEqual(told["Account"], "5555 0000 5555")
        self.assertFalse(coded)

    def test_nothing_to_transfer(self):
        self.pay(self.foreign)
        self.assertEqual(self._banks(), [])
        self.make_invoice(self.debtor_b, amount=5)
        self.bank.active = False
        self.assertEqual(self._banks(), [])

    def test_same_by_the_link_of_a_reminder(self):
        """The reference of the reminder, where several invoices are open."""
        [(told, coded)] = self._banks(self.path)
        self.assertEqual(payment.reference_number(told["Reference"]), self.reminder.id)
        self.assertEqual(told["IBAN"], EURO_IBAN)
        self.assertTrue(coded)

    # ------------------------------------------------------------------
    # The last payments
    # ------------------------------------------------------------------

    def _payments(self):
        rows = html.fromstring(self.get().text).xpath(
            "//section[@aria-labelledby='credit_payments']//tbody/tr"
        )
        return [
            tuple(
                " ".join(cell.text_content().split()).replace("\xa0", " ")
                for cell in row
            )
            for row in rows
        ]

    def _transfer(self, amount, label, partner):
        """A line of a bank statement, matched straight with what is open."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": TODAY,
                "payment_ref": label,
                "amount": amount,
                "partner_id": partner.id,
            }
        )
        waiting = line.line_ids.filtered(lambda item: item.balance < 0)
        waiting.action_credit_match()
        return line

    def test_transfers_are_among_the_last_payments(self):
        self._transfer(100, "Thanks for the chairs", self.debtor)
        self._transfer(777, "From Martin", self.debtor_b)
        payment = self.pay(self.mid, 50)
        self.assertEqual(
            self._payments(),
            [
                ("17 Jun 2026", "Thanks for the chairs", "100.00 €"),
                ("17 Jun 2026", payment.memo, "50.00 €"),
            ],
        )

    def test_a_transfer_for_two_debtors(self):
        """The debtor's own part, without the words about somebody else."""
        line = self._transfer(150, f"{self.old.name} {self.foreign.name}", self.debtor)
        [claim] = line.line_ids.filtered(
            lambda item: item.account_type == "asset_receivable"
        )
        claim.remove_move_reconcile()
        values = {"amount_currency": -50, "balance": -50}
        other = {
            "account_id": claim.account_id.id,
            "partner_id": self.debtor_b.id,
            "currency_id": self.euro.id,
        }
        line.move_id.with_context(skip_readonly_check=True).write(
            {
                "line_ids": [
                    Command.update(
                        claim.id, {"amount_currency": -100, "balance": -100}
                    ),
                    Command.create({**other, **values}),
                ]
            }
        )
        self.assertEqual(self._payments(), [("17 Jun 2026", "", "100.00 €")])

    def test_a_payment_that_came_in_by_a_transfer_is_told_once(self):
        self.without_journal_entries()
        payment = self.pay(self.old)
        self.assertFalse(payment.move_id)
        line = self._transfer(100, "By the bank", self.debtor)
        claim = line.line_ids.filtered(lambda item: item.balance < 0)
        claim.remove_move_reconcile()
        (claim | self.items(self.old)).reconcile()
        self.assertEqual(self.old.amount_residual, 0)
        self.assertEqual(self._payments(), [("17 Jun 2026", payment.memo, "100.00 €")])

    def test_one_of_two_equal_transfers_was_registered(self):
        """As many transfers are left out as there are payments that tell of them."""
        self.without_journal_entries()
        payment = self.pay(self.mid, 50)
        for label in ("First", "Second"):
            line = self._transfer(50, label, self.debtor)
            claim = line.line_ids.filtered(lambda item: item.balance < 0)
            claim.remove_move_reconcile()
            (claim | self.items(self.mid)).reconcile()
        self.assertEqual(self.mid.amount_residual, 100)
        told = sorted(row[1] for row in self._payments())
        self.assertEqual(told, sorted([payment.memo, "Second"]))

    # ------------------------------------------------------------------
    # The language
    # ------------------------------------------------------------------

    def test_logged_in_it_speaks_the_language_of_the_user(self):
        """Whatever the browser asks for; where the user has none, that of the firm."""
        self.env["res.lang"]._activate_lang("fr_FR")
        user = self.env["res.users"].search([("login", "=", "martin")])
        self.authenticate("martin", "martin")
        path = f"/my/credit/{self.company.id}"
        for own, firm in (("fr_FR", "en_US"), (False, "fr_FR")):
            user.partner_id.lang, self.debtor_b.lang = own, firm
            self.env.flush_all()
            for address in (path, "/my/credit"):
                response = self.url_open(address, headers={"Accept-Language": "en"})
                page = html.fromstring(response.text)
                self.assertEqual(page.get("lang"), "fr-FR", address)

    def test_status_in_the_language_of_the_user(self):
        """Odoo's page between paying and coming back speaks it as well."""
        self.env["res.lang"]._activate_lang("fr_FR")
        user = self.env["res.users"].search([("login", "=", "martin")])
        user.partner_id.lang = "fr_FR"
        self.authenticate("martin", "martin")
        path = f"/my/credit/{self.company.id}"
        self.begin(f"i.{self.items(self.foreign).id}", 777, path=path)
        response = self.url_open("/payment/status", headers={"Accept-Language": "en"})
        page = html.fromstring(response.text)
        self.assertEqual(page.get("lang"), "fr-FR")
        self.assertIn(f"company={self.company.id}", response.text)
