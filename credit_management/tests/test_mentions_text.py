"""Whether texts say what they must, without a database."""

from odoo.tests import BaseCase, tagged

from ..engine.mentions import Mention, missing, placeholders_in, said_by

AMOUNT = Mention("first_reminder", "Amount", ("amount_due_text",), "art. 1")
CREDITOR = Mention("first_reminder", "Creditor", ("creditor_text",), "art. 2")
NAME = Mention("first_reminder", "Name", ("company_id.name",))
EITHER = Mention("first_reminder", "Either", ("deadline_text", "legal_period_text"))
BY_HAND = Mention("first_reminder", "By hand")
NOTICE = Mention("formal_notice", "Notice", ("amount_in_words",))
ALL = (AMOUNT, CREDITOR, NAME, EITHER, BY_HAND, NOTICE)


@tagged("post_install", "-at_install")
class TestMentionsText(BaseCase):
    def test_both_forms(self):
        for text, found in (
            ("<p>{{ object.creditor_text }}</p>", {"creditor_text"}),
            ("<p>{{object.creditor_text}}</p>", {"creditor_text"}),
            ("<p>{{\xa0object.creditor_text\n}}</p>", {"creditor_text"}),
            ("<p>{{ object.a ||| by default }}</p>", {"a"}),
            ('<t t-out="object.company_id.name"/>', {"company_id.name"}),
            ("<b t-out = 'object.a'>1</b>", {"a"}),
            ('<b t-out="object.a or object.b_2">1</b>', {"a", "b_2"}),
            ('<b t-esc="object.a"/><i t-field="object.b"/>', {"a", "b"}),
            ("{{ object.a }} and {{ object.b }}", {"a", "b"}),
            # No placeholders: words, attributes that show nothing, other things.
            ("object.creditor_text", set()),
            ("<p>{ object.creditor_text }</p>", set()),
            ('<t t-if="object.creditor_text">Yes</t>', set()),
            ('<p title="object.creditor_text"/>', set()),
            ("{{ user.name }} {{ subobject.a }} {{ object }}", set()),
            ("", set()),
            (False, set()),
        ):
            with self.subTest(text):
                self.assertEqual(placeholders_in(text), found)

    def test_parts_carry_mentions(self):
        said = said_by('<t t-out="object.items_html"/>')
        self.assertIn("items_html", said)
        self.assertIn("amount_due_text", said)
        self.assertNotIn("creditor_text", said)
        self.assertIn("company_id.name", said_by("", around=("signature_html",)))
        self.assertEqual(said_by(""), frozenset())

    def test_missing(self):
        full = "{{ object.items_html }}{{ object.creditor_text }}"
        full += "{{ object.legal_period_text }}"
        self.assertEqual(missing(ALL, "first_reminder", [full]), [])
        self.assertEqual(missing(ALL, "formal_notice", [full]), [NOTICE])
        self.assertEqual(missing(ALL, "invoice", [""]), [])
        self.assertEqual(
            missing(ALL, "first_reminder", [""]), [AMOUNT, CREDITOR, NAME, EITHER]
        )
        for placeholder in EITHER.placeholders:
            text = f"{{{{ object.{placeholder} }}}}"
            self.assertEqual(missing([EITHER], "first_reminder", [text]), [])

    def test_every_language(self):
        """One translation that lost a placeholder is enough."""
        text = "{{ object.creditor_text }}"
        self.assertEqual(missing([CREDITOR], "first_reminder", [text, text]), [])
        self.assertEqual(
            missing([CREDITOR], "first_reminder", [text, "<p>…</p>"]), [CREDITOR]
        )

    def test_no_text_says_nothing(self):
        """A phone call makes no mention."""
        self.assertEqual(missing([CREDITOR], "first_reminder", []), [CREDITOR])
        self.assertEqual(
            missing([CREDITOR], "first_reminder", [], around=("creditor_text",)),
            [CREDITOR],
        )

    def test_around(self):
        """A letter shows its table and its signature whatever its text says."""
        self.assertEqual(
            missing(ALL, "first_reminder", [""], ("items_html", "signature_html")),
            [CREDITOR, EITHER],
        )

    def test_named_once(self):
        again = Mention("first_reminder", "Creditor", ("creditor_text",), "art. 2")
        self.assertEqual(missing([CREDITOR, again], "first_reminder", [""]), [CREDITOR])
