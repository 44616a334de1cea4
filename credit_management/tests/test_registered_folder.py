"""Electronic registered delivery by files in a real directory."""

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import config, file_open, mute_logger

from ..engine.bounces import HARD, Bounce
from ..models.credit_channel import MAX_ATTEMPTS
from ..models.credit_registered_provider import CarrierTrouble
from .common import NOW, DeliveryCommon
from .postal_common import PostalCommon

PROVIDER = "odoo.addons.credit_management.models.credit_registered_provider"


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestRegisteredFolder(DeliveryCommon, PostalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.base = Path(
            os.path.realpath(cls.enterClassContext(tempfile.TemporaryDirectory()))
        )
        cls.root = cls.base / "carriers"
        cls._make_folders()
        cls.enterClassContext(cls.patch_options(credit_registered_root=str(cls.root)))
        cls.provider = cls.env["credit.registered.provider"].sudo()
        cls.firm = cls.company.sudo()
        cls.firm.write(
            {
                "credit_registered_folder": "post",
                "credit_registered_provider": "folder",
            }
        )
        cls.debtor.credit_accepts_electronic = True

    @classmethod
    def patch_options(cls, **options):
        return _Options(options)

    @classmethod
    def _make_folders(cls):
        shutil.rmtree(cls.root, ignore_errors=True)
        (cls.root / "post").mkdir(parents=True)
        (cls.base / "elsewhere").mkdir(exist_ok=True)

    def setUp(self):
        super().setUp()
        self._make_folders()

    def files(self, part):
        folder = self.root / "post" / part
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def sent(self):
        self.make_invoice(overdue=6)
        reminder = self.propose().reminder_ids
        reminder.action_approve()
        self.deliver(reminder)
        return reminder

    def status(self, name, content):
        if not isinstance(content, str):
            content = json.dumps(content)
        (self.root / "post" / "in" / name).write_text(content)

    # ------------------------------------------------------------------
    # Out
    # ------------------------------------------------------------------

    def test_letter_and_manifest(self):
        reminder = self.sent()
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(reminder.postal_state, "to_post")
        self.assertEqual(reminder.postal_provider, "folder")
        self.assertTrue(reminder.printed)
        stem = f"{self.company.id}-{reminder.name.replace('/', '-')}"
        self.assertEqual(self.files("out"), [f"{stem}.json", f"{stem}.pdf"])
        out = self.root / "post" / "out"
        manifest = json.loads((out / f"{stem}.json").read_text())
        content = (out / manifest["file"]).read_bytes()
        self.assertEqual(content, reminder.letter_id.raw)
        self.assertEqual(manifest["sha256"], hashlib.sha256(content).hexdigest())
        self.assertEqual(manifest["reference"], reminder.name)
        self.assertEqual(manifest["recipient"]["email"], self.debtor.email)
        # Handed over once more after a crash, it takes the place of the first.
        self.provider._submit_folder(reminder.sudo(), content)
        self.assertEqual(len(self.files("out")), 2)
        tasks = self.env["credit.task"].search([("res_model", "=", "credit.reminder")])
        self.assertNotIn(reminder.id, tasks.mapped("res_id"))

    def test_letter_says_what_it_is(self):
        self.make_invoice(overdue=6)
        reminder = self.propose().reminder_ids

        def page():
            return reminder._preview_registered_letter()[reminder.id]

        self.assertIn("Electronic registered letter", page())
        self.debtor.credit_accepts_electronic = False
        self.assertIn("Registered letter", page())
        self.assertNotIn("Electronic", page())

    def test_paper_for_all_others(self):
        self.debtor.credit_accepts_electronic = False
        reminder = self.sent()
        self.assertFalse(reminder.postal_provider)
        self.assertFalse(reminder.printed)
        self.assertFalse(self.files("out"))

    def test_off_by_default(self):
        self.assertFalse(self.other_company.sudo().credit_registered_provider)
        self.firm.credit_registered_provider = False
        self.assertFalse(self.sent().postal_provider)

    def test_needs_an_address(self):
        self.debtor.email = False
        self.make_invoice(overdue=6)
        reminder = self.propose().reminder_ids
        self.assertIn("e-mail", reminder._alerts_registered_letter()[reminder])

    def test_stop_switch(self):
        self.make_invoice(overdue=6)
        reminder = self.propose().reminder_ids
        reminder.action_approve()
        self.env["credit.stop"].create(
            {"company_id": self.company.id, "reason": "Wait"}
        )
        self.deliver(reminder)
        self.assertEqual(reminder.state, "queued")
        self.assertFalse(self.files("out"))

    def test_not_to_an_address_that_came_back(self):
        """What is not used for e-mails is not used for letters by e-mail either."""
        hard = Bounce(HARD)
        for _time in range(2):
            self.env["credit.address"]._count_bounce(
                self.company, self.debtor.email, hard
            )
        self.make_invoice(overdue=6)
        reminder = self.propose().reminder_ids
        self.assertIn(
            "not used any more", reminder._alerts_registered_letter()[reminder]
        )

    def carrier_tasks(self, company=None):
        self.env.flush_all()
        tasks = self.env["credit.task"].with_company(company or self.company)
        return tasks.search([("kind", "in", ("carrier", "postal_file"))])

    def test_long_outage(self):
        """Letters wait for the carrier as long as it takes, and somebody is told."""
        shutil.rmtree(self.root / "post")
        self.make_invoice(overdue=6)
        self.make_invoice(self.debtor_b, overdue=6, amount=50)
        self.debtor_b.credit_accepts_electronic = True
        reminders = self.propose().reminder_ids
        reminders.action_approve()
        for _time in range(MAX_ATTEMPTS + 1):
            self.deliver(reminders)
        self.assertEqual(set(reminders.mapped("state")), {"queued"})
        task = self.carrier_tasks().ensure_one()
        self.assertIn("does not exist", task.summary)
        self.assertEqual(task.amount, sum(reminders.mapped("amount_total")))
        self.assertFalse(task.partner_id)
        self.assertFalse(self.carrier_tasks(self.other_company))
        self._make_folders()
        self.deliver(reminders)
        self.assertEqual(set(reminders.mapped("state")), {"sent"})
        self.assertFalse(self.carrier_tasks())

    def test_folder_that_is_gone(self):
        (self.root / "post").rename(self.root / "gone")
        reminder = self.sent()
        self.assertEqual(reminder.state, "queued")
        self.assertIn("does not exist", reminder.failure_reason)
        self.assertFalse(reminder.letter_id)
        self.assertFalse(reminder.postal_state)

    def test_folder_that_is_read_only(self):
        out = self.root / "post" / "out"
        out.mkdir(exist_ok=True)
        blocked = out / f"{self.company.id}-X.pdf.part"
        blocked.mkdir()
        with self.assertRaisesRegex(CarrierTrouble, "can't be used"):
            self.provider._put(str(out), f"{self.company.id}-X.pdf", b"%PDF")

    # ------------------------------------------------------------------
    # Where
    # ------------------------------------------------------------------

    def test_nowhere_else(self):
        (self.root / "link").symlink_to(self.base / "elsewhere")
        for folder, said in (
            ("../elsewhere", "outside"),
            ("/etc", "outside"),
            ("link", "outside"),
            (".", "outside"),
            ("missing", "does not exist"),
            (False, "No folder"),
        ):
            with self.assertRaisesRegex(ValidationError, said):
                self.firm.credit_registered_folder = folder
                self.env.flush_all()

    def test_one_folder_one_company(self):
        with self.assertRaisesRegex(ValidationError, "already"):
            self.other_company.sudo().write(
                {
                    "credit_registered_folder": "./post",
                    "credit_registered_provider": "folder",
                }
            )

    def test_only_administrators(self):
        manager = self.make_user("manager")
        with self.assertRaises(AccessError):
            self.company.with_user(manager).credit_registered_folder = "other"
        with self.assertRaises(AccessError):
            self.company.with_user(manager).read(["credit_registered_provider"])

    # ------------------------------------------------------------------
    # In
    # ------------------------------------------------------------------

    def test_news(self):
        reminder = self.sent()
        self.status(
            "1.json",
            {
                "reference": reminder.name,
                "tracking_number": "LRE20260617001",
                "state": "posted",
                "date": "2026-06-17",
            },
        )
        self.status(
            "2.csv", f"reference,state,date\n{reminder.name},received,2026-06-17"
        )
        self.provider._poll(self.firm)
        self.assertEqual(reminder.postal_state, "received")
        self.assertEqual(reminder.tracking_number, "LRE20260617001")
        self.assertEqual(reminder.delivery_state, "delivered")
        self.assertEqual(set(reminder.postal_event_ids.mapped("source")), {"provider"})
        self.assertFalse(self.files("in"))
        self.assertEqual(self.files("done"), ["1.json", "2.csv"])
        # The same again, as after a crash before the file was moved: nothing new.
        (self.root / "post/done/1.json").rename(self.root / "post/in/1.json")
        self.provider._poll(self.firm)
        self.assertEqual(len(reminder.postal_event_ids), 2)

    def test_what_cannot_be_read(self):
        self.sent()
        self.status("bad.json", "{")
        self.status("list.json", "[1]")
        self.status("empty.csv", "nothing\nat all\n")
        (self.root / "post" / "in" / "other.txt").write_text("left alone")
        os.symlink("/etc/hostname", self.root / "post" / "in" / "link.csv")
        self.provider._poll(self.firm)
        self.assertEqual(
            self.files("rejected"),
            ["bad.json", "bad.json.txt", "empty.csv", "empty.csv.txt"]
            + ["list.json", "list.json.txt"],
        )
        self.assertEqual(self.files("in"), ["link.csv", "other.txt"])

    def test_bad_rows_are_told(self):
        """What could be used is done, and somebody looks at what could not."""
        reminder = self.sent()
        self.status(
            "1.csv",
            f"reference,state,date\n{reminder.name},posted,2026-06-17\n"
            "NOBODY,posted,2026-06-17",
        )
        self.provider._poll(self.firm)
        self.assertEqual(reminder.postal_state, "posted")
        self.assertEqual(self.files("done"), ["1.csv"])
        task = self.carrier_tasks().ensure_one()
        self.assertEqual((task.kind, task.name), ("postal_file", "1.csv"))
        self.assertIn("NOBODY", task.summary)
        self.assertFalse(self.carrier_tasks(self.other_company))
        collector = self.make_user("collector")
        task.with_user(collector).with_context(act="done").action_act()
        self.assertFalse(self.carrier_tasks())

    def test_nothing_good_is_rejected(self):
        self.sent()
        self.status("1.csv", "reference,state,date\nNOBODY,posted,2026-06-17")
        self.status("2.csv", "nothing\nat all\n")
        self.status("3.json", "{")
        self.provider._poll(self.firm)
        self.assertFalse(self.files("done"))
        self.assertEqual(self.files("rejected")[::2], ["1.csv", "2.csv", "3.json"])
        said = (self.root / "post" / "rejected" / "1.csv.txt").read_text()
        self.assertIn("NOBODY", said)
        tasks = self.carrier_tasks()
        self.assertEqual(set(tasks.mapped("name")), {"1.csv", "2.csv", "3.json"})
        self.assertTrue(all(tasks.mapped("summary")))

    def test_good_files_are_no_task(self):
        reminder = self.sent()
        self.status("1.csv", f"reference,state,date\n{reminder.name},posted,2026-06-17")
        self.provider._poll(self.firm)
        self.assertFalse(self.carrier_tasks())

    def test_cron_goes_on_with_the_next_company(self):
        (self.root / "second").mkdir()
        self.other_company.sudo().write(
            {
                "credit_registered_folder": "second",
                "credit_registered_provider": "folder",
            }
        )
        shutil.rmtree(self.root / "second")
        reminder = self.sent()
        self.status(
            "1.json",
            {"reference": reminder.name, "state": "posted", "date": "2026-06-17"},
        )
        with self.enter_registry_test_mode(), mute_logger(PROVIDER):
            self.env.ref(
                "credit_management.ir_cron_registered_poll"
            ).method_direct_trigger()
        self.assertEqual(reminder.postal_state, "posted")

    def test_copy_of_the_database(self):
        with file_open("credit_management/data/neutralize.sql") as script:
            self.assertIn("credit_registered_provider = NULL", script.read())


class _Options:
    """The server's configuration with other values for a while."""

    def __init__(self, options):
        self.options = options

    def __enter__(self):
        self.before = {name: config.get(name) for name in self.options}
        for name, value in self.options.items():
            config[name] = value

    def __exit__(self, *_error):
        for name, value in self.before.items():
            config[name] = value
