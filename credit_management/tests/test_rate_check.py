"""Missing rates become something to do, once, for those who can enter them."""

from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from ..engine.rates import MissingRate
from ..models.credit_rate_check import ACTIVITY_MISSING
from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestRateCheck(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for group in (
            "credit_management.group_manager",
            "account.group_account_manager",
        ):
            cls.env.ref(group).user_ids = False
        cls.managers = cls._manager("first") | cls._manager("second")
        new_test_user(cls.env, "reader", "credit_management.group_viewer")
        # Other companies of the database have countries of their own.
        others = cls.env["res.company"].search([]) - cls.company - cls.other_company
        others.country_id = cls.env.ref("base.us")
        # The scheduled task is done by the system's own user.
        cls.series = cls.env["credit.rate.series"].sudo()

    def test_series_that_has_ended(self):
        """What the law has given up is asked of nobody, and still not extrapolated."""
        self.assertFalse(self.missing("FR_LEGAL_SINGLE", "2026-11-25"))
        self.assertFalse(self.missing("BE_COMMERCIAL_PRE20130316", "2026-11-25"))
        self.assertIn("2015", self.missing("FR_LEGAL_SINGLE", "2014-12-25"))
        book = self.env["credit.rate"]._book(self.company)
        with self.assertRaises(MissingRate):
            book["FR_LEGAL_SINGLE"].at(date(2015, 1, 1))

    @classmethod
    def _manager(cls, login):
        return new_test_user(
            cls.env,
            login,
            "credit_management.group_manager",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company | cls.other_company).ids)],
        )

    def check(self, day):
        with freeze_time(f"{day} 12:00:00"):
            self.series._cron_check_rates()

    def activities(self):
        every = self.series.search([])
        return every._open_activities(ACTIVITY_MISSING)

    def asked(self):
        every = self.series.browse(self.activities().mapped("res_id"))
        return set(every.mapped("code"))

    def missing(self, code, day):
        with freeze_time(f"{day} 12:00:00"):
            series = self.series._by_code([code])[code]
            series.invalidate_recordset(["missing_text"])
            return series.missing_text

    def test_nothing_is_missing(self):
        self.check("2026-11-24")
        self.assertEqual(self.asked(), set())

    def test_two_weeks_before(self):
        self.check("2026-12-17")
        self.assertEqual(self.asked(), set())
        self.check("2026-12-18")
        self.assertEqual(
            self.asked(),
            {
                "FR_B2B_DEFAULT",
                "FR_B2B_FLOOR_3X_LEGAL",
                "FR_LEGAL_PRO_CREDITOR",
                # Public bodies in France.
                "ECB_REF_SEMESTER",
            },
        )

    def test_once_for_each_manager(self):
        for __ in range(3):
            self.check("2026-12-20")
        activities = self.activities()
        self.assertEqual(len(activities), 4 * len(self.managers))
        self.assertEqual(activities.user_id, self.managers)
        note = activities.filtered(lambda a: a.res_name.startswith("FR_B2B_DEFAULT"))[
            0
        ].note
        self.assertIn(
            "the rate for 2027-S1, from 01/01/2027 to 06/30/2027, is missing", note
        )

    def test_loaded(self):
        self.check("2026-12-20")
        with freeze_time("2026-12-20 12:00:00"):
            rate = (
                self.env["credit.rate"]
                .sudo()
                .create(
                    {
                        "series": "FR_B2B_DEFAULT",
                        "valid_from": "2027-01-01",
                        "rate": 12.65,
                        "state": "proposed",
                    }
                )
            )
        self.assertIn("FR_B2B_DEFAULT", self.asked())
        self.assertIn(
            "waits to be confirmed", self.missing("FR_B2B_DEFAULT", "2026-12-20")
        )
        with freeze_time("2026-12-20 12:00:00"):
            rate.action_confirm()
        self.assertNotIn("FR_B2B_DEFAULT", self.asked())
        self.assertFalse(self.missing("FR_B2B_DEFAULT", "2026-12-20"))
        self.check("2026-12-21")
        self.assertEqual(
            self.asked(),
            {"FR_B2B_FLOOR_3X_LEGAL", "FR_LEGAL_PRO_CREDITOR", "ECB_REF_SEMESTER"},
        )

    def test_missing_half_year_in_the_middle(self):
        rate = self.env.ref("credit_management.rate_fr_b2b_default_2026_07_01")
        rate.sudo().unlink()
        self.check("2026-11-24")
        self.assertEqual(self.asked(), {"FR_B2B_DEFAULT"})

    def test_countries_of_debtors(self):
        """Whoever sells to the Netherlands needs the Dutch rate, once it is open."""
        self.debtor.country_id = self.env.ref("base.nl")
        self.check("2026-11-24")
        self.assertEqual(self.asked(), set())
        move = self.make_invoice()
        self.check("2026-11-24")
        self.assertEqual(self.asked(), {"NL_LEGAL"})
        self.assertEqual(
            self.missing("NL_LEGAL", "2026-11-24"),
            "Netherlands: legal rate: whether the rate of 01/01/2026 still holds is "
            "not known after 06/30/2026.",
        )
        self.pay(move)
        self.check("2026-11-24")
        self.assertEqual(self.asked(), set())

    def test_series_of_the_terms(self):
        series = self.series.create(
            {"code": "OURS", "name": "Agreed", "company_id": self.other_company.id}
        )
        self.env["credit.terms"].sudo().create(
            {
                "name": "Terms",
                "company_id": self.other_company.id,
                "kind": "business",
                "rate_rule": "series",
                "rate_series": "OURS",
            }
        )
        self.managers[0].company_ids = [Command.set(self.company.ids)]
        self.check("2026-11-24")
        self.assertEqual(self.asked(), {"OURS"})
        self.assertEqual(self.activities().user_id, self.managers[1])
        self.assertEqual(
            self.missing("OURS", "2026-11-24"), "Agreed has no rate for today."
        )
        with freeze_time("2026-11-24 12:00:00"):
            self.env["credit.rate"].sudo().create(
                {"series": "OURS", "valid_from": date(2026, 1, 1), "rate": 9}
            )
        self.assertFalse(series.missing_text)
        self.assertEqual(self.asked(), set())

    def test_yearly_series(self):
        self.assertFalse(self.missing("BE_LEGAL", "2026-12-17"))
        self.assertIn(
            "the rate for 2027, from 01/01/2027", self.missing("BE_LEGAL", "2026-12-18")
        )
        self.assertIn("the rate for 2028", self.missing("BE_LEGAL", "2028-03-01"))

    def test_open_ended_series(self):
        self.assertFalse(self.missing("CH_DEFAULT", "2099-01-01"))
