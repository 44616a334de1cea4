"""Reminders that wait ask for what falls due today as well; what was sent stays."""


def migrate(cr, version):
    cr.execute(
        """UPDATE credit_reminder reminder
              SET amount_asked = GREATEST(0, COALESCE(reminder.amount_total, 0)
                                             - COALESCE(later.amount, 0))
             FROM (
                SELECT line.reminder_id,
                       SUM(line.amount_residual)
                           FILTER (WHERE line.days_overdue < 0) AS amount
                  FROM credit_reminder_line line
                  JOIN credit_reminder open ON open.id = line.reminder_id
                 WHERE open.state IN ('to_approve', 'queued', 'failed')
                 GROUP BY line.reminder_id
                HAVING MAX(line.days_overdue) > 0
                   AND COUNT(*) FILTER (WHERE line.days_overdue = 0) > 0) later
            WHERE later.reminder_id = reminder.id"""
    )
