"""``setup/test``: all tests in one pytest run, on a fresh copy of the template."""

import argparse
import os
import subprocess
import sys

from browser import link_browser
from console import stage
from database import Databases
from environment import add_common_options, prepared
from layout import LIB, LOGS, ODOO_CONF, PYTHON, ROOT
from processes import ending
from store import Lock

# Options of pytest whose value is an argument of its own, so no path.
WITH_VALUE = {"-k", "-m", "-n", "-p", "-c", "-o", "-W", "-r"}
WITH_VALUE |= {"--maxfail", "--durations", "--ignore", "--deselect", "--tb"}
PREFIX = "cm_test_"


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="setup/test",
        description="Run all tests. What is not listed here goes to pytest: "
        "`setup/test -k name`, `setup/test credit_management/tests/test_x.py`.",
        allow_abbrev=False,
    )
    add_common_options(parser)
    options, for_pytest = parser.parse_known_args(arguments)
    with prepared(options, tests=True) as environment:
        link_browser()
        databases = Databases(environment)
        template = databases.base()
        _drop_left_over(databases)
        name = f"{PREFIX}{os.getpid()}"
        with Lock(name).held():
            with stage("test database"):
                databases.copy(template, name)
            environment.building.release()
            try:
                return _run(environment, template, name, for_pytest)
            finally:
                _drop_quietly(databases, name)


def _run(environment, template, name, for_pytest):
    command = [PYTHON, "-m", "pytest", "-p", "odoo_pytest"]
    command += [
        f"--odoo-config={ODOO_CONF}",
        f"--odoo-database={name}",
        "--odoo-log-level=error",
        f"--odoo-extra=db-filter=^{name}$",
        f"--odoo-extra=screenshots={LOGS / 'screenshots'}",
        "--odoo-http",
    ]
    command += for_pytest
    if not _names_paths(for_pytest):
        command += _all_tests(environment)
    variables = {
        **environment.variables,
        "CM_DATABASE": name,
        "CM_TEMPLATE": template,
        "PYTHONPATH": str(LIB),
    }
    # ODOO_RC would make Odoo's processes in tests read it; pytest gets it by name.
    process = subprocess.Popen(command, env=variables, cwd=ROOT)
    with ending(process):
        try:
            return process.wait()
        except KeyboardInterrupt:
            # pytest had the same signal and sums up what it did.
            return process.wait(60)


def _names_paths(arguments):
    previous = ""
    for argument in arguments:
        if not argument.startswith("-") and previous not in WITH_VALUE:
            if (ROOT / argument.partition("::")[0]).exists():
                return True
        previous = argument
    return False


def _all_tests(environment):
    """The tests of the addons, then those across addons and of the set-up."""
    folders = [addon.folder / "tests" for addon in environment.addons]
    folders += [ROOT / "tests", ROOT / "setup" / "tests"]
    return [str(folder.relative_to(ROOT)) for folder in folders if folder.is_dir()]


def _drop_left_over(databases):
    """Drop the databases of runs that were killed."""
    for name in databases.names():
        if name.startswith(PREFIX):
            lock = Lock(name)
            if lock.acquire(wait=False):
                databases.drop(name)
                lock.path.unlink(missing_ok=True)
                lock.release()


def _drop_quietly(databases, name):
    """Drop the database; the last words of the run are pytest's."""
    try:
        databases.drop(name)
        Lock(name).path.unlink(missing_ok=True)
    except Exception as error:  # the next run drops it
        print(f"{name} stays: {error}", file=sys.stderr)
