"""A pytest plugin on top of pytest-odoo: what would pass unseen fails here.

- A browser test (``HttpCase``) that is skipped fails: without a browser, or without
  an HTTP server, it would prove nothing.
- A test during which Odoo logged an error fails, as in Odoo's own test runs; a test
  that provokes one says so with ``mute_logger`` or ``assertLogs``.

It also gives the tests below ``tests/`` databases and Odoo processes of their own:
the fixtures ``fresh_database`` and ``odoo``.
"""

import logging

import pytest

from odoo.tests.common import BaseCase, HttpCase

from odoo_processes import OdooProcesses


class ErrorRecords(logging.Handler):
    """Keeps what is logged as an error while a test runs."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{record.name}: {record.getMessage()}")


errors = ErrorRecords()


def pytest_sessionstart(session):
    logging.getLogger("odoo").addHandler(errors)


def pytest_sessionfinish(session):
    logging.getLogger("odoo").removeHandler(errors)


def pytest_runtest_logstart(nodeid, location):
    errors.lines.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    cls = getattr(item, "cls", None)
    if cls is None or not issubclass(cls, BaseCase):
        return report
    if report.skipped and issubclass(cls, HttpCase) and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        report.outcome = "failed"
        report.longrepr = f"A browser test must not be skipped. {reason}"
    elif report.when == "call" and report.passed and errors.lines:
        report.outcome = "failed"
        report.longrepr = "Odoo logged errors during the test:\n" + "\n".join(
            errors.lines
        )
    return report


@pytest.fixture
def odoo():
    """Odoo processes and databases, ended and dropped after the test."""
    with OdooProcesses() as processes:
        yield processes


@pytest.fixture
def fresh_database(odoo):
    """The name of a new copy of the template: all addons installed, no data."""
    return odoo.new_database()
