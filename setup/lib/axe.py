"""axe-core, by which tests find what a screen reader or a keyboard stumbles over."""

import shutil

from console import say, stage
from layout import LOCAL
from processes import Failed, run
from store import build_folder, digest

FOLDER = LOCAL / "axe"
VERSION = "4.10.3"


def fetch_axe():
    """Have npm put axe-core below our folder; without it, its tests fail."""
    npm = shutil.which("npm")
    if not npm:
        say("axe is missing, its tests fail: npm is not on this machine")
        return
    try:
        with stage("axe"):
            build_folder(FOLDER, digest("axe", VERSION), lambda new: _fetch(npm, new))
    except Failed as failure:
        say(f"axe is missing, its tests fail: {failure.last_line()}")


def _fetch(npm, folder):
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund"]
    command += ["--prefix", folder, f"axe-core@{VERSION}"]
    run(command, log="axe")
