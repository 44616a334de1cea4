"""Pictures inside the message, where every mail program shows them.

Gmail and Outlook block pictures given as ``data:``, and fetch linked ones only if the
reader agrees. The body that Odoo keeps has links, so that it can be shown again; the
message that leaves has the pictures themselves, as related parts of its body.
"""

import re
from base64 import b64decode
from html import unescape

from odoo import models
from odoo.tools.image import image_process

from ..report import payment

PICTURE = re.compile(
    r"""(<img\s[^>]*?\bsrc=")(?:(?P<qr>[^"]*/report/barcode/\?[^"]+)"""
    r"""|[^"]*/logo\.png\?company=(?P<company>\d+)[^"]*"""
    r"""|[^"]*/web/image/credit\.sender/(?P<sender>\d+)/logo)(")"""
)
#: A picture that plain text does not show, see mail_mail.py.
HIDDEN = re.compile(r"<!--(img\s[^>]*?)-->")
#: A logo larger than this stays a link: it would go along with every mail.
LOGO_LIMIT = 100_000


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _build_email__(  # noqa: PLW3201
        self, email_from, email_to, subject, body, *args, object_id=False, **kwargs
    ):
        # EXTENDS base
        pictures = []
        if object_id and str(object_id).endswith("-credit.reminder"):
            body = HIDDEN.sub(lambda found: f"<{unescape(found[1])}>", body)
            body = self._credit_embed(body, pictures)
        message = super()._build_email__(
            email_from, email_to, subject, body, *args, object_id=object_id, **kwargs
        )
        if pictures:
            part = message.get_body(preferencelist=("html",))
            for cid, content in pictures:
                part.add_related(content, "image", "png", cid=f"<{cid}>")
        return message

    def _prepare_email_message__(self, message, smtp_session):  # noqa: PLW3201
        # EXTENDS base: a reminder's message was prepared with the others of its batch
        envelope = self.env.context.get("credit_envelope")
        if envelope:
            sender, recipients = envelope
            return sender, list(recipients), message
        return super()._prepare_email_message__(message, smtp_session)

    def _credit_embed(self, html, pictures):
        """The body with its pictures as parts of the message.

        :param list pictures: filled here with (content id, PNG)
        """

        def embed(match):
            if match["qr"]:
                content = payment.qr_png(payment.qr_url_payload(unescape(match["qr"])))
            elif match["sender"]:
                content = self._credit_sender_logo(int(match["sender"]))
            else:
                content = self._credit_logo(int(match["company"]))
            if not content:
                return match[0]
            cid = f"picture{len(pictures) + 1}@credit-management"
            pictures.append((cid, content))
            return f"{match[1]}cid:{cid}{match[5]}"

        return PICTURE.sub(embed, html)

    def _credit_logo(self, company_id):
        """The company's small logo if it is a PNG of modest size, else nothing."""
        company = self.env["res.company"].sudo().browse(company_id).exists()
        content = b64decode(company.logo_web or b"")
        fits = len(content) <= LOGO_LIMIT and content.startswith(b"\x89PNG")
        return content if fits else b""

    def _credit_sender_logo(self, sender_id):
        """The logo of a third party: readers have no access to the picture here."""
        sender = self.env["credit.sender"].sudo().browse(sender_id).exists()
        if not sender.logo:
            return b""
        return image_process(b64decode(sender.logo), output_format="PNG")
