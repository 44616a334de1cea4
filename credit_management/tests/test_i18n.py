import re
from collections import Counter

import polib

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

LANGUAGES = ("fr", "nl")
#: What a translation has to keep: placeholders of Python and of templates, and tags.
KEPT = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\{.*?\}\}|\$\{.*?\}|</?\w[^>]*>", re.DOTALL)


class TranslationsMixin:
    """The translations of an addon say all that its template does."""

    addon = None
    allow_inherited_tests_method = True

    def _file(self, name):
        return polib.pofile(file_path(f"{self.addon}/i18n/{name}"))

    def _texts(self, name):
        """The entries in use, by their English text."""
        return {entry.msgid: entry for entry in self._file(name) if not entry.obsolete}

    def test_same_texts_as_the_template(self):
        template = set(self._texts(f"{self.addon}.pot"))
        self.assertTrue(template)
        for language in LANGUAGES:
            with self.subTest(language=language):
                texts = set(self._texts(f"{language}.po"))
                self.assertEqual(template - texts, set(), "not translated")
                self.assertEqual(texts - template, set(), "no longer used")

    def test_same_places_as_the_template(self):
        """Terms of views are translated where the file says that they stand."""
        template = self._texts(f"{self.addon}.pot")
        for language in LANGUAGES:
            for msgid, entry in self._texts(f"{language}.po").items():
                with self.subTest(language=language, text=msgid):
                    self.assertEqual(
                        set(entry.occurrences), set(template[msgid].occurrences)
                    )

    def test_nothing_empty_or_doubtful(self):
        for language in LANGUAGES:
            with self.subTest(language=language):
                texts = self._texts(f"{language}.po").items()
                unfinished = [msgid for msgid, e in texts if not e.translated()]
                self.assertEqual(unfinished, [])

    def test_placeholders_and_tags_are_kept(self):
        for language in LANGUAGES:
            for msgid, entry in self._texts(f"{language}.po").items():
                with self.subTest(language=language, text=msgid):
                    self.assertEqual(
                        Counter(KEPT.findall(entry.msgstr)),
                        Counter(KEPT.findall(msgid)),
                    )

    def test_header_names_the_language_and_nobody(self):
        for language in LANGUAGES:
            with self.subTest(language=language):
                header = self._file(f"{language}.po").metadata
                self.assertEqual(header["Language"], language)
                self.assertFalse(header["Last-Translator"])


@tagged("post_install", "-at_install")
class TestTranslations(TranslationsMixin, BaseCase):
    addon = "credit_management"
