from odoo import api, models
from odoo.tools import SQL


class CreditEffectReport(models.Model):
    _inherit = "credit.effect.report"

    @api.model
    def _cost_sql(self):
        # EXTENDS credit_management: what a message was paid by
        return SQL(
            "COALESCE(NULLIF(reminder.sms_cost, 0)::numeric, %s)", super()._cost_sql()
        )
