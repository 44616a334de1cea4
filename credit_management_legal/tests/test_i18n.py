from odoo.tests import BaseCase, tagged

from odoo.addons.credit_management.tests.test_i18n import TranslationsMixin


@tagged("post_install", "-at_install")
class TestTranslations(TranslationsMixin, BaseCase):
    addon = "credit_management_legal"
