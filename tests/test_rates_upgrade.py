"""An upgrade mends what a release brought, and leaves what users did."""

from test_lifecycle import complaints, run_odoo

PREPARE = """
rates = env["credit.rate"]
# A user corrects a value, and had entered another one before its release brought it.
env.ref("credit_management.rate_fr_b2b_default_2026_07_01").rate = 12.5
env.ref("credit_management.rate_be_commercial_2026_07_01").unlink()
rates.create({"series": "BE_COMMERCIAL", "valid_from": "2026-07-01", "rate": 10.45})
env.ref("credit_management.regime_de_consumer").fee_max = 1.0
# An earlier release was wrong, and lacked a value.
env.flush_all()
env.cr.execute(
    "UPDATE credit_rate SET rate = 99 WHERE series = 'DE_B2B' "
    "AND valid_from = '2026-07-01'"
)
env.cr.execute(
    "DELETE FROM credit_rate WHERE series = 'LU_LEGAL' AND valid_from = '2026-01-01'"
)
env.cr.execute(
    "DELETE FROM ir_model_data WHERE name = 'rate_lu_legal_2026_01_01'"
)
env.cr.commit()
"""

REPORT = """
for code, day in (
    ("FR_B2B_DEFAULT", "2026-07-01"),
    ("BE_COMMERCIAL", "2026-07-01"),
    ("DE_B2B", "2026-07-01"),
    ("LU_LEGAL", "2026-01-01"),
):
    rate = env["credit.rate"].search([("series", "=", code), ("valid_from", "=", day)])
    print(code, rate.mapped("rate"))
print("rates:", env["credit.rate"].search_count([]))
print("fee:", env.ref("credit_management.regime_de_consumer").fee_max)
"""


def test_corrections_survive(odoo_own, odoo_db):
    odoo_own.run_script(odoo_db, PREPARE)
    for __ in range(2):
        log = run_odoo(
            odoo_own, odoo_db, "server", "-u", "credit_management", "--stop-after-init"
        )
        assert not complaints(log)
        told = odoo_own.run_script(odoo_db, REPORT).splitlines()
        assert told[-6:] == [
            "FR_B2B_DEFAULT [12.5]",
            "BE_COMMERCIAL [10.45]",
            "DE_B2B [10.52]",
            "LU_LEGAL [3.75]",
            "rates: 655",
            "fee: 1.0",
        ]
