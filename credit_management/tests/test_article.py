"""Articles of the law, as they are told."""

from odoo.tests import TransactionCase, tagged

from ..models.credit_article import article_text, article_told


@tagged("post_install", "-at_install")
class TestArticle(TransactionCase):
    def test_in_english_as_they_are_kept(self):
        for model in ("basis", "mention", "period"):
            parts = self.env[f"credit.regime.{model}"].search(
                [("article", "!=", False)]
            )
            for article in set(parts.mapped("article")):
                self.assertEqual(article_text(self.env, article), article)

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.env["ir.qweb"].with_context(lang="fr_FR").env
        told = article_text(french, "5 law of 2 August 2002, as amended on 1 May 2013")
        self.assertEqual(told, "5 loi du 2 août 2002, modifiée le 1 mai 2013")
        self.assertEqual(article_text(french, "104 (1) OR"), "104 (1) OR")
        self.assertEqual(article_text(french, False), "")

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
