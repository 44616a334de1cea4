"""Where things are: the checkout and the one ignored folder with all that is made."""

import os
from pathlib import Path

from console import Stop

ROOT = Path(__file__).resolve().parents[2]
SETUP = ROOT / "setup"
LIB = SETUP / "lib"
INSIDE = LIB / "inside"

LOCAL = ROOT / ".local"
BIN = LOCAL / "bin"  # first on PATH: wkhtmltopdf, chromium
RUN = LOCAL / "run"  # locks and the PostgreSQL socket
LOGS = LOCAL / "log"
DATA = LOCAL / "data"  # Odoo's data_dir: filestore, sessions
OCA = LOCAL / "oca"  # addons of others, from PyPI
VENV = LOCAL / "venv"
PYTHON = VENV / "bin" / "python"
ODOO_CONF = LOCAL / "odoo.conf"

# A Unix socket's path may take 107 bytes, the socket's own name takes 15 of them.
SOCKET_FOLDER_MAX = 90


def make_folders():
    """Create the folders that the commands write to."""
    try:
        for folder in (LOCAL, BIN, RUN, LOGS, DATA):
            folder.mkdir(parents=True, exist_ok=True)
    except PermissionError:
        raise Stop(
            f"{LOCAL} cannot be written: run this as the owner of the checkout, "
            "or clone the repository where you may write."
        ) from None
    if LOCAL.stat().st_uid != os.geteuid():
        raise Stop(
            f"{LOCAL} was made by another user: run this as that user, "
            "or remove the folder and run it again."
        )
