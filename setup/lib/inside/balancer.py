"""Spread requests over several servers, each to the one that has the fewest.

Usage: balancer.py PORT [PORT …], the ports of servers on this machine; prints its own.
It ends with its standard input. A server that does not answer is passed over. A
request counts until its server has answered it, also if the client did not wait: the
runner of jobs does not.
"""

import asyncio
import contextlib
import sys
import threading

CHUNK = 65536


class Balancer:
    def __init__(self, ports):
        self.open = dict.fromkeys(ports, 0)

    async def handle(self, reader, writer):
        for port in sorted(self.open, key=self.open.get):
            try:
                upstream, sink = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            self.open[port] += 1
            try:
                await asyncio.gather(copy(reader, sink), copy(upstream, writer))
            finally:
                self.open[port] -= 1
                sink.close()
                writer.close()
            return
        writer.close()


async def copy(reader, writer):
    """Pass on what comes, and its end; somebody who hung up wants no more."""
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()


async def main():
    balancer = Balancer([int(port) for port in sys.argv[1:]])
    server = await asyncio.start_server(balancer.handle, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    # The standard input may be anything that can be read, a terminal as well.
    threading.Thread(
        target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(ended.set)),
        daemon=True,
    ).start()
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main())
