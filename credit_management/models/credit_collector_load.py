"""What each collector has in hand: debtors, amounts, and what waits for a person."""

from odoo import api, fields, models
from odoo.tools import SQL


class CreditCollectorLoad(models.Model):
    """One line per company and collector; one for the debtors of nobody."""

    _name = "credit.collector.load"
    _description = "Load of Collectors"
    _auto = False
    _order = "amount desc, id"
    _rec_name = "user_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    debtor_count = fields.Integer(string="Debtors", readonly=True)
    amount = fields.Monetary(string="Owed", readonly=True)
    amount_overdue = fields.Monetary(string="Overdue", readonly=True)
    call_count = fields.Integer(string="Calls to make", readonly=True)
    approval_count = fields.Integer(string="To approve", readonly=True)
    away_text = fields.Char(string="Away", compute="_compute_away_text")

    @property
    def _table_query(self):
        self.env.flush_all()
        companies = self.env.companies
        engine = self.env["credit.engine"].sudo()
        firms = SQL(", ").join(
            SQL("(%s, %s::date)", company.id, company._credit_today())
            for company in companies
        )
        accounts = list(
            {
                id_
                for company in companies
                for id_ in engine._receivable_accounts(company)
            }
        )
        return SQL(
            """WITH firm (id, today) AS (VALUES %(firms)s),
            owed AS (
                SELECT aml.company_id, partner.commercial_partner_id AS debtor_id,
                       SUM(aml.amount_residual) AS amount,
                       COALESCE(SUM(aml.amount_residual) FILTER (
                            WHERE COALESCE(aml.date_maturity, aml.date) < firm.today),
                            0) AS overdue
                  FROM account_move_line aml
                  JOIN firm ON firm.id = aml.company_id
                  JOIN res_partner partner ON partner.id = aml.partner_id
                 WHERE aml.parent_state = 'posted' AND aml.reconciled IS NOT TRUE
                   AND aml.account_id = ANY(%(accounts)s)
                 GROUP BY aml.company_id, partner.commercial_partner_id
                HAVING SUM(aml.amount_residual) > 0
            ),
            held AS (
                SELECT owed.company_id,
                       COALESCE((debtor.credit_user_id
                            ->> owed.company_id::text)::int, 0) AS user_id,
                       COUNT(*) AS debtors, SUM(owed.amount) AS amount,
                       SUM(owed.overdue) AS overdue
                  FROM owed JOIN res_partner debtor ON debtor.id = owed.debtor_id
                 GROUP BY 1, 2
            ),
            waiting AS (
                SELECT reminder.company_id, COALESCE(reminder.user_id, 0) AS user_id,
                       COUNT(DISTINCT reminder.partner_id) FILTER (
                            WHERE reminder.channel = 'phone') AS calls,
                       COUNT(*) FILTER (
                            WHERE reminder.channel NOT IN ('phone', 'visit'))
                            AS approvals
                  FROM credit_reminder reminder
                  JOIN firm ON firm.id = reminder.company_id
                 WHERE reminder.state = 'to_approve'
                 GROUP BY 1, 2
            )
            SELECT company_id::bigint * 1000000 + user_id AS id, company_id,
                   NULLIF(user_id, 0) AS user_id,
                   COALESCE(held.debtors, 0)::int AS debtor_count,
                   COALESCE(held.amount, 0) AS amount,
                   COALESCE(held.overdue, 0) AS amount_overdue,
                   COALESCE(waiting.calls, 0)::int AS call_count,
                   COALESCE(waiting.approvals, 0)::int AS approval_count
              FROM held FULL JOIN waiting USING (company_id, user_id)""",
            firms=firms,
            accounts=accounts,
        )

    @api.depends("user_id", "company_id")
    def _compute_away_text(self):
        users = self.env["res.users"].sudo()
        for company, loads in self.grouped("company_id").items():
            away = self.env["credit.absence"]._absences(company._credit_today())
            for load in loads:
                load.away_text = False
                if load.user_id.id in away:
                    other = users.browse(away[load.user_id.id] or ())
                    load.away_text = (
                        self.env._("Away; %s stands in", other.name)
                        if other
                        else self.env._("Away, nobody stands in")
                    )

    def action_debtors(self):
        """Open the debtors of the collector."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Debtors of %s", self.user_id.name or self.env._("nobody")
            ),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [
                ("credit_user_id", "=", self.user_id.id),
                ("parent_id", "=", False),
                ("customer_rank", ">", 0),
            ],
            "context": {"allowed_company_ids": self.company_id.ids},
        }
