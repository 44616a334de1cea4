"""Texts of templates that were installed before are mended, but not those of others."""

from pathlib import Path
from runpy import run_path

from odoo.tests import TransactionCase, tagged

REPLY_WORDS = "19.0.1.6.0/post-reply-words.py"
SHIPPED_DATA = "19.0.1.8.0/post-words-of-shipped-data.py"
DUE_WORDS = "19.0.1.12.0/post-day-of-the-due-date.py"
REASON = "19.0.1.10.0/post-reason-of-a-rejection.py"
REST = "19.0.1.9.0/post-rest-of-a-dispute.py"
SOURCES = "19.0.1.9.0/post-sources.py"
WORDS_THAT_HOLD = "19.0.1.7.0/post-words-that-hold.py"
#: What the text before the due date said.
OLD = {
    "en_US": "If anything is unclear or incorrect, simply reply to it: we will gladly "
    "look into the matter.",
    "fr_FR": "Si un point vous semble obscur ou inexact, il vous suffit d’y "
    "répondre\N{NO-BREAK SPACE}: nous l’examinerons volontiers.",
    "nl_NL": "Is iets onduidelijk of onjuist, antwoord dan gewoon op dit bericht: wij "
    "kijken het graag na.",
}


@tagged("post_install", "-at_install")
class TestWordsUpgrade(TransactionCase):
    def setUp(self):
        super().setUp()
        self.template = self.env.ref("credit_management.mail_template_pre_due")

    def _upgrade(self, script=REPLY_WORDS):
        self.env.flush_all()
        path = Path(__file__).parents[1] / "migrations" / script
        run_path(str(path))["migrate"](self.env.cr, "19.0.1.5.0")
        self.env.invalidate_all()

    def _text(self, lang):
        return str(self.template.with_context(lang=lang).body_html)

    def test_before_the_due_date(self):
        for lang, text in OLD.items():
            self.template.with_context(lang=lang).body_html = f"<p>{text}</p>"
        self._upgrade()
        for lang, text in OLD.items():
            with self.subTest(lang=lang):
                found = self._text(lang)
                self.assertEqual(found.count('<t t-out="object.reply_text">'), 1)
                self.assertIn(text.rpartition(":")[2], found)
        self.assertIn(
            "please let us know "
            '<t t-out="object.reply_text">by replying to this message</t>: we will',
            self._text("en_US"),
        )
        again = self._text("fr_FR")
        self._upgrade()
        self.assertEqual(self._text("fr_FR"), again)

    def test_day_of_the_due_date(self):
        """The day itself is told, in each language; own words stay."""
        script = run_path(str(Path(__file__).parents[1] / "migrations" / DUE_WORDS))
        for lang, (old, _new) in script["BODY"].items():
            self.env["res.lang"]._activate_lang(lang)
            self.template.with_context(lang=lang).body_html = f"<p>{old}</p>"
            self.template.with_context(lang=lang).subject = script["SUBJECT"][lang][0]
        self.template.with_context(lang="nl_NL").subject = "Let op"
        for _twice in range(2):
            self._upgrade(DUE_WORDS)
            for lang, (_old, new) in script["BODY"].items():
                with self.subTest(lang=lang):
                    self.assertEqual(self._text(lang), f"<p>{new}</p>")
        subjects = [
            self.template.with_context(lang=lang).subject for lang in script["BODY"]
        ]
        names = "{{ object.invoice_names }}"
        self.assertEqual(
            subjects,
            [f"Due date: {names}", f"Échéance\N{NO-BREAK SPACE}: {names}", "Let op"],
        )

    def test_words_of_others_stay(self):
        self.template.body_html = "<p>Simply write to us: we read everything.</p>"
        self._upgrade()
        self.assertIn("Simply write to us: we read", self._text("en_US"))

    def test_despite_reminders(self):
        """Of an invoice that only comes along nobody was reminded; own words stay."""
        step = self.env.ref("credit_management.credit_step_firm_formal_notice")
        template = self.env.ref("credit_management.mail_template_second_reminder")
        said = step.letter_text
        step.letter_text = said.replace(
            "The invoices listed below",
            "Despite our reminders, the invoices listed below",
        )
        self.assertNotEqual(step.letter_text, said)
        template.body_html = (
            "<p>Despite our earlier reminder, the amount below is still open.</p>"
            "<p>Despite our reminders, we like you.</p>"
        )
        self._upgrade(WORDS_THAT_HOLD)
        self.assertEqual(step.letter_text, said)
        self.assertIn("Your account is not settled yet", template.body_html)
        self.assertIn("Despite our reminders, we like you.", template.body_html)

    def test_words_of_shipped_data(self):
        """An act is no act of law; words that somebody chose stay."""
        self.env["res.lang"]._activate_lang("fr_FR")
        name = "credit_management.regime_be_{}_period_limitation_bailiff"
        periods = [self.env.ref(name.format(kind)) for kind in ("business", "consumer")]
        wrong, own = (each.with_context(lang="fr_FR") for each in periods)
        wrong.starts, own.starts = "la loi", "la loi de 1804"
        self._upgrade(SHIPPED_DATA)
        self.assertEqual((wrong.starts, own.starts), ("l’acte", "la loi de 1804"))
        self.assertEqual(periods[0].with_context(lang="en_US").starts, "the act")

    def test_rest_of_a_dispute(self):
        """The amount is named in each language; own words stay."""
        template = self.env.ref("credit_management.mail_template_dispute_answered")
        for lang, text in (
            ("en_US", "<p>The rest remains due.</p>"),
            ("fr_FR", "<p>Le reste demeure dû.</p>"),
            ("nl_NL", "<p>Wat rest, blijft verschuldigd.</p>"),
        ):
            self.env["res.lang"]._activate_lang(lang)
            template.with_context(lang=lang).body_html = text
        self._upgrade(REST)
        amount = '<b t-out="object._rest_amount_text()">50.00 €</b>'
        for lang, text in (
            ("en_US", f"<p>The rest remains due: {amount}.</p>"),
            ("fr_FR", f"<p>Le reste demeure dû\N{NO-BREAK SPACE}: {amount}.</p>"),
            ("nl_NL", "<p>Wat rest, blijft verschuldigd.</p>"),
        ):
            self.assertEqual(template.with_context(lang=lang).body_html, text)

    def test_reason_of_a_rejection(self):
        template = self.env.ref("credit_management.mail_template_dispute_answered")
        now = str(template.body_html)
        own = "<p>Wat rest, blijft verschuldigd.</p>"
        path = Path(__file__).parents[1] / "migrations" / REASON
        script = run_path(str(path))
        old, new, reason = script["WORDS"]["en"]
        lead_in = script["LEAD_IN"].format(reason)
        self.assertIn(new, now)
        self.assertIn(lead_in.strip(), now)
        self.env["res.lang"]._activate_lang("nl_NL")
        template.with_context(lang="en_US").body_html = now.replace(
            lead_in, ""
        ).replace(new, old)
        template.with_context(lang="nl_NL").body_html = own
        self._upgrade(REASON)
        self.assertEqual(template.with_context(lang="en_US").body_html, now)
        self.assertEqual(template.with_context(lang="nl_NL").body_html, own)

    def test_sources_without_english_words(self):
        shipped, own = (
            self.env.ref(f"credit_management.regime_{country}_business_basis_notice")
            for country in ("de", "fr")
        )
        shipped.source = "deubner-recht.de (the decision)"
        own.source = "ours (the decision)"
        self._upgrade(SOURCES)
        self.assertEqual(
            (shipped.source, own.source), ("deubner-recht.de", "ours (the decision)")
        )
