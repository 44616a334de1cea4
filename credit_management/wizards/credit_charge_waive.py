from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

#: Time within which waived amounts of a debtor add up.
YEAR = timedelta(days=365)


class CreditChargeWaive(models.TransientModel):
    """Waive a part or the whole of some charges, with a reason."""

    _name = "credit.charge.waive"
    _description = "Waive Charges"

    charge_ids = fields.Many2many("credit.charge", required=True, readonly=True)
    charge_count = fields.Integer(compute="_compute_open")
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_open",
        help="Empty where the charges are in several currencies.",
    )
    amount_open = fields.Monetary(string="Open", compute="_compute_open")
    mode = fields.Selection(
        [
            ("all", "All that is open"),
            ("share", "A share of each"),
            ("amount", "An amount"),
        ],
        default="all",
        required=True,
        string="Waive",
    )
    share = fields.Float(
        string="Per cent", default=50.0, help="Of what is open of each charge."
    )
    amount = fields.Monetary(
        help="Spread over the charges in proportion to what is open of each."
    )
    reason = fields.Char(required=True)
    limit_text = fields.Char(compute="_compute_limit_text")

    @api.depends("charge_ids")
    def _compute_open(self):
        for wizard in self:
            charges = wizard.charge_ids
            currencies = charges.currency_id
            wizard.charge_count = len(charges)
            wizard.currency_id = currencies if len(currencies) == 1 else False
            wizard.amount_open = 0.0
            if len(currencies) == 1:
                wizard.amount_open = sum(charges.mapped("amount_open"))

    @api.depends("charge_ids")
    @api.depends_context("uid")
    def _compute_limit_text(self):
        for wizard in self:
            wizard.limit_text = False
            if wizard._is_manager():
                continue
            companies = wizard.charge_ids.company_id.sudo()
            limits = [c.currency_id.format(c.credit_waive_limit) for c in companies]
            wizard.limit_text = self.env._(
                "You may waive up to %s of a debtor's charges within a year; a manager "
                "may waive more.",
                ", ".join(limits),
            )

    @api.model
    def default_get(self, fields_list):
        # EXTENDS 'web'
        values = super().default_get(fields_list)
        context = self.env.context
        if "charge_ids" in fields_list and context.get("active_model") == (
            "credit.charge"
        ):
            charges = self.env["credit.charge"].browse(context.get("active_ids"))
            values["charge_ids"] = [Command.set(charges.exists().ids)]
        return values

    def _is_manager(self):
        return self.env.user.has_group("credit_management.group_manager")

    def _shares(self):
        """What is waived of each charge.

        :return: {charge: amount in its currency}
        :raise UserError: if a charge is not open, or the amount does not fit
        """
        self.ensure_one()
        charges = self.charge_ids
        settled = charges.filtered(lambda charge: charge.state != "claimed")
        if settled:
            raise UserError(
                self.env._(
                    "“%s” is no longer open: only what is claimed can be waived.",
                    settled[0].display_name,
                )
            )
        if self.mode == "all":
            return {charge: charge.amount_open for charge in charges}
        if self.mode == "share":
            if not 0 < self.share <= 100:
                raise UserError(self.env._("Name a share between 0 and 100 per cent."))
            return {
                charge: charge.currency_id.round(charge.amount_open * self.share / 100)
                for charge in charges
            }
        return self._spread_amount()

    def _spread_amount(self):
        currency = self.currency_id
        if not currency:
            raise UserError(
                self.env._(
                    "These charges are in several currencies: waive all of them or a "
                    "share of each."
                )
            )
        if (
            currency.compare_amounts(self.amount, 0) <= 0
            or currency.compare_amounts(self.amount, self.amount_open) > 0
        ):
            raise UserError(
                self.env._(
                    "%(amount)s cannot be waived: %(open)s is open.",
                    amount=currency.format(self.amount),
                    open=currency.format(self.amount_open),
                )
            )
        # Each takes its part of what the ones before left: nothing is lost to rounding.
        amounts, left, open_left = {}, self.amount, self.amount_open
        for charge in self.charge_ids:
            part = currency.round(left * charge.amount_open / open_left)
            amounts[charge] = part
            left -= part
            open_left -= charge.amount_open
            if currency.is_zero(open_left):
                break
        return amounts

    def _check_limit(self, amounts):
        """A collector waives up to the company's limit of each debtor's charges.

        What was waived of charges of the last year counts, so that a large sum can't
        be waived in small ones.
        """
        if self._is_manager():
            return
        for company, charges in self.charge_ids.grouped("company_id").items():
            limit = company.sudo().credit_waive_limit
            for debtor, waived in self._waived(company, charges, amounts).items():
                if company.currency_id.compare_amounts(waived, limit) > 0:
                    raise AccessError(
                        self.env._(
                            "%(waived)s of the charges of %(debtor)s would be waived "
                            "within a year; in %(company)s collectors may waive up to "
                            "%(limit)s. Ask a manager.",
                            waived=company.currency_id.format(waived),
                            debtor=debtor.name,
                            company=company.name,
                            limit=company.currency_id.format(limit),
                        )
                    )

    def _waived(self, company, charges, amounts):
        """{debtor: amount waived within a year, these included, company currency}."""
        day = company._credit_today()
        earlier = self.env["credit.charge"]._read_group(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", charges.partner_id.ids),
                ("date", ">", day - YEAR),
                ("state", "!=", "reversed"),
            ],
            ["partner_id", "currency_id"],
            ["amount_waived:sum"],
        )
        parts = [
            *earlier,
            *((c.partner_id, c.currency_id, amounts.get(c, 0.0)) for c in charges),
        ]
        totals = defaultdict(float)
        for debtor, currency, amount in parts:
            totals[debtor] += currency._convert(
                amount, company.currency_id, company, day
            )
        return totals

    def action_waive(self):
        """Waive, and keep the reason on each charge."""
        self.ensure_one()
        if not self.env.user.has_group("credit_management.group_collector"):
            raise AccessError(self.env._("Charges are waived by collectors."))
        amounts = self._shares()
        self._check_limit(amounts)
        for charge, amount in amounts.items():
            if charge.currency_id.compare_amounts(amount, 0) > 0:
                charge._waive(amount, self.reason)
        return {"type": "ir.actions.act_window_close"}
