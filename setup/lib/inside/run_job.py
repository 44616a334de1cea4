"""Run the main job inside Odoo; started with the request of ``setup/demo``.

Odoo serves HTTP from this very process while the job runs, since wkhtmltopdf
fetches the styles of what it prints.
"""

import datetime
import json
import logging
import os
import socket
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

from odoo import SUPERUSER_ID, api
from odoo.http import root
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import config

import mail_sink

# This script's own folder is on the path; the job is one above it.
sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

import demo_job  # noqa: E402


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_odoo(database, port):
    """Configure Odoo for one database and serve it in a thread, without crons."""
    config.parse_config(
        [
            f"--config={os.environ['ODOO_RC']}",
            f"--database={database}",
            f"--db-filter=^{database}$",
            f"--http-port={port}",
            "--max-cron-threads=0",
            "--log-level=warn",
        ],
        setup_logging=True,
    )
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # the sink's own
    server.load_server_wide_modules()
    threading.current_thread().dbname = database
    registry = Registry(database)
    server.server = server.ThreadedServer(root)
    server.server.http_spawn()
    return registry


def main(request_file):
    request = json.loads(Path(request_file).read_text())
    folder = Path(request["folder"])
    port = free_port()
    sink = mail_sink.start(folder / "mails")
    registry = start_odoo(request["database"], port)
    day = request["date"]
    args = SimpleNamespace(
        ledger=request["ledger"] and Path(request["ledger"]),
        date=datetime.date.fromisoformat(day) if day else datetime.date.today(),
        days=request["days"],
        folder=folder,
        progress=lambda text: print(f"progress: {text}", flush=True),
    )
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["ir.config_parameter"].set_param("report.url", f"http://127.0.0.1:{port}")
        point_mail_at(env, sink.port)
        cr.commit()
        summary = demo_job.main(env, args)
        cr.commit()
    sink.stop()
    Path(request["result"]).write_text(json.dumps(summary, default=str))


def point_mail_at(env, port):
    """Make the sink the only way out for e-mails."""
    env["ir.mail_server"].search([]).active = False
    env["ir.mail_server"].create(
        {
            "name": "Demonstration: a folder on this machine",
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_encryption": "none",
            "smtp_authentication": "login",
        }
    )


if __name__ == "__main__":
    main(sys.argv[1])
    sys.stdout.flush()
    # The threads of the HTTP server would keep the process alive.
    os._exit(0)
