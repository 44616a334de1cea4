"""Titles that were entered by hand get their event on the timeline.

It lets the limitation of a title begin, as one by a procedure does.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    cases = env["credit.case"].search(
        [("date_title", "!=", False), ("title_event_id", "=", False)]
    )
    cases._note_title()
