from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: a payment keeps a promise, or settles an instalment
        partials = super().create(vals_list)
        items = partials.debit_move_id | partials.credit_move_id
        items._credit_react()
        return partials

    def unlink(self):
        # EXTENDS account: a payment that is taken back does not
        items = self.debit_move_id | self.credit_move_id
        result = super().unlink()
        items._credit_react()
        return result
