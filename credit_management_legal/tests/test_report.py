"""Reports of third parties: what is taken, what is refused, what follows."""

import base64
from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import BaseCase, freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW, TODAY, days_ago

from ..engine import report as reports
from ..models.credit_case_event import EVENT_KINDS
from ..models.credit_case_report import STATUSES
from .common import CaseCommon

PDF = b"%PDF-1.4 made for a test"
EURO = reports.Currency("EUR", 2)


def check(report, **terms):
    """{key: code} of what speaks against a report."""
    report.setdefault("date", "2026-06-17")
    terms.setdefault("kinds", [kind for kind, _label in EVENT_KINDS])
    problems = reports.check(report, TODAY, EURO, **terms)
    return {problem.key: problem.code for problem in problems}


class TestReading(BaseCase):
    def amount(self, amount, currency="EUR"):
        report = {"type": "payment", "received_by": "party"}
        return check({**report, "amount": amount, "currency": currency})

    def test_each_type(self):
        money = {"amount": "12.50", "currency": "EUR"}
        for report in (
            *({"type": "status", "status": status} for status in reports.STATUSES),
            {"type": "cost", **money, "what": "Writ", "recoverable": True},
            {"type": "payment", **money, "received_by": "creditor"},
            {"type": "visit", "present": False, "who": "household"},
            {"type": "visit", "present": True, "observations": {"activity": "none"}},
            {"type": "document", "name": "a.pdf", "content": PDF},
            {"type": "question", "text": "Which address?"},
            {"type": "event", "kind": "served", "in_person": True},
        ):
            self.assertEqual(check(report), {}, report)
        self.assertEqual(reports.STATUSES, tuple(dict(STATUSES)))

    def test_what_is_missing(self):
        self.assertEqual(check({}), {"type": "missing"})
        self.assertEqual(check({"type": "status"}), {"status": "missing"})
        self.assertEqual(check({"type": "question", "text": " "}), {"text": "missing"})
        self.assertEqual(
            check({"type": "cost", "date": ""}),
            {
                "amount": "missing",
                "currency": "missing",
                "what": "missing",
                "date": "missing",
            },
        )
        self.assertEqual(check({"type": "visit"}), {"present": "missing"})
        self.assertEqual(check({"type": "document"}), {"name": "missing"})

    def test_amounts(self):
        for amount in ("10", 10, 10.1, Decimal("10.10"), "10,10", "10.1000"):
            self.assertEqual(self.amount(amount), {}, amount)
        for amount, code in (
            ("-10", "not_positive"),
            (0, "not_positive"),
            ("10.0011", "decimals"),
            # Thousands or decimals: nobody can tell.
            ("10.100", "no_number"),
            ("1,200", "no_number"),
            ("1e3", "no_number"),
            ("1.000,00", "no_number"),
            (float("nan"), "no_number"),
            (float("inf"), "no_number"),
            (1e300, "no_number"),
            (10**6000, "no_number"),
            (Decimal("1e-999999999"), "no_number"),
            (Decimal("1e999999999"), "no_number"),
            ("٣", "no_number"),
            (True, "no_number"),
            ([10], "no_number"),
        ):
            self.assertEqual(self.amount(amount), {"amount": code}, code)
        self.assertEqual(self.amount(1, "USD"), {"currency": "other"})
        self.assertEqual(self.amount(1, ["EUR"]), {"currency": "other"})

    def test_days(self):
        def day(value, **report):
            return check(
                {"type": "status", "status": "promise", **report, "date": value}
            )

        opened = date(2026, 6, 10)
        self.assertEqual(day("2026-06-17"), {})
        self.assertEqual(day(TODAY), {})
        self.assertEqual(day("2026-06-18"), {"date": "future"})
        self.assertEqual(day("17/06/2026"), {"date": "no_date"})
        self.assertEqual(day("2026-02-30"), {"date": "no_date"})
        self.assertEqual(day(20260617), {"date": "no_date"})
        self.assertEqual(day(datetime(2026, 6, 17, 12)), {"date": "no_date"})
        status = {"type": "status", "status": "promise"}
        for value, problems in (
            ("2026-06-03", {}),
            ("2026-06-02", {"date": "before"}),
        ):
            found = check({**status, "date": value}, opened=opened)
            self.assertEqual(found, problems)
        hearing = {"type": "event", "kind": "hearing"}
        self.assertEqual(check({**hearing, "date": "2026-09-01"}), {})
        self.assertEqual(check({**hearing, "date": "2096-09-01"}), {"date": "future"})

    def test_after_the_end(self):
        money = {"amount": 1, "currency": "EUR", "received_by": "party", "what": "x"}
        for kind in ("payment", "cost"):
            self.assertEqual(check({"type": kind, **money}, ended=True), {})
        document = {"type": "document", "name": "a.pdf", "content": PDF}
        self.assertEqual(check(document, ended=True), {})
        late = check({"type": "status", "status": "ended"}, ended=True)
        self.assertEqual(late, {"type": "ended"})

    def test_documents_are_what_they_hold(self):
        def read(name, content):
            report = {"type": "document", "date": TODAY, "name": name}
            return reports.read({**report, "content": content}, TODAY, EURO)

        values, problems = read("../../etc/passwd.exe", PDF)
        self.assertFalse(problems)
        self.assertEqual(values["documents"][0].name, "passwd.pdf")
        values, problems = read("scan", base64.b64encode(b"II*\x00...").decode())
        self.assertFalse(problems)
        self.assertEqual(values["documents"][0].mimetype, "image/tiff")
        for content, code in (
            (b"MZ\x90\x00", "kind_of_file"),
            (b"<svg onload=alert(1)>", "kind_of_file"),
            (b"PK\x03\x04", "kind_of_file"),
            ("no base64!", "no_base64"),
            (b"", "missing"),
            (None, "missing"),
            (12, "missing"),
        ):
            __, problems = read("a.pdf", content)
            self.assertEqual([p.code for p in problems], [code], content)
        with patch.object(reports, "MOST_BYTES", 30):
            self.assertFalse(read("a.pdf", PDF)[1])
            for content in (PDF * 2, base64.b64encode(PDF * 2).decode()):
                self.assertEqual(read("a.pdf", content)[1][0].code, "too_big")

    def test_several_documents(self):
        cost = {"type": "cost", "amount": 1, "currency": "EUR", "what": "Writ"}
        one = {"name": "a.pdf", "content": PDF}
        self.assertEqual(check({**cost, "documents": [one, one]}), {})
        self.assertEqual(
            check({**cost, "documents": [one, {"name": "b", "content": b"x"}]}),
            {"documents 2 content": "kind_of_file"},
        )
        self.assertEqual(
            check({**cost, "documents": [one] * 11}), {"documents": "too_many"}
        )
        self.assertEqual(check({**cost, "documents": "a"}), {"documents": "no_list"})

    def test_nothing_breaks_it(self):
        deep = []
        for _depth in range(10_000):
            deep = [deep]
        for value in (None, "", "x" * 10_000, "\ud800", 10**6000, deep, {"a": deep}):
            self.assertTrue(check({"type": value}))
            self.assertTrue(check({"type": "status", "status": value}))
            self.assertTrue(check({"type": "visit", "present": value}))
            check({"type": "status", "status": "promise", "text": value})
            check({"type": "visit", "present": True, "observations": {"x": value}})
        self.assertEqual(reports.check([], TODAY, EURO)[0].code, "no_report")
        self.assertEqual(check({"type": "day"}), {"type": "unknown"})

    def test_fingerprint(self):
        def digest(**report):
            report = {"type": "document", "date": TODAY, "name": "a", **report}
            return reports.digest(reports.read(report, TODAY, EURO)[0])

        same = digest(content=PDF)
        self.assertEqual(same, digest(content=base64.b64encode(PDF).decode()))
        self.assertNotEqual(same, digest(content=PDF + b"."))
        cost = {"type": "cost", "currency": "EUR", "what": "x", "date": "2026-06-17"}
        digests = {
            reports.digest(reports.read({**cost, "amount": amount}, TODAY, EURO)[0])
            for amount in ("10", "10.00", 10, 10.0)
        }
        self.assertEqual(len(digests), 1)


@tagged("post_install", "-at_install")
class TestReport(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = cls.make_party("Agency")
        cls.move = cls.make_invoice(overdue=100, amount=1000)

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))
        self.case = self.make_case(self.move, party_id=self.agency.id)

    def report(self, case=None, message_id=None, **report):
        report = {"type": "status", "status": "contacted", "date": TODAY, **report}
        return (case or self.case)._accept_report(
            report, "party", author=self.agency, message_id=message_id
        )

    def test_status_is_shown_on_the_case(self):
        event = self.report(text="Called twice")
        self.assertEqual((event.case_id, event.kind), (self.case, "status"))
        self.assertEqual(event.name, "Debtor was contacted")
        self.assertEqual(event.note, "Called twice")
        self.assertEqual((event.origin, event.author_id), ("party", self.agency))
        self.assertEqual(self.case.party_status, "contacted")
        self.assertEqual(self.case.party_status_date, TODAY)
        # What is told late does not overwrite what is newer.
        self.report(status="promise", date=days_ago(0))
        self.report(status="not_reached", date=days_ago(5).isoformat())
        self.assertEqual(self.case.party_status, "promise")
        self.assertEqual(len(self.case.event_ids), 3)

    def test_money_is_handed_on(self):
        taken = []
        cls = type(self.case)
        for name in ("_take_cost", "_take_payment"):

            def take(case, report, event, name=name):
                taken.append((name, case, report["amount"], event.amount))

            self.patch(cls, name, take)
        money = {"currency": "EUR", "amount": "120.50"}
        cost = self.report(type="cost", what="Writ", recoverable=True, **money)
        paid = self.report(type="payment", received_by="party", reference="R7", **money)
        self.assertEqual((cost.kind, cost.name, cost.amount), ("cost", "Writ", 120.5))
        self.assertEqual(paid.kind, "payment")
        self.assertIn("R7", paid.note)
        self.assertEqual(paid.report["received_by"], "party")
        self.assertEqual(
            taken,
            [
                ("_take_cost", self.case, Decimal("120.5"), 120.5),
                ("_take_payment", self.case, Decimal("120.5"), 120.5),
            ],
        )

    def test_visit_goes_to_the_risk_data(self):
        seen = {"ability": "unable", "willingness": "unwilling", "activity": "none"}
        event = self.report(
            type="visit", present=True, observations=seen, date=days_ago(1).isoformat()
        )
        self.assertEqual(event.report["observations"], seen)
        self.assertIn("Can't pay", event.note)
        debtor = self.debtor.with_company(self.company)
        self.assertEqual(debtor.credit_solvency_score, 0)
        self.assertEqual(debtor.credit_solvency_date, days_ago(1))
        other = self.debtor.with_company(self.other_company)
        self.assertFalse(other.credit_solvency_date)
        # What was seen before that is kept with the event only.
        older = {"ability": "able", "willingness": "willing"}
        self.report(
            type="visit", present=True, observations=older, date=days_ago(3).isoformat()
        )
        self.assertEqual(debtor.credit_solvency_score, 0)

    def test_document_is_kept(self):
        event = self.report(
            type="document",
            name="Judgment.exe",
            content=base64.b64encode(PDF).decode(),
            document_kind="judgment",
        )
        attachment = event.attachment_ids
        self.assertEqual((attachment.name, attachment.raw), ("Judgment.pdf", PDF))
        self.assertEqual(attachment.mimetype, "application/pdf")
        self.assertEqual(
            (attachment.res_model, attachment.res_id), (event._name, event.id)
        )
        self.assertNotIn("content", event.report)
        with self.assertRaisesRegex(UserError, "stays as it is"):
            attachment.unlink()

    def test_html_stays_text(self):
        event = self.report(type="question", text="<script>alert(1)</script>")
        self.assertEqual(event.note, "<script>alert(1)</script>")
        activity = self.case.request_ids.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertNotIn("script", str(activity.note))

    def test_debtor_who_moved(self):
        for _again in range(2):
            self.report(status="unknown_address", text="Moved away")
        answer = self.env["credit.answer"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(len(answer), 1)
        self.assertEqual((answer.kind, answer.source), ("wrong_address", "party"))
        task = self.env["credit.task"].search(
            [("res_model", "=", "credit.answer"), ("res_id", "=", answer.id)]
        )
        self.assertEqual(len(task), 1)

    def test_insolvent_debtor(self):
        for _again in range(2):
            self.report(status="insolvent")
        self.assertEqual(len(self.case.activity_ids), 1)
        self.assertEqual(self.case.activity_ids.user_id, self.case.user_id)
        self.assertIn("insolvent", self.case.activity_ids.summary)
        # One click from there to the form of an insolvency, its day to be looked up.
        action = self.case.action_note_insolvency()
        self.assertEqual(action["res_model"], "credit.insolvency")
        self.assertEqual(action["context"], {"default_partner_id": self.debtor.id})
        record = self.env["credit.insolvency"].create(
            {
                "partner_id": self.debtor.id,
                "procedure": "liquidation",
                "date_opened": "2026-06-15",
            }
        )
        self.env.invalidate_all()
        self.assertEqual(self.case.insolvency_id, record)
        self.assertEqual(self.case.action_note_insolvency()["res_id"], record.id)

    def test_refused_in_words(self):
        for report, said in (
            ({"date": "2026-06-18"}, "Date: 18 Jun 2026 is later than today"),
            ({"date": "2026-01-01"}, "before the case was opened"),
            ({"status": "gone"}, "Status: “gone” is not among"),
            (
                {"type": "payment", "amount": 5, "currency": "USD"},
                "“USD” is not the currency of the case, EUR",
            ),
            (
                {"type": "cost", "amount": -5, "currency": "EUR", "what": "x"},
                "Amount: “-5” is not more than zero",
            ),
            ({"type": "document", "name": "a", "content": b"MZ"}, "only PDF files"),
        ):
            with self.assertRaisesRegex(UserError, said):
                self.report(**report)
        self.assertFalse(self.case.event_ids)
        self.assertFalse(self.case.last_report_at)

    def test_every_problem_has_a_sentence(self):
        """The codes that the engine gives, each with its parameters."""
        bad = {"date": "x", "text": 1, "documents": [1]}
        for report in (
            None,
            {"type": "x"},
            {**bad, "type": "status", "status": "x"},
            {**bad, "type": "cost", "amount": "x", "currency": 5, "what": "x" * 300},
            {**bad, "type": "payment", "amount": "1.234", "currency": "EUR"},
            {**bad, "type": "visit", "present": "x", "observations": 5},
            {**bad, "type": "event", "kind": "cost"},
            {"type": "document", "name": "x", "content": "?", "documents": 5},
            {"type": "document", "name": "x", "content": b"?", "documents": [5] * 50},
        ):
            with self.assertRaises(UserError) as caught:
                self.case._accept_report(report, "party")
            self.assertNotIn("%(", str(caught.exception))

    def test_state_of_the_case(self):
        draft = self.make_case(self.make_invoice(overdue=60), opened=False)
        with self.assertRaisesRegex(UserError, "not been opened"):
            self.report(draft)
        self.case.action_close("Over")
        with self.assertRaisesRegex(UserError, "has ended"):
            self.report()
        self.report(type="payment", amount=5, currency="EUR", received_by="party")
        self.assertEqual(len(self.case.event_ids), 1)

    def test_same_message_again(self):
        first = self.report(message_id="M-1", text="One")
        again = self.report(message_id="M-1", text="One")
        self.assertEqual(first, again)
        self.assertEqual(len(self.case.event_ids), 1)
        with self.assertRaisesRegex(UserError, "used before"):
            self.report(message_id="M-1", text="Two")
        # Numbers are those of one case.
        other = self.make_case(self.make_invoice(overdue=60))
        self.assertTrue(self.report(other, message_id="M-1", text="Two"))

    def test_two_companies_two_currencies(self):
        move = self.make_invoice(
            overdue=50, company=self.other_company, currency=self.dollar
        )
        case = self.make_case(move)
        paid = {"type": "payment", "amount": 5, "received_by": "party"}
        with self.assertRaisesRegex(UserError, "USD"):
            self.report(case, **paid, currency="EUR")
        event = self.report(case, **paid, currency="USD")
        self.assertEqual(event.company_id, self.other_company)
        self.assertEqual(event.currency_id, self.dollar)
