from odoo import api, models
from odoo.fields import Domain


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

    def _credit_evidence(self):
        # EXTENDS credit_management: documents of entries of a timeline that can't be
        # changed any more; printed papers among them are filed under their case
        files = self.sudo()
        filed = files.filtered(lambda file: file.res_model == "credit.case.event")
        events = self.env["credit.case.event"].sudo().with_context(active_test=False)
        events = events.search(
            Domain("id", "in", filed.mapped("res_id"))
            | Domain("attachment_ids", "in", files.ids)
        )
        fixed = events.filtered(lambda event: not event.can_change)
        noted = filed.filtered(lambda file: file.res_id in fixed.ids)
        noted |= files & fixed.attachment_ids
        return super()._credit_evidence() | self & noted
