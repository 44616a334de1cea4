"""``setup/test``: all tests in one pytest run, on fresh copies of the template."""

import argparse
import os
import re
import sys

from axe import fetch_axe
from browser import link_browser
from console import Stop, stage
from database import Databases
from environment import add_common_options, prepared
from layout import INSIDE, LOCAL, LOGS, ODOO_CONF, PYTHON, ROOT
from locks import Lock
from processes import ending, start

# Options of pytest whose value is an argument of its own, so no path.
WITH_VALUE = {"-k", "-m", "-n", "-p", "-c", "-o", "-W", "-r"}
WITH_VALUE |= {"--maxfail", "--durations", "--ignore", "--deselect", "--tb"}
# A lane needs a core, and a gigabyte with the browser that it starts.
MOST_LANES = 4
PREFIX = "cm_test_"
RUN_NAME = re.compile(PREFIX + r"\d+")


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="setup/test",
        description="Run all tests. What is not listed here goes to pytest: "
        "`setup/test -k name`, `setup/test credit_management/tests/test_x.py`.",
        allow_abbrev=False,
    )
    add_common_options(parser)
    parser.add_argument(
        "--lanes",
        type=int,
        metavar="N",
        help="how many tests run at the same time (a whole run: one for each core, "
        f"{MOST_LANES} at most; otherwise 1)",
    )
    options, for_pytest = parser.parse_known_args(arguments)
    is_whole = not _names_paths(for_pytest)
    lanes = options.lanes or (min(os.cpu_count() or 1, MOST_LANES) if is_whole else 1)
    with prepared(options, tests=True) as environment:
        link_browser()
        fetch_axe()
        databases = Databases(environment)
        _drop_left_over(databases)
        name = f"{PREFIX}{os.getpid()}"
        # Tests make copies long after another command may have renewed the
        # template, so that they get one of their own.
        template = f"{name}_base"
        with Lock(name).held():
            base = databases.base()
            with stage("test database"):
                for copy in (template, *_names(name, lanes)):
                    databases.copy(base, copy)
            environment.building.release()
            if is_whole:
                for_pytest += _all_tests(environment)
            try:
                return _run(environment, template, name, lanes, for_pytest)
            finally:
                _drop_quietly(databases, name)


def _run(environment, template, name, lanes, for_pytest):
    command = [PYTHON, "-m", "pytest", "-p", "odoo_pytest"]
    command += [
        f"--odoo-config={ODOO_CONF}",
        f"--odoo-database={name}",
        "--odoo-log-level=error",
        f"--odoo-extra=db-filter=^{name}$",
        f"--odoo-extra=screenshots={LOGS / 'screenshots'}",
        "--odoo-http",
    ]
    if lanes > 1:
        # Files stay whole, and in order: the long ones come first.
        command += [f"-n{lanes}", "--dist=loadfile", "--no-loadscope-reorder"]
    command += for_pytest
    variables = {
        **environment.variables,
        "CM_DATABASE": name,
        "CM_TEMPLATE": template,
        "CM_LOCAL": str(LOCAL),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(LOCAL / "hypothesis"),
        "PYTHONPATH": str(INSIDE),  # the plugin and what it imports
        # No runner of jobs in the process of the tests: those that want one start it.
        "ODOO_QUEUE_JOB_CHANNELS": "root:0",
    }
    process = start(command, env=variables, cwd=ROOT)
    with ending(process):
        try:
            return process.wait()
        except KeyboardInterrupt:
            # pytest had the same signal and sums up what it did.
            return process.wait(60)


def _names(name, lanes):
    """The databases of the lanes, named as the plugin of pytest expects them."""
    return [f"{name}_gw{lane}" for lane in range(lanes)] if lanes > 1 else [name]


def _names_paths(arguments):
    previous = ""
    for argument in arguments:
        is_value = argument.startswith("-") or previous in WITH_VALUE
        if not is_value and (ROOT / argument.partition("::")[0]).exists():
            return True
        previous = argument
    return False


def _all_tests(environment):
    """The tests across addons, which take longest, of the set-up and of the addons."""
    folders = [ROOT / "tests", ROOT / "setup" / "tests"]
    folders += [addon.folder / "tests" for addon in environment.addons]
    return [str(folder.relative_to(ROOT)) for folder in folders if folder.is_dir()]


def _drop_left_over(databases):
    """Drop the databases of runs that were killed."""
    runs = {match[0] for match in map(RUN_NAME.match, databases.names()) if match}
    for name in runs:
        lock = Lock(name)
        if lock.acquire(wait=False):
            _drop(databases, name)
            lock.release()


def _drop(databases, run_name):
    """Drop all databases of a run."""
    for name in databases.names():
        match = RUN_NAME.match(name)
        if match and match[0] == run_name:
            databases.drop(name)
    Lock(run_name).path.unlink(missing_ok=True)


def _drop_quietly(databases, run_name):
    """Drop the databases; the last words of the run are pytest's."""
    try:
        _drop(databases, run_name)
    except (Stop, OSError) as error:  # the next run drops them
        print(f"{run_name} stays: {error}", file=sys.stderr)
