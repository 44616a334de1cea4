"""Two wordings of a step: who gets which, and what is kept of it."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..engine import variants
from .common import DeliveryCommon
from .test_mention_check import SAYS_ALL, MentionsCommon


@tagged("post_install", "-at_install")
class TestVariant(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1, cls.step_2, cls.step_3 = cls.policy.step_ids
        first = cls.step_1._mail_template()
        cls.second = first.copy({"name": "Other", "subject": "A second wording"})
        cls.debtors = cls.env["res.partner"].union(
            *(cls.make_debtor(f"Debtor {number}") for number in range(12))
        )
        for debtor in cls.debtors:
            cls.make_invoice(debtor)
        # Four at least get each wording, whatever their numbers: two debtors may well
        # have one place.
        places = sorted(variants.place(d.id, cls.step_1.id) for d in cls.debtors)
        second = next(n for n in range(4, 9) if places[n - 1] < places[n])
        cls.percent = places[second]

    def _second_readers(self, step=None):
        step = step or self.step_1
        return self.debtors.filtered(
            lambda debtor: variants.choose(debtor.id, step.id, self.percent) == "b"
        )

    def _split(self, **values):
        self.step_1.write(
            {
                "variant_template_id": self.second.id,
                "variant_percent": self.percent,
                **values,
            }
        )

    def _reminded(self):
        reminders = self.propose().reminder_ids
        reminders.action_approve()
        self.deliver(reminders)
        self.assertEqual(set(reminders.mapped("state")), {"sent"})
        return reminders

    def test_e_mails(self):
        self._split()
        reminders = self._reminded()
        for reminder in reminders:
            second = reminder.partner_id in self._second_readers()
            self.assertEqual(reminder.variant, "b" if second else "a")
            subject = reminder.mail_id.sudo().subject
            self.assertEqual(subject == "A second wording", second)

    def test_without(self):
        self.assertEqual(set(self._reminded().mapped("variant")), {False})

    def test_all_and_nobody(self):
        self._split(variant_percent=100)
        self.assertEqual(set(self._reminded().mapped("variant")), {"b"})
        self.step_2.write({"variant_template_id": self.second.id, "variant_percent": 0})
        self.assertFalse(self.step_2._wording_for(self.debtors[0], "email"))

    def test_preview_is_what_will_leave(self):
        self._split()
        reminders = self.propose().reminder_ids
        self.assertEqual(set(reminders.mapped("variant")), {False})
        for reminder in reminders:
            second = reminder.partner_id in self._second_readers()
            self.assertEqual(reminder._mail_template() == self.second, second)

    def test_letters(self):
        self.step_1.write(
            {
                "channel": "letter",
                "letter_text": "<p>The first text</p>",
                "variant_letter_text": "<p>The second text</p>",
                "variant_percent": self.percent,
            }
        )
        reminders = self.propose().reminder_ids
        for reminder in reminders:
            second = reminder.partner_id in self._second_readers()
            text = "The second text" if second else "The first text"
            self.assertIn(text, reminder.letter_html)
        reminders.action_approve()
        self.deliver(reminders)
        self.assertEqual(set(reminders.mapped("variant")), {"a", "b"})

    def test_channel_with_one_wording(self):
        """A letter that takes over from an e-mail says what letters say."""
        self._split(letter_text="<p>Only text</p>", fallback_channel="letter")
        self.debtors.email = False
        reminders = self.propose().reminder_ids
        reminders.action_approve()
        self.deliver(reminders)
        letters = reminders.fallback_ids
        self.deliver(letters)
        self.assertEqual(set(letters.mapped("state")), {"sent"})
        self.assertEqual(set(letters.mapped("variant")), {False})

    def test_kept(self):
        """What was sent stays, whatever becomes of the split."""
        self._split()
        reminders = self._reminded()
        before = {reminder: reminder.variant for reminder in reminders}
        self.step_1.variant_percent = 0
        self.assertEqual({r: r.variant for r in reminders}, before)
        self.assertEqual({r: r._wording() for r in reminders}, before)

    def test_refused(self):
        with self.assertRaises(ValidationError):
            self.step_1.variant_percent = 50
        with self.assertRaises(ValidationError):
            self._split(channel="phone", fallback_channel=False)

    def test_queries_of_a_mail(self):
        """No more of them for a wording: settled for the whole batch."""
        self._split()
        reminders = self.propose().reminder_ids
        reminders.action_approve()
        second = reminders.filtered(lambda r: r.partner_id in self._second_readers())
        first = reminders - second
        self.deliver(first[:1] | second[:1])
        counts = []
        for batch in (first[1:2] | second[1:2], first[2:4] | second[2:4]):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.deliver(batch)
            counts.append(self.env.cr.sql_log_count - before)
        # Four statements a mail, as without.
        self.assertEqual(counts[1] - counts[0], 2 * 4)


@tagged("post_install", "-at_install")
class TestVariantMentions(MentionsCommon):
    def test_the_law_asks_the_same_of_both(self):
        """A second wording that says too little is refused like the first."""
        self.policy.debtor_kind = "consumer"
        second = self.make_template(SAYS_ALL)
        self.free.write({"variant_template_id": second.id, "variant_percent": 10})
        with self.assertRaises(ValidationError):
            second.body_html = "<p>Please pay.</p>"
        silent = self.make_template("<p>Please pay.</p>")
        with self.assertRaises(ValidationError):
            self.free.variant_template_id = silent
        # So is the second text of a letter, by which the step may leave as well.
        with self.assertRaises(ValidationError):
            self.free.variant_letter_text = "<p>Please pay.</p>"
