from odoo import api, fields, models


class CreditNumberMixin(models.AbstractModel):
    """Records with a number of their own, of the sequence that has their model's name.

    It is drawn when a record is saved: a form that is left again takes none.
    """

    _name = "credit.number.mixin"
    _description = "Numbered Record"

    name = fields.Char(
        string="Reference",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        new, sequence = self.env._("New"), self.env["ir.sequence"].sudo()
        for vals in vals_list:
            if vals.get("name", new) == new:
                vals["name"] = sequence.next_by_code(self._name)
        return super().create(vals_list)
