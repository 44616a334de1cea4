"""What the page says: in words that nobody can misread, and what was answered."""

import io
import re
from types import SimpleNamespace

from lxml import html
from openpyxl import load_workbook

from odoo.tests import freeze_time, tagged

from ..report.wording import day_text, moment_text, sheet_day_format
from .common import NOW, TODAY
from .portal_common import SaidCommon

FIGURES = re.compile(r"\b\d\d/\d\d/\d{4}\b")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalSaid(SaidCommon):
    def _said(self):
        [main] = html.fromstring(self.get().text).xpath("//main")
        return [
            " ".join(line.text_content().split())
            for line in main.xpath("//ol[contains(@class, 'o_credit_messages')]/li")
        ]

    # ------------------------------------------------------------------
    # Dates
    # ------------------------------------------------------------------

    def test_days_in_english(self):
        """No page, statement or acknowledgement leaves open which is the month."""
        self.post(
            "/promise", {"item": self.ids(self.mid), "promise_date_1": self._day(9)}
        )
        plan = {
            "item": self.ids(self.old),
            "plan_number": "2",
            "plan_frequency": "month",
            "plan_first_date": str(self._day(10)),
            "plan_name": "Marie Dupont",
            "plan_accept": "1",
            "plan_total": "100.00",
        }
        preview = self.preview(plan)
        self.post("/plan", plan)
        plan = self.env["credit.plan"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(plan.state, "active")
        pages = {
            "page": self.get().text,
            "preview": preview.text,
            "payment": self.get(f"/pay?choice=l.{plan.line_ids[0].id}").text,
            "statement": self.get("/statement.pdf").text,
            "acknowledgement": plan.acknowledgement_html,
            "mail": plan._next_date_text(),
        }
        for name, text in pages.items():
            with self.subTest(name):
                self.assertNotRegex(text, FIGURES)
        for name in ("page", "preview", "acknowledgement"):
            self.assertIn("27 Jun 2026", pages[name])
        self.assertEqual(pages["mail"], "27 June 2026")
        self.assertIn("18 May 2026", pages["page"])

    def test_days_in_a_spreadsheet(self):
        sheet = load_workbook(io.BytesIO(self.get("/statement.xlsx").content)).active
        days = [cell for row in sheet for cell in row if cell.is_date]
        self.assertGreater(len(days), 5)
        self.assertEqual({cell.number_format for cell in days}, {"[$-809]d mmm yyyy"})

    def test_days_in_other_languages(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        env = self.env(context=dict(self.env.context, lang="fr_FR"))
        self.assertEqual(day_text(env, TODAY), "17/06/2026")
        self.assertEqual(sheet_day_format(env), "dd/mm/yyyy")
        moment = self.env.cr.now().replace(2026, 6, 17, 22, 5)
        self.assertEqual(moment_text(env, moment, "Europe/Paris"), "18/06/2026, 00:05")
        self.assertEqual(
            moment_text(self.env, moment, "Europe/Paris"), "18 Jun 2026, 00:05"
        )
        self.assertEqual(day_text(env, False), "")

    # ------------------------------------------------------------------
    # What was said
    # ------------------------------------------------------------------

    def test_answers_are_among_it(self):
        """Promise, plan and objection, in the order of time, with their state."""
        for number, (suffix, form) in enumerate(
            (
                (
                    "/promise",
                    {"item": self.ids(self.mid), "promise_date_1": self._day(9)},
                ),
                (
                    "/dispute",
                    {
                        "item": self.ids(self.later),
                        "dispute_reason": self.reason.id,
                        "dispute_text": "One chair is broken.",
                        "dispute_amount": "20",
                    },
                ),
                ("/message", {"message_text": "Where is the contract?"}),
                (
                    "/plan",
                    {
                        "item": self.ids(self.old),
                        "plan_number": "10",
                        "plan_frequency": "month",
                        "plan_first_date": self._day(10),
                        "plan_name": "Marie Dupont",
                        "plan_accept": "1",
                        "plan_total": "100.00",
                    },
                ),
            )
        ):
            response = self.post(suffix, form)
            self.assertEqual(response.status_code, 303, response.text[:500])
            self._set_time(number)
        plan = self.env["credit.plan"].search([("partner_id", "=", self.debtor.id)])
        said = self._said()
        for line, parts in zip(
            said,
            (
                (f"Payment plan {plan.name}: 100.00 € in 10 instalments", "asked for"),
                ("Where is the contract?",),
                (
                    f"Objection to 20.00 € of {self.later.name}",
                    "One chair is broken.",
                    "we are looking into it",
                ),
                ("Promise: 200.00 € by 26 Jun 2026", "open"),
            ),
            strict=False,
        ):
            for part in parts:
                self.assertIn(part, line)
            self.assertIn(self.debtor.name, line)
        # They follow what becomes of them.
        self.pay(self.mid)
        dispute = self.env["credit.dispute"].search([("move_id", "=", self.later.id)])
        dispute.answer = "<p>The chair was checked.</p>"
        self.assertNotIn("The chair was checked.", " ".join(self._said()))
        dispute.action_reject()
        said = " ".join(self._said())
        for text in ("kept", "not accepted", "The chair was checked."):
            self.assertIn(text, said)

    def test_what_was_told_to_be_paid(self):
        """The invoice says so until somebody has looked, and is not ticked again."""
        self.post(
            "/paid",
            {
                "item": self.ids(self.old),
                "paid_date": str(self._day(-2)),
                "paid_amount": "100",
                "paid_text": "By transfer\nsee <b>the file</b>",
            },
        )
        [main] = html.fromstring(self.get().text).xpath("//main")
        [said] = main.xpath("//ol[contains(@class, 'o_credit_messages')]/li")
        text = said.text_content()
        for line in (
            f"100.00 € paid on 15 Jun 2026 ({self.old.name})",
            "By transfer",
            "see <b>the file</b>",
        ):
            lines = text.replace("\N{NO-BREAK SPACE}", " ").splitlines()
            self.assertIn(line, [part.strip() for part in lines])
        self.assertEqual(self._badges(self.old), ["Paid on 15 Jun 2026, you told us"])
        self.assertEqual(self._badges(self.mid), [])
        self.assertEqual(self._ticked(), self.ids(self.mid))
        self.env["credit.answer"].search(
            [("partner_id", "=", self.debtor.id)]
        ).action_handle()
        self.assertEqual(self._badges(self.old), [])

    def test_all_was_told_to_be_paid(self):
        """Without invoices it is about all that there was on that day."""
        self.env["credit.answer"]._tell(self.debtor, self.company, "paid")
        newer = self.make_invoice(overdue=-30, amount=60)
        newer.line_ids.invalidate_recordset()
        answer = self.env["credit.answer"].search([("partner_id", "=", self.debtor.id)])
        answer.sudo().date = self._day(-25)
        told = {
            move: self._badges(move) == ["Paid, you told us"]
            for move in (self.old, self.mid, self.later, newer)
        }
        self.assertEqual(
            told,
            {
                move: move.invoice_date <= answer.date
                for move in (self.old, self.mid, self.later, newer)
            },
        )
        self.assertEqual(set(told.values()), {True, False})

    def test_dispute_that_was_accepted(self):
        """Until the credit note is posted, the page says that it is to come."""
        dispute = self.env["credit.dispute"]._make(self.mid, self.reason, amount=30)
        self.assertEqual(self._badges(self.mid), ["30.00 € disputed"])
        self.assertIn("Disputed 30.00 €", self._text(self.get()))
        dispute.action_accept()
        self.assertEqual(self._badges(self.mid), ["Credit note of 30.00 € to follow"])
        self.assertIn("Disputed or to be credited 30.00 €", self._text(self.get()))
        dispute.credit_note_id.action_post()
        self.assertEqual(self._badges(self.mid), [])

    def test_disputed_part_of_an_invoice_in_instalments(self):
        """It is told once, with the instalments that fall due last."""
        move = self.make_halves()
        self.assertEqual(len(self.items(move)), 2)
        dispute = self.env["credit.dispute"]._make(move, self.reason, amount=60)
        self.assertEqual(self._badges(move), ["10.00 € disputed", "50.00 € disputed"])
        dispute.amount_accepted = 20
        dispute.action_accept_part()
        # What was not accepted is named once, not with each instalment.
        self.assertEqual(
            self._badges(move),
            ["Credit note of 20.00 € to follow", "Not accepted: 40.00 € remains due"],
        )
        dispute.credit_note_id.action_post()
        self.assertEqual(self._badges(move), [])

    def _badges(self, move):
        """What the page says beside an invoice."""
        page = html.fromstring(self.get().text)
        links = page.xpath(f"//table//a[contains(@href, '/invoice/{move.id}')]")
        return [
            " ".join(badge.text_content().split())
            for link in links
            for badge in link.getparent().xpath("span[@class]")
        ]

    def _ticked(self):
        page = html.fromstring(self.get().text)
        boxes = page.xpath("//input[@name='item'][@checked]")
        return [int(box.get("value")) for box in boxes]

    def _set_time(self, number):
        """Answers of one test are of one moment: put them a minute apart."""
        self.env.flush_all()
        for table in ("credit_promise", "credit_plan", "credit_dispute"):
            self.env.cr.execute(
                f"""UPDATE {table} SET create_date = %s
                     WHERE create_date >= %s AND write_date IS NOT NULL
                       AND partner_id = %s AND create_date NOT IN %s""",
                (
                    f"2026-06-17 13:0{number}:00",
                    "2000-01-01",
                    self.debtor.id,
                    tuple(f"2026-06-17 13:0{n}:00" for n in range(number + 1)),
                ),
            )
        self.env["mail.message"].sudo().search(
            [("model", "=", "credit.answer"), ("date", "=", NOW)]
        ).date = f"2026-06-17 13:0{number}:00"
        self.env.invalidate_all()

    def test_promises_and_plans_in_words_of_their_own(self):
        """Other languages have a gender for each."""
        model, account = self.env["credit.account"], SimpleNamespace(env=self.env)
        promise, plan = (
            model._said_state(account, {"kind": kind, "state": "broken"})
            for kind in ("promise", "plan")
        )
        self.assertEqual((promise, plan), ("was not kept", "not kept"))

    def test_nothing_of_others(self):
        self.env["credit.promise"]._make(
            self.items(self.foreign), [(self._day(3), 777)]
        )
        self.env["credit.dispute"]._make(self.there, self.reason)
        said = " ".join(self._said())
        self.assertNotIn("777", said)
        self.assertNotIn("Objection", said)

    def test_notes_of_collectors_stay_inside(self):
        self.env["credit.dispute"]._make(
            self.old, self.reason, description="He always does.", source="phone"
        )
        said = " ".join(self._said())
        self.assertIn("Objection", said)
        self.assertNotIn("He always does.", said)

    def test_what_the_company_noted_for_the_debtor(self):
        """It did not say so itself."""
        self.env["credit.dispute"]._make(self.old, self.reason, source="collector")
        self.env["credit.promise"]._make(
            self.items(self.mid), [(self._day(3), 200)], source="collector"
        )
        self.env["credit.promise"]._make(
            self.items(self.later), [(self._day(4), 50)], source="phone"
        )
        noted = f"{self.debtor.name}, noted by {self.company.name}"
        said = [line for line in self._said() if "Message" not in line]
        self.assertEqual([line.startswith(noted) for line in said], [True] * 3)

    def test_notes_come_from_the_debtor(self):
        """Not from a “Public user”, and in the language of the company."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(
            ["credit_management", "mail"], ["fr_FR"]
        )
        self.company.partner_id.lang = "fr_FR"
        self.later.invoice_user_id = False
        self.post(
            "/promise", {"item": self.ids(self.mid), "promise_date_1": self._day(9)}
        )
        self.post(
            "/dispute",
            {
                "item": self.ids(self.later),
                "dispute_reason": self.reason.id,
                "dispute_text": "One chair is broken.",
            },
        )
        plan = {
            "item": self.ids(self.old),
            "plan_number": "10",
            "plan_frequency": "month",
            "plan_first_date": self._day(10),
            "plan_name": "Marie Dupont",
            "plan_accept": "1",
            "plan_total": "100.00",
        }
        self.post("/plan", plan)
        own = [("partner_id", "=", self.debtor.id)]
        for model in ("credit.promise", "credit.dispute", "credit.plan"):
            [record] = self.env[model].search(own)
            notes = record.message_ids
            self.assertEqual(notes.author_id, self.debtor, model)
            self.assertNotIn("created", notes[-1].body)
        notes = self.later.message_ids.filtered(lambda m: "One chair" not in m.body)
        self.assertEqual(notes[0].author_id, self.debtor)

    def test_hostile_words(self):
        self.env["credit.dispute"]._make(
            self.old, self.reason, description="<script>alert('owned')</script>"
        )
        self.assertNotIn("<script>alert('owned')", self.get().text)

    # ------------------------------------------------------------------
    # After a payment
    # ------------------------------------------------------------------

    def test_what_became_of_the_payment(self):
        for state, words in (
            ("error", "did not succeed"),
            ("pending", "As soon as your payment is confirmed"),
            ("done", "We have received your payment of 100.00 €"),
        ):
            with self.subTest(state):
                choice = self.choice(self.old)
                if state == "done":
                    tx = self.transactions().filtered(lambda t: t.state == "pending")
                    self.finish({"result": {"reference": tx.reference}})
                else:
                    self.finish(self.begin(choice, 100), state)
                self.assertIn(words, self._text(self.get("?done=pay")))

    def test_payment_of_another_debtor(self):
        """The session may have followed somebody else's: nothing is told of it."""
        other = self.remind(self.foreign, self.step_1).sudo()
        path = f"/credit/{other._portal_token()}"
        self.finish(self.begin(f"i.{self.items(self.foreign).id}", 777, path=path))
        text = self._text(self.get("?done=pay"))
        self.assertNotIn("777", text)
        self.assertNotIn("Thank you", text)

    # ------------------------------------------------------------------
    # Names
    # ------------------------------------------------------------------

    def test_a_number_is_said_once(self):
        self.old.ref = self.old.name
        self.env.invalidate_all()
        self.assertEqual(self.old.display_name, self.old.name)
        self.assertEqual(self.items(self.old).display_name.count(self.old.name), 1)
        self.old.ref = "PO 12"
        self.env.invalidate_all()
        self.assertIn("PO 12", self.old.display_name)
