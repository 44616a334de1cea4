"""The virtual environment: pinned requirements, Odoo on its path."""

import ctypes.util
import os
import subprocess
import sys
import sysconfig

from apt import Mirror, PrivateApt, fetch_program, library_folders, unpack
from console import Stop, stage
from layout import LOCAL, OCA, PYTHON, SETUP, VENV
from processes import Failed, run
from store import build_folder, digest, disk_errors, has_stamp, remove, write_stamp

RUNTIME = SETUP / "requirements.txt"
TEST = SETUP / "requirements-test.txt"
ADDONS = SETUP / "requirements-addons.txt"
CAIRO = LOCAL / "cairo"
TEST_STAMP = ".stamp-test"


def make_venv(tests=False):
    """Make the environment, or add what tests need to the one there is.

    It is filled in its final place, since its scripts hold their own path; the
    stamp at the end makes it count.
    """
    # The interpreter and the place are part of the key: moving the checkout or
    # updating Python breaks an environment.
    key = digest(RUNTIME, sys.version, os.path.realpath(sys.executable), VENV)
    if not has_stamp(VENV, key):
        with stage("python packages"), disk_errors(VENV):
            remove(VENV)
            _create()
            _install(RUNTIME)
            write_stamp(VENV, key)
    test_key = digest(RUNTIME, TEST)
    if tests and not has_stamp(VENV, test_key, TEST_STAMP):
        with stage("python packages for tests"), disk_errors(VENV):
            _install(TEST)
            write_stamp(VENV, test_key, TEST_STAMP)


def site_packages():
    """The folder of the environment that packages are installed to."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return VENV / "lib" / version / "site-packages"


def link_odoo(odoo):
    """Put Odoo behind the environment's own packages on Python's path.

    Behind: a folder like /usr/lib/python3/dist-packages holds other versions of
    the same packages.
    """
    path = site_packages() / "odoo-source.pth"
    content = f"{odoo.base}\n"
    if not path.exists() or path.read_text() != content:
        path.write_text(content)


def cairo_folders():
    """Where the Cairo library is, if the machine has none and barcodes need it.

    For newer Pythons the barcodes of letters and invoices are drawn by Cairo, which
    is no wheel; see requirements.txt.
    """
    if sys.version_info < (3, 13) or ctypes.util.find_library("cairo"):
        return []
    key = digest("libcairo2", sys.version)
    if not has_stamp(CAIRO, key):
        with stage("cairo"):
            build_folder(CAIRO, key, lambda folder: fetch_program("libcairo2", folder))
    return library_folders(CAIRO)


def fetch_oca_addons():
    """Unpack the addons of others that glue addons depend on; return their folder."""
    if not ADDONS.exists():
        return None

    def make(folder):
        _pip("install", "--no-deps", "--target", folder, "-r", ADDONS)

    with stage("addons of others") if not has_stamp(OCA, digest(ADDONS)) else _quiet():
        build_folder(OCA, digest(ADDONS), make)
    return OCA / "odoo" / "addons"


class _quiet:
    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        return False


def _create():
    try:
        run([sys.executable, "-m", "venv", "--without-pip", VENV], log="python")
    except Failed as failure:
        raise Stop(
            f"No virtual environment could be made ({failure.last_line()}): "
            "install the package python3-venv and run it again."
        ) from None
    if not (_has(PYTHON, "ensurepip") and _bootstrap([PYTHON, "-m", "ensurepip"])):
        wheel = _pip_wheel_of_the_distribution()
        if not _bootstrap([PYTHON, f"{wheel}/pip", "install", wheel]):
            raise Stop(
                "pip could not be put into the virtual environment: "
                "install the package python3-venv and run it again."
            )


def _has(python, module):
    done = subprocess.run(
        [python, "-c", f"import {module}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    return done.returncode == 0


def _bootstrap(command):
    try:
        run(command, log="python")
    except Failed:
        return False
    return True


def _pip_wheel_of_the_distribution():
    """Debian leaves ensurepip out of Python; its pip is a wheel in a package."""
    mirror = Mirror.of_this_machine()
    apt = PrivateApt(LOCAL / "apt-pip", mirror, mirror.codename)
    apt.update()
    folder = LOCAL / "pip-wheel"
    remove(folder)
    folder.mkdir()
    for package in apt.download("python3-pip-whl"):
        unpack(package, folder)
    remove(apt.folder)
    wheels = sorted(folder.glob("usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        raise Stop("Python has no pip here: install python3-venv and run it again.")
    return wheels[-1]


def _install(requirements):
    # The files name all that is needed, and one of the packages names more.
    _pip("install", "--no-deps", "-r", requirements)


def _pip(*arguments):
    """Run pip with the index that the machine is configured with."""
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    try:
        run([*command, *arguments], log="python")
    except Failed as failure:
        raise Stop(_pip_sentence(failure)) from None


def _pip_sentence(failure):
    errors = [line for line in failure.output.splitlines() if line.startswith("ERROR")]
    text = failure.output
    if "No space left" in text:
        return "The disk is full: free some 4 GB and run it again."
    if "No matching distribution" in text or "Could not find a version" in text:
        if "connection" in text.lower() or "resolve" in text.lower():
            return (
                "The Python package index cannot be reached: connect this machine, "
                "or configure pip with an index that it can reach, and run it again."
            )
        wanted = errors[-1].rsplit("for ", 1)[-1] if errors else "a package"
        platform = f"Python {sys.version.split()[0]}, {sysconfig.get_platform()}"
        return (
            f"pip finds no {wanted} for this machine ({platform}): use Python 3.10 "
            "to 3.13 on x86-64 or arm64 Linux."
        )
    reason = (errors or [failure.last_line()])[-1].removeprefix("ERROR: ").rstrip(".")
    return f"pip could not install it all ({reason}): see .local/log/python.log."
