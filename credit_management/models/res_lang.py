"""The languages in which debtors are written to."""

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.translate import code_translations

ADDON = "credit_management"
#: What texts are written in before anybody translates them.
SOURCE = "en"


class ResLang(models.Model):
    _inherit = "res.lang"

    @api.model
    def _credit_spoken(self, code):
        """Whether there are texts for debtors in a language.

        They come translated with the addon, or somebody has translated an e-mail of a
        step. Otherwise English text would stand beside dates and amounts as another
        language writes them, which are read the wrong way round.
        """
        if code.startswith(SOURCE):
            return True
        if code_translations.get_python_translations(ADDON, code):
            return True
        # Of the stored texts, not of what they fall back to.
        self.env["mail.template"].flush_model(["model", "body_html"])
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT 1 FROM mail_template
                        WHERE model = 'credit.reminder'
                          AND jsonb_exists(body_html, %s) LIMIT 1""",
                    code,
                )
            )
        )

    @api.model
    def _credit_choose(self, *wanted):
        """The language of a message.

        :param wanted: codes, those to be preferred first; empty ones are left out
        :return: the first one that is installed; English in place of one in which
            there are no texts
        """
        installed = [code for code, _name in self.get_installed()]
        code = next((code for code in wanted if code in installed), None)
        if not code:
            code = self.env.lang or (installed and installed[0]) or "en_US"
        if self._credit_spoken(code):
            return code
        return next((code for code in installed if code.startswith(SOURCE)), code)
