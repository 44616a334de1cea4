"""A regime on one page: what a lawyer reads, on screen and on paper."""

from io import BytesIO

from lxml import html
from pypdf import PdfReader

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..models.credit_regime_parts import TOPICS
from .charges_common import ChargesCommon

#: The longest sheets of those that are shipped.
LONGEST = ("regime_be_consumer_2023", "regime_fr_business")
SPACE = "\N{NO-BREAK SPACE}"


@tagged("post_install", "-at_install")
class TestRegimeSheet(ChargesCommon):
    def rows(self, regime):
        return {row["topic"]: row for row in regime._rule_rows()}

    def test_value_article_and_source(self):
        basis = self.business.basis_ids.filtered(lambda b: b.topic == "indemnity")
        basis.write({"source": "Official journal", "note": "Once for each invoice."})
        row = self.rows(self.business)["indemnity"]
        self.assertEqual(
            row,
            {
                "topic": "indemnity",
                "label": "Fixed indemnity",
                "value": f"40{SPACE}€ for each late invoice.",
                "article": "art. 2",
                "confidence": "text",
                "confidence_label": "Legal text read",
                "badge": "success",
                "unsure": False,
                "source": "Official journal",
                "note": "Once for each invoice.",
            },
        )

    def test_rate_of_today(self):
        self.business.write({"floor_series": "TEST_FIVE", "rate_margin": 2.5})
        value = self.rows(self.business)["rate"]["value"]
        self.assertIn(f"TEST_TEN, today 10{SPACE}%, and 2.5 points", value)
        self.assertIn(f"at least TEST_FIVE, today 5{SPACE}%", value)

    def test_missing_rate_is_named(self):
        self.make_series("TEST_HALF", {"2025-07-01": 9.0}, frequency="half_year")
        self.business.rate_series = "TEST_HALF"
        value = self.rows(self.business)["rate"]["value"]
        self.assertIn(
            "TEST_HALF, no value for 2026-S1", value.replace(" (TEST_HALF)", "")
        )

    def test_scale(self):
        """The tiers as one would say them, with the limit at the end."""
        value = self.rows(self.consumer)["clause"]["value"]
        self.assertEqual(
            value.replace(SPACE, " ").split("\n"),
            [
                "As the terms say, for each claim up to:",
                "– up to 150 €: 20 €",
                "– above 150 €: 30 € + 10 % of what is above 150 €",
                "– at most 100 €",
            ],
        )

    def test_cumulative_scale(self):
        self.business.write(
            {
                "cost_rule": "scale",
                "cost_min": 40,
                "scale_ids": [
                    Command.create({"charge": "cost", "above": 0, "percent": 15}),
                    Command.create({"charge": "cost", "above": 2500, "percent": 10}),
                    Command.create({"charge": "cost", "above": 5000, "percent": 0.5}),
                ],
            }
        )
        value = self.rows(self.business)["cost"]["value"]
        self.assertEqual(
            value.replace(SPACE, " ").split("\n")[1:],
            [
                "– up to 2,500 €: 15 %",
                "– from 2,500 € to 5,000 €: 10 % of this part",
                "– above 5,000 €: 0.50 % of this part",
                "– at least 40 €",
            ],
        )

    def test_waiting_period(self):
        self.consumer.write({"wait_post_offset": 3, "wait_post_unit": "working"})
        value = self.rows(self.consumer)["wait"]["value"]
        self.assertIn("Waiting period: 14 calendar days.", value)
        self.assertIn("on working day 3 after posting, on day 1 after", value)
        self.assertIn("late interest, recovery indemnity", value)

    def test_every_choice_has_its_words(self):
        """No value of a field leaves its rule without words."""
        model = self.env["credit.regime"]
        # Only shown: some choices can't be saved without their amounts.
        regime = model.new(origin=self.consumer)
        for field in (
            "interest_start",
            "day_count",
            "compounding",
            "allocation",
            "indemnity_rule",
            "clause_rule",
            "cost_rule",
            "fee_rule",
            "wait_post_unit",
            "scope",
        ):
            for value, _label in model._fields[field].selection:
                with self.subTest(field=field, value=value):
                    regime[field] = value
                    rows = self.rows(regime)
                    self.assertTrue(all(row["value"] for row in rows.values()))

    def test_all_regimes_that_are_shipped(self):
        """Every rule of each has words, and every basis is shown."""
        regimes = self.env["credit.regime"].with_context(active_test=False).search([])
        self.assertGreater(len(regimes), 10)
        for regime in regimes:
            with self.subTest(regime.name):
                rows = self.rows(regime)
                shown = {t: rows[t]["article"] for t in rows if rows[t]["confidence"]}
                bases = {b.topic: b.article for b in regime.basis_ids}
                self.assertEqual(shown, bases)
                self.assertTrue(all(row["value"] for row in rows.values()))

    # ------------------------------------------------------------------
    # How sure
    # ------------------------------------------------------------------

    def test_what_is_not_sure_is_marked(self):
        self.business.basis_ids[0].confidence = "memory"
        rows = self.rows(self.business)
        self.assertTrue(rows["interest"]["unsure"])
        self.assertEqual(rows["interest"]["badge"], "danger")
        self.assertFalse(rows["indemnity"]["unsure"])
        # A rule without an article is not sure either.
        self.assertTrue(rows["rate"]["unsure"])
        self.assertEqual(rows["rate"]["confidence_label"], "No basis given")
        # Where there is no rule there is nothing to be sure of.
        self.assertFalse(rows["wait"]["unsure"])
        page = html.fromstring(self.business.sheet_html)
        marked = page.xpath("//tr[@class='cm_unsure']/@data-topic")
        self.assertIn("interest", marked)
        self.assertNotIn("indemnity", marked)

    def test_count_is_that_of_the_sheet(self):
        self.business.write(
            {
                "mention_ids": [
                    Command.create({"document": "invoice", "name": "The rate"}),
                ],
                "contact_ids": [
                    Command.create({"channel": "phone", "binding": True}),
                    Command.create({"channel": "visit", "binding": False}),
                ],
            }
        )
        for regime in self.business | self.consumer | self.american:
            self.assertEqual(regime.unsure_count, regime._sheet_values()["unsure"])
        self.assertGreater(self.business.unsure_count, 2)

    # ------------------------------------------------------------------
    # The other parts
    # ------------------------------------------------------------------

    def test_parts(self):
        self.business.write(
            {
                "mention_ids": [
                    Command.create(
                        {
                            "document": "formal_notice",
                            "name": "How to pay",
                            "placeholders": "payment_html,portal_url",
                            "article": "art. 20",
                        }
                    ),
                ],
                "period_ids": [
                    Command.create(
                        {
                            "topic": "procedure",
                            "name": "Service",
                            "number": number,
                            "unit": "months",
                            "date_basis": "Date of the order",
                            "article": "art. 21",
                            **dates,
                        }
                    )
                    for number, dates in (
                        (3, {"date_from": "2026-09-01"}),
                        (6, {"date_to": "2026-08-31"}),
                    )
                ],
                "contact_ids": [
                    Command.create(
                        {
                            "channel": "phone",
                            "weekdays": "1,2,3,4,5",
                            "hour_from": 8,
                            "hour_to": 21.5,
                            "max_count": 2,
                            "max_days": 7,
                            "binding": True,
                        }
                    ),
                    Command.create({"allowed": False, "binding": True}),
                ],
                "interest_sentence": "Interest is due by law.",
            }
        )
        sheet = self.business._sheet_values()
        (mention,) = sheet["mentions"]
        self.assertEqual(mention["check"], "Said by: payment_html, portal_url")
        old, new = sheet["procedures"]
        self.assertEqual((old["value"], new["value"]), ("6 months", "3 months"))
        self.assertEqual(old["holds"], "Date of the order: until August 31, 2026")
        self.assertEqual(new["holds"], "Date of the order: from September 1, 2026 on")
        calls = {row["label"]: row["value"] for row in sheet["contacts"]}
        self.assertIn("Monday to Friday, 08:00–21:30.", calls["Phone call"])
        self.assertIn("At most 2 in 7 days.", calls["Phone call"])
        self.assertEqual(calls["Every channel"], "Forbidden.")
        text = html.fromstring(self.business.sheet_html).text_content()
        for part in ("How to pay", "art. 20", "art. 21", "Interest is due by law."):
            self.assertIn(part, text)

    def test_in_french(self):
        """Days of the week as the language writes them, the first of a month too."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.business.date_from = "2026-09-01"
        self.business.contact_ids = [
            Command.create({"weekdays": "1,2,3,4,5,6", "hour_from": 8, "hour_to": 22})
        ]
        sheet = self.business.with_context(lang="fr_FR")._sheet_values()
        self.assertIn("1er septembre 2026", sheet["validity"])
        self.assertRegex(sheet["contacts"][0]["value"], "^Lundi .*samedi, ")

    def test_kind_of_claim_is_told_once(self):
        kinds = ("bailiff", "transport")
        self.business.period_ids = [
            Command.create(
                {
                    "name": "Fees of bailiffs",
                    "topic": "limitation",
                    "claim_kind": kind,
                    "number": 1,
                    "unit": "years",
                }
            )
            for kind in kinds
        ]
        rows = self.business._sheet_values()["limitations"]
        self.assertEqual({row["claim_kind"] for row in rows}, {"", "Transport"})

    def test_on_two_pages_of_paper(self):
        """In a language that needs room."""
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() != "ok":
            self.skipTest("wkhtmltopdf with patched Qt is not installed")
        self.env["res.lang"]._activate_lang("fr_FR")
        report = self.env["ir.actions.report"].with_context(
            lang="fr_FR", force_report_rendering=True
        )
        for name in LONGEST:
            with self.subTest(name):
                regime = self.env.ref(f"credit_management.{name}")
                content, _type = report._render_qweb_pdf(
                    "credit_management.report_regime", regime.ids
                )
                pages = PdfReader(BytesIO(content)).pages
                self.assertEqual(len(pages), 2)

    def test_versions_side_by_side(self):
        self.business.date_to = "2026-08-31"
        new = self.business.copy({"date_from": "2026-09-01", "date_to": False})
        self.assertEqual(len(new.basis_ids), len(self.business.basis_ids))
        versions = new._sheet_values()["versions"]
        self.assertEqual([v["current"] for v in versions], [False, True])
        self.assertTrue(self.business.in_force)
        self.assertFalse(new.in_force)
        current = self.env["credit.regime"].search([("in_force", "=", True)])
        self.assertIn(self.business, current)
        self.assertNotIn(new, current)
        others = self.env["credit.regime"].search([("in_force", "=", False)])
        self.assertIn(new, others)

    def test_smart_buttons(self):
        self.make_terms("business", name="Ours")
        self.make_terms(
            "business", name="America", country_id=self.env.ref("base.us").id
        )
        self.make_terms("consumer", name="Consumers")
        self.assertEqual(self.business.series_count, 1)
        self.assertEqual(self.business.terms_count, 1)
        action = self.business.action_view_terms()
        found = self.env["credit.terms"].search(action["domain"])
        self.assertEqual(found.mapped("name"), ["Ours"])
        series = self.env["credit.rate.series"].search(
            self.business.action_view_series()["domain"]
        )
        self.assertEqual(series.code, "TEST_TEN")
        self.assertEqual(series.regime_count, 1)
        regimes = self.env["credit.regime"].search(
            series.action_view_regimes()["domain"]
        )
        self.assertEqual(regimes, self.business)

    # ------------------------------------------------------------------
    # Paper, rights, languages
    # ------------------------------------------------------------------

    def test_print_says_the_same(self):
        report = self.env["ir.actions.report"]
        content, _kind = report._render_qweb_html(
            "credit_management.report_regime", self.business.ids
        )
        printed = html.fromstring(content.decode()).text_content()
        shown = html.fromstring(self.business.sheet_html).text_content()
        self.assertIn("".join(shown.split()), "".join(printed.split()))

    def test_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.business.with_context(lang="fr_FR")
        self.assertIn("40,5", french._percent_text(40.5))
        self.assertIn(f"40{SPACE}€", self.rows(french)["indemnity"]["value"])

    def test_no_indemnity(self):
        """In its own words: “none” has a gender in some languages."""
        self.business.write({"indemnity_rule": "none", "cost_rule": "none"})
        rows = self.rows(self.business)
        self.assertEqual(rows["indemnity"]["value"], "No fixed sum.")
        self.assertEqual(rows["cost"]["value"], "None.")

    def test_who_may_edit(self):
        for group, may in (("viewer", False), ("collector", False), ("manager", True)):
            user = new_test_user(
                self.env,
                group,
                f"credit_management.group_{group}",
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            regime = self.business.with_user(user)
            self.assertIn("art. 2", regime.sheet_html)
            self.assertTrue(regime.get_view(view_type="form"))
            with self.subTest(group):
                if may:
                    regime.notice_days = 20
                else:
                    with self.assertRaises(AccessError):
                        regime.notice_days = 20

    def test_topics_are_all_spoken_of(self):
        for topic, _label in TOPICS:
            self.assertIsInstance(self.business._words(topic), list)
