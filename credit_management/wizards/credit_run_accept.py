from odoo import fields, models


class CreditRunAccept(models.TransientModel):
    """A manager says why an unusual run is right."""

    _name = "credit.run.accept"
    _description = "Let an Unusual Run Go On"

    run_id = fields.Many2one("credit.run", required=True, readonly=True)
    unusual_text = fields.Text(related="run_id.unusual_text")
    reason = fields.Char(
        required=True, help="It stands on the run, with your name and the time."
    )

    def action_accept(self):
        """Let the run go on."""
        for wizard in self:
            wizard.run_id._accept(wizard.reason)
        return {"type": "ir.actions.act_window_close"}
