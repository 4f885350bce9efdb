"""What SPF, DKIM and DMARC cost for one letter, beside the plain calls of the libraries they rest on; and
what a blocklist costs, beside dnspython's bare question.

The plain calls get the same records from a dictionary; the checks ask the lab's name server over UDP, or
rather the resolver's cache, as a mail server that gets many letters does. Signing is measured, too: RSA
takes longest there, because the library counts in Python.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import dkim
import dns.message
import dns.query
import spf
from measuring import Cost, Stopwatch, alternate, in_ms, line, middle, ratio

from labkit import Lab
from labkit.clock import START
from labkit.dns.lists import question
from labkit.lab import usual
from labkit.recipient.checks import dnsbl
from labkit.recipient.checks.authres import AuthResults, authenticate
from labkit.recipient.checks.verdict import Message
from labkit.signing.keys import Key, make_key
from labkit.signing.signer import signature
from labkit.smtp.address import Path
from labkit.smtp.envelope import Session

ROUNDS, LETTERS, TARGET_MS = 15, 50, 5.0
DNSBL_MS = 1.0
TEXT = b"".join(
    b"Line %d of a letter of some length, as people write them.\r\n" % number for number in range(60)
)
LETTER = b"From: Staff <staff@corp.example>\r\nTo: orders@customer.example\r\nSubject: Hello\r\n\r\n" + TEXT
SPF, DMARC = "v=spf1 ip4:192.0.2.25 -all", "v=DMARC1; p=reject"
SENDER, TO = Path("staff", "corp.example"), Path("orders", "customer.example")


def main() -> None:
    for algorithm in ("rsa", "ed25519"):
        key = make_key("corp.example", algorithm, algorithm)
        signed = signature(LETTER, key, START) + LETTER
        costs = _compared(key, signed)
        each = 1000 * middle(costs["checks"]).cpu  # on a busy machine the wall says how busy
        line(
            f"{algorithm}: SPF, DKIM, DMARC, ARC, a letter",
            in_ms(costs["checks"]),
            f"<= {TARGET_MS} ms CPU",
            met=each <= TARGET_MS,
        )
        line(f"{algorithm}: pyspf and dkimpy alone", in_ms(costs["libraries"]))
        line(
            f"{algorithm}: checks / libraries",
            f"{ratio(costs['checks'], costs['libraries'], 'cpu'):8.2f} CPU",
        )
        line(f"{algorithm}: to sign a letter", in_ms(costs["signing"]))
    _blocklists()


def _compared(key: Key, signed: bytes) -> dict[str, list[Cost]]:
    with Lab() as lab:
        lab.dns.add(f'corp.example. IN TXT "{SPF}"\n_dmarc.corp.example. IN TXT "{DMARC}"\n{key.record!s}')

        def checks() -> Cost:
            return lab.wait_for(_checked(lab, signed), "the checks")

        return alternate(
            ROUNDS,
            {
                "checks": checks,
                "libraries": lambda: _each(lambda: _libraries(key, signed)),
                "signing": lambda: _each(lambda: signature(LETTER, key, START)),
            },
        )


async def _checked(lab: Lab, signed: bytes) -> Cost:
    session = Session(usual.RELAY, 1, 25, usual.RELAY.domain, extended=True)
    with Stopwatch() as watch:
        for _ in range(LETTERS):
            found = await authenticate(Message(signed, SENDER, TO), session, lab.scenery.resolver)
            assert _passes(found)
            await asyncio.sleep(0)
    return Cost(watch.cost.wall / LETTERS, watch.cost.cpu / LETTERS)


def _passes(found: AuthResults) -> bool:
    return [found.spf.result, found.dkim.result, found.dmarc.result, found.arc.result] == ["pass"] * 3 + [
        "none"
    ]


def _each(work: Callable[[], Any]) -> Cost:
    with Stopwatch() as watch:
        for _ in range(LETTERS):
            work()
    return Cost(watch.cost.wall / LETTERS, watch.cost.cpu / LETTERS)


def _libraries(key: Key, signed: bytes) -> None:
    query = spf.query("192.0.2.25", "staff@corp.example", usual.RELAY.domain)
    assert query.check(SPF)[0] == "pass"
    assert dkim.verify(signed, dnsfunc=lambda _name, **_: key.text.encode())


def _blocklists() -> None:
    """The check with the answers that the resolver has kept, as in a day's mail, and with none."""
    with Lab() as lab:

        def plain() -> None:
            asked = dns.message.make_query(question(usual.RELAY.address, "bl.example"), "A")
            dns.query.udp(asked, "127.0.0.1", 5, lab.ports["dns:53"])

        def checks(session: Session, *, anew: bool) -> Callable[[], Cost]:
            return lambda: lab.wait_for(_asked(lab, session, anew=anew), "the checks")

        listed, stranger = Session(usual.ATTACKER, 1, 25), Session(usual.RELAY, 1, 25)
        costs = alternate(
            ROUNDS,
            {
                "dnsbl, answers kept": checks(listed, anew=False),
                "dnsbl, not listed: one question": checks(stranger, anew=True),
                "dnsbl, listed: three questions": checks(listed, anew=True),
                "dnspython alone, one question": lambda: _each(plain),
            },
        )
    for name, found in costs.items():
        target = f"<= {DNSBL_MS} ms CPU" if name.startswith("dnsbl") else ""
        line(name, in_ms(found), target, met=1000 * middle(found).cpu <= DNSBL_MS if target else None)


async def _asked(lab: Lab, session: Session, *, anew: bool) -> Cost:
    message, resolver = Message(LETTER, SENDER, TO), lab.scenery.resolver
    with Stopwatch() as watch:
        for _ in range(LETTERS):
            if anew:
                resolver.forget()
            await dnsbl.check(message, session, resolver)
    return Cost(watch.cost.wall / LETTERS, watch.cost.cpu / LETTERS)


if __name__ == "__main__":
    main()
