"""The name of a company's number, on papers."""

from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW

from ..report.company_number import named
from .paper_common import PaperCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompanyNumber(PaperCommon):
    def test_numbers_are_named(self):
        for country, number, lang, expected in (
            ("FR", "732829320", "en", "SIREN 732829320"),
            ("FR", "73282932000074", "fr", "SIRET 73282932000074"),
            ("BE", "0477472701", "nl", "Ondernemingsnummer 0477472701"),
            ("BE", "0477472701", "fr", "Numéro d’entreprise 0477472701"),
            ("DE", "HRB 12345", "de", "HRB 12345"),
            ("DE", "12345", "de", "Handelsregister 12345"),
            ("LU", "B12345", "es", "Company number B12345"),
            ("LU", "", "fr", ""),
        ):
            with self.subTest(country=country, lang=lang):
                self.assertEqual(named(country, number, lang), expected)
        self.assertEqual(named("ES", "ESB1", "de", is_vat=True), "USt-IdNr. ESB1")
        case = self.make_file()
        self.agency.company_registry = "732829320"
        self.assertEqual(case._paper_party("fr")["party_number"], "SIREN 732829320")
        paper = self.env["credit.paper"]._of("agency_notice_fr")
        self.assertIn("SIREN 732829320", paper._values(case)["head"]["footer"])
