"""Letters, their texts, and the policies and texts that come with the addon."""

from io import BytesIO

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext
from odoo.tools.mail import is_html_empty

from .charges_common import SIREN
from .common import NOW
from .content_common import ContentCommon

LETTERS = ("letter", "registered_letter")
POLICIES = ("business_courteous", "business_firm", "consumers", "public")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContentLetter(ContentCommon):
    def setUp(self):
        super().setUp()
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() != "ok":
            self.skipTest("wkhtmltopdf with patched Qt is not installed")

    def pages(self, content):
        return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]

    def test_one_document_each(self):
        """Letters of one and of several pages, in two languages, in one go."""
        french = self.make_debtor("Lyon SARL", lang="fr_FR")
        short = self.make_reminder(self.make_invoice(overdue=41), self.notice)
        many = self.make_invoice(overdue=50)
        for n in range(49):
            many |= self.make_invoice(overdue=n + 1)
        long = self.make_reminder(many, self.notice)
        other = self.make_reminder(self.make_invoice(french), self.notice)
        reminders = short | long | other
        # No web server answers here: letters must not need one.
        self.env["ir.config_parameter"].set_param("report.url", "http://127.0.0.1:9")
        pdfs = reminders._letter_pdfs()
        self.assertEqual(set(pdfs), set(reminders.ids))
        pages = {r: self.pages(pdfs[r.id]) for r in reminders}
        self.assertEqual(len(pages[short]), 1)
        self.assertGreater(len(pages[long]), 1)
        for reminder in reminders:
            text = " ".join("\n".join(pages[reminder]).split())
            self.assertIn(reminder.name, text)
            for line in reminder.line_ids:
                self.assertIn(line.name, text)
            self.assertIn(reminder.payment_reference, text)
            for stranger in reminders - reminder:
                self.assertNotIn(stranger.name, text)
        self.assertIn("Registered letter", pages[short][0])
        self.assertIn("In words: one hundred euro", pages[short][0])
        self.assertIn("Invoice", pages[long][1], "the head of the table comes again")
        self.assertIn("avec avis de réception", pages[other][0])

    def test_slip_is_not_alone(self):
        """Where it goes to the next page the closing goes with it."""
        moves = self.env["account.move"]
        reminders = self.env["credit.reminder"]
        for n in range(14):
            moves |= self.make_invoice(overdue=n + 1)
            if n > 3:
                reminders |= self.make_reminder(moves, self.notice)
        together = []
        for content in reminders._letter_pdfs().values():
            pages = self.pages(content)
            slips = [page for page in pages if "Beneficiary" in page]
            together.append(len(slips) == 1 and "Yours sincerely" in slips[0])
        self.assertTrue(all(together), together)

    def test_slip_of_long_names_is_not_alone(self):
        self.debtor.name = "Syndicate of the owners of the residence " * 3
        moves = self.make_invoice(overdue=3)
        reminder = self.make_reminder(moves, self.notice)
        account = reminder.bank_account_id
        account.acc_holder_name = "Associated bailiffs, account of third parties " * 2
        pages = self.pages(reminder._letter_pdfs()[reminder.id])
        [slip] = [page for page in pages if "Beneficiary" in page]
        self.assertIn("Yours sincerely", slip)
        self.assertEqual(len(pages), 1)

    def test_charges(self):
        """A notice with charges, their basis and the slip, in French on one page.

        The calculation follows on a page of its own.
        1,000.00 x 12.15 % x 41/365 = 13.648 (central bank 2.15 + 10) and 40.00, twice.
        """
        french = self.make_debtor("Lyon SARL", lang="fr_FR", company_registry=SIREN)
        moves = self.make_invoice(french, overdue=41, amount=1000)
        moves |= self.make_invoice(french, overdue=41, amount=1000)
        reminder = self.make_reminder(
            moves, self.notice, amount_credit=0, amount_fee=0, amount_carried=0
        )
        reminder._refresh_charges()
        page, annex = self.pages(reminder._letter_pdfs()[reminder.id])
        text = " ".join(page.replace("\N{NO-BREAK SPACE}", " ").split())
        text = text.replace("\N{NARROW NO-BREAK SPACE}", " ")
        for part in (
            "Total des factures 2 000,00 €",
            "Intérêts de retard au taux de 12,15 % l’an 27,30 €",
            "Indemnité de recouvrement 80,00 €",
            "À payer",
            "2 107,30 €",
            "Sur quelle base Des intérêts de retard sont dus à compter du lendemain",
            "article L441-10 du Code de commerce français",
            "deux mille cent sept euros",
        ):
            self.assertIn(part, text)
        self.assertIn(reminder.payment_reference, text)
        self.assertIn("12,15", annex)
        self.assertIn("27,30", annex.replace("\N{NO-BREAK SPACE}", " "))

    def test_what_falls_due_later_is_told_apart(self):
        moves = self.make_invoice(overdue=41, amount=1240)
        later = self.make_invoice(overdue=-6, amount=2100)
        reminder = self.make_reminder(moves | later, self.notice, amount_credit=150.0)
        [page] = self.pages(reminder._letter_pdfs()[reminder.id])
        text = " ".join(page.replace("\N{NO-BREAK SPACE}", " ").split())
        self.assertNotIn("3,190.00 €", text)
        self.assertEqual(text.count("1,090.00 €"), 3, "text, table and slip")
        self.assertIn("In words: one thousand and ninety euro", text)
        self.assertIn("Not due yet 2,100.00 €", text)

    def test_calculation_goes_along(self):
        """With an e-mail as a file, where the step says so and something is charged."""

        def attached(reminder):
            values = reminder._email_values()[reminder.id]
            return [
                command[2]["name"]
                for command in values.get("attachment_ids", [])
                if command[0] == Command.CREATE
            ]

        move = self.make_invoice(overdue=41, amount=1000)
        amounts = {"amount_credit": 0, "amount_fee": 0, "amount_carried": 0}
        reminder = self.make_reminder(move, self.notice, channel="email", **amounts)
        self.assertEqual(attached(reminder), [], "nothing is charged yet")
        reminder._refresh_charges()
        name = reminder.name.replace("/", "-")
        self.assertEqual(attached(reminder), [f"Calculation {name}.pdf"])
        self.notice.attach_calculation = False
        self.assertEqual(attached(reminder), [])

    def test_print(self):
        reminders = self.make_reminder(self.make_invoice(), self.notice)
        reminders |= self.make_reminder(self.make_invoice(self.debtor_b), self.notice)
        action = reminders.action_print_letters(duplex=True)
        attachment = self.env["ir.attachment"].browse(
            int(action["url"].split("/")[-1].split("?")[0])
        )
        pages = self.pages(attachment.raw)
        self.assertEqual([bool(page.strip()) for page in pages], [True, False] * 2)
        self.assertFalse(any(reminders.mapped("printed")), "not sent yet")

    def test_print_by_the_address_of_the_report(self):
        """What was filed, or what would leave with its annex; nothing made up."""
        report = self.env["ir.actions.report"]
        name = "credit_management.report_reminder"
        reminder = self.make_reminder(self.make_invoice(), self.notice)
        fresh, _kind = report._render_qweb_pdf(name, reminder.ids)
        [page] = self.pages(fresh)
        self.assertIn(reminder.name, page)
        reminder._refresh_charges()
        fresh, _kind = report._render_qweb_pdf(name, reminder.ids)
        self.assertEqual(len(self.pages(fresh)), 2, "with the calculation")
        reminder._file_letters({reminder.id: fresh})
        mailed = self.make_reminder(self.make_invoice(), self.notice, channel="email")
        (reminder | mailed).state = "sent"
        filed, _kind = report._render_qweb_pdf(name, reminder.ids)
        self.assertEqual(len(self.pages(filed)), 2)
        with self.assertRaisesRegex(UserError, "left without a letter"):
            report._render_qweb_pdf(name, mailed.ids)
        with self.assertRaisesRegex(UserError, "left without a letter"):
            (reminder | mailed).action_print_letters()
        with self.assertRaisesRegex(UserError, "no letter"):
            report._render_qweb_pdf(name, [])


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContentTexts(ContentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Texts are changed here that the law would not let be changed so.
        cls.notice.policy_id.debtor_kind = False

    def test_address(self):
        def lines(**values):
            self.debtor.write(values)
            reminder.invalidate_recordset()
            return list(reminder._address_lines(reminder.contact_id))

        reminder = self.make_reminder(self.make_invoice())
        home = ["Dupont SARL", "1 rue de la Paix", "75002 Paris"]
        self.assertEqual(lines(), home)
        abroad = lines(country_id=self.env.ref("base.be").id)
        self.assertEqual(abroad, [*home, "BELGIUM"])
        reminder.contact_id = self.env["res.partner"].create(
            {"name": "Marie", "parent_id": self.debtor.id, "type": "invoice"}
        )
        self.assertEqual(lines()[:2], ["Dupont SARL", "Marie"])

    def test_letter_text(self):
        reminder = self.make_reminder(self.make_invoice(amount=70), self.notice)
        self.debtor.name = "A & B <C>"
        self.notice.letter_text = (
            "<p>{{ object.partner_id.name }} owes {{ object.amount_due_text }}</p>"
        )
        text = html2plaintext(reminder.letter_html)
        self.assertEqual(" ".join(text.split()), "A & B <C> owes 70.00 €")

    def test_letter_text_runs_no_code(self):
        reminder = self.make_reminder(self.make_invoice(), self.notice)
        for text in ("{{ object.env.cr.dbname }}", "{{ object.write({}) }}"):
            self.notice.letter_text = f"<p>{text}</p>"
            reminder.invalidate_recordset()
            with self.assertRaisesRegex(UserError, "placeholder"):
                reminder.mapped("letter_html")

    def test_letter_of_an_email_step(self):
        """The fallback of an e-mail says what the e-mail would have said."""
        self.first.letter_text = False
        reminder = self.make_reminder(
            self.make_invoice(amount=70), self.first, channel="letter"
        )
        text = html2plaintext(reminder.letter_html)
        self.assertIn("escaped your attention", text)
        self.assertNotIn("bank transfer", text)
        self.assertNotIn("Yours sincerely", text)

    def test_preview_says_what_is_wrong(self):
        reminder = self.make_reminder(self.make_invoice(), self.notice)
        self.assertIn("formal notice", reminder.preview_html)
        self.notice.letter_text = "<p>{{ object.nonsense }}</p>"
        reminder.invalidate_recordset()
        self.assertIn("placeholder", reminder.preview_html)

    # ------------------------------------------------------------------
    # Data
    # ------------------------------------------------------------------

    def test_every_text_in_three_languages(self):
        steps = self.env["credit.policy.step"].with_context(active_test=False)
        for name in POLICIES:
            policy = self.env.ref(f"credit_management.credit_policy_{name}")
            steps |= policy.with_context(active_test=False).step_ids
        self.assertEqual(len(steps), 20)
        records = [(step, "name") for step in steps]
        for step in steps:
            if step.channel in LETTERS:
                self.assertFalse(is_html_empty(step.letter_text), step.name)
            if step.letter_text:
                records.append((step, "letter_text"))
            if step.channel in ("email", *LETTERS) and step.trigger != "payment":
                self.assertTrue(step.mail_template_id, step.name)
        templates = self.env["mail.template"].search(
            [("model", "=", "credit.reminder")]
        )
        self.assertGreaterEqual(len(templates), 12)
        self.assertFalse(any(templates.mapped("auto_delete")), "mails are evidence")
        for template in templates:
            records += [(template, "subject"), (template, "body_html")]
        for record, field in records:
            texts = {
                str(record.with_context(lang=lang)[field])
                for lang in ("en_US", "fr_FR", "nl_NL")
            }
            self.assertEqual(len(texts), 3, f"{record} {field}: {texts}")

    def test_templates_are_filled_in_without_evaluating_code(self):
        mixin = self.env["mail.render.mixin"]
        templates = self.env["mail.template"].search(
            [("model", "=", "credit.reminder")]
        )
        for template in templates:
            for lang in ("en_US", "fr_FR", "nl_NL"):
                template = template.with_context(lang=lang)
                self.assertFalse(
                    mixin._has_unsafe_expression_template_qweb(
                        template.body_html, "credit.reminder"
                    ),
                    f"{template.name} {lang}",
                )
                self.assertFalse(
                    mixin._has_unsafe_expression_template_inline_template(
                        template.subject, "credit.reminder"
                    )
                )

    def test_policy_of_each_kind(self):
        policies = self.env["credit.policy"].union(
            *(self.env.ref(f"credit_management.credit_policy_{n}") for n in POLICIES)
        )
        for values, name in (
            ({"is_company": True, "credit_kind": "business"}, "business_courteous"),
            ({"is_company": True, "credit_kind": False}, "business_courteous"),
            ({"is_company": True, "credit_kind": "public"}, "public"),
            ({"is_company": False, "credit_kind": "consumer"}, "consumers"),
            ({"is_company": False, "credit_kind": False}, "consumers"),
        ):
            self.debtor.write(values)
            fitting = policies.sorted("sequence").filtered(
                lambda policy: self.env["res.partner"].search_count(
                    policy._debtor_domain() & Domain("id", "=", self.debtor.id)
                )
            )
            self.assertEqual(
                fitting[:1], self.env.ref(f"credit_management.credit_policy_{name}")
            )
