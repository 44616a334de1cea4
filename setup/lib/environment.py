"""All that a command runs in: Odoo, Python, PostgreSQL, addons, configuration."""

import os
from contextlib import contextmanager

import postgres
from addons import find_addons
from console import Stop
from layout import BIN, DATA, LOCAL, ODOO_CONF, PYTHON, ROOT, VENV, make_folders
from locks import Lock
from odoo_source import find_odoo
from python_env import cairo_folders, fetch_oca_addons, link_odoo, make_venv
from store import write_text
from wkhtmltopdf import link_wkhtmltopdf


class Environment:
    """What the set-up made, and how to run Odoo in it."""

    def __init__(self, odoo, server, oca):
        self.odoo = odoo
        self.server = server
        self.programs = postgres.programs()
        self.addons, self.needed = find_addons([*odoo.addons, *([oca] if oca else [])])
        # Odoo warns of a folder without addons, as the checkout is at first.
        self.addons_path = [*odoo.addons, *([ROOT] if self.addons else [])]
        self.addons_path += [oca] if oca else []
        self.variables = self._variables()

    def _variables(self):
        variables = {
            name: value
            for name, value in os.environ.items()
            # What the user set for other Odoos would change ours.
            if name not in ("ODOO_RC", "OPENERP_SERVER", "PYTHONPATH", "PYTHONHOME")
        }
        path = [BIN, VENV / "bin", self.programs, variables.get("PATH", os.defpath)]
        variables |= self.server.variables
        variables |= {
            "PATH": os.pathsep.join(map(str, path)),
            "VIRTUAL_ENV": str(VENV),
            "ODOO_RC": str(ODOO_CONF),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        libraries = [*map(str, cairo_folders()), variables.get("LD_LIBRARY_PATH")]
        if libraries[0]:
            variables["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, libraries))
        return variables

    def odoo_command(self, command, *arguments):
        """The command line of one of Odoo's commands."""
        return [str(PYTHON), "-m", "odoo", command, f"--config={ODOO_CONF}", *arguments]

    def write_config(self):
        """Write the odoo.conf that all of our Odoo processes read."""
        options = {
            "addons_path": ",".join(map(str, self.addons_path)),
            "data_dir": DATA,
            "db_maxconn": 32,
            "http_interface": "127.0.0.1",
            "list_db": False,
            "admin_passwd": "admin",
            "without_demo": True,
        }
        names = {"PGHOST": "db_host", "PGPORT": "db_port", "PGUSER": "db_user"}
        for variable, option in names.items():
            if self.variables.get(variable):
                options[option] = self.variables[variable]
        lines = [f"{name} = {value}" for name, value in options.items()]
        text = "\n".join(["[options]", *lines, ""])
        if not ODOO_CONF.exists() or ODOO_CONF.read_text() != text:
            write_text(ODOO_CONF, text, mode=0o600)


@contextmanager
def prepared(options, tests=False):
    """Make all that is missing, start PostgreSQL, yield the environment.

    One command at a time makes things; using them is left to all.
    """
    make_folders()
    building = Lock("setup")
    building.acquire(waiting_for="another command of this checkout is setting up …")
    try:
        odoo = find_odoo(options.odoo)
        make_venv(tests=tests)
        link_odoo(odoo)
        link_wkhtmltopdf()
        server = postgres.find_server(options.config)
        with server.running():
            environment = Environment(odoo, server, fetch_oca_addons())
            environment.write_config()
            environment.building = building
            yield environment
    finally:
        building.release()


def add_common_options(parser):
    """The options that name what the user has already."""
    parser.add_argument(
        "--odoo",
        metavar="PATH",
        help="an Odoo 19.0 to use instead of fetching one (also: ODOO_PATH)",
    )
    parser.add_argument(
        "--config",
        metavar="ODOO_CONF",
        help="an odoo.conf whose PostgreSQL server to use (also: PGHOST, PGUSER, …)",
    )


def check_platform():
    """Stop on systems that this cannot work on."""
    if os.name != "posix" or os.uname().sysname != "Linux":
        raise Stop("This set-up runs on Linux: use a Linux machine or container.")
    if LOCAL.is_symlink() and not LOCAL.exists():
        raise Stop(f"{LOCAL} is a link to nothing: remove it and run it again.")
