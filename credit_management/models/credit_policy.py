import math
from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .credit_regime import KINDS


class CreditPolicy(models.Model):
    _name = "credit.policy"
    _description = "Credit Policy"
    _order = "sequence, id"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=lambda self: self._default_sequence(),
        copy=False,
        help="Where several policies fit a debtor, the first one applies. A new policy "
        "goes last.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Leave empty to offer the policy to every company.",
    )
    description = fields.Text(translate=True)
    partner_domain = fields.Char(
        string="Applies to",
        default="[]",
        required=True,
        help="Customers to whom the policy applies, unless another policy is chosen on "
        "the customer or on the invoice.",
    )
    debtor_kind = fields.Selection(
        KINDS,
        string="Written for",
        help="The steps are checked against the law for debtors of this kind. What "
        "the law forbids for a debtor is left out of reminders in any case.",
    )
    step_ids = fields.One2many("credit.policy.step", "policy_id", copy=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    min_amount = fields.Monetary(
        string="Minimum amount",
        help="A reminder that would ask for less than this, after credit notes and "
        "unmatched payments, is not sent; in the company's currency.",
    )
    min_interval_days = fields.Integer(
        aggregator=None,
        string="Days between contacts",
        default=7,
        help="A debtor contacted less than this many days ago is left in peace, "
        "whatever the invoice.",
    )
    entry = fields.Selection(
        [
            ("first", "At the first step"),
            ("latest", "At the latest step due"),
        ],
        string="New items start",
        default="first",
        required=True,
        help="Where an invoice begins that is already far overdue when the policy "
        "first sees it. A step required by law is never jumped over.",
    )
    grouping = fields.Selection(
        [
            ("debtor", "One reminder per debtor"),
            ("invoice", "One reminder per invoice"),
        ],
        default="debtor",
        required=True,
    )
    partner_count = fields.Integer(
        compute="_compute_partner_count",
        help="Debtors that follow it: it was chosen for them, or is the first one that "
        "fits. Each debtor belongs to one policy.",
    )

    _check_min_amount = models.Constraint(
        "CHECK (min_amount >= 0)", "The minimum amount can't be negative."
    )
    _check_min_interval = models.Constraint(
        "CHECK (min_interval_days >= 0)",
        "The days between two contacts can't be negative.",
    )

    @api.model
    def _default_sequence(self):
        """A place behind all other policies: none loses a debtor to a new one."""
        policies = self.sudo().with_context(active_test=False)
        return policies.search([], order="sequence desc", limit=1).sequence + 10

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            company = policy.company_id or self.env.company
            policy.currency_id = company.currency_id

    def _compute_partner_count(self):
        for policy in self:
            policy.partner_count = self.env["res.partner"].search_count(
                policy._follower_domain()
            )

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for policy in self:
            if error := policy._partner_domain_error():
                raise ValidationError(
                    self.env._(
                        "The customers of policy “%(policy)s” can't be found: "
                        "%(error)s",
                        policy=policy.name,
                        error=error,
                    )
                ) from error

    def _partner_domain_error(self):
        """Why the domain of the customers can't be used, as an exception, or None."""
        try:
            Domain(self._parse_partner_domain()).validate(self.env["res.partner"])
        except Exception as error:
            # Somebody typed it: it may fail in any way that a domain can.
            return error
        return None

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.step_ids._unlink_except_used()

    def copy_data(self, default=None):
        # EXTENDS base
        return [
            dict(vals, name=self.env._("%s (copy)", policy.name))
            for policy, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def action_view_partners(self):
        """Open the debtors that follow the policy."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers of %s", self.name),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": list(self._follower_domain()),
        }

    def _parse_partner_domain(self):
        """The domain as a list. It is literal: no code, no variables."""
        self.ensure_one()
        return literal_eval(self.partner_domain or "[]")

    def _debtor_domain(self):
        """Debtors (commercial partners) that fit this policy by its domain alone."""
        self.ensure_one()
        # A subsidiary has a parent, and debts of its own.
        commercial = Domain("parent_id", "=", False) | Domain("is_company", "=", True)
        return commercial & Domain(self._parse_partner_domain())

    def _follower_domain(self):
        """Debtors that follow this policy: by choice, or as the first one that fits.

        In its company, or in the current one where it is of all companies.
        """
        self.ensure_one()
        chosen = Domain("credit_policy_id", "in", self._origin.ids)
        if not self.active:
            return chosen
        policies = self._get_company_policies(self.company_id or self.env.company)
        # On a form, in the place that it is about to take.
        place = (self.sequence, self._origin.id or math.inf)
        earlier = (policies - self._origin).filtered(
            lambda policy: policy.active and (policy.sequence, policy.id) < place
        )
        free = Domain("credit_policy_id", "=", False) & self._debtor_domain()
        for policy in earlier:
            free &= ~policy._debtor_domain()
        return chosen | free

    def _sequence_steps(self):
        """Steps an item goes through in order: all but the thank-yous.

        :return: recordset of ``credit.policy.step``; rank 1 is the first
        """
        self.ensure_one()
        return self.step_ids.filtered(lambda s: s.trigger != "payment").sorted(
            lambda s: (s.sequence, s.id)
        )

    @api.model
    def _get_company_policies(self, company, names=()):
        """Policies of a company in their order of precedence.

        A branch follows the policies of its parent companies too. Archived policies
        are among them: they take no new debtor by their domain, but an invoice or a
        debtor that names one is still followed by it.

        :param names: fields to be read by the same query
        """
        return (
            self.sudo()
            .with_context(active_test=False)
            .search_fetch(
                [("company_id", "in", [False, *company.sudo().parent_ids.ids])], names
            )
        )
