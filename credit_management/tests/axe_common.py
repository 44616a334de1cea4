"""axe-core, for the tests of what a screen reader or a keyboard stumbles over."""

import os
from pathlib import Path

#: Where ``setup/test`` has npm put it.
AXE = Path(os.environ.get("CM_LOCAL", ""), "axe/node_modules/axe-core/axe.min.js")


def axe(check, script=AXE):
    """Code for the browser: axe, and then ``check`` which runs it.

    :raise AssertionError: if axe is not there: pages that nobody looked at have not
        passed
    """
    if not script.is_file():
        raise AssertionError(
            f"axe-core is not at {script}: no page was looked at. setup/test fetches "
            "it by npm; run it where npm and the network are."
        )
    return script.read_text() + check
