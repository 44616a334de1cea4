"""Spread requests over several servers, each to the one that has the fewest.

Prints its port, and reads those of the servers on this machine, one a line, from its
standard input, with whose end it ends. A server that does not answer is passed over. A
request counts until its server has answered it, also if the client did not wait: the
runner of jobs does not.
"""

import asyncio
import contextlib
import sys

CHUNK = 65536


class Balancer:
    def __init__(self):
        self.open = {}

    async def handle(self, reader, writer):
        for port in sorted(self.open, key=self.open.get):
            # Before it is connected: another request may come meanwhile.
            self.open[port] += 1
            try:
                upstream, sink = await asyncio.open_connection("127.0.0.1", port)
                await asyncio.gather(copy(reader, sink), copy(upstream, writer))
                sink.close()
                break
            except OSError:
                continue
            finally:
                self.open[port] -= 1
        writer.close()


async def copy(reader, writer):
    """Pass on what comes, and its end; somebody who hung up wants no more."""
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()


async def main():
    balancer = Balancer()
    server = await asyncio.start_server(balancer.handle, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        balancer.open[int(line)] = 0


if __name__ == "__main__":
    asyncio.run(main())
