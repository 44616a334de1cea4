from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_rate_provider = fields.Selection(
        selection=lambda self: self.env["credit.rate.provider"]._selection_provider(),
        string="Published rates",
        config_parameter="credit_management.rate_provider",
        help="Where rates are fetched from every day. Empty: nothing is fetched.",
    )

    def set_values(self):
        # EXTENDS 'base_setup'
        result = super().set_values()
        cron = self.env.ref("credit_management.ir_cron_fetch_rates").sudo()
        cron.active = bool(self.credit_rate_provider)
        return result

    def action_fetch_credit_rates(self):
        """Fetch published rates now; what is in the way is told at once."""
        self.ensure_one()
        self.set_values()
        if self.credit_rate_provider:
            self.env["credit.rate.provider"]._update(self.credit_rate_provider)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_rate_proposed_action"
        )
