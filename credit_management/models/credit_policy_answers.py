"""What debtors may promise, plan and dispute under a policy."""

from odoo import api, fields, models
from odoo.tools import SQL


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    promise_max_days = fields.Integer(
        string="Promises within (days)",
        default=30,
        help="The furthest day that a debtor may promise by itself.",
    )
    promise_min_share = fields.Integer(
        string="Smallest share promised (%)",
        default=0,
        help="Of what is open on the items that are promised.",
    )
    promise_grace_days = fields.Integer(
        string="Grace after a promise (days)",
        default=3,
        help="A payment takes its time: the promise is broken after these days only.",
    )
    plan_max_number = fields.Integer(
        string="Instalments at most",
        default=6,
        help="0: debtors ask for plans, a collector decides on each.",
    )
    plan_min_amount = fields.Monetary(
        string="Smallest instalment", help="In the company's currency."
    )
    plan_max_days = fields.Integer(
        string="Plans within (days)",
        default=180,
        help="The furthest day of the last instalment.",
    )
    plan_fee = fields.Monetary(
        string="Fee of a plan",
        help="In the company's currency, added to what is owed.",
    )
    plan_interest = fields.Selection(
        [("none", "None"), ("legal", "Late interest")],
        string="Interest of a plan",
        default="none",
        required=True,
        help="Late interest goes on at the rate of the law or of the terms until "
        "each instalment.",
    )
    plan_tolerance_days = fields.Integer(
        string="Tolerance of a plan (days)",
        default=5,
        help="Days after which an instalment that is not paid breaks the plan.",
    )
    plan_tell_days = fields.Integer(
        string="Told before an instalment (days)",
        default=3,
        help="Days before its due date on which the debtor is told of an instalment.",
    )
    plan_auto = fields.Boolean(
        string="Plans within the limits are accepted at once", default=True
    )
    plan_request_days = fields.Integer(
        string="A request holds (days)",
        default=10,
        help="Days during which a plan that a person decides on stops reminders. The "
        "request stays in the worklist after them, and reminders go on. 0: it stops "
        "nothing before it is accepted.",
    )
    dispute_scope = fields.Selection(
        [
            ("amount", "The disputed amount"),
            ("invoice", "The whole invoice"),
            ("debtor", "Everything the debtor owes"),
        ],
        string="A dispute stops",
        default="amount",
        required=True,
    )
    dispute_days = fields.Integer(
        string="Answer to a dispute within (days)", default=10
    )
    dispute_resume_days = fields.Integer(
        string="Delay after a rejected dispute (days)",
        default=0,
        help="Days given to the debtor after the answer, before reminders go on.",
    )
    broken_step_id = fields.Many2one(
        "credit.policy.step",
        string="After a broken promise",
        domain="[('policy_id', '=', id), ('trigger', '!=', 'payment')]",
        ondelete="set null",
        help="The step at which reminders go on with the next run, whatever its own "
        "day; empty: the next one, on its day. A step required by law is not passed "
        "over, and its waiting period holds.",
    )
    paid_claim_days = fields.Integer(
        string="“I have paid” holds (days)",
        default=7,
        help="Days during which the payment is looked for before reminders go on.",
    )

    _check_answers = models.Constraint(
        """CHECK (promise_max_days >= 0 AND promise_grace_days >= 0
                  AND promise_min_share BETWEEN 0 AND 100
                  AND plan_max_number >= 0 AND plan_min_amount >= 0
                  AND plan_max_days >= 0 AND plan_fee >= 0
                  AND plan_tolerance_days >= 0 AND plan_tell_days >= 0
                  AND plan_request_days >= 0
                  AND dispute_days >= 0 AND dispute_resume_days >= 0
                  AND paid_claim_days >= 0)""",
        "Days and amounts can't be negative, and a share is at most 100 %.",
    )

    @api.model
    def _answer_policies(self, items):
        """The policy that each of some open items follows: {item: policy}.

        In sudo: what a debtor may do hangs on the policy, whoever asks.
        """
        found = {}
        engine = self.env["credit.engine"].sudo()
        self.env.flush_all()
        for company, lines in items.sudo().grouped("company_id").items():
            policies = self._get_company_policies(company)
            rows = self.env.execute_query(
                SQL(
                    """SELECT aml.id, %s
                         FROM account_move_line aml
                         JOIN account_move move ON move.id = aml.move_id
                         JOIN res_partner partner ON partner.id = aml.partner_id
                         JOIN res_partner debtor
                           ON debtor.id = partner.commercial_partner_id
                        WHERE aml.id = ANY(%s)""",
                    engine._policy_sql(policies, company),
                    lines.ids,
                )
            )
            found.update(
                {items.browse(row[0]): policies.browse(row[1]) for row in rows}
            )
        return found

    @api.model
    def _answer_policy(self, items):
        """The policy that says what a debtor may promise, plan and dispute.

        Of several items, that of the oldest. Where no policy fits, the values with
        which a new policy would begin.
        """
        found = self._answer_policies(items) if items else {}
        dated = sorted(
            (item.date_maturity or item.date, item.id, policy)
            for item, policy in ((i.sudo(), p) for i, p in found.items())
            if policy
        )
        if dated:
            return dated[0][2]
        return self.sudo().new(self.default_get(list(self._fields)))

    @api.model
    def _resume_after_break(self, items):
        """Let reminders of some items go on at the step that their policy names.

        The steps in between are passed over, on record, as a collector would; never
        one that the law requires.

        :return: the steps at which reminders go on, to be due at once
        """
        resumed = self.env["credit.policy.step"].sudo()
        items = items.sudo().filtered(lambda item: not item.reconciled)
        policies = self._answer_policies(items)
        wanted = items.filtered(lambda item: policies.get(item, self).broken_step_id)
        if not wanted:
            return resumed
        positions = self.env["credit.engine"]._positions(wanted)
        groups = {}
        for item in wanted:
            step, following = policies[item]._steps_of_break(
                positions.get(item.id, {}).get("next_step_id")
            )
            resumed |= following
            if step:
                key = (
                    item.company_id,
                    item.partner_id.commercial_partner_id,
                    item.currency_id,
                    step,
                )
                groups.setdefault(key, items.browse())
                groups[key] |= item
        for (company, debtor, currency, step), lines in groups.items():
            self.env["credit.reminder"].sudo()._pass_over(
                company, debtor, currency, step, lines
            )
        return resumed

    def _steps_of_break(self, next_step_id):
        """The step to be passed over up to, and the one that comes next.

        :param int next_step_id: what would come next without that
        :return: two steps or none; the first is empty if nothing is passed over
        """
        self.ensure_one()
        steps = self._sequence_steps()
        none = steps.browse()
        ids = steps.ids
        if next_step_id not in ids or self.broken_step_id.id not in ids:
            return none, none
        first, target = ids.index(next_step_id), ids.index(self.broken_step_id.id)
        if target < first:
            return none, none
        required = (
            rank for rank in range(first, target) if steps[rank].legally_required
        )
        target = min(target, next(required, target))
        return steps[target - 1] if target > first else none, steps[target]
