"""Charges that something else than a reminder brings: a payment plan."""

from odoo import api, fields, models


class CreditCharge(models.Model):
    _inherit = "credit.charge"

    plan_id = fields.Many2one(
        "credit.plan",
        string="Payment plan",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        help="The plan that brought the charge; its instalments pay it.",
    )

    @api.depends("plan_id")
    def _compute_display_name(self):
        # EXTENDS credit.charge: the fee of a plan is none of a reminder
        fees = self.filtered(lambda charge: charge.plan_id and charge.kind == "fee")
        for charge in fees:
            charge.display_name = self.env._("Fee of plan %s", charge.plan_id.name)
        return super(CreditCharge, self - fees)._compute_display_name()

    def write(self, vals):
        # EXTENDS base: what is waived or booked is one instalment less to be paid
        result = super().write(vals)
        if not {"state", "amount_waived"}.isdisjoint(vals) and self.plan_id:
            self.plan_id.sudo()._settle()
        return result

    @api.model
    def _claim(self, vals_list):
        """Claim charges; booked at once where the company books what is claimed.

        :param vals_list: an item that exists no more is left out of its charge
        :return: the charges
        """
        if not vals_list:
            return self.browse()
        items = self.env["account.move.line"].browse(
            filter(None, (vals.get("move_line_id") for vals in vals_list))
        )
        known = set(items.exists().ids)
        charges = (
            self.sudo()
            .with_context(tracking_disable=True)
            .create(
                [
                    {
                        **vals,
                        "move_line_id": vals.get("move_line_id")
                        if vals.get("move_line_id") in known
                        else False,
                    }
                    for vals in vals_list
                ]
            )
        )
        if "sent" in charges.company_id.mapped("credit_charge_booking"):
            self.env.ref("credit_management.ir_cron_book").sudo()._trigger()
        return charges
