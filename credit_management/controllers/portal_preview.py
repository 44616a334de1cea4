"""The debtor's page as the debtor sees it, for collectors: to look at, no more."""

from dataclasses import replace

from lxml import html

from odoo import http
from odoo.http import request

from .portal import CreditPortal

#: What would act, or tell that a person was there.
ACTING = ("action", "method", "formaction", "data-seen", "data-path")


class CreditPreviewPortal(CreditPortal):
    @http.route(
        "/credit/preview/<int:reminder_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def credit_preview(self, reminder_id, **_kwargs):
        """The page that the link of a reminder opens.

        It is no opening, nothing on it can be pressed, and the link stays unknown.
        Where the link is revoked or too old, that is what is shown.
        """
        reminder = request.env["credit.reminder"].browse(reminder_id).exists()
        if (
            not request.env.user.has_group("credit_management.group_collector")
            or not reminder
            or not reminder.has_access("read")
        ):
            return self._credit_refuse()
        told = request.env._(
            "Preview: what the debtor sees. Nothing here can be pressed, and it does "
            "not count as an opening."
        )
        account = self._credit_account(token=reminder._portal_token())
        if not account:
            return self._credit_refuse()
        path = f"/credit/preview/{reminder.id}"
        response = self._credit_show_account(replace(account, path=path))
        page = html.document_fromstring(str(response.render()))
        self._credit_disarm(page, path)
        banner = html.Element("div", {"class": "alert alert-info", "role": "status"})
        banner.text = told
        for wrap in page.xpath("//div[@id='wrap']"):
            wrap.insert(0, banner)
        content = html.tostring(page, doctype="<!DOCTYPE html>", encoding="unicode")
        return self._credit_private(request.make_response(content))

    def _credit_disarm(self, page, path):
        """Take from a page all that acts: forms, buttons, links into the account."""
        for name in ACTING:
            for node in page.xpath(f"//div[@id='wrap']//*[@{name}]"):
                del node.attrib[name]
        for node in page.xpath(
            "//div[@id='wrap']//*[self::button or self::input or self::select"
            " or self::textarea]"
        ):
            node.set("disabled", "disabled")
        for node in page.xpath("//div[@id='wrap']//a[@href]"):
            if node.get("href").startswith(path):
                del node.attrib["href"]
        # The token against forged requests is of no use without a form.
        for node in page.xpath("//input[@name='csrf_token']"):
            node.getparent().remove(node)
