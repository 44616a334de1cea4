from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditWriteOffLine(models.Model):
    _name = "credit.write.off.line"
    _description = "Item of a Write-off"
    _order = "write_off_id, id"

    write_off_id = fields.Many2one(
        "credit.write.off", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="write_off_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="write_off_id.currency_id")
    partner_id = fields.Many2one(related="write_off_id.partner_id")
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Item",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('account_type', '=', 'asset_receivable'), "
        "('parent_state', '=', 'posted'), ('reconciled', '=', False), "
        "('amount_residual_currency', '>', 0), ('company_id', '=', company_id), "
        "('currency_id', '=', currency_id), "
        "('partner_id.commercial_partner_id', '=', partner_id)]",
    )
    name = fields.Char(
        string="Invoice", compute="_compute_name", store=True, precompute=True
    )
    date_due = fields.Date(related="move_line_id.date_maturity", string="Due date")
    amount_residual = fields.Monetary(
        string="Open amount",
        related="move_line_id.amount_residual_currency",
        currency_field="currency_id",
    )
    amount = fields.Monetary(
        string="Write off",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
    )

    _item_unique = models.Constraint(
        "UNIQUE (write_off_id, move_line_id)", "An item stands in a write-off once."
    )

    @api.depends("move_line_id")
    def _compute_name(self):
        for line in self:
            line.name = line.sudo().move_line_id.move_name

    @api.depends("move_line_id")
    def _compute_amount(self):
        for line in self:
            line.amount = (
                line.amount or line.sudo().move_line_id.amount_residual_currency
            )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        # EXTENDS base
        self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proposed(self):
        self._check_open()

    def _check_open(self):
        """What is approved is what was proposed, item by item."""
        if not self.env.su and any(
            line.write_off_id.state not in ("draft", "refused") for line in self
        ):
            raise UserError(
                self.env._("Items: the write-off was proposed, take it back first.")
            )
