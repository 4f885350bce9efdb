"""Nothing leaves the machine, whichever library is asked to.

If the guard failed, these would go to addresses that nobody has (RFC 5737, RFC 3849).
"""

import asyncio
import smtplib
import socket
import urllib.request
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import dns.message
import dns.query
import pytest
from network.peer import ELSEWHERE, EVERYWHERE, OTHER_SPELLINGS, Peer

from labkit.errors import OutsideTheLab
from labkit.network.fabric import Network

Play = Callable[..., Any]


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _with_socket(method: str, *arguments: Any, family: socket.AddressFamily, kind: int) -> None:
    with socket.socket(family, kind) as sock:
        before = sock.getsockname()
        try:
            getattr(sock, method)(*arguments)
        finally:
            # Any of these, had it reached the system, would have given the socket an address.
            assert sock.getsockname() == before


def _socket_calls() -> dict[str, Callable[[], Any]]:
    calls: dict[str, Callable[[], Any]] = {}
    # No other names: the interpreter looks up a name that a socket is given before it asks the hook.
    for address in (*ELSEWHERE, *EVERYWHERE, *OTHER_SPELLINGS):
        target = (address, 2525)
        tcp = partial(_with_socket, family=_family(address), kind=socket.SOCK_STREAM)
        udp = partial(_with_socket, family=_family(address), kind=socket.SOCK_DGRAM)
        calls |= {
            f"bind {address!r}": partial(tcp, "bind", target),
            f"connect {address!r}": partial(tcp, "connect", target),
            f"connect_ex {address!r}": partial(tcp, "connect_ex", target),
            f"bind UDP {address!r}": partial(udp, "bind", target),
            f"connect UDP {address!r}": partial(udp, "connect", target),
            f"sendto {address!r}": partial(udp, "sendto", b"EHLO", target),
            f"sendto with flags {address!r}": partial(udp, "sendto", b"EHLO", 0, target),
        }
        if hasattr(socket.socket, "sendmsg"):  # not on Windows
            calls[f"sendmsg {address!r}"] = partial(udp, "sendmsg", [b"EHLO"], [], 0, target)
    return calls


LOOK_UPS: dict[str, Callable[[], Any]] = {
    "getaddrinfo": partial(socket.getaddrinfo, "mail.corp.example", 25),
    "getaddrinfo of an address": partial(socket.getaddrinfo, "198.51.100.1", 25),
    "getaddrinfo of nothing": partial(socket.getaddrinfo, None, 25, flags=socket.AI_PASSIVE),
    "getaddrinfo of bytes": partial(socket.getaddrinfo, b"mail.corp.example", 25),
    "getaddrinfo of localhost": partial(socket.getaddrinfo, "localhost", 25),
    "gethostbyname": partial(socket.gethostbyname, "mail.corp.example"),
    "gethostbyname_ex": partial(socket.gethostbyname_ex, "mail.corp.example"),
    "gethostbyaddr": partial(socket.gethostbyaddr, "198.51.100.1"),
    "gethostbyaddr of loopback": partial(socket.gethostbyaddr, "127.0.0.1"),
    "getnameinfo": partial(socket.getnameinfo, ("198.51.100.1", 25), 0),
    "getnameinfo of loopback": partial(socket.getnameinfo, ("127.0.0.1", 25), 0),
    "getfqdn": socket.getfqdn,
    "create_connection": partial(socket.create_connection, ("mail.corp.example", 25)),
}

LIBRARIES: dict[str, Callable[[], Any]] = {
    "smtplib to an address": partial(smtplib.SMTP, "198.51.100.1", 25, local_hostname="x"),
    "smtplib to a name": partial(smtplib.SMTP, "mail.corp.example", 25, local_hostname="x"),
    "smtplib asking for its own name": smtplib.SMTP,
    "urllib to an address": lambda: _opener().open("http://198.51.100.1/"),
    "urllib to a name": lambda: _opener().open("https://www.corp.example/"),
    "dnspython over UDP": lambda: dns.query.udp(dns.message.make_query("corp.example", "MX"), "198.51.100.1"),
    "dnspython over TCP": lambda: dns.query.tcp(dns.message.make_query("corp.example", "MX"), "198.51.100.1"),
}


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


ATTEMPTS = _socket_calls() | LOOK_UPS | LIBRARIES


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_no_library_leaves_the_machine_from_the_labs_thread(play: Play, attempt: Callable[[], Any]) -> None:
    async def scene(network: Network) -> None:
        with pytest.raises(OutsideTheLab):
            attempt()

    play(scene)


@pytest.mark.parametrize("attempt", (LOOK_UPS | LIBRARIES).values(), ids=LOOK_UPS | LIBRARIES)
def test_nor_from_the_thread_to_which_asyncio_hands_what_blocks(
    play: Play, attempt: Callable[[], Any]
) -> None:
    async def scene(network: Network) -> None:
        with pytest.raises(OutsideTheLab):
            await asyncio.to_thread(attempt)

    play(scene)


def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


async def _with_own_socket(method: str, *arguments: Any, kind: int) -> None:
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.setblocking(False)
        await getattr(_loop(), method)(sock, *arguments)


OUT = ("198.51.100.1", 25)
ASYNC_ATTEMPTS: dict[str, Callable[[], Awaitable[Any]]] = {
    "open_connection": lambda: asyncio.open_connection(*OUT),
    "open_connection by name": lambda: asyncio.open_connection("mail.corp.example", 25),
    "create_connection from another address": lambda: _loop().create_connection(
        Peer, "127.0.0.1", 9, local_addr=("198.51.100.1", 0)
    ),
    "start_server everywhere": lambda: asyncio.start_server(lambda reader, writer: None, "0.0.0.0", 0),
    "start_server anywhere": lambda: asyncio.start_server(lambda reader, writer: None, None, 0),
    "start_server by name": lambda: asyncio.start_server(lambda reader, writer: None, "localhost", 0),
    "datagrams to an address": lambda: _loop().create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=OUT
    ),
    "datagrams from everywhere": lambda: _loop().create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("0.0.0.0", 0)
    ),
    "getaddrinfo": lambda: _loop().getaddrinfo("mail.corp.example", 25),
    "getnameinfo": lambda: _loop().getnameinfo(OUT),
    "sock_connect": lambda: _with_own_socket("sock_connect", OUT, kind=socket.SOCK_STREAM),
    "sock_sendto": lambda: _with_own_socket("sock_sendto", b"EHLO", OUT, kind=socket.SOCK_DGRAM),
}


@pytest.mark.parametrize("attempt", ASYNC_ATTEMPTS.values(), ids=ASYNC_ATTEMPTS)
def test_asyncio_doesnt_leave_the_machine(play: Play, attempt: Callable[[], Awaitable[Any]]) -> None:
    async def scene(network: Network) -> None:
        with pytest.raises(OutsideTheLab):
            await attempt()

    play(scene)


def test_look_ups_are_refused_in_the_second_network_of_a_thread_as_in_the_first(play: Play) -> None:
    async def scene(network: Network) -> None:
        for _ in range(2):
            with pytest.raises(OutsideTheLab):
                await _loop().getaddrinfo("mail.corp.example", 25)

    play(scene)
    play(scene)
