"""A lab with a spool, as a process of its own that can be killed: see test_spool_kill.py.

    python spooled_lab.py SPOOL DIARY send|finish

The diary gets a line for each promise (a 250 that a client has seen), each delivery and each notice that
somebody was told, in one write each: what is written there has happened, whenever the process is killed.
"""

import asyncio
import itertools
import os
import re
import sys

from labkit import Lab
from labkit.attacker.letters import address
from labkit.lab import usual
from labkit.smtp.address import Path
from labkit.smtp.client import SmtpClient
from labkit.smtp.envelope import Letter

NONCE = re.compile(rb"Message-ID: <([\w-]+)@", re.IGNORECASE)
RECIPIENTS = (
    ("orders@customer.example",),
    ("nobody@customer.example",),
    ("press@customer.example", "director@corp.example"),
    ("info@customer.example", "nobody@customer.example"),
)


def main(spool: str, diary: str, what: str) -> None:
    file = os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(*words: object) -> None:
        os.write(file, (" ".join(map(str, words)) + "\n").encode())

    with Lab(spool=spool) as lab:
        for mailboxes in (lab.scenery.customer, lab.scenery.company):
            mailboxes.deliver = lambda path, letter, **_: delivered(note, path, letter)  # type: ignore[method-assign]
        if what == "send":
            lab.wait_for(send_for_ever(lab, note), "the end of time", limit=60)
        lab.wait(days=6)
        queue = lab.relay.queue
        note("end", queue.accepted, queue.delivered, queue.bounced, queue.queued, queue.in_doubt)


def delivered(note, path: Path, letter: Letter) -> None:  # type: ignore[no-untyped-def]
    [nonce] = NONCE.findall(letter.content)[-1:]
    if letter.reverse_path.is_null:
        note("told", nonce.decode())
    else:
        note("delivered", nonce.decode(), path.address)


async def send_for_ever(lab: Lab, note) -> None:  # type: ignore[no-untyped-def]
    scenery = lab.scenery
    recipients = itertools.cycle(RECIPIENTS)
    while True:
        client = await SmtpClient.connect(scenery.network, usual.WORKSTATION, usual.RELAY.address, 25)
        await client.ehlo(usual.WORKSTATION.domain)
        for _ in range(8):
            nonce, paths = next(scenery.nonces), tuple(map(address, next(recipients)))
            content = f"Message-ID: <{nonce}@corp.example>\r\n\r\nhello\r\n".encode()
            done = await client.send(Letter(address("staff@corp.example"), paths, content))
            if done.step == "." and done.reply.is_positive:
                note("promised", nonce, *done.accepted)
        await client.quit()
        await scenery.settle()
        await asyncio.sleep(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
