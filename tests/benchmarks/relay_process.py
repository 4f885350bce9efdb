"""A relay in a process of its own, for bench_process: the lab's, or aiosmtpd's Proxy handler.

    python relay_process.py lab|spool|proxy PORT      PORT is where the next hop listens on 127.0.0.1

It prints the port that it listens on, and ends with its standard input.
"""

import asyncio
import sys
import tempfile

from aiosmtpd.handlers import Proxy
from aiosmtpd.smtp import SMTP

from labkit import Lab, Policy
from labkit.lab import usual

OPEN = Policy.parse("""
smtpd_relay_restrictions = permit
smtp_tls_security_level = none
smtpd_client_connection_count_limit = 0
""")


def main() -> None:
    kind, port = sys.argv[1], int(sys.argv[2])
    if kind == "proxy":
        asyncio.run(_serve_proxy(port))
        return
    # On tmpfs where there is one, as Postfix's queue is.
    with tempfile.TemporaryDirectory() as folder:
        _serve_lab(port, f"{folder}/queue.db" if kind == "spool" else None)


def _serve_lab(port: int, spool: str | None) -> None:
    with Lab(OPEN, spool=spool) as lab:
        lab.wait_for(_next_hop(lab, port), "the next hop")
        print(lab.ports["relay:25"], flush=True)
        sys.stdin.read()


async def _next_hop(lab: Lab, port: int) -> None:
    for host in (usual.MX1, usual.MX2):
        lab.scenery.network.shut(host, 25)
    lab.scenery.network.attach(usual.MX1, 25, port)


async def _serve_proxy(port: int) -> None:
    loop, handler = asyncio.get_running_loop(), Proxy("127.0.0.1", port)
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="proxy.example", loop=loop), "127.0.0.1", 0
    )
    async with server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    main()
