"""What the debtor reads: the parts from which every message and letter is made.

All of it is in the debtor's language, whoever looks at it. Parts that are HTML are
made for e-mail: tables and inline styles, nothing that Outlook or a telephone cannot
show. Templates put the parts together by the names of the fields, as in
``<t t-out="object.items_html"/>`` or ``{{ object.amount_total_text }}``; those of
:data:`PLACEHOLDERS` may be used by everybody who may edit a template.
"""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, is_html_empty
from odoo.tools.misc import get_lang

from ..report import payment
from ..report.letterhead import french_number
from ..report.wording import date_text, names_text, shorten

#: Fields of a reminder, and of what it points to, that templates may show.
PLACEHOLDERS = (
    "name",
    "amount_due_text",
    "amount_in_words",
    "amount_total_text",
    "charges_html",
    "coming_charges_text",
    "company_id.name",
    "contact_id.id",
    "contact_id.name",
    "creditor_text",
    "date_text",
    "deadline_text",
    "due_text",
    "invoice_names",
    "items_html",
    "lang",
    "legal_basis_text",
    "legal_period_text",
    "line_count",
    "partner_id.name",
    "partner_id.ref",
    "payment_html",
    "payment_reference",
    "portal_url",
    "reply_text",
    "signature_html",
    "step_id.deadline_days",
    "user_id.name",
)


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    lang = fields.Char(
        compute="_compute_lang",
        help="The recipient's language, else the debtor's, else the company's.",
    )
    bank_account_id = fields.Many2one(
        "res.partner.bank",
        compute="_compute_bank_account_id",
        compute_sudo=True,
        help="The account to pay to: the one on the invoices if they agree, else the "
        "company's first account for the currency.",
    )
    pays_online = fields.Boolean(compute="_compute_pays_online", compute_sudo=True)
    payment_reference = fields.Char(
        compute="_compute_payment_reference",
        compute_sudo=True,
        help="The invoice's own reference, or one that stands for all the invoices.",
    )
    portal_url = fields.Char(compute="_compute_portal_url", compute_sudo=True)
    deadline_planned = fields.Date(
        string="To pay by",
        compute="_compute_deadline_planned",
        help="The deadline as it will be if the reminder leaves today.",
    )
    date_text = fields.Char(compute="_compute_texts", compute_sudo=True)
    deadline_text = fields.Char(compute="_compute_texts", compute_sudo=True)
    due_text = fields.Char(
        compute="_compute_texts",
        compute_sudo=True,
        help="When the amount falls due: the end of a sentence about it.",
    )
    creditor_text = fields.Char(compute="_compute_texts", compute_sudo=True)
    amount_due_text = fields.Char(
        compute="_compute_texts",
        compute_sudo=True,
        help="What is to be paid now: without the invoices that fall due later.",
    )
    amount_total_text = fields.Char(
        compute="_compute_texts",
        compute_sudo=True,
        help="All that is told of, also the invoices that fall due later.",
    )
    invoice_names = fields.Char(compute="_compute_texts", compute_sudo=True)
    reply_text = fields.Char(
        compute="_compute_texts",
        compute_sudo=True,
        help="How to answer: an e-mail by a reply, a letter otherwise.",
    )
    amount_in_words = fields.Char(compute="_compute_amount_in_words")
    items_html = fields.Html(
        compute="_compute_items_html", compute_sudo=True, sanitize=False
    )
    payment_html = fields.Html(
        compute="_compute_payment_html", compute_sudo=True, sanitize=False
    )
    signature_html = fields.Html(
        compute="_compute_signature_html", compute_sudo=True, sanitize=False
    )

    # ------------------------------------------------------------------
    # Language
    # ------------------------------------------------------------------

    @api.depends("contact_id.lang", "partner_id.lang", "company_id")
    def _compute_lang(self):
        def wanted(reminder):
            company = reminder.company_id.sudo()
            partners = (reminder.contact_id, reminder.partner_id, company.partner_id)
            return tuple(partner.lang for partner in partners)

        for langs, reminders in self.grouped(wanted).items():
            reminders.lang = self.env["res.lang"]._credit_choose(*langs)

    def _by_lang(self):
        """The reminders by language, each group in the environment of its own."""
        for lang, reminders in self.grouped("lang").items():
            yield reminders.with_context(lang=lang)

    # ------------------------------------------------------------------
    # Paying
    # ------------------------------------------------------------------

    @api.depends("line_ids.move_id.partner_bank_id", "company_id", "currency_id")
    def _compute_bank_account_id(self):
        accounts = self.env["res.partner.bank"]
        for reminder in self:
            reminder.bank_account_id = accounts._credit_payee(
                reminder.company_id, reminder.currency_id, reminder.line_ids.move_id
            )

    @api.depends("company_id", "currency_id")
    def _compute_pays_online(self):
        """Whether the page that the message leads to takes payments."""
        providers = self.env["payment.provider"]
        for reminder in self:
            reminder.pays_online = providers._credit_is_there(
                reminder.company_id.id, reminder.currency_id.id
            )

    @api.depends("line_ids.move_id.payment_reference", "company_id")
    def _compute_payment_reference(self):
        for reminder in self:
            moves = reminder.line_ids.move_id
            if len(moves) == 1:
                reference = moves.payment_reference or moves.name
            elif reminder._origin:
                reference = payment.structured_reference(
                    reminder._origin.id,
                    reminder.company_id.account_fiscal_country_id.code,
                )
            else:
                reference = False
            reminder.payment_reference = reference

    @api.depends("access_version")
    def _compute_portal_url(self):
        for reminder in self:
            reminder.portal_url = False
            if reminder._origin:
                token = reminder._portal_token()
                reminder.portal_url = f"{reminder.get_base_url()}/credit/{token}"

    def _qr_payload(self):
        """What the QR code of the payment says, or False."""
        self.ensure_one()
        return not self.is_thanks and self.bank_account_id._credit_qr_payload(
            self.partner_id,
            self.currency_id,
            self.amount_asked,
            self.payment_reference,
        )

    # ------------------------------------------------------------------
    # Dates and amounts as text
    # ------------------------------------------------------------------

    @api.depends(
        "channel",
        "company_id",
        "contact_after",
        "deadline_date",
        "line_ids",
        "state",
        "step_id",
    )
    def _compute_deadline_planned(self):
        """The step's days or, where the law asks for more, those of the law."""
        unsettled = self.filtered(
            lambda r: r.state != "sent" and not r.deadline_date and not r.is_thanks
        )
        times = unsettled._legal_times(unsettled._leaving_days())
        for reminder in self:
            planned, _wait_until, _article = times.get(reminder, (False, False, False))
            reminder.deadline_planned = reminder.deadline_date or planned

    @api.depends(
        "amount_asked",
        "amount_total",
        "channel",
        "currency_id",
        "date_done",
        "lang",
        "line_ids.date_due",
        "line_ids.days_overdue",
    )
    def _compute_texts(self):
        leaving = self.filtered(lambda r: not r.date_done)._leaving_days()
        for reminders in self._by_lang():
            for reminder in reminders:
                day = reminder.date_done or leaving[reminder]
                reminder.date_text = reminder._long_date(day)
                reminder.amount_due_text = reminder._money(reminder.amount_asked)
                reminder.amount_total_text = reminder._money(reminder.amount_total)
                reminder.deadline_text = reminder._deadline_phrase()
                reminder.invoice_names = reminder._names_phrase()
                reminder.creditor_text = reminder._creditor_phrase()
                reminder.reply_text = reminder._reply_phrase()
                reminder.due_text = reminder._due_phrase()

    def _creditor_phrase(self):
        """Who claims: the company, and the number by which registers know it."""
        company, _ = self.company_id, self.env._
        number = french_number(company)
        if number:
            return f"{company.name}, {number}"
        if company.company_registry:
            return _(
                "%(company)s, company number %(number)s",
                company=company.name,
                number=company.company_registry,
            )
        if company.vat:
            return _(
                "%(company)s, VAT number %(number)s",
                company=company.name,
                number=company.vat,
            )
        return company.name

    def _reply_phrase(self):
        """How to answer: the end of “please let us know …”."""
        if self.channel in ("letter", "registered_letter"):
            return self.env._("by letter, e-mail or telephone")
        return self.env._("by replying to this message")

    def _deadline_phrase(self):
        """“by …”, or another end of “please pay” where the step gives no date."""
        if not self.deadline_planned:
            return self.env._("without delay")
        return self.env._("by %s", self._long_date(self.deadline_planned))

    def _due_phrase(self):
        """When the amount falls due: the end of “the amount below …”."""
        _ = self.env._
        first = max(self.line_ids.mapped("days_overdue"), default=0)
        days = set(self.line_ids.mapped("date_due"))
        if first > 0:
            return _("is to be paid")
        if first == 0:
            return _("falls due today") if len(days) < 2 else _("falls due from today")
        if len(days) > 1:
            return _("falls due shortly")
        return _("falls due on %s", self._long_date(days.pop()))

    def _names_phrase(self):
        """The names of the invoices that are claimed."""
        lines = self.line_ids - self.line_ids._coming()
        names = list(dict.fromkeys(lines.mapped(lambda line: line.name or "")))
        return names_text(self.env, names)

    @api.depends("amount_asked", "currency_id", "lang")
    def _compute_amount_in_words(self):
        for reminder in self:
            currency = reminder.currency_id
            reminder.amount_in_words = payment.amount_in_words(
                reminder.amount_asked,
                currency.name,
                reminder.lang,
                currency.decimal_places,
            )

    def _money(self, amount):
        text = format_amount(self.env, abs(amount), self.currency_id)
        return f"\N{MINUS SIGN}{text}" if amount < 0 else text

    def _long_date(self, day):
        return date_text(day, "long", get_lang(self.env).code) if day else ""

    def _medium_date(self, day):
        return date_text(day, "medium", get_lang(self.env).code) if day else ""

    # ------------------------------------------------------------------
    # Parts in HTML
    # ------------------------------------------------------------------

    @api.depends(
        "line_ids", "amount_asked", "amount_credit", "charges", "personal_note", "lang"
    )
    def _compute_items_html(self):
        descriptions = self._invoice_descriptions()
        for reminders in self._by_lang():
            for reminder in reminders:
                values = reminder._content_values(descriptions)
                reminder.items_html = self._render_part("mail_items", values)

    @api.depends(
        "bank_account_id", "payment_reference", "amount_asked", "lang", "line_ids"
    )
    def _compute_payment_html(self):
        for reminders in self._by_lang():
            for reminder in reminders:
                reminder.payment_html = Markup()
                if not reminder.is_thanks:
                    reminder.payment_html = reminder._render_payment()

    def _render_payment(self, button=True):
        """How to pay, in the language of the environment.

        :param bool button: with a button that opens the debtor's page
        """
        self.ensure_one()
        payload = self._qr_payload()
        # A picture that the message can keep: sanitizing drops “data:”. It travels
        # inside the e-mail, see ir_mail_server.py.
        qr = payload and payment.qr_url(payload)
        values = dict(self._payment_values(), qr=qr, button=button)
        return self._render_part("mail_payment", values)

    @api.depends("user_id", "company_id", "lang")
    def _compute_signature_html(self):
        for reminders in self._by_lang():
            for reminder in reminders:
                values = {"o": reminder, "sender": reminder._letterhead()}
                reminder.signature_html = self._render_part("mail_signature", values)

    def _render_part(self, name, values):
        qweb = values["o"].env["ir.qweb"]
        return qweb._render(
            f"credit_management.{name}", values, minimal_qcontext=True
        ).strip()

    def _content_values(self, descriptions=None):
        """Lines and totals, as texts in the language of the environment."""
        self.ensure_one()
        _ = self.env._
        note = self.personal_note
        coming = self.line_ids.browse() if self.is_thanks else self.line_ids._coming()
        claimed = self.line_ids - coming
        rows, later = (
            [self._line_values(line, descriptions or {}) for line in lines]
            for lines in (claimed, coming)
        )
        charges = [
            (_("Unmatched payments and credit notes"), -self.amount_credit),
            *self._charge_rows(),
        ]
        charges = [row for row in charges if not self.currency_id.is_zero(row[1])]
        ahead = all(line.days_overdue < 0 for line in claimed)
        later_amount = sum(coming.mapped("amount_residual"))
        if charges:
            label = _("Total of the invoices")
            if coming:
                late = all(line.days_overdue > 0 for line in claimed)
                label = _("Overdue invoices") if late else _("Invoices due")
            charges.insert(0, (label, self.amount_residual - later_amount))
        return {
            "o": self,
            "note": note if not is_html_empty(note) else False,
            "rows": rows,
            "subtotals": [(label, self._money(amount)) for label, amount in charges],
            "total": not self.is_thanks and self.amount_due_text,
            "ahead": ahead,
            "later": later,
            "later_total": self._money(later_amount),
            "basis": [] if self._places_basis() else self.charge_basis,
        }

    def _line_values(self, line, descriptions):
        _ = self.env._
        days = line.days_overdue
        if self.is_thanks:
            delay = False
        elif days > 1:
            delay = _("%s days overdue", days)
        elif days == 1:
            delay = _("1 day overdue")
        elif days == 0:
            delay = _("due today")
        else:
            delay = False
        partial = self.currency_id.compare_amounts(
            line.amount_original, line.amount_residual
        )
        return {
            "name": line.name,
            "description": descriptions.get(line.move_id.id),
            "date": self._medium_date(line.date_invoice),
            "due": self._medium_date(line.date_due),
            "delay": delay,
            "late": days > 0,
            "amount": self._money(
                line.amount_original if self.is_thanks else line.amount_residual
            ),
            "original": bool(partial)
            and not self.is_thanks
            and self._money(line.amount_original),
        }

    def _invoice_descriptions(self):
        """What was sold, for debtors who are no company: a number tells them little.

        Belgian law asks for it in the first reminder to a consumer (art. XIX.2 of the
        code of economic law); whoever is not proven to be a business counts as one.

        :return: {id of the invoice: text}
        """
        private = self.filtered(lambda r: r._is_private())
        if not private:
            return {}
        lines = self.env["account.move.line"].search_fetch(
            Domain("move_id", "in", private.line_ids.move_id.ids)
            & Domain("display_type", "=", "product"),
            ["move_id", "move_name", "name"],
            order="move_id, sequence, id",
        )
        descriptions = {}
        for line in lines:
            label = (line.name or "").strip().split("\n")[0]
            # Imported invoices often have nothing but their number.
            if label and label != line.move_name:
                descriptions.setdefault(line.move_id.id, []).append(label)
        return {
            move_id: shorten(", ".join(labels))
            for move_id, labels in descriptions.items()
        }

    def _is_private(self):
        """Whether the debtor is a private person, or one as far as the law knows."""
        debtor = self.partner_id
        return not debtor.is_company or debtor.credit_legal_kind == "consumer"

    def _payment_values(self):
        self.ensure_one()
        account = self.bank_account_id
        return {
            "o": self,
            "account": account,
            "beneficiary": account.acc_holder_name or self.company_id.name,
            "iban": payment.format_account(account.acc_number),
        }

    # ------------------------------------------------------------------
    # Templates
    # ------------------------------------------------------------------

    def mail_allowed_qweb_expressions(self):
        # EXTENDS mail: such templates are filled in without evaluating code
        return super().mail_allowed_qweb_expressions() + tuple(
            f"object.{name}" for name in PLACEHOLDERS
        )
