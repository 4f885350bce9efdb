"""A long queue: how quickly ``lab.queue`` is shown, and whether ``lab.wait`` takes time in proportion.

The customer's mail servers are full when the letters come, and after the first wait as well; then they
aren't. So every letter is tried three times. CPU time is what counts, because twice as long on a busy
machine would mean nothing.
"""

from statistics import median

from measuring import Cost, Stopwatch, line

from labkit import Lab, Policy
from labkit.attacker.letters import address
from labkit.lab import usual
from labkit.smtp.envelope import Letter

COUNTS = (2_500, 5_000, 10_000)
LOOKS = 9
PAUSE = 10  # minutes; by then every letter has been tried again
TARGET_MS = 100
PROPORTION = 1.25  # that a letter may cost more in the longest queue than in the shortest
POLICY = Policy.parse(usual.OPEN_POLICY).replace(smtp_tls_security_level="none")
CONTENT = b"Subject: A queue\r\n\r\n" + b"This letter has to wait for a while, as others have.\r\n" * 18


def main() -> None:
    still, gone = zip(*(waits(count) for count in COUNTS), strict=True)
    for what, costs in (("are tried and wait on", still), ("are delivered", gone)):
        each = [1e6 * cost.cpu / count for cost, count in zip(costs, COUNTS, strict=True)]
        for count, found in zip(COUNTS, each, strict=True):
            line(f"{count:,} {what}: each", f"{found:8.0f} us CPU")
        times = each[-1] / each[0]
        line(
            "  the longest queue / the shortest", f"{times:8.2f}", f"<= {PROPORTION}", met=times <= PROPORTION
        )


def waits(count: int) -> tuple[Cost, Cost]:
    """What ``lab.wait`` costs while the letters can't be delivered, and when they can."""
    with Lab(POLICY) as lab:
        _put_off(lab, "full")
        lab.wait_for(_fill(lab, count), "the queue to fill", limit=300)
        lab.settle()
        assert len(lab.queue) == lab.relay.queue.deferred == count
        if count == COUNTS[-1]:
            looks(lab)
        with Stopwatch() as still:
            lab.wait(minutes=PAUSE)
        assert lab.relay.queue.deferred == count
        _put_off(lab, None)
        with Stopwatch() as gone:
            lab.wait(minutes=PAUSE)
        assert lab.relay.queue.delivered == count
    return still.cost, gone.cost


def looks(lab: Lab) -> None:
    """How long it takes until the queue is shown, as a notebook shows it and as print does."""
    for how, show in (("a notebook", lab.queue._repr_html_), ("print", lab.queue.__repr__)):
        found = []
        for _ in range(LOOKS):
            with Stopwatch() as watch:
                show()
            found.append(1000 * watch.cost.wall)
        ms = median(found)
        line(
            f"{len(lab.queue):,} letters shown by {how}",
            f"{ms:8.1f} ms",
            f"< {TARGET_MS} ms",
            met=ms < TARGET_MS,
        )


async def _fill(lab: Lab, count: int) -> None:
    recipients = [address(f"{name}@{usual.CUSTOMER}") for name in usual.CUSTOMER_MAILBOXES]
    queue, sender = lab.relay.queue, address(f"staff@{usual.COMPANY}")
    for number in range(count):
        letter = Letter(sender, (recipients[number % len(recipients)],), CONTENT)
        await queue.accept(queue.next_id(), letter, usual.WORKSTATION.name)


def _put_off(lab: Lab, fault: str | None) -> None:
    lab.mx1.fault = lab.mx2.fault = fault


if __name__ == "__main__":
    main()
