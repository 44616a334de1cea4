"""Taking over how far items had come before this addon was there."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    day_known = fields.Boolean(
        string="Day known",
        readonly=True,
        copy=False,
        help="Of one that was taken over: the debtor was reminded on that very day. It "
        "counts as a contact, as those that left here do.",
    )

    @api.model
    def _domain_day_known(self):
        """Those of which it is known on what day the debtor was contacted."""
        return Domain("origin", "!=", "import") | Domain("day_known", "=", True)

    @api.model
    def _import_position(self, items_by_step, date=None, days=None):
        """Take over how far items had come before this addon was there.

        :param dict items_by_step: ``credit.policy.step`` record -> journal items for
            which it was the last step that was taken
        :param date date: the day as of which it was the last, by default that of the
            import; it is no day on which the debtor was contacted
        :param dict days: journal item -> the day on which the debtor was reminded of
            it, where that is known
        :return: the reminders that hold the position, one per debtor, currency, step
            and day
        """
        vals_list = []
        days = days or {}
        for step, items in items_by_step.items():
            if step.trigger == "payment":
                raise ValidationError(
                    self.env._("“%s” thanks for a payment: nothing is open.", step.name)
                )
            groups = items.grouped(
                lambda item: (
                    item.company_id,
                    item.partner_id.commercial_partner_id,
                    item.currency_id,
                    days.get(item),
                )
            )
            for (company, debtor, currency, known), group in groups.items():
                day = known or date or company._credit_today()
                residual = sum(group.mapped("amount_residual_currency"))
                vals_list.append(
                    {
                        "origin": "import",
                        "company_id": company.id,
                        "partner_id": debtor.id,
                        "currency_id": currency.id,
                        "policy_id": step.policy_id.id,
                        "step_id": step.id,
                        "channel": step.channel,
                        "state": "sent",
                        "date": day,
                        "date_done": day,
                        "day_known": bool(known),
                        "amount_residual": residual,
                        "amount_total": residual,
                        "line_ids": [
                            fields.Command.create(
                                {
                                    "move_line_id": item.id,
                                    "step_id": step.id,
                                    "currency_id": currency.id,
                                    "amount_residual": item.amount_residual_currency,
                                    "days_overdue": (
                                        day - (item.date_maturity or item.date)
                                    ).days,
                                }
                            )
                            for item in group
                        ],
                    }
                )
        return self.sudo().with_context(tracking_disable=True).create(vals_list)
