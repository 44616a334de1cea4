"""Odoo 19.0 Community: the one named by the user, or Debian's package unpacked."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from apt import Mirror, PrivateApt, unpack
from console import Stop, stage
from layout import LOCAL
from store import build_folder, digest, has_stamp, remove, write_text

SERIES = (19, 0)
FOLDER = LOCAL / "odoo"
# Where each distribution has Odoo, and where the fonts are that it was made for:
# Font Awesome must be 4.7, later suites have 7.
SUITES = {"debian": ("sid", "trixie"), "ubuntu": ("devel", "noble")}
# What the package links to instead of holding it: without these every page fails.
LINKED = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-ocr-b",
)
LINKED_STABLE = ("fonts-font-awesome", "fonts-inconsolata")
PACKAGES_FOLDER = "usr/lib/python3/dist-packages"
# Left out of the package (compiled code without sources), yet named in a bundle of
# the web client, which then logs an error on every page. It blurs the background in
# video calls.
LEFT_OUT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
# A second copy of the addons, which nothing uses.
SKIPPED = (f"./{PACKAGES_FOLDER}/addons",)


@dataclass(frozen=True)
class Odoo:
    """An Odoo on disk: ``base`` is the folder that goes on Python's path."""

    base: Path
    addons: tuple

    @classmethod
    def at(cls, path):
        """Recognise a git checkout, a folder of Python packages or `odoo` itself."""
        path = Path(path).expanduser().resolve()
        for base in (path, path.parent, path / PACKAGES_FOLDER):
            if (base / "odoo" / "release.py").is_file():
                break
        else:
            raise Stop(
                f"There is no Odoo at {path}: name the folder that holds the "
                "package `odoo` (for a git checkout, the one with odoo-bin)."
            )
        folders = (base / "odoo" / "addons", base / "addons")
        addons = tuple(
            f for f in folders if (f / "account" / "__manifest__.py").exists()
        )
        found = cls(base, (folders[0], *(f for f in addons if f != folders[0])))
        found.check_series()
        if not addons:
            raise Stop(f"The Odoo at {base} has no addon `account`: name a whole one.")
        return found

    def check_series(self):
        text = (self.base / "odoo" / "release.py").read_text()
        match = re.search(r"^version_info\s*=\s*\(\s*(\d+)\s*,\s*(\d+)", text, re.M)
        series = tuple(map(int, match.groups())) if match else ()
        if series != SERIES:
            shown = ".".join(map(str, series)) or "unknown"
            raise Stop(
                f"The Odoo at {self.base} is of series {shown}: "
                "these addons need 19.0, name another with ODOO_PATH."
            )

    def key(self):
        """A key that changes when it is another Odoo."""
        head = self.base / ".git" / "HEAD"
        commit = ""
        if head.is_file():
            reference = head.read_text().strip().removeprefix("ref: ")
            branch = self.base / ".git" / reference
            commit = branch.read_text() if branch.is_file() else reference
        stamp = FOLDER / ".stamp"
        unpacked = stamp.read_text() if FOLDER in self.base.parents else ""
        return digest(self.base, self.base / "odoo" / "release.py", commit, unpacked)


def find_odoo(path=None):
    """Return the Odoo to use; fetch it when the user names none."""
    path = path or os.environ.get("ODOO_PATH")
    if path:
        return Odoo.at(path)
    key = digest("odoo-19", LINKED, LINKED_STABLE, SUITES, SKIPPED)
    if not has_stamp(FOLDER, key):
        with stage("odoo 19.0") as current:
            build_folder(FOLDER, key, lambda folder: _fetch(folder, current))
    odoo = Odoo.at(FOLDER / PACKAGES_FOLDER)
    stub = odoo.base / "odoo" / "addons" / LEFT_OUT
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        write_text(stub, "// Not part of this package.\n")
    return odoo


def _fetch(folder, current):
    mirror = Mirror.of_this_machine()
    newest, stable = SUITES[mirror.system]
    for suite, packages in ((newest, ("odoo-19", *LINKED)), (stable, LINKED_STABLE)):
        apt = PrivateApt(LOCAL / "apt", mirror, suite)
        current.detail(f"package lists of {suite}")
        apt.update()
        current.detail("download")
        for package in apt.download(*packages):
            current.detail(f"unpacking {package.name.partition('_')[0]}")
            unpack(package, folder, SKIPPED)
            package.unlink()
    remove(LOCAL / "apt")
    Odoo.at(folder / PACKAGES_FOLDER)
    _check_links(folder)


def _check_links(folder):
    dangling = [
        path
        for path in (folder / PACKAGES_FOLDER / "odoo").rglob("*")
        if path.is_symlink() and not path.exists()
    ]
    if dangling:
        raise Stop(
            f"The package odoo-19 links to {os.readlink(dangling[0])}, which none of "
            "the packages beside it holds: set ODOO_PATH to another Odoo 19.0."
        )
