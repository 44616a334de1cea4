"""Cases handed over: by the thousand, with many invoices, with the papers of Sales."""

import hashlib
import io
import resource
import tempfile
import time
import zipfile
from datetime import timedelta

import world

from odoo import fields

KILOBYTE = 1024


def make(env, debtors, invoices=1):
    """Debtors who owe so many overdue invoices each, and an agency."""
    env = world.quiet(env)
    company = world.make_company(env, "Lender", "fr", "EUR", "Europe/Paris")
    agency = env["res.partner"].create(
        {"name": "Agency", "is_company": True, "credit_party_role": "agency"}
    )
    env["credit.mandate"].create(
        {
            "name": "Amicable",
            "company_id": company.id,
            "party_id": agency.id,
            "date_from": "2020-01-01",
            "notice_required": False,
        }
    )
    partners = env["res.partner"].create(
        [
            {
                "name": f"Debtor {number}",
                "is_company": True,
                "street": "Main street 1",
                "zip": "75002",
                "city": "Paris",
                "country_id": env.ref("base.fr").id,
            }
            for number in range(debtors)
        ]
    )
    due = fields.Date.today() - timedelta(days=60)
    moves = (
        env["account.move"]
        .with_company(company)
        .create(
            [
                world.invoice_values(
                    partner,
                    due - timedelta(days=30),
                    due,
                    100 + number,
                    company.currency_id,
                    f"D/{partner.id}/{number}",
                )
                for partner in partners
                for number in range(invoices)
            ]
        )
    )
    moves.action_post()


def open_all(env):
    """Open a case for each debtor, as the wizard does: {seconds, queries, cases}."""
    company = env["res.company"].search([("name", "=", "Lender")])
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    partners = env["res.partner"].search([("name", "=like", "Debtor %")])
    env.invalidate_all()
    begin, before = time.monotonic(), env.cr.sql_log_count
    action = partners.action_credit_case()
    wizard = env["credit.case.open"].browse(action["res_id"])
    found = env["credit.case"].search(wizard.action_open()["domain"])
    env.flush_all()
    env.cr.precommit.run()
    return {
        "seconds": round(time.monotonic() - begin, 1),
        "queries": env.cr.sql_log_count - before,
        "cases": len(found),
        "states": sorted(set(found.mapped("state"))),
    }


def keep_invoices(env, kilobytes):
    """Give each invoice a file of that size, which can't be compressed."""
    moves = env["account.move"].search([("move_type", "=", "out_invoice")])
    for move in moves:
        seed = hashlib.sha256(str(move.id).encode())
        content = seed.digest() * (kilobytes * KILOBYTE // 32)
        env["ir.attachment"].create(
            {
                "name": f"{move.id}.pdf",
                "raw": b"%PDF-1.4 " + content,
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )


def write_file(env):
    """Write the hand-off file of all cases.

    :return: seconds, its size, the growth of the process (both in bytes), and its files
    """
    cases = env["credit.case"].search([])
    handoff = env["credit.handoff"]
    # What is loaded and cached once is no part of it.
    handoff._payload(cases[:1])
    env.invalidate_all()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.monotonic()
    with tempfile.TemporaryFile() as stream:
        handoff._write_zip(cases, stream)
        seconds = time.monotonic() - begin
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
        size = stream.tell()
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
    return {
        "seconds": round(seconds, 1),
        "size": size,
        "grown": grown * KILOBYTE,
        "names": names,
    }


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
