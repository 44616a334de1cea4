"""An SMTP server on this machine that stores what it is given as .eml files."""

import asyncio
import itertools
import sys
import time
from pathlib import Path

from aiosmtpd.controller import Controller


class Sink:
    """Files every message below ``folder``, with the envelope in its headers.

    :param float delay: seconds that it takes to answer, as a server far away does
    """

    def __init__(self, folder, delay=0.0):
        self.folder = Path(folder)
        self._delay = delay
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
        if self._delay:
            await asyncio.sleep(self._delay)
        return "250 Stored"


def start(folder, delay=0.0):
    """Start the server on a free port of the loopback; return its controller."""
    controller = _Controller(Sink(folder, delay), hostname="127.0.0.1", port=0)
    controller.start()
    return controller


class _Controller(Controller):
    """A controller that knows which free port the system gave it."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


if __name__ == "__main__":
    sink = start(sys.argv[1], *map(float, sys.argv[2:]))
    print(sink.port, flush=True)
    while True:
        time.sleep(3600)
