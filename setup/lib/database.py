"""Databases: two layers of templates, copies of them, their files.

``cm_odoo_<key>`` holds Odoo's own addons and the languages; ``cm_base_<key>`` is a
copy of it with the addons of this repository. The key stands for all that went in,
and a database gets its name only when it is complete: that it exists says that it
is done. Copying one takes a second or two, making the first layer more than a
minute.
"""

import os
import re
import shutil

from console import Stop, stage
from layout import DATA, INSIDE
from processes import Failed, capture, run
from store import digest, remove

# What the demonstration and the tests use besides the dependencies: companies in
# France, Belgium and, for another currency, Switzerland; a provider of payments.
ODOO_ADDONS = ("account_payment", "payment_demo", "sms", "l10n_fr_account")
ODOO_ADDONS += ("l10n_be", "l10n_ch")
# English first: the first one becomes the language of the users.
LANGUAGES = ("en_US", "fr_FR", "nl_NL", "nl_BE", "de_DE")
LOADING = re.compile(r"Loading module (\w+) \((\d+)/(\d+)\)")
FILESTORE = DATA / "filestore"
VERSION = 3  # raise it when the way the templates are made changes


class Databases:
    """The databases of this checkout on one server."""

    def __init__(self, environment):
        self.environment = environment

    # Names and existence

    def base_key(self):
        addons = self.environment.addons
        return digest(self._odoo_key(), *(p for a in addons for p in (a.name, a.key())))

    def base_name(self):
        return f"cm_base_{self.base_key()}"

    def _odoo_key(self):
        return digest(VERSION, self.environment.odoo.key(), *self._odoo_addons())

    def _odoo_addons(self):
        return sorted({*ODOO_ADDONS, *self.environment.needed})

    def names(self):
        query = "select datname from pg_database where datname like 'cm\\_%'"
        return self.query("postgres", query).split()

    # Templates

    def odoo(self):
        """Return the name of the template with Odoo's addons only; make it if need be.

        It is kept until Odoo or the list of its addons changes.
        """
        name = f"cm_odoo_{self._odoo_key()}"
        existing = self.names()
        if name not in existing:
            self._drop_old("cm_odoo_", existing)
            with stage("database with Odoo's own addons") as current:
                fresh = f"{name}_new"
                self.drop(fresh)
                languages = f"--load-language={','.join(LANGUAGES)}"
                self._install(fresh, self._odoo_addons(), current, languages)
                current.detail("style sheets and scripts")
                self._run_script(fresh, INSIDE / "compile_assets.py")
                self.rename(fresh, name)
        return name

    def base(self):
        """Return the name of the template with all addons; make it if need be."""
        name = self.base_name()
        existing = self.names()
        if name in existing:
            return name
        odoo_name = self.odoo()
        addons = [addon.name for addon in self.environment.addons]
        self._drop_old("cm_base_", existing)
        with stage(f"database with {', '.join(addons) or 'no addon'}") as current:
            fresh = f"{name}_new"
            self.copy(odoo_name, fresh)
            if addons:
                self._install(fresh, addons, current)
            self.rename(fresh, name)
        return name

    def _install(self, name, addons, current, *options):
        def show(line):
            match = LOADING.search(line)
            if match:
                current.detail(f"{match[1]} ({match[2]} of {match[3]})")

        command = self.environment.odoo_command(
            "server", f"--database={name}", f"--init={','.join(addons)}", *options
        )
        command += ["--stop-after-init", "--no-http", "--max-cron-threads=0"]
        try:
            run(command, log="odoo", env=self.environment.variables, on_line=show)
        except Failed as failure:
            raise Stop(
                f"Odoo could not install {', '.join(addons)} "
                f"({failure.last_line()}): see .local/log/odoo.log."
            ) from None

    def _run_script(self, name, script):
        command = self.environment.odoo_command(
            "shell", f"--database={name}", "--no-http", "--log-level=warn"
        )
        with open(script) as source:
            run(command, log="odoo", env=self.environment.variables, stdin=source)

    def _drop_old(self, prefix, existing):
        """Drop the templates of earlier contents; nobody is connected to one."""
        for name in existing:
            if name.startswith(prefix):
                self.drop(name)

    # Copies

    def copy(self, source, target, large=False):
        """Make ``target`` anew as a copy of ``source``, files included.

        :param bool large: of gigabytes: its files are copied, which takes a checkpoint
            and then less time than to write all of it to the log as well
        """
        self.drop(target)
        strategy = ["--strategy=file_copy"] if large else []
        self._program("createdb", "-T", source, *strategy, target)
        files = FILESTORE / source
        if files.is_dir():
            # Odoo never changes a stored file, so the copies may share them.
            shutil.copytree(files, FILESTORE / target, copy_function=os.link)

    def drop(self, name):
        self._program("dropdb", "--if-exists", "--force", name)
        remove(FILESTORE / name)

    def rename(self, source, target):
        """Give a finished database its name, in place of one that has it now."""
        self.drop(target)
        if (FILESTORE / source).exists():
            (FILESTORE / source).rename(FILESTORE / target)
        self.query("postgres", f'alter database "{source}" rename to "{target}"')

    # Statements

    def query(self, database, *statements):
        """Run SQL and return what it gives, one row a line, fields by ``|``."""
        command = ["psql", "-XAtwq", "-v", "ON_ERROR_STOP=1", database]
        for statement in statements:
            command += ["-c", statement]
        return self._program(*command)

    def _program(self, program, *arguments):
        command = [self.environment.programs / program, *arguments]
        try:
            return capture(command, env=self.environment.variables)
        except Failed as failure:
            raise Stop(f"PostgreSQL refused: {failure.last_line()}") from None
