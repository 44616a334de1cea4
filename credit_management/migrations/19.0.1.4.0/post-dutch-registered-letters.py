"""Registered letters to Dutch consumers count from receipt, as the shipped data says.

A regime that somebody set up, or where somebody chose otherwise, is left alone.
"""


def migrate(cr, version):
    cr.execute(
        """UPDATE credit_regime regime
              SET notice_counts_from = 'receipt'
             FROM ir_model_data data
            WHERE data.module = 'credit_management' AND data.res_id = regime.id
              AND data.model = 'credit.regime' AND data.name = 'regime_nl_consumer'
              AND regime.notice_counts_from = 'posting'"""
    )
