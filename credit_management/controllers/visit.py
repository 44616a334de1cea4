"""The visitor's pages: plain HTML for a telephone, with or without a network.

By the signed link of a round for whoever visits for us, by a login for our own people.
Nothing is written by opening a page. Pages of visits may be kept by the visitor's own
browser for half a day, and the list has it fetch them ahead: so they open, and can be
filled in, where there is no network.
"""

from functools import partial

from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from ..report.wording import day_text
from .portal_answers import MOST_BYTES

#: Seconds for which the visitor's browser may show a page again by itself.
KEPT = 12 * 3600
#: Nothing but our own files, and nobody else may show the page in a frame.
POLICY = (
    "default-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'self'"
)


def visit_route(suffix="", **routing):
    """A route below the signed link of a round and below the login alike."""
    routing = {
        "type": "http",
        "auth": "public",
        "sitemap": False,
        **routing,
    }
    return http.route(
        [f"/visits/<string:token>{suffix}", f"/my/visits/<int:round_id>{suffix}"],
        **routing,
    )


class CreditVisitPages(http.Controller):
    def _visit_round(self, token, round_id, sending=False):
        """The round that the address opens to whoever asks; empty if none."""
        rounds = request.env["credit.visit.round"]
        if token is not None:
            found = rounds._from_token(token, sending)
        elif request.env.user._is_public():
            found = rounds
        else:
            found = rounds._of_user(round_id, sending)
        if not found:
            return found
        found = found._speaking()
        request.update_context(lang=found.env.lang)
        return found

    def _visit_path(self, token, round_id):
        return f"/visits/{token}" if token is not None else f"/my/visits/{round_id}"

    def _visit_show(self, template, values, status=200, keep=False):
        response = request.render(
            f"credit_management.{template}",
            {"day_text": partial(day_text, request.env), **values},
            status=status,
        )
        kept = f"private, max-age={KEPT}" if keep else "private, no-cache"
        response.headers["Cache-Control"] = kept
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = POLICY
        return response

    def _visit_refuse(self, token):
        """One and the same page for what is forged, revoked, old or not theirs."""
        if token is None and request.env.user._is_public():
            return request.redirect("/web/login?redirect=/my/visits")
        return self._visit_show("visit_page_refused", {"error": None}, status=404)

    def _visit_form(self, visit, path, status=200, **values):
        page = {**visit._form_values(), "path": path, **values}
        return self._visit_show("visit_page_form", page, status, keep=status == 200)

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    @http.route("/my/visits", type="http", auth="user", methods=["GET"], sitemap=False)
    def credit_visits_mine(self, **_kwargs):
        """The user's own rounds; the only one at once. Debtors make no rounds."""
        if not request.env.user._is_internal():
            return self._visit_refuse(None)
        rounds = request.env["credit.visit.round"]._all_of_user()
        if len(rounds) == 1:
            return request.redirect(f"/my/visits/{rounds.id}")
        return self._visit_show("visit_page_rounds", {"rounds": rounds})

    @visit_route(methods=["GET"])
    def credit_visit_list(self, token=None, round_id=None, **_kwargs):
        """The stops of a round, in their order."""
        rounds = self._visit_round(token, round_id)
        if not rounds:
            return self._visit_refuse(token)
        path = self._visit_path(token, round_id)
        return self._visit_show(
            "visit_page_list", {**rounds._page_values(), "path": path}
        )

    @visit_route("/<int:visit_id>", methods=["GET"])
    def credit_visit_form(self, visit_id, token=None, round_id=None, **_kwargs):
        """One visit: who, where, what is owed, and the report to fill in."""
        rounds = self._visit_round(token, round_id)
        visit = rounds and rounds._visit(visit_id)
        if not visit:
            return self._visit_refuse(token)
        return self._visit_form(visit, self._visit_path(token, round_id))

    # The key of the page stands in for Odoo's token, see ``_form_key``.
    @visit_route(
        "/<int:visit_id>",
        methods=["POST"],
        csrf=False,
        max_content_length=MOST_BYTES,
    )
    def credit_visit_report(self, visit_id, token=None, round_id=None, **post):
        """Take the report of a visit, also from a page opened days ago."""
        rounds = self._visit_round(token, round_id, sending=True)
        visit = rounds and rounds._visit(visit_id)
        if not visit:
            return self._visit_refuse(token)
        path = self._visit_path(token, round_id)
        form = request.httprequest.form
        files = request.httprequest.files.getlist("photo")
        own = token is None
        reporter = request.env.user.name if own else rounds._visitor_name()
        try:
            # All or nothing: what is refused has written nothing.
            with request.env.cr.savepoint():
                visit._take_report(form, files, reporter, enforce=not own)
        except (UserError, ValidationError) as refusal:
            visit.env.invalidate_all()
            if token is not None and rounds._expired():
                # What was typed may still be sent; the debtor is shown no more.
                values = {"error": str(refusal)}
                return self._visit_show("visit_page_refused", values, status=400)
            return self._visit_form(
                visit, path, status=400, error=str(refusal), form=post
            )
        return request.redirect(f"{path}/{visit.id}/sent", code=303)

    @visit_route("/<int:visit_id>/sent", methods=["GET"])
    def credit_visit_sent(self, visit_id, token=None, round_id=None, **_kwargs):
        """That the report is there; nothing of the debtor."""
        rounds = self._visit_round(token, round_id, sending=True)
        visit = rounds and rounds._visit(visit_id)
        if not visit or not visit.reported_at:
            return self._visit_refuse(token)
        path = self._visit_path(token, round_id)
        following = rounds.visit_ids.sorted(lambda v: (v.sequence, v.id)).filtered(
            lambda v: v.state == "planned"
        )[:1]
        return self._visit_show(
            "visit_page_sent",
            {
                "visit": visit,
                "company": visit.company_id,
                "path": path,
                "next": following,
                "shown": not rounds._expired(),
            },
        )

    @visit_route("/<int:visit_id>/paper", methods=["GET"])
    def credit_visit_paper(self, visit_id, token=None, round_id=None, **_kwargs):
        """The document to hand over, to print or to show."""
        return self._visit_paper("visit_page_paper", visit_id, token, round_id)

    @visit_route("/<int:visit_id>/receipt", methods=["GET"])
    def credit_visit_receipt(self, visit_id, token=None, round_id=None, **_kwargs):
        """The receipt for what was paid at the door."""
        return self._visit_paper("visit_page_receipt", visit_id, token, round_id, True)

    def _visit_paper(self, template, visit_id, token, round_id, paid=False):
        rounds = self._visit_round(token, round_id)
        visit = rounds and rounds._visit(visit_id)
        if not visit or (paid and visit.paid_amount <= 0):
            return self._visit_refuse(token)
        values = visit._paper_values()
        request.update_context(lang=values["visit"].env.lang)
        path = self._visit_path(token, round_id)
        return self._visit_show(template, {**values, "path": path}, keep=not paid)
