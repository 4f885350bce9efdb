"""The relay as a process of its own, between Postfix's smtp-source and smtp-sink, against Postfix itself.

2,000 letters of 1 KB over 10 connections, many letters a connection or one. What counts is the time
until the sink has them all; beside it stands the CPU time of the relay's processes, which suffers less
from what else is running. The lab records everything; its queue is in memory, or on disk where it says
so. Postfix's queue is on tmpfs, so it is as little durable as the lab's in memory. Needs root, Linux and
Postfix.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from measuring import Cost, Stopwatch, alternate, line, middle, ratio

sys.path.insert(0, str(Path(__file__).parents[1]))

from postfix.private import PrivatePostfix

ROUNDS, LETTERS, CONNECTIONS = 5, 2000, 10
PATIENCE = 60  # seconds
PROCESS = Path(__file__).with_name("relay_process.py")
TARGETS = {("many", "postfix"): 2.0, ("one", "postfix"): 1.3, ("many", "proxy"): 3.0}


class Relay(NamedTuple):
    """A relay that runs: its port, and the first of its processes, which leads a session."""

    port: int
    leader: int


def main() -> None:
    with ExitStack() as running:
        sink = _free_port()
        relays = {kind: running.enter_context(child(kind, sink)) for kind in ("lab", "spool", "proxy")}
        relays["postfix"] = running.enter_context(postfix(sink))
        for how, flags in {"many": ["-d"], "one": []}.items():
            cases: dict[str, Callable[[], Cost]] = {
                kind: partial(through, relay, sink, flags) for kind, relay in relays.items()
            }
            costs = alternate(ROUNDS, cases)
            print(f"{LETTERS:,} letters over {CONNECTIONS} connections, {how} a connection")
            for kind, found in costs.items():
                typical = middle(found)
                rate, each = LETTERS / typical.wall, 1e6 * typical.cpu / LETTERS
                line(f"  {kind}", f"{rate:8.0f} letters/s, {each:5.0f} us CPU a letter")
            for rival in ("postfix", "proxy"):
                times, target = ratio(costs[rival], costs["lab"]), TARGETS.get((how, rival))
                wanted = f">= {target}" if target else ""
                line(f"  lab / {rival}", f"{times:8.2f}", wanted, met=times >= target if target else None)
                line("  the same by CPU time", f"{ratio(costs[rival], costs['lab'], 'cpu'):8.2f}")


def through(relay: Relay, sink: int, flags: list[str]) -> Cost:
    """Send the letters through a relay, until the sink has them all."""
    source = ["smtp-source", *flags, "-s", str(CONNECTIONS), "-m", str(LETTERS), "-l", "1024"]
    paths = ["-f", "staff@corp.example", "-t", "orders@customer.example"]
    with taking_letters(sink) as taking, Stopwatch(lambda: cpu_time(relay.leader)) as watch:
        subprocess.run([*source, *paths, f"127.0.0.1:{relay.port}"], check=True, timeout=PATIENCE)
        taking.wait(PATIENCE)
    return watch.cost


@contextmanager
def taking_letters(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The next hop; it ends when it has all letters."""
    command = ["smtp-sink", "-u", "nobody", "-M", str(LETTERS), f"127.0.0.1:{port}", "1000"]
    with subprocess.Popen(command) as sink:
        try:
            _wait_for(port)
            yield sink
        finally:
            sink.terminate()


def cpu_time(leader: int) -> float:
    """Seconds of CPU time of all processes of a session, and of those that its leader has seen end."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # Behind the name, which may have blanks in it; see proc(5).
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == leader:
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def child(kind: str, sink: int) -> Iterator[Relay]:
    """A relay of ours."""
    command = [sys.executable, str(PROCESS), kind, str(sink)]
    # The sink hangs up on the last letter, which Proxy complains of.
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if kind == "proxy" else None,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield Relay(int(process.stdout.readline()), process.pid)
        finally:
            process.stdin.close()


@contextmanager
def postfix(sink: int) -> Iterator[Relay]:
    """A Postfix that passes everything on to the sink."""
    settings = {
        "smtpd_upstream_proxy_protocol": "",
        "mynetworks": "127.0.0.0/8",
        "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
        "relayhost": f"[127.0.0.1]:{sink}",
        "smtpd_client_connection_count_limit": "0",
        "default_process_limit": "100",
    }
    server = PrivatePostfix("127.0.0.1", settings)
    port = server.put({})
    server.start()
    try:
        yield Relay(port, int((server.home / "queue/pid/master.pid").read_text()))
    finally:
        server.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(1000):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return


if __name__ == "__main__":
    main()
