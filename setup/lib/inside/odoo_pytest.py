"""A pytest plugin on top of pytest-odoo: what would pass unseen fails here.

- A browser test (``HttpCase``) that is skipped fails: without a browser, or without
  an HTTP server, it would prove nothing.
- A test during which Odoo logged an error fails, as in Odoo's own test runs; a test
  that provokes one says so with ``mute_logger`` or ``assertLogs``.

- Tests may run in several lanes (``pytest -n``): each has the copy of the database
  that ``setup/test`` made for it, with a filestore of its own.

- Each class of accounting tests wants two companies with their charts of accounts:
  these are made once, and each class finds them as new.
- The durations that pytest reports are those of the real clock, whatever day a test
  has frozen; and a loaded machine is no reason for hypothesis to fail a test.

It also gives the tests below ``tests/`` databases and Odoo processes of their own:
the fixtures ``fresh_database`` and ``odoo``.
"""

import logging
import os

import freezegun
import hypothesis
import pytest

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
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


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_cmdline_main(config):
    """Turn to the database of the lane before pytest-odoo reads its name.

    pytest-odoo would copy the database for each lane by itself, but let all share one
    filestore, where one lane's clean-up deletes another lane's files.
    """
    lane = os.environ.pop("PYTEST_XDIST_WORKER", None)
    if lane:
        name = f"{config.option.odoo_database}_{lane}"
        config.option.odoo_database = name
        config.option.odoo_extra = [
            f"db-filter=^{name}$" if extra.startswith("db-filter=") else extra
            for extra in config.option.odoo_extra
        ]
        os.environ["CM_DATABASE"] = name
    return (yield)


def pytest_configure(config):
    freezegun.configure(extend_ignore_list=["_pytest.timing"])
    hypothesis.settings.register_profile(
        "machine",
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("machine")


def quick_charts():
    """Read once what every chart of accounts reads again, and translate none."""
    from odoo.addons.account.models.chart_template import AccountChartTemplate

    read = AccountChartTemplate._get_chart_template_mapping
    known = {}

    def mapping(self, get_all=False):
        key = (self.env.cr.dbname, self.env.lang, get_all)
        if key not in known:
            known[key] = read(self, get_all)
        return known[key]

    AccountChartTemplate._get_chart_template_mapping = mapping
    AccountChartTemplate._load_translations = lambda self, *args, **kwargs: None


#: The companies of most classes of tests, by the names that the classes give them.
COMPANIES = ("company_1_data", "Other company")


@pytest.fixture(scope="session", autouse=True)
def ready_companies(load_registry, request):
    """Have the companies of accounting tests made before the first of these tests.

    What a class does to them ends with its transaction. A class that wants them
    otherwise, in another country say, makes its own.
    """
    from odoo.addons.account.tests.common import AccountTestInvoicingCommon

    classes = {item.cls for item in request.session.items if item.cls}
    if not any(issubclass(cls, AccountTestInvoicingCommon) for cls in classes):
        return
    ids = _make_companies(request.config.option.odoo_database)
    create = AccountTestInvoicingCommon._create_company.__func__

    def find_or_create(cls, **values):
        company = cls.env["res.company"].browse(ids.get(values.get("name")))
        if not company:
            return create(cls, **values)
        if len(values) > 1 or cls.country_code or cls.chart_template:
            company.name = f"{company.name} of the others"
            return create(cls, **values)
        cls.env.user.company_ids = [Command.link(company.id)]
        return company

    AccountTestInvoicingCommon._create_company = classmethod(find_or_create)


def _make_companies(database):
    """Make the companies; return their ids by name."""
    ids = {}
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        for name in COMPANIES:
            company = env["res.company"].create({"name": name})
            charts = env["account.chart.template"]
            chart = charts._guess_chart_template(company.country_id)
            charts.try_loading(chart, company=company, install_demo=False)
            if not company.account_fiscal_country_id:
                company.account_fiscal_country_id = env.ref("base.us")
            # Whoever made a company works for it.
            env.user.company_ids -= company
            ids[name] = company.id
    return ids


def pytest_sessionstart(session):
    quick_charts()
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
