"""An SMTP server for tests: files what it accepts, refuses what it is told to.

The local part of a recipient says how the server treats it: ``gone…`` is refused for
good (550), ``busy…`` for now (451), and at ``drop…`` the connection breaks after the
message was sent and before it is answered. All others are accepted.

While there is a file ``hold`` in its folder, whoever sent a message waits for the
answer: the message is there, and its sender does not know it. ``*.held`` are the
messages whose senders wait.

Usage: smtp_server.py FOLDER PORT; prints the port. It ends with its standard input.
"""

import asyncio
import itertools
import json
import os
import sys
import time
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller


class Handler:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.numbers = itertools.count(len(list(self.folder.glob("*.eml"))) + 1)
        self.log = os.open(
            self.folder / "accepted.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND
        )

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone"):
            return "550 5.1.1 No such mailbox"
        if address.startswith("busy"):
            return "451 4.7.1 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if any(address.startswith("drop") for address in envelope.rcpt_tos):
            server.transport.abort()
            return "421 Never seen by anybody"
        path = self.folder / f"{next(self.numbers):06d}.eml"
        path.write_bytes(envelope.content)
        line = {
            "time": time.time(),
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "message_id": message_from_bytes(envelope.content)["Message-Id"],
            "file": str(path),
        }
        # On disk before the answer: what was promised must be there to be counted.
        os.write(self.log, json.dumps(line).encode() + b"\n")
        os.fsync(self.log)
        await self.hold(path.with_suffix(".held"))
        return "250 OK"

    async def hold(self, held):
        hold = self.folder / "hold"
        if not hold.exists():
            return
        held.touch()
        try:
            while hold.exists():
                await asyncio.sleep(0.01)
        finally:
            # Also if its sender is no longer there.
            held.unlink()


class LoopbackController(Controller):
    """Knows which free port the system gave it, and asks no name server its name."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


if __name__ == "__main__":
    controller = LoopbackController(
        Handler(sys.argv[1]),
        hostname="127.0.0.1",
        port=int(sys.argv[2]),
        server_hostname="localhost",
    )
    controller.start()
    print(controller.port, flush=True)
    sys.stdin.read()
    controller.stop()
