"""Electronic registered delivery by files: what many carriers fetch by SFTP.

``out``       letters: a PDF, then a JSON beside it that tells what it is
``in``        what the carrier says: JSON or CSV, as a return file
``done``      what was read
``rejected``  what could not be, with a text file that says why

The folder lies below the one that the server's configuration allows
(``credit_registered_root``), wherever links may lead: who sets up a company does not
thereby write anywhere on the server.
"""

import csv
import hashlib
import io
import json
import os
import shutil
import stat
from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import config

from .credit_registered_provider import CarrierTrouble, StatusFile

FOLDERS = ("out", "in", "done", "rejected")
COLUMNS = ("reference", "tracking_number", "state", "date", "reason")
#: Status files read at once, and the size of each at most.
MAX_FILES = 200
MAX_BYTES = 10 * 1024 * 1024


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_registered_provider = fields.Selection(
        selection=lambda self: self.env[
            "credit.registered.provider"
        ]._selection_provider(),
        string="Electronic registered letters",
        groups="base.group_system",
        help="The carrier for recipients who accept them. Empty: all go on paper.",
    )
    credit_registered_folder = fields.Char(
        string="Folder of the carrier",
        groups="base.group_system",
        help="Where letters are put and answers are found: a folder on the server, "
        "inside the one that its configuration allows.",
    )

    @api.constrains("credit_registered_provider", "credit_registered_folder")
    def _check_registered_folder(self):
        provider = self.env["credit.registered.provider"].sudo()
        for company in self.sudo():
            if company.credit_registered_provider != "folder":
                continue
            try:
                path = provider._folder(company)
            except CarrierTrouble as trouble:
                raise ValidationError(str(trouble)) from trouble
            others = self.sudo().search(
                [
                    ("id", "!=", company.id),
                    ("credit_registered_provider", "=", "folder"),
                ]
            )
            for other in others:
                if path == provider._real_path(other.credit_registered_folder):
                    raise ValidationError(
                        self.env._(
                            "%(company)s has this folder already: its answers would "
                            "be mixed up with those of this company.",
                            company=other.name,
                        )
                    )


class CreditRegisteredProvider(models.AbstractModel):
    _inherit = "credit.registered.provider"

    # ------------------------------------------------------------------
    # The folder
    # ------------------------------------------------------------------

    @api.model
    def _root(self):
        """The folder of the server that holds the folders of companies."""
        return os.path.realpath(
            config.get("credit_registered_root")
            or os.path.join(config["data_dir"], "credit_registered")
        )

    @api.model
    def _real_path(self, folder):
        """Where a configured folder lies, links followed."""
        return os.path.realpath(os.path.join(self._root(), folder or ""))

    @api.model
    def _folder(self, company):
        """The folder of a company's carrier, ready for use.

        :raise CarrierTrouble: if it is none, lies elsewhere or can't be written to
        """
        _ = self.env._
        folder = (company.credit_registered_folder or "").strip()
        if not folder or "\x00" in folder:
            raise CarrierTrouble(_("No folder is set for electronic letters."))
        root, path = self._root(), self._real_path(folder)
        if path == root or os.path.commonpath((root, path)) != root:
            raise CarrierTrouble(
                _(
                    "“%(folder)s” lies outside of %(root)s, where folders of carriers "
                    "have to be. The server's configuration names another place as "
                    "credit_registered_root.",
                    folder=folder,
                    root=root,
                )
            )
        if not os.path.isdir(path):
            raise CarrierTrouble(
                _("The folder of the carrier does not exist: %s", path)
            )
        for name in FOLDERS:
            part = os.path.join(path, name)
            with suppress(FileExistsError), self._told(part):
                os.mkdir(part)
            if os.path.realpath(part) != part or not os.path.isdir(part):
                raise CarrierTrouble(
                    _("%s has to be a folder, and no link to another.", part)
                )
            if not os.access(part, os.R_OK | os.W_OK | os.X_OK):
                raise CarrierTrouble(_("The server may not write to %s.", part))
        return path

    @api.model
    def _told(self, path):
        """Context in which what the system says of a file becomes a trouble."""
        return _Told(self.env, path)

    @api.model
    def _put(self, folder, name, content):
        """Write a file so that nobody ever sees a part of it.

        :param content: bytes, or a file that is read piece by piece
        """
        path = os.path.join(folder, name)
        with self._told(path):
            part = f"{path}.part"
            with open(part, "wb") as stream:
                if isinstance(content, bytes):
                    stream.write(content)
                else:
                    shutil.copyfileobj(content, stream)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(part, path)
            # The new name as well has to be on the disk before we say it has left.
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    # ------------------------------------------------------------------
    # Out
    # ------------------------------------------------------------------

    @api.model
    def _submit_folder(self, reminder, pdf):
        """Put a letter into the folder: the manifest last, as it announces the PDF.

        Names are made of the reminder alone: handed over once more after a crash, it
        takes the place of the first.
        """
        folder = os.path.join(self._folder(reminder.company_id.sudo()), "out")
        stem = f"{reminder.company_id.id}-{reminder.name.replace('/', '-')}"
        manifest = self._manifest(reminder, f"{stem}.pdf", pdf)
        self._put(folder, f"{stem}.pdf", pdf)
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        self._put(folder, f"{stem}.json", text.encode())

    @api.model
    def _manifest(self, reminder, filename, pdf):
        contact, company = reminder.contact_id, reminder.company_id
        return {
            "reference": reminder.name,
            "file": filename,
            "sha256": hashlib.sha256(pdf).hexdigest(),
            "service": "electronic_registered",
            "subject": reminder.step_id.with_context(lang=reminder.lang).name,
            "language": reminder.lang,
            "sender": {"name": company.name, "email": company.email or ""},
            "recipient": {
                "name": contact.commercial_company_name or contact.name or "",
                "email": contact.email or "",
                "address": list(reminder._address_lines(contact)),
                "country": contact.country_id.code or "",
            },
        }

    # ------------------------------------------------------------------
    # In
    # ------------------------------------------------------------------

    @api.model
    def _poll_folder(self, company):
        base = self._folder(company)
        inbox = os.path.join(base, "in")
        with self._told(inbox):
            names = sorted(os.listdir(inbox))
        names = [n for n in names if n.lower().endswith((".json", ".csv"))]
        for name in names[:MAX_FILES]:
            path = os.path.join(inbox, name)
            with self._told(path):
                info = os.lstat(path)
                # A link could lead out of the folder.
                if not stat.S_ISREG(info.st_mode):
                    continue
                problem, content = None, b""
                if info.st_size > MAX_BYTES:
                    problem = self.env._("The file is too large.")
                else:
                    with open(path, "rb") as stream:
                        content = stream.read()
            if not problem and name.lower().endswith(".json"):
                table, problem = self._json_to_csv(content)
                content = content if problem else table
            yield StatusFile(name, content, self._mover(base, name), problem or "")

    @api.model
    def _json_to_csv(self, content):
        """(CSV, None), or (None, why it can't be read)."""
        try:
            news = json.loads(content)
        except (ValueError, RecursionError):
            return None, self.env._("This is no JSON.")
        news = news if isinstance(news, list) else [news]
        if not news or not all(isinstance(entry, dict) for entry in news):
            return None, self.env._("The file holds no letters.")
        output = io.StringIO()
        writer = csv.writer(output)
        writer.writerow(COLUMNS)
        for entry in news:
            writer.writerow([str(entry.get(name) or "") for name in COLUMNS])
        return output.getvalue().encode(), None

    @api.model
    def _mover(self, base, name):
        def taken(reason):
            folder = os.path.join(base, "rejected" if reason else "done")
            source = os.path.join(base, "in", name)
            with self._told(source):
                os.replace(source, os.path.join(folder, name))
            if reason:
                self._put(folder, f"{name}.txt", f"{reason}\n".encode())

        return taken


class _Told:
    """What the operating system refuses, as a sentence about a path."""

    def __init__(self, env, path):
        self.env = env
        self.path = path

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, OSError) and not isinstance(error, FileExistsError):
            raise CarrierTrouble(
                self.env._(
                    "%(path)s can't be used: %(reason)s.",
                    path=self.path,
                    reason=error.strerror or error,
                )
            ) from error
        return False
