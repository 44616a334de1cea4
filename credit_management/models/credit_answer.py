from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..report.wording import day_text
from .credit_response import REPEAT_DAYS
from .mail_thread import is_from_house, is_from_outside

ANSWER_KINDS = [
    ("message", "Message"),
    ("paid", "Has paid already"),
    ("wrong_address", "Wrong address"),
    ("not_me", "Not the debtor"),
    ("question", "Question"),
]


class CreditAnswer(models.Model):
    """Something a debtor told, for a collector to read and answer.

    That it was paid already holds the reminders of the items, or of all if none is
    named, until ``hold_until`` or until somebody has handled the answer. What else is
    told on the page or by e-mail holds all of them, for the days of a reply.
    """

    _name = "credit.answer"
    _description = "Debtor's Message"
    _inherit = ["credit.response.mixin", "credit.items.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Subject")
    kind = fields.Selection(
        ANSWER_KINDS, default="message", required=True, tracking=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, index=True
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="From",
        help="Who wrote: the answer goes to this contact.",
    )
    item_ids = fields.Many2many(
        "account.move.line",
        "credit_answer_item_rel",
        "answer_id",
        "item_id",
        string="Items",
        help="What it is about; empty: the whole account.",
    )
    text = fields.Text()
    date = fields.Date(
        string="Received on",
        required=True,
        default=lambda self: self.env.company._credit_today(),
    )
    currency_id = fields.Many2one("res.currency")
    paid_date = fields.Date(string="Paid on", help="What the debtor says.")
    paid_amount = fields.Monetary(string="Amount paid", help="What the debtor says.")
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Attachments", bypass_search_access=True
    )
    hold_until = fields.Date(
        string="Holds reminders until",
        help="While the payment is looked for, its items are not reminded; while a "
        "message is unread, nothing is.",
    )
    state = fields.Selection(
        [("new", "New"), ("handled", "Handled")],
        default="new",
        required=True,
        tracking=True,
        copy=False,
    )
    source = fields.Selection(default="portal")
    user_id = fields.Many2one("res.users", string="Collector")
    thread_model = fields.Char(readonly=True, copy=False)
    thread_id = fields.Many2oneReference(
        model_field="thread_model",
        string="Written on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The promise, plan or dispute whose e-mail it answers.",
    )
    resume_logged = fields.Boolean(readonly=True, copy=False)
    handled_by = fields.Many2one("res.users", readonly=True, copy=False)
    handled_at = fields.Datetime(readonly=True, copy=False)

    _new_idx = models.Index("(company_id) WHERE state = 'new'")

    @api.constrains("paid_amount", "paid_date")
    def _check_paid(self):
        for answer in self:
            if answer.paid_amount < 0:
                raise ValidationError(
                    self.env._("The amount that was paid can't be below zero.")
                )
            today = answer.company_id._credit_today()
            if answer.paid_date and answer.paid_date > today:
                raise ValidationError(
                    self.env._("The day on which it was paid can't lie ahead.")
                )

    @api.depends("kind", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for answer in self:
            parts = (answer.partner_id.name, answer.name or labels.get(answer.kind))
            answer.display_name = ": ".join(filter(None, parts))

    def _subject_for_debtor(self):
        # EXTENDS credit.response.mixin
        return self.env._("Your message to %s", self.company_id.name)

    def _reads_subject_for_debtor(self, partners):
        # EXTENDS credit.response.mixin: colleagues read whose message it is
        debtor = self.sudo().partner_id.commercial_partner_id
        return debtor in partners.sudo().commercial_partner_id

    @api.model
    def _told_fields(self):
        # EXTENDS credit.response.mixin
        return super()._told_fields() | {"text", "date", "paid_date", "paid_amount"}

    @api.model
    def _tell(
        self,
        partner,
        company,
        kind,
        text=None,
        reminder=None,
        items=None,
        paid_date=None,
        paid_amount=None,
        currency=None,
        contact=None,
        attachments=None,
        source="portal",
        thread=None,
    ):
        """Take down what a debtor tells.

        :param partner: the debtor (commercial partner)
        :param kind: one of :data:`ANSWER_KINDS`
        :param thread: the promise, plan or dispute whose e-mail it answers
        :return: the answer; its own thread carries the conversation
        """
        items = items or self.env["account.move.line"]
        today = company._credit_today()
        hold = False
        if not self._held_before(partner, company, kind, today):
            if kind == "paid":
                policy = self.env["credit.policy"]._answer_policy(
                    items or self._open_items(partner, company)
                )
                hold = fields.Date.add(today, days=policy.paid_claim_days)
            elif source in ("portal", "email") and company.credit_reply_days:
                hold = fields.Date.add(today, days=company.credit_reply_days)
        collector = partner.with_company(company).credit_user_id
        answer = self._in_house(company, collector).create(
            {
                "kind": kind,
                "company_id": company.id,
                "partner_id": partner.id,
                "contact_id": (contact or partner).id,
                "reminder_id": reminder.id if reminder else False,
                "item_ids": [fields.Command.set(items.ids)],
                "text": text,
                "date": today,
                "currency_id": (currency or company.currency_id).id,
                "paid_date": paid_date,
                "paid_amount": paid_amount,
                "attachment_ids": [
                    fields.Command.set(attachments.ids if attachments else [])
                ],
                "hold_until": hold,
                "source": source,
                "thread_model": thread._name if thread else False,
                "thread_id": thread.id if thread else False,
                "user_id": (
                    collector or (reminder and reminder.user_id) or collector
                ).id,
            }
        )
        if hold:
            answer._log_hold()
        return answer.with_env(self.env)

    def _thread(self):
        """The promise, plan or dispute whose e-mail it answers, or None."""
        self.ensure_one()
        if not self.thread_id:
            return None
        return self.env[self.thread_model].browse(self.thread_id).exists() or None

    def action_open_thread(self):
        """Open what it answers, where the whole conversation stands.

        :raise UserError: if that was deleted
        """
        thread = self._thread()
        if thread is None:
            raise UserError(self.env._("What it answers was deleted."))
        return thread._get_records_action()

    def _paid_text(self):
        """What the debtor says was paid, and when; empty where it says neither.

        In the language of the environment.
        """
        self.ensure_one()
        day = self.paid_date and day_text(self.env, self.paid_date)
        money = self.paid_amount and self.currency_id.format(self.paid_amount)
        if day and money:
            return self.env._("%(amount)s paid on %(day)s", amount=money, day=day)
        if day:
            return self.env._("Paid on %s", day)
        return money or ""

    def _log_hold(self):
        """Write down, on the invoices, what the answer stops."""
        self.ensure_one()
        day = format_date(self.env, self.hold_until)
        if self.kind == "paid":
            text = self.env._("The debtor says it is paid: no reminders until %s.", day)
        else:
            text = self.env._("The debtor has written: no reminders until %s.", day)
        self._moves()._credit_log(text)

    @api.model
    def _held_before(self, partner, company, kind, today):
        """Whether the debtor has said so lately: saying it again holds nothing."""
        return bool(
            self.search_count(
                Domain("partner_id", "=", partner.id)
                & Domain("company_id", "=", company.id)
                & Domain("kind", "=", kind)
                & Domain("hold_until", "!=", False)
                & Domain("date", ">", fields.Date.subtract(today, days=REPEAT_DAYS)),
                limit=1,
            )
        )

    @api.model
    def _open_items(self, partner, company):
        return self.env["account.move.line"].search(
            Domain("partner_id.commercial_partner_id", "=", partner.id)
            & Domain("company_id", "=", company.id)
            & Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual_currency", ">", 0),
            order="date_maturity, id",
        )

    def _moves(self):
        """The invoices that the answer is about."""
        self.ensure_one()
        items = self.item_ids or self._open_items(self.partner_id, self.company_id)
        return items.move_id

    def action_handle(self):
        """It has been seen to; what it held goes on."""
        self.check_access("write")
        for answer in self.filtered(lambda a: a.state == "new"):
            today = answer.company_id._credit_today()
            held = answer.hold_until and answer.hold_until >= today
            answer.write({"state": "handled"})
            answer.sudo().write(
                {"handled_by": self.env.uid, "handled_at": fields.Datetime.now()}
            )
            if held and answer.kind == "paid":
                answer._moves()._credit_log(
                    self.env._("The payment was looked for: reminders go on.")
                )
            elif held:
                answer._moves()._credit_log(
                    self.env._("The message was handled: reminders go on.")
                )
        return True

    def action_reopen(self):
        """Put it back into the worklist."""
        self.check_access("write")
        self.state = "new"
        return True

    # ------------------------------------------------------------------
    # Conversation
    # ------------------------------------------------------------------

    def _message_post_after_hook(self, message, msg_vals):
        # EXTENDS mail: what comes back by e-mail is to be read as well, and what is
        # answered was read; a payment is still looked for. In sudo: mail comes in as
        # nobody in particular, and whoever may read may answer.
        result = super()._message_post_after_hook(message, msg_vals)
        if is_from_outside(self, message):
            self.sudo().filtered(lambda a: a.state == "handled").action_reopen()
        elif is_from_house(self, message):
            self.sudo().filtered(lambda a: a.kind != "paid").action_handle()
        return result
