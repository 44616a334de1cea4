"""Hand-off files at their size, in a process of their own, and beside Sales."""

MEGABYTE = 1024 * 1024


def test_two_hundred_invoices(run_in_odoo, odoo_db):
    """60 MB of invoices make the process grow by much less."""
    run_in_odoo("handoff", odoo_db, "make", debtors=1, invoices=200)
    run_in_odoo("handoff", odoo_db, "keep_invoices", kilobytes=300)
    opened = run_in_odoo("handoff", odoo_db, "open_all")
    assert opened["cases"] == 1
    made = run_in_odoo("handoff", odoo_db, "write_file")
    assert len([name for name in made["names"] if name.startswith("2-")]) == 200
    assert made["grown"] < 40 * MEGABYTE, made["grown"]


def test_orders_and_delivery_notes(run_in_odoo, odoo_db):
    """Where Sales and Inventory are installed, their papers go along."""
    run_in_odoo("handoff", odoo_db, "install_sales")
    made = run_in_odoo("handoff", odoo_db, "sell")
    assert made["delivered"] == "done"
    invoice = made["invoice"]
    papers = {name for name in made["names"] if name.startswith("3-")}
    # A signed order is the quote that was signed.
    assert papers == {
        f"3-documents/quote/{invoice} {made['order']}.pdf",
        f"3-documents/delivery/{invoice} {made['picking']}.pdf",
    }
    assert made["same"]
