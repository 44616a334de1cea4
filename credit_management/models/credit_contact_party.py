"""Who may be contacted: nobody but the debtor, where the law says so."""

from odoo import models
from odoo.tools import SQL


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _debtor_only(self):
        """Those of which the law wants nobody but the debtor to be contacted.

        Debtors that are people, under a regime with a rule of law against third
        parties: Belgium, Code of economic law, article XIX.5. The contact of a
        business is the business; that of a person may be a relative.
        """
        forbidding = self.env["credit.regime.contact"].sudo()
        barred = [("binding", "=", True), ("third_parties", "=", False)]
        if not self or not forbidding.search_count(barred, limit=1):
            return self.browse()
        people = self.filtered(lambda r: not r.sudo().partner_id.is_company)
        regimes = people._reminder_regimes()
        return people.filtered(lambda r: r._bars_third_parties(regimes[r]))

    def _bars_third_parties(self, regime):
        """Whether a regime allows nobody but the debtor by the reminder's channel."""
        family = self._contact_family(self.channel)
        return any(
            rule.binding and not rule.third_parties
            for rule in regime.sudo().contact_ids
            if not rule.channel or rule.channel in family
        )


class CreditRun(models.Model):
    _inherit = "credit.run"

    def _keep_to_debtors(self):
        """Address to the debtor what the law lets nobody else read."""
        rows = self.env.execute_query(
            SQL(
                """SELECT reminder.id
                     FROM credit_reminder reminder
                     JOIN res_partner debtor ON debtor.id = reminder.partner_id
                    WHERE reminder.run_id = %s AND debtor.is_company IS NOT TRUE
                      AND reminder.contact_id <> reminder.partner_id
                    ORDER BY reminder.id""",
                self.id,
            )
        )
        elsewhere = self.env["credit.reminder"].browse(row[0] for row in rows)
        alone = elsewhere._debtor_only()
        if alone:
            self.env.execute_query(
                SQL(
                    """UPDATE credit_reminder SET contact_id = partner_id
                        WHERE id = ANY(%s) RETURNING id""",
                    alone.ids,
                )
            )
            alone.invalidate_recordset()
