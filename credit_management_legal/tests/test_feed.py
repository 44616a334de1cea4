"""Rows of feeds: accepted once or refused, whatever else the file holds."""

import base64
import json
from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, Form, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.ledger import FileProblem

from ..engine import feed as feeds
from .feed_common import FeedCommon
from .test_report import PDF

IMPORT = "odoo.addons.credit_management_legal.models.credit_feed_import"


class TestReadingFiles(BaseCase):
    def rows(self, text, name=""):
        data = text if isinstance(text, bytes) else text.encode()
        return feeds.read_rows(data, name)

    def problem(self, data, name=""):
        with self.assertRaises(FileProblem) as caught:
            feeds.read_rows(data, name)
        return caught.exception.code

    def test_json_lines(self):
        rows = self.rows(
            '{"message_id": "1", "amount": 12.10}\r\n\n{"message_id": 2}\n'
        )
        self.assertEqual([(r.number, r.message_id) for r in rows], [(1, "1"), (3, "2")])
        # Exact: no float has this value.
        self.assertEqual(str(rows[0].report["amount"]), "12.10")
        self.assertEqual(rows[0].kept["amount"], "12.10")

    def test_json_list(self):
        rows = self.rows('\ufeff[{"message_id": "1"}, 5]')
        self.assertEqual([row.problem for row in rows], ["", "no_report"])

    def test_bad_lines_stay_in_their_row(self):
        rows = self.rows(
            '{"message_id": "1"}\n{"a": \n{"a": 1, "a": 2}\n{"a": NaN}\n"x"\n'
            + "[" * 100_000
            + '\n{"message_id": "\\u0000"}\n{"message_id": "#1"}\n{"message_id": ""}\n'
            + '{"message_id": "2"}'
        )
        self.assertEqual(
            [row.problem for row in rows],
            ["", *["no_json"] * 3, "no_report", "no_json", "bad_id", "bad_id"]
            + ["no_id", ""],
        )
        self.assertEqual(len({row.key for row in rows}), len(rows))

    def test_tables(self):
        text = (
            "Numéro;Type;Date du;Dossier;Montant;Devise;Présent;activity;Remarque\n"
            "1;Payment;17/06/2026;CASE/1;1.234,50;EUR;;;a\n"
            "2;visit;16/06/2026;CASE/1;;;oui;Active;=1+1\n"
        )
        for data in (
            text.encode(),
            text.encode("utf-8-sig"),
            text.encode("cp1252"),
            text.encode("utf-16"),
            text.replace(";", "\t").encode(),
            ("sep=;\r\n" + text).encode(),
        ):
            first, second = self.rows(data, "a.csv")
            self.assertEqual(first.report["type"], "payment")
            self.assertEqual(str(first.report["amount"]), "1234.50")
            self.assertEqual(first.report["date"].isoformat(), "2026-06-17")
            self.assertEqual(second.report["observations"], {"activity": "active"})
            self.assertIs(second.report["present"], True)
            self.assertEqual(second.report["text"], "=1+1")

    def test_files_that_are_none(self):
        self.assertEqual(self.problem(b""), "empty")
        self.assertEqual(self.problem(b"\x00\xff\xfe\x01" * 50), "nul")
        self.assertEqual(self.problem(b"%PDF-1.4"), "not_a_table")
        self.assertEqual(self.problem(b"PK\x03\x04..."), "xlsx")
        self.assertEqual(self.problem(b'[{"a": 1}, '), "json")
        self.assertEqual(self.problem(b"message_id,type\n1,status"), "missing_columns")
        self.assertEqual(self.problem(b"message_id;type;date;case\n"), "no_rows")
        twice = b"message_id;type;date;case;note;remark\n1;2;3;4;5;6"
        self.assertEqual(self.problem(twice), "column_twice")
        self.assertEqual(self.problem(b"x" * (feeds.MOST_FILE + 1)), "too_big")

    def test_what_is_kept(self):
        deep = value = {}
        for _depth in range(1000):
            value["a"] = value = {}
        kept = feeds.storable(
            {"content": "AAAA", "text": "x" * 5000, "n": 10**50, "d": deep, "z": "\x00"}
        )
        self.assertTrue(kept["content"].startswith("4 bytes, sha256 "))
        self.assertLess(len(json.dumps(kept)), 4000)
        self.assertNotIn("\\u0000", json.dumps(kept))
        long = [feeds.storable("x" * 5000 + end) for end in "ab"]
        self.assertNotEqual(*long)

    def test_results_are_harmless(self):
        text = feeds.results_csv(
            [(1, "=cmd|' /C calc'!A0", "+x", "-x", "@x", "|x\n=y"), (2, "-5", *"abcd")]
        ).decode("utf-8-sig")
        self.assertEqual(
            text.splitlines()[1:],
            ["1;'=cmd|' /C calc'!A0;'+x;'-x;'@x;'|x =y", "2;-5;a;b;c;d"],
        )

    def test_addresses(self):
        for url, problem in (
            ("https://agency.example.com/api", ""),
            ("http://agency.example.com", "no_https"),
            ("http://trusted.example.com:8080/x", ""),
            ("https://10.1.2.3/", "inside"),
            ("https://[::1]/", "inside"),
            ("https://169.254.169.254/latest", "inside"),
            ("https://localhost", "inside"),
            ("https://user:secret@example.com", "no_url"),
            ("https://example.com/?a=b", "no_url"),
            ("https://example.com:99999", "no_url"),
            ("file:///etc/passwd", "no_url"),
            ("https://", "no_url"),
            ("", "no_url"),
            (False, "no_url"),
        ):
            found = feeds.url_problem(url, {"trusted.example.com"})
            self.assertEqual(found, problem, url)


@tagged("post_install", "-at_install")
class TestFeed(FeedCommon):
    def setUp(self):
        super().setUp()
        self.feed = self.make_feed()
        self.case = self.case_of()

    def messages(self):
        return self.env["credit.feed.message"].search([("feed_id", "=", self.feed.id)])

    # ------------------------------------------------------------------
    # Once
    # ------------------------------------------------------------------

    def test_accepted_once(self):
        row = self.status("M1", self.case, text="Called")
        self.assertEqual(self.states(self.feed, row), ["accepted"])
        event = self.events(self.case)
        self.assertEqual((event.name, event.note), ("Debtor was contacted", "Called"))
        self.assertEqual(event.author_id, self.agency)
        message = self.messages()
        self.assertEqual((message.event_id, message.case_id), (event, self.case))
        self.assertEqual(message.payload["text"], "Called")
        self.assertEqual(self.case.party_status, "contacted")
        for _again in range(3):
            self.assertEqual(self.states(self.feed, row), ["known"])
        self.assertEqual(self.events(self.case), event)
        self.assertEqual(self.messages(), message)

    def test_same_content_in_another_form(self):
        row = self.status("M1", self.case, type="cost", what="Writ", currency="EUR")
        self.states(self.feed, {**row, "amount": 12.5})
        self.assertEqual(self.states(self.feed, {**row, "amount": "12.50"}), ["known"])
        self.assertEqual(len(self.events(self.case)), 1)

    def test_same_number_other_content(self):
        row = self.status("M1", self.case)
        other = self.status("M1", self.case, status="promise")
        self.assertEqual(self.states(self.feed, row), ["accepted"])
        for _again in range(2):
            [(state, reason)] = self.take(self.feed, other)
            self.assertEqual(state, "refused")
            self.assertIn("used before", reason)
        self.assertEqual(self.case.party_status, "contacted")
        self.assertEqual(len(self.messages()), 2)
        # And within one file.
        two = [self.status("M2", self.case), self.status("M2", self.case, text="x")]
        self.assertEqual(self.states(self.feed, *two), ["accepted", "refused"])
        same = self.status("M3", self.case)
        self.assertEqual(self.states(self.feed, same, same), ["accepted", "known"])
        self.assertEqual(len(self.events(self.case)), 3)

    def test_refused_may_be_mended(self):
        bad = self.status("M1", self.case, status="gone")
        self.assertEqual(self.states(self.feed, bad, bad), ["refused", "refused"])
        self.assertEqual(self.states(self.feed, bad), ["refused"])
        message = self.messages()
        self.assertEqual(len(message), 1)
        self.assertIn("gone", message.reason)
        good = self.status("M1", self.case)
        self.assertEqual(self.states(self.feed, good), ["accepted"])
        self.assertEqual(self.messages(), message)
        self.assertEqual((message.state, message.reason), ("accepted", False))
        self.assertEqual(message.event_id, self.events(self.case))

    def test_number_of_each_feed(self):
        second = self.make_feed(name="Second", folder="second")
        row = self.status("M1", self.case)
        self.assertEqual(self.states(self.feed, row), ["accepted"])
        self.assertEqual(self.states(second, row), ["accepted"])

    # ------------------------------------------------------------------
    # Whose
    # ------------------------------------------------------------------

    def test_cases_of_others(self):
        foreign = self.case_of(self.lawyer)
        elsewhere = self.case_of(
            move=self.make_invoice(
                overdue=60, company=self.other_company, currency=self.dollar
            )
        )
        draft = self.case_of(opened=False)
        results = self.take(
            self.feed,
            self.status("1", foreign),
            self.status("2", elsewhere),
            self.status("3", "CASE/2026/99999"),
            self.status("4", draft),
            self.status("5", "' OR 1=1 --"),
            self.status("6", ["x"]),
            self.status("7", ""),
            self.status("8", self.case),
        )
        self.assertEqual([s for s, _reason in results], ["refused"] * 7 + ["accepted"])
        # Nobody learns whether a case of others exists.
        unknown = {reason.split("“")[0] for _state, reason in results[:3]}
        self.assertEqual(unknown, {"No case in your hands is called "})
        for case in foreign | elsewhere | draft:
            self.assertFalse(case.event_ids)
        self.assertFalse(self.messages().filtered("reason").case_id - draft)

    def test_mandates_narrow_it(self):
        mandate = self.make_mandate(self.agency)
        self.feed.mandate_ids = mandate
        self.assertEqual(
            self.states(self.feed, self.status("1", self.case)), ["refused"]
        )
        own = self.case_of(mandate_id=mandate.id)
        self.assertEqual(self.states(self.feed, self.status("2", own)), ["accepted"])
        with self.assertRaisesRegex(ValidationError, "no mandate of"):
            self.feed.mandate_ids = self.make_mandate(self.lawyer)

    def test_their_reference(self):
        self.case.party_reference = "A-77"
        self.assertEqual(self.states(self.feed, self.status("1", "A-77")), ["accepted"])
        other = self.case_of()
        other.party_reference = "A-77"
        [(state, reason)] = self.take(self.feed, self.status("2", "A-77"))
        self.assertEqual(state, "refused")
        self.assertIn("Several cases", reason)
        # Ours counts, whatever they call another one.
        other.party_reference = self.case.name
        self.states(self.feed, self.status("3", self.case))
        self.assertEqual(len(self.events(self.case)), 2)
        self.assertFalse(other.event_ids)

    def test_two_companies_two_currencies(self):
        elsewhere = self.case_of(
            move=self.make_invoice(
                overdue=60, company=self.other_company, currency=self.dollar
            )
        )
        feed = self.make_feed(
            name="Elsewhere", folder="other", company_id=self.other_company.id
        )
        paid = {
            "type": "payment",
            "amount": "10.00",
            "received_by": "party",
            "status": None,
        }
        rows = [
            self.status("1", elsewhere, **paid, currency="EUR"),
            self.status("2", elsewhere, **paid, currency="USD"),
        ]
        self.assertEqual(self.states(feed, *rows), ["refused", "accepted"])
        self.assertEqual(self.events(elsewhere).currency_id, self.dollar)
        self.assertEqual(self.events(elsewhere).company_id, self.other_company)

    # ------------------------------------------------------------------
    # Poison
    # ------------------------------------------------------------------

    def test_each_type_by_a_table(self):
        text = (
            "message_id;type;date;case;amount;currency;what;received_by;present;"
            "ability;willingness;status;kind;text\n"
            f"1;status;17/06/2026;{self.case.name};;;;;;;;promise;;\n"
            f"2;cost;17/06/2026;{self.case.name};1.080,50;EUR;Writ;;;;;;;\n"
            f"3;payment;17/06/2026;{self.case.name};500,00;EUR;;party;;;;;;\n"
            f"4;visit;17/06/2026;{self.case.name};;;;;yes;unable;unwilling;;;\n"
            f"5;event;17/06/2026;{self.case.name};;;;;;;;;served;\n"
            f"6;question;17/06/2026;{self.case.name};;;;;;;;;;Which address?\n"
        )
        rows = feeds.read_rows(text.encode(), "a.csv")
        results = self.feed.sudo()._take_rows(rows, "a.csv")
        self.assertEqual({result[4] for result in results}, {"accepted"}, results)
        amounts = {event.kind: event.amount for event in self.events(self.case)}
        self.assertEqual(amounts["cost"], 1080.5)
        self.assertEqual(amounts["payment"], 500)
        self.assertEqual(
            self.debtor.with_company(self.company).credit_solvency_score, 0
        )

    def test_document(self):
        row = self.status(
            "1",
            self.case,
            type="document",
            name="Judgment.pdf",
            content=base64.b64encode(PDF).decode(),
        )
        self.assertEqual(self.states(self.feed, row, row), ["accepted", "known"])
        self.assertEqual(self.events(self.case).attachment_ids.raw, PDF)
        self.assertIn("sha256", self.messages().payload["content"])

    def test_a_row_that_fails_when_applied(self):
        rows = [
            self.status(
                str(number),
                self.case,
                type="cost",
                what="Boom" if number in (3, 8) else "Writ",
                amount=5,
                currency="EUR",
            )
            for number in range(12)
        ]

        def take_cost(case, report, event):
            if report["what"] == "Boom":
                event.case_id.note = "half done"
                case.env.flush_all()
                if event.message_key.endswith("/3"):
                    raise UserError(report["what"])
                case.env.cr.execute("SELECT 1/0")

        with (
            patch.object(type(self.case), "_take_cost", take_cost),
            mute_logger(IMPORT, "odoo.sql_db"),
        ):
            results = self.take(self.feed, *rows)
        refused = {i: reason for i, (s, reason) in enumerate(results) if s == "refused"}
        self.assertEqual(set(refused), {3, 8})
        self.assertEqual(refused[3], "Boom")
        self.assertIn("look into it", refused[8])
        self.assertEqual(len(self.events(self.case)), 10)
        self.assertFalse(self.case.note)
        self.assertEqual(len(self.messages()), 12)

    def test_killed_in_the_middle(self):
        """A crash after some batches, and once more; nothing is doubled."""
        rows = [self.status(str(number), self.case) for number in range(10)]
        real = type(self.feed)._apply_together
        count = []

        def apply_together(feed, outcomes, source):
            count.append(1)
            if len(count) == 3:
                raise KeyboardInterrupt
            return real(feed, outcomes, source)

        with patch(f"{IMPORT}.BATCH", 3):
            with patch.object(type(self.feed), "_apply_together", apply_together):
                # Not by assertRaises, which undoes what was kept before.
                with suppress(KeyboardInterrupt):
                    self.take(self.feed, *rows)
            self.assertEqual(len(count), 3)
            self.assertEqual(len(self.events(self.case)), 6)
            states = self.states(self.feed, *rows)
        self.assertEqual(states, ["known"] * 6 + ["accepted"] * 4)
        self.assertEqual(len(self.events(self.case)), 10)
        self.assertEqual(len(self.messages()), 10)

    def test_state_of_the_case(self):
        row = self.status("1", self.case)
        self.states(self.feed, row)
        self.case.action_close("Over")
        late = self.status("2", self.case)
        # What came before the end is still what it was.
        self.assertEqual(self.states(self.feed, row, late), ["known", "refused"])

    def test_file_that_is_none(self):
        feed = self.feed.sudo()
        results = [feed._refuse_file("a.csv", "Broken") for _again in range(2)]
        self.assertEqual(results[0], [(0, "", "", "", "refused", "Broken")])
        message = self.messages()
        self.assertEqual((message.state, message.reason), ("refused", "Broken"))

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def wizard(self, content, user=None, feed=None):
        return (
            self.env["credit.feed.import"]
            .with_user(user or self.env.user)
            .create(
                {
                    "feed_id": (feed or self.feed).id,
                    "file": base64.b64encode(content),
                    "filename": "reports.csv",
                }
            )
        )

    def test_import_by_hand(self):
        collector = self.make_user("collector", "group_collector")
        text = (
            "message_id;type;date;case;status\n"
            f"1;status;2026-06-17;{self.case.name};contacted\n"
            f"2;status;2026-06-17;{self.case.name};=cmd\n"
        )
        wizard = self.wizard(text.encode(), collector)
        wizard.action_import()
        self.assertEqual((wizard.accepted_count, wizard.refused_count), (1, 1))
        result = base64.b64decode(wizard.result_file).decode("utf-8-sig")
        self.assertEqual(wizard.result_filename, "reports.result.csv")
        self.assertIn("3;2;", result)
        again = self.wizard(text.encode(), collector)
        again.action_import()
        self.assertEqual((again.known_count, again.refused_count), (1, 1))
        viewer = self.make_user("viewer", "group_viewer")
        with self.assertRaises(AccessError):
            self.wizard(text.encode(), viewer)
        neighbour = self.make_user("neighbour", "group_manager", self.other_company)
        with self.assertRaises(AccessError):
            self.wizard(text.encode(), neighbour).action_import()
        for broken, said in (
            (b"message_id;type;date;case\n", "nothing below"),
            (b"a;b\n1;2", "Columns are missing: message_id, type, date, case"),
            (b"\x00\x01\x02", "zero bytes"),
            (b'[{"a": 1}', "no JSON"),
        ):
            with self.assertRaisesRegex(UserError, said):
                self.wizard(broken).action_import()

    def test_screens(self):
        manager = self.make_user("manager", "group_manager")
        with Form(self.env["credit.feed"].with_user(manager)) as form:
            form.name = "Lawyer"
            form.party_id = self.lawyer
            form.provider = "folder"
            with self.assertRaisesRegex(AssertionError, "folder is a required field"):
                form.save()
            form.folder = "lawyer"
        feed = form.record
        self.assertEqual((feed.company_id, feed.direction), (self.company, "both"))
        with Form(self.env["credit.feed.import"].with_user(manager)) as form:
            form.feed_id = feed
            form.file = base64.b64encode(b"message_id;type;date;case\n1;2;3;4")
        form.record.action_import()
        self.assertEqual(form.record.refused_count, 1)
        [message] = feed.message_line_ids
        self.assertIn('"message_id": "1"', message.payload_text)
        self.assertEqual(feed.action_view_messages()["res_model"], message._name)
        self.states(self.feed, self.status("1", self.case))
        self.case.invalidate_recordset()
        self.assertEqual(self.case.feed_message_count, 1)
        action = self.case.with_user(manager).action_view_feed_messages()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.case_id, self.case)

    def test_who_may_what(self):
        viewer = self.make_user("viewer", "group_viewer")
        manager = self.make_user("manager", "group_manager")
        self.states(self.feed, self.status("1", self.case))
        message = self.messages()
        self.assertEqual(message.with_user(viewer).reason, False)
        feed = self.feed.with_user(viewer)
        self.assertEqual(feed.name, "Agency, daily")
        for name in ("token", "folder", "url"):
            with self.assertRaises(AccessError):
                feed.read([name])
        with self.assertRaises(AccessError):
            feed.action_exchange()
        with self.assertRaises(AccessError):
            message.with_user(manager).write({"state": "refused"})
        with self.assertRaises(UserError):
            message.sudo().unlink()
        with self.assertRaises(UserError):
            self.feed.with_user(manager).unlink()
        neighbour = self.make_user("neighbour", "group_manager", self.other_company)
        feeds_seen = self.env["credit.feed"].with_user(neighbour).search([])
        self.assertNotIn(self.feed, feeds_seen)
        with self.assertRaises(AccessError):
            message.with_user(neighbour).read(["state"])
