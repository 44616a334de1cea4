"""The rest of a series of promises holds nothing once a part of it was not kept."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    broken = env["credit.promise"].search(
        [("series", "!=", False), ("state", "in", ("broken", "partly"))]
    )
    for promise in broken:
        promise._in_house()._drop_rest()
