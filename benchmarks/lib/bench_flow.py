"""All stages of one size, in the order of the flow, each on the state it needs."""

from contextlib import ExitStack

from bench_peer import peer_options
from bench_report import Row
from bench_worker import fetch, server, sink, visitor, worker
from bench_workers import measure_workers
from console import say, stage

STAGES = {
    "install": "installing the addon on the ledger",
    "select": "select and decide, nothing written",
    "propose": "propose for everything overdue at once",
    "charges": "the same with interest and indemnities by regime",
    "worklist": "the worklist's first page",
    "approve": "confirm all that was proposed",
    "email": "deliver e-mails",
    "letter": "deliver letters as PDF",
    "workers": "deliver e-mails by jobs, on one process and on two",
    "ordinary": "propose on an ordinary day, two debtors in a hundred due",
    "invoices": "the invoice list's first page, with the columns of the position",
    "partner": "a debtor's form",
    "page": "the debtor's page that a link opens",
    "payment": "one payment that reconciles many items",
    "posting": "posting invoices",
}
TABLES = "credit_reminder, credit_reminder_line"


class Flow:
    """Measures one size; ``rows`` fills up."""

    def __init__(self, size, options, ledgers):
        self.size = size
        self.options = options
        self.ledgers = ledgers
        self.environment = ledgers.environment
        self.databases = ledgers.databases
        self.debtors = options.debtors_for(size)
        self.rows = []
        self.plans = {}
        self.small = size <= 1000

    def run(self):
        """Measure all that was asked for; return the rows."""
        template, installed = self.ledgers.credit(self.size, self.debtors)
        if self.wants("install"):
            self.add("install", installed)
            if installed["rewritten"]:
                say(f"Installing rewrote {', '.join(installed['rewritten'])}")
        accounting = self._accounting_alone()
        credit = self.ledgers.run_name("credit")
        with stage(f"a copy of the ledger of {self.size:,}"):
            self.ledgers.copy(template, credit, self.size)
        try:
            with ExitStack() as stack:
                odoo = stack.enter_context(worker(self.environment, credit))
                self._propose(odoo)
                self._deliver(odoo, credit, stack)
                if self.wants("workers"):
                    self._workers(odoo, credit)
                self._daily(odoo, credit, accounting)
        finally:
            self.databases.drop(credit)
        if self.options.peer:
            self._peer()
        return self.rows

    def wants(self, *names):
        """Whether one of these stages was asked for."""
        return any(name in self.options.stages for name in names)

    def measure(self, odoo, title, function, **arguments):
        """Call a function of the worker, with a line about it."""
        with stage(f"{self.size:,}: {title}") as current:
            return odoo.call(function, current, **arguments)

    def add(self, name, figures, floor=None, core=None):
        """Note a result.

        :param floor: figures of what PostgreSQL itself takes for as much
        :param core: figures of what Odoo itself takes for as much
        """
        if "explain" in figures:
            self.plans[name] = figures["explain"]
        self.rows.append(
            Row(
                size=self.size,
                stage=name,
                items=figures["items"],
                seconds=figures["seconds"],
                queries=figures["queries"],
                peak_mb=figures["peak_mb"],
                floor_seconds=(floor or {}).get("seconds"),
                core_seconds=(core or {}).get("seconds"),
                cpu=figures.get("cpu"),
                floor_cpu=(floor or {}).get("cpu"),
                core_cpu=(core or {}).get("cpu"),
            )
        )

    # What accounting itself takes, without the addon

    def _accounting_alone(self):
        if not self.wants("payment", "posting"):
            return {}
        plain = self.ledgers.run_name("plain")
        with stage(f"a copy of the ledger of {self.size:,} without the addon"):
            self.ledgers.copy(
                self.ledgers.plain(self.size, self.debtors), plain, self.size
            )
        try:
            with worker(self.environment, plain) as odoo:
                return self._accounting(odoo, "without the addon")
        finally:
            self.databases.drop(plain)

    def _accounting(self, odoo, how):
        results = {}
        for name, arguments in (
            ("payment", {"items": self.options.paid_items}),
            ("posting", {"invoices": 100 if self.small else self.options.posted}),
        ):
            if self.wants(name):
                results[name] = self.measure(
                    odoo, f"{STAGES[name]}, {how}", f"stage_react.{name}", **arguments
                )
        return results

    # From the ledger to approved reminders

    def _vacuum(self):
        """Take away what was undone, as the database would do by itself."""
        self.databases.query(
            self.ledgers.run_name("credit"), f"vacuum analyze {TABLES}"
        )

    @staticmethod
    def _compare_counts(figures, floor):
        say(
            f"{figures['items']:,} items proposed in {figures['reminders']:,} "
            f"reminders; the floor has {floor['items']:,} in {floor['groups']:,}"
        )

    def _propose(self, odoo):
        floor = {}
        if self.wants("select", "propose", "charges"):
            floor = self.measure(odoo, "the floor", "floor.everything")
        if self.wants("select"):
            figures = self.measure(odoo, STAGES["select"], "stage_propose.select")
            selecting = {
                "seconds": floor["select_seconds"],
                "cpu": floor["select_cpu"],
            }
            self.add("select", figures, floor=selecting)
        if self.wants("charges"):
            figures = self.measure(
                odoo, STAGES["charges"], "stage_propose.propose", charges=True
            )
            if figures is None:
                say("Proposals know no charges yet: not measured")
            else:
                self.add("charges", figures, floor=floor)
        measured = self.wants("propose")
        figures = self.measure(
            odoo,
            STAGES["propose"],
            "stage_propose.propose",
            runs=2 if measured else 1,
            keep=True,
        )
        self._vacuum()
        if measured:
            self.add("propose", figures, floor=floor)
            self._compare_counts(figures, floor)
        if self.wants("worklist"):
            figures = self.measure(
                odoo, "the worklist of all that", "stage_pages.worklist"
            )
            self.add("worklist full", figures)
        if self.wants("approve"):
            figures = self.measure(odoo, STAGES["approve"], "stage_propose.approve")
            self.add("approve", figures)

    # Out of the house

    def _deliver(self, odoo, database, stack):
        if not self.wants("email", "letter", "page"):
            return
        _process, url = stack.enter_context(server(self.environment, database))
        self.url = url
        port = stack.enter_context(sink(self.environment))
        odoo.call("stage_deliver.use_sink", port=port, base_url=url)
        self.databases.query(
            database, "update credit_reminder set state = 'to_approve'"
        )
        count = int(
            self.databases.query(database, "select count(*) from credit_reminder")
        )
        if self.wants("email"):
            self._mails(odoo, min(self.options.mails, count * 2 // 3))
        if self.wants("letter"):
            self._letters(odoo, min(self.options.letters, count // 3))

    def _mails(self, odoo, limit):
        count = odoo.call("stage_deliver.queue", channel="email", limit=limit)
        coded, batch, sending, posting = self.measure(
            odoo, "Odoo's own mails", "stage_deliver.core_mails", limit=count
        )
        say(f"{coded['codes']:,} of Odoo's {count:,} mails have a QR code")
        title = f"{STAGES['email']} ({count:,})"
        figures = self.measure(odoo, title, "stage_deliver.deliver")
        self.add("email", figures, core=coded)
        self.add("email: Odoo in batches", coded)
        self.add("email: Odoo in batches, no QR", batch)
        self.add("email: Odoo's queue sends", sending)
        self.add("email: Odoo one by one", posting)

    def _letters(self, odoo, limit):
        single, together = self.measure(
            odoo, "Odoo's own PDFs", "stage_deliver.core_pdfs"
        )
        count = odoo.call("stage_deliver.queue", channel="letter", limit=limit)
        title = f"{STAGES['letter']} ({count:,})"
        figures = self.measure(odoo, title, "stage_deliver.deliver")
        times = figures["items"] / together["items"]
        core = {name: together[name] * times for name in ("seconds", "cpu")}
        self.add("letter", figures, core=core)
        self.add("letter: Odoo, many in one call", together)
        self.add("letter: Odoo one by one", single)

    def _workers(self, odoo, database):
        """Half of the reminders for each, and a tenth to warm up."""
        waiting = "select count(*) from credit_reminder where state = 'to_approve'"
        self.databases.query(
            database,
            "update credit_reminder set state = 'to_approve' where state = 'queued'",
        )
        count = int(self.databases.query(database, waiting))
        limit = min(self.options.mails, count * 2 // 5)
        measure_workers(self, odoo, database, limit)

    # Day by day

    def _daily(self, odoo, database, accounting):
        late = ("ordinary", "worklist", "invoices", "partner", "page", *accounting)
        if not self.wants(*late):
            return
        odoo.call("prepare.make_history")
        self._vacuum()
        if self.wants("ordinary"):
            floor = self.measure(odoo, "the floor of an ordinary day", "floor.ordinary")
            figures = self.measure(
                odoo, STAGES["ordinary"], "stage_propose.propose", keep=True
            )
            self.add("ordinary", figures, floor=floor)
            self._compare_counts(figures, floor)
        elif self.wants("worklist"):
            odoo.call("stage_propose.propose", runs=1, keep=True)
        self._pages(odoo)
        for name, figures in self._accounting(odoo, "with it").items():
            self.add(name, figures, core=accounting[name])

    def _pages(self, odoo):
        pages = (
            ("worklist", "worklist", {}),
            ("invoices", "invoices", {}),
            ("invoices: without the columns", "invoices", {"columns": False}),
            ("invoices: only those due", "invoices", {"due": True}),
            ("partner", "partner", {"big": False}),
            ("partner: with most invoices", "partner", {"big": True}),
        )
        for name, function, arguments in pages:
            if self.wants(function):
                figures = self.measure(
                    odoo, f"page: {name}", f"stage_pages.{function}", **arguments
                )
                self.add(name, figures)
        if self.wants("page"):
            self._debtor_pages(odoo)

    def _debtor_pages(self, odoo):
        """The debtor's page, and Odoo's list of as many invoices of the same debtor."""
        links = odoo.call("stage_pages.links")
        user = odoo.call("stage_pages.portal_user")
        by_login = visitor(self.url, **user)
        usual, big, own = fetch(
            (f"{self.url}{links['usual']}", visitor()),
            (f"{self.url}{links['big']}", visitor()),
            (f"{self.url}/my/invoices", by_login),
        )
        say(f"The page has {usual[1]:,} bytes, /my/invoices {own[1]:,}")
        core = {"items": 1, "seconds": own[0]}
        for name, page, beside in (
            ("page", usual, core),
            ("page: most invoices", big, None),
        ):
            figures = {"items": 1, "seconds": page[0], "queries": None, "peak_mb": None}
            self.add(name, figures, core=beside)

    # The peer

    def _peer(self):
        if self.size > self.options.peer_max:
            say(
                f"The peer is not measured at {self.size:,}: "
                f"--peer-max {self.size} asks for it"
            )
            return
        if not self.wants("propose", "email"):
            return
        database = self.ledgers.run_name("peer")
        with stage(f"a copy of the ledger of {self.size:,} for the peer"):
            self.ledgers.copy(
                self.ledgers.plain(self.size, self.debtors), database, self.size
            )
        try:
            options = peer_options(self.environment)
            self.ledgers.install(database, "account_credit_control", *options)
            with worker(self.environment, database, *options) as odoo:
                odoo.call("stage_peer.set_up")
                lines, communications = self.measure(
                    odoo, "the peer", "stage_peer.generate"
                )
                self._beside_peer(odoo, lines, communications)
        finally:
            self.databases.drop(database)

    def _beside_peer(self, odoo, lines, communications):
        """The peer's rows, and its seconds for as many beside ours."""
        self.add("propose: peer's lines", lines)
        self.add("propose: peer's communications", communications)
        self._set_peer("propose", lines, communications)
        if self.wants("email"):
            with sink(self.environment) as port:
                odoo.call("stage_deliver.use_sink", port=port, base_url="http://x")
                sent = self.measure(odoo, "the peer's e-mails", "stage_peer.send")
            self.add("email: peer's communications", sent)
            self._set_peer("email", sent)

    def _set_peer(self, name, *figures):
        items = max(figures[0]["items"], 1)
        for row in self.rows:
            if row.stage == name:
                times = row.items / items
                row.peer_seconds = sum(f["seconds"] for f in figures) * times
                row.peer_cpu = sum(f["cpu"] for f in figures) * times
