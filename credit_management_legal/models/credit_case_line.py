from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .credit_case import RUNNING


class CreditCaseLine(models.Model):
    """An item in a case, as it stood when the case was opened.

    ``amount`` and ``step_id`` are those of that day; ``amount_residual`` is what is
    open now. Amounts are in the currency of the item. What the line says of its
    invoice does not change with it.
    """

    _name = "credit.case.line"
    _description = "Item of a Credit Case"
    _order = "date_due, id"

    case_id = fields.Many2one(
        "credit.case", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="case_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(
        related="case_id.currency_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(related="case_id.partner_id")
    # An invoice that is corrected may rebuild its items: the line keeps what it said,
    # and follows the invoice when that is posted again.
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Item",
        index="btree_not_null",
        ondelete="set null",
        domain="[('account_type', '=', 'asset_receivable'), "
        "('parent_state', '=', 'posted'), ('reconciled', '=', False), "
        "('amount_residual_currency', '>', 0), ('company_id', '=', company_id), "
        "('currency_id', '=', currency_id), "
        "('partner_id.commercial_partner_id', '=', partner_id)]",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        compute="_compute_snapshot",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
    )
    name = fields.Char(
        string="Invoice", compute="_compute_snapshot", store=True, precompute=True
    )
    date_invoice = fields.Date(
        string="Date", compute="_compute_snapshot", store=True, precompute=True
    )
    date_due = fields.Date(
        string="Due date", compute="_compute_snapshot", store=True, precompute=True
    )
    amount_original = fields.Monetary(
        string="Amount", compute="_compute_snapshot", store=True, precompute=True
    )
    amount = fields.Monetary(
        string="At opening",
        compute="_compute_snapshot",
        store=True,
        precompute=True,
        help="What was open when the case was opened.",
    )
    step_id = fields.Many2one(
        "credit.policy.step",
        string="Stood at",
        readonly=True,
        copy=False,
        help="The last step that had reached the debtor when the case was opened.",
    )
    amount_residual = fields.Monetary(
        string="Open amount",
        related="move_line_id.amount_residual_currency",
        currency_field="currency_id",
    )
    date_withdrawn = fields.Date(string="Withdrawn on", readonly=True, copy=False)
    state = fields.Selection(related="case_id.state")
    is_open = fields.Boolean(
        compute="_compute_is_open",
        store=True,
        precompute=True,
        help="The item is in the hands of the third party.",
    )

    _item_open = models.UniqueIndex(
        "(move_line_id) WHERE is_open", "An item is in one open case at a time."
    )

    @api.depends("move_line_id")
    def _compute_snapshot(self):
        for line in self:
            item = line.sudo().move_line_id
            if not item:
                # What it was is told even when the item is gone.
                continue
            line.move_id = item.move_id
            line.name = item.move_name
            line.date_invoice = item.invoice_date or item.date
            line.date_due = item.date_maturity or item.date
            line.amount_original = item.amount_currency
            line.amount = item.amount_residual_currency

    @api.depends("case_id.state", "date_withdrawn", "move_line_id")
    def _compute_is_open(self):
        for line in self:
            line.is_open = (
                line.case_id.state in RUNNING
                and not line.date_withdrawn
                and bool(line.move_line_id)
            )

    @api.constrains("move_line_id", "case_id")
    def _check_item(self):
        for line in self.sudo().filtered("move_line_id"):
            item = line.move_line_id
            if (
                item.account_type != "asset_receivable"
                or item.parent_state != "posted"
                or item.amount_currency < 0
            ):
                raise ValidationError(
                    self.env._("Only posted claims on customers can be in a case.")
                )
        self.case_id._check_items()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_opened(self):
        if any(line.case_id.state != "draft" for line in self):
            raise ValidationError(
                self.env._(
                    "An item that was handed over stays on record: withdraw it instead."
                )
            )

    def action_withdraw(self, reason=None):
        """Take single items out of their cases: their reminders go on.

        :return: the wizard where whoever clicked has not said why, otherwise True
        :raise AccessError: if whoever asks may not change the cases
        :raise UserError: while a third party has money that was paid in the case
        """
        self.case_id._check_manager()
        self.filtered("is_open").case_id._check_nothing_held()
        reason = (reason or "").strip()
        if self.case_id._lack_reason(reason):
            return self.env["credit.case.end"]._ask(self.case_id, "withdraw", self)
        for case, lines in self.grouped("case_id").items():
            case._withdraw_lines(lines, reason)
        return True
