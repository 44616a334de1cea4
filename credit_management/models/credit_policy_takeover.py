"""What a policy takes over from others: told where somebody can still think again.

How far an item has come counts only in the policy in which it has come there.
"""

from odoo import api, fields, models
from odoo.tools import SQL


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    takeover_text = fields.Text(
        string="What it takes over", compute="_compute_takeover_text"
    )

    @api.depends("active", "company_id", "partner_domain", "sequence")
    @api.depends_context("company", "lang")
    def _compute_takeover_text(self):
        for policy in self:
            policy.takeover_text = policy._takeover_text()

    def _takeover_text(self):
        """Whom the policy applies to as it stands on screen; false if it is old news.

        In its company, or in the current one where it is of all companies.
        """
        self.ensure_one()
        if self._partner_domain_error():
            # It is told when the policy is saved.
            return False
        company = self.company_id or self.env.company
        partner_model = self.env["res.partner"].sudo().with_company(company)
        partner_model = partner_model.with_context(active_test=False)
        followers = partner_model._search(self._follower_domain())
        debtors, items, moved_debtors, moved = self._takeover(
            company,
            SQL(
                "(move.credit_policy_id = %s OR move.credit_policy_id IS NULL"
                " AND partner.commercial_partner_id IN %s)",
                self._origin.id or 0,
                followers.subselect(),
            ),
        )
        if not moved and (self._origin or not items):
            return False
        text = self.env._(
            "Customers of %(company)s to whom this policy applies as it stands here: "
            "%(debtors)s; their open items: %(items)s.",
            debtors=debtors,
            company=company.name,
            items=items,
        )
        if not moved:
            return text
        begin = self.env._(
            "Items that have reached a step of another policy: %(items)s; their "
            "customers: %(debtors)s. The step does not count here: they begin anew, as "
            "“New items start” says.",
            items=moved,
            debtors=moved_debtors,
        )
        return f"{text} {begin}"

    def _takeover(self, company, where, debtors=None):
        """Count open items, and those of them that have a position only elsewhere.

        :param SQL where: which items, in terms of ``move`` and ``partner``
        :param debtors: ids of the debtors whose items are asked about; None for all
        :return: (debtors, their items, debtors with moved items, moved items)
        """
        self.ensure_one()
        self.env.flush_all()
        engine = self.env["credit.engine"].sudo()
        [counts] = self.env.execute_query(
            SQL(
                """WITH item AS (
                    SELECT aml.id, partner.commercial_partner_id AS debtor_id
                      FROM account_move_line aml
                      JOIN account_move move ON move.id = aml.move_id
                      JOIN res_partner partner ON partner.id = aml.partner_id
                     WHERE %(open)s AND aml.amount_residual_currency > 0 AND %(where)s
                ),
                reached AS (
                    SELECT item.id, BOOL_OR(step.policy_id = %(policy)s) AS here
                      FROM item
                      JOIN credit_reminder_line line ON line.move_line_id = item.id
                      JOIN credit_reminder reminder ON reminder.id = line.reminder_id
                      JOIN credit_policy_step step ON step.id = line.step_id
                     WHERE step.trigger != 'payment'
                       AND (reminder.state = 'sent'
                            AND reminder.delivery_state IS DISTINCT FROM 'bounced'
                         OR reminder.state = 'cancelled' AND reminder.skipped)
                     GROUP BY item.id
                )
                SELECT COUNT(DISTINCT item.debtor_id), COUNT(*),
                       COUNT(DISTINCT item.debtor_id) FILTER (WHERE NOT reached.here),
                       COUNT(*) FILTER (WHERE NOT reached.here)
                  FROM item LEFT JOIN reached ON reached.id = item.id""",
                open=engine._open_items_where(company, debtors),
                where=where,
                policy=self._origin.id or 0,
            )
        )
        return counts


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_takeover_text = fields.Text(
        string="What its policy takes over",
        compute="_compute_credit_takeover_text",
        groups="credit_management.group_viewer",
    )

    @api.depends("credit_policy_id")
    @api.depends_context("company", "lang")
    def _compute_credit_takeover_text(self):
        for partner in self:
            policy = partner.credit_policy_id._origin
            debtor = partner._origin.commercial_partner_id
            text = False
            if policy and debtor:
                _debtors, _items, _moved_debtors, moved = policy._takeover(
                    self.env.company,
                    SQL("COALESCE(move.credit_policy_id, %s) = %s", *policy.ids * 2),
                    debtor.ids,
                )
                if moved:
                    text = self.env._(
                        "Open items that have reached a step of another policy: "
                        "%(items)s. The step does not count in “%(policy)s”: they "
                        "begin anew, as its “New items start” says.",
                        items=moved,
                        policy=policy.name,
                    )
            partner.credit_takeover_text = text
