from odoo import api, models
from odoo.fields import Domain


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _credit_holders(self):
        # EXTENDS credit_management; entries of a timeline have rules of their own
        decided = [("state", "!=", "draft")]
        return super()._credit_holders() + [
            ("credit.case.request", "attachment_ids", []),
            ("credit.insolvency", "attachment_ids", []),
            ("credit.limitation.act", "attachment_ids", []),
            ("credit.write.off", "attachment_ids", decided),
        ]

    def _has_attachments_ownership(self, attachment_tokens):
        # EXTENDS mail: who may post on a case but not change it takes back a wrong
        # file of his own; the guard of what proves something stands all the same
        tokens = attachment_tokens or [None] * len(self)
        own = self._credit_own_on_cases()
        if not own or len(tokens) != len(self):
            return super()._has_attachments_ownership(attachment_tokens)
        rest = [(f.id, t) for f, t in zip(self, tokens, strict=True) if f not in own]
        others = self.browse(id_ for id_, _token in rest)
        return super(IrAttachment, others)._has_attachments_ownership(
            [token for _id, token in rest]
        )

    def _credit_own_on_cases(self):
        """Files that the user, who works here, has put on cases that he may read."""
        if not self.env.user._is_internal():
            return self.browse()
        files = (
            self.sudo()
            .exists()
            .filtered(
                lambda file: (
                    file.res_model == "credit.case"
                    and not file.res_field
                    and file.create_uid == self.env.user
                )
            )
        )
        cases = self.env["credit.case"].sudo(False).browse(files.mapped("res_id"))
        readable = cases.exists()._filtered_access("read")
        return self & files.filtered(lambda file: file.res_id in readable.ids)

    def _credit_evidence(self):
        # EXTENDS credit_management: documents of entries of a timeline that can't be
        # changed any more; printed papers among them are filed under their case
        evidence = super()._credit_evidence()
        files = self._credit_files()
        if not files:
            return evidence
        filed = files.filtered(lambda file: file.res_model == "credit.case.event")
        events = self.env["credit.case.event"].sudo().with_context(active_test=False)
        events = events.search(
            Domain("id", "in", filed.mapped("res_id"))
            | Domain("attachment_ids", "in", files.ids)
        )
        fixed = events.filtered(lambda event: not event.can_change)
        noted = filed.filtered(lambda file: file.res_id in fixed.ids)
        noted |= files & fixed.attachment_ids
        return evidence | self & noted
