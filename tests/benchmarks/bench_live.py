"""What do live views cost the lab, and the notebook?

A panel and a live view stand open, as in a notebook's kernel, while 5,000 letters are sent. What a look
costs is measured on the lab's own thread, and what a drawing costs on the pump's, in CPU time: the machine
may be busy. The kernel is asked for 1+1 by a client of its own while the attack runs in it.
"""

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median, quantiles

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel
from measuring import Cost, Stopwatch, alternate, line, middle, ratio

from labkit import Lab
from labkit.screens import pump, state
from labkit.show import live_chart, topology
from labkit.show.minutes import minutes

COUNT, ROUNDS, LOOKS, DRAWINGS = 5_000, 3, 200, 10
OPEN = "import time; began = time.perf_counter(); panel = lab.panel(); took = time.perf_counter() - began"
BEGIN = """
from labkit.lab import stage
from labkit.lab.at_once import AttackerAtOnce
begun = AttackerAtOnce(lab, stage.ATTACKER).spam(5_000)
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
            "the chart": lambda: live_chart.draw(seen),
            "the map (once a policy, and when it is quiet)": lambda: topology(lab),
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
    share = ratio(costs["without"], costs["with"])
    line("the rate with screens / without", f"{share:8.2f}", ">= 0.8", met=share >= 0.8)


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
    with kernel() as client:
        ask(client, "from labkit import Lab; lab = Lab()")
        opening = float(ask(client, OPEN + "; print(took)"))
        line("the panel's first opening", f"{1000 * opening:8.0f} ms", "< 500 ms", met=opening < 0.5)
        ask(client, "lab.live()")
        again = float(ask(client, "lab.panel().close(); " + OPEN + "; print(took)"))
        line("the panel's second opening", f"{1000 * again:8.0f} ms", "< 500 ms", met=again < 0.5)
        quiet = list(answers(client, lambda count: count < LOOKS))
        ask(client, BEGIN)
        busy = list(answers(client, lambda count: ask(client, "print(begun.is_over)").strip() == "False"))
        for name, taken in (("at rest", quiet), (f"during {COUNT:,} letters", busy)):
            p99 = quantiles(taken, n=100)[98]
            line(f"1+1 in a kernel, {name}, p99 of {len(taken)}", f"{p99:8.1f} ms", "< 50 ms", met=p99 < 50)


@contextmanager
def kernel() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel()
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def answers(client: BlockingKernelClient, more: Callable[[int], bool]) -> Iterator[float]:
    """How long the answer to 1+1 takes, in ms, again and again."""
    count = 0
    while more(count):
        for _ in range(10):
            began = time.perf_counter()
            ask(client, "1+1")
            yield 1000 * (time.perf_counter() - began)
            count += 1


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
