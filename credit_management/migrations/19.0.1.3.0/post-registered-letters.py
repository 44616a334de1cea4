"""From what registered letters count: what the new data says, for regimes that exist.

A regime that somebody set up is left alone: only those that the release brought change.
"""

COUNTS_FROM = {"fr": "presentation", "de": "receipt"}


def migrate(cr, version):
    for country, counts_from in COUNTS_FROM.items():
        cr.execute(
            """UPDATE credit_regime regime
                  SET notice_counts_from = %s
                 FROM ir_model_data data
                WHERE data.module = 'credit_management' AND data.res_id = regime.id
                  AND data.model = 'credit.regime' AND data.name LIKE %s""",
            (counts_from, f"regime\\_{country}\\_%"),
        )
