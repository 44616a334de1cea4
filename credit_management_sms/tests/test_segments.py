from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.segments import (
    BASIC,
    EXTENDED,
    GSM,
    UCS2,
    measure,
    outside,
    plain,
    simplify,
)


@tagged("post_install", "-at_install")
class TestSegments(BaseCase):
    def assertSize(self, text, encoding, units, segments):
        size = measure(text)
        self.assertEqual(
            (size.encoding, size.units, size.segments), (encoding, units, segments)
        )

    def test_alphabet(self):
        """128 places: the escape is the only one that is no character."""
        self.assertEqual(len(BASIC), 127)
        self.assertEqual(len(EXTENDED), 10)
        self.assertFalse(BASIC & EXTENDED)

    def test_plain(self):
        """Accents that telephones have stay; a letter without a like one too."""
        self.assertEqual(plain("Fournitures du Rhône"), "Fournitures du Rhone")
        self.assertEqual(plain("Créances Île-de-Œuf"), "Créances Ile-de-OEuf")
        self.assertEqual(plain("Rho\N{COMBINING CIRCUMFLEX ACCENT}ne"), "Rhone")
        self.assertEqual(plain("Łódź"), "Łodz")

    def test_nothing(self):
        self.assertSize("", GSM, 0, 0)

    def test_telephone_alphabet(self):
        self.assertSize("a" * 160, GSM, 160, 1)
        self.assertSize("a" * 161, GSM, 161, 2)
        self.assertSize("a" * 306, GSM, 306, 2)
        self.assertSize("a" * 307, GSM, 307, 3)
        self.assertSize("è" * 160, GSM, 160, 1)

    def test_extension_takes_two_places(self):
        self.assertSize("€" * 80, GSM, 160, 1)
        self.assertSize("a" * 159 + "€", GSM, 161, 2)

    def test_extension_is_not_split(self):
        # The last place of the first part stays empty, twice.
        self.assertSize("a" * 152 + "€" + "a" * 151, GSM, 305, 2)
        self.assertSize("a" * 152 + "€" + "a" * 152, GSM, 306, 3)

    def test_unicode(self):
        self.assertSize("ê" * 70, UCS2, 70, 1)
        self.assertSize("ê" * 71, UCS2, 71, 2)
        self.assertSize("ê" * 134, UCS2, 134, 2)
        self.assertSize("ê" * 135, UCS2, 135, 3)

    def test_what_telephones_lack(self):
        self.assertEqual(outside("Über 5 € à Noël, hé"), ["ë"])
        self.assertEqual(outside("ê, ê and œ 😀"), ["ê", "œ", "😀"])
        self.assertEqual(outside(""), [])

    def test_pairs_are_not_split(self):
        self.assertSize("😀" * 35, UCS2, 70, 1)
        self.assertSize("😀" * 36, UCS2, 72, 2)
        # 67 places hold 33 pairs, and one place is lost.
        self.assertSize("😀" * 66, UCS2, 132, 2)
        self.assertSize("😀" * 67, UCS2, 134, 3)

    def test_print_is_simplified(self):
        self.assertEqual(
            simplify(" L’entreprise : 1\u202f234,50\xa0€ – “cœur”… "),
            'L\'entreprise : 1 234,50 € - "coeur"...',
        )
        # A name keeps its letters.
        self.assertEqual(simplify("Benoît"), "Benoît")

    @settings(max_examples=200, deadline=None)
    @given(st.text(max_size=700))
    def test_room(self, text):
        """Each part holds what it holds; no part is there for nothing."""
        size = measure(text)
        alone, joined = (160, 153) if size.encoding == GSM else (70, 67)
        if size.units <= alone:
            self.assertEqual(size.segments, 1 if text else 0)
        else:
            # A part loses one place at most, to what is not split.
            self.assertLessEqual(size.units, size.segments * joined)
            self.assertGreater(size.units, (size.segments - 1) * (joined - 1))
        if size.encoding == UCS2:
            self.assertEqual(size.units, len(text.encode("utf-16-le")) // 2)
