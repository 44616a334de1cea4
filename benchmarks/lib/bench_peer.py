"""The peer: OCA's account_credit_control, from the package index."""

from console import Stop, stage
from layout import LOCAL, PYTHON
from processes import Failed, run
from store import build_folder, digest, has_stamp

REQUIREMENT = "odoo-addon-account-credit-control==19.0.*"
FOLDER = LOCAL / "benchmark-peer"


def fetch_peer():
    """Unpack the addon below the local folder, once."""
    key = digest(REQUIREMENT)
    if has_stamp(FOLDER, key):
        return

    def make(folder):
        command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]
        command += ["install", "--no-deps", "--target", folder, REQUIREMENT]
        try:
            run(command, log="benchmark-peer")
        except Failed as failure:
            raise Stop(
                f"The peer could not be fetched ({failure.last_line()}): connect this "
                "machine to a Python package index, or leave out --peer."
            ) from None

    with stage("the peer, account_credit_control"):
        build_folder(FOLDER, key, make)


def peer_options(environment):
    """Options of Odoo with which it knows the peer."""
    path = [*environment.addons_path, FOLDER / "odoo" / "addons"]
    return ["--addons-path", ",".join(map(str, path))]
