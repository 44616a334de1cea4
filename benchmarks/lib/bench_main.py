"""``benchmarks/run``: measure the stages of the flow by size of the ledger."""

import argparse
from pathlib import Path

from bench_flow import STAGES, Flow
from bench_ledgers import Ledgers, forget_log
from bench_peer import fetch_peer
from bench_report import machine, report, write_json
from bench_worker import PROFILES
from console import Stop, say
from database import Databases
from environment import add_common_options, prepared
from layout import LOGS
from locks import Lock

SIZES = (1_000, 10_000, 100_000)
#: Invoices of a debtor, on average.
EACH = 20


def parse(arguments):
    stages = "\n".join(f"  {name:10}{text}" for name, text in STAGES.items())
    parser = argparse.ArgumentParser(
        prog="benchmarks/run",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measure the credit management on synthetic ledgers, beside what\n"
        "PostgreSQL and Odoo take themselves, and beside OCA's addon.",
        epilog=f"stages:\n{stages}",
    )
    parser.add_argument(
        "--items",
        metavar="N",
        type=_positive,
        nargs="+",
        default=list(SIZES),
        help="posted customer invoices, one or several sizes (1000 10000 100000)",
    )
    parser.add_argument(
        "--debtors", metavar="M", type=_positive, help="debtors (a twentieth of N)"
    )
    parser.add_argument(
        "--stages",
        metavar="A,B",
        type=_stages,
        default=tuple(STAGES),
        help="only these, see below",
    )
    parser.add_argument(
        "--peer", action="store_true", help="OCA's account_credit_control as well"
    )
    parser.add_argument(
        "--peer-max",
        metavar="N",
        type=_positive,
        default=100_000,
        help="the largest size that the peer is measured at (100000)",
    )
    for name, default, what in (
        ("mails", 10_000, "e-mails delivered at most"),
        ("letters", 1_000, "letters delivered at most"),
        ("posted", 1_000, "invoices posted"),
        ("paid-items", 1_000, "items that one payment reconciles"),
    ):
        parser.add_argument(
            f"--{name}",
            metavar="N",
            type=_positive,
            default=default,
            help=f"{what} ({default})",
        )
    parser.add_argument(
        "--smtp-delay",
        metavar="MS",
        type=_positive,
        default=0,
        help="milliseconds that the mail server of the stage `workers` takes to answer "
        "to each message, as one elsewhere does (0: as soon as it can)",
    )
    parser.add_argument(
        "--json", metavar="FILE", type=Path, help="write the figures to a file as well"
    )
    parser.add_argument(
        "--profile",
        action="store_true",
        help="write what takes the time to a file; the figures are not true then",
    )
    parser.add_argument(
        "--drop", action="store_true", help="drop the ledgers that are kept, and end"
    )
    add_common_options(parser)
    options = parser.parse_args(arguments)
    options.debtors_for = lambda size: options.debtors or max(size // EACH, EACH)
    if options.json and not options.json.absolute().parent.is_dir():
        raise Stop(f"There is no folder for {options.json}: name a file in one.")
    return options


def _positive(text):
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is not a number above zero")
    return int(text)


def _stages(text):
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in STAGES:
            known = ", ".join(STAGES)
            raise argparse.ArgumentTypeError(f"{name} is no stage: {known}")
    return names


def main(arguments):
    options = parse(arguments)
    with prepared(options) as environment:
        ledgers = Ledgers(environment, Databases(environment))
        if not options.drop:
            ledgers.databases.odoo()
        environment.building.release()
        lock = Lock("benchmark")
        if not lock.acquire(wait=False):
            raise Stop("Another benchmark runs in this checkout: wait for its end.")
        with lock.held():
            forget_log()
            ledgers.drop_run()
            if options.drop:
                ledgers.drop_all()
                return 0
            if options.peer:
                fetch_peer()
            if options.profile:
                PROFILES.unlink(missing_ok=True)
                environment.variables["BENCHMARK_PROFILE"] = str(PROFILES)
                say(f"profiles: {PROFILES}")
            try:
                _measure(options, ledgers)
            finally:
                ledgers.drop_run()
    return 0


def _measure(options, ledgers):
    rows = []
    say(machine())
    for size in sorted(set(options.items)):
        flow = Flow(size, options, ledgers)
        try:
            flow.run()
        finally:
            rows += flow.rows
            # What was measured before something went wrong is kept.
            if options.json and rows:
                write_json(options.json, rows)
            _write_plans(size, flow.plans)
        print(f"\n{report(rows, size)}\n", flush=True)


def _write_plans(size, plans):
    if plans:
        path = LOGS / f"benchmark-plans-{size}.txt"
        path.write_text(
            "\n\n".join(f"== {name}: {plan}" for name, plan in plans.items()) + "\n"
        )
        say(f"plans of the pages' slowest statements: {path}")
