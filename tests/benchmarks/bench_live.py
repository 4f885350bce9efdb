"""What do live views cost the lab, and the notebook?

A panel and a live view stand open, as in a notebook's kernel, while 5,000 letters are sent. What a look
costs is measured on the lab's own thread, and what a drawing costs on the pump's, in CPU time: the machine
may be busy. The kernel is asked for 1+1 by a client of its own while the attack runs in it, and so is a
witness in turn with it, a kernel without a lab: it tells what is the machine's doing.
"""

import queue
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from statistics import median, quantiles

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel
from measuring import Cost, Stopwatch, alternate, line, middle, ratio

from labkit import Lab
from labkit.screens import pump, state
from labkit.show import live_chart
from labkit.show.minutes import minutes
from labkit.show.plan import Plan
from labkit.show.topology import drawing, plan_of

COUNT, ROUNDS, LOOKS, DRAWINGS = 5_000, 3, 200, 10
OPEN = """
import time
began = time.perf_counter(), time.thread_time()
panel = lab.panel()
print(time.perf_counter() - began[0], time.thread_time() - began[1])
"""
BEGIN = """
from labkit.lab import usual
from labkit.lab.at_once import AttackerAtOnce
begun = AttackerAtOnce(lab, usual.ATTACKER).spam(5_000)
"""


def main() -> None:
    cost_of_a_look()
    cost_of_the_images()
    rates()
    in_a_kernel()


def cost_of_a_look() -> None:
    """CPU time on the lab's own thread: nothing else of a view happens there."""
    with Lab() as lab:
        lab.attacker.spam(COUNT)

        async def timed() -> float:
            began = time.thread_time()
            await state._look(lab)
            return 1000 * (time.thread_time() - began)

        costs = [lab.wait_for(timed(), "a look") for _ in range(LOOKS)]
    line("a look, on the lab's thread", f"{median(costs):8.2f} ms CPU", "<= 1 ms", met=median(costs) <= 1)


def cost_of_the_images() -> None:
    """CPU time on the pump's thread; the lab's own thread draws nothing."""
    with Lab() as lab:
        lab.attacker.spam(COUNT)
        seen = minutes(lab.relay.traffic)
        images: dict[str, Callable[[], object]] = {
            "the chart": lambda: live_chart.drawing(seen, "it"),
            "the map": lambda: drawing(map_of(lab)),
        }
        for name, draw in images.items():
            draw()
            costs = [cpu(draw) for _ in range(DRAWINGS)]
            line(
                f"{name}, on the pump's thread",
                f"{median(costs):8.1f} ms CPU",
                "<= 50 ms",
                met=median(costs) <= 50,
            )


def map_of(lab: Lab) -> Plan:
    scenery = lab.scenery
    return plan_of(scenery.relay.policy, scenery.dns.zone, scenery.relay.traffic, 0, lab.stage)


def cpu(work: Callable[[], object]) -> float:
    with Stopwatch(time.thread_time) as watch:
        work()
    return 1000 * watch.cost.cpu


def rates() -> None:
    """The same attack with the screens open and without, in turn."""
    costs = alternate(
        ROUNDS, {"with": lambda: attack(screens=True), "without": lambda: attack(screens=False)}
    )
    for name in costs:
        line(f"{COUNT:,} letters, {name} screens", f"{COUNT / middle(costs[name]).wall:8.0f} letters/s")
    for kind, name in (("wall", "wall"), ("cpu", "CPU")):
        share = ratio(costs["without"], costs["with"], kind)
        line(f"the rate with screens / without, by {name} time", f"{share:8.2f}", ">= 0.8", met=share >= 0.8)


def attack(*, screens: bool) -> Cost:
    with Lab() as lab:
        if screens:
            lab.panel()
            lab.live()
            time.sleep(20 * pump.PAUSE)  # until all is drawn that stands there at the start
        with Stopwatch() as watch:
            lab.attacker.spam(COUNT)
        return watch.cost


def in_a_kernel() -> None:
    """What a student feels: how long the panel takes to open, and how soon a cell is answered meanwhile."""
    with kernel() as client, kernel() as witness:
        ask(client, "from labkit import Lab; lab = Lab()")
        opening("the panel's first opening", client)
        ask(client, "lab.live(); panel.close()")
        opening("the panel's second opening", client)
        waits("at rest", answers(client, witness, lambda count: count < LOOKS))
        ask(client, BEGIN)
        is_on = "print(not begun.is_over)"
        waits(
            f"during {COUNT:,} letters",
            answers(client, witness, lambda _: ask(client, is_on).strip() == "True"),
        )


def opening(name: str, client: BlockingKernelClient) -> None:
    wall, cpu = (1000 * float(seconds) for seconds in ask(client, OPEN).split())
    line(name, f"{wall:8.0f} ms wall {cpu:8.0f} ms CPU", "< 500 ms", met=wall < 500)


def waits(when: str, answered: Iterable[tuple[float, float]]) -> None:
    """The 99th percentiles, of the kernel with the lab and of the witness."""
    for kernel_of, taken in zip(("the lab's", "the witness"), zip(*answered, strict=True), strict=True):
        p50, p99 = median(taken), quantiles(taken, n=100)[98]
        value = f"{p50:8.1f} ms median {p99:8.1f} ms p99"
        line(f"1+1, {kernel_of}, {when} ({len(taken):,} times)", value, "< 50 ms", met=p99 < 50)


@contextmanager
def kernel() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel()
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def answers(
    client: BlockingKernelClient, witness: BlockingKernelClient, more: Callable[[int], bool]
) -> Iterator[tuple[float, float]]:
    """How long both take to answer 1+1, in ms, again and again."""
    count = 0
    while more(count):
        for _ in range(10):
            yield answer(client), answer(witness)
            count += 1


def answer(client: BlockingKernelClient) -> float:
    began = time.perf_counter()
    ask(client, "1+1")
    return 1000 * (time.perf_counter() - began)


def ask(client: BlockingKernelClient, code: str) -> str:
    """What a cell prints, once it has been run."""
    printed = []
    number = client.execute(code)
    while True:
        try:
            message = client.get_iopub_msg(timeout=60)
        except queue.Empty:
            raise TimeoutError(code) from None
        if message["parent_header"].get("msg_id") != number:
            continue
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])
        if message["msg_type"] == "error":
            raise RuntimeError(message["content"]["evalue"])
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return "".join(printed)


if __name__ == "__main__":
    main()
