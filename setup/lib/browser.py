"""A Chromium for browser tests: the machine's own, else unpacked below our folder."""

import os
import shlex
import shutil
import subprocess

from apt import Mirror, fetch_program, library_folders
from console import Stop, stage
from layout import BIN, LOCAL
from store import build_folder, digest, has_stamp, remove, write_text

FOLDER = LOCAL / "chromium"
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
# Odoo looks for this name first, so that our wrapper is found before all others.
WRAPPER = BIN / NAMES[0]
# A browser under test asks nobody but Odoo.
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-pings",
    "--password-store=basic",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
ADVICE = "install a Chromium that is found as `chromium` and run it again"


def link_browser():
    """Write the wrapper that Odoo starts as its browser."""
    own = _of_the_machine()
    if own:
        _write_wrapper(own)
        return
    key = digest("chromium", os.uname().machine)
    if not has_stamp(FOLDER, key):
        remove(WRAPPER)
    with stage("chromium"):
        build_folder(FOLDER, key, _fetch)
        libraries = os.pathsep.join(map(str, library_folders(FOLDER)))
        environment = {"LD_LIBRARY_PATH": libraries}
        fonts = FOLDER / "etc" / "fonts" / "fonts.conf"
        if fonts.exists() and not os.path.exists("/etc/fonts/fonts.conf"):
            environment["FONTCONFIG_FILE"] = _font_config(fonts)
        program = FOLDER / "usr" / "lib" / "chromium" / "chromium"
        _write_wrapper(program, environment)
        if not _runs(WRAPPER):
            raise Stop(f"The Chromium of the distribution does not run here: {ADVICE}.")


def _of_the_machine():
    others = [path for path in os.get_exec_path() if path != str(BIN)]
    for name in NAMES:
        program = shutil.which(name, path=os.pathsep.join(others))
        # Ubuntu's is a stub that wants to install something else.
        if program and _runs(program):
            return program
    return None


def _runs(program):
    try:
        done = subprocess.run(
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _write_wrapper(program, environment=()):
    lines = ["#!/bin/sh"]
    for name, value in dict(environment).items():
        lines.append(f"export {name}={shlex.quote(str(value))}")
    flags = " ".join(shlex.quote(flag) for flag in FLAGS)
    lines.append(f'exec {shlex.quote(str(program))} {flags} "$@"\n')
    text = "\n".join(lines)
    if not WRAPPER.is_file() or WRAPPER.read_text() != text:
        write_text(WRAPPER, text, mode=0o755)


def _font_config(original):
    """The unpacked configuration, looking for fonts where we unpacked them."""
    path = FOLDER / "fonts.conf"
    text = original.read_text().replace("<dir>/usr", f"<dir>{FOLDER}/usr")
    write_text(path, text)
    return path


def _fetch(folder):
    if Mirror.of_this_machine().system != "debian":
        # Ubuntu's package of that name only asks for another installer.
        raise Stop(f"Browser tests need Chromium, which is not here: {ADVICE}.")
    fetch_program("chromium", folder)
