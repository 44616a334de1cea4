"""Databases and Odoo processes for tests that need real ones.

The connection comes from the environment that ``setup/test`` sets: ``PGHOST``,
``PGPORT``, ``PGUSER``, ``ODOO_RC`` (the odoo.conf), ``CM_TEMPLATE`` (the template
database), ``CM_DATABASE`` (the one that the tests of addons run in) and ``CM_LOCAL``
(the folder for all that is made).
"""

import itertools
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

LOCAL = Path(os.environ["CM_LOCAL"])
FILESTORE = LOCAL / "data" / "filestore"


class OdooProcesses:
    """Starts what a test asks for and cleans up after it."""

    _numbers = itertools.count(1)

    def __init__(self):
        self._databases = []
        self._processes = []

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        for process in self._processes:
            self.end(process)
        for name in self._databases:
            self._program("dropdb", "--if-exists", "--force", name)
            shutil.rmtree(FILESTORE / name, ignore_errors=True)

    def new_database(self, template=None):
        """Copy the template (or another database) and return the copy's name."""
        template = template or os.environ["CM_TEMPLATE"]
        name = f"{os.environ['CM_DATABASE']}_{next(self._numbers)}"
        self._databases.append(name)
        self._program("createdb", "-T", template, name)
        if (FILESTORE / template).is_dir():
            shutil.copytree(
                FILESTORE / template, FILESTORE / name, copy_function=os.link
            )
        return name

    @staticmethod
    def command(command, database, *arguments):
        """The command line of one of Odoo's commands on a database."""
        return [
            *(sys.executable, "-m", "odoo", command),
            *(f"--config={os.environ['ODOO_RC']}", f"--database={database}"),
            *(f"--db-filter=^{database}$", "--log-level=warn", *arguments),
        ]

    def start(self, command, **options):
        """Start a process that ends with the test at the latest."""
        options = {"stdin": subprocess.DEVNULL, "env": _variables(), **options}
        process = subprocess.Popen(command, **options)
        self._processes.append(process)
        return process

    def start_server(self, database, *arguments, timeout=60, variables=None):
        """Start Odoo on a free port; return the process and its address.

        :param dict variables: of the environment, besides the usual ones
        """
        port = _free_port()
        with open(LOCAL / "log" / f"{database}.log", "ab") as log:
            process = self.start(
                self.command("server", database, f"--http-port={port}", *arguments),
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**_variables(), **(variables or {})},
            )
        url = f"http://127.0.0.1:{port}"
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{url}/web/health", timeout=5).close()
                return process, url
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise AssertionError(f"Odoo does not answer on {url}; see .local/log")

    def run_script(self, database, script, timeout=600):
        """Run Python code in Odoo's shell and return what it prints."""
        done = subprocess.run(
            self.command("shell", database, "--no-http"),
            input=script,
            capture_output=True,
            text=True,
            timeout=timeout,
            env=_variables(),
        )
        if done.returncode:
            raise AssertionError(f"The script failed:\n{done.stderr}")
        return done.stdout

    @staticmethod
    def end(process):
        """End a process, by force if it does not listen."""
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @staticmethod
    def _program(program, *arguments):
        subprocess.run([program, *arguments], check=True, capture_output=True)


def _variables():
    """The environment for Odoo, without the path that only pytest's plugins need."""
    return {name: v for name, v in os.environ.items() if name != "PYTHONPATH"}


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
