"""The debtor's page: by the signed link of a reminder, or by a portal login.

Nothing is written by opening a page. What a debtor does is a POST with Odoo's token
against cross-site requests, or JSON for the payment form; the work is done by
``credit.account``, which refuses with a sentence that the page shows.
"""

from werkzeug.urls import url_encode

from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

#: Panels that a link may open.
PANELS = ("pay", "promise", "plan", "dispute", "paid", "message", "wrong")
#: Answers in an e-mail, and the panel that each opens.
ANSWERS = {"question": "message", **{panel: panel for panel in PANELS}}


def account_route(suffix="", **routing):
    """A route of the page, below the signed link and below the login alike.

    The address of the link is a key; the one of the login holds the company's id.
    """
    routing = {
        "type": "http",
        "auth": "public",
        "website": True,
        # The page is in the debtor's language: no detour by the browser's.
        "multilang": False,
        "sitemap": False,
        **routing,
    }
    if routing["type"] != "http":
        # No page, but an answer to a script.
        routing.pop("sitemap")
    return http.route(
        [
            f"/credit/<string:token>{suffix}",
            f"/my/credit/<int:company_id>{suffix}",
        ],
        **routing,
    )


class CreditPortal(PortalAccount):
    # ------------------------------------------------------------------
    # Who is there
    # ------------------------------------------------------------------

    def _credit_account(self, token=None, company_id=None):
        """The account that the address opens to whoever asks, or None.

        It sets the language of the answer.
        """
        if token is not None:
            account = request.env["credit.account"]._of_token(token)
        elif request.env.user._is_public():
            account = None
        else:
            account = request.env["credit.account"]._of_user(company_id)
        if account:
            request.update_context(lang=account.env.lang)
        return account

    def _credit_service(self, account):
        return account.env["credit.account"]

    def _credit_refuse(self, company_id=None):
        """One and the same plain page for what is forged, revoked, old or not ours."""
        if company_id is not None and request.env.user._is_public():
            return request.redirect("/web/login?redirect=/my/credit")
        return self._credit_private(
            request.render("credit_management.portal_link_refused", status=404)
        )

    def _credit_private(self, response):
        # The address is a key: it must not travel on to others, nor be kept.
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def _credit_show(self, values, template="portal_account", status=200):
        return self._credit_private(
            request.render(f"credit_management.{template}", values, status=status)
        )

    def _credit_show_account(self, account, status=200, all_said=False, **values):
        """The page, possibly with what was typed and why it was refused."""
        page = self._credit_service(account)._page_values(account, all_said)
        page.update(
            {
                "done": None,
                "form_key": self._credit_service(account)._form_key(account),
                "error": None,
                "error_panel": None,
                "error_field": None,
                "paid_now": None,
                "form": {},
                "ticked": None,
                "panel": None,
                **values,
            }
        )
        return self._credit_show(page, status=status)

    def _credit_show_refused(self, account, refusal, panel, form, ticked):
        """The page again, with what was typed, why it was refused, and where."""
        return self._credit_show_account(
            account,
            status=400,
            error=str(refusal),
            error_panel=panel,
            error_field=getattr(refusal, "field", None),
            panel=panel,
            form=form,
            ticked=ticked,
        )

    def _credit_go(self, account, suffix="", **query):
        """On to a page that may be loaded again without doing anything again."""
        url = account.path + suffix
        if query:
            url = f"{url}?{url_encode(query)}"
        return self._credit_private(request.redirect(url, code=303))

    def _prepare_home_portal_values(self, counters):
        # EXTENDS portal
        values = super()._prepare_home_portal_values(counters)
        if "credit_count" in counters:
            values["credit_count"] = request.env["credit.account"]._count_of_user()
        return values

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    @account_route(methods=["GET"])
    def credit_account(
        self,
        token=None,
        company_id=None,
        answer=None,
        done=None,
        said=None,
        **_kwargs,
    ):
        """The debtor's account.

        :param str answer: the panel to open, from a link in an e-mail
        :param str done: what was done a moment ago, to be told if it was
        :param str said: ``all``, to be shown all that was said
        """
        account = self._credit_account(token, company_id)
        if not account:
            return self._credit_refuse(company_id)
        service, paid_now = self._credit_service(account), None
        if done == "pay":
            followed = request.session.get(PaymentPostProcessing.MONITORED_TX_ID_KEY)
            paid_now = service._paid_now(account, followed)
            told = done if paid_now else None
        else:
            told = service._told_lately(account, done)
        return self._credit_show_account(
            account,
            all_said=said == "all",
            panel=ANSWERS.get(answer),
            done=told,
            paid_now=paid_now,
        )

    @http.route("/my/credit", type="http", auth="user", methods=["GET"], website=True)
    def credit_companies(self, **_kwargs):
        """The user's own account, or a choice of companies if there are several."""
        service = request.env["credit.account"]
        request.update_context(lang=service._lang_of_user())
        companies = service._companies_of_user()
        if len(companies) == 1:
            return request.redirect(f"/my/credit/{companies.id}")
        return self._credit_private(
            request.render(
                "credit_management.portal_companies",
                {"companies": companies, "page_name": "credit"},
            )
        )

    @account_route("/seen", methods=["POST"])
    def credit_seen(self, token=None, company_id=None, **_kwargs):
        """A sign of life of a person: now the reminder counts as opened."""
        account = self._credit_account(token, company_id)
        if not account:
            return self._credit_refuse(company_id)
        self._credit_service(account)._register_opening(account)
        return self._credit_private(request.make_response("", status=204))

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def _credit_file(self, name, content, mimetype):
        response = request.make_response(
            content,
            [
                ("Content-Type", mimetype),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        return self._credit_private(response)

    @account_route("/invoice/<int:move_id>", methods=["GET"])
    def credit_invoice(self, move_id, token=None, company_id=None, **_kwargs):
        """The PDF of one of the debtor's documents."""
        account = self._credit_account(token, company_id)
        found = account and self._credit_service(account)._invoice_pdf(account, move_id)
        if not found:
            return self._credit_refuse(company_id)
        name, content = found
        is_pdf = content.startswith(b"%PDF-")
        return self._credit_file(
            name, content, "application/pdf" if is_pdf else "text/html"
        )

    @account_route("/statement.pdf", methods=["GET"])
    def credit_statement_pdf(self, token=None, company_id=None, **_kwargs):
        """The statement of account, to print."""
        account = self._credit_account(token, company_id)
        if not account:
            return self._credit_refuse(company_id)
        name, content = self._credit_service(account)._statement_pdf(account)
        is_pdf = content.startswith(b"%PDF-")
        return self._credit_file(
            name, content, "application/pdf" if is_pdf else "text/html"
        )

    @account_route("/statement.xlsx", methods=["GET"])
    def credit_statement_xlsx(self, token=None, company_id=None, **_kwargs):
        """The statement of account, to calculate with."""
        account = self._credit_account(token, company_id)
        if not account:
            return self._credit_refuse(company_id)
        name, content = self._credit_service(account)._statement_xlsx(account)
        return self._credit_file(
            name,
            content,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )

    @account_route("/plan/<int:plan_id>.pdf", methods=["GET"])
    def credit_plan_pdf(self, plan_id, token=None, company_id=None, **_kwargs):
        """The instalments of a plan, with the acknowledgement of debt if any."""
        account = self._credit_account(token, company_id)
        found = account and self._credit_service(account)._plan_pdf(account, plan_id)
        if not found:
            return self._credit_refuse(company_id)
        return self._credit_file(*found, "application/pdf")
