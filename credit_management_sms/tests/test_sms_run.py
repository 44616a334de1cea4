"""What a run shows of its messages before it is confirmed, and what that takes."""

from psycopg2.errors import UniqueViolation

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests import test_volume
from odoo.addons.credit_management.tests.common import NOW

from .common import LANDLINE, SMS_STEP, SmsCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSmsRun(SmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["credit.sms.price"].create(
            [
                {"company_id": cls.company.id, "price": 0.1},
                {
                    "company_id": cls.company.id,
                    "price": 0.0654,
                    "country_id": cls.env.ref("base.be").id,
                },
                {"company_id": cls.other_company.id, "price": 3},
            ]
        )

    def rows(self, run):
        run.invalidate_recordset()
        [(_channel, count)] = run._read_text_groups().items()
        name, rows = run._text_summary("sms", count)
        self.assertEqual(name, "SMS")
        return dict(rows)

    def test_shown_before_it_is_confirmed(self):
        self.make_invoice(self.debtor_b)
        run = self.propose()
        self.assertEqual(run.sms_count, 2)
        rows = self.rows(run)
        self.assertEqual(rows["Messages"], "2")
        self.assertEqual(rows["Segments"], "2")
        # One to France, one to Belgium.
        self.assertEqual(rows["Estimated cost"], "0.17\N{NO-BREAK SPACE}€")
        self.assertIn("Segments", run.sms_html)
        self.assertNotIn("Left out", " ".join(rows))
        run.action_confirm()
        self.assertEqual(run.sms_count, 2)
        self.text(run.reminder_ids)
        run.invalidate_recordset()
        self.assertFalse(run.sms_count)
        self.assertFalse(run.sms_html)
        costs = dict(run.reminder_ids.mapped(lambda r: (r.partner_id, r.sms_cost)))
        self.assertAlmostEqual(costs[self.debtor], 0.1)
        self.assertAlmostEqual(costs[self.debtor_b], 0.0654)

    def test_long_texts_cost_more(self):
        self.step_1._sms_template().body = "ê" * 100
        rows = self.rows(self.propose())
        self.assertEqual(rows["Segments"], "2")
        self.assertEqual(rows["Estimated cost"], "0.20\N{NO-BREAK SPACE}€")

    def test_without_a_number(self):
        self.debtor.phone = LANDLINE
        rows = self.rows(self.propose())
        self.assertEqual(rows["Segments"], "0")
        self.assertEqual(rows["Left out: no mobile number"], "1")

    def test_what_cannot_leave_costs_nothing(self):
        self.make_invoice(self.debtor_b)
        unwilling = self.make_debtor("Unwilling", phone="06 12 34 56 79")
        unwilling.credit_sms_optout = True
        self.make_invoice(unwilling)
        self.env["phone.blacklist"].create({"number": "+32470123456"})
        rows = self.rows(self.propose())
        self.assertEqual((rows["Messages"], rows["Segments"]), ("1", "1"))
        self.assertEqual(rows["Estimated cost"], "0.10\N{NO-BREAK SPACE}€")
        self.assertEqual(rows["Left out: no text messages wanted"], "1")
        self.assertEqual(rows["Left out: number on the blacklist"], "1")

    def test_price_of_the_company(self):
        self.make_invoice(self.debtor_b, company=self.other_company)
        run = self.propose(self.other_company)
        rows = self.rows(run)
        self.assertEqual(rows["Estimated cost"], "$\N{NO-BREAK SPACE}3.00")
        self.env["credit.sms.price"].search(
            [("company_id", "=", self.other_company.id)]
        ).unlink()
        rows = self.rows(run)
        self.assertIn("unknown", rows["Estimated cost"])

    def test_one_price_a_country(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["credit.sms.price"].create(
                {"company_id": self.company.id, "price": 0.2}
            )

    def test_many_are_estimated(self):
        """Of a great many some are read, and stand for all."""
        self.make_invoice(self.debtor_b)
        run = self.propose()
        _name, rows = run._text_summary("sms", 20)
        self.assertEqual(dict(rows)["Messages"], "about 20")
        self.assertEqual(dict(rows)["Segments"], "about 20")
        self.assertEqual(dict(rows)["Estimated cost"], "about 1.65\N{NO-BREAK SPACE}€")

    def _queries(self, reminders):
        """What it takes to see what keeps messages back, when and at what price."""
        self.env.flush_all()
        self.env.invalidate_all()
        # As a worker claims them.
        reminders = reminders.browse(reminders.ids)
        before = self.env.cr.sql_log_count
        mobiles = reminders._mobiles()
        self.assertFalse(reminders._text_alerts())
        openings = reminders._contact_openings()
        self.assertEqual(len(reminders._text_estimates(mobiles)), len(reminders))
        self.assertTrue(all(opening.at for opening in openings.values()))
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_batch(self):
        for number in range(11):
            debtor = self.make_debtor(
                f"Debtor {number}", phone=f"06 12 34 56 {number + 10}"
            )
            self.make_invoice(debtor)
        reminders = self.propose().reminder_ids
        self.assertEqual(len(reminders), 12)
        self._queries(reminders)
        self.assertEqual(self._queries(reminders[:2]), self._queries(reminders))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSmsVolume(test_volume.TestVolume):
    """Steps by SMS cost a proposal no query more, however many items there are."""

    def make_policy(self, *steps, **values):
        return super().make_policy(SMS_STEP, **values)
