"""Entries of a timeline are opened and changed on their own.

Who may note in a case is wider than who may change the case: what goes through the
case's form needs the right to change the case.
"""

from odoo import api, fields, models


class CreditCaseEvent(models.Model):
    _inherit = "credit.case.event"

    def action_open_entry(self):
        """Open the entry beside its case."""
        self.ensure_one()
        view = self.env.ref("credit_management_legal.credit_case_event_view_form")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entry of the timeline"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_delete(self):
        """Delete what was typed in today."""
        self.unlink()
        return {"type": "ir.actions.act_window_close"}


class CreditCase(models.Model):
    _inherit = "credit.case"

    can_edit = fields.Boolean(
        compute="_compute_can_edit", help="Whether the reader may change the case."
    )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        allowed = self._origin._filtered_access("write")
        for case in self:
            case.can_edit = not case._origin or case._origin in allowed
