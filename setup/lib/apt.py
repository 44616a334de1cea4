"""Packages of the distribution, downloaded through apt without installing them.

apt gets a private state folder and a one-entry source for another suite of the
mirror that the machine itself is configured with. The machine's own sources stay
as they are, no right of an administrator is needed, and apt checks the signatures.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from console import Stop
from layout import LOCAL
from processes import Failed, capture, need_program, run
from store import remove

OWN_ODOO = (
    "set ODOO_PATH to a folder with Odoo 19.0 (a git checkout or the folder that "
    "holds the package `odoo`) and run it again"
)
KEYRINGS = {
    "debian": "/usr/share/keyrings/debian-archive-keyring.gpg",
    "ubuntu": "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
}


@dataclass(frozen=True)
class Mirror:
    """The mirror and the key that the machine's own configuration names."""

    system: str
    uri: str
    keyring: str
    codename: str

    @classmethod
    def of_this_machine(cls):
        """Find the mirror in apt's configuration.

        Before the first ``apt-get update`` apt knows neither origin nor label,
        then the suite's name has to do.
        """
        need_program(
            "apt-get",
            f"Odoo comes through apt, which is not on this machine: {OWN_ODOO}.",
        )
        need_program(
            "dpkg-deb",
            f"Odoo comes as a Debian package, dpkg-deb is missing: {OWN_ODOO}.",
        )
        release = _os_release()
        system = release.get("ID", "")
        codename = release.get("VERSION_CODENAME", "")
        fields = ("ORIGIN", "LABEL", "REPO_URI", "SIGNED_BY", "RELEASE", "CODENAME")
        output = capture(
            [
                "apt-get",
                "indextargets",
                "Created-By: Packages",
                "--format",
                "|".join(f"$({field})" for field in fields),
            ]
        )
        for line in output.splitlines():
            # A field that is not known stands there as its own name.
            values = ["" if v.startswith("$(") else v for v in line.split("|")]
            origin, label, uri, key, suite, target_codename = values
            origin = origin.lower() or (system if suite == codename else "")
            label = label.lower() or origin
            if origin in KEYRINGS and label == origin:
                return cls(
                    system=origin,
                    uri=uri,
                    keyring=key or KEYRINGS[origin],
                    codename=codename or target_codename,
                )
        raise Stop(f"apt names no mirror of Debian or Ubuntu here: {OWN_ODOO}.")


class PrivateApt:
    """apt with a folder of its own and one suite of the machine's mirror."""

    def __init__(self, folder, mirror, suite):
        self.folder = Path(folder)
        self.mirror = mirror
        self.suite = suite
        self.components = "main universe" if mirror.system == "ubuntu" else "main"

    def update(self):
        """Fetch the lists of the suite."""
        remove(self.folder)
        for name in ("lists/partial", "cache/archives/partial", "etc", "debs"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "status").touch()
        signed = ""
        if os.path.exists(self.mirror.keyring):
            signed = f"[signed-by={self.mirror.keyring}] "
        (self.folder / "sources.list").write_text(
            f"deb {signed}{self.mirror.uri} {self.suite} {self.components}\n"
        )
        try:
            self._apt("update", "--error-on=any")
        except Failed as failure:
            raise Stop(
                f"The package lists of {self.suite} could not be fetched "
                f"({_reason(failure)}): connect this machine to its package mirror, "
                f"or {OWN_ODOO}."
            ) from None

    def download(self, *packages):
        """Fetch packages and return their files."""
        debs = self.folder / "debs"
        try:
            self._apt("download", *packages, cwd=debs)
        except Failed as failure:
            raise Stop(
                f"{' '.join(packages)} could not be had from {self.suite} "
                f"({_reason(failure)}): {OWN_ODOO}."
            ) from None
        return sorted(debs.glob("*.deb"))

    def download_with_dependencies(self, *packages):
        """Fetch packages and all they need that the machine does not have."""
        status = Path("/var/lib/dpkg/status")
        archives = self.folder / "cache" / "archives"
        own_status = [f"Dir::State::status={status}"] if status.exists() else []
        try:
            self._apt(
                "install",
                "--download-only",
                "--yes",
                "--no-install-recommends",
                *packages,
                options=["Debug::NoLocking=1", *own_status],
            )
        except Failed as failure:
            raise Stop(
                f"{' '.join(packages)} could not be fetched ({_reason(failure)}): "
                "have the package installed and run it again."
            ) from None
        return sorted(archives.glob("*.deb"))

    def _apt(self, *arguments, cwd=None, options=()):
        folder = self.folder
        settings = [
            f"Dir::State={folder}",
            f"Dir::State::lists={folder}/lists",
            f"Dir::State::status={folder}/status",
            f"Dir::Cache={folder}/cache",
            f"Dir::Etc::sourcelist={folder}/sources.list",
            "Dir::Etc::sourceparts=-",
            "Dir::Etc::preferencesparts=-",
            "Dir::Etc::preferences=-",
            "APT::Get::List-Cleanup=0",
            "APT::Sandbox::User=" + ("root" if os.geteuid() == 0 else ""),
            "Acquire::Languages=none",
            "Acquire::Retries=3",
            *options,
        ]
        command = ["apt-get", "-q"]
        for setting in settings:
            command += ["-o", setting]
        run([*command, *arguments], log="apt", cwd=cwd)


def unpack(package, folder, skip=()):
    """Unpack a package below ``folder``, without the paths in ``skip``."""
    # tar leaves out what is not wanted while it unpacks, dpkg-deb cannot.
    script = 'dpkg-deb --fsys-tarfile "$1" | tar -x --no-same-owner -C "$2" "${@:3}"'
    run(
        ["bash", "-o", "pipefail", "-c", script, "unpack", package, folder]
        + [f"--exclude={path}" for path in skip],
        log="apt",
    )


def fetch_program(package, folder):
    """Unpack a package of the machine's own suite with what is missing for it."""
    mirror = Mirror.of_this_machine()
    apt = PrivateApt(LOCAL / f"apt-{package}", mirror, mirror.codename)
    apt.update()
    for path in apt.download_with_dependencies(package):
        unpack(path, folder)
    remove(apt.folder)


def library_folders(folder):
    """The folders with shared libraries of what was unpacked below ``folder``."""
    triplet = f"{os.uname().machine}-linux-gnu"
    libraries = folder / "usr" / "lib" / triplet
    found = [libraries, *sorted(libraries.glob("*/")), folder / "lib" / triplet]
    return [path for path in found if path.is_dir()]


def _reason(failure):
    """The first error that apt gave, without the address it was about."""
    for line in failure.output.splitlines():
        if line.startswith(("E:", "Err:")):
            reason = re.sub(r"\w+://\S+\s*", "", line.partition(":")[2])
            return reason.strip().rstrip(".")
    return failure.last_line()


def _os_release():
    values = {}
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        if os.path.exists(path):
            for line in Path(path).read_text().splitlines():
                name, _, value = line.partition("=")
                values[name] = value.strip('"')
            break
    return values
