"""Real parts for tests across processes: databases, Odoo, an SMTP server.

``setup/test`` says by its environment where PostgreSQL, Odoo and the template
database are. Nothing here touches the database that pytest's own process has open,
and every process that is started here ends with its test, at the latest.
"""

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "setup" / "lib" / "inside"))

from parts import SmtpServer, Workers, run_script  # noqa: E402


@pytest.fixture(scope="session")
def odoo_processes():
    """Databases and processes that last as long as the run of pytest."""
    if "CM_TEMPLATE" not in os.environ:
        pytest.fail("These tests need a template database: run them by setup/test.")
    from odoo_processes import OdooProcesses

    with OdooProcesses() as processes:
        yield processes


@pytest.fixture
def odoo_own(odoo_processes):
    """The same for one test: what it makes goes with it."""
    from odoo_processes import OdooProcesses

    with OdooProcesses() as processes:
        yield processes


@pytest.fixture
def odoo_db(odoo_own):
    """A fresh copy of the template: all addons installed, no data."""
    return odoo_own.new_database()


@pytest.fixture
def smtp_server(odoo_own, tmp_path):
    """An SMTP server in a process of its own, which files what it accepts."""
    return SmtpServer(odoo_own, tmp_path / "mails")


@pytest.fixture
def run_in_odoo(odoo_own, tmp_path):
    """``run_in_odoo(script, database, function="main", **arguments)``.

    Runs a function of ``inside/<script>.py`` in an Odoo process of its own, commits,
    and returns what it returned.
    """

    def run(script, database, function="main", **arguments):
        return run_script(odoo_own, tmp_path, script, database, function, arguments)

    return run


@pytest.fixture
def start_workers(odoo_own, tmp_path):
    """``start_workers(script, database)``: see :class:`parts.Workers`."""

    def start(script, database):
        return Workers(odoo_own, tmp_path, script, database)

    return start


@pytest.fixture(scope="session")
def debtors_db(odoo_processes, tmp_path_factory):
    """Template of a database with debtors who each owe one overdue invoice."""
    name = odoo_processes.new_database()
    folder = tmp_path_factory.mktemp("debtors")
    run_script(odoo_processes, folder, "debtors", name, "make", {"count": 500})
    return name
