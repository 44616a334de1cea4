"""``setup/demo``: make a database, run the main job on a ledger, show what it did."""

import argparse
import datetime
import json
import time
from pathlib import Path

from commands.serve import serve
from console import Stop, say, stage
from database import Databases
from environment import add_common_options, prepared
from layout import INSIDE, LIB, LOCAL, PYTHON
from locks import Lock
from processes import Failed, run
from store import digest, remove, write_text
from summary import show

DATABASE = "cm_demo"
# Links in the messages lead to where --serve serves; nobody's machine is told
# about this database, which is what this scheduled action would do.
PREPARATION = """
insert into ir_config_parameter (key, value) values
    ('web.base.url', 'http://localhost:{port}'), ('web.base.url.freeze', 'True')
    on conflict (key) do update set value = excluded.value;
update ir_cron set active = false where id in (
    select res_id from ir_model_data
    where module = 'mail' and name = 'ir_cron_module_update_notification');
"""


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="setup/demo",
        description="Set up everything needed, run the credit management on a ledger "
        "day by day, and show what it did.",
    )
    parser.add_argument(
        "--ledger", metavar="FILE", type=Path, help="a ledger to load (CSV or XLSX)"
    )
    parser.add_argument(
        "--date",
        metavar="YYYY-MM-DD",
        type=_date,
        help="the day, the last one of a replay (today, or the Friday before)",
    )
    parser.add_argument(
        "--days",
        metavar="N",
        type=_days,
        help="how many days to replay (without it one run on the day)",
    )
    parser.add_argument(
        "--reset", action="store_true", help="do it again, even if nothing changed"
    )
    parser.add_argument(
        "--json", metavar="FILE", type=Path, help="write the summary to a file as well"
    )
    parser.add_argument(
        "--serve",
        action="store_true",
        help="leave Odoo running on it (admin / admin) until Ctrl-C",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=8069,
        help="the port for --serve, and for the links in the messages (8069)",
    )
    add_common_options(parser)
    options = parser.parse_args(arguments)
    if options.ledger:
        options.ledger = options.ledger.expanduser().resolve()
        if not options.ledger.is_file():
            raise Stop(f"There is no file {options.ledger}: name a ledger that exists.")
    return options


def _date(text):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is not a day like 2026-01-31"
        ) from None


def _days(text):
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is not a number of days")
    return int(text)


class Demo:
    """One demonstration: its database, its folder, what it is made of."""

    def __init__(self, options):
        self.options = options
        given = [options.ledger, options.date, options.days]
        suffix = f"_{digest(*given)[:8]}" if any(given) else ""
        self.database = f"{DATABASE}{suffix}"
        self.is_default = not any(given)
        self.folder = LOCAL / self.database.replace("cm_", "").replace("_", "-")
        self.summary_file = self.folder / "summary.json"

    def key(self, template):
        """A key of all that the result depends on; without a date that is today."""
        options = self.options
        ledger = options.ledger or "generated"
        day = options.date or datetime.date.today()
        code = sorted(path for path in LIB.glob("demo_*.py"))
        code += sorted(INSIDE.glob("*.py"))
        return digest(template, ledger, day, options.days, options.port, *code)

    def stored(self, key, databases):
        """Return the summary of the same demonstration if it is still there."""
        try:
            stored = json.loads(self.summary_file.read_text())
        except (OSError, ValueError):
            return None
        if stored.get("key") != key or self.database not in databases.names():
            return None
        return stored

    def make(self, key, template, environment, databases):
        """Copy the template, run the job on the copy, keep both if it went well."""
        fresh = f"{self.database}_new"
        remove(self.folder)
        (self.folder / "mails").mkdir(parents=True)
        with stage("demonstration database"):
            databases.copy(template, fresh)
            databases.query(fresh, PREPARATION.format(port=self.options.port))
        environment.building.release()
        result = self.folder / "result.json"
        request = {
            "database": fresh,
            "ledger": self.options.ledger and str(self.options.ledger),
            "date": self.options.date and self.options.date.isoformat(),
            "days": self.options.days,
            "folder": str(self.folder),
            "result": str(result),
        }
        write_text(self.folder / "request.json", json.dumps(request))
        with stage("main job") as current:

            def progress(line):
                if line.startswith("progress: "):
                    current.detail(line.removeprefix("progress: ").strip())

            try:
                run(
                    [PYTHON, INSIDE / "run_job.py", self.folder / "request.json"],
                    log=self.folder.name,
                    env=environment.variables,
                    on_line=progress,
                )
            except Failed as failure:
                raise Stop(
                    f"The main job failed ({failure.last_line()}): "
                    f"see .local/log/{self.folder.name}.log."
                ) from None
        databases.rename(fresh, self.database)
        stored = {
            "key": key,
            "made": time.strftime("%Y-%m-%d %H:%M:%S"),
            "seconds": round(current.seconds, 1),
            "summary": json.loads(result.read_text()),
        }
        write_text(self.summary_file, json.dumps(stored, indent=2))
        return stored


def main(arguments):
    options = parse(arguments)
    demo = Demo(options)
    with prepared(options) as environment:
        databases = Databases(environment)
        template = databases.base()
        key = demo.key(template)
        stored = None if options.reset else demo.stored(key, databases)
        if stored:
            environment.building.release()
            say(
                f"{demo.database}: made on {stored['made']}, nothing changed since "
                "(--reset does it again)"
            )
        else:
            lock = Lock(demo.database)
            if not lock.acquire(wait=False):
                raise Stop(
                    f"The database {demo.database} is in use: end the setup/serve, "
                    "setup/shell or setup/demo that uses it and run it again."
                )
            with lock.held():
                stored = demo.make(key, template, environment, databases)
        if options.json:
            write_text(options.json, json.dumps(stored["summary"], indent=2) + "\n")
        show(stored["summary"], demo)
        if options.serve:
            return serve(environment, databases, demo.database, options.port)
    return 0
