"""``setup/serve``: Odoo in the browser on the demonstration database."""

import argparse
import socket
import subprocess

from console import Stop, say
from database import Databases
from environment import add_common_options, prepared
from layout import INSIDE, LOCAL, PYTHON
from locks import Lock
from processes import ending, start

# The mail server's row was made by the job; its port is that of our own sink. Links in
# what is sent from now on lead here.
PORTS = """
update ir_mail_server set smtp_port = {sink} where smtp_host = '127.0.0.1';
insert into ir_config_parameter (key, value)
    values ('report.url', 'http://127.0.0.1:{port}'),
           ('web.base.url', 'http://localhost:{port}')
    on conflict (key) do update set value = excluded.value;
"""


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="setup/serve", description="Serve Odoo on the demonstration database."
    )
    parser.add_argument("--port", type=int, default=8069, help="the port (8069)")
    parser.add_argument(
        "--database", default="cm_demo", metavar="NAME", help="another database"
    )
    add_common_options(parser)
    options = parser.parse_args(arguments)
    with prepared(options) as environment:
        environment.building.release()
        databases = Databases(environment)
        check_database(databases, options.database)
        return serve(environment, databases, options.database, options.port)


def check_database(databases, name):
    if name not in databases.names():
        raise Stop(f"There is no database {name} yet: run setup/demo first.")


def serve(environment, databases, database, port):
    """Run Odoo in the foreground until it is interrupted."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Stop(
                f"Port {port} is taken: end what uses it or choose another with --port."
            ) from None
    mails = LOCAL / database.replace("cm_", "").replace("_", "-") / "mails"
    sink = start(
        [PYTHON, INSIDE / "mail_sink.py", mails],
        env=environment.variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    with Lock(database).held(shared=True), ending(sink):
        sink_port = int(sink.stdout.readline())
        databases.query(database, PORTS.format(sink=sink_port, port=port))
        command = environment.odoo_command(
            "server",
            f"--database={database}",
            f"--db-filter=^{database}$",
            f"--http-port={port}",
            "--max-cron-threads=1",
            "--log-level=warn",
        )
        odoo = start(command, env=environment.variables, stdin=subprocess.DEVNULL)
        with ending(odoo):
            say(f"Odoo on http://localhost:{port} — user admin, password admin")
            say("Ctrl-C ends it")
            try:
                return odoo.wait()
            except KeyboardInterrupt:
                say("ending Odoo …")
                return 0
