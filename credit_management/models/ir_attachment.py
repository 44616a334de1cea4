"""Files that prove something stay as they were: none vanishes, none is replaced."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .mail_thread import proving_ids

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

        Those that a record which proves something holds, also in a field of its own,
        and those of messages that do.
        """
        files = self._credit_files()
        evidence = files.browse()
        if files:
            for model, field, proving in self._credit_holders():
                holders = self.env[model].sudo().with_context(active_test=False)
                held = Domain(field, "in", files.ids) & Domain(proving)
                evidence |= holders.search(held)[field]
            fields_ = files.filtered("res_field")
            for model, own in fields_.grouped("res_model").items():
                proving = proving_ids(self.env, model, own.mapped("res_id"))
                evidence |= own.filtered(lambda f, ids=proving: f.res_id in ids)
            messages = self.env["mail.message"].sudo()
            messages = messages.search(Domain("attachment_ids", "in", files.ids))
            evidence |= messages._credit_evidence().attachment_ids
        return self & evidence

    def _credit_files(self):
        """Those that are filed with records of ours; nothing is asked of others."""
        return self.sudo().filtered(
            lambda file: (file.res_model or "").startswith("credit.")
        )

    @api.model
    def _credit_holders(self):
        """By what files that prove something are held: (model, field, domain)s."""
        told = [("source", "=", "portal")]
        return [
            ("credit.reminder", "letter_id", []),
            ("credit.postal.event", "attachment_ids", []),
            ("credit.plan", "acknowledgement_id", []),
            ("credit.answer", "attachment_ids", told),
            ("credit.dispute", "attachment_ids", told),
            ("credit.visit", "photo_ids", [("reported_at", "!=", False)]),
        ]
