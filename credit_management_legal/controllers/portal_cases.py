"""The pages of a third party: its cases, one case, and its files.

Nothing is written by opening a page; whoever downloads the whole file stands in the
timeline. Which cases there are for whom is decided by
``credit.case.portal``; all that is not theirs is refused by one and the same page.
"""

from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.http import Response, content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

#: What somebody can be told after something was sent; else the address is ignored.
DONE = ("report", "request", "said", "withdrawn")
PER_PAGE = 30


def case_route(suffix="", **routing):
    """A route below a case. Who is not logged in is asked to."""
    return http.route(
        f"/my/cases/<int:case_id>{suffix}",
        type="http",
        auth="user",
        website=True,
        sitemap=False,
        **routing,
    )


class CreditCasesPortal(CustomerPortal):
    # ------------------------------------------------------------------
    # What all pages share
    # ------------------------------------------------------------------

    def _cases_service(self):
        """What the pages know, in the user's language and not in the browser's."""
        request.update_context(lang=request.env["credit.account"]._lang_of_user())
        return request.env["credit.case.portal"]

    def _cases_private(self, response):
        # Claims on people: for nobody's cache, and in nobody's frame.
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Security-Policy"] = "frame-ancestors 'self'"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def _cases_show(self, template, values, status=200):
        return self._cases_private(
            request.render(f"credit_management_legal.{template}", values, status=status)
        )

    def _cases_refuse(self):
        """What is not there, or not theirs: nobody learns which."""
        is_party = self._cases_service()._is_party()
        values = {"page_name": "credit_cases", "is_party": is_party}
        return self._cases_show("portal_case_refused", values, status=404)

    def _case_desk(self, case_id):
        return self._cases_service()._case(case_id)

    def _prepare_home_portal_values(self, counters):
        # EXTENDS portal
        values = super()._prepare_home_portal_values(counters)
        if "credit_case_count" in counters:
            values["credit_case_count"] = self._cases_service()._count()
        return values

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    @http.route(
        ["/my/cases", "/my/cases/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def credit_cases(
        self,
        page=1,
        sortby=None,
        filterby=None,
        search=None,
        search_in=None,
        **_kwargs,
    ):
        """The cases of the user's firm."""
        service = self._cases_service()
        if not service._is_party():
            return self._cases_refuse()
        sortings, filters = service._sortings(), service._filters()
        searches = service._searches()
        # What is not offered counts as not chosen.
        sortby = sortby if sortby in sortings else next(iter(sortings))
        filterby = filterby if filterby in filters else next(iter(filters))
        search_in = search_in if search_in in searches else next(iter(searches))
        domain = (
            service._own_domain()
            & filters[filterby]["domain"]
            & service._search_domain(search, search_in)
        )
        total = request.env["credit.case"].sudo().search_count(domain)
        pager = portal_pager(
            url="/my/cases",
            url_args={
                "sortby": sortby,
                "filterby": filterby,
                "search": search or "",
                "search_in": search_in,
            },
            total=total,
            page=page,
            step=PER_PAGE,
        )
        rows = service._list_rows(
            domain, sortings[sortby]["order"], PER_PAGE, max(0, pager["offset"])
        )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "credit_cases",
            "rows": rows,
            "total": total,
            "several_creditors": len({row["creditor"] for row in rows}) > 1,
            "with_deadlines": any(row["deadline"] for row in rows),
            "pager": pager,
            "default_url": "/my/cases",
            "searchbar_sortings": sortings,
            "sortby": sortby,
            "searchbar_filters": filters,
            "filterby": filterby,
            "searches": searches,
            "search": search,
            "search_in": search_in,
        }
        return self._cases_show("portal_cases", values)

    @case_route(methods=["GET"])
    def credit_case(self, case_id, done=None, **_kwargs):
        """One case: whom it is about, what is owed, what was done and said.

        :param str done: what was sent a moment ago, to be told
        """
        desk = self._case_desk(case_id)
        if not desk:
            return self._cases_refuse()
        return self._credit_case_page(desk, done=done if done in DONE else None)

    def _credit_case_page(self, desk, status=200, **values):
        service = self._cases_service()
        page = {
            **self._prepare_portal_layout_values(),
            **service._page_values(desk),
            "form_key": service._form_key(desk),
            "done": None,
            "error": None,
            "error_request": None,
            "typed": "",
            **values,
        }
        return self._cases_show("portal_case", page, status)

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def _case_file(self, name, content, mimetype):
        response = request.make_response(
            content,
            [
                ("Content-Type", mimetype),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
        return self._cases_private(response)

    @case_route("/file.zip", methods=["GET"])
    def credit_case_archive(self, case_id, **_kwargs):
        """The whole file of the case, sent as it is read; who has it is noted."""
        desk = self._case_desk(case_id)
        if not desk:
            return self._cases_refuse()
        stream, name = desk.case._in_house()._make_handoff()
        size = stream.seek(0, 2)
        stream.seek(0)
        response = Response(
            wrap_file(request.httprequest.environ, stream),
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Length", str(size)),
                ("Content-Disposition", content_disposition(name)),
            ],
            direct_passthrough=True,
        )
        return self._cases_private(response)

    @case_route("/invoice/<int:move_id>", methods=["GET"])
    def credit_case_invoice(self, case_id, move_id, **_kwargs):
        """The PDF of an invoice that is in the case."""
        desk = self._case_desk(case_id)
        found = desk and self._cases_service()._invoice(desk, move_id)
        if not found:
            return self._cases_refuse()
        name, content = found
        is_pdf = content.startswith(b"%PDF-")
        return self._case_file(
            name, content, "application/pdf" if is_pdf else "text/html"
        )

    @case_route("/document/<int:attachment_id>", methods=["GET"])
    def credit_case_document(self, case_id, attachment_id, **_kwargs):
        """A file that the firm sent, or that it was answered with."""
        desk = self._case_desk(case_id)
        found = desk and self._cases_service()._document(desk, attachment_id)
        if not found:
            return self._cases_refuse()
        return self._case_file(*found)
