"""Run functions of a script inside Odoo, in this process or in forked workers.

Usage: runner.py SCRIPT DATABASE LOG; requests come as lines of JSON on the standard
input. A function gets an environment of the superuser and its arguments; what it
returns is written to a file as JSON after the commit.
"""

import importlib
import json
import os
import signal
import sys
from pathlib import Path

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config


def load(database):
    config.parse_config(
        [
            f"--config={os.environ['ODOO_RC']}",
            f"--database={database}",
            "--max-cron-threads=0",
            "--no-http",
            "--log-level=warn",
        ],
        setup_logging=True,
    )
    return Registry(database)


def execute(registry, function, request):
    with registry.cursor() as cr:
        result = function(api.Environment(cr, SUPERUSER_ID, {}), **request["arguments"])
    # Renamed when complete: who waits for the file never reads half of it.
    path = Path(request["result"])
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(result, default=str))
    temporary.rename(path)


def fork(registry, function, request):
    # A connection must not be shared between processes.
    sql_db.close_all()
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = 1
    try:
        execute(registry, function, request)
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(status)


def main():
    script = importlib.import_module(sys.argv[1])
    registry = load(sys.argv[2])
    # Ended workers are nobody's zombies.
    for line in sys.stdin:
        request = json.loads(line)
        function = getattr(script, request["function"])
        if request["fork"]:
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            print(fork(registry, function, request), flush=True)
        else:
            execute(registry, function, request)


if __name__ == "__main__":
    main()
