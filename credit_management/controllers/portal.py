from odoo import http
from odoo.http import request


class CreditPortal(http.Controller):
    @http.route(
        "/credit/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        # The page is in the debtor's language: no detour by the browser's.
        multilang=False,
        sitemap=False,
    )
    def credit_account(self, token, **_kwargs):
        """The debtor's account, opened by the link of a reminder.

        A forged, revoked or old link gets one and the same plain page: it tells
        nobody which reminders exist.
        """
        # In sudo: the signed token is the right to read this one debtor's account.
        reminder = request.env["credit.reminder"].sudo()._from_portal_token(token)
        if reminder:
            lang = reminder.lang
            if lang:
                reminder = reminder.with_context(lang=lang)
                request.update_context(lang=lang)
            response = request.render(
                "credit_management.portal_account", reminder._portal_values()
            )
        else:
            response = request.render(
                "credit_management.portal_link_refused", status=404
            )
        # The address is a key: it must not travel on to others, nor be kept.
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response
