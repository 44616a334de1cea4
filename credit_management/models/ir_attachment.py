"""Files that prove something stay as they were: none vanishes, none is replaced."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: What a file says, what it is called, and where it belongs.
REWRITING = frozenset(
    (
        "raw",
        "datas",
        "db_datas",
        "store_fname",
        "checksum",
        "mimetype",
        "url",
        "type",
        "name",
        "res_model",
        "res_id",
        "res_field",
    )
)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        # EXTENDS base: in sudo the system itself files and moves what it made
        if not self.env.su and vals.keys() & REWRITING:
            self._check_credit_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_credit_evidence(self):
        """Letters and enclosures of reminders that left do not vanish."""
        self._check_credit_evidence()

    def _check_credit_evidence(self):
        """
        :raise UserError: if one of the files proves something
        """
        evidence = self._credit_evidence()
        if evidence:
            raise UserError(
                self.env._(
                    "“%s” proves what was sent or agreed on: it stays as it is.",
                    evidence[0].name,
                )
            )

    def _credit_evidence(self):
        """Which of these files prove something: whoever asks, and for any rights.

        Letters and enclosures of reminders, and the papers of payment plans.
        """
        files = self.sudo()
        filed = files.filtered(lambda file: file.res_model == "credit.reminder")
        plans = files.filtered(lambda file: file.res_model == "credit.plan")
        evidence = files.browse()
        if filed:
            reminders = self.env["credit.reminder"].sudo()
            messages = self.env["mail.message"].sudo()
            evidence |= reminders.search([("letter_id", "in", filed.ids)]).letter_id
            evidence |= messages.search(
                Domain("model", "=", "credit.reminder")
                & Domain("attachment_ids", "in", filed.ids)
                & Domain("message_type", "!=", "comment")
            ).attachment_ids
        if plans:
            agreed = self.env["credit.plan"].sudo()
            evidence |= agreed.search(
                [("acknowledgement_id", "in", plans.ids)]
            ).acknowledgement_id
        return files & evidence
