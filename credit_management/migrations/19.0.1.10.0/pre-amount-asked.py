"""What each reminder asks for now: in one statement, not reminder by reminder."""

from odoo.tools.sql import column_exists, create_column


def migrate(cr, version):
    if column_exists(cr, "credit_reminder", "amount_asked"):
        return
    create_column(cr, "credit_reminder", "amount_asked", "numeric")
    cr.execute(
        """UPDATE credit_reminder reminder
              SET amount_asked = GREATEST(0, COALESCE(reminder.amount_total, 0)
                                             - COALESCE(later.amount, 0))
             FROM credit_reminder known
             LEFT JOIN (
                SELECT reminder_id,
                       SUM(amount_residual)
                           FILTER (WHERE days_overdue <= 0) AS amount
                  FROM credit_reminder_line
                 GROUP BY reminder_id
                HAVING MAX(days_overdue) > 0) later ON later.reminder_id = known.id
            WHERE known.id = reminder.id"""
    )
