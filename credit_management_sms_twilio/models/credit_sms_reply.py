from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: After a debtor's message WhatsApp lets a business write freely for so long.
SESSION = timedelta(hours=24)


class CreditSmsReply(models.Model):
    _inherit = "credit.sms.reply"

    channel = fields.Selection(
        selection_add=[("whatsapp", "WhatsApp")], ondelete={"whatsapp": "cascade"}
    )

    @api.model
    def _open_sessions(self, company, numbers):
        """Of some numbers, those to which free text may be sent just now."""
        since = fields.Datetime.now() - SESSION
        groups = self.sudo()._read_group(
            Domain("company_id", "=", company.id)
            & Domain("channel", "=", "whatsapp")
            & Domain("number", "in", list(numbers))
            & Domain("date", ">", since),
            ["number"],
        )
        return {number for [number] in groups}
