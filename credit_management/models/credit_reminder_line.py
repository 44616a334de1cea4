from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditReminderLine(models.Model):
    _name = "credit.reminder.line"
    _description = "Reminder Line"
    _order = "date_due, id"

    reminder_id = fields.Many2one(
        "credit.reminder", required=True, index=True, ondelete="cascade"
    )
    # Resetting an invoice to draft may rebuild its journal items: the line keeps what
    # it said, and no longer points anywhere.
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Journal item",
        index="btree_not_null",
        ondelete="set null",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        compute="_compute_snapshot",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
    )
    name = fields.Char(compute="_compute_snapshot", store=True, precompute=True)
    date_invoice = fields.Date(
        string="Invoice date", compute="_compute_snapshot", store=True, precompute=True
    )
    date_due = fields.Date(
        string="Due date", compute="_compute_snapshot", store=True, precompute=True
    )
    amount_original = fields.Monetary(
        string="Amount", compute="_compute_snapshot", store=True, precompute=True
    )
    step_id = fields.Many2one("credit.policy.step", required=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    amount_residual = fields.Monetary(string="Open amount")
    days_overdue = fields.Integer(
        string="Days overdue",
        help="Days since the due date; negative before it.",
    )
    amount_interest = fields.Monetary(string="Interest")
    amount_indemnity = fields.Monetary(
        string="Indemnity", help="Fixed indemnity and penalty clause."
    )
    amount_cost = fields.Monetary(string="Costs", help="Share of the collection costs.")
    state = fields.Selection(related="reminder_id.state")
    company_id = fields.Many2one(related="reminder_id.company_id")

    def _coming(self):
        """Of the items of one reminder those that fall due later: they are told besides
        what is claimed, unless nothing is overdue. What falls due today is claimed, as
        on the debtor's page."""
        if all(line.days_overdue <= 0 for line in self):
            return self.browse()
        return self.filtered(lambda line: line.days_overdue < 0)

    @api.depends("move_line_id")
    def _compute_snapshot(self):
        """What the line says of its item does not change with the item."""
        for line in self:
            item = line.move_line_id
            if not item:
                continue
            line.move_id = item.move_id
            line.name = item.move_id.name
            line.date_invoice = item.move_id.invoice_date or item.date
            line.date_due = item.date_maturity or item.date
            line.amount_original = item.amount_currency

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        lines = super().create(vals_list)
        if not self.env.su:
            lines._check_not_left()
        return lines

    def write(self, vals):
        # EXTENDS base
        if not self.env.su:
            self._check_not_left()
        return super().write(vals)

    def _check_not_left(self):
        self.reminder_id._check_not_left()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if any(line.reminder_id.state in ("sent", "failed") for line in self):
            raise UserError(
                self.env._("A reminder that left is evidence: it can't be changed.")
            )

    def action_exclude(self):
        """Leave the item out of a reminder that has not left yet."""
        for reminder, lines in self.grouped("reminder_id").items():
            names = ", ".join(lines.mapped("name"))
            if not reminder._lock_open("to_approve", "queued"):
                raise UserError(
                    self.env._("%s is no longer being prepared.", reminder.name)
                )
            lines.unlink()
            reminder._message_log(body=self.env._("Left out by hand: %s", names))
            reminder._refresh_amounts()
            if not reminder.line_ids:
                reminder.action_cancel()
            else:
                reminder._settle_step()
        return True
