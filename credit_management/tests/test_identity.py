"""What proves that a debtor is a business: numbers of the registries' own examples."""

from odoo.tests import BaseCase, tagged

from ..engine import identity


@tagged("post_install", "-at_install")
class TestIdentity(BaseCase):
    def test_company_number(self):
        for country, registry, vat, number in (
            ("FR", "732829320", "FR40303265045", "732829320"),
            ("FR", False, "FR40303265045", "303265045"),
            ("FR", "", "40 303 265 045", "303265045"),
            ("BE", False, "FR40303265045", "303265045"),
            ("FR", False, "FR53000004605", "FR53000004605"),  # Monaco
            ("FR", False, "FR123", "FR123"),
            ("BE", False, "BE0428759497", "BE0428759497"),
            ("FR", False, False, ""),
        ):
            with self.subTest(country=country, registry=registry, vat=vat):
                self.assertEqual(
                    identity.company_number(country, registry, vat), number
                )

    def test_vat_numbers(self):
        for country, number, proves in (
            ("FR", "FR40303265045", True),
            ("FR", "FR41303265045", False),  # the check digits are wrong
            ("BE", "BE0428759497", True),
            ("BE", "0428.759.497", True),
            ("BE", "BE0428759498", False),
            ("NL", "NL004495445B01", True),
            ("DE", "DE136695976", True),
            ("GB", "GB980780684", True),
            ("IT", "IT00743110157", True),
            ("AT", "ATU13585627", True),
            ("CH", "CHE-107.787.577 MWST", True),
            ("GR", "EL094259216", True),
            ("FR", "", False),
            (None, "FR40303265045", True),  # the prefix tells the country
            (None, "40303265045", False),
            ("US", "123456789", False),
        ):
            with self.subTest(country=country, number=number):
                self.assertIs(identity.is_business_vat(country, number), proves)

    def test_numbers_of_persons_prove_nothing(self):
        """Spain, Portugal and Italy give private persons tax numbers as well."""
        for country, number in (
            ("ES", "ES54362315K"),
            ("ES", "ESX5253868R"),
            ("PT", "PT213012326"),
            ("IT", "ITRCCMNL83S18D969H"),
        ):
            with self.subTest(country=country, number=number):
                self.assertFalse(identity.is_business_vat(country, number))
                self.assertFalse(identity.is_company_number(country, number))
        self.assertTrue(identity.is_business_vat("ES", "ESB58378431"))
        self.assertTrue(identity.is_business_vat("PT", "PT501964843"))

    def test_company_numbers(self):
        for country, number, proves in (
            ("FR", "732 829 320", True),
            ("FR", "73282932000074", True),
            ("FR", "732829321", False),
            ("BE", "0428.759.497", True),
            ("GB", "01234567", True),
            ("GB", "SC123456", True),
            ("GB", "1234", False),
            ("NL", "12345678", True),
            ("LU", "B12345", True),
            ("DE", "", False),
            (None, "732829320", False),
        ):
            with self.subTest(country=country, number=number):
                self.assertIs(identity.is_company_number(country, number), proves)

    def test_unknown_is_a_consumer(self):
        kind = identity.legal_kind
        vat = "FR40303265045"
        self.assertEqual(kind(None, "FR", None, None, None), ("consumer", "unknown"))
        self.assertEqual(kind(None, "FR", vat, None, None), ("business", "vat"))
        self.assertEqual(
            kind(None, "FR", None, "732829320", None), ("business", "registry")
        )
        self.assertEqual(
            kind("business", "FR", None, None, None), ("consumer", "unproven")
        )
        self.assertEqual(
            kind("business", "FR", None, None, "  "), ("consumer", "unproven")
        )
        self.assertEqual(
            kind("business", "FR", None, None, "Extract of 2026-01-05"),
            ("business", "proof"),
        )

    def test_what_is_declared(self):
        """A consumer stays one, whatever the number; a public body needs no proof."""
        vat = "FR40303265045"
        self.assertEqual(
            identity.legal_kind("consumer", "FR", vat, None, None),
            ("consumer", "consumer"),
        )
        self.assertEqual(
            identity.legal_kind("public", "FR", None, None, None), ("public", "public")
        )
