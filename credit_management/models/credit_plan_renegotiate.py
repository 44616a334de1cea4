"""New terms: what becomes of the fee and the interest that the old plan has brought.

They stay owed: they were agreed on, and the law that let them be asked for does not
take them back. So whoever makes new terms says what happens to them: the new plan takes
them over and its instalments pay them, or they are waived. They are not left beside it.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .credit_regime_resolution import to_minor


class CreditPlan(models.Model):
    _inherit = "credit.plan"

    carried_charge_ids = fields.Many2many(
        "credit.charge",
        "credit_plan_carried_rel",
        "plan_id",
        "charge_id",
        string="Charges taken over",
        readonly=True,
        copy=False,
    )
    amount_carried = fields.Monetary(
        string="Of the earlier plan",
        readonly=True,
        copy=False,
        help="Fee and interest of the plan that this one replaces, as far as they are "
        "still owed: the instalments pay them.",
    )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_renegotiate(self):
        """Make a new plan of what is left. The old one stays as it was.

        Where it has brought charges that are still owed, whoever acts says what becomes
        of them.

        :return: the action that opens the new plan, or the question before it
        """
        self.ensure_one()
        self._check_state("active", "broken")
        if not self._items_left():
            raise UserError(self.env._("Nothing is left to be paid."))
        if self.currency_id.is_zero(self._charges_left()):
            return self._renegotiate()
        wizard = self.env["credit.plan.renegotiate"].create({"plan_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New terms"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _items_left(self):
        return self.item_ids.filtered(lambda item: not item.reconciled)

    def _charges_left(self):
        """What would be owed of fee and interest if the plan ended today.

        In the currency of the plan; what is in the books is an invoice of its own.
        """
        self.ensure_one()
        open_ = sum(self.sudo().charge_ids.mapped("amount_open"))
        return open_ + self._interest_to_claim(self.company_id._credit_today())

    def _open_charges(self):
        return self.charge_ids.filtered(
            lambda charge: charge.state == "claimed" and charge.amount_open > 0
        )

    def _renegotiate(self, waive_reason=None):
        """Replace the plan by a new one, which takes over what it brought.

        :param str waive_reason: waive what it brought instead, because of this
        :return: the action that opens the new plan
        :raise AccessError: if so much may not be waived by the user
        """
        self.ensure_one()
        self._check_state("active", "broken")
        items = self._items_left()
        today = self.company_id._credit_today()
        old = self.sudo()
        old._end_interest(today)
        old.write({"state": "replaced", "date_closed": today})
        old.line_ids._drop()
        charges = old._open_charges()
        if charges and waive_reason:
            self.env["credit.charge.waive"].create(
                {
                    "charge_ids": [fields.Command.set(charges.ids)],
                    "mode": "all",
                    "reason": waive_reason,
                }
            ).action_waive()
            charges = charges.browse()
        plan = old.create(
            {
                "item_ids": [fields.Command.set(items.ids)],
                "number": max(
                    1, len(old.line_ids.filtered(lambda line: line.state != "paid"))
                ),
                "frequency": old.frequency,
                "first_date": max(old._next_line().date or today, today),
                "source": "collector",
                "user_id": self.env.uid,
                "replaces_id": old.id,
                "reminder_id": old.reminder_id.id,
                "amount_fee": 0,
                "carried_charge_ids": [fields.Command.set(charges.ids)],
            }
        )
        plan._log_items(self.env._("The payment plan is renegotiated."))
        return plan.sudo(False)._get_records_action(name=self.env._("Payment plan"))

    # ------------------------------------------------------------------
    # Taking over
    # ------------------------------------------------------------------

    def _carried_open(self):
        """What is owed of the charges taken over, in the currency of the plan."""
        return sum(self.sudo().carried_charge_ids.mapped("amount_open"))

    def _activate(self):
        # EXTENDS credit.plan: from now on its instalments pay what was taken over
        for plan in self.filtered("carried_charge_ids"):
            open_ = plan._carried_open()
            if plan.currency_id.compare_amounts(open_, plan.amount_carried):
                raise UserError(
                    self.env._(
                        "The charges of the earlier plan have changed: show the "
                        "instalments again."
                    )
                )
            plan.sudo().carried_charge_ids.plan_id = plan
        return super()._activate()

    def _charges_settled(self):
        # EXTENDS credit.plan: what was waived before it was taken over is none of it
        settled = super()._charges_settled()
        for plan in self.filtered(lambda p: p.carried_charge_ids & p.charge_ids):
            whole = sum(plan.carried_charge_ids.mapped("amount"))
            settled[plan] -= to_minor(whole - plan.amount_carried, plan.currency_id)
        return settled

    @api.depends("amount_carried")
    def _compute_amount_total(self):
        # EXTENDS credit.plan
        result = super()._compute_amount_total()
        for plan in self:
            plan.amount_total += plan.amount_carried
        return result
