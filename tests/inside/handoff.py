"""A case with the papers of Sales and Inventory."""

import io
import zipfile
from datetime import timedelta

import world

from odoo import fields


def install_sales(env):
    """Install Sales and Inventory beside the addons."""
    module = env["ir.module.module"].search([("name", "=", "sale_stock")])
    module.button_immediate_install()


def sell(env):
    """An order that was signed, delivered and invoiced; its hand-off file, twice."""
    env = world.quiet(env)
    company = world.make_company(env, "Lender", "fr", "EUR", "Europe/Paris")
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", company.id)], limit=1
    )
    warehouse = warehouse or env["stock.warehouse"].create(
        {"name": "Stock", "code": "ST", "company_id": company.id}
    )
    product = env["product.product"].create(
        {"name": "Pump", "type": "consu", "is_storable": True, "list_price": 100}
    )
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 5)
    partner = env["res.partner"].create({"name": "Debtor", "is_company": True})
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "company_id": company.id,
            "order_line": [
                fields.Command.create(
                    {"product_id": product.id, "product_uom_qty": 2, "tax_ids": False}
                )
            ],
        }
    )
    picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    picture += "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    order.write({"signature": picture, "signed_by": "The debtor"})
    order.action_confirm()
    order.picking_ids.move_ids.quantity = 2
    order.picking_ids.with_context(skip_backorder=True).button_validate()
    invoice = order._create_invoices()
    invoice.invoice_date = invoice.invoice_date_due = fields.Date.today() - timedelta(
        60
    )
    invoice.action_post()
    item = invoice.line_ids.filtered(lambda one: one.account_type == "asset_receivable")
    case = env["credit.case"].create(
        {
            "partner_id": partner.id,
            "company_id": company.id,
            "currency_id": invoice.currency_id.id,
            "line_ids": [fields.Command.create({"move_line_id": item.id})],
        }
    )
    made = []
    for _time in range(2):
        stream = io.BytesIO()
        env["credit.handoff"]._write_zip(case, stream)
        made.append(stream.getvalue())
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        names = archive.namelist()
    return {
        "names": names,
        "same": made[0] == made[1],
        "order": order.name,
        "picking": order.picking_ids.name.replace("/", "-"),
        "invoice": invoice.name.replace("/", "-"),
        "delivered": order.picking_ids.state,
    }
