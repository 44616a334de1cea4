"""What becomes of reminders when debtors answer them, or break their word."""

from odoo import api, fields, models


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    @api.model
    def _pass_over(self, company, debtor, currency, step, items):
        """Note on record that the steps up to ``step`` were passed over.

        :param items: journal items of the debtor in ``currency``
        :return: the reminder that holds the position; nothing leaves
        """
        today = company._credit_today()
        total = sum(items.mapped("amount_residual_currency"))
        reminder = self.with_context(tracking_disable=True).create(
            {
                "company_id": company.id,
                "partner_id": debtor.id,
                "currency_id": currency.id,
                "policy_id": step.policy_id.id,
                "step_id": step.id,
                "channel": step.channel,
                "state": "cancelled",
                "skipped": True,
                "date": today,
                "date_done": today,
                "amount_residual": total,
                "amount_total": total,
                "line_ids": [
                    fields.Command.create(
                        {
                            "move_line_id": item.id,
                            "step_id": step.id,
                            "currency_id": currency.id,
                            "amount_residual": item.amount_residual_currency,
                        }
                    )
                    for item in items
                ],
            }
        )
        reminder._message_log(
            body=self.env._("Passed over after a broken promise, as the policy says.")
        )
        return reminder
