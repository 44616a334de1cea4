"""Articles of the law, as they are told."""

import re
from datetime import date
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import code_translations

from ..engine.mentions import Mention
from ..models.credit_article import FOUND, article_text, article_told
from ..models.credit_mention_check import titled
from ..report.wording import joined

#: Words of English, and none of the abbreviations that lawyers of a country use.
ENGLISH = re.compile(
    r"\b(?:and|to|on|of|law|old|the|book|article|decree|Directive|Regulation|Jud|CJEU|"
    r"EU|Terms|Common|National|provision|following|abroad|Form|as read|no\.)(?!\w)"
)
#: The acts of Parliament are called by their names.
ACT = re.compile(r"(?:\(?[A-Z]\w+\)? |of |and )+Act \d{4}")


@tagged("post_install", "-at_install")
class TestArticle(TransactionCase):
    def test_in_english_as_they_are_kept(self):
        for model in ("basis", "mention", "period"):
            parts = self.env[f"credit.regime.{model}"].search(
                [("article", "!=", False)]
            )
            for article in set(parts.mapped("article")):
                self.assertEqual(article_text(self.env, article), article)

    def _articles(self):
        """Every article that any addon ships."""
        for model in self.env.values():
            names = {"article", "rollover_article"} & set(model._fields)
            if not model._auto or model._transient or model._abstract:
                continue
            for name in names:
                if model._fields[name].store and model._name.startswith("credit."):
                    yield from set(model.search([(name, "!=", False)]).mapped(name))

    def test_no_word_stays_english(self):
        articles = set(self._articles())
        self.assertGreater(len(articles), 200)
        for article in articles:
            rest = ACT.sub("", FOUND.sub("", article))
            self.assertFalse(ENGLISH.search(rest), article)

    def test_acts_keep_their_names(self):
        act = "Prescription and Limitation (Scotland) Act 1973, s. 6"
        self.assertEqual(FOUND.findall(act), [])
        found = [each.group() for each in FOUND.finditer("1338 to 1344 Jud. C.")]
        self.assertEqual(found, ["to", "Jud. C."])

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.env["ir.qweb"].with_context(lang="fr_FR").env
        told = article_text(french, "5 law of 2 August 2002, as amended on 1 May 2013")
        self.assertEqual(told, "5 loi du 2 août 2002, modifiée le 1er mai 2013")
        self.assertEqual(article_text(french, "104 (1) OR"), "104 (1) OR")
        self.assertEqual(article_text(french, False), "")

    def test_semicolons_as_the_language_sets_them(self):
        """French has a space before them: in articles and wherever texts are joined."""
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.env["ir.qweb"].with_context(lang="fr_FR").env
        words = {"and": "et", "%(told)s; %(more)s": "%(told)s\xa0; %(more)s"}
        with patch.object(
            code_translations, "get_python_translations", return_value=words
        ):
            told = article_text(french, "280 and 286 BGB; 367 BGB")
            self.assertEqual(joined(french, ["a", "b", "c"]), "a\xa0; b\xa0; c")
        self.assertEqual(told, "280 et 286 BGB\xa0; 367 BGB")
        self.assertEqual(joined(self.env, iter(["a", "b", "c"])), "a; b; c")
        self.assertEqual((joined(self.env, ["a"]), joined(self.env, [])), ("a", ""))

    def test_in_sentences(self):
        """Wherever an article is named, it is told in the reader's language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.env(context={"lang": "fr_FR"})
        kept, told = "XIX.2 C. econ. law", "XIX.2 CDE"
        mention = Mention("formal_notice", "Montant", article=kept)
        for text in (
            french["account.move"]._credit_wait_phrase((date(2026, 12, 16), kept)),
            french["credit.regime.contact"].new({"article": kept})._source_text(),
            titled(french, mention),
        ):
            self.assertIn(told, text)

    def test_debtors_are_not_told_that_there_is_none(self):
        charges = self.env["credit.charge"]
        self.assertEqual(article_told(self.env, "No provision"), "")
        self.assertEqual(
            charges._withheld_text("cost", "forbidden", "No provision"),
            "Collection costs: the law fixes none",
        )
        self.assertEqual(
            charges._withheld_text("cost", "forbidden", "106 OR"),
            "Collection costs: the law fixes none (106 OR)",
        )
        self.assertEqual(
            charges._withheld_text("fee", "forbidden", "106 OR"),
            "Reminder fee: the law allows none (106 OR)",
        )
