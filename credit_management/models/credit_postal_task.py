from odoo import models


class CreditTask(models.Model):
    _inherit = "credit.task"

    def action_address(self):
        """Look at the address of the letter that came back."""
        self.ensure_one()
        return self._record().action_put_address_right()
