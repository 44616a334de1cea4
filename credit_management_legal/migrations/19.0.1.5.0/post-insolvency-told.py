"""Entries that an insolvency left on timelines say which one they are of.

So that they are struck where the opening or the declaration proves to be another day.
"""

from odoo import SUPERUSER_ID, api
from odoo.fields import Domain


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    langs = [code for code, _name in env["res.lang"].get_installed()]
    for record in env["credit.insolvency"].search(Domain("state", "!=", "cancelled")):
        texts = [record.with_context(lang=lang)._opening_text() for lang in langs]
        events = env["credit.case.event"].search(
            Domain("case_id.partner_id", "=", record.partner_id.id)
            & record._company_domain()
            & Domain("insolvency_id", "=", False)
            & (
                Domain("kind", "=", "status")
                & Domain("origin", "=", "system")
                & Domain("name", "in", texts)
                | Domain("kind", "=", "declaration")
                & Domain("typed_on", "=", False)
                & Domain("origin", "=", "creditor")
                & Domain("date", "=", record.date_declared)
            )
        )
        events.insolvency_id = record
