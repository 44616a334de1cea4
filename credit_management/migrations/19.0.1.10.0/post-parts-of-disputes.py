"""Disputes that were accepted in part know what of them was not accepted."""


def migrate(cr, version):
    # Where the whole invoice was disputed, that was what was open on the day.
    cr.execute(
        """UPDATE credit_dispute dispute
              SET amount_rejected = GREATEST(0, decided.whole
                                                - COALESCE(dispute.amount_accepted, 0))
             FROM (
                SELECT dispute.id,
                       COALESCE(NULLIF(dispute.amount, 0),
                           move.amount_total - COALESCE((
                               SELECT SUM(part.debit_amount_currency)
                                 FROM account_partial_reconcile part
                                 JOIN account_move_line item
                                   ON item.id = part.debit_move_id
                                 JOIN account_move_line paid
                                   ON paid.id = part.credit_move_id
                                WHERE item.move_id = move.id
                                  AND part.max_date <= dispute.date_closed
                                  AND paid.move_id IS DISTINCT FROM
                                      dispute.credit_note_id), 0)) AS whole
                  FROM credit_dispute dispute
                  JOIN account_move move ON move.id = dispute.move_id
             ) decided
            WHERE decided.id = dispute.id AND dispute.state = 'partly'
              AND dispute.amount_rejected IS NULL"""
    )
