from odoo.tests import BaseCase, tagged

from odoo.addons.credit_management.tests.test_i18n import TranslationsMixin

from ..engine import segments


@tagged("post_install", "-at_install")
class TestTranslations(TranslationsMixin, BaseCase):
    addon = "credit_management_sms"

    def test_messages_stay_in_the_telephone_alphabet(self):
        """A letter outside it would double the price of every message."""
        for language in ("fr", "nl"):
            texts = [
                entry
                for entry in self._file(f"{language}.po")
                if any("sms.template,body" in place for place, _no in entry.occurrences)
            ]
            self.assertEqual(len(texts), 4)
            for entry in texts:
                with self.subTest(language=language, text=entry.msgstr):
                    self.assertEqual(segments.measure(entry.msgstr).encoding, "gsm")
