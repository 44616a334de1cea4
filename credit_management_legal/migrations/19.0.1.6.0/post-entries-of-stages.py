"""Stages say which entry of the timeline tells of them.

Where it is certain: the one entry that names the letter of the stage. That of a letter
that was taken back meanwhile is struck.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        """WITH named AS (
               SELECT act.id AS act_id, MIN(event.id) AS event_id
                 FROM credit_case_act act
                 JOIN credit_reminder reminder ON reminder.act_id = act.id
                 JOIN credit_case_event event
                   ON event.case_id = act.case_id AND event.note = reminder.name
                WHERE act.event_id IS NULL AND event.origin = 'system'
                GROUP BY act.id
               HAVING COUNT(*) = 1)
           UPDATE credit_case_act act
              SET event_id = named.event_id
             FROM named
            WHERE named.act_id = act.id
        RETURNING act.id"""
    )
    acts = env["credit.case.act"].browse(row[0] for row in cr.fetchall())
    for act in acts.filtered(
        lambda act: act.state == "dropped" and act.event_id.active
    ):
        if "sent" not in act.reminder_ids.mapped("state"):
            act.event_id._strike_by_system(act.note)
