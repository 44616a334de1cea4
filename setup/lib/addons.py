"""The addons of this repository: which there are, what they need, what they hold."""

import ast
from dataclasses import dataclass
from pathlib import Path

from console import Stop, say
from layout import ROOT
from store import digest

# What has no say in what a database with the addon looks like.
NOT_IN_DATABASE = {"tests", "readme", "__pycache__"}


@dataclass(frozen=True)
class Addon:
    folder: Path
    depends: tuple

    @property
    def name(self):
        return self.folder.name

    def files(self):
        for path in sorted(self.folder.rglob("*")):
            inside = path.relative_to(self.folder)
            if path.is_file() and not NOT_IN_DATABASE.intersection(inside.parts):
                yield inside, path

    def key(self):
        parts = []
        for inside, path in self.files():
            parts += [inside, path]
        return digest(*parts)


def read_manifest(folder):
    """Return the addon in ``folder``, or nothing if it is not to be installed."""
    path = folder / "__manifest__.py"
    try:
        manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        raise Stop(f"The manifest {path} is not valid Python ({error}).") from None
    if not manifest.get("installable", True):
        return None
    return Addon(folder, tuple(manifest.get("depends", ())))


def find_addons(known_paths):
    """Return the repository's addons, and what they need of other addons.

    ``known_paths`` are the folders of other addons; one of ours that needs what is
    nowhere is left out, with a word about it.
    """
    folders = sorted(path.parent for path in ROOT.glob("*/__manifest__.py"))
    ours = {a.name: a for a in map(read_manifest, folders) if a}

    def is_known(name):
        return any((path / name / "__manifest__.py").is_file() for path in known_paths)

    left_out = True
    while left_out:
        left_out = False
        for addon in list(ours.values()):
            missing = [n for n in addon.depends if n not in ours and not is_known(n)]
            if missing:
                say(f"{addon.name} left out: it needs {missing[0]}, which is not there")
                del ours[addon.name]
                left_out = True
    needed = {name for addon in ours.values() for name in addon.depends}
    return list(ours.values()), sorted(needed.difference(ours))
