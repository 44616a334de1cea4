"""Calls of shipped tracks have a script, unless somebody wrote instructions of their
own; translations are loaded afterwards."""

from odoo import SUPERUSER_ID, api

from odoo.addons.credit_management.hooks import shipped_html

FILE = "credit_management_legal/data/credit_tracks.xml"
#: What the instructions of shipped stages begin with.
SHIPPED = {
    "track_agency_calls": "Name the creditor and the mandate.",
    "track_in_house_calls": "",
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
    for name, words in SHIPPED.items():
        stage = env.ref(f"credit_management_legal.{name}", raise_if_not_found=False)
        if not stage or stage.script:
            continue
        told = stage.instructions or ""
        if told.startswith(words) and bool(told) == bool(words):
            stage.script = shipped_html(FILE, name, "script")
