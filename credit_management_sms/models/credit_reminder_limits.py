"""Limits on what messages cost: per hour and per run, in the company's currency."""

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_reminder_limits import Limit

#: Prices are counted as whole numbers of so many parts of the currency's unit.
SCALE = 100_000


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    @api.model
    def _limits(self):
        # EXTENDS credit_management
        limits = super()._limits()
        return [
            *limits,
            Limit(
                "sms",
                tuple(self._text_channels()),
                self.env._("units of currency for text messages"),
                cost=self._text_cost_sql(),
                scale=SCALE,
            ),
        ]

    @api.model
    def _text_cost_sql(self):
        """What a message costs: as billed once it left; before that one segment, by
        the highest price of its channel.

        Before it leaves nobody knows how long it will be; a limit is a net, no budget.
        """
        return SQL(
            """ROUND(CASE WHEN credit_reminder.date_sent IS NOT NULL
                     THEN COALESCE(credit_reminder.sms_cost, 0)
                     ELSE COALESCE((
                         SELECT MAX(price.price) FROM credit_sms_price price
                          WHERE price.company_id = credit_reminder.company_id
                            AND price.channel = credit_reminder.channel), 0)
                END * %s)::int""",
            SCALE,
        )
