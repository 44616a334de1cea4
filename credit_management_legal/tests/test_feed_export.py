"""What third parties are told, and by files in a real directory."""

import hashlib
import io
import json
import os
import tempfile
import zipfile
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo import sql_db
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import common, tagged
from odoo.tools import file_open

from odoo.addons.credit_management.engine.solvency import POINTS
from odoo.addons.credit_management.tests.common import TODAY, days_ago

from ..engine import feed as feeds
from ..engine import report as reports
from ..models import credit_feed_folder
from ..models.credit_case_event import EVENT_KINDS
from ..models.credit_case_report import REPORT_TYPES
from ..models.credit_feed import LOCK_CLASS
from ..models.credit_feed_message import TOLD_TYPES
from ..models.credit_feed_provider import FeedTrouble
from .feed_common import FeedCommon
from .handoff_common import HandoffCommon


@contextmanager
def odoo_connection(name=None):
    """Another session of the database, as another process has it."""
    with closing(sql_db.db_connect(name or common.get_db_name()).cursor()) as cursor:
        yield cursor


def message_schema():
    name = "credit_management_legal/static/schema/message.schema.json"
    with file_open(name) as stream:
        return json.load(stream)


class FolderCommon(FeedCommon):
    def setUp(self):
        super().setUp()
        base = self.enterContext(tempfile.TemporaryDirectory())
        self.base = Path(os.path.realpath(base))
        self.root = self.base / "feeds"
        self.root.mkdir()
        self.enterContext(self.options(credit_feed_root=str(self.root)))
        self.feed = self.make_feed(with_file=False)
        self.folder = self.root / "agency"

    def files(self, part):
        folder = self.folder / part
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def drop(self, name, *values, old=True):
        """Put a file in, as the third party would some time ago."""
        path = self.folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = values[0] if values and isinstance(values[0], bytes) else None
        if content is None:
            content = "\n".join(map(json.dumps, values)).encode()
        path.write_bytes(content)
        if old:
            os.utime(path, (1_700_000_000, 1_700_000_000))
        return path

    def exchange(self):
        self.feed._exchange()
        self.env.flush_all()
        self.env.invalidate_all()

    def out(self):
        """Messages that left: {type: content}, in their order."""
        return [
            (message.type, message.payload)
            for message in self.env["credit.feed.message"].search(
                [("feed_id", "=", self.feed.id), ("direction", "=", "out")], order="id"
            )
        ]


@tagged("post_install", "-at_install")
class TestFeedExport(FolderCommon):
    def news(self):
        """What is told now that was not before."""
        before = len(self.out())
        self.exchange()
        return self.out()[before:]

    def test_new_case(self):
        self.assertFalse(self.news())
        case = self.case_of()
        case.party_reference = "A-77"
        self.case_of(self.lawyer)
        self.case_of(opened=False)
        [(kind, told)] = self.news()
        self.assertEqual((kind, told["case"]), ("case_opened", case.name))
        self.assertEqual((told["amount"], told["currency"]), ("1000.00", "EUR"))
        self.assertEqual(told["debtor"]["name"], self.debtor.name)
        self.assertEqual(told["their_reference"], "A-77")
        [item] = told["items"]
        self.assertEqual(item["residual"], "1000.00")
        [name] = self.files("out")
        self.assertEqual(name, f"{case.name.replace('/', '-')}-opened.json")
        left = json.loads((self.folder / "out" / name).read_text())
        self.assertEqual(left, told)
        self.assertFalse(self.news())

    def test_what_changes(self):
        case = self.case_of(move=self.make_invoice(overdue=100, amount=1000))
        other = self.make_invoice(overdue=60, amount=50)
        case.write({"line_ids": [(0, 0, {"move_line_id": self.items(other).id})]})
        self.news()
        move = case.line_ids.move_id - other
        self.pay(move, 400)
        [(kind, told)] = self.news()
        self.assertEqual(kind, "payment_received")
        self.assertEqual((told["amount"], told["residual"]), ("400.00", "600.00"))
        self.assertEqual(told["invoice"], move.name)
        payment = self.pay(move, 100)
        self.assertEqual(self.news()[0][1]["residual"], "500.00")
        payment.move_id.line_ids.remove_move_reconcile()
        [(kind, told)] = self.news()
        self.assertEqual((kind, told["residual"]), ("amount_raised", "600.00"))
        case.line_ids.filtered(lambda line: line.move_id == other).action_withdraw(
            "Comes back"
        )
        [(kind, told)] = self.news()
        self.assertEqual((kind, told["invoice"]), ("item_withdrawn", other.name))
        self.pay(move)
        kinds = [(kind, told["state"]) for kind, told in self.news()]
        self.assertEqual(
            kinds, [("payment_received", "paid"), ("state_changed", "paid")]
        )
        case.end_reason = "All was paid"
        case.action_close()
        [(kind, told)] = self.news()
        self.assertEqual((kind, told["state"]), ("state_changed", "closed"))
        self.assertEqual(told["reason"], "All was paid")
        self.assertFalse(self.news())
        numbers = [told["message_id"] for _kind, told in self.out()]
        self.assertEqual(len(set(numbers)), len(numbers))

    def test_case_that_went_to_somebody_else(self):
        """It is withdrawn, and nothing that comes later is told."""
        case = self.case_of()
        self.exchange()
        told = len(self.files("out"))
        other = self.make_party("Another agency")
        case.mandate_id = self.make_mandate(party_id=other.id)
        self.assertEqual(case.party_id, other)
        self.pay(case.line_ids.move_id, 10)
        self.exchange()
        [last] = self.feed.message_line_ids.filtered(
            lambda message: message.type == "state_changed"
        )
        self.assertEqual(last.payload["state"], "withdrawn")
        self.assertEqual(len(self.files("out")), told + 1)
        case.action_close()
        self.exchange()
        self.assertEqual(len(self.files("out")), told + 1)

    def test_only_from_a_day_on(self):
        self.feed.date_from = TODAY
        case = self.case_of()
        case.sudo().date_opened = days_ago(1)
        self.assertFalse(self.news())
        self.feed.date_from = days_ago(1)
        self.assertEqual(len(self.news()), 1)

    def test_number_of_queries_of_new_cases(self):
        """No more than each takes to work out its own claim, day by day."""

        def queries(count):
            for _number in range(count):
                self.case_of(move=self.make_invoice(overdue=60))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(self.feed.sudo()._queue_news()), count)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries(1)
        self.assertLessEqual(queries(12) - queries(2), 10 * 26)

    def test_archive_goes_before_its_message(self):
        """Whole, in files; and the case says who has it."""
        HandoffCommon.without_printing(self)
        self.feed.with_file = True
        names = []
        put = type(self.env["credit.feed.provider"])._put_file

        def put_file(provider, folder, name, content):
            names.append(name)
            return put(provider, folder, name, content)

        case = self.case_of()
        stem = f"{case.name.replace('/', '-')}-opened"
        with patch.object(
            type(self.env["credit.feed.provider"]), "_put_file", put_file
        ):
            self.exchange()
        self.assertEqual(names, [f"{stem}.zip", f"{stem}.json"])
        content = (self.folder / "out" / f"{stem}.zip").read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.assertIsNone(archive.testzip())
            self.assertIn("case.json", archive.namelist())
        event = case.event_ids.filtered("handoff_sha256")
        self.assertEqual(event.handoff_sha256, hashlib.sha256(content).hexdigest())
        self.assertIn(self.feed.name, event.name)

    def test_sent_again(self):
        self.case_of()
        self.exchange()
        [name] = self.files("out")
        first = (self.folder / "out" / name).read_bytes()
        (self.folder / "out" / name).unlink()
        message = self.feed.message_line_ids
        viewer = self.make_user("viewer", "group_viewer")
        with self.assertRaises(AccessError):
            message.with_user(viewer).action_send_again()
        message.action_send_again()
        self.exchange()
        self.assertEqual((self.folder / "out" / name).read_bytes(), first)
        self.assertEqual(message.state, "sent")

    def test_folder_that_fails(self):
        self.case_of()
        (self.folder).write_text("no folder")
        self.exchange()
        self.assertIn("has to be a folder", self.feed.last_problem)
        message = self.feed.message_line_ids
        self.assertEqual(message.state, "waiting")
        self.folder.unlink()
        self.exchange()
        self.assertFalse(self.feed.last_problem)
        self.assertEqual(message.state, "sent")

    def test_messages_fit_their_schema(self):
        self.test_what_changes()
        with file_open(
            "credit_management_legal/static/schema/message.schema.json"
        ) as f:
            schema = json.load(f)
        told = schema["$defs"]["told"]
        for kind, payload in self.out():
            own = schema["$defs"][kind]
            for name in told["required"] + own["required"]:
                self.assertIn(name, payload, kind)
            known = told["properties"].keys() | own["properties"].keys()
            self.assertLessEqual(payload.keys(), known, kind)

    def test_schema_says_what_is_read(self):
        parts = message_schema()["$defs"]

        def choices(part, name):
            return set(parts[part]["properties"][name]["enum"])

        types = {code for code, _label in REPORT_TYPES}
        self.assertEqual(choices("report", "type"), types)
        self.assertEqual(choices("report_status", "status"), set(reports.STATUSES))
        kinds = {kind for kind, _label in EVENT_KINDS} - set(reports.OWN_TYPE)
        self.assertEqual(choices("report_event", "kind"), kinds)
        seen = parts["report_visit"]["properties"]["observations"]["properties"]
        self.assertEqual(
            {name: set(each["enum"]) for name, each in seen.items()},
            {name: set(points) for name, points in POINTS.items()},
        )
        self.assertEqual(choices("told", "type"), {code for code, _label in TOLD_TYPES})


@tagged("post_install", "-at_install")
class TestFeedFolder(FolderCommon):
    def setUp(self):
        super().setUp()
        self.feed.direction = "import"
        self.case = self.case_of()

    def test_file_is_read_and_answered(self):
        good, bad = self.status("1", self.case), self.status("2", "CASE/X")
        self.drop("reports.jsonl", good, bad)
        self.exchange()
        self.assertFalse(self.feed.last_problem)
        self.assertEqual(self.files("in"), [])
        self.assertEqual(self.files("done"), ["reports.jsonl"])
        self.assertEqual(self.files("out"), ["reports.result.csv"])
        result = (self.folder / "out" / "reports.result.csv").read_text("utf-8-sig")
        lines = result.splitlines()
        self.assertEqual(lines[1], f"1;1;{self.case.name};status;accepted;")
        self.assertTrue(lines[2].startswith("2;2;CASE/X;status;refused;No case"))
        self.assertEqual(len(self.events(self.case)), 1)
        # The same file again, as after a crash before it was moved away.
        self.drop("reports.jsonl", good, bad)
        self.exchange()
        self.assertEqual(len(self.events(self.case)), 1)
        self.assertEqual(len(self.files("done")), 2)

    def test_files_that_are_left_alone(self):
        row = self.status("1", self.case)
        self.drop("young.jsonl", row, old=False)
        now = credit_feed_folder.time.time()
        # Of a clock ahead of ours: young however long the test takes.
        os.utime(self.folder / "in" / "young.jsonl", (now + 600, now + 600))
        for name in ("a.jsonl.part", ".hidden.jsonl", "b.exe", "c.result.csv", "~"):
            self.drop(name, row)
        os.symlink("/etc/hostname", self.folder / "in" / "link.csv")
        os.mkfifo(self.folder / "in" / "pipe.csv")
        (self.folder / "in" / "folder.csv").mkdir()
        before = self.files("in")
        self.exchange()
        self.assertFalse(self.feed.last_problem)
        self.assertEqual(self.files("in"), before)
        self.assertFalse(self.events(self.case))

    def test_files_that_are_none(self):
        self.drop("garbage.csv", b"\x00\x9f\x01\xff" * 1000)
        self.drop("empty.jsonl", b"")
        self.drop("other.csv", b"a;b\n=1;2")
        self.drop("zz.jsonl", self.status("1", self.case))
        self.exchange()
        self.assertEqual(
            self.files("refused"), ["empty.jsonl", "garbage.csv", "other.csv"]
        )
        self.assertEqual(self.files("done"), ["zz.jsonl"])
        result = (self.folder / "out" / "garbage.result.csv").read_text("utf-8-sig")
        self.assertIn("zero bytes", result)
        refused = self.feed.message_line_ids.filtered(lambda m: m.state == "refused")
        self.assertEqual(len(refused), 3)
        self.assertEqual(len(self.events(self.case)), 1)

    def test_too_large(self):
        with patch.object(feeds, "MOST_FILE", 1024):
            self.drop("big.jsonl", b"x" * 1025)
            self.exchange()
        self.assertEqual(self.files("refused"), ["big.jsonl"])
        self.assertEqual(feeds.MOST_FILE, 50 * 1024 * 1024)

    def test_hostile_names(self):
        row = self.status("1", self.case)
        name = "=cmd|x;$(id)`\n é.jsonl"
        self.drop(name, row)
        raw = os.fsencode(self.folder / "in") + b"/\xff\xfe.jsonl"
        with open(raw, "wb") as stream:
            stream.write(json.dumps(self.status("2", self.case)).encode())
        os.utime(raw, (1_700_000_000, 1_700_000_000))
        self.exchange()
        self.assertFalse(self.feed.last_problem)
        self.assertEqual(len(self.events(self.case)), 2)
        self.assertEqual(self.files("in"), [])
        for name in self.files("out"):
            self.assertRegex(name, r"^[A-Za-z0-9_.-]+\.result\.csv$")

    def test_crash_before_it_is_moved(self):
        self.drop("a.jsonl", self.status("1", self.case))
        with patch.object(os, "replace", side_effect=OSError(28, "No space left")):
            self.exchange()
        self.assertIn("No space left", self.feed.last_problem)
        self.assertEqual(len(self.events(self.case)), 1)
        self.exchange()
        self.assertFalse(self.feed.last_problem)
        self.assertEqual(self.files("done"), ["a.jsonl"])
        self.assertEqual(len(self.events(self.case)), 1)

    def test_one_at_a_time(self):
        self.drop("a.jsonl", self.status("1", self.case))
        with self.feed._alone() as free, odoo_connection() as other:
            self.assertTrue(free)
            key = [LOCK_CLASS, self.feed.id]
            other.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
            self.assertEqual(other.fetchall(), [(False,)])
        with odoo_connection() as other:
            other.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
            self.assertEqual(other.fetchall(), [(True,)])
            self.exchange()
            self.assertEqual(self.files("in"), ["a.jsonl"])
            wizard = self.env["credit.feed.import"]
            with self.assertRaisesRegex(UserError, "just now"):
                wizard._check_alone(self.feed)
            other.execute("SELECT pg_advisory_unlock(%s, %s)", key)
        self.exchange()
        self.assertEqual(self.files("done"), ["a.jsonl"])

    # ------------------------------------------------------------------
    # Where
    # ------------------------------------------------------------------

    def test_nowhere_else(self):
        outside = self.base / "elsewhere"
        outside.mkdir()
        (self.root / "link").symlink_to(outside)
        for folder in ("../elsewhere", "/etc", "link", ".", "a/../..", ""):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.feed.folder = folder
        with self.assertRaises(FeedTrouble):
            self.env["credit.feed.provider"]._feed_path("a\x00b")
        (self.folder / "in").mkdir(parents=True, exist_ok=True)
        (self.folder / "out").symlink_to(outside)
        with self.assertRaisesRegex(FeedTrouble, "no link to another"):
            self.env["credit.feed.provider"]._check(self.feed)
        self.assertFalse(list(outside.iterdir()))

    def test_one_folder_one_feed(self):
        for folder in ("agency", "./agency", "agency/in", "x/../agency"):
            with self.assertRaisesRegex(ValidationError, "of another feed"):
                self.make_feed(
                    name="B", folder=folder, company_id=self.other_company.id
                )
        self.assertTrue(self.make_feed(name="B", folder="agency2"))

    def test_cron_goes_on_with_the_next_feed(self):
        broken = self.make_feed(name="A, broken", folder="broken")
        (self.root / "broken").write_text("no folder")
        self.drop("a.jsonl", self.status("1", self.case))
        with self.enter_registry_test_mode():
            self.env.ref(
                "credit_management_legal.ir_cron_feed_exchange"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(broken.last_problem)
        self.assertEqual(len(self.events(self.case)), 1)

    def test_copy_of_the_database(self):
        with file_open("credit_management_legal/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(self.feed.active)
