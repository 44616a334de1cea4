"""What a first reminder or a formal notice has to say by law, and whether it does.

Checked three times: when a step or its template is saved, in every language; before a
reminder is approved; and when it leaves.
"""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

from ..engine import mentions
from ..report.wording import labelled
from .credit_article import article_text

#: Parts that stand on every letter, whatever its text says.
LETTER_PARTS = ("items_html", "payment_html", "signature_html")
#: Steps of which the law asks something, in policies that say for whom they are.
LEGAL_STEPS = [
    ("policy_id.debtor_kind", "!=", False),
    "|",
    ("legally_required", "=", True),
    ("formal_notice", "=", True),
]


def titled(env, mention):
    """The name of a mention, and the article that asks for it."""
    article = article_text(env, mention.article)
    return f"{mention.name} ({article})" if article else mention.name


def as_placeholders(mention):
    """What can be put into a text to make a mention."""
    return " / ".join(f"{{{{ object.{name} }}}}" for name in mention.placeholders)


class CreditRegime(models.Model):
    _inherit = "credit.regime"

    def _mentions(self):
        """The mentions of these regimes as :mod:`..engine.mentions` wants them."""
        return [
            mentions.Mention(
                document=mention.document,
                name=mention.name,
                placeholders=tuple(
                    name.strip()
                    for name in (mention.placeholders or "").split(",")
                    if name.strip()
                ),
                article=mention.article or "",
            )
            for mention in self.sudo().mention_ids
        ]


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    @api.constrains("debtor_kind", "company_id")
    def _check_mentions(self):
        self.step_ids._check_mentions()


class CreditPolicyStep(models.Model):
    _inherit = "credit.policy.step"

    def _document_kind(self):
        """What the law calls the document that this step sends, if it names it."""
        self.ensure_one()
        if self.legally_required:
            return "first_reminder"
        return "formal_notice" if self.formal_notice else False

    def _channel_text(self, channel):
        """What the step says by a channel, in the language of the environment.

        :return: (template text, parts that stand around it); False for a channel that
            leaves nothing in writing
        """
        self.ensure_one()
        method = getattr(self, f"_channel_text_{channel}", None)
        return method() if method else (False, ())

    def _channel_text_email(self):
        return self._mail_template().body_html or "", ()

    def _channel_text_letter(self):
        text = self._letter_text(self.env.context.get("credit_wording"))
        if is_html_empty(text):
            text = self._mail_template().body_html
        return text or "", LETTER_PARTS

    def _channel_text_registered_letter(self):
        return self._channel_text_letter()

    def _unsaid(self, channel, required, langs):
        """The mentions that the step does not make by ``channel`` in some language.

        :param required: list of :class:`..engine.mentions.Mention`
        :param langs: codes of languages
        """
        texts, around = [], ()
        for lang in langs:
            text, around = self.with_context(lang=lang)._channel_text(channel)
            if text is not False:
                texts.append(text)
        return mentions.missing(required, self._document_kind(), texts, around)

    @api.constrains(
        "channel",
        "fallback_channel",
        "formal_notice",
        "legally_required",
        "letter_text",
        "mail_template_id",
        "policy_id",
    )
    def _check_mentions(self):
        """What the law wants said, every text of the step has to say."""
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        for policy, steps in self.sudo().grouped("policy_id").items():
            steps = steps.filtered(lambda step: step._document_kind())
            required = policy._regimes()._mentions() if steps else []
            for step in steps if required else ():
                channels = filter(None, (step.channel, step.fallback_channel))
                unsaid = dict.fromkeys(
                    mention
                    for channel in channels
                    for mention in step._unsaid(channel, required, langs)
                )
                if unsaid:
                    raise ValidationError(step._unsaid_message(unsaid))

    def _unsaid_message(self, unsaid):
        return "\n".join(
            [
                self.env._(
                    "By law step “%(step)s” has to say more than it does, in every "
                    "language and by every channel it may leave by:",
                    step=self.name,
                ),
                *(
                    "• " + labelled(self.env, titled(self.env, m), as_placeholders(m))
                    for m in unsaid
                ),
            ]
        )


class MailTemplate(models.Model):
    _inherit = "mail.template"

    @api.constrains("body_html", "model_id")
    def _check_credit_mentions(self):
        reminders = self.filtered(lambda template: template.model == "credit.reminder")
        if reminders:
            # In sudo: who edits templates need not see policies.
            steps = self.env["credit.policy.step"].sudo().search(LEGAL_STEPS)
            steps.filtered(
                lambda step: (
                    step._mail_template() in reminders
                    or step.variant_template_id in reminders
                )
            )._check_mentions()


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _missing_mentions(self):
        """What the law wants these reminders to say, and they do not.

        A mention is missing if the text does not make it, or if what stands for it
        says nothing: a company without number, an invoice that nothing describes.

        :return: {reminder: {mention: what is wrong, for the person who can mend it}};
            reminders that say everything are not among them
        """
        legal = self.filtered(lambda r: r.step_id._document_kind() and not r.is_thanks)
        if not legal:
            return {}
        regimes = legal._reminder_regimes()
        descriptions = legal._invoice_descriptions()
        known = {}
        results = {}
        for reminder in legal:
            regime = regimes[reminder]
            if regime not in known:
                known[regime] = regime._mentions()
            missing = reminder._missing_of(known[regime], descriptions)
            if missing:
                results[reminder] = missing
        return results

    def _missing_of(self, required, descriptions):
        """See :meth:`_missing_mentions`, for one reminder."""
        self.ensure_one()
        step = self.step_id
        unsaid = step._unsaid(self.channel, required, [self.lang])
        missing = {}
        for mention in required:
            if mention.document != step._document_kind() or not mention.placeholders:
                continue
            if mention in unsaid:
                missing[mention] = self.env._(
                    "the text has to show %(placeholders)s",
                    placeholders=as_placeholders(mention),
                )
                continue
            gaps = [self._gap(name, descriptions) for name in mention.placeholders]
            if all(gaps):
                missing[mention] = gaps[0]
        return missing

    def _gap(self, placeholder, descriptions):
        """Why what stands for a placeholder says nothing, or an empty text.

        :param dict descriptions: what was sold, by invoice
        """
        self.ensure_one()
        if placeholder == "creditor_text":
            company = self.company_id
            if company.company_registry or company.vat:
                return ""
            return self.env._(
                "%s has neither company number nor VAT number", company.name
            )
        if placeholder == "items_html":
            silent = self.line_ids.filtered(
                lambda line: (
                    self._is_private() and not descriptions.get(line.move_id.id)
                )
            )
            if not silent:
                return ""
            return self.env._(
                "no line of %s says what it is for", ", ".join(silent.mapped("name"))
            )
        # What will be charged is not said where nothing will be.
        if placeholder == "coming_charges_text" or self.mapped(placeholder):
            return ""
        return self.env._("%s is empty", f"{{{{ object.{placeholder} }}}}")

    def _mention_alerts(self):
        """What keeps reminders from leaving that do not say what the law requires.

        :return: ``{reminder: text}``
        """
        return {
            reminder: "\n".join(
                [
                    self.env._("By law this reminder has to say more than it does:"),
                    *(
                        "• " + labelled(self.env, titled(self.env, mention), problem)
                        for mention, problem in missing.items()
                    ),
                ]
            )
            for reminder, missing in self._missing_mentions().items()
        }
