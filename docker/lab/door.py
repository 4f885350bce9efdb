"""The lab's only door: what comes in at the port is handed to the socket at which JupyterLab listens.

So the lab itself needs no network that leads anywhere, and this program has nothing but the socket.
"""

import asyncio
import os
import sys
from asyncio import StreamReader, StreamWriter

PORT = 8888


async def enter(reader: StreamReader, writer: StreamWriter) -> None:
    """Join a visitor with JupyterLab, until both have hung up."""
    try:
        inner_reader, inner_writer = await asyncio.open_unix_connection(os.environ["LAB_SOCKET"])
    except OSError as error:
        sys.stderr.write(f"JupyterLab isn't there: {error.strerror}\n")
        writer.close()
        return
    await asyncio.gather(carry(reader, inner_writer), carry(inner_reader, writer))


async def carry(source: StreamReader, target: StreamWriter) -> None:
    """Hand on what comes, until it ends."""
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    except ConnectionError:
        pass  # the other side has hung up, and so ends the carrying
    finally:
        target.close()


async def main() -> None:
    """Serve until the container ends."""
    server = await asyncio.start_server(enter, "0.0.0.0", PORT)
    await server.serve_forever()


asyncio.run(main())
