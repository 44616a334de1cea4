"""Messages of unknown numbers come into the worklist: those of today, not of old."""

from odoo.tools import SQL


def migrate(cr, version):
    """What came in more than a month ago is no task any more; answers know whom."""
    cr.execute(
        SQL(
            """UPDATE credit_sms_reply reply
                  SET partner_id = reminder.partner_id
                 FROM credit_reminder reminder
                WHERE reminder.id = reply.reminder_id"""
        )
    )
    cr.execute(
        SQL(
            """UPDATE credit_sms_reply SET handled = TRUE
                WHERE partner_id IS NULL
                  AND date < (NOW() AT TIME ZONE 'UTC') - INTERVAL '1 month'"""
        )
    )
