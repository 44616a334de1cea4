from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_auto_run = fields.Boolean(
        related="company_id.credit_auto_run", readonly=False
    )
    credit_tz = fields.Selection(related="company_id.credit_tz", readonly=False)
    credit_letter_window = fields.Selection(
        related="company_id.credit_letter_window", readonly=False
    )
    credit_letter_duplex = fields.Boolean(
        related="company_id.credit_letter_duplex", readonly=False
    )
    credit_link_days = fields.Integer(
        related="company_id.credit_link_days", readonly=False
    )
    credit_claim_kind = fields.Selection(
        related="company_id.credit_claim_kind", readonly=False
    )
    credit_note_retroactive = fields.Boolean(
        related="company_id.credit_note_retroactive", readonly=False
    )
    credit_charge_booking = fields.Selection(
        related="company_id.credit_charge_booking", readonly=False
    )
    credit_charge_document = fields.Selection(
        related="company_id.credit_charge_document", readonly=False
    )
    credit_charge_post = fields.Boolean(
        related="company_id.credit_charge_post", readonly=False
    )
    credit_charge_journal_id = fields.Many2one(
        related="company_id.credit_charge_journal_id", readonly=False
    )
    credit_interest_account_id = fields.Many2one(
        related="company_id.credit_interest_account_id", readonly=False
    )
    credit_indemnity_account_id = fields.Many2one(
        related="company_id.credit_indemnity_account_id", readonly=False
    )
    credit_fee_account_id = fields.Many2one(
        related="company_id.credit_fee_account_id", readonly=False
    )
    credit_charge_tax_id = fields.Many2one(
        related="company_id.credit_charge_tax_id", readonly=False
    )
    credit_waive_limit = fields.Monetary(
        related="company_id.credit_waive_limit",
        readonly=False,
    )
