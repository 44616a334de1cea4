"""Functions run inside Odoo, each in a worker of its own, forked with the registry.

Usage: worker.py DATABASE [option of Odoo …]. A request is a line of JSON on the
standard input, ``{"function": "module.function", "arguments": {…}, "result": file}``.
The function gets an environment of the superuser and the arguments; what it returns is
written to the file as JSON after the commit. On the standard output come lines
``progress: …`` and, when the worker has ended, ``ended: <code>``, which is a signal's
number below zero if it was killed.
"""

import importlib
import json
import logging
import os
import sys
import threading
import traceback
from pathlib import Path

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import config

import meter


def progress(text):
    print(f"progress: {text}", flush=True)


def start(database, options):
    config.parse_config(
        [
            f"--config={os.environ['ODOO_RC']}",
            f"--database={database}",
            "--max-cron-threads=0",
            "--no-http",
            "--log-level=warn",
            *options,
        ],
        setup_logging=True,
    )
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # the sink's own
    server.load_server_wide_modules()
    threading.current_thread().dbname = database
    return Registry(database)


def execute(registry, request):
    module, _dot, name = request["function"].rpartition(".")
    function = getattr(importlib.import_module(module), name)
    if meter.PROFILE:
        with open(meter.PROFILE, "a") as profiles:
            profiles.write(f"\n======== {request['function']}\n")
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        result = function(env, **request["arguments"], progress=progress)
    Path(request["result"]).write_text(json.dumps(result, default=str))


def fork(registry, request):
    # A connection must not be shared between processes.
    sql_db.close_all()
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    status = 1
    try:
        execute(registry, request)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main():
    registry = start(sys.argv[1], sys.argv[2:])
    print("ready", flush=True)
    for line in sys.stdin:
        print(f"ended: {fork(registry, json.loads(line))}", flush=True)


if __name__ == "__main__":
    main()
