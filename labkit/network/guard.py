"""Nothing leaves the machine: the first line and the second.

First line: the one module that opens sockets (``carrier``) asks ``loopback_only`` before it does.
Second line: an audit hook (PEP 578) sees what the interpreter itself is about to do on the lab's
thread, whichever library asked for it, and refuses what would leave the machine.
"""

import ipaddress
import sys
import threading
from typing import Any

from labkit.errors import OutsideTheLab

LOOPBACK = "127.0.0.1"

_guarded: set[int] = set()  # thread identifiers
_hook_lock = threading.Lock()
_hook_added = False

WITH_ADDRESS = {"socket.bind", "socket.connect", "socket.sendto", "socket.sendmsg"}
LOOK_UPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}


def loopback_only(host: str) -> str:
    """The address, if it is this machine's loopback. Raises OutsideTheLab."""
    if not _is_loopback(host):
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
    _guarded.add(threading.get_ident())


def release_this_thread() -> None:
    """The calling thread ends; another one may get its identifier."""
    _guarded.discard(threading.get_ident())


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not event.startswith("socket.") or threading.get_ident() not in _guarded:
        return
    if event in WITH_ADDRESS:
        _check_address(arguments[1])
    elif event in LOOK_UPS:
        target = arguments[0]
        loopback_only(str(target[0] if isinstance(target, tuple) else target))


def _check_address(address: Any) -> None:
    # None: a message on a connected socket. A string or bytes: a Unix socket, which has no network.
    if isinstance(address, tuple):
        loopback_only(str(address[0]))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
