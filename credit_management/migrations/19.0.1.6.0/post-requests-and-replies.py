"""Plans that are asked for go on stopping reminders for some days from today.

Reminders that a message of its own answered wait for nobody beside it.
"""


def migrate(cr, version):
    cr.execute(
        """UPDATE credit_plan SET hold_until = CURRENT_DATE + 10
            WHERE state = 'requested' AND hold_until IS NULL"""
    )
    cr.execute(
        """UPDATE credit_reminder reminder SET reply_handled = TRUE
            WHERE delivery_state = 'replied' AND reply_handled IS NOT TRUE
              AND EXISTS (SELECT FROM credit_answer answer
                           WHERE answer.reminder_id = reminder.id)
              AND NOT EXISTS (SELECT FROM mail_message message
                               WHERE message.model = 'credit.reminder'
                                 AND message.res_id = reminder.id
                                 AND message.message_type = 'email')"""
    )
