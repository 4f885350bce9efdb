"""How soon `Lab()` is ready, against the same four servers started with aiosmtpd's Controller, one each.

Fresh processes take turns, because a student starts the first lab in a fresh kernel; then each process
starts another one, as happens when a cell is run again. The first letter is measured too, because what a
lab doesn't load at its start, it loads then.
"""

import json
import socket
import subprocess
import sys

from aiosmtpd.controller import Controller
from measuring import Cost, Stopwatch, alternate, in_ms, line, middle, ratio

from labkit import Lab

ROUNDS = 15
TARGET_MS, TARGET_RATIO = 60, 0.33
SERVERS = ("mail.corp.example", "mail.corp.example", "mx1.customer.example", "mx2.customer.example")


def main() -> None:
    rounds = alternate(ROUNDS, {"lab": lambda: _fresh("lab"), "controllers": lambda: _fresh("controllers")})
    lab, controllers = (_by_name(rounds[side]) for side in ("lab", "controllers"))
    ready = 1000 * middle(lab["first"]).wall
    line("the first Lab() of a process", in_ms(lab["first"]), f"<= {TARGET_MS} ms", met=ready <= TARGET_MS)
    line("its first letter, until it is delivered", in_ms(lab["letter"]))
    line("the first four Controllers of a process", in_ms(controllers["first"]))
    line("a later Lab()", in_ms(lab["later"]))
    line("four Controllers later", in_ms(controllers["later"]))
    for which in ("first", "later"):
        share = ratio(lab[which], controllers[which])
        line(f"{which}: Lab / Controllers", f"{share:8.2f}", f"<= {TARGET_RATIO}", met=share <= TARGET_RATIO)


def start_labs() -> dict[str, Cost]:
    with Stopwatch() as first:
        lab = Lab()
    with Stopwatch() as letter:
        assert lab.workstation.send().delivered == 1
    lab.close()
    with Stopwatch() as later:
        lab = Lab()
    lab.close()
    return {"first": first.cost, "letter": letter.cost, "later": later.cost}


def start_controllers() -> dict[str, Cost]:
    return {"first": _four_controllers(), "later": _four_controllers()}


def _four_controllers() -> Cost:
    ports = _free_ports(len(SERVERS))  # a Controller can't be told to choose one itself
    with Stopwatch() as watch:
        controllers = [
            Controller(object(), hostname="127.0.0.1", port=port, server_hostname=name)
            for name, port in zip(SERVERS, ports, strict=True)
        ]
        for controller in controllers:
            controller.start()
    for controller in controllers:
        controller.stop()
    return watch.cost


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


def _fresh(side: str) -> dict[str, Cost]:
    """What one side costs in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, side], check=True, capture_output=True, text=True, timeout=60
    )
    return {name: Cost(**cost) for name, cost in json.loads(done.stdout).items()}


def _by_name(rounds: list[dict[str, Cost]]) -> dict[str, list[Cost]]:
    return {name: [costs[name] for costs in rounds] for name in rounds[0]}


if __name__ == "__main__":
    if sys.argv[1:]:
        side = {"lab": start_labs, "controllers": start_controllers}[sys.argv[1]]
        print(json.dumps({name: {"wall": cost.wall, "cpu": cost.cpu} for name, cost in side().items()}))
    else:
        main()
