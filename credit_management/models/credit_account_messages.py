"""What the two sides say to each other on the debtor's page."""

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from .credit_account import Refused


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _tell(self, account, kind, attachments=None, **values):
        """Take down what was told, and open a conversation about it.

        The collector is told by e-mail, and what he or she answers from the chatter
        goes to the debtor by e-mail; so does what comes back.
        """
        self._check_pace(account)
        answer = account.env["credit.answer"]._tell(
            account.debtor,
            account.company,
            kind,
            reminder=account.reminder,
            contact=account.contact,
            attachments=attachments,
            **values,
        )
        self._file_with(attachments, answer)
        answer.message_subscribe((account.contact | answer.user_id.partner_id).ids)
        kinds = dict(answer._fields["kind"]._description_selection(account.env))
        answer.message_post(
            body=answer.text or kinds[kind],
            author_id=account.contact.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=attachments.ids if attachments else [],
        )
        if account.reminder.state == "sent":
            account.reminder.with_context(
                tracking_disable=True
            ).delivery_state = "replied"
        return answer

    @api.model
    def _message(self, account, form):
        """A message to the collector, answered by e-mail and on the page."""
        text = self._text(account, form, "message_text", required=True)
        self._tell(account, "message", text=text)

    @api.model
    def _paid(self, account, ids, form, files):
        """The debtor says that it has paid: when, how much, with a proof."""
        day = self._day(account, form.get("paid_date"))
        if (
            not account.today.replace(year=account.today.year - 3, day=1)
            <= day
            <= account.today
        ):
            raise Refused(
                account.env._("Please give the day on which you paid: it is over.")
            )
        items = self._chosen(account, ids)
        amount = None
        if form.get("paid_amount"):
            amount = self._amount(account, form["paid_amount"], items.currency_id)
        text = self._text(account, form, "paid_text")
        attachments = self._files(account, files)
        self._tell(
            account,
            "paid",
            attachments,
            text=text or None,
            items=items,
            paid_date=day,
            paid_amount=amount,
            currency=items.currency_id,
        )

    @api.model
    def _wrong(self, account, form):
        """“Not me” or “wrong address”: nobody likes to be dunned for others."""
        kind = form.get("wrong_kind")
        if kind not in ("not_me", "wrong_address"):
            raise Refused(account.env._("Please choose what is wrong."))
        text = self._text(account, form, "wrong_text", required=kind == "wrong_address")
        self._tell(account, kind, text=text or None)

    @api.model
    def _page_values(self, account):
        # EXTENDS: what was said
        return {**super()._page_values(account), "messages": self._messages(account)}

    @api.model
    def _messages(self, account, limit=10):
        """What was said between the two, the latest first; nothing internal."""
        answers = account.env["credit.answer"]._search(
            Domain("partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id),
            limit=limit,
            order="id desc",
        )
        reminders = account.env["credit.reminder"].search_fetch(
            Domain("partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
            & Domain("state", "=", "sent"),
            ["name", "date_sent", "date_done"],
            order="id desc",
            limit=limit,
        )
        comment = account.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        of_answer = Domain("model", "=", "credit.answer")
        of_answer &= Domain("res_id", "in", answers)
        of_reminder = Domain("model", "=", "credit.reminder")
        of_reminder &= Domain("res_id", "in", reminders.ids)
        of_reminder &= Domain("message_type", "in", ("comment", "email"))
        messages = account.env["mail.message"].search_fetch(
            (of_answer | of_reminder)
            & Domain("subtype_id", "=", comment)
            & Domain("is_internal", "=", False),
            ["author_id", "body", "date"],
            order="id desc",
            limit=limit * 2,
        )
        shown = [
            {
                "date": message.date,
                "own": message.author_id.commercial_partner_id == account.debtor,
                "author": message.author_id.name or account.company.name,
                "text": plain(message.body),
            }
            for message in messages
        ]
        shown += [
            {
                "date": reminder.date_sent,
                "own": False,
                "author": account.company.name,
                "text": account.env._("Message %s sent to you", reminder.name),
            }
            for reminder in reminders
            if reminder.date_sent
        ]
        shown = sorted(shown, key=lambda row: row["date"], reverse=True)[:limit]
        for row in shown:
            row["day"] = format_datetime(
                account.env, row["date"], account.company.credit_tz, "short"
            )
        return shown


def plain(body, most=2000):
    """The text of a message, short enough for the page."""
    text = Markup(body or "").striptags()
    return text if len(text) <= most else f"{text[:most]} …"
