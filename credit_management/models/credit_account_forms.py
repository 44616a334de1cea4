"""A form of the debtor's page acts once, however often it is sent.

Every page carries a key of its own, signed for this debtor and this company. What is
sent with it is remembered by the key and the content: a double click, or the same page
sent again after going back, finds what came of the first time and is told the same.
Other content from the same page is another answer.
"""

import secrets
from datetime import timedelta
from hashlib import sha256

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, consteq
from odoo.tools.misc import hmac

from .credit_account import Refused

FORM_SCOPE = "credit_management.form"
#: How long a page that was opened can be sent.
FORM_DAYS = 7
#: For how long the page thanks for what was sent.
TOLD_MINUTES = 60
#: What the page thanks for: of which model it is, and what tells it from others.
TOLD = {
    "dispute": ("credit.dispute", Domain.TRUE),
    "message": ("credit.answer", Domain("kind", "=", "message")),
    "paid": ("credit.answer", Domain("kind", "=", "paid")),
    "plan": ("credit.plan", Domain("state", "=", "active")),
    "plan_asked": ("credit.plan", Domain("state", "=", "requested")),
    "promise": ("credit.promise", Domain("state", "=", "open")),
    "wrong": ("credit.answer", Domain("kind", "in", ("not_me", "wrong_address"))),
}


class CreditForm(models.Model):
    _name = "credit.form"
    _description = "Form Sent by a Debtor"
    _order = "id desc"
    _log_access = False

    key = fields.Char(required=True, readonly=True, help="Of the page and its content.")
    date = fields.Datetime(required=True, readonly=True, index=True)
    told = fields.Char(readonly=True, help="What the debtor was told.")

    _once = models.UniqueIndex("(key)", "This was sent before.")

    @api.model
    def _first_time(self, key):
        """Take down that a form was sent; whoever sends the same at once waits.

        In the second transaction the database refuses the row that the first one has
        committed meanwhile; Odoo then repeats the request, which finds it.

        :return: the record, and whether this is the first time
        """
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO credit_form (key, date) VALUES (%s, %s)
                   ON CONFLICT (key) DO NOTHING RETURNING id""",
                key,
                fields.Datetime.now(),
            )
        )
        if rows:
            return self.browse(rows[0]), True
        return self.search([("key", "=", key)]), False

    @api.autovacuum
    def _gc_forms(self):
        # A page as old as that is refused anyway.
        before = fields.Datetime.now() - timedelta(days=FORM_DAYS + 1)
        self.search([("date", "<", before)], limit=10000).unlink()


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _form_key(self, account):
        """A key for one page, to be sent along with what is answered on it."""
        stamp = int(fields.Datetime.now().timestamp())
        return self._signed_form_key(account, secrets.token_hex(12), str(stamp))

    @api.model
    def _signed_form_key(self, account, nonce, stamp):
        message = (account.company.id, account.debtor.id, nonce, stamp)
        return f"{nonce}-{stamp}-{hmac(account.env, FORM_SCOPE, message)}"

    @api.model
    def _use_form(self, account, panel, form, files):
        """Find out whether a form is sent for the first time.

        :param str panel: what it asks for
        :param form: multi-dictionary of texts, from anybody
        :param files: multi-dictionary of uploads
        :return: :class:`CreditForm` and whether it is the first time
        :raise Refused: if the page was not made for this account, or too long ago
        """
        given = form.get("form_key") or ""
        nonce, _dash, rest = given.partition("-")
        stamp = rest.partition("-")[0]
        expected = self._signed_form_key(account, nonce, stamp)
        least = fields.Datetime.now() - timedelta(days=FORM_DAYS)
        if (
            not consteq(expected.encode(), given.encode())
            or int(stamp) < least.timestamp()
        ):
            raise Refused(
                account.env._(
                    "This page was open for long. Please look at your account as it is "
                    "now, and send your answer again."
                )
            )
        digest = sha256(given.encode())
        parts = [panel]
        parts += sorted(
            f"{name}={value}"
            for name, value in form.items(multi=True)
            if name not in ("csrf_token", "form_key")
        )
        parts += [
            f"{name}={upload.filename}:{_size(upload)}"
            for name, upload in files.items(multi=True)
        ]
        for part in parts:
            digest.update(part.encode() + b"\0")
        return account.env["credit.form"]._first_time(digest.hexdigest())

    @api.model
    def _told_lately(self, account, done):
        """What the page may thank for: nobody is thanked for an address alone.

        :param str done: what the address says, from anybody
        :return: ``done`` if the debtor has done so a moment ago, else None
        """
        if done not in TOLD:
            return None
        model, such = TOLD[done]
        since = account.env.cr.now() - timedelta(minutes=TOLD_MINUTES)
        found = account.env[model].search_count(
            such
            & Domain("partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
            & Domain("source", "=", "portal")
            & Domain("create_date", ">=", since),
            limit=1,
        )
        return done if found else None


def _size(upload):
    """Bytes of an uploaded file, which is left at its beginning."""
    size = upload.stream.seek(0, 2)
    upload.stream.seek(0)
    return size
