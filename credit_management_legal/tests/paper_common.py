"""A case with an agency, and what its papers say."""

from io import BytesIO

from pypdf import PdfReader

from odoo.tests import freeze_time

from odoo.addons.credit_management.tests.charges_common import ChargesCommon
from odoo.addons.credit_management.tests.common import NOW

from .common import CaseCommon


class PaperCommon(CaseCommon, ChargesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "name": "Aurora SA",
                "street": "5 quai du Port",
                "zip": "69002",
                "city": "Lyon",
                "company_registry": "552100554",
            }
        )
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": cls.company.partner_id.id,
            }
        )
        cls.agency = cls.make_party(
            "Agence du Rhône",
            street="12 rue de la Barre",
            zip="69002",
            city="Lyon",
            phone="+33 4 72 00 00 00",
            company_registry="732829320",
        )
        cls.mandate = cls.make_mandate(reference="M-2026/7", name="Amicable, France")
        cls.move = cls.make_invoice(overdue=100, amount=1000)

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))
        self.env["ir.config_parameter"].set_param("report.url", "http://127.0.0.1:9")

    @classmethod
    def make_file(cls, moves=None, **values):
        """A case in the hands of the agency."""
        return cls.make_case(moves or cls.move, mandate_id=cls.mandate.id, **values)

    def render(self, case, code, **values):
        """(name of the file, text of the PDF on one line, what is missing)."""
        name, content, missing = self.env["credit.paper"]._render(case, code, **values)
        self.assertTrue(content.startswith(b"%PDF"))
        return name, self.text_of(content), missing

    @staticmethod
    def text_of(content):
        pages = PdfReader(BytesIO(content)).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
        return text.replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ")
