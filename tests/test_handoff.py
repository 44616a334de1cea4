"""Hand-off files beside Sales and Inventory."""


def test_orders_and_delivery_notes(run_in_odoo, odoo_db):
    """Where they are installed, their papers go along, and are the same each time."""
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
