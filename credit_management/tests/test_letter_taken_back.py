"""Letters that wait while they are paid: they do not leave."""

from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW, TODAY
from .postal_common import PostalCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestLetterTakenBack(PostalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls.letter(channel="letter", file=1)
        cls.other = cls.letter(cls.debtor_b, file=1)
        cls.letters = cls.plain | cls.other

    def assertTakenBack(self, letters, reason):
        for letter in letters:
            self.assertEqual(letter.state, "cancelled")
            self.assertFalse(letter.delivery_state)
            self.assertFalse(letter.postal_state)
            self.assertFalse(letter.printed)
            self.assertIn(reason, letter.failure_reason)
            self.assertIn(reason, letter.message_ids[0].body)
            for move in self.invoices(letter):
                self.assertIn(f"{letter.name} was taken", move.message_ids[0].body)
                self.assertIn(reason, move.message_ids[0].body)
        self.assertFalse(self.tasks(letters))

    def assertTold(self, action, count):
        """The person reads how many letters were taken back; what follows."""
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn(f": {count}.", action["params"]["message"])
        return action["params"]["next"]

    def invoices(self, letters):
        return letters.line_ids.move_line_id.move_id

    def tasks(self, letters):
        tasks = self.env["credit.task"].search(
            [("kind", "in", ("letter", "post")), ("res_id", "in", letters.ids)]
        )
        return tasks.filtered(lambda task: task.res_model == letters._name)

    def test_paid(self):
        self.assertEqual(len(self.tasks(self.letters)), 2)
        self.pay(self.invoices(self.plain))
        then = self.assertTold(self.plain.action_print_letters(), 1)
        self.assertEqual(then["type"], "ir.actions.act_window_close")
        self.assertTakenBack(self.plain, "Nothing is left to claim")
        with self.assertRaises(UserError):
            self.env["credit.postal.batch"]._make(self.plain)

    def test_paid_in_part(self):
        move = self.invoices(self.plain)
        self.pay(move, 40)
        self.assertTold(self.plain.action_print_letters(), 1)
        self.assertTakenBack(self.plain, "Less is owed")
        proposed = self.propose().reminder_ids
        self.assertEqual(self.invoices(proposed), move)
        self.assertEqual(proposed.step_id, self.first_step)
        self.assertEqual(proposed.amount_residual, 60)

    def test_one_of_two_invoices(self):
        letter = self.letter(channel="letter", file=1)
        line = self.plain.line_ids
        line.reminder_id = letter
        self.pay(self.invoices(letter)[0])
        self.assertTold(letter.action_print_letters(), 1)
        self.assertTakenBack(letter, "Less is owed")

    def test_one_of_two_letters(self):
        self.pay(self.invoices(self.plain))
        collector = self.make_user("collector")
        task = self.tasks(self.letters).with_user(collector)
        action = task.with_context(act="done").action_act()
        then = self.assertTold(action, 1)
        self.assertEqual((then["type"], then["target"]), ("ir.actions.act_url", "new"))
        self.assertTakenBack(self.plain, "Nothing is left to claim")
        self.assertEqual((self.other.state, self.other.printed), ("sent", True))
        self.assertEqual(self.other.postal_state, "to_post")

    def test_as_it_is_owed(self):
        action = self.letters.action_print_letters()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertEqual(self.letters.mapped("printed"), [True, True])
        # What is printed stays as it is, whatever is paid.
        self.pay(self.invoices(self.plain))
        action = self.letters.action_print_letters()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertEqual(self.plain.state, "sent")

    def test_credit_that_came_in(self):
        self.make_payment(amount=30)
        self.assertTold(self.letters.action_print_letters(), 1)
        self.assertTakenBack(self.plain, "Less is owed")

    def test_credit_that_was_netted(self):
        self.make_payment(amount=30)
        self.plain.amount_credit = 30
        action = self.letters.action_print_letters()
        self.assertEqual(action["type"], "ir.actions.act_url")

    def test_stopped(self):
        self.env["credit.hold"].create(
            {"partner_id": self.debtor_b.id, "date_end": TODAY, "reason": "R"}
        )
        self.assertTold(self.letters.action_print_letters(), 1)
        self.assertTakenBack(self.other, "On hold")
        self.assertTrue(self.plain.printed)

    def test_thanks(self):
        self.letters.is_thanks = True
        self.pay(self.invoices(self.other))
        self.assertTold(self.letters.action_print_letters(), 1)
        self.assertTakenBack(self.plain, "The payment was taken back")
        self.assertTrue(self.other.printed)

    def test_charges(self):
        line = self.plain.line_ids
        charge = (
            self.env["credit.charge"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.debtor.id,
                    "currency_id": self.company.currency_id.id,
                    "kind": "indemnity",
                    "move_line_id": line.move_line_id.id,
                    "reminder_id": self.plain.id,
                    "amount": 40,
                    "date": self.MADE,
                }
            )
        )
        self.pay(self.invoices(self.plain))
        self.plain.action_print_letters()
        self.assertEqual(charge.state, "reversed")

    def test_charge_that_was_waived(self):
        charge = (
            self.env["credit.charge"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.debtor.id,
                    "currency_id": self.company.currency_id.id,
                    "kind": "fee",
                    "reminder_id": self.plain.id,
                    "amount": 10,
                    "date": self.MADE,
                }
            )
        )
        charge._waive(4, "Goodwill")
        self.assertTold(self.plain.action_print_letters(), 1)
        self.assertTakenBack(self.plain, "Less is owed")

    def test_batch(self):
        self.pay(self.invoices(self.plain), 40)
        action = self.letters.action_postal_batch()
        then = self.assertTold(action, 1)
        batch = self.env["credit.postal.batch"].browse(then["res_id"])
        self.assertEqual(batch.line_ids.reminder_id, self.other)
        self.assertTakenBack(self.plain, "Less is owed")
        # It has not left yet: who pays now gets no letter either.
        self.pay(self.invoices(self.other))
        self.assertTold(batch.action_export(), 1)
        self.assertEqual(batch.state, "draft")
        self.assertFalse(batch.line_ids)
        self.assertFalse(self.other.postal_batch_id)
        self.assertTakenBack(self.other, "Nothing is left to claim")

    def test_batch_of_what_waits(self):
        self.pay(self.invoices(self.plain))
        batch = self.env["credit.postal.batch"].create({})
        self.assertTold(batch.action_add_waiting(), 1)
        self.assertEqual(batch.line_ids.reminder_id, self.other)
        batch.action_export()
        self.pay(self.invoices(self.other))
        batch.action_export()
        self.assertEqual(self.other.state, "sent", "the print shop has it")

    def test_two_companies(self):
        policy = self.make_policy(
            {"delay_days": 5, "channel": "letter"}, company_id=self.other_company.id
        )
        abroad, paid = (
            self.letter(
                debtor,
                step=policy.step_ids,
                company=self.other_company,
                channel="letter",
                file=1,
            )
            for debtor in (self.debtor, self.debtor_b)
        )
        self.pay(self.invoices(paid))
        self.pay(self.invoices(self.plain), 1)
        letters = self.letters | abroad | paid
        self.assertTold(letters.action_print_letters(), 2)
        self.assertTakenBack(self.plain, "Less is owed")
        self.assertTakenBack(paid, "Nothing is left to claim")
        self.assertEqual((self.other | abroad).mapped("printed"), [True, True])

    def test_queries(self):
        """However many letters there are, they are looked at and taken back at once."""
        counts = []
        for number in (2, 6):
            letters = self.reminders.union(
                *(self.letter(channel="letter", file=1) for _index in range(number))
            )
            self.pay(self.invoices(letters[1:]))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            gone = letters._take_back_outdated()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(gone, letters[1:])
        self.assertLessEqual(counts[1], counts[0])


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestLetterAddress(PostalCommon, HttpCase):
    """The address of the report goes by the rules of the letters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letter_1 = cls.letter(channel="letter", file=1)
        cls.report = "credit_management.report_reminder"

    def printed(self, reminder):
        reports = self.env["ir.actions.report"]
        return reports._render_qweb_pdf(self.report, reminder.ids)[0]

    def test_what_waits_and_is_paid(self):
        """What printing would take back is refused; what was printed is shown."""
        self.assertTrue(self.printed(self.letter_1))
        self.pay(self.letter_1.line_ids.move_line_id.move_id)
        with self.assertRaisesRegex(UserError, "can't leave as it is: Nothing is left"):
            self.printed(self.letter_1)
        self.assertEqual(self.letter_1.state, "sent")
        self.letter_1.printed = True
        self.assertTrue(self.printed(self.letter_1))

    def test_what_was_taken_back(self):
        self.pay(self.letter_1.line_ids.move_line_id.move_id)
        self.letter_1.action_print_letters()
        self.assertEqual(self.letter_1.state, "cancelled")
        with self.assertRaisesRegex(UserError, "was cancelled"):
            self.printed(self.letter_1)
        with self.assertRaisesRegex(UserError, "was cancelled"):
            self.letter_1.action_print_letters()

    def test_never_as_a_page(self):
        """A page would be made anew: with the days of today, also where none left."""
        items = self.items(self.make_invoice())
        imported = self.env["credit.reminder"]._import_position(
            {self.first_step: items}
        )
        user = self.make_user("collector")
        user.password = "collector"
        self.authenticate("collector", "collector")
        for converter in ("pdf", "html", "text"):
            with self.subTest(converter):
                url = f"/report/{converter}/{self.report}/"
                with mute_logger("odoo.http"):
                    shown = self.url_open(f"{url}{self.letter_1.id}").status_code
                    response = self.url_open(f"{url}{imported.id}")
                self.assertEqual(shown == 200, converter == "pdf")
                self.assertNotEqual(response.status_code, 200)
                self.assertNotIn(imported.line_ids.move_id.name, response.text)
