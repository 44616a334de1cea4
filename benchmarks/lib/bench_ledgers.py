"""The databases of a benchmark: ledgers kept as templates, and copies of them."""

import datetime
import json
import os
import re
import shutil

from bench_worker import BENCH_INSIDE, FOLDER, LOG, worker
from console import Stop, say, stage
from layout import LOCAL, PYTHON
from processes import Failed, run
from store import digest

ADDON = "credit_management"
#: A ledger of an older day is made anew: too much of it would be overdue.
MAX_AGE_DAYS = 30
#: Measured: what an invoice takes on the disk, and how many are made in a second once
#: the companies are there. For what is said beforehand.
BYTES_EACH = 3500
MADE_EACH_SECOND = 2000
#: Databases of the largest size that are there at the same time.
COPIES = 4
SMALL = 20_000
RUN_PREFIX = "cm_bench_"
LEDGER_CODE = ("ledger.py", "ledger_copy.py", "ledger_plan.py", "ledger_prototypes.py")


class Ledgers:
    """Makes and keeps ledgers by size."""

    def __init__(self, environment, databases):
        self.environment = environment
        self.databases = databases
        self.variables = environment.variables

    def _key(self, *parts):
        files = [BENCH_INSIDE / name for name in LEDGER_CODE]
        return digest(self.databases.odoo(), *files, *parts)[:12]

    def plain(self, size, debtors):
        """The name of the template with a ledger and without the addon."""
        name = f"cm_ledger_{self._key(debtors)}_{size}"
        if self._is_fresh(name):
            return name
        self._drop_others("cm_ledger_", size)
        check_room(size)
        fresh = f"{name}_new"
        title = f"ledger of {size:,} invoices for {debtors:,} debtors"
        with stage(title) as current:
            self.databases.copy(self.databases.odoo(), fresh)
            with worker(self.environment, fresh) as odoo:
                made = odoo.call(
                    "ledger.make",
                    current,
                    size=size,
                    debtors=debtors,
                    today=str(datetime.date.today()),
                )
            self._vacuum(fresh, current)
            with worker(self.environment, fresh) as odoo:
                faults = odoo.call("ledger_check.check", current)
            if faults:
                raise Stop(
                    "The ledger is not one that Odoo would make, which is a fault of "
                    f"benchmarks/inside/ledger*.py: {'; '.join(faults)}"
                )
            self.databases.rename(fresh, name)
        megabytes = self.size_of(name) / 1e6
        say(
            f"{sum(made['rows'].values()):,} rows in {made['seconds']:.0f} s, "
            f"{megabytes:,.0f} MB; {megabytes * 1e6 / size:,.0f} bytes an invoice"
        )
        return name

    def credit(self, size, debtors):
        """The template with the addon, and what installing it took.

        :return: (name, figures)
        """
        plain = self.plain(size, debtors)
        [addon] = [a for a in self.environment.addons if a.name == ADDON]
        prepared = BENCH_INSIDE / "prepare.py"
        installed = BENCH_INSIDE / "install.py"
        key = self._key(debtors, addon.key(), prepared, installed)
        name = f"cm_credit_{key}_{size}"
        if not self._is_fresh(name):
            self._drop_others("cm_credit_", size)
            fresh = f"{name}_new"
            with stage(f"{ADDON} on {size:,} invoices") as current:
                self.copy(plain, fresh, size)
                self._install(fresh, ADDON, current)
                with worker(self.environment, fresh) as odoo:
                    odoo.call("prepare.set_up", current)
                self._vacuum(fresh, current)
                self.databases.rename(fresh, name)
        stored = self.databases.query(
            name,
            "select value from ir_config_parameter where key = 'benchmark.install'",
        )
        return name, json.loads(stored)

    def install(self, database, addon, *options):
        """Install an addon on a database; return the figures."""
        with stage(f"{addon} on {database}") as current:
            return self._install(database, addon, current, *options)

    def _install(self, database, addon, current, *options):
        current.detail("installing")
        result = FOLDER / "install.json"
        command = [PYTHON, BENCH_INSIDE / "install.py", database, addon, result]
        try:
            run([*command, *options], log="benchmark-install", env=self.variables)
        except Failed as failure:
            raise Stop(
                f"{addon} could not be installed ({failure.last_line()}): "
                "see .local/log/benchmark-install.log."
            ) from None
        return json.loads(result.read_text())

    def _vacuum(self, database, current):
        current.detail("vacuum and statistics")
        self.databases.query(database, "vacuum (analyze)")

    def copy(self, source, target, size):
        """A copy of a template."""
        self.databases.copy(source, target, large=size > SMALL)

    def size_of(self, name):
        """What a database takes on the disk, in bytes."""
        return int(
            self.databases.query("postgres", f"select pg_database_size('{name}')")
        )

    def ledger_day(self, name):
        """The day that a ledger was made for; None if there is no such ledger."""
        if name not in self.databases.names():
            return None
        stored = self.databases.query(
            name, "select value from ir_config_parameter where key = 'benchmark.ledger'"
        )
        return datetime.date.fromisoformat(json.loads(stored)["day"])

    def _is_fresh(self, name):
        day = self.ledger_day(name)
        return day and (datetime.date.today() - day).days <= MAX_AGE_DAYS

    def _drop_others(self, prefix, size):
        for name in self.databases.names():
            if re.fullmatch(rf"{prefix}\w+_{size}(_new)?", name):
                self.databases.drop(name)

    def drop_all(self):
        """Drop all ledgers, whatever their size."""
        for name in self.databases.names():
            if name.startswith(("cm_ledger_", "cm_credit_", RUN_PREFIX)):
                self.databases.drop(name)

    def run_name(self, what):
        """A name for a copy that lasts as long as this command."""
        return f"{RUN_PREFIX}{os.getpid()}_{what}"

    def drop_run(self):
        """Drop the copies of this command, and of those that were killed."""
        for name in self.databases.names():
            if name.startswith(RUN_PREFIX):
                self.databases.drop(name)


def check_room(size):
    """Say what a ledger will take; stop if there is no room for it."""
    needed = size * BYTES_EACH * COPIES + 2e9
    free = shutil.disk_usage(LOCAL).free
    if size >= 100_000:
        say(
            f"{size:,} invoices take some {size * BYTES_EACH / 1e9:.1f} GB, up to "
            f"{COPIES} times at once, and some {size / MADE_EACH_SECOND / 60:.0f} "
            "minutes to make"
        )
    if free < needed:
        raise Stop(
            f"{size:,} invoices need {needed / 1e9:.0f} GB and {free / 1e9:.0f} GB are "
            f"free: free some below {LOCAL} (benchmarks/run --drop drops all ledgers) "
            "or ask for fewer with --items."
        )


def forget_log():
    """A log holds what the last command did."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    LOG.write_text("")
