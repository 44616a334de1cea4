"""A feed by files in a folder of the server, where an SFTP server may drop them.

``in``       what the third party writes: CSV, XLSX, JSON or JSON lines
``out``      messages for it, ``<number>.json``, the files of cases, ``<number>.zip``,
             and the results of what it wrote, ``<file>.result.csv``
``done``     what was read
``refused``  what could not be read at all

The folder lies below the one that the server's configuration allows
(``credit_feed_root``), wherever links may lead: who sets up a feed does not thereby
read or write anywhere on the server.
"""

import os
import re
import stat
import time
from contextlib import suppress

from odoo import api, models
from odoo.tools import config

from odoo.addons.credit_management.ledger import FileProblem
from odoo.addons.credit_management.models.credit_registered_provider import (
    CarrierTrouble,
)

from ..engine import feed as feeds
from .credit_feed_provider import FeedTrouble, Incoming

FOLDERS = ("in", "out", "done", "refused")
#: Files read at once: what is left comes next time.
MOST_FILES = 100
#: Seconds in which a file has to be left alone before it is taken for whole.
SETTLED = 20
#: What programs call files that they are still writing.
PARTS = (".part", ".tmp", ".filepart", ".crdownload", ".swp", "~")
ENDINGS = (".csv", ".txt", ".xlsx", ".json", ".jsonl", ".ndjson")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


class CreditFeedProvider(models.AbstractModel):
    _inherit = "credit.feed.provider"

    # ------------------------------------------------------------------
    # Where
    # ------------------------------------------------------------------

    @api.model
    def _feed_root(self):
        """The folder of the server that holds the folders of feeds."""
        return os.path.realpath(
            config.get("credit_feed_root")
            or os.path.join(config["data_dir"], "credit_feeds")
        )

    @api.model
    def _feed_path(self, folder):
        """Where a folder lies, links followed.

        :raise FeedTrouble: if that is not below the root
        """
        _ = self.env._
        folder = (folder or "").strip()
        if not folder or "\x00" in folder:
            raise FeedTrouble(_("Say in which folder the files are."))
        root = self._feed_root()
        path = os.path.realpath(os.path.join(root, folder))
        if path == root or os.path.commonpath((root, path)) != root:
            raise FeedTrouble(
                _(
                    "“%(folder)s” lies outside of %(root)s, where folders of feeds "
                    "have to be. The server's configuration names another place as "
                    "credit_feed_root.",
                    folder=folder,
                    root=root,
                )
            )
        return path

    @api.model
    def _check_folder(self, feed):
        self._feed_folder(feed)

    @api.model
    def _feed_folder(self, feed):
        """The folder of a feed, ready for use.

        :raise FeedTrouble: if it is none, lies elsewhere or can't be written to
        """
        _ = self.env._
        path = self._feed_path(feed.folder)
        for part in (path, *(os.path.join(path, name) for name in FOLDERS)):
            try:
                with suppress(FileExistsError):
                    os.makedirs(part, exist_ok=True)
            except OSError as error:
                raise self._folder_trouble(part, error) from error
            if os.path.realpath(part) != part or not os.path.isdir(part):
                raise FeedTrouble(
                    _("%s has to be a folder, and no link to another.", part)
                )
            if not os.access(part, os.R_OK | os.W_OK | os.X_OK):
                raise FeedTrouble(_("The server may not write to %s.", part))
        return path

    @api.model
    def _folder_trouble(self, path, error):
        return FeedTrouble(
            self.env._(
                "%(path)s can't be used: %(reason)s.",
                path=path,
                reason=error.strerror or error,
            )
        )

    @api.model
    def _put_file(self, folder, name, content):
        """Write a file so that nobody ever sees a part of it.

        :param content: bytes, or a file that is read piece by piece
        """
        try:
            self.env["credit.registered.provider"]._put(folder, name, content)
        except CarrierTrouble as trouble:
            raise FeedTrouble(str(trouble)) from trouble

    # ------------------------------------------------------------------
    # Out
    # ------------------------------------------------------------------

    @api.model
    def _send_folder(self, feed, message, document, archive):
        """Put a message into the folder, after the file that it announces.

        Names are made of the message alone: handed over once more after a crash, it
        takes the place of the first.
        """
        out = os.path.join(self._feed_folder(feed), "out")
        stem = file_stem(message.message_id)
        if archive is not None:
            self._put_file(out, f"{stem}.zip", archive)
        self._put_file(out, f"{stem}.json", document)

    # ------------------------------------------------------------------
    # In
    # ------------------------------------------------------------------

    @api.model
    def _poll_folder(self, feed):
        base = self._feed_folder(feed)
        inbox = os.path.join(base, "in")
        try:
            names = sorted(os.listdir(inbox))
        except OSError as error:
            raise self._folder_trouble(inbox, error) from error
        names = [name for name in names if is_whole(name)]
        for name in names[:MOST_FILES]:
            content, problem = self._read_file(os.path.join(inbox, name))
            if content is None and not problem:
                continue
            rows = None
            if not problem:
                try:
                    rows = feeds.read_rows(content, name)
                except FileProblem as error:
                    problem = feed._file_problem_text(error)
            yield Incoming(shown_name(name), rows, problem, self._mover(base, name))

    @api.model
    def _read_file(self, path):
        """(content, None), (None, why not), or (None, None): leave it alone."""
        try:
            # A link could lead out of the folder, and a pipe would never end.
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None, None
        info = os.fstat(handle)
        age = time.time() - info.st_mtime
        # Clocks differ; what is dated far ahead is not being written.
        if not stat.S_ISREG(info.st_mode) or -3600 < age < SETTLED:
            os.close(handle)
            return None, None
        with os.fdopen(handle, "rb") as stream:
            content = stream.read(feeds.MOST_FILE + 1)
        if len(content) > feeds.MOST_FILE:
            limit = feeds.MOST_FILE // 2**20
            return None, self.env._("The file has more than %s MB.", limit)
        return content, None

    @api.model
    def _mover(self, base, name):
        def taken(results, problem):
            stem = file_stem(os.path.splitext(name)[0])
            self._put_file(os.path.join(base, "out"), f"{stem}.result.csv", results)
            folder = os.path.join(base, "refused" if problem else "done")
            try:
                os.replace(os.path.join(base, "in", name), free_path(folder, name))
            except FileNotFoundError:
                # Somebody took it away meanwhile; what it said is kept.
                return
            except OSError as error:
                raise self._folder_trouble(name, error) from error

        return taken


def is_whole(name):
    """Whether a file is one to be read, and nobody writes to it any more."""
    low = name.lower()
    return (
        not low.startswith(".")
        and not low.endswith(PARTS)
        and low.endswith(ENDINGS)
        and not low.endswith(".result.csv")
    )


def file_stem(text):
    """A file name made of a number, without what leads elsewhere."""
    return _UNSAFE.sub("-", text).strip("-.")[:120] or "message"


def shown_name(name):
    """The name of a file as it can be kept: it may be of any bytes."""
    return name.encode(errors="replace").decode()[:200]


def free_path(folder, name):
    """Where a file of this name can be put, beside one of the same name."""
    path = os.path.join(folder, name)
    if not os.path.lexists(path):
        return path
    stem, ending = os.path.splitext(name)
    return os.path.join(folder, f"{stem}.{time.time_ns()}{ending}")
