"""An SMTP server on this machine that stores what it is given as .eml files."""

import itertools
import sys
import time
from pathlib import Path

from aiosmtpd.controller import Controller


class Sink:
    """Files every message below ``folder``, with the envelope in its headers."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._number = itertools.count(len(list(self.folder.glob("*.eml"))) + 1)

    async def handle_DATA(self, server, session, envelope):
        head = f"X-Envelope-From: {envelope.mail_from}\r\n" + "".join(
            f"X-Envelope-To: {recipient}\r\n" for recipient in envelope.rcpt_tos
        )
        target = self.folder / f"{next(self._number):06d}.eml"
        temporary = target.with_suffix(".part")
        temporary.write_bytes(head.encode() + envelope.content)
        temporary.rename(target)
        return "250 Stored"


def start(folder):
    """Start the server on a free port of the loopback; return its controller."""
    controller = _Controller(Sink(folder), hostname="127.0.0.1", port=0)
    controller.start()
    return controller


class _Controller(Controller):
    """A controller that knows which free port the system gave it."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


if __name__ == "__main__":
    sink = start(sys.argv[1])
    print(sink.port, flush=True)
    while True:
        time.sleep(3600)
