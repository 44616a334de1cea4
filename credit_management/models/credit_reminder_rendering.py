"""Putting the parts together: e-mails and letters, many at a time."""

import re

from markupsafe import Markup
from psycopg2.extensions import TransactionRollbackError

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, is_html_empty
from odoo.tools.misc import split_every
from odoo.tools.rendering_tools import convert_inline_template_to_qweb

from ..report import payment
from ..report.batch import join

#: Where the body of an e-mail goes in the layout, which is rendered once for many.
BODY_MARK = "@@credit-reminder-body@@"
#: Letters printed by one call of wkhtmltopdf: its start is what costs most.
LETTERS_PER_CALL = 50
#: Characters of a name that are sure to fit into a line of the payment slip.
SLIP_WIDTH = 50
#: Parts of an e-mail that a letter sets in its own way, elsewhere on the page.
MAIL_PARTS = re.compile(
    r"""<(\w+)\s+t-out=["']object\.(charges|items|payment|signature)_html["']\s*(/>|>\s*</\1>)"""
)
TEMPLATE_FIELDS = (
    "attachment_ids",
    "body_html",
    "email_cc",
    "email_from",
    "email_to",
    "mail_server_id",
    "partner_to",
    "reply_to",
    "report_template_ids",
    "subject",
)


class CreditPolicyStep(models.Model):
    _inherit = "credit.policy.step"

    def _mail_template(self, kind=None):
        """The e-mail template of the step, else the one made for its kind.

        :param str kind: the end of the name of a template that comes with the addon
        :return: the template; none if somebody deleted it
        """
        self.ensure_one()
        own = self._own_template()
        if own:
            return own
        name = f"credit_management.mail_template_{kind or self._template_kind()}"
        # Not `ref`, which costs a query each time.
        template_id = self.env["ir.model.data"]._xmlid_to_res_id(name)
        return self.env["mail.template"].browse(template_id)

    def _template_kind(self):
        if self.formal_notice:
            return "formal_notice"
        if self.trigger == "due" and self.delay_days < 0:
            return "pre_due"
        if self.legally_required:
            return "consumer_first_reminder"
        earlier = self.policy_id._sequence_steps().filtered(
            lambda other: (
                other.channel in ("email", "letter", "registered_letter")
                and not (other.trigger == "due" and other.delay_days < 0)
            )
        )
        return "first_reminder" if self == earlier[:1] else "second_reminder"


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    preview_html = fields.Html(
        string="Preview",
        compute="_compute_preview_html",
        compute_sudo=True,
        sanitize=False,
        help="What the debtor will read.",
    )
    letter_html = fields.Html(
        compute="_compute_letter_html", compute_sudo=True, sanitize=False
    )
    letter_subject = fields.Char(compute="_compute_letter_html", compute_sudo=True)

    # ------------------------------------------------------------------
    # Templates
    # ------------------------------------------------------------------

    def _mail_template(self):
        """The e-mail template of the step, else the one made for its kind.

        :raise UserError: if there is none
        """
        self.ensure_one()
        kind = None
        if self.is_thanks:
            in_time = all(line.days_overdue <= 0 for line in self.line_ids)
            kind = "thanks_in_time" if in_time else "thanks_after_reminder"
        step, wording = self.step_id, self._wording()
        if wording:
            step = step.with_context(credit_wording=wording)
        template = step._mail_template(kind).with_env(self.env)
        if not template:
            raise UserError(
                self.env._("Step “%s” has no e-mail template.", self.step_id.name)
            )
        return template

    def _by_template(self):
        return self.grouped(lambda reminder: reminder._mail_template())

    # ------------------------------------------------------------------
    # E-mail
    # ------------------------------------------------------------------

    def _email_values(self):
        """Values of the ``mail.mail`` of each reminder, rendered together.

        :return: ``{id: values}``; the exception stands in place of the values of a
            reminder that can't be rendered
        """
        results = {}
        reminders = self.sudo()
        for reminder in reminders:
            if not email_normalize(reminder.contact_id.email or "", strict=False):
                results[reminder.id] = UserError(
                    self.env._(
                        "%s has no valid e-mail address.",
                        reminder.contact_id.display_name or reminder.partner_id.name,
                    )
                )
        reminders = reminders.filtered(lambda reminder: reminder.id not in results)
        results.update(reminders._isolated(lambda batch: batch._render_emails()))
        return results

    def _isolated(self, render):
        """``render`` the reminders together, or one by one if that fails.

        :param render: function of reminders, returns ``{id: value}``
        :return: ``{id: value or exception}``
        """
        if not self:
            return {}
        try:
            with self.env.cr.savepoint():
                return render(self)
        except TransactionRollbackError:
            raise
        except Exception as error:
            if len(self) == 1:
                return {self.id: error}
        results = {}
        for reminder in self:
            results.update(reminder._isolated(render))
        return results

    def _render_emails(self):
        results = {}
        invoices = self._invoice_attachments()
        annexes = self._annexes()
        for template, reminders in self._by_template().items():
            rendered = template._generate_template(reminders.ids, TEMPLATE_FIELDS)
            for reminder in reminders:
                results[reminder.id] = reminder._mail_values(
                    rendered[reminder.id],
                    invoices.get(reminder.id, []),
                    annexes.get(reminder.id),
                )
        self._finish_bodies(results)
        self._fill_senders(results)
        return results

    def _mail_values(self, rendered, invoice_ids, annex=None):
        attachment_ids = [*rendered.get("attachment_ids", []), *invoice_ids]
        for name, content in rendered.get("attachments", []):
            attachment = self.env["ir.attachment"].create(
                {
                    "name": name,
                    "datas": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
            attachment_ids.append(attachment.id)
        values = {
            "subject": rendered["subject"],
            "body_html": rendered["body_html"],
            "email_from": rendered["email_from"],
            "email_to": rendered.get("email_to"),
            "email_cc": rendered.get("email_cc"),
            "reply_to": rendered["reply_to"],
            "mail_server_id": rendered["mail_server_id"],
            "recipient_ids": [
                fields.Command.link(partner_id)
                for partner_id in rendered.get("partner_ids") or self.contact_id.ids
            ],
            "attachment_ids": [fields.Command.link(id_) for id_ in attachment_ids],
        }
        if annex:
            # Made with the mail: one that does not leave leaves nothing behind.
            values["attachment_ids"].append(
                fields.Command.create(
                    {
                        "name": self._annex_name(),
                        "raw": annex,
                        "mimetype": "application/pdf",
                        "res_model": self._name,
                        "res_id": self.id,
                    }
                )
            )
        # What a template leaves empty is for Odoo, or for us, to fill in.
        return {name: value for name, value in values.items() if value}

    def _finish_bodies(self, results):
        layouts = {}
        for reminder in self:
            key = (reminder.company_id, reminder._identity(), reminder.lang)
            if key not in layouts:
                layouts[key] = reminder._mail_layout()
            values = results[reminder.id]
            before, after = layouts[key]
            values["body_html"] = before + values.get("body_html", Markup()) + after

    def _mail_layout(self):
        """What comes before and after a body, in the reminder's language."""
        self.ensure_one()
        company = self.company_id.with_context(lang=self.lang)
        html = company.env["ir.qweb"]._render(
            "credit_management.mail_layout",
            {
                "company": company,
                "head": self.with_context(lang=self.lang)._letterhead(),
                "body": BODY_MARK,
            },
            minimal_qcontext=True,
        )
        html = self.env["mail.render.mixin"]._replace_local_links(
            html, self.get_base_url()
        )
        before, after = html.split(BODY_MARK)
        return Markup(before), Markup(after)

    def _fill_senders(self, results):
        """From the collector or the company; answers go to the reminder's thread."""
        for reminder in self:
            user, company = reminder.user_id, reminder.company_id
            sender = user.email_formatted if user.email else company.email_formatted
            if sender:
                results[reminder.id].setdefault("email_from", sender)
        silent = self.filtered(lambda r: "reply_to" not in results[r.id])
        if silent:
            replies = silent._notify_get_reply_to_batch(
                {r.id: results[r.id].get("email_from") for r in silent}
            )
            for reminder in silent:
                if replies[reminder.id]:
                    results[reminder.id]["reply_to"] = replies[reminder.id]

    def _invoice_attachments(self):
        """PDFs of the claimed invoices, for steps that attach them.

        An invoice that has none yet gets its own now, by Odoo's accounting and kept on
        the invoice: it is rendered once, whoever needs it next.

        :return: ``{reminder id: ids of attachments}``
        """
        wanted = self.filtered("step_id.attach_invoices")
        moves = wanted.line_ids.move_id.filtered(lambda m: m.is_sale_document())
        missing = moves.filtered(lambda move: not move.invoice_pdf_report_id)
        for invoices in missing.grouped("company_id").values():
            sender = self.env["account.move.send"].with_company(invoices.company_id)
            sender._generate_invoice_documents(
                {
                    move: {
                        "pdf_report": sender._get_default_pdf_report_id(move),
                        "invoice_edi_format": False,
                        "extra_edis": {},
                        "sending_methods": set(),
                    }
                    for move in invoices
                }
            )
        return {
            reminder.id: (reminder.line_ids.move_id & moves).invoice_pdf_report_id.ids
            for reminder in wanted
        }

    def _annexes(self):
        """Calculations of the charges, for steps that attach them.

        :return: ``{reminder id: bytes of a PDF}``; reminders that charge nothing are
            not among them
        """
        wanted = self.filtered(lambda reminder: reminder._has_annex())
        return wanted._calculation_pdf() if wanted else {}

    def _annex_name(self):
        name = self.name.replace("/", "-")
        return self.with_context(lang=self.lang).env._("Calculation %s.pdf", name)

    # ------------------------------------------------------------------
    # Letters
    # ------------------------------------------------------------------

    def _compute_letter_html(self):
        for template, reminders in self._by_template().items():
            subjects = template._generate_template(reminders.ids, ("subject",))
            for reminder in reminders:
                reminder.letter_subject = subjects[reminder.id]["subject"]
        for step, reminders in self.grouped("step_id").items():
            for batch in reminders._by_lang():
                step = step.with_context(lang=batch.env.context["lang"])
                for reminder in batch:
                    source = step._letter_text(reminder._wording())
                    if is_html_empty(source):
                        source = reminder._letter_text_of_mail()
                    reminder.letter_html = reminder._render_letter_text(source)

    def _letter_text_of_mail(self):
        """The text of the e-mail, for a step that was not meant for a letter."""
        body = self._mail_template().with_context(lang=self.lang).body_html or ""
        return MAIL_PARTS.sub("", str(body))

    def _render_letter_text(self, source):
        """Fill in a text. Only known placeholders: a text must not run code."""
        mixin = self.env["mail.render.mixin"]
        source = str(convert_inline_template_to_qweb(Markup(source)))
        if mixin._has_unsafe_expression_template_qweb(source, self._name):
            raise UserError(
                self.env._(
                    "The letter of step “%(step)s” uses a placeholder that letters "
                    "can't show. Those that they can: %(known)s.",
                    step=self.step_id.name,
                    known=", ".join(self.mail_allowed_qweb_expressions()),
                )
            )
        filled = mixin._render_template_qweb_regex(source, self._name, self.ids)
        return filled[self.id]

    def _letter_values(self):
        """What the page of a letter shows, in the reminder's language."""
        self.ensure_one()
        reminder = self.sudo().with_context(lang=self.lang)
        contact = reminder.contact_id or reminder.partner_id
        content = reminder._content_values(reminder._invoice_descriptions())
        payload = reminder._qr_payload()
        values = reminder._payment_values()
        names = (values["beneficiary"], reminder.partner_id.name)
        return {
            **content,
            **values,
            "slip_more": sum(len(name or "") // SLIP_WIDTH for name in names),
            "qr": payload and payment.qr_data(payload),
            "address": Markup("<br/>").join(reminder._address_lines(contact)),
            "sender": reminder._letterhead(),
            "window": reminder.company_id.credit_letter_window or "left",
            "registered": reminder.channel == "registered_letter",
            "electronic": bool(reminder._electronic_letters()),
            "formal": reminder.step_id.formal_notice,
        }

    def _address_lines(self, contact):
        """The address as the post wants it; the country only if it is another one."""
        contact = contact.with_context(lang=self.lang)
        address, values = contact._prepare_display_address(without_company=True)
        abroad = contact.country_id - self.company_id.country_id
        lines = [contact.commercial_company_name, contact.name]
        values["country_name"] = ""
        lines += (address % values).split("\n")
        lines += [country.name.upper() for country in abroad]
        return dict.fromkeys(line.strip() for line in lines if line and line.strip())

    def _letter_pdfs(self):
        """The letters as PDF, printed by as few calls of wkhtmltopdf as can be.

        :return: ``{id: bytes}``: the letter, and the calculation of its charges where
            the step attaches it
        :raise UserError: naming the reminder that can't be rendered
        """
        pdfs = {}
        heads = self.sudo().grouped(lambda r: (r.company_id, r._identity()))
        for reminders in heads.values():
            for batch in reminders._by_lang():
                for ids in split_every(LETTERS_PER_CALL, batch.ids):
                    pdfs.update(batch.browse(ids)._print_letters())
        for id_, annex in self.sudo()._annexes().items():
            pdfs[id_] = join((pdfs[id_], annex))
        return pdfs

    def _print_letters(self):
        report = self.env.ref("credit_management.action_report_reminder")
        streams = report.with_company(self.company_id)._render_qweb_pdf_prepare_streams(
            report, {}, res_ids=self.ids
        )
        if set(streams) != set(self.ids):
            # The parts could not be told from one another.
            if len(self) == 1:
                raise UserError(self.env._("%s can't be printed.", self.name))
            return {id_: pdf for r in self for id_, pdf in r._print_letters().items()}
        return {id_: part["stream"].getvalue() for id_, part in streams.items()}

    # ------------------------------------------------------------------
    # Preview
    # ------------------------------------------------------------------

    def _compute_preview_html(self):
        for channel, reminders in self.grouped("channel").items():
            preview = getattr(reminders, f"_preview_{channel}", None)
            htmls = preview() if preview else {}
            for reminder in reminders:
                reminder.preview_html = htmls.get(reminder.id, reminder.items_html)

    def _preview_email(self):
        def render(reminders):
            results = {}
            for template, group in reminders._by_template().items():
                results.update(
                    template._generate_template(group.ids, ("body_html", "subject"))
                )
            reminders._finish_bodies(results)
            return {id_: values["body_html"] for id_, values in results.items()}

        return self._shown(self._isolated(render))

    def _preview_letter(self):
        def render(reminders):
            return {
                reminder.id: reminder._render_part(
                    "letter_preview",
                    {
                        "o": reminder.with_context(lang=reminder.lang),
                        "letter": reminder._letter_values(),
                    },
                )
                for reminder in reminders
            }

        return self._shown(self._isolated(render))

    def _preview_registered_letter(self):
        return self._preview_letter()

    def _shown(self, results):
        """Errors as text: the form opens, and says what is wrong with the template."""
        return {
            id_: Markup("<p>{}</p>").format(result)
            if isinstance(result, Exception)
            else result
            for id_, result in results.items()
        }
