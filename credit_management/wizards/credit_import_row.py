from odoo import fields, models

from ..ledger import Problem
from ..report.wording import joined
from .credit_import_messages import LABELS, ROW_MESSAGES, row_problem_text


class CreditImportRow(models.Model):
    _name = "credit.import.row"
    _description = "Row of an Import of Open Items"
    _order = "import_id, number"
    _rec_name = "invoice"

    import_id = fields.Many2one("credit.import", required=True, ondelete="cascade")
    number = fields.Integer(
        string="Row", required=True, help="Number of the row in the file."
    )
    state = fields.Selection(
        [
            ("ok", "Good"),
            ("bad", "Bad"),
            ("later", "Later"),
            ("done", "Imported"),
        ],
        required=True,
        default="ok",
    )
    customer = fields.Char()
    invoice = fields.Char(string="Invoice number")
    # What was read from the file, as plain values: see ledger.LedgerRow.
    values = fields.Json()
    # [[field, code, params], …]: worded in the language of whoever looks at it.
    problems = fields.Json()
    reason = fields.Char(compute="_compute_reason")
    invoice_date = fields.Date()
    payment_date = fields.Date(help="When the payment in the file was made.")
    partner_id = fields.Many2one("res.partner", string="Debtor", ondelete="set null")
    move_id = fields.Many2one(
        "account.move", string="Invoice", index="btree_not_null", ondelete="set null"
    )
    payment_id = fields.Many2one(
        "account.payment", index="btree_not_null", ondelete="set null"
    )

    _import_state_idx = models.Index("(import_id, state, number)")
    _invoice_idx = models.Index("(invoice) WHERE move_id IS NOT NULL")

    def _compute_reason(self):
        for row in self:
            row.reason = row._describe_problems()

    def _describe_problems(self):
        self.ensure_one()
        return joined(
            self.env,
            (
                row_problem_text(self.env, Problem(*problem), LABELS, ROW_MESSAGES)
                for problem in self.problems or []
            ),
        )

    def _set_aside(self, problem):
        """Leave rows out, for the reason given: ``(field, code, params)``."""
        self.write({"state": "bad", "problems": [list(problem)]})

    def action_open_move(self):
        """Open the invoice that the row became."""
        self.ensure_one()
        return self.move_id._get_records_action()
