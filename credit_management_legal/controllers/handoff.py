"""The hand-off file, sent as it is read: it may be larger than the memory."""

from werkzeug.wsgi import wrap_file

from odoo.http import Controller, Response, content_disposition, request, route

from ..models.credit_case_handoff import MOST_CASES


class HandoffController(Controller):
    @route(
        "/credit/handoff/<string:ids>.zip",
        type="http",
        auth="user",
        methods=["GET"],
        # Who has downloaded what is noted.
        readonly=False,
    )
    def handoff(self, ids):
        """Download the hand-off file of one or several cases.

        What does not exist and what is not for the user look alike.
        """
        parts = ids.split(",")
        if len(parts) > MOST_CASES or not all(
            part.isascii() and part.isdigit() and len(part) < 10 for part in parts
        ):
            return request.not_found()
        # Whichever companies are chosen on screen: those of the user are the user's.
        companies = request.env.user.company_ids
        request.update_context(allowed_company_ids=companies.ids)
        wanted = sorted({int(part) for part in parts})
        cases = request.env["credit.case"].browse(wanted).exists()
        if len(cases) != len(wanted) or not cases.has_access("read"):
            return request.not_found()
        stream, name = cases._make_handoff()
        size = stream.seek(0, 2)
        stream.seek(0)
        return Response(
            wrap_file(request.httprequest.environ, stream),
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Length", str(size)),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
            direct_passthrough=True,
        )
