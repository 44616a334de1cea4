"""A link to the debtor's page that is short enough for a text message."""

from odoo import api, fields, models
from odoo.tools import consteq
from odoo.tools.misc import hmac

SHORT_SCOPE = "credit_management_sms.link"
#: Letters and digits: what telephones take for a part of a link, and what any alphabet
#: has. Fourteen of them are 83 bits, and every guess is a request.
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SIGNATURE_LENGTH = 14


def to_base62(number):
    """A whole number, not negative, in letters and digits."""
    digits = ""
    while number or not digits:
        number, place = divmod(number, len(ALPHABET))
        digits = ALPHABET[place] + digits
    return digits


def from_base62(digits):
    """The number again; None for what is none, or none that :func:`to_base62` wrote."""
    number = 0
    for digit in digits:
        place = ALPHABET.find(digit)
        if place < 0:
            return None
        number = number * len(ALPHABET) + place
    return number if digits and to_base62(number) == digits else None


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    sms_url = fields.Char(
        string="Short link",
        compute="_compute_sms_url",
        compute_sudo=True,
        groups="credit_management.group_viewer",
        help="Opens the debtor's page, as the link in e-mails does and as long.",
    )

    @api.depends("access_version")
    def _compute_sms_url(self):
        for reminder in self:
            reminder.sms_url = False
            if reminder._origin:
                token = reminder._short_token()
                reminder.sms_url = f"{reminder.get_base_url()}/c/{token}"

    def _short_token(self):
        """A signature, and the number of the reminder; stored nowhere.

        Raising ``access_version`` revokes it, as it does the long one.
        """
        self.ensure_one()
        return self._short_signed()

    def _short_signed(self):
        """The same; of no reminder, one that opens nothing, made by the same work."""
        reminder = self.sudo()
        digest = hmac(
            reminder.env,
            SHORT_SCOPE,
            (reminder.id, reminder.access_version, reminder.partner_id.id),
        )
        signature = to_base62(int(digest, 16))[-SIGNATURE_LENGTH:]
        return signature.rjust(SIGNATURE_LENGTH, "0") + to_base62(reminder._origin.id)

    @api.model
    def _from_short_token(self, token):
        """The reminder that a short token opens, if any.

        What it opens is what the long token would open now: it expires with it.

        :param str token: what stands in the address, from anybody
        :return: the reminder, or an empty recordset
        """
        token = token or ""
        # The longest number of a PostgreSQL integer has six digits here.
        number = from_base62(token[SIGNATURE_LENGTH : SIGNATURE_LENGTH + 7])
        known = number is not None and number < 2**31
        reminder = self._of_number(number if known else -1)
        expected = reminder._short_signed()
        if not consteq(expected.encode(), token.encode()) or not reminder:
            return self.browse()
        return self._from_portal_token(reminder._portal_token())
