"""The addresses of reports: a letter is its PDF, whatever is asked for."""

from odoo.http import request, route

from odoo.addons.web.controllers.report import ReportController

from ..models.ir_actions_report import REMINDER


class LetterController(ReportController):
    @route()
    def report_routes(self, reportname, docids=None, converter=None, **data):
        # EXTENDS web: as a page it would be made anew, with the days of today
        report = request.env["ir.actions.report"]._get_report(reportname)
        if report.report_name == REMINDER:
            converter = "pdf"
        return super().report_routes(
            reportname, docids=docids, converter=converter, **data
        )
