"""What the two sides say to each other on the debtor's page."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ..report.wording import day_text, moment_text, names_text
from .credit_account import Refused
from .credit_account_page import Show

#: Characters of a message that the page shows.
LONGEST = 2000
#: Days before the invoice on which it may have been paid: with the order.
PAID_BEFORE_DAYS = 366
#: Entries that the page shows; the others are one link away.
ENTRIES = 10
#: Of what the two agree on and contest, whose threads are among what was said.
TALKED_ABOUT = ("dispute", "plan", "promise")


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
        if attachments:
            # A visitor may post only files that wait to be sent; posting hands them
            # over to the answer.
            attachments.write({"res_model": "mail.compose.message", "res_id": 0})
        answer.message_subscribe((account.contact | answer.user_id.partner_id).ids)
        answer.message_post(
            # No links are made of what a debtor writes.
            body=Markup("<br/>").join(self._told_text(account, answer).splitlines()),
            author_id=account.contact.id,
            # A sender without an address is none: its collector hears of it from us.
            email_from=account.contact.email_formatted
            or account.company.email_formatted,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=attachments.ids if attachments else [],
        )
        if account.reminder.state == "sent":
            account.reminder._register_message()
        return answer

    @api.model
    def _told_text(self, account, answer):
        """What was told, in the language of the debtor: first what it is about."""
        kinds = dict(answer._fields["kind"]._description_selection(account.env))
        if answer.kind in ("not_me", "wrong_address"):
            about = kinds[answer.kind]
        else:
            about = answer.with_env(account.env)._paid_text()
            names = sorted(answer.item_ids.move_id.mapped("name"))
            if about and names:
                about = f"{about} ({names_text(account.env, names)})"
        parts = [part for part in (about, answer.text) if part]
        return "\n".join(parts or [kinds[answer.kind]])

    @api.model
    def _message(self, account, form):
        """A message to the collector, answered by e-mail and on the page."""
        text = self._text(account, form, "message_text", required=True)
        self._tell(account, "message", text=text)

    @api.model
    def _paid(self, account, ids, form, files):
        """The debtor says that it has paid: when, how much, with a proof."""
        items = self._chosen(account, ids)
        day = self._paid_day(account, form, items)
        amount = None
        if form.get("paid_amount"):
            amount = self._amount(account, form, "paid_amount", items.currency_id)
            self._check_paid_amount(account, items, amount)
        text = self._text(account, form, "paid_text")
        attachments = self._files(account, "paid_file", files)
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
    def _paid_day(self, account, form, items):
        """The day of a payment: not to come, nor too long before the oldest document.

        Who paid with the order did so before the invoice.
        """
        day = self._day(account, form, "paid_date")
        oldest = min(item.invoice_date or item.date for item in items)
        first = oldest - timedelta(days=PAID_BEFORE_DAYS)
        problem = None
        if day > account.today:
            problem = account.env._("this day lies ahead. Tell us once it is paid.")
        elif day < first:
            problem = account.env._(
                "this day is long before the date of the invoice, %s.",
                day_text(account.env, oldest),
            )
        if problem:
            raise self._refused(account, "paid_date", problem)
        return day

    @api.model
    def _check_paid_amount(self, account, items, amount):
        """Refuse more than was ever asked for on some items, charges included.

        More than is open may be true: who pays twice has paid too much.
        """
        currency = items.currency_id
        charges = self._open_charges(account).filtered(
            lambda charge: charge.currency_id == currency
        )
        most = sum(items.mapped("amount_currency"))
        most += sum(charges.mapped("amount_open"))
        if currency.compare_amounts(amount, most) > 0:
            problem = account.env._(
                "this is more than we asked for on what you ticked: %s.",
                Show(account.env).money(most, currency),
            )
            raise self._refused(account, "paid_amount", problem)

    @api.model
    def _wrong(self, account, form):
        """“Not me” or “wrong address”: nobody likes to be dunned for others."""
        kind = form.get("wrong_kind")
        if kind not in ("not_me", "wrong_address"):
            raise Refused(account.env._("Please choose what is wrong."))
        text = self._text(account, form, "wrong_text", required=kind == "wrong_address")
        self._tell(account, kind, text=text or None)

    @api.model
    def _page_values(self, account, all_said=False):
        # EXTENDS: what was said
        values = super()._page_values(account, all_said)
        shown, more = self._messages(
            account, values["picture"].present, None if all_said else ENTRIES
        )
        return {**values, "messages": shown, "more_said": more}

    @api.model
    def _messages(self, account, present, most=ENTRIES):
        """What was said between the two, the latest first; nothing internal.

        Promises, plans and objections are among it, with what became of them.

        :param int most: entries to show; None for all
        :return: (rows, whether there are more)
        """
        # One more tells whether there are others.
        limit = most and most + 1
        reminders = account.env["credit.reminder"].search_fetch(
            Domain("partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
            & Domain("state", "=", "sent"),
            ["contact_id", "name", "date_sent", "date_done"],
            order="id desc",
            limit=limit,
        )
        messages = self._messages_said(account, reminders, present, limit)
        shown = [
            {
                "id": message.id,
                "date": message.date,
                "own": message.author_id.commercial_partner_id == account.debtor,
                "author": message.author_id.name
                or message.email_from
                or account.company.name,
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
        answered, files = self._said_by_answers(account, messages, present, limit)
        for row in shown:
            row["files"] = files.get(row.get("id"), "")
        shown += answered
        shown.sort(key=lambda row: row["date"], reverse=True)
        more = most is not None and len(shown) > most
        zone = account.company.credit_tz
        for row in shown[:most]:
            row["day"] = moment_text(account.env, row["date"], zone)
        return shown[:most], more

    @api.model
    def _messages_said(self, account, reminders, present, limit):
        """Messages of the debtor, and those that were sent to it.

        What is written to others in the same place, such as a lawyer, is none of its
        business; notes are nobody's but ours.

        :param reminders: whose threads are looked at
        :param present: of what kinds there is something, see :meth:`_present`
        """
        env = account.env
        own = Domain("partner_id", "=", account.debtor.id)
        own &= Domain("company_id", "=", account.company.id)
        threads = Domain("model", "=", "credit.reminder")
        threads &= Domain("res_id", "in", reminders.ids)
        # Whoever answers a reminder from an address that nobody knows has no name.
        unknown = threads & Domain("author_id", "=", False)
        if "answer" in present:
            answers = env["credit.answer"]._search(own, limit=limit, order="id desc")
            threads |= Domain("model", "=", "credit.answer") & Domain(
                "res_id", "in", answers
            )
        for kind in TALKED_ABOUT:
            if kind in present:
                model = f"credit.{kind}"
                threads |= Domain("model", "=", model) & Domain(
                    "res_id", "in", env[model]._search(own)
                )
        contacts = (reminders.contact_id | account.contact).ids
        people = Domain("commercial_partner_id", "=", account.debtor.id)
        people |= Domain("id", "in", contacts)
        between = Domain("author_id", "any", people)
        between |= Domain("notified_partner_ids", "any", people)
        comment = env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        return env["mail.message"].search_fetch(
            threads
            & (between | unknown)
            & Domain("message_type", "in", ("comment", "email"))
            & Domain("subtype_id", "=", comment)
            & Domain("is_internal", "=", False),
            ["author_id", "body", "date", "email_from"],
            order="id desc",
            limit=limit and limit * 2,
        )

    @api.model
    def _said_by_answers(self, account, messages, present, limit):
        """The latest promises, plans and objections, as parts of what was said.

        :return: (rows, {id of a message: names of the files that came with it})
        """
        show, rows, files = Show(account.env), [], {}
        parts = [
            part
            for kind, part in self._answers_said_sql(account, messages, limit).items()
            if kind in present or kind == "message" and messages
        ]
        if not parts:
            return rows, files
        for answer in account.env.execute_query_dict(SQL(" UNION ALL ").join(parts)):
            if answer["kind"] == "message":
                files[answer["number"]] = answer["files"]
                continue
            currency = account.env["res.currency"].browse(answer["currency_id"])
            for part in ("amount", "accepted", "rejected"):
                answer[part] = float(answer[part] or 0)
            answer["currency"] = currency
            answer["money"] = show.money(answer["amount"], currency)
            noted = answer["source"] != "portal"
            # A plan may be the company's own offer; the rest is what the debtor says.
            own = answer["kind"] != "plan" or answer["source"] != "collector"
            author = account.debtor.name if own else account.company.name
            if own and noted:
                author = account.env._(
                    "%(debtor)s, noted by %(company)s",
                    debtor=author,
                    company=account.company.name,
                )
            text = [self._said_text(account, answer, show)]
            # What a collector noted of it is for the house.
            if answer["note"] and answer["source"] == "portal":
                text.append(short(answer["note"]))
            rows.append(
                {
                    "date": answer["create_date"],
                    "own": own,
                    "author": author,
                    "text": "\n".join(text),
                    "files": answer["files"],
                    "state": self._parts_state(account, answer, show)
                    or self._said_state(account, answer),
                    "reply": (plain if answer["kind"] == "dispute" else short)(
                        answer["reply"]
                    ),
                }
            )
        return rows, files

    @api.model
    def _answers_said_sql(self, account, messages, limit):
        """Queries of the latest promises, plans and objections: {kind: query}.

        What the company answered is shown once it has settled the matter. The names of
        the files that came with these messages are told by rows of their own.
        """
        values = {
            "debtor": account.debtor.id,
            "company": account.company.id,
            "limit": limit,
        }
        return {
            "promise": SQL(
                """(SELECT 'promise' AS kind, create_date, source,
                           CASE WHEN dropped THEN 'dropped' ELSE state END AS state,
                           amount, currency_id, date AS day, NULL::bigint AS number,
                           (SELECT STRING_AGG(move.name, CHR(10) ORDER BY move.name)
                              FROM account_move_credit_promise_rel rel
                              JOIN account_move move ON move.id = rel.account_move_id
                             WHERE rel.credit_promise_id = promise.id) AS name,
                           note, '' AS reply, '' AS files,
                           NULL::numeric AS accepted, NULL::numeric AS rejected
                      FROM credit_promise promise
                     WHERE partner_id = %(debtor)s AND company_id = %(company)s
                     ORDER BY id DESC LIMIT %(limit)s)""",
                **values,
            ),
            "plan": SQL(
                """(SELECT 'plan' AS kind, create_date, source, state,
                           amount_total AS amount, currency_id, NULL::date AS day,
                           (SELECT COUNT(*) FROM credit_plan_line line
                             WHERE line.plan_id = plan.id) AS number,
                           name, note,
                           CASE WHEN state = 'refused' THEN refuse_reason END AS reply,
                           '' AS files, NULL::numeric AS accepted,
                           NULL::numeric AS rejected
                      FROM credit_plan plan
                     WHERE partner_id = %(debtor)s AND company_id = %(company)s
                     ORDER BY id DESC LIMIT %(limit)s)""",
                **values,
            ),
            "dispute": SQL(
                """(SELECT 'dispute' AS kind, dispute.create_date, dispute.source,
                           dispute.state, dispute.amount, move.currency_id,
                           NULL::date AS day, NULL::bigint AS number, move.name,
                           dispute.description AS note,
                           CASE WHEN dispute.state <> 'open' THEN dispute.answer END
                               AS reply,
                           (SELECT STRING_AGG(file.name, ', ' ORDER BY file.id)
                              FROM credit_dispute_ir_attachment_rel rel
                              JOIN ir_attachment file ON file.id = rel.ir_attachment_id
                             WHERE rel.credit_dispute_id = dispute.id) AS files,
                           dispute.amount_accepted AS accepted,
                           dispute.amount_rejected AS rejected
                      FROM credit_dispute dispute
                      JOIN account_move move ON move.id = dispute.move_id
                     WHERE dispute.partner_id = %(debtor)s
                       AND dispute.company_id = %(company)s
                     ORDER BY dispute.id DESC LIMIT %(limit)s)""",
                **values,
            ),
            "message": SQL(
                """(SELECT 'message' AS kind, NULL::timestamp AS create_date,
                           NULL AS source, NULL AS state, NULL::numeric AS amount,
                           NULL::int AS currency_id, NULL::date AS day,
                           rel.message_id AS number, NULL AS name, NULL AS note,
                           NULL AS reply,
                           STRING_AGG(file.name, ', ' ORDER BY file.id) AS files,
                           NULL::numeric AS accepted, NULL::numeric AS rejected
                      FROM message_attachment_rel rel
                      JOIN ir_attachment file ON file.id = rel.attachment_id
                     WHERE rel.message_id = ANY(%s)
                     GROUP BY rel.message_id)""",
                messages.ids,
            ),
        }

    @api.model
    def _said_text(self, account, answer, show):
        """A promise, plan or objection in one line."""
        _ = account.env._
        if answer["kind"] == "promise":
            promise = _(
                "Promise: %(amount)s by %(day)s",
                amount=answer["money"],
                day=show.day(answer["day"]),
            )
            names = names_text(account.env, (answer["name"] or "").splitlines())
            return f"{promise} ({names})" if names else promise
        if answer["kind"] == "plan":
            return _(
                "Payment plan %(plan)s: %(amount)s in %(number)s instalments",
                plan=answer["name"],
                amount=answer["money"],
                number=answer["number"],
            )
        if answer["amount"]:
            return _(
                "Objection to %(amount)s of %(invoice)s",
                amount=answer["money"],
                invoice=answer["name"],
            )
        return _("Objection to %(invoice)s", invoice=answer["name"])

    @api.model
    def _parts_state(self, account, answer, show):
        """How much of an objection was accepted and how much was not; None where it
        was not decided so."""
        if answer["kind"] != "dispute" or answer["state"] != "partly":
            return None
        if answer["currency"].is_zero(answer["rejected"]):
            return None
        return account.env._(
            "accepted in part: %(accepted)s accepted, %(rejected)s not accepted",
            accepted=show.money(answer["accepted"], answer["currency"]),
            rejected=show.money(answer["rejected"], answer["currency"]),
        )

    @api.model
    def _said_state(self, account, answer):
        """What has become of a promise, plan or objection, for the debtor."""
        _ = account.env._
        return {
            "promise": {
                "open": _("open"),
                "kept": _("kept"),
                "partly": _("kept in part"),
                "broken": _("was not kept"),
                "cancelled": _("does not apply any more"),
                "dropped": _("dropped: an earlier part was not kept"),
            },
            "plan": {
                "requested": _("asked for: you will hear from us"),
                "active": _("running"),
                "done": _("paid"),
                "broken": _("not kept"),
                "refused": _("refused"),
                "cancelled": _("ended"),
                "replaced": _("replaced by a new plan"),
            },
            "dispute": {
                "open": _("we are looking into it"),
                "accepted": _("accepted"),
                "partly": _("accepted in part"),
                "rejected": _("not accepted"),
                "withdrawn": _("withdrawn"),
            },
        }[answer["kind"]][answer["state"]]


def short(text, most=LONGEST):
    """A text, short enough for the page."""
    text = (text or "").strip()
    return text if len(text) <= most else f"{text[:most]} …"


def plain(body, most=LONGEST):
    """The text of an HTML message, line by line, short enough for the page."""
    return short(html2plaintext(body or ""), most)
