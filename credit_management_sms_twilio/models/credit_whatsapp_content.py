import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.credit_management.models.credit_reminder_content import PLACEHOLDERS

CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")
VARIABLE = re.compile(r"\{\{\s*(\d+)\s*\}\}")
#: What a text may say: the texts among the placeholders of e-mails, and the short link.
KNOWN = frozenset(name for name in PLACEHOLDERS if not name.endswith("_html"))
KNOWN |= {"sms_sender", "sms_url"}


class CreditWhatsappContent(models.Model):
    """A text that Meta approved for a language, by its key at Twilio.

    Outside the day after a debtor's own message WhatsApp takes no other text from a
    business. ``body`` is a copy of the approved text, for the preview and the proof.
    """

    _name = "credit.whatsapp.content"
    _description = "Approved WhatsApp Text"
    _order = "company_id, step_id, lang, id"
    _check_company_auto = True
    _rec_name = "content_sid"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    step_id = fields.Many2one(
        "credit.policy.step",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: every step that has none of its own, except thanks.",
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        help="Debtors of another variant of the language get it too.",
    )
    content_sid = fields.Char(
        string="Content SID",
        required=True,
        help="HX and 32 digits, as Twilio's content editor shows it.",
    )
    body = fields.Text(
        string="Approved text",
        required=True,
        help="Word by word, with {{1}}, {{2}} … where the values go.",
    )
    variables = fields.Char(
        help="What stands for {{1}}, {{2}} … in this order, separated by commas: "
        "amount_due_text, invoice_names, deadline_text, sms_url and the like.",
    )

    _unique_content = models.UniqueIndex(
        "(company_id, lang, COALESCE(step_id, 0))",
        "There is a text for this step and language already.",
    )

    def _names(self):
        self.ensure_one()
        names = (name.strip() for name in (self.variables or "").split(","))
        return [name for name in names if name]

    @api.constrains("content_sid", "body", "variables")
    def _check_content(self):
        for content in self:
            names = content._names()
            if not CONTENT_SID.fullmatch(content.content_sid):
                raise ValidationError(
                    self.env._("A content SID is HX and 32 hexadecimal digits.")
                )
            unknown = [name for name in names if name not in KNOWN]
            if unknown:
                raise ValidationError(
                    self.env._(
                        "%(unknown)s can't be shown. What can: %(known)s.",
                        unknown=", ".join(unknown),
                        known=", ".join(sorted(KNOWN)),
                    )
                )
            used = {int(number) for number in VARIABLE.findall(content.body)}
            if used != set(range(1, len(names) + 1)):
                raise ValidationError(
                    self.env._(
                        "The text has to use {{1}} to {{n}}, one for each variable."
                    )
                )

    @api.model
    def _finder(self, company):
        """A function that finds a text without further queries.

        :return: function of (step, language, whether it thanks), which returns a
            record or an empty recordset
        """
        contents = self.sudo().search(Domain("company_id", "=", company.id))
        by_key = {(content.step_id.id, content.lang): content for content in contents}
        by_base = {}
        for content in contents:
            key = (content.step_id.id, content.lang.partition("_")[0])
            by_base.setdefault(key, content)

        def find(step, lang, thanks=False):
            for step_id in (step.id,) if thanks else (step.id, False):
                found = by_key.get((step_id, lang)) or by_base.get(
                    (step_id, (lang or "").partition("_")[0])
                )
                if found:
                    return found
            return self.browse()

        return find

    def _values(self, reminder):
        """{number of the variable: text} for a reminder, as WhatsApp takes them."""
        self.ensure_one()
        reminder = reminder.sudo().with_context(lang=reminder.lang)
        values = {}
        for number, name in enumerate(self._names(), start=1):
            [value] = reminder.mapped(name) or [""]
            # No line breaks, no run of blanks: Meta refuses them in a value.
            values[str(number)] = " ".join(str(value or "").split())
        return values

    def _text(self, reminder):
        """What the debtor reads."""
        values = self._values(reminder)
        return VARIABLE.sub(lambda match: values.get(match[1], ""), self.body)
