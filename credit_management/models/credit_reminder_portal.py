"""The debtor's page that a reminder opens."""

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import consteq
from odoo.tools.misc import hmac

from ..engine.inputs import token_number

TOKEN_SCOPE = "credit_management.reminder"
#: What the page needs of a reminder: much else stands on one.
PAGE_FIELDS = (
    "access_version",
    "company_id",
    "contact_id",
    "currency_id",
    "date",
    "date_done",
    "is_thanks",
    "name",
    "partner_id",
    "state",
    "user_id",
)


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _portal_token(self):
        """The key in the link of this reminder.

        It is a signature, made anew each time and stored nowhere: reading the database
        does not open the page. Raising ``access_version`` revokes it.
        """
        self.ensure_one()
        return self._portal_signed()

    def _portal_signed(self):
        """The key of this reminder; of no reminder, one that opens nothing.

        Whoever guesses waits as long for the refusal whether the number is that of a
        reminder or not: one row is looked for, one signature made and compared.
        """
        reminder = self.sudo()
        signature = hmac(
            reminder.env,
            TOKEN_SCOPE,
            (reminder.id, reminder.access_version, reminder.partner_id.id),
        )
        return f"{reminder.id}-{signature}"

    @api.model
    def _of_number(self, number):
        """The reminder of that number, with what its links need, or none: a query."""
        return self.search_fetch(Domain("id", "=", number), PAGE_FIELDS)

    @api.model
    def _from_portal_token(self, token):
        """The reminder that a token opens, if any.

        :param str token: what stands in the address, from anybody
        :return: the reminder, or an empty recordset
        """
        reminder = self._of_number(token_number(token))
        expected = reminder._portal_signed()
        matches = consteq(expected.encode(), (token or "").encode())
        if not (reminder and matches) or reminder._portal_expired():
            return self.browse()
        return reminder

    def _portal_expired(self):
        self.ensure_one()
        start = self.date_done or self.date
        days = self.company_id.credit_link_days
        return self.company_id._credit_today() > start + timedelta(days=days)

    def action_revoke_link(self):
        """Make the link that was sent open nothing any more."""
        self.check_access("write")
        for reminder in self.sudo():
            reminder.access_version += 1
