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
    credit_pay_charges_first = fields.Boolean(
        related="company_id.credit_pay_charges_first", readonly=False
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
    credit_hour_mails = fields.Integer(
        related="company_id.credit_hour_mails", readonly=False
    )
    credit_run_mails = fields.Integer(
        related="company_id.credit_run_mails", readonly=False
    )
    credit_hour_letters = fields.Integer(
        related="company_id.credit_hour_letters", readonly=False
    )
    credit_run_letters = fields.Integer(
        related="company_id.credit_run_letters", readonly=False
    )
    credit_guard_percent = fields.Integer(
        related="company_id.credit_guard_percent", readonly=False
    )
    credit_guard_ledger_days = fields.Integer(
        related="company_id.credit_guard_ledger_days", readonly=False
    )
    credit_guard_failures = fields.Integer(
        related="company_id.credit_guard_failures", readonly=False
    )
    credit_guard_last = fields.Integer(
        related="company_id.credit_guard_last", readonly=False
    )
    credit_stop_text = fields.Char(related="company_id.credit_stop_text")

    def action_credit_release(self):
        """Let the reminders of the company leave again."""
        stops = self.env["credit.stop"]._current(self.company_id)
        return stops.action_release()
