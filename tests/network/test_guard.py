"""The guard: loopback or OutsideTheLab, for the lab's threads and for nobody else's."""

import ast
import asyncio
import smtplib
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network.peer import ELSEWHERE, EVERYWHERE, OTHER_SPELLINGS, RELAY, Peer

import labkit
from labkit.clock import Clock
from labkit.errors import OutsideTheLab
from labkit.loop import LoopThread
from labkit.network.fabric import Network
from labkit.network.guard import guard_this_thread, loopback_only, release_this_thread
from labkit.wire.recorder import Recorder

Play = Callable[..., Any]

NAMES = ("mail.corp.example", "127.0.0.1.", "localhost.")
LOOPBACKS = ("127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1")


@pytest.mark.parametrize("address", LOOPBACKS)
def test_loopback_is_let_through(address: str) -> None:
    assert loopback_only(address) == address


@pytest.mark.parametrize(
    "address", [*ELSEWHERE, *EVERYWHERE, *NAMES, *OTHER_SPELLINGS, "None", "b'127.0.0.1'"]
)
def test_nothing_else_is(address: str) -> None:
    with pytest.raises(OutsideTheLab):
        loopback_only(address)


@settings(deadline=None)
@given(st.ip_addresses(v=4).filter(lambda address: not address.is_loopback).map(str))
def test_no_real_address_is(address: str) -> None:
    for spelling in (address, f"::ffff:{address}"):
        with pytest.raises(OutsideTheLab, match="attacking real servers is a crime"):
            loopback_only(spelling)


@pytest.mark.parametrize("name", ["localhost", "mail.corp.example", ""])
def test_a_name_is_refused_because_to_look_it_up_would_ask_somebody(name: str) -> None:
    with pytest.raises(OutsideTheLab, match=r"to look it up would ask somebody outside.*127\.0\.0\.1"):
        loopback_only(name)


SOCKETS = {"socket", "socketserver", "smtplib", "urllib", "http", "ftplib", "requests", "aiosmtplib"}


def test_only_the_carrier_opens_sockets() -> None:
    package = Path(labkit.__file__).parent
    users = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if SOCKETS & _imported(node)
    }
    assert users == {"network/carrier.py"}


def _imported(node: ast.AST) -> set[str]:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    if isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    return {name.partition(".")[0] for name in names if name != "urllib.parse"}  # which only reads texts


def test_the_guard_stays_until_the_last_network_of_a_thread_has_ended() -> None:
    def bind() -> None:
        with socket.socket() as sock:
            sock.bind(("0.0.0.0", 0))

    def two_networks() -> None:
        guard_this_thread()
        guard_this_thread()
        release_this_thread()
        with pytest.raises(OutsideTheLab):
            bind()
        release_this_thread()
        bind()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(two_networks).result()


# What the guard leaves alone


async def _network() -> Network:
    return Network(Recorder(Clock()))


def test_the_users_own_thread_is_not_guarded(thread: LoopThread) -> None:
    network = thread.call(_network(), waiting_for="a network")
    with socket.socket() as sock:
        sock.bind(("0.0.0.0", 0))
    assert socket.getaddrinfo("localhost", 25)
    thread.call(network.close(), waiting_for="its end")


def test_a_thread_that_comes_after_a_guarded_one_is_not_guarded(play: Play) -> None:
    async def scene(network: Network) -> int:
        return await asyncio.to_thread(threading.get_ident)

    def bind() -> int:
        with socket.socket() as sock:
            sock.bind(("0.0.0.0", 0))
        return threading.get_ident()

    numbers = set()
    for _ in range(5):
        play(scene)  # the system gives the number of its thread to the next one
        with ThreadPoolExecutor(1) as thread:
            numbers.add(thread.submit(bind).result())
    assert numbers


def test_loopback_is_open_to_every_library(play: Play) -> None:
    async def scene(network: Network) -> tuple[int, bytes]:
        await network.listen(RELAY, 25, lambda: Peer(b"220 mail.corp.example\r\n"))
        port = network.ports[RELAY.address, 25, "tcp"]
        return await asyncio.to_thread(_greeting, port)

    def _greeting(port: int) -> tuple[int, bytes]:
        client = smtplib.SMTP(local_hostname="x", timeout=10)
        answer = client.connect("127.0.0.1", port)
        client.close()
        return answer

    assert play(scene) == (220, b"mail.corp.example")


def test_a_socketpair_which_asyncio_needs_itself_works(play: Play) -> None:
    async def scene(network: Network) -> bytes:
        near, far = socket.socketpair()
        with near, far:
            near.sendall(b"wake up")
            return far.recv(100)

    assert play(scene) == b"wake up"


if sys.platform != "win32":

    def test_a_unix_socket_has_no_network_to_leave_by(play: Play, tmp_path: Path) -> None:
        async def scene(network: Network) -> None:
            path = str(tmp_path / "s")
            with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
                server.bind(path)
                server.listen()
                client.connect(path)

        play(scene)
