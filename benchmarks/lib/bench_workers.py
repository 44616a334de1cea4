"""Delivery by jobs on one Odoo process, and on two: how much quicker two are."""

import os
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench_worker import server, sink
from console import say
from layout import INSIDE, PYTHON
from processes import ending, start

#: Reminders that warm up the servers, and in each job.
WARM, SIZE = 40, 20


def measure_workers(flow, odoo, database, limit):
    """Rows for one and two servers, each with a runner; a job on each at a time."""
    with sink(flow.environment, flow.options.smtp_delay) as port:
        odoo.call("stage_deliver.use_sink", port=port, base_url="http://localhost")
        for count, name in ((1, "workers: one"), (2, "workers: two")):
            with job_servers(flow.environment, database, count) as servers:
                # Each compiles its templates once, and no runner is there at first.
                odoo.call("stage_workers.cut", limit=WARM * count, size=SIZE)
                odoo.call("stage_workers.wait")
                items = odoo.call("stage_workers.cut", limit=limit, size=SIZE)
                before = cpu_seconds(servers)
                title = f"{items:,} e-mails by jobs on {count} of Odoo's processes"
                figures = flow.measure(odoo, title, "stage_workers.wait")
                figures["cpu"] = cpu_seconds(servers) - before
            say(
                f"{figures['workers']} at work, {figures['at_once']:.2f} jobs at a time"
            )
            flow.add(name, {"items": items, "queries": None, "peak_mb": None} | figures)


def cpu_seconds(processes):
    """The processor's time of Odoo's processes so far, without PostgreSQL's."""
    ticks = 0
    for process in processes:
        text = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2]
        ticks += sum(map(int, text.split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def job_servers(environment, database, count):
    """Odoo's servers with job runners behind a balancer; one job on each at a time.

    Gives their processes.
    """
    with ExitStack() as stack:
        balancer = start(
            [PYTHON, INSIDE / "balancer.py"],
            env=environment.variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.enter_context(ending(balancer))
        variables = {
            **environment.variables,
            "ODOO_QUEUE_JOB_CHANNELS": f"root:{count},root.credit:{count}",
            "ODOO_QUEUE_JOB_HOST": "127.0.0.1",
            "ODOO_QUEUE_JOB_PORT": balancer.stdout.readline().strip(),
        }
        servers = []
        for _number in range(count):
            process, url = stack.enter_context(
                server(
                    environment,
                    database,
                    "--load=base,web,queue_job",
                    variables=variables,
                )
            )
            servers.append(process)
            balancer.stdin.write(f"{url.rpartition(':')[2]}\n")
            balancer.stdin.flush()
        yield servers
