"""500 letters from the attacker through the relay to their mailboxes, recorded, against stock libraries.

The other side is aiosmtpd and aiosmtplib on one loop, without a recording (``stock.py``): same letters,
same number of letters a session on both hops, and TLS on the onward hop either on both sides or on
neither. Each side starts afresh in every round; its start isn't measured.
"""

import asyncio
import itertools
import ssl
from functools import partial

from measuring import Cost, Stopwatch, alternate, in_ms, line, middle, ratio
from stock import StockRelay

from labkit import Lab, Policy
from labkit.attacker.letters import FORGERIES, Draft, address
from labkit.clock import START
from labkit.lab import stage
from labkit.lab.scenery import nonces
from labkit.smtp.envelope import Letter
from labkit.smtp.tls import Authority

ROUNDS = 9
COUNT = 500
TARGET = 1.2


def main() -> None:
    letters = _letters()
    certificate = Authority().server_context("mx1.customer.example")
    for level, tls in (("none", None), ("may", certificate)):
        costs = alternate(ROUNDS, {"lab": partial(lab, level), "stock": partial(stock, letters, tls)})
        print(f"Onward TLS {'off' if tls is None else 'on'}, on both sides (smtp_tls_security_level = {level})")
        for side, found in costs.items():
            line(f"  {side}", f"{in_ms(found)}, {COUNT / middle(found).wall:5.0f} letters/s")
        for kind in ("wall", "cpu"):
            times = ratio(costs["stock"], costs["lab"], kind)
            line(f"  the lab's rate / stock, by {kind} time", f"{times:8.2f}", f">= {TARGET}", met=times >= TARGET)


def lab(level: str) -> Cost:
    policy = Policy.parse(stage.OPEN_POLICY).replace(smtp_tls_security_level=level)
    with Lab(policy) as lab:
        with Stopwatch() as watch:
            report = lab.attacker.spam(COUNT)
        assert report.delivered == COUNT
    return watch.cost


def stock(letters: list[Letter], tls: ssl.SSLContext | None) -> Cost:
    return asyncio.run(_stock(letters, tls))


async def _stock(letters: list[Letter], tls: ssl.SSLContext | None) -> Cost:
    relay = StockRelay(tls)
    await relay.start()
    with Stopwatch() as watch:
        await relay.attack(letters)
    await relay.stop()
    assert len(relay.mailbox) == len(letters)
    return watch.cost


def _letters() -> list[Letter]:
    """The attacker's letters, made beforehand; the lab makes its own while the clock runs."""
    recipients = [address(f"{name}@{stage.CUSTOMER}") for name in stage.CUSTOMER_MAILBOXES]
    pairs = zip(itertools.cycle(FORGERIES), itertools.cycle(recipients), nonces(), strict=False)
    return [
        Draft(address(forgery.reverse_path), recipient, forgery.header_from, forgery.subject, forgery.text).letter(
            nonce, START, "vps66.hosting.example"
        )
        for forgery, recipient, nonce in itertools.islice(pairs, COUNT)
    ]


if __name__ == "__main__":
    main()
