"""Proposals of which nothing is open any more are gone, as by a payment from now on."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["credit.case"].search([("state", "=", "draft")])._drop_paid_proposals()
