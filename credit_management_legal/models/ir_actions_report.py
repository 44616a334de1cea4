"""Sheets that need no web server to be printed, as those of the core."""

from odoo.addons.credit_management.models import ir_actions_report

for name in ("report_handoff", "report_correspondence", "report_procedure"):
    ir_actions_report.STYLES[f"credit_management_legal.{name}"] = (
        ir_actions_report.SHEET_STYLE
    )
