"""500 letters from the attacker through the relay to their mailboxes, recorded, against stock libraries.

The other side is aiosmtpd and aiosmtplib on one loop, without a recording (``stock.py``): same letters,
same number of letters a session on both hops, and TLS on the onward hop either on both sides or on
neither. Each side starts afresh in every round; its start isn't measured.

``lab.attacker.spam`` does more than sending: it waits for each answer before its next command, writes
the letters, lets lab time pass, and looks into the mailboxes. So there is a second figure, without TLS:
the lab's own client pours the same letters in as fast as the relay allows, and pipelines (RFC 2920).
"""

import asyncio
import itertools
import ssl
from functools import partial

from measuring import Cost, Stopwatch, alternate, in_ms, line, middle, ratio
from stock import LETTERS_PER_SESSION, StockRelay

from labkit import Lab, Policy
from labkit.attacker.letters import FORGERIES, Draft, address
from labkit.clock import START
from labkit.lab import usual
from labkit.lab.scenery import nonces
from labkit.smtp.client import SmtpClient
from labkit.smtp.envelope import Letter
from labkit.smtp.tls import Authority

ROUNDS = 9
COUNT = 500
TARGETS = {"lab": 1.2, "poured": 2.0}


def main() -> None:
    letters = _letters()
    certificate = Authority().server_context("mx1.customer.example")
    for level, tls in (("none", None), ("may", certificate)):
        cases = {"lab": partial(spammed, level), "stock": partial(stock, letters, tls)}
        if tls is None:
            cases["poured"] = partial(poured, level, letters)
        costs = alternate(ROUNDS, cases)
        print(
            f"Onward TLS {'off' if tls is None else 'on'}, on both sides (smtp_tls_security_level = {level})"
        )
        for side, found in costs.items():
            line(f"  {side}", f"{in_ms(found)}, {COUNT / middle(found).wall:5.0f} letters/s")
        for side, kind in itertools.product([side for side in TARGETS if side in costs], ("wall", "cpu")):
            times, target = ratio(costs["stock"], costs[side], kind), TARGETS[side]
            line(f"  {side} / stock, by {kind} time", f"{times:8.2f}", f">= {target}", met=times >= target)


def spammed(level: str) -> Cost:
    with Lab(_policy(level)) as lab:
        with Stopwatch() as watch:
            report = lab.attacker.spam(COUNT)
        assert report.delivered == COUNT
    return watch.cost


def poured(level: str, letters: list[Letter]) -> Cost:
    with Lab(_policy(level)) as lab:
        with Stopwatch() as watch:
            lab.wait_for(_pour(lab, letters), "the letters to be delivered")
        assert lab.relay.queue.delivered == COUNT
    return watch.cost


async def _pour(lab: Lab, letters: list[Letter]) -> None:
    network, relay = lab.scenery.network, lab.relay
    for start in range(0, COUNT, LETTERS_PER_SESSION):
        client = await SmtpClient.connect(network, usual.ATTACKER, usual.RELAY.address, 25)
        await client.ehlo(usual.ATTACKER.domain)
        for letter in letters[start : start + LETTERS_PER_SESSION]:
            await client.send_pipelined(letter)
        await client.quit()
        await relay.settle()


def _policy(level: str) -> Policy:
    return Policy.parse(usual.OPEN_POLICY).replace(smtp_tls_security_level=level)


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
    recipients = [address(f"{name}@{usual.CUSTOMER}") for name in usual.CUSTOMER_MAILBOXES]
    pairs = zip(itertools.cycle(FORGERIES), itertools.cycle(recipients), nonces(), strict=False)
    return [
        Draft(
            address(forgery.reverse_path), recipient, forgery.header_from, forgery.subject, forgery.text
        ).letter(nonce, START, "vps66.hosting.example")
        for forgery, recipient, nonce in itertools.islice(pairs, COUNT)
    ]


if __name__ == "__main__":
    main()
