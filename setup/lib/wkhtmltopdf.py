"""wkhtmltopdf with patched Qt: without it letters have neither header nor footer."""

import shutil
import subprocess

from layout import BIN, VENV
from store import remove


def link_wkhtmltopdf():
    """Put a patched wkhtmltopdf first on PATH: the machine's, else the wheel's."""
    link = BIN / "wkhtmltopdf"
    own = shutil.which("wkhtmltopdf")
    if own and _is_patched(own):
        if own != str(link):
            remove(link)
        return
    remove(link)
    link.symlink_to(VENV / "bin" / "wkhtmltopdf-pack")


def _is_patched(program):
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True)
    except OSError:
        return False
    return "with patched qt" in done.stdout
