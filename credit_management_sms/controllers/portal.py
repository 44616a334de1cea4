"""The short link of a text message, which leads to the debtor's page."""

from odoo import http
from odoo.http import request

from odoo.addons.credit_management.controllers.portal import CreditPortal


class CreditSmsPortal(CreditPortal):
    @http.route(
        "/c/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def credit_short_link(self, token, **_kwargs):
        """On to the debtor's page; nothing is written by following the link."""
        reminder = request.env["credit.reminder"].sudo()._from_short_token(token)
        if not reminder:
            return self._credit_refuse()
        url = f"/credit/{reminder._portal_token()}"
        return self._credit_private(request.redirect(url, code=303))
