"""Backscatter: bounces made to land on somebody who never wrote.

A server that takes a letter and finds only then that there is no such mailbox, must tell the sender; and
the sender is whoever the envelope names. Ended by refusing at RCPT what can't be delivered
(local_recipient_maps, relay_recipient_maps): then it is the stranger's own program that hears of it.
"""

from collections.abc import Sequence
from itertools import cycle, islice

from labkit.attacker.letters import Draft, address
from labkit.attacker.means.post import post
from labkit.attacker.report import Finding, Report
from labkit.attacker.scene import Scene
from labkit.errors import UsageError
from labkit.network.addresses import Host, lab_domain
from labkit.network.fabric import Network

GOAL = "fill somebody's mailbox with bounces of letters that they never wrote"
VICTIM = "press@customer.example"
NOT_THERE = ("nobody@corp.example", "former-colleague@corp.example", "nobody@customer.example")
MOST_LETTERS = 10_000
SUBJECT = "Your invoice"
TEXT = "Dear customer,\n\nyou will find the invoice in the attachment.\n\nExample Bank"


async def run(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    *,
    victim: str = VICTIM,
    recipients: Sequence[str] = NOT_THERE,
    count: int = 12,
    port: int = 25,
) -> Report:
    """Send ``count`` letters in the victim's name to people who don't exist.

    A letter counts as delivered when the victim has got it back: when its nonce is found in the victim's
    mailbox. Raises UsageError for addresses and numbers that can't be, OutsideTheLab for anybody who
    could be real.
    """
    if not 1 <= count <= MOST_LETTERS or not recipients:
        raise UsageError(f"{count:,} letters can't be sent: choose 1 to {MOST_LETTERS:,}, and a recipient.")
    innocent, paths = address(victim), [address(recipient) for recipient in recipients]
    for path in (innocent, *paths):
        lab_domain(path.domain)
    drafts = [Draft(innocent, path, victim, SUBJECT, TEXT) for path in islice(cycle(paths), count)]
    attempts = await post(network, source, target, scene, drafts, port=port)
    await scene.settle()
    letters = list(scene.contents(victim))
    judged = [
        attempt.looked_up(lambda nonce: any(f"<{nonce}@".encode() in letter for letter in letters))
        for attempt in attempts
    ]
    bounces = sum(b"multipart/report" in letter.partition(b"\r\n\r\n")[0] for letter in letters)
    proof = f"{bounces:,} bounces lie in {victim}, who never wrote"
    what = f"{count:,} letters to nobody, in the name of {victim}"
    return await scene.report(
        network, source, what, judged, [Finding("backscatter", proof, harm=False)], goal=GOAL
    )
