"""Pictures inside the message, where every mail program shows them.

Gmail and Outlook block pictures given as ``data:``, and fetch linked ones only if the
reader agrees. The body that Odoo keeps has links, so that it can be shown again; the
message that leaves has the pictures themselves, as related parts of its body.
"""

import re
from base64 import b64decode
from html import unescape

from odoo import models
from odoo.tools import html2plaintext

from ..report import payment

PICTURE = re.compile(
    r"""(<img\s[^>]*?\bsrc=")(?:(?P<qr>[^"]*/report/barcode/\?[^"]+)"""
    r"""|[^"]*/logo\.png\?company=(?P<company>\d+)[^"]*)(")"""
)
ANY_PICTURE = re.compile(r"<img\s[^>]*>")
#: A logo larger than this stays a link: it would go along with every mail.
LOGO_LIMIT = 100_000


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _build_email__(self, *args, object_id=False, **kwargs):  # noqa: PLW3201
        # EXTENDS base
        ours = object_id and str(object_id).endswith("-credit.reminder")
        if ours and kwargs.get("body_alternative"):
            # In plain text a picture is nothing but the address of one.
            kwargs["body_alternative"] = html2plaintext(
                ANY_PICTURE.sub("", kwargs["body"])
            )
        message = super()._build_email__(*args, object_id=object_id, **kwargs)
        if ours:
            self._credit_embed_pictures(message)
        return message

    def _credit_embed_pictures(self, message):
        part = message.get_body(preferencelist=("html",))
        if part is None:
            return
        pictures = []

        def embed(match):
            if match["qr"]:
                content = payment.qr_png(payment.qr_url_payload(unescape(match["qr"])))
            else:
                content = self._credit_logo(int(match["company"]))
            if not content:
                return match[0]
            cid = f"picture{len(pictures) + 1}@credit-management"
            pictures.append((cid, content))
            return f"{match[1]}cid:{cid}{match[4]}"

        html = PICTURE.sub(embed, part.get_content())
        if not pictures:
            return
        part.set_content(html, subtype="html", charset="utf-8")
        for cid, content in pictures:
            part.add_related(content, "image", "png", cid=f"<{cid}>")

    def _credit_logo(self, company_id):
        """The company's small logo if it is a PNG of modest size, else nothing."""
        company = self.env["res.company"].sudo().browse(company_id).exists()
        content = b64decode(company.logo_web or b"")
        fits = len(content) <= LOGO_LIMIT and content.startswith(b"\x89PNG")
        return content if fits else b""
