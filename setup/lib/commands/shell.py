"""``setup/shell``: Odoo's shell on the demonstration database."""

import argparse

from commands.serve import check_database
from database import Databases
from environment import add_common_options, prepared
from locks import Lock
from processes import ending, start


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="setup/shell",
        description="Odoo's shell on the demonstration database. "
        "`setup/shell < script.py` runs a script; it commits itself if it wants to.",
    )
    parser.add_argument(
        "--database", default="cm_demo", metavar="NAME", help="another database"
    )
    parser.add_argument("--log-level", default="warn", help="Odoo's log level (warn)")
    add_common_options(parser)
    options = parser.parse_args(arguments)
    with prepared(options) as environment:
        environment.building.release()
        check_database(Databases(environment), options.database)
        command = environment.odoo_command(
            "shell",
            f"--database={options.database}",
            f"--log-level={options.log_level}",
            "--no-http",
        )
        with Lock(options.database).held(shared=True):
            # Standard input is the user's: a script, or what is typed.
            shell = start(command, env=environment.variables)
            with ending(shell):
                while True:
                    try:
                        return shell.wait()
                    except KeyboardInterrupt:
                        continue  # Ctrl-C is the shell's business
