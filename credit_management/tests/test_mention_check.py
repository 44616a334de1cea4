"""What the law requires to be said: checked when texts are saved, and at the door."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..engine import mentions
from ..models.credit_reminder_content import PLACEHOLDERS
from .charges_common import ChargesCommon
from .common import NOW, CreditCommon, DeliveryCommon

SAYS_ALL = (
    '<t t-out="object.items_html"/><t t-out="object.creditor_text"/>'
    '<t t-out="object.coming_charges_text"/>'
)
SAYS_LESS = SAYS_ALL.replace('<t t-out="object.creditor_text"/>', "")
LETTER = "<p>{{ object.creditor_text }} {{ object.coming_charges_text }}</p>"
CREDITOR = "• Name and number of the creditor (art. 7): "


class MentionsCommon(ChargesCommon, DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consumer.mention_ids = [
            Command.create(
                {
                    "document": document,
                    "name": name,
                    "placeholders": placeholders,
                    "article": article,
                    "sequence": sequence,
                }
            )
            for sequence, (document, name, placeholders, article) in enumerate(
                (
                    ("first_reminder", "Product", "items_html", "art. 6"),
                    (
                        "first_reminder",
                        "Name and number of the creditor",
                        "creditor_text",
                        "art. 7",
                    ),
                    ("first_reminder", "Clause", "coming_charges_text", False),
                    ("first_reminder", "Tone", False, "art. 8"),
                    (
                        "formal_notice",
                        "Amount",
                        "amount_in_words, amount_due_text",
                        "art. 9",
                    ),
                )
            )
        ]
        cls.template = cls.make_template(SAYS_ALL)
        cls.policy = cls.make_policy(
            {
                "name": "Free",
                "delay_days": 3,
                "automation": "automatic",
                "legally_required": True,
                "fallback_channel": "letter",
                "mail_template_id": cls.template.id,
                "letter_text": LETTER,
            },
            {
                "name": "Notice",
                "delay_days": 30,
                "automation": "automatic",
                "formal_notice": True,
                "deadline_days": 15,
                "mail_template_id": cls.make_template(
                    '<t t-out="object.amount_due_text"/>'
                ).id,
            },
        )
        cls.free, cls.notice = cls.policy.step_ids
        cls.company.company_registry = "552100554"
        cls.person = cls.make_debtor("Camille Dubois", is_company=False)

    @classmethod
    def make_template(cls, body):
        return cls.env["mail.template"].create(
            {
                "name": "Text",
                "model_id": cls.env["ir.model"]._get_id("credit.reminder"),
                "subject": "Reminder",
                "partner_to": "{{ object.contact_id.id }}",
                "use_default_to": False,
                "lang": "{{ object.lang }}",
                "auto_delete": False,
                "body_html": body,
            }
        )

    def proposed(self, partner=None, **values):
        move = self.make_invoice(partner or self.person, overdue=10, **values)
        reminder = self.propose(move.company_id).reminder_ids
        reminder = reminder.filtered(lambda r: move in r.line_ids.move_id)
        reminder.action_approve()
        return reminder.with_env(self.env)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMentionAlerts(MentionsCommon):
    """At the door."""

    def test_everything_is_said(self):
        reminder = self.proposed()
        self.assertEqual(reminder._missing_mentions(), {})
        self.assertEqual(reminder._alerts(), {})
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")

    def test_text_says_too_little(self):
        self.template.body_html = "<p>Please pay.</p>"
        reminder = self.proposed()
        self.assertEqual(
            reminder._alerts()[reminder],
            "By law this reminder has to say more than it does:\n"
            "• Product (art. 6): the text has to show {{ object.items_html }}\n"
            f"{CREDITOR}the text has to show {{{{ object.creditor_text }}}}\n"
            "• Clause: the text has to show {{ object.coming_charges_text }}",
        )

    def test_company_without_number(self):
        self.company.write({"company_registry": False, "vat": False})
        reminder = self.proposed()
        self.assertEqual(
            reminder._alerts(),
            {
                reminder: "By law this reminder has to say more than it does:\n"
                f"{CREDITOR}company_1_data has neither company number nor VAT number"
            },
        )
        mention = self.consumer.mention_ids.filtered(
            lambda m: m.placeholders == "creditor_text"
        )
        mention.placeholders = "creditor_text,company_id.name"
        self.assertEqual(reminder._alerts(), {}, "either of them says it")
        mention.placeholders = "creditor_text"
        self.company.vat = "FR23334175221"
        self.assertEqual(reminder._alerts(), {})

    def test_nothing_says_what_was_sold(self):
        reminder = self.proposed()
        reminder.line_ids.move_id.invoice_line_ids.name = " "
        name = reminder.line_ids.name
        self.assertEqual(
            reminder._alerts()[reminder].split("\n")[1:],
            [f"• Product (art. 6): no line of {name} says what it is for"],
        )

    def test_formal_notice(self):
        """One of the two placeholders is enough."""
        move = self.make_invoice(self.person, overdue=40)
        self.remind(move, self.free, wait_until="2026-05-30")
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.step_id, self.notice)
        self.assertEqual(reminder._alerts(), {})
        self.notice.mail_template_id.body_html = '<t t-out="object.amount_in_words"/>'
        self.assertEqual(reminder._alerts(), {})
        self.notice.mail_template_id.body_html = '<t t-out="object.creditor_text"/>'
        self.assertEqual(
            reminder._alerts()[reminder].split("\n")[1:],
            [
                "• Amount (art. 9): the text has to show "
                "{{ object.amount_in_words }} / {{ object.amount_due_text }}"
            ],
        )

    def test_only_where_the_law_asks(self):
        """A business, a debtor elsewhere, a step that the law knows nothing of."""
        self.template.body_html = "<p>Please pay.</p>"
        abroad = self.make_debtor(
            "Ann Smith", is_company=False, country_id=self.env.ref("base.us").id
        )
        for partner in (self.debtor, abroad):
            self.assertEqual(self.proposed(partner)._alerts(), {})
        self.free.legally_required = False
        self.assertEqual(self.proposed()._alerts(), {})

    def test_unknown_kind_is_a_consumer(self):
        self.template.body_html = "<p>Please pay.</p>"
        unknown = self.make_debtor("Perhaps SARL")
        self.assertIn("art. 7", "".join(self.proposed(unknown)._alerts().values()))

    def test_letter(self):
        """The page of a letter shows the table; its text has to say the rest."""
        reminder = self.proposed()
        reminder.channel = "letter"
        self.assertEqual(reminder._alerts(), {})
        self.free.letter_text = "<p>Please pay.</p>"
        self.assertEqual(
            [line[:10] for line in reminder._alerts()[reminder].split("\n")[1:]],
            ["• Name and", "• Clause: "],
        )
        self.free.letter_text = False
        self.assertEqual(reminder._alerts(), {}, "it says what the e-mail says")

    def test_with_what_the_channel_has_to_say(self):
        self.template.body_html = '<t t-out="object.items_html"/>'
        self.person.email = False
        reminder = self.proposed()
        first, *others = reminder._alerts()[reminder].split("\n")
        self.assertEqual(first, "Camille Dubois has no valid e-mail address.")
        self.assertEqual(len(others), 3)

    def test_language_of_the_reminder(self):
        """The French text lost a placeholder: who reads English gets the reminder."""
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.make_debtor("Zoé Dupont", is_company=False, lang="fr_FR")
        ours, theirs = self.proposed(), self.proposed(french)
        self.assertEqual((ours | theirs)._alerts(), {})
        self.template.with_context(lang="fr_FR").body_html = SAYS_LESS
        alerts = (ours | theirs)._alerts()
        self.assertEqual(list(alerts), [theirs])
        self.assertEqual(alerts[theirs].count("•"), 1)
        self.assertIn(CREDITOR, alerts[theirs])

    def test_held_back_and_no_letter_instead(self):
        """A text of ours that says too little is no reason to write a letter."""
        self.template.body_html = '<t t-out="object.items_html"/>'
        reminder = self.proposed()
        self.deliver(reminder)
        self.assertEqual(reminder.state, "failed")
        self.assertIn("(art. 7)", reminder.failure_reason)
        self.assertFalse(self.fallback_of(reminder))
        self.assertFalse(self._new_mails)
        self.template.body_html = SAYS_ALL
        reminder.action_retry()
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")

    def test_others_of_the_batch_leave(self):
        self.template.body_html = '<t t-out="object.items_html"/>'
        reminders = self.proposed() | self.proposed(self.debtor)
        self.deliver(reminders)
        self.assertEqual(
            {r.partner_id: r.state for r in reminders},
            {self.person: "failed", self.debtor: "sent"},
        )

    def test_two_companies(self):
        """Each creditor has to give a number of its own; dollars or euros."""
        self.other_company.write({"company_registry": False, "vat": False})
        ours = self.proposed()
        theirs = self.proposed(company=self.other_company)
        self.assertEqual(theirs.currency_id, self.dollar)
        alerts = (ours | theirs)._alerts()
        self.assertEqual(list(alerts), [theirs])
        self.assertIn(
            f"{self.other_company.name} has neither company number", alerts[theirs]
        )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMentionConstraints(MentionsCommon):
    """When it is saved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.company_id = cls.company
        cls.policy.debtor_kind = "consumer"

    def assertRefused(self, record, values, *missing):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            record.write(values)
        text = str(caught.exception)
        for mention in missing:
            self.assertIn(mention, text)
        self.assertEqual(text.count("•"), len(missing), text)
        return text

    def test_template_of_the_step(self):
        text = self.assertRefused(
            self.template,
            {"body_html": '<t t-out="object.items_html"/>'},
            f"{CREDITOR}{{{{ object.creditor_text }}}}",
            "• Clause: {{ object.coming_charges_text }}",
        )
        self.assertIn(
            "By law step “Free” has to say more than it does, in every language and by "
            "every channel it may leave by:",
            text,
        )
        other = self.make_template("<p>Please pay.</p>")
        self.assertRefused(
            self.free,
            {"mail_template_id": other.id},
            "Product (art. 6)",
            CREDITOR,
            "Clause",
        )

    def test_letter_of_the_fallback(self):
        self.assertRefused(
            self.free, {"letter_text": "<p>Please pay.</p>"}, CREDITOR, "Clause"
        )
        self.free.letter_text = False
        self.free.fallback_channel = False
        self.free.letter_text = "<p>Nobody reads it.</p>"
        self.assertRefused(
            self.free, {"fallback_channel": "letter"}, CREDITOR, "Clause"
        )
        self.assertRefused(self.free, {"channel": "letter"}, CREDITOR, "Clause")

    def test_a_call_leaves_nothing_in_writing(self):
        self.assertRefused(
            self.free, {"channel": "phone"}, "Product (art. 6)", CREDITOR, "Clause"
        )

    def test_formal_notice(self):
        self.assertRefused(
            self.notice.mail_template_id,
            {"body_html": SAYS_ALL.replace("items", "payment")},
            "• Amount (art. 9): {{ object.amount_in_words }} / "
            "{{ object.amount_due_text }}",
        )

    def test_translation_that_lost_a_placeholder(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.template.with_context(lang="fr_FR")
        french.body_html = f"<p>Bonjour</p>{SAYS_ALL}"
        with_space = CREDITOR.replace(": ", "\N{NO-BREAK SPACE}: ")
        self.assertRefused(french, {"body_html": SAYS_LESS}, with_space)
        self.assertIn("creditor_text", self.template.body_html)

    def test_kind_of_the_policy(self):
        """Nothing is checked until a policy says for whom it is."""
        self.policy.debtor_kind = False
        self.template.body_html = "<p>Please pay.</p>"
        self.assertRefused(
            self.policy,
            {"debtor_kind": "consumer"},
            "Product (art. 6)",
            CREDITOR,
            "Clause",
        )
        self.policy.debtor_kind = "business"

    def test_step_that_becomes_required(self):
        step = self.make_policy(
            {"name": "Plain", "mail_template_id": self.make_template("<p/>").id},
            debtor_kind="consumer",
            company_id=self.company.id,
        ).step_ids
        text = self.assertRefused(
            step,
            {"legally_required": True},
            "Product (art. 6)",
            CREDITOR,
            "Clause",
        )
        self.assertIn("“Plain”", text)

    def test_templates_for_other_things(self):
        """A template of another step, or of another model, is nobody's business."""
        other = self.make_template("<p>Please pay.</p>")
        other.body_html = "<p>Pay.</p>"
        self.env["mail.template"].create(
            {
                "name": "Partner",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body_html": "<p>Hello</p>",
            }
        )

    def test_template_that_steps_use_by_default(self):
        default = self.env.ref(
            "credit_management.mail_template_consumer_first_reminder"
        )
        for lang, _name in self.env["res.lang"].get_installed():
            default.with_context(lang=lang).body_html = SAYS_ALL
        self.free.mail_template_id = False
        self.assertEqual(self.free._mail_template(), default)
        self.assertRefused(
            default, {"body_html": "<p/>"}, "Product (art. 6)", CREDITOR, "Clause"
        )

    def test_law_of_another_company(self):
        """The other company's country asks for nothing."""
        self.policy.company_id = self.other_company
        self.template.body_html = "<p>Please pay.</p>"
        self.assertRefused(
            self.policy,
            {"company_id": self.company.id},
            "Product (art. 6)",
            CREDITOR,
            "Clause",
        )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMentionsShipped(CreditCommon):
    """The texts that come with the addon, under the rules that come with it."""

    def test_placeholders_exist(self):
        shipped = self.env["credit.regime"].search([]).mention_ids
        self.assertGreater(len(shipped), 10)
        for mention in shipped:
            for name in (mention.placeholders or "").split(","):
                if name:
                    self.assertIn(name, PLACEHOLDERS, mention.name)

    def test_every_policy_under_every_law(self):
        """Each kind of debtor, each country, each language, each channel."""
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        self.assertGreaterEqual(len(langs), 3)
        checked = 0
        for name in ("business_courteous", "business_firm", "consumers", "public"):
            policy = self.env.ref(f"credit_management.credit_policy_{name}")
            self.assertTrue(policy.debtor_kind)
            regimes = self.env["credit.regime"].search(
                [("kind", "=", policy.debtor_kind)]
            )
            steps = policy.with_context(active_test=False).step_ids
            for step in steps.filtered(lambda s: s._document_kind()):
                for regime in regimes:
                    for channel in filter(None, (step.channel, step.fallback_channel)):
                        unsaid = step._unsaid(channel, regime._mentions(), langs)
                        self.assertEqual(
                            unsaid, [], f"{step.name}, {regime.name}, {channel}"
                        )
                        checked += bool(regime.mention_ids)
        self.assertGreater(checked, 20)

    def test_flags_of_shipped_steps(self):
        """First reminders are free; a formal notice gives fifteen days or more."""
        for name in ("business_courteous", "business_firm", "consumers", "public"):
            policy = self.env.ref(f"credit_management.credit_policy_{name}")
            steps = policy.with_context(active_test=False)._sequence_steps()
            written = steps.filtered(lambda s: s.channel != "phone")
            overdue = written.filtered(lambda s: s.delay_days >= 0)
            self.assertFalse(overdue[0]._wanted_charges(), name)
            for step in overdue[1:]:
                self.assertIn("interest", step._wanted_charges(), step.name)
                self.assertEqual(
                    "indemnity" in step._wanted_charges(), name != "consumers"
                )
                self.assertEqual(step.attach_calculation, step.formal_notice)
            for step in steps.filtered("formal_notice"):
                self.assertGreaterEqual(step.deadline_days, 15)

    def test_parts_are_placeholders(self):
        for part, carried in mentions.PARTS.items():
            self.assertIn(part, PLACEHOLDERS)
            for name in carried:
                self.assertIn(name, PLACEHOLDERS)
