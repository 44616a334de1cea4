"""What debtors tell, contest and agree on: whose it is, and where it came from."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..report.letterhead import letterhead_of
from .mail_thread import is_from_house, is_from_outside

#: Days within which saying the same again stops nothing.
REPEAT_DAYS = 60

SOURCES = [
    ("portal", "Debtor's page"),
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("collector", "Collector"),
    ("visit", "Visit"),
]


class CreditHouseMixin(models.AbstractModel):
    """What is noted for those who work here, whoever caused it.

    Debtors act in their language, and the scheduled actions in none.
    """

    _name = "credit.house.mixin"
    _description = "Notes and Messages of the House"

    def _in_house(self, company=None, collector=None):
        """The records in the language of those who read notes about them.

        Employees who act themselves keep their own; otherwise it is the collector's,
        else the company's.

        :param company: that of the records by default
        :param collector: that of the record by default, if it has one
        """
        user = self.env.user
        if user.id != SUPERUSER_ID and user._is_internal():
            return self
        records = self.sudo()
        if not collector:
            owned = "user_id" in self._fields
            collector = records.user_id[:1] if owned else self.env["res.users"]
        company = company or records.company_id[:1]
        lang = collector.sudo().lang or company.sudo().partner_id.lang
        return self.with_context(lang=lang) if lang else self

    def _message_compute_author(self, author_id=None, email_from=None):
        # EXTENDS mail: an employee without an address writes from the company's, or
        # what they answer would never leave
        author_id, email_from = super()._message_compute_author(author_id, email_from)
        user = self.env.user
        if not email_from and user._is_internal() and author_id == user.partner_id.id:
            company = self.company_id[:1] or self.env.company
            email_from = company.sudo().email_formatted
        return author_id, email_from


class CreditResponseMixin(models.AbstractModel):
    """Something that came from a debtor, perhaps as the answer to a reminder."""

    _name = "credit.response.mixin"
    _description = "Response of a Debtor"
    _inherit = ["credit.house.mixin", "mail.thread", "mail.activity.mixin"]

    source = fields.Selection(SOURCES, default="collector", required=True)
    reminder_id = fields.Many2one(
        "credit.reminder",
        string="Answer to",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )

    def write(self, vals):
        # EXTENDS base: what a debtor wrote on its page is not rewritten; in sudo the
        # page itself completes it
        told = self.browse()
        if not self.env.su:
            told = self.sudo().filtered(lambda record: record.source == "portal")
        if told and vals.keys() & self._told_fields():
            told._refuse_rewriting()
        files = {}
        if "attachment_ids" in vals:
            files = {record: record.attachment_ids for record in told}
        result = super().write(vals)
        if any(kept - record.attachment_ids for record, kept in files.items()):
            told._refuse_rewriting()
        return result

    def _refuse_rewriting(self):
        """
        :raise UserError: always
        """
        raise UserError(
            self.env._(
                "The debtor wrote “%s” on its page: what it says stays as it is.",
                self[0].display_name,
            )
        )

    @api.model
    def _told_fields(self):
        """Names of the fields that say what a debtor wrote on its page."""
        return {"source", "company_id", "partner_id", "reminder_id"}

    def _message_compute_author(self, author_id=None, email_from=None):
        # EXTENDS mail: what a visitor of the page causes comes from the debtor
        if author_id is None and not email_from and self.env.user._is_public():
            author_id = self.sudo().partner_id[:1].id or None
        return super()._message_compute_author(author_id, email_from)

    def _credit_proving(self):
        # EXTENDS mail.thread of this addon
        return self

    def _subject_for_debtor(self):
        """The subject that nobody chose, in the language of the environment."""
        return self._message_compute_subject()

    def _reads_subject_for_debtor(self, partners):
        """Whether these readers of a message have the debtor's subject."""
        return True

    def _page_url(self):
        """Where the debtor finds it: by the link of the latest reminder that still
        opens, else by its login."""
        self.ensure_one()
        reminder = (
            self.env["credit.reminder"]
            .sudo()
            .search(
                Domain("partner_id", "=", self.partner_id.id)
                & Domain("company_id", "=", self.company_id.id)
                & Domain("state", "=", "sent")
                & Domain("is_thanks", "=", False),
                order="date_done desc, id desc",
                limit=1,
            )
        )
        if reminder and not reminder._portal_expired():
            return reminder.portal_url
        return f"{self.get_base_url()}/my/credit/{self.company_id.id}"

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        # EXTENDS mail: the debtor reads it on its page as well
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if not self or not self.sudo().partner_id:
            return groups
        debtor = self.sudo().partner_id.commercial_partner_id

        def is_debtor(pdata):
            partner = debtor.browse(pdata["id"])
            return pdata["type"] != "user" and partner.commercial_partner_id == debtor

        button = {
            "url": self.sudo()._page_url(),
            "title": self.env._("Your account with us"),
        }
        values = {"active": True, "has_button_access": True, "button_access": button}
        return [("credit_debtor", is_debtor, values), *groups]

    def _notify_by_email_get_final_mail_values(
        self, recipient_ids, base_mail_values, additional_values=None
    ):
        # EXTENDS mail: the subject that nobody chose tells debtors what it is about, in
        # the language of the readers, who have the same in each mail; colleagues read
        # what the debtor reads
        values = super()._notify_by_email_get_final_mail_values(
            recipient_ids, base_mail_values, additional_values
        )
        partners = self.env["res.partner"].browse(recipient_ids)
        if values.get(
            "subject"
        ) == self._message_compute_subject() and self._reads_subject_for_debtor(
            partners
        ):
            lang = partners[:1].lang
            record = self.with_context(lang=lang) if lang else self
            values["subject"] = record._subject_for_debtor()
        return values


class CreditClaimedMixin(models.AbstractModel):
    """A response about invoices: these say whose it is.

    The models define ``_compute_debtor``.
    """

    _name = "credit.claimed.mixin"
    _description = "Response about Invoices"
    _inherit = ["credit.response.mixin"]

    company_id = fields.Many2one(
        "res.company",
        compute="_compute_debtor",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        compute="_compute_debtor",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )

    def _compute_debtor(self):
        """The company and the debtor, as the invoices say."""
        raise NotImplementedError

    def _items(self):
        """The journal items that it is about."""
        raise NotImplementedError

    def _contact(self):
        """Who is written to: the contact for reminders, else for invoices."""
        self.ensure_one()
        addresses = self.partner_id.address_get(["dunning", "invoice"])
        chosen = addresses.get("dunning")
        if not chosen or chosen == self.partner_id.id:
            chosen = addresses.get("invoice") or self.partner_id.id
        return self.env["res.partner"].browse(chosen)

    def _contact_lang(self):
        """Code of the language in which they are written to."""
        self.ensure_one()
        return self.env["res.lang"]._credit_choose(self._contact().lang)

    def _signer(self):
        """The collector, if there is one to whom a debtor can write."""
        self.ensure_one()
        # In sudo: whoever decides need not see all users.
        return self.sudo().user_id.filtered(lambda user: user.active and user.email)

    def _email_from(self):
        """From whom messages about it come: the collector, else the company."""
        return self._signer().email_formatted or self.company_id.email_formatted

    def _letterhead(self):
        """Head, foot and signature of messages about it."""
        return letterhead_of(self.sudo().company_id, self._signer())

    def _signature_html(self):
        """Who signs, in the language of the environment."""
        return self.env["ir.qweb"]._render(
            "credit_management.mail_signature",
            {"sender": self._letterhead()},
            minimal_qcontext=True,
        )

    def _message_post_after_hook(self, message, msg_vals):
        # EXTENDS mail: whoever answers what we wrote about it waits for a person, until
        # somebody of the house answers here. In sudo: whoever may read may answer.
        result = super()._message_post_after_hook(message, msg_vals)
        if is_from_outside(self, message):
            self.sudo()._take_down_reply(message)
        elif is_from_house(self, message):
            self.sudo()._replies().action_handle()
        return result

    def _replies(self):
        """What came in by e-mail on these threads and nobody has handled."""
        return self.env["credit.answer"].search(
            Domain("thread_model", "=", self._name)
            & Domain("thread_id", "in", self.ids)
            & Domain("state", "=", "new")
        )

    def _take_down_reply(self, message):
        """Make a message of its own of an e-mail that came in, for the worklist.

        In sudo: mail comes in as nobody in particular.
        """
        self.ensure_one()
        author = message.author_id
        answer = self.env["credit.answer"]._tell(
            self.partner_id,
            self.company_id,
            "message",
            text=html2plaintext(message.body or ""),
            reminder=self.reminder_id,
            items=self._items(),
            contact=author or None,
            attachments=message.attachment_ids,
            source="email",
            thread=self,
        )
        answer.message_subscribe((author | answer.user_id.partner_id).ids)

    def _tell_decision(self, template):
        """Write to the debtors what was decided, each in its language.

        In sudo: whoever decides need not be allowed to read how it is worded.

        :param str template: external id of the mail template within this addon
        """
        told = self.sudo().filtered(lambda record: record._contact().email)
        if told:
            self.env.ref(f"credit_management.{template}").sudo().send_mail_batch(
                told.ids, force_send=False
            )
            self.env["mail.mail"]._credit_send_soon()
