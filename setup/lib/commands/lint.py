"""``setup/lint``: all linters, by pre-commit with hooks from package registries."""

import argparse
import os
import shutil
import subprocess

from console import Stop, say, stage
from layout import BIN, LOCAL, PYTHON, ROOT, VENV, make_folders
from locks import Lock
from processes import Failed, ending, run, start
from python_env import make_venv
from store import digest, has_stamp, write_stamp

HOME = LOCAL / "pre-commit"
CONFIG = ROOT / ".pre-commit-config.yaml"
NODE_HOOKS = ("prettier", "prettier-fix", "eslint")


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="setup/lint", description="Run all linters on what git tracks."
    )
    parser.add_argument(
        "--fix", action="store_true", help="first let those that can correct files"
    )
    parser.add_argument("hooks", nargs="*", metavar="HOOK", help="only these hooks")
    options = parser.parse_args(arguments)
    make_folders()
    variables = _variables()
    with Lock("setup").held(waiting_for="another command is setting up …"):
        make_venv(tests=True)
        _install_hooks(variables)
    if options.fix:
        _pre_commit(variables, "run", "--all-files", "--hook-stage", "manual")
    if not options.hooks:
        return _pre_commit(variables, "run", "--all-files")
    codes = [_pre_commit(variables, "run", "--all-files", h) for h in options.hooks]
    return max(codes)


def _variables():
    path = [BIN, VENV / "bin", os.environ.get("PATH", os.defpath)]
    variables = {
        **os.environ,
        "PATH": os.pathsep.join(map(str, path)),
        "PRE_COMMIT_HOME": str(HOME),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    if not shutil.which("npm"):
        say("prettier and eslint are left out: npm is not on this machine")
        skipped = [variables.get("SKIP", ""), *NODE_HOOKS]
        variables["SKIP"] = ",".join(filter(None, skipped))
    return variables


def _install_hooks(variables):
    """Make the environments of the hooks, once for each configuration."""
    key = digest(CONFIG, variables.get("SKIP", ""))
    if has_stamp(HOME, key):
        return
    HOME.mkdir(exist_ok=True)
    with stage("linters"):
        try:
            run(
                [PYTHON, "-m", "pre_commit", "install-hooks"],
                log="lint",
                env=variables,
                cwd=ROOT,
            )
        except Failed as failure:
            raise Stop(
                f"The linters could not be installed ({failure.last_line()}): "
                "see .local/log/lint.log."
            ) from None
    write_stamp(HOME, key)


def _pre_commit(variables, *arguments):
    command = [PYTHON, "-m", "pre_commit", *arguments]
    process = start(command, env=variables, cwd=ROOT, stdin=subprocess.DEVNULL)
    with ending(process):
        return process.wait()
