from datetime import date

from odoo import SUPERUSER_ID, api

#: Rates that the law had given up: they are data that an upgrade does not touch.
ENDED = {
    "series_fr_legal_single": date(2014, 12, 31),
    "series_be_commercial_pre20130316": date(2015, 3, 15),
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, day in ENDED.items():
        series = env.ref(f"credit_management.{name}", raise_if_not_found=False)
        if series and not series.date_end:
            series.date_end = day
