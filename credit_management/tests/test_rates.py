"""The rates that are shipped, and what a rate may be."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged
from odoo.tools import file_open, mute_logger

from ..engine.periods import missing_starts
from ..engine.rates import MissingRate

#: Values that do not follow from their base, and why: contracts made before
#: 29 July 2014 bore eight points more than the base rate, not nine.
EXCEPTIONS = {
    ("DE_B2B", date(2012, 1, 1)),
    ("DE_B2B", date(2012, 7, 1)),
    ("DE_B2B", date(2013, 1, 1)),
    ("DE_B2B", date(2013, 7, 1)),
    ("DE_B2B", date(2014, 1, 1)),
    ("DE_B2B", date(2014, 7, 1)),
}


@tagged("post_install", "-at_install")
class TestShippedRates(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open("credit_management/data/credit.rate.csv") as file:
            cls.rows = list(csv.DictReader(file))
        cls.values = defaultdict(dict)
        for row in cls.rows:
            day = date.fromisoformat(row["valid_from"])
            cls.values[row["series"]][day] = Decimal(row["rate"])
        cls.series = cls.env["credit.rate.series"]._by_code(list(cls.values))

    def test_every_row_is_there(self):
        self.assertEqual(len(self.rows), 655)
        self.assertEqual(len(self.series), 31)
        for row in self.rows:
            rate = self.env.ref(f"credit_management.{row['id']}")
            self.assertEqual(
                (rate.series, str(rate.valid_from), rate.source, rate.confidence),
                (row["series"], row["valid_from"], row["source"], row["confidence"]),
            )
            self.assertEqual(Decimal(repr(rate.rate)), Decimal(row["rate"]))
            self.assertEqual(rate.series_id.code, rate.series)
            self.assertEqual(rate.state, "confirmed")

    def test_known_figures(self):
        """What was published for the second half of 2026, written out once more."""
        book = self.env["credit.rate"]._book(self.env.company)
        for code, percent in {
            "ECB_REF_SEMESTER": "2.40",
            "FR_B2B_DEFAULT": "12.40",
            "FR_B2B_FLOOR_3X_LEGAL": "8.25",
            "FR_LEGAL_PRO_CREDITOR": "2.75",
            "FR_LEGAL_PRIVATE_CREDITOR": "6.84",
            "BE_COMMERCIAL": "10.50",
            "BE_LEGAL": "4.50",
            "DE_B2B": "10.52",
            "DE_B2C": "6.52",
            "UK_LATE_PAYMENT_B2B": "11.75",
            "NL_COMMERCIAL": "10.40",
            "LU_LEGAL": "3.75",
            "IT_LEGAL": "1.60",
            "AT_B2B": "10.73",
            "CH_DEFAULT": "5",
        }.items():
            with self.subTest(code=code):
                found = book[code].at(date(2026, 12, 31)).percent
                self.assertEqual(found, Decimal(percent))

    def test_derived_values_follow_from_their_base(self):
        """The margins, factors and roundings of the series give what is shipped."""
        checked, odd = 0, set()
        for code, series in self.series.items():
            if not series.base_code:
                continue
            base = self.values[series.base_code]
            for day, value in self.values[code].items():
                decisive = day - timedelta(days=1) if series.base_day_before else day
                before = [start for start in base if start <= decisive]
                if not before:
                    continue
                expected = base[max(before)] * Decimal(f"{series.factor:.5f}")
                expected += Decimal(f"{series.margin:.5f}")
                if series.round_half_up:
                    expected = (expected * 2).to_integral_value(ROUND_CEILING) / 2
                checked += 1
                if expected != value:
                    odd.add((code, day))
        self.assertEqual(odd, EXCEPTIONS)
        self.assertEqual(checked, 450)

    def test_no_period_is_left_out(self):
        for code, series in self.series.items():
            if series.frequency != "change":
                with self.subTest(code=code):
                    gaps = missing_starts(series.frequency, self.values[code])
                    self.assertEqual(gaps, [])

    def test_what_is_not_known_stops(self):
        """The Dutch rate from 1 July 2026 was not found, 2027 is not published yet."""
        book = self.env["credit.rate"]._book(self.env.company)
        self.assertEqual(book["NL_LEGAL"].at(date(2026, 6, 30)).percent, Decimal(4))
        for code, day, period in (
            ("NL_LEGAL", date(2026, 7, 1), "2026-07-01"),
            ("FR_B2B_DEFAULT", date(2027, 1, 1), "2027-S1"),
            ("BE_LEGAL", date(2027, 1, 1), "2027"),
            ("FR_B2B_FLOOR_3X_LEGAL", date(2014, 12, 31), "2014-S2"),
        ):
            with self.subTest(code=code), self.assertRaises(MissingRate) as caught:
                book[code].at(day)
            self.assertEqual(caught.exception.period, period)


@tagged("post_install", "-at_install")
@freeze_time("2026-11-24 12:00:00")
class TestRates(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rates = cls.env["credit.rate"]

    def _rate(self, **values):
        return self.rates.create(
            {
                "series": "FR_B2B_DEFAULT",
                "valid_from": "2027-01-01",
                "rate": 12.65,
                **values,
            }
        )

    def _refused(self, words, **values):
        with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
            self._rate(**values)
        self.assertIn(words, str(caught.exception))

    def _at(self, code, day, company=None):
        book = self.rates._book(company or self.env.company)
        return book[code].at(date.fromisoformat(day)).percent

    # -- What a rate may be -------------------------------------------------------

    def test_good(self):
        self._rate()
        self.assertEqual(self._at("FR_B2B_DEFAULT", "2027-01-01"), Decimal("12.65"))

    def test_negative(self):
        """Base rates were below zero for years."""
        self._rate(series="DE_BASE_RATE", rate=-0.88)
        self.assertEqual(self._at("DE_BASE_RATE", "2027-03-01"), Decimal("-0.88"))

    def test_out_of_bounds(self):
        self._refused("1000 % is no rate of interest", rate=1000)
        self._refused("100.01 % is no rate of interest", rate=100.01)
        self._refused("-5.5 % is no rate of interest", rate=-5.5)
        self._rate(rate=100)

    def test_changed_out_of_bounds(self):
        rate = self._rate()
        with self.assertRaises(ValidationError):
            rate.rate = 1000

    def test_unknown_series(self):
        self._refused("no series of rates with the code “FR_TYPO”", series="FR_TYPO")

    def test_too_far_ahead(self):
        self._refused("nobody can know today", valid_from="2027-07-01")
        self._refused(
            "nobody can know today", series="BE_LEGAL", valid_from="2028-01-01"
        )
        self._refused(
            "nobody can know today", series="ECB_MRO", valid_from="2027-06-30"
        )
        self._rate(series="ECB_MRO", valid_from="2027-02-03", rate=2.9)
        self._rate(series="BE_LEGAL", valid_from="2027-01-01", rate=4.5)

    def test_not_on_a_border(self):
        self._refused(
            "holds from 07/01/2026 or from 01/01/2027", valid_from="2026-11-01"
        )
        self._refused(
            "holds from 01/01/2026 or from 01/01/2027",
            series="LU_LEGAL",
            valid_from="2026-07-01",
        )
        self._refused(
            "not from 07/29/2014", series="BE_COMMERCIAL", valid_from="2014-07-29"
        )

    @mute_logger("odoo.sql_db")
    def test_twice(self):
        with (
            self.assertRaisesRegex(Exception, "series_day_unique"),
            self.cr.savepoint(),
        ):
            self._rate(valid_from="2026-07-01")
            self.env.flush_all()

    def test_groups_of_a_list_show_no_sum(self):
        rates = self.env["credit.rate"]
        domain = [("series", "=", "BE_COMMERCIAL"), ("valid_from", "<=", "2023-01-01")]
        query = (domain, ["series"], ["rate:avg", "__count"])
        [group] = rates.web_read_group(*query)["groups"]
        self.assertNotIn("rate:avg", group)
        [point] = rates.formatted_read_group(
            domain, ["valid_from:year", "series"], ["rate:avg"], order="valid_from:year"
        )[-1:]
        self.assertEqual(point["rate:avg"], 10.5)

    # -- What is calculated with ---------------------------------------------------

    def test_proposed_rates_do_not_count(self):
        rate = self._rate(state="proposed")
        with self.assertRaises(MissingRate):
            self._at("FR_B2B_DEFAULT", "2027-01-01")
        rate.action_confirm()
        self.assertEqual(self._at("FR_B2B_DEFAULT", "2027-01-01"), Decimal("12.65"))

    def test_changes_are_seen_at_once(self):
        rate = self._rate()
        self.assertEqual(self._at("FR_B2B_DEFAULT", "2027-06-30"), Decimal("12.65"))
        rate.rate = 12.9
        self.assertEqual(self._at("FR_B2B_DEFAULT", "2027-06-30"), Decimal("12.9"))
        rate.unlink()
        with self.assertRaises(MissingRate):
            self._at("FR_B2B_DEFAULT", "2027-06-30")

    def test_checked_until_is_seen_at_once(self):
        series = self.env.ref("credit_management.series_nl_legal")
        with self.assertRaises(MissingRate):
            self._at("NL_LEGAL", "2026-11-24")
        series.checked_until = "2026-12-31"
        self.assertEqual(self._at("NL_LEGAL", "2026-11-24"), Decimal(4))

    def test_rate_of_one_company(self):
        company = self.env["res.company"].create({"name": "With a contract"})
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": company.id}
        )
        self.env["credit.rate.series"].create(
            {"code": "OURS", "name": "Agreed", "company_id": company.id}
        )
        self._rate(series="OURS", valid_from="2026-01-01", rate=9.5)
        for owner in (company, branch):
            self.assertEqual(self._at("OURS", "2026-11-24", owner), Decimal("9.5"))
        self.assertNotIn("OURS", self.rates._book(self.env.company))
        user = new_test_user(
            self.env,
            "elsewhere",
            "credit_management.group_manager",
            company_id=self.env.company.id,
            company_ids=[Command.set(self.env.company.ids)],
        )
        ours = self.rates.search([("series", "=", "OURS")])
        self.assertTrue(ours)
        self.assertFalse(ours.with_user(user).has_access("read"))

    # -- Upgrades --------------------------------------------------------------------

    def _upgrade(self, rate, valid_from="2026-07-01", series="FR_B2B_DEFAULT"):
        """What an upgrade does with one row of a release's file."""
        self.env.flush_all()
        name = f"rate_{series.lower()}_{valid_from.replace('-', '_')}"
        self.rates.with_context(install_mode=True)._load_records(
            [
                {
                    "xml_id": f"credit_management.{name}",
                    "values": {
                        "series": series,
                        "valid_from": valid_from,
                        "rate": rate,
                        "source": "A later release",
                    },
                    "noupdate": False,
                }
            ],
            update=True,
        )
        return self.rates.search(
            [("series", "=", series), ("valid_from", "=", valid_from)]
        )

    def test_release_mends_its_own(self):
        rate = self._upgrade(12.41)
        self.assertEqual((rate.rate, rate.source), (12.41, "A later release"))
        self.assertEqual(self._upgrade(12.42).rate, 12.42)

    def test_correction_of_a_user_survives(self):
        self.env.ref("credit_management.rate_fr_b2b_default_2026_07_01").rate = 12.5
        rate = self._upgrade(12.41)
        self.assertEqual(rate.rate, 12.5)
        self.assertNotEqual(rate.source, "A later release")

    def test_release_brings_a_new_half_year(self):
        rate = self._upgrade(12.65, "2027-01-01")
        self.assertEqual((rate.rate, rate.source), (12.65, "A later release"))
        self.assertEqual(self._at("FR_B2B_DEFAULT", "2027-01-01"), Decimal("12.65"))

    def test_half_year_entered_before_its_release(self):
        mine = self._rate(rate=12.66)
        for __ in range(2):
            rate = self._upgrade(12.65, "2027-01-01")
            self.assertEqual((rate, rate.rate), (mine, 12.66))
