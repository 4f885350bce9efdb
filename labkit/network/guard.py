"""Nothing leaves the machine: the first line and the second.

First line: the one module that opens sockets (``carrier``) asks ``loopback_only`` before it does.
Second line: an audit hook (PEP 578) sees what the interpreter itself is about to do on the lab's
thread, whichever library asked for it, and refuses what would leave the machine. It comes too late
for one thing: a name that a socket's own ``connect`` or ``bind`` is given is looked up first. So
nobody but the carrier may use sockets at all; a test holds that.
"""

import ipaddress
import sys
import threading
from typing import Any

from labkit.errors import OutsideTheLab

LOOPBACK = "127.0.0.1"

WITH_ADDRESS = frozenset({"socket.bind", "socket.connect", "socket.sendto", "socket.sendmsg"})
LOOK_UPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})
REVERSE_LOOK_UPS = frozenset({"socket.gethostbyaddr", "socket.getnameinfo"})

_hook_lock = threading.Lock()
_hook_added = False


class _Here(threading.local):
    """The calling thread: how many networks run on it. It ends with the thread, unlike an identifier,
    which the system may give to somebody else's thread afterwards."""

    networks = 0


_here = _Here()


def loopback_only(host: str) -> str:
    """The address, if it is this machine's loopback. Raises OutsideTheLab.

    A name is never one, not even localhost: to know what it stands for, somebody would be asked.
    """
    address = _address(host)
    if address is None:
        raise OutsideTheLab(
            f"{host!r} is no address, and to look it up would ask somebody outside this machine. "
            f"Hosts of the lab are in the lab's own DNS; this machine is {LOOPBACK}."
        )
    if not address.is_loopback:
        raise OutsideTheLab(
            f"{host!r} is not this machine's loopback address. The lab never listens on and never "
            "connects to anything else: attacking real servers is a crime."
        )
    return host


def guard_this_thread() -> None:
    """Put the calling thread under the audit hook. Hooks can't be removed, so there is one."""
    global _hook_added
    with _hook_lock:
        if not _hook_added:
            sys.addaudithook(_audit)
            _hook_added = True
    _here.networks += 1


def release_this_thread() -> None:
    """A network on the calling thread has ended; with the last one the guard ends."""
    _here.networks -= 1


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not event.startswith("socket.") or not _here.networks:
        return
    if event in WITH_ADDRESS:
        _check_address(arguments[1])
    elif event in LOOK_UPS:
        loopback_only(str(arguments[0]))
    elif event in REVERSE_LOOK_UPS:
        raise OutsideTheLab(
            "The lab looks names up in its own DNS only: this machine's would ask somebody outside."
        )


def _check_address(address: Any) -> None:
    # None: a message on a connected socket. A string or bytes: a Unix socket, which has no network.
    if isinstance(address, tuple):
        loopback_only(str(address[0]))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # Before Python 3.13 an IPv4 address within IPv6 is judged by its outside.
    return getattr(address, "ipv4_mapped", None) or address
