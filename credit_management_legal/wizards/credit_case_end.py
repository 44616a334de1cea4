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
    reason = fields.Char(
        required=True,
        help="It stays on the case, and in the history of the invoices.",
    )

    @api.model
    def _ask(self, cases, act, lines=None):
        """Open the wizard.

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
            self.case_ids.action_close(reason)
        return {"type": "ir.actions.act_window_close"}
