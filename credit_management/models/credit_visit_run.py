"""Proposals where debtors have refused visits."""

from odoo import models
from odoo.tools import SQL


class CreditRun(models.Model):
    _inherit = "credit.run"

    def _select_proposal(self):
        # EXTENDS credit.run: who has refused visits gets the fallback channel, in one
        # statement however many there are
        counts = super()._select_proposal()
        self.env.cr.execute(
            SQL(
                """UPDATE credit_proposal item SET channel = step.fallback_channel
                     FROM credit_policy_step step, res_partner debtor
                    WHERE step.id = item.step_id AND debtor.id = item.debtor_id
                      AND item.channel = 'visit'
                      AND COALESCE(step.fallback_channel, 'visit') <> 'visit'
                      AND %s IS NOT NULL""",
                self._refused_sql(),
            )
        )
        return counts

    def _refused_sql(self):
        """SQL of the day on which ``debtor`` has refused visits of the company."""
        partner_model = self.env["res.partner"].sudo().with_company(self.company_id)
        return partner_model._field_to_sql("debtor", "credit_visit_refused_on")

    def _insert_proposal(self, hold_automatic):
        # EXTENDS credit.run: say why, and pass over what has no fallback
        super()._insert_proposal(hold_automatic)
        rows = self.env.execute_query(
            SQL(
                """SELECT reminder.id
                     FROM credit_reminder reminder
                     JOIN credit_policy_step step ON step.id = reminder.step_id
                     JOIN res_partner debtor ON debtor.id = reminder.partner_id
                    WHERE reminder.run_id = %s AND step.channel = 'visit'
                      AND %s IS NOT NULL
                    ORDER BY reminder.id""",
                self.id,
                self._refused_sql(),
            )
        )
        reminders = self.env["credit.reminder"].browse([row[0] for row in rows])
        if not reminders:
            return
        reminders.invalidate_recordset()
        text = self.env._("The debtor has refused visits.")
        visits = reminders.filtered(lambda r: r.channel == "visit")
        visits._pass_visits_over(text)
        others = reminders - visits
        if others:
            others._message_log_batch(bodies=dict.fromkeys(others.ids, text))
