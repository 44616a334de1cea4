"""The pytest plugin fails what would pass unseen, and hands out real processes."""

import configparser
import os
import subprocess
import sys
import urllib.request

TESTS = """
import logging
import unittest
from odoo.tests.common import HttpCase, TransactionCase
from odoo.tools import mute_logger

_logger = logging.getLogger("odoo.addons.example")


class Browser(HttpCase):
    def test_no_browser(self):
        raise unittest.SkipTest("Chrome executable not found")

    @unittest.skip("not today")
    def test_marked(self):
        pass


class Plain(TransactionCase):
    def test_skipped(self):
        self.skipTest("needs another country")

    def test_logs_an_error(self):
        _logger.error("something is wrong")

    @mute_logger("odoo.addons.example")
    def test_logs_an_expected_error(self):
        _logger.error("something is wrong")

    def test_passes(self):
        self.assertTrue(self.env.user)
"""


def example_addon(folder):
    """Odoo's test classes want to be in an addon."""
    tests = folder / "example" / "tests"
    tests.mkdir(parents=True)
    (folder / "example" / "__init__.py").touch()
    (folder / "example" / "__manifest__.py").write_text("{}")
    (tests / "__init__.py").touch()
    (tests / "test_example.py").write_text(TESTS)
    return tests / "test_example.py"


def test_unseen_failures_fail(tmp_path):
    path = example_addon(tmp_path)
    config = configparser.RawConfigParser()
    config.read(os.environ["ODOO_RC"])
    command = [sys.executable, "-m", "pytest", "-p", "odoo_pytest", "-ra"]
    command += ["-p", "no:cacheprovider", f"--rootdir={tmp_path}"]
    command += [f"--odoo-config={os.environ['ODOO_RC']}", "--odoo-http"]
    command += [f"--odoo-database={os.environ['CM_DATABASE']}"]
    command += ["--odoo-log-level=error"]
    addons_path = f"{config['options']['addons_path']},{tmp_path}"
    command += [f"--odoo-addons-path={addons_path}", path]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    report = done.stdout
    assert done.returncode == 1, report
    assert "FAILED example/tests/test_example.py::Browser::test_no_browser" in report
    assert "FAILED example/tests/test_example.py::Browser::test_marked" in report
    assert "FAILED example/tests/test_example.py::Plain::test_logs_an_error" in report
    assert "A browser test must not be skipped" in report
    assert "needs another country" in report
    assert "3 failed, 2 passed, 1 skipped" in report


def test_fresh_database_has_the_addons_and_no_data(odoo, fresh_database):
    assert fresh_database != os.environ["CM_DATABASE"]
    script = "print(env['account.move'].search_count([]))"
    assert odoo.run_script(fresh_database, script) == "0\n"


def test_real_server_answers_and_ends(odoo, fresh_database):
    process, url = odoo.start_server(fresh_database, "--max-cron-threads=0")
    with urllib.request.urlopen(f"{url}/web/login", timeout=60) as page:
        assert page.status == 200
    odoo.end(process)
    assert process.poll() is not None
