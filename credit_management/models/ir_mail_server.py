"""Pictures inside the message, where every mail program shows them."""

import re
from base64 import b64decode

from odoo import models

IMAGE = re.compile(
    r"""(<img\s[^>]*?\bsrc=")(?:data:image/(?P<kind>png|jpeg|gif);base64,(?P<data>[^"]+)"""
    r"""|[^"]*/logo\.png\?company=(?P<company>\d+)[^"]*)(")"""
)
#: A logo larger than this is left where it is: it would go along with every mail.
LOGO_LIMIT = 100_000


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _build_email__(self, *args, object_id=False, **kwargs):  # noqa: PLW3201
        # EXTENDS base
        # Pictures given as data: are blocked by Gmail and Outlook, linked ones are
        # fetched only if the reader agrees. The body that Odoo keeps holds the QR code
        # as data:, complete in itself; what leaves holds it as a related part.
        message = super()._build_email__(*args, object_id=object_id, **kwargs)
        if object_id and str(object_id).endswith("-credit.reminder"):
            self._credit_embed_images(message)
        return message

    def _credit_embed_images(self, message):
        part = message.get_body(preferencelist=("html",))
        if part is None:
            return
        images = []

        def embed(match):
            if match["data"]:
                kind, content = match["kind"], b64decode(match["data"])
            else:
                kind, content = self._credit_logo(int(match["company"]))
            if not content:
                return match[0]
            cid = f"image{len(images) + 1}@credit-management"
            images.append((cid, kind, content))
            return f"{match[1]}cid:{cid}{match[5]}"

        html = IMAGE.sub(embed, part.get_content())
        if not images:
            return
        part.set_content(html, subtype="html", charset="utf-8")
        for cid, kind, content in images:
            part.add_related(
                content, maintype="image", subtype=kind, cid=f"<{cid}>", disposition="inline"
            )

    def _credit_logo(self, company_id):
        company = self.env["res.company"].sudo().browse(company_id).exists()
        content = b64decode(company.logo_web or b"")
        if len(content) > LOGO_LIMIT or not content.startswith(b"\x89PNG"):
            return "png", b""
        return "png", content
