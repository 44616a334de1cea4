"""Papers: what stands on them, what is missing, in which words, in which currency."""

from datetime import date

from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.credit_management.report.wording import date_text
from odoo.addons.credit_management.tests.common import TODAY, days_ago

from ..engine import papers
from ..report import paper_words
from .paper_common import PaperCommon


@tagged("post_install", "-at_install")
class TestPaper(PaperCommon):
    def test_agency_notice_in_france(self):
        """All that article R124-4 asks for, and the charges by the creditor's terms."""
        case = self.make_file()
        name, text, missing = self.render(case, "agency_notice_fr", lang="fr")
        self.assertEqual(name, f"{case.name.replace('/', '-')}-agency_notice_fr-fr.pdf")
        self.assertEqual(missing, [])
        for said in (
            "Agence du Rhône",
            "12 rue de la Barre, 69002 Lyon, France",
            "exerce une activité de recouvrement amiable",
            "Aurora SA",
            "en vertu du mandat « M-2026/7 » du 1er janvier 2026",
            self.move.name,
            "27,40 €",
            "40,00 €",
            "1 067,40 €",
            "Les frais de recouvrement entrepris sans titre exécutoire",
            "2 juillet 2026",
            "FR76 3000 6000 0112 3456 7890 189",
            "Lettre recommandée avec avis de réception",
        ):
            self.assertIn(said, text)
        self.assertNotIn("▢", text)

    def test_languages(self):
        """In the debtor's language where the paper has it, else in its first one."""
        case = self.make_file()
        self.env["res.lang"]._activate_lang("nl_BE")
        for lang, said in (("nl_BE", "Ingebrekestelling"), ("en_US", "Formal notice")):
            self.debtor.lang = lang
            _name, text, missing = self.render(case, "agency_notice")
            self.assertIn(said, text)
            self.assertEqual(missing, [])
        order = self.env["credit.paper"]._of("order_fr")
        self.assertEqual(order._lang_for(case), "fr", "a court reads its own language")

    def test_missing_is_named_and_marked(self):
        case = self.make_file()
        self.debtor.write({"company_registry": False, "vat": "FR40303265045"})
        _name, text, missing = self.render(case, "order_fr")
        self.assertIn("Numéro d’entreprise du débiteur SIREN 303265045", text)
        self.assertEqual(
            missing,
            [
                "Juridiction",
                "Forme juridique du créancier",
                "Représentant légal du créancier",
                "Date de la mise en demeure",
            ],
        )
        self.assertIn("Incomplet – à ne pas utiliser. Il manque : Juridiction", text)
        self.assertIn("▢ Forme juridique du créancier", text)
        case._keep_paper_answers(
            {
                "court": "Tribunal de commerce de Paris",
                "creditor_form": "société anonyme",
                "creditor_representative": "sa présidence",
                "notice_date": "1er juin 2026",
            }
        )
        _name, text, missing = self.render(case, "order_fr")
        self.assertEqual(missing, [])
        self.assertNotIn("Incomplet", text)
        self.assertIn("Tribunal de commerce de Paris", text)
        self.assertIn("10 % l’an à compter du 10/03/2026", text)

    def test_telephone_numbers_stay_on_one_line(self):
        whole = self.agency.phone.replace(" ", "\N{NO-BREAK SPACE}")
        case = self.make_file()
        self.assertIn(whole, case._paper_party("fr")["party_contact"])
        paper = self.env["credit.paper"]._of("agency_notice_fr")
        head = paper._values(case)["head"]
        self.assertEqual(head["phone"], whole)
        self.assertIn(whole, head["footer"])

    def test_interest_to_come_is_claimed_once(self):
        """The total has interest until its day: more runs on what is open after it."""
        second = self.make_invoice(overdue=50, amount=500)
        case = self.make_file(self.move | second)
        _name, text, _missing = self.render(case, "order_fr")
        first_rule = f"{self.move.name} : 10 % l’an à compter du 10/03/2026"
        second_rule = f"{second.name} : 10 % l’an à compter du 29/04/2026"
        self.assertIn(f"{first_rule} ; {second_rule}", text)
        # In the table each has its own day too.
        self.assertIn("27,40 € dès le 10/03/2026", text)
        self.assertIn("6,85 € dès le 29/04/2026", text)
        further = (
            "outre les intérêts au taux applicable sur 1 500,00 € à compter du "
            "18/06/2026 jusqu’au paiement, ainsi que les dépens"
        )
        self.assertIn(further, text)
        case.mandate_id.party_id.credit_party_role = "lawyer"
        for code, lang, said in (
            ("order_be", "nl", "met de verdere rente tegen de geldende rentevoet op"),
            ("mahnbescheid_de", "de", "nebst weiteren Zinsen zum jeweils geltenden"),
            (
                "eop_form_a",
                "en",
                "interest at the rate due on 1,500.00\N{NO-BREAK SPACE}€ from",
            ),
        ):
            paper = self.env["credit.paper"]._of(code)
            self.assertIn(said, paper._values(case, lang)["body"])
        # A credit that is taken off the claim bears none.
        self.make_credit_note(amount=100)
        order = self.env["credit.paper"]._of("order_fr")
        self.assertIn("1\N{NARROW NO-BREAK SPACE}400,00", order._values(case)["body"])

    def test_no_more_interest_where_the_procedure_has_enough(self):
        case = self.make_file()
        case.procedure_id = self.env.ref("credit_management_legal.procedure_fr_order")
        paper = self.env["credit.paper"]._of("order_fr")
        self.assertIn("outre les intérêts", paper._values(case)["body"])
        case.procedure_id.max_extras = 1
        self.assertNotIn("outre les intérêts", paper._values(case)["body"])

    def test_court_and_language_of_an_insolvency(self):
        """Those of its record, whatever was entered for a petition."""
        case = self.make_file()
        paper = self.env["credit.paper"]._of("insolvency_claim")
        wizard = self.wizard(case, "order_fr")
        wizard.line_ids.filtered(lambda x: x.field_id.code == "court").value = "Lyon"
        wizard.action_print()
        record = self.env["credit.insolvency"].create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "procedure": "receivership",
                "date_opened": days_ago(50),
                "administrator_id": self.make_debtor(
                    "Maître Roy", street="1 rue Neuve", zip="69001", city="Lyon"
                ).id,
            }
        )
        self.assertEqual(paper._lang_for(case), "fr", "a French debtor and creditor")
        self.assertEqual(self.env["credit.paper"]._of("order_be")._lang_for(case), "fr")
        facts = paper._values(case)["facts"]
        self.assertEqual(
            (facts["court"], facts["administrator_name"][:6]), ("", "Maître")
        )
        record.court = "Tribunal des activités économiques"
        wizard = self.wizard(case, "insolvency_claim")
        line = wizard.line_ids.filtered(lambda x: x.field_id.code == "court")
        self.assertEqual((wizard.lang, line.value), ("fr", record.court))
        line.value = "Tribunal de commerce"
        wizard.action_print()
        self.assertEqual(paper._values(case)["facts"]["court"], "Tribunal de commerce")
        order = self.env["credit.paper"]._of("order_fr")
        self.assertEqual(order._values(case)["facts"]["court"], "Lyon")
        for country, lang in (("base.nl", "nl"), ("base.de", "de")):
            record.country_id = self.env.ref(country)
            self.assertEqual(paper._lang_for(case), lang)
        body = paper._values(case)["body"]
        self.assertIn("An Maître Roy, 1 rue Neuve", body)
        self.assertIn("Angemeldeter Betrag: <b>1.053,42", body)

    def test_language_of_a_belgian_court(self):
        self.env["res.lang"]._activate_lang("nl_BE")
        self.debtor.write({"country_id": self.env.ref("base.be").id, "lang": "nl_BE"})
        case = self.make_file()
        self.assertEqual(self.env["credit.paper"]._of("order_be")._lang_for(case), "nl")
        self.assertEqual(
            self.env["credit.paper"]._of("eop_form_a")._lang_for(case), "nl"
        )

    def test_whose_lawyer_it_is(self):
        """A lawyer acts by office: no mandate is named, nor its name in the house."""
        case = self.make_file()
        self.mandate.reference = False
        notice = self.env["credit.paper"]._of("agency_notice_fr")._values(case, "fr")
        self.assertIn("en vertu du mandat du 1er janvier 2026", notice["body"])
        self.assertNotIn(self.mandate.name, notice["body"] + notice["head"]["behalf"])
        receipt = self.env["credit.paper"]._of("payment_receipt")
        self.assertIn(
            "pour le compte de Aurora SA", receipt._values(case, "fr")["body"]
        )
        for role, said in (("lawyer", "avocat de"), ("bailiff", "à la demande de")):
            self.mandate.party_id.credit_party_role = role
            for code in ("lawyer_letter", "payment_receipt"):
                values = self.env["credit.paper"]._of(code)._values(case, "fr")
                self.assertEqual(values["head"]["behalf"], f"{said} Aurora SA")
            self.assertIn(f"{said} Aurora SA", values["body"])
            self.assertNotIn("mandat", values["body"])

    def test_answers_about_the_company_are_asked_once(self):
        first = self.make_file()
        first._keep_paper_answers({"creditor_form": "SA", "court": "Lyon"})
        second = self.make_file(self.make_invoice(overdue=50))
        self.assertEqual(second._paper_answers().get("creditor_form"), "SA")
        self.assertFalse(second._paper_answers().get("court"), "that of one case")
        foreign = self.make_case(
            self.make_invoice(company=self.other_company, overdue=50)
        )
        self.assertFalse(foreign._paper_answers().get("creditor_form"))

    def test_other_company_and_currency(self):
        """Nothing of one company's stands on the paper of another."""
        dollars = self.make_invoice(company=self.other_company, overdue=100, amount=500)
        case = self.make_case(dollars)
        _name, text, missing = self.render(case, "file_receipt", lang="en")
        self.assertRegex(text, r"\$ ?500\.00")
        self.assertNotIn("Aurora", text)
        self.assertNotIn("€", text)
        self.assertIn("Third party", missing)

    def test_every_paper_prints_in_every_language(self):
        case = self.make_file()
        for paper in self.env["credit.paper"].search([]):
            for text in paper.text_ids:
                values = paper._values(case, text.lang)
                self.assertFalse(
                    [gap for gap in values["gaps"] if gap["unsaid"]], paper.code
                )
                self.assertNotIn("{{", values["body"])
                self.assertIn("cm_", paper._preview_of(values))
        for code in ("mahnbescheid_de", "eop_form_a", "bailiff_notice"):
            self.render(case, code)

    def test_belgian_consumers(self):
        """All mentions of article XIX.9, and the sentence that it is no summons."""
        self.debtor_b.write({"country_id": self.env.ref("base.be").id, "lang": "fr_FR"})
        move = self.make_invoice(self.debtor_b, overdue=60, amount=200)
        case = self.make_file(move)
        paper = self.env["credit.paper"]._of("agency_notice_be")
        self.assertTrue(paper._fits(case))
        self.assertFalse(self.env["credit.paper"]._of("agency_notice_fr")._fits(case))
        _name, text, missing = self.render(case, "agency_notice_be")
        self.assertEqual(missing, [])
        self.assertIn("Elle n’est ni une assignation", text)
        self.assertIn("troisième jour ouvrable", text)
        self.assertIn("Work", text, "what was delivered")
        letter = self.env["credit.paper"]._of("lawyer_letter")
        self.assertIn("assignation", letter._values(case, "fr")["body"])
        business = self.make_file()
        self.assertNotIn("assignation", letter._values(business, "fr")["body"])

    def test_claim_in_an_insolvency(self):
        """As it stood on the day of the opening judgment: interest ends there."""
        case = self.make_file()
        self.debtor.credit_insolvency_date = days_ago(50)
        _name, text, missing = self.render(case, "insolvency_claim", lang="fr")
        self.assertIn("Intérêts arrêtés au 27/04/2026", text)
        self.assertIn("les intérêts sont arrêtés au jour indiqué", text)
        self.assertIn("13,42 €", text, "49 days: that of the judgment bears none")
        self.assertIn("28 avril 2026", text)
        self.assertIn("Sûretés ou privilèges (« néant » le cas échéant)", missing)

    def test_unmatched_credit_is_taken_off(self):
        case = self.make_file()
        self.make_credit_note(amount=100)
        _name, text, _missing = self.render(case, "agency_notice_fr", lang="en")
        self.assertIn("967.40 €", text)

    def test_receipt_for_a_payment(self):
        case = self.make_file()
        _name, _text, missing = self.render(case, "payment_receipt", lang="en")
        self.assertEqual(missing, ["Payment received"])
        case._add_event("payment", "Part payment", amount=100, date=days_ago(1))
        reported = self.env["credit.case.payment"].create(
            {
                "case_id": case.id,
                "amount": 250,
                "date": days_ago(2),
                "event_id": case._add_event("payment", "Told", origin="party").id,
            }
        )
        ours = self.env["credit.case.payment"].create(
            {
                "case_id": case.id,
                "amount": 70,
                "date": days_ago(1),
                "received_by": "creditor",
            }
        )
        ours.state = "received"
        # Nobody has confirmed the one, and the agency never had the others.
        self.assertTrue(reported.is_unconfirmed)
        _name, _text, missing = self.render(case, "payment_receipt", lang="en")
        self.assertEqual(missing, ["Payment received"])
        reported.action_accept()
        _name, text, missing = self.render(case, "payment_receipt", lang="en")
        self.assertEqual(missing, [])
        self.assertIn("250.00 €, 15 June 2026", text)
        # Nor is it a receipt once the payment was taken back.
        reported.state = "undone"
        _name, _text, missing = self.render(case, "payment_receipt", lang="en")
        self.assertEqual(missing, ["Payment received"])
        paper = self.env["credit.paper"]._of("payment_receipt")
        paper.in_name_of = "creditor"
        _name, text, _missing = self.render(case, "payment_receipt", lang="en")
        self.assertIn("70.00 €, 16 June 2026", text)

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    def test_texts_are_filled_in_without_running_code(self):
        self.assertEqual(
            papers.fill("<p>{{ a }} {{b}} {{ c.d }}</p>", {"a": "<i>"}, {"b": "B"}),
            '<p>&lt;i&gt; <span class="cm_gap">▢ B</span> {{ c.d }}</p>',
        )
        text = self.env["credit.paper"]._of("lawyer_letter").text_ids[0]
        with self.assertRaisesRegex(ValidationError, "no_such_field"):
            text.body = "<p>{{ no_such_field }}</p>"

    def test_a_mention_left_out_of_a_text_is_missed(self):
        paper = self.env["credit.paper"]._of("agency_notice_fr")
        text = paper.text_ids.filtered(lambda text: text.lang == "fr")
        text.body = text.body.replace("{{ law_text }}", "")
        case = self.make_file()
        _name, _text, missing = self.render(case, "agency_notice_fr", lang="fr")
        self.assertEqual(missing, ["Texte légal à reproduire"])

    def test_words_are_complete(self):
        for table in (paper_words.FIELDS, paper_words.WORDS):
            for key, texts in table.items():
                self.assertEqual(len(texts), len(paper_words.ORDER), key)
                self.assertTrue(all(texts), key)
        for line in self.env["credit.paper.field"].search([]):
            self.assertIn(line.code, paper_words.FIELDS)
        self.assertEqual(paper_words.money(-123456, "EUR", 2, "de"), "−1.234,56\xa0€")
        self.assertEqual(paper_words.money(123456, "EUR", 2, "en"), "1,234.56\xa0€")
        self.assertEqual(paper_words.money(123456, "EUR", 2, "nl"), "1.234,56\xa0€")
        self.assertEqual(paper_words.money(5, "JPY", 0, "en", "before"), "JP¥\xa05")

    # ------------------------------------------------------------------
    # The screen
    # ------------------------------------------------------------------

    def wizard(self, case, code):
        action = case.action_papers()
        wizard = case.env[action["res_model"]].browse(action["res_id"])
        wizard.paper_id = self.env["credit.paper"]._of(code)
        return wizard

    def test_a_lawyer_begins_with_its_letter(self):
        """Where no act of a procedure asks for another paper."""
        case = self.make_file()
        for role, code in (("lawyer", "lawyer_letter"), ("bailiff", "bailiff_notice")):
            self.mandate.party_id.credit_party_role = role
            wizard = self.env["credit.paper.print"].browse(
                case.action_papers()["res_id"]
            )
            self.assertEqual(wizard.paper_id.code, code)

    def test_no_law_nothing_to_verify(self):
        """A field that no rule asks for has no rule to be read."""
        paper = self.env["credit.paper"].create(
            {
                "name": "A note",
                "code": "a_note",
                "field_ids": [
                    Command.create({"code": "creditor_name", "confidence": "memory"}),
                    Command.create(
                        {
                            "code": "debtor_name",
                            "article": "art. 58",
                            "confidence": "text",
                        }
                    ),
                ],
            }
        )
        search = self.env["credit.paper"].get_view(view_type="search")["arch"]
        domain = etree.fromstring(search).xpath("//filter[@name='unsure']/@domain")
        unsure = self.env["credit.paper"].search(safe_eval(domain[0]))
        self.assertNotIn(paper, unsure)
        self.assertEqual(paper.unsure_count, 0)
        paper.field_ids[0].article = "art. 54"
        self.assertEqual(paper.unsure_count, 1)

    def test_first_of_the_month_in_french(self):
        day = date(2026, 7, 1)
        self.assertEqual(paper_words.day_text(day, "fr"), "1er juillet 2026")
        self.assertEqual(date_text(day, "long", "fr_BE"), "1er juillet 2026")
        self.assertEqual(date_text(day, "long", "nl_BE"), "1 juli 2026")
        later = date(2026, 7, 11)
        self.assertEqual(paper_words.day_text(later, "fr"), "11 juillet 2026")

    def test_no_law_of_another_country(self):
        """What Belgium asks for against consumers is not named in a French case."""
        french = self.make_file()
        self.debtor_b.country_id = self.env.ref("base.be")
        belgian = self.make_file(
            self.make_invoice(self.debtor_b, overdue=60, amount=200)
        )
        for code in ("lawyer_letter", "bailiff_notice"):
            lines = self.wizard(french, code).line_ids
            self.assertTrue(lines)
            self.assertFalse(lines.filtered(lambda x: "XIX" in (x.article or "")))
            lines = self.wizard(belgian, code).line_ids
            self.assertIn("not_summons", lines.field_id.mapped("code"))

    def test_print_and_keep(self):
        case = self.make_file()
        wizard = self.wizard(case, "order_fr")
        self.assertIn("Juridiction", wizard.missing_text)
        with Form(wizard) as form:
            for place in range(len(wizard.line_ids)):
                with form.line_ids.edit(place) as line:
                    if line.field_id.code == "court":
                        line.value = "Tribunal de commerce de Paris"
            self.assertIn("Tribunal de commerce de Paris", form.preview_html)
        self.assertNotIn("Juridiction", wizard.missing_text)
        wizard.action_print()
        self.assertEqual(case.paper_answers, {"court": "Tribunal de commerce de Paris"})
        event = case.event_ids
        self.assertEqual((event.kind, event.date), ("document", TODAY))
        self.assertIn("Printed without: Forme juridique", event.note)
        attachment = event.attachment_ids
        self.assertTrue(attachment.raw.startswith(b"%PDF"))
        self.assertEqual((attachment.res_model, attachment.res_id)[0], "credit.case")

    def test_unlawful_notice_is_not_sent(self):
        """A formal notice that does not say what the law wants stays here."""
        case = self.make_file()
        self.agency.street = False
        wizard = self.wizard(case, "agency_notice_fr")
        self.assertTrue(wizard.unlawful)
        with self.assertRaisesRegex(UserError, "can't be sent"):
            wizard.action_print()
        self.assertFalse(case.event_ids)
        self.agency.street = "12 rue de la Barre"
        self.wizard(case, "agency_notice_fr").action_print()
        self.assertEqual(case.event_ids.kind, "letter")

    def test_who_prints(self):
        case = self.make_file()
        viewer = self.make_user("viewer", "group_viewer")
        wizard = self.wizard(case.with_user(viewer), "file_receipt")
        self.assertTrue(wizard.preview_html)
        with self.assertRaisesRegex(Exception, "collectors"):
            wizard.action_print()
        collector = self.make_user("collector", "group_collector")
        self.wizard(case.with_user(collector), "file_receipt").action_print()
        self.assertEqual(case.event_ids.kind, "document")

    def test_missing_rate_stops_it(self):
        """Nothing is claimed at a rate that nobody entered."""
        case = self.make_file()
        self.env["credit.rate"].search([("series", "=", "TEST_TEN")]).unlink()
        with self.assertRaisesRegex(UserError, "TEST_TEN"):
            self.render(case, "agency_notice_fr")
