"""Debtors are assigned to collectors by rules; what somebody chose by hand stays."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..engine import assignment


class CreditAssignmentRule(models.Model):
    _name = "credit.assignment.rule"
    _description = "Assignment of Debtors"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10, help="The first rule that fits decides.")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    min_amount = fields.Monetary(
        string="Owed from",
        help="What the debtor owes in all, due or not, in the company's currency.",
    )
    max_amount = fields.Monetary(string="Owed less than", help="0: no limit.")
    category_ids = fields.Many2many(
        "res.partner.category", string="Segments", help="Any of these tags."
    )
    lang_ids = fields.Many2many(
        "res.lang",
        string="Languages",
        context={"active_test": False},
        help="Any of these languages.",
    )
    salesperson_ids = fields.Many2many(
        "res.users",
        "credit_assignment_rule_salesperson_rel",
        "rule_id",
        "user_id",
        string="Portfolio of",
        domain=[("share", "=", False)],
        help="Debtors of any of these salespeople.",
    )
    partner_domain = fields.Char(string="Other conditions", default="[]")
    user_ids = fields.Many2many(
        "res.users",
        "credit_assignment_rule_user_rel",
        "rule_id",
        "user_id",
        string="Collectors",
        required=True,
        domain=[("share", "=", False)],
    )
    method = fields.Selection(
        [("count", "In turn"), ("amount", "By amount owed")],
        string="Shared out",
        default="count",
        required=True,
        help="In turn: to the collector with the fewest debtors. By amount owed: to "
        "the one whose debtors owe least.",
    )
    debtor_count = fields.Integer(string="Debtors", compute="_compute_debtor_count")

    @api.constrains("min_amount", "max_amount", "user_ids", "partner_domain")
    def _check_rule(self):
        for rule in self:
            if rule.max_amount and rule.max_amount <= rule.min_amount:
                raise ValidationError(
                    self.env._("“%s”: no amount lies between the two.", rule.name)
                )
            if not rule.user_ids:
                raise ValidationError(
                    self.env._("“%s” has nobody to assign debtors to.", rule.name)
                )
            try:
                self.env["res.partner"].search_count(rule._partner_domain(), limit=1)
            except Exception as error:
                # Somebody typed them: they may fail in any way that a domain can.
                raise ValidationError(
                    self.env._(
                        "“%(rule)s”: the conditions can't be read: %(error)s",
                        rule=rule.name,
                        error=error,
                    )
                ) from error

    def _compute_debtor_count(self):
        for company, rules in self.grouped("company_id").items():
            partners = self.env["res.partner"].with_company(company)
            for rule in rules:
                rule.debtor_count = partners.search_count(
                    [("credit_user_rule_id", "=", rule.id)]
                )

    # ------------------------------------------------------------------
    # Which debtors
    # ------------------------------------------------------------------

    def _partner_domain(self):
        """Whom the rule is for, as a domain of debtors; amounts apart."""
        self.ensure_one()
        domain = Domain(safe_eval(self.partner_domain or "[]"))
        if self.category_ids:
            domain &= Domain("category_id", "in", self.category_ids.ids)
        if self.lang_ids:
            domain &= Domain("lang", "in", self.lang_ids.mapped("code"))
        if self.salesperson_ids:
            domain &= Domain("user_id", "in", self.salesperson_ids.ids)
        return domain

    def _fits_amount(self, amount):
        return amount >= self.min_amount and (
            not self.max_amount or amount < self.max_amount
        )

    @api.model
    def _owed(self, company):
        """What each debtor owes: {debtor id: amount in the company's currency}."""
        self.env.flush_all()
        accounts = self.env["credit.engine"].sudo()._receivable_accounts(company)
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, SUM(aml.amount_residual)
                     FROM account_move_line aml
                     JOIN res_partner partner ON partner.id = aml.partner_id
                    WHERE aml.company_id = %s AND aml.parent_state = 'posted'
                      AND aml.reconciled IS NOT TRUE
                      AND aml.account_id = ANY(%s)
                    GROUP BY partner.commercial_partner_id
                   HAVING SUM(aml.amount_residual) > 0
                    ORDER BY SUM(aml.amount_residual) DESC,
                             partner.commercial_partner_id""",
                company.id,
                list(accounts),
            )
        )
        return dict(rows)

    # ------------------------------------------------------------------
    # Assign
    # ------------------------------------------------------------------

    @api.model
    def _assign(self, company, again=False):
        """Give debtors who owe something and have no collector one, by the rules.

        Absent collectors get none while they are away.

        :param bool again: those that a rule assigned earlier as well; never those that
            somebody assigned by hand
        :return: the debtors that were assigned
        """
        partners = self.env["res.partner"].with_company(company).sudo()
        rules = self.sudo().search([("company_id", "=", company.id)])
        if not rules:
            return partners
        owed = self._owed(company)
        debtors = partners.browse(owed)
        free = debtors.filtered(
            lambda p: not p.credit_user_id or again and p.credit_user_rule_id
        )
        loads = self._loads(debtors - free, owed)
        away = self.env["credit.absence"]._absences(company._credit_today())
        assigned = partners
        for rule in rules:
            fitting = free.filtered_domain(rule._partner_domain())
            fitting = fitting.filtered(lambda p, r=rule: r._fits_amount(owed[p.id]))
            users = [user for user in rule.user_ids if user.id not in away]
            by_amount = rule.method == "amount"
            chosen = assignment.share(
                [(debtor, owed[debtor.id]) for debtor in fitting],
                {user: loads.get(user, (0, 0))[by_amount] for user in users},
                by_amount,
            )
            for debtor, user in chosen.items():
                count, amount = loads.get(user, (0, 0))
                loads[user] = (count + 1, amount + owed[debtor.id])
            for user, batch in fitting.grouped(chosen.get).items():
                if user:
                    batch.with_context(credit_assignment=True).write(
                        {"credit_user_id": user.id, "credit_user_rule_id": rule.id}
                    )
                    assigned |= batch
                    free -= batch
        return assigned

    @api.model
    def _loads(self, debtors, owed):
        """What collectors have already: {user: (debtors, amount)}."""
        return {
            user: (len(batch), sum(owed[debtor.id] for debtor in batch))
            for user, batch in debtors.grouped("credit_user_id").items()
            if user
        }

    def action_assign(self):
        """Assign the debtors who have no collector."""
        return self._tell(self._assign(self.env.company))

    def action_assign_again(self):
        """Assign anew what rules assigned; what was chosen by hand stays."""
        return self._tell(self._assign(self.env.company, again=True))

    def _tell(self, assigned):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Debtors assigned: %s", len(assigned)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_user_rule_id = fields.Many2one(
        "credit.assignment.rule",
        company_dependent=True,
        string="Assigned by",
        readonly=True,
        groups="credit_management.group_viewer",
        help="The rule that assigned the collector; empty if somebody did.",
    )

    def write(self, vals):
        # EXTENDS base: who chooses a collector takes the debtor from the rules
        if "credit_user_id" in vals and not self.env.context.get("credit_assignment"):
            self.sudo().filtered("credit_user_rule_id").with_context(
                credit_assignment=True
            ).write({"credit_user_rule_id": False})
        return super().write(vals)


class CreditRun(models.Model):
    _inherit = "credit.run"

    def _propose(self, hold_automatic):
        # EXTENDS credit.run: reminders go to the collector of today
        self.env["credit.assignment.rule"]._assign(self.company_id)
        return super()._propose(hold_automatic)
