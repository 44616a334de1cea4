"""The ZIP of a postal batch, sent as it is read: it may be larger than the memory."""

from werkzeug.wsgi import wrap_file

from odoo.http import Controller, Response, content_disposition, request, route


class PostalController(Controller):
    @route(
        "/credit/postal/<int:batch_id>.zip",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def archive(self, batch_id):
        """Download the letters of a batch that was handed over."""
        batch = request.env["credit.postal.batch"].browse(batch_id).exists()
        if (
            not batch.has_access("write")
            or not batch
            or batch.state not in ("exported", "done")
        ):
            return request.not_found()
        stream = batch._archive()
        size = stream.seek(0, 2)
        stream.seek(0)
        name = f"{batch.name.replace('/', '-')}.zip"
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
