import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..engine import numbers, replies, segments

#: Longest text that is kept of one message: ten segments are all that networks carry.
MOST_TEXT = 1600
#: Languages in which 3/4 is the fourth of March.
MONTH_FIRST = ("en_US",)


class CreditSmsReply(models.Model):
    """A message that came in, as it came: the proof of what a debtor wrote and when."""

    _name = "credit.sms.reply"
    _description = "Incoming Text Message"
    _order = "date desc, id desc"
    _check_company_auto = True
    _rec_name = "number"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    channel = fields.Selection([("sms", "SMS")], required=True, readonly=True)
    sid = fields.Char(
        string="Provider's key",
        required=True,
        readonly=True,
        help="By which a message that is reported twice is known.",
    )
    number = fields.Char(string="From", required=True, readonly=True)
    number_to = fields.Char(string="To", readonly=True)
    text = fields.Text(readonly=True)
    date = fields.Datetime(
        string="Received at",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
    )
    kind = fields.Selection(
        [
            ("stop", "Asks for no more"),
            ("paid", "Says it is paid"),
            ("promise", "Names a day"),
            ("message", "Message"),
        ],
        required=True,
        readonly=True,
    )
    reminder_id = fields.Many2one(
        "credit.reminder",
        string="Answer to",
        readonly=True,
        index="btree_not_null",
        help="The last message that went to this number; empty: none did.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        readonly=True,
        index="btree_not_null",
        help="Whom the number belongs to; empty: nobody, or several debtors.",
    )
    handled = fields.Boolean(
        readonly=True, help="Somebody has seen to the message of an unknown number."
    )
    problem = fields.Char(
        string="Why not barred",
        readonly=True,
        help="Why a number that asks for no more could not be barred.",
    )
    answer_id = fields.Many2one(
        "credit.answer", string="In the worklist", readonly=True, index="btree_not_null"
    )

    # A message is taken down once, however often the provider reports it.
    _unique_sid = models.UniqueIndex("(company_id, sid)")
    _number_idx = models.Index("(company_id, number, date)")
    # The worklist.
    _unknown_idx = models.Index(
        "(company_id, number) WHERE partner_id IS NULL AND handled IS NOT TRUE"
    )

    @api.model
    def _receive(self, company, channel, sid, number, number_to, text, stop=False):
        """Take down a message that came in, once.

        In sudo: whoever calls has made sure that the provider says so.

        :param str sid: the provider's key of the message
        :param str number: in E.164, as the network shows it
        :param bool stop: the provider has taken it for a wish to stop already
        :return: the message; empty if it was taken down before
        """
        own = Domain("company_id", "=", company.id)
        if self.search_count(own & Domain("sid", "=", sid), limit=1):
            return self.browse()
        text = (text or "")[:MOST_TEXT].replace("\x00", "")
        reminder = self._answered(company, number)
        contact = (reminder.contact_id or reminder.partner_id) or self._writer(
            company, number
        )
        lang = reminder.lang or contact.lang or company.partner_id.lang
        said = replies.understand(text, company._credit_today(), lang in MONTH_FIRST)
        kind = replies.STOP if stop else said.kind
        try:
            with self.env.cr.savepoint():
                reply = self.create(
                    {
                        "company_id": company.id,
                        "channel": channel,
                        "sid": sid,
                        "number": number,
                        "number_to": number_to,
                        "text": text,
                        "kind": kind,
                        "reminder_id": reminder.id,
                        "partner_id": contact.commercial_partner_id.id,
                    }
                )
        except psycopg2.errors.UniqueViolation:
            # Reported twice at the same moment: the other one is at it.
            return self.browse()
        if kind == replies.STOP:
            reply._opt_out(contact)
        if contact:
            reply._answer(kind, said.day, contact)
        return reply

    @api.model
    def _answered(self, company, number):
        """The last reminder of a company that went to a number, or may have."""
        return self.env["credit.reminder"].search(
            Domain("sms_number", "=", number)
            & Domain("company_id", "=", company.id)
            & (
                Domain("state", "=", "sent")
                | Domain("state", "in", ("failed", "queued"))
                & Domain("date_sent", "!=", False)
            ),
            order="date_sent desc, id desc",
            limit=1,
        )

    @api.model
    def _writer(self, company, number):
        """The contact whose number it is; empty if it is nobody's or several debtors'.

        Of several debtors the one that owes the company something is meant.
        """
        contacts = self.env["res.partner"].search(
            Domain("phone_sanitized", "=", number)
            & Domain("company_id", "in", [False, *company.parent_ids.ids])
        )
        debtors = contacts.commercial_partner_id
        if len(debtors) > 1:
            items = self.env["account.move.line"].search(
                Domain("partner_id.commercial_partner_id", "in", debtors.ids)
                & Domain("company_id", "=", company.id)
                & Domain("account_type", "=", "asset_receivable")
                & Domain("parent_state", "=", "posted")
                & Domain("reconciled", "=", False)
            )
            debtors = items.partner_id.commercial_partner_id
        if len(debtors) != 1:
            return contacts.browse()
        return contacts.filtered(lambda c: c.commercial_partner_id == debtors)[:1]

    def _opt_out(self, contact):
        """Put the number on the blacklist of all companies; nothing is answered.

        A blacklist takes valid numbers only. Of another one the contact that wrote gets
        no more messages; where nobody knows whose it is, somebody has to see to it.
        """
        self.ensure_one()
        if numbers.read(self.number, None) not in (numbers.MISSING, numbers.INVALID):
            self.env["phone.blacklist"]._add(
                [self.number],
                message=self.env._("Asked by text message: %s", self.text or ""),
            )
        elif contact:
            contact.credit_sms_optout = True
        else:
            self.problem = self.env._(
                "The number asks for no more messages. It could not be barred: it is "
                "not valid, and no contact has it."
            )

    def _answer(self, kind, day, author):
        """File the message on its reminder and put it before a collector.

        :param author: the contact that wrote
        """
        self.ensure_one()
        reminder = self.reminder_id.with_company(self.company_id)
        if reminder:
            reminder._message_log(
                body=segments.simplify(self.text or ""),
                author_id=author.id,
                message_type="sms",
            )
        # A message that is answered has arrived, whatever the network said of it. Of
        # one in doubt that is not sure: the answer may be to the one before.
        if reminder.state == "sent" and reminder.delivery_state != "bounced":
            reminder._register_message()
        answer = self.env["credit.answer"]._tell(
            self.partner_id,
            self.company_id,
            "message",
            text=self.text,
            reminder=reminder,
            items=reminder.line_ids.move_line_id.filtered(
                lambda item: not item.reconciled
            ),
            currency=reminder.currency_id or None,
            contact=author,
            source="sms",
        )
        answer.write(
            {
                "proposal": kind if kind in ("paid", "promise") else False,
                "proposed_date": day,
            }
        )
        if kind == replies.STOP:
            # Done already: there is nothing to decide.
            answer.name = self.env._("Wants no more text messages")
            answer.action_handle()
        self.answer_id = answer

    def action_handle(self):
        """Somebody has seen to what a number that nobody knows wrote on a day."""
        if not self.env.user.has_group("credit_management.group_collector"):
            raise AccessError(self.env._("Only collectors see to messages."))
        for reply in self:
            start = fields.Datetime.start_of(reply.date, "day")
            self.sudo().search(
                Domain("company_id", "=", reply.company_id.id)
                & Domain("number", "=", reply.number)
                & Domain("partner_id", "=", False)
                & Domain("date", ">=", start)
                & Domain("date", "<", fields.Datetime.add(start, days=1))
            ).handled = True
        return True
