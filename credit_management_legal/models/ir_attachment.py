from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _credit_holders(self):
        # EXTENDS credit_management; entries of a timeline have rules of their own
        booked = [("state", "not in", ("draft", "refused"))]
        return super()._credit_holders() + [
            ("credit.case.request", "attachment_ids", []),
            ("credit.insolvency", "attachment_ids", []),
            ("credit.limitation.act", "attachment_ids", []),
            ("credit.write.off", "attachment_ids", booked),
        ]
