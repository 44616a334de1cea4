from odoo import api, fields, models

from .credit_article import article_text


class CreditArticleMixin(models.AbstractModel):
    """A rule with its article: as it is kept, and for whoever reads it."""

    _name = "credit.article.mixin"
    _description = "Rule with an Article"

    article = fields.Char()
    article_text = fields.Char(
        string="Article in your language", compute="_compute_article_text"
    )

    @api.depends("article")
    @api.depends_context("lang")
    def _compute_article_text(self):
        for rule in self:
            rule.article_text = article_text(self.env, rule.article)
