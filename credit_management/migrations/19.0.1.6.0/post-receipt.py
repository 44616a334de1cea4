"""What the receipt of an invoice changes, which regimes could not say before.

What is shipped gets it; regimes that somebody set up are left as they are.
"""

SHIPPED = {
    "regime_be_business": (
        "term_max_days = 60, term_instead_days = 30, term_max_since = '2022-02-01'"
    ),
    "regime_de_business": "receipt_days = 30, receipt_or_delivery = TRUE",
    "regime_de_consumer": "receipt_days = 30, receipt_needs_mention = TRUE",
}


def migrate(cr, version):
    for name, values in SHIPPED.items():
        cr.execute(
            f"""UPDATE credit_regime regime
                   SET {values}
                  FROM ir_model_data data
                 WHERE data.module = 'credit_management' AND data.res_id = regime.id
                   AND data.model = 'credit.regime' AND data.name = %s""",
            (name,),
        )
