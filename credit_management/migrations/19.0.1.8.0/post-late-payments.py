"""Charges that were claimed before a payment of an earlier day was known."""


def migrate(cr, version):
    """Leave them to the scheduled action, which lowers what was asked too much."""
    cr.execute(
        """UPDATE credit_charge charge SET to_correct = TRUE
            WHERE state IN ('claimed', 'booked') AND plan_id IS NULL
              AND EXISTS (
                SELECT FROM account_partial_reconcile part
                  JOIN account_move_line other ON other.id = part.credit_move_id
                  JOIN account_move entry ON entry.id = other.move_id
                 WHERE part.debit_move_id = charge.move_line_id
                   AND (other.date <= COALESCE(charge.date_to, charge.date)
                        OR entry.move_type = 'out_refund'))"""
    )
