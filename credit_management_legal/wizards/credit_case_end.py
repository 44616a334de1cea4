from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditCaseEnd(models.TransientModel):
    """Withdraw or close cases, or withdraw single items: and say why."""

    _name = "credit.case.end"
    _description = "End Cases"

    case_ids = fields.Many2many("credit.case", string="Cases", readonly=True)
    line_ids = fields.Many2many(
        "credit.case.line",
        string="Items",
        readonly=True,
        help="Those that are withdrawn. Empty: whole cases.",
    )
    act = fields.Selection(
        [
            ("withdraw", "Withdraw: reminders go on where they stood"),
            ("close", "Close for good: what is open is reminded again"),
        ],
        string="What happens",
        required=True,
        readonly=True,
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_amount_charges")
    amount_charges = fields.Monetary(
        string="Still claimed",
        compute="_compute_amount_charges",
        help="Charges and costs of the case that are not paid.",
    )
    has_charges = fields.Boolean(compute="_compute_amount_charges")
    waive = fields.Boolean(
        string="Waive charges and costs",
        help="What is claimed beside the items and not paid is given up. Without it "
        "they stay claimed.",
    )
    reason = fields.Char(
        required=True,
        help="It stays on the case, and in the history of the invoices.",
    )

    @api.depends("case_ids", "act")
    def _compute_amount_charges(self):
        for wizard in self:
            cases = wizard.case_ids._origin
            wizard.currency_id = cases.currency_id[:1]
            wizard.has_charges = wizard.act == "close" and bool(cases._open_charges())
            # Several currencies have no sum.
            wizard.amount_charges = (
                sum(cases.mapped("amount_charges"))
                if len(cases.currency_id) == 1
                else 0.0
            )

    @api.model
    def _ask(self, cases, act, lines=None, waive=False):
        """Open the wizard.

        :param bool waive: propose to give up what is claimed beside the items
        :raise UserError: if nothing here is in the hands of anybody
        """
        if not cases:
            raise UserError(self.env._("Only cases that are open or paid can end."))
        names = {"withdraw": self.env._("Withdraw"), "close": self.env._("Close")}
        return {
            "type": "ir.actions.act_window",
            "name": names[act],
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_case_ids": cases.ids,
                "default_line_ids": lines.ids if lines else [],
                "default_act": act,
                "default_waive": waive,
            },
        }

    def action_confirm(self):
        """End the cases, with the reason."""
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: it stays with the case."))
        if self.line_ids:
            self.line_ids.action_withdraw(reason)
        elif self.act == "withdraw":
            self.case_ids.action_withdraw(reason)
        else:
            if self.waive:
                self.case_ids._waive_charges(reason)
            self.case_ids.action_close(reason)
        return {"type": "ir.actions.act_window_close"}
