"""Electronic registered delivery: what every carrier has in common.

A carrier is a code and two methods on ``credit.registered.provider``. Another addon
adds one by adding to :meth:`CreditRegisteredProvider._selection_provider`:

``_submit_<code>(reminder, pdf)``
    hands a letter over; called as the very last thing before the commit, and possibly
    once more after a crash: the same reminder must not become a second letter
``_poll_<code>(company)``
    yields :class:`StatusFile`: what the carrier says of letters, in the form of a
    return file
"""

import logging
from collections.abc import Callable
from typing import NamedTuple

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

#: Pause before a carrier that takes nothing at present is asked again.
RETRY_MINUTES = 15


class CarrierTrouble(UserError):
    """The carrier can't be reached or used, and why, for whoever can mend it."""


class StatusFile(NamedTuple):
    """News of a carrier.

    ``content`` is a CSV with the columns of a return file. ``taken(reason)`` is called
    once it is applied, with ``None``, or once it is refused, with the reason.
    ``problem`` says why it can't be read at all, if that is so.
    """

    name: str
    content: bytes
    taken: Callable
    problem: str = ""


class CreditRegisteredProvider(models.AbstractModel):
    _name = "credit.registered.provider"
    _description = "Provider of Electronic Registered Delivery"

    @api.model
    def _selection_provider(self):
        return [("folder", self.env._("Files in a folder"))]

    @api.model
    def _cron_poll(self):
        """Read what carriers say of the letters they have."""
        companies = self.env["res.company"].search(
            [("credit_registered_provider", "!=", False)]
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                self._poll(company)
            except CarrierTrouble as trouble:
                self._undo()
                _logger.warning("Electronic letters of %s: %s", company.name, trouble)
            if not cron._commit_progress(1):
                break

    @api.model
    def _poll(self, company):
        """Apply the news of a company's carrier, file by file, each one committed.

        :raise CarrierTrouble: if the carrier can't be reached
        """
        code = company.credit_registered_provider
        reminders = self.env["credit.reminder"]
        for status in getattr(self, f"_poll_{code}")(company):
            file = (
                self.env["credit.postal.file"]
                .sudo()
                ._take(company, status.name, status.content, status.problem)
            )
            refused = file._problem_text() if file.state != "done" else None
            # What was read is moved away only once it is kept; read twice, it changes
            # nothing the second time.
            reminders._commit()
            status.taken(refused)

    @api.model
    def _undo(self):
        self.env["credit.reminder"]._roll_back()


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _electronic_letters(self):
        """Those that go by electronic registered delivery.

        Their company has a carrier, and the recipient has accepted it: Regulation (EU)
        910/2014, articles 43 and 44, makes it as good as paper; France, article L100 of
        the Code of postal and electronic communications, asks for the consent of
        whoever is no professional. We ask everybody.
        """
        return self.filtered(
            lambda reminder: (
                reminder.channel == "registered_letter"
                and reminder.company_id.sudo().credit_registered_provider
                and reminder.contact_id.credit_accepts_electronic
            )
        )

    def _alerts_electronic(self):
        """They go to an e-mail address: what bars it for e-mails bars it for them."""
        return self._alerts_email()

    def _deliver_electronic(self):
        """Hand letters to the company's carrier, each committed by itself."""
        if not self:
            return
        pdfs = self._letter_pdfs()
        # Rendering takes long: the last check is to see what happened meanwhile.
        self._commit()
        for company, reminders in self.grouped("company_id").items():
            code = company.sudo().credit_registered_provider
            for reminder in reminders:
                try:
                    reminder._submit_electronic(code, pdfs[reminder.id])
                except CarrierTrouble as trouble:
                    # The next one would fare no better. They wait, and are not at
                    # fault; the worklist says so.
                    waiting = reminders.filtered(lambda r: r.state == "queued")
                    waiting.failure_reason = str(trouble)
                    self._trigger_delivery(minutes=RETRY_MINUTES)
                    self._commit()
                    break

    def _submit_electronic(self, code, pdf):
        """Hand over one letter and record it, or neither.

        :raise CarrierTrouble: if the carrier takes nothing at present
        """
        self.ensure_one()
        provider = self.env["credit.registered.provider"].sudo()
        try:
            with self._sending() as may_leave:
                if may_leave:
                    self._file_letters({self.id: pdf})
                    self._register_sent(postal_provider=code, printed=True)
                    # Little but the commit is left to do when the letter is out.
                    self.env.cr.flush()
                    getattr(provider, f"_submit_{code}")(self.sudo(), pdf)
        except TransactionRollbackError:
            # It changed in this very moment, and stays queued for the next round.
            self.invalidate_recordset()
            self._commit()
        except CarrierTrouble:
            self.invalidate_recordset()
            raise


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_accepts_electronic = fields.Boolean(
        string="Accepts electronic registered letters",
        help="Has agreed to receive registered letters electronically, at the e-mail "
        "address. Without it, registered letters go on paper.",
    )
