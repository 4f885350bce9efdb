"""Forward: an honest letter that looks forged when it arrives, because another server has sent it on.

The forwarder isn't one of the sender's servers, so SPF fails. A DKIM signature gets through, unless the
forwarder changes the letter; then nothing proves the sender any more, and DMARC treats the letter as the
forgery that it isn't. Nobody means any harm: that is what makes it hard. Ended by signing (DKIM), and
where letters are changed on the way, by seals of the forwarder (ARC) that the recipient trusts.
"""

import re
from collections.abc import Iterator

from labkit.attacker.letters import SOMEBODY, Draft, address
from labkit.attacker.means.forwarder import ADDRESS, FORWARDER, Forwarder, Passage
from labkit.attacker.means.post import post
from labkit.attacker.report import Attempt, Finding, Report
from labkit.attacker.scene import Scene
from labkit.network.addresses import Host, lab_domain
from labkit.network.fabric import Network

GOAL = "make an honest letter look forged, only by sending it on"
SENDER = "staff@corp.example"
SUBJECT = "The photographs"
TEXT = "Hello,\n\nhere is the address of the photographer that you asked for.\n\nThe office"

Results = dict[str, tuple[str, str]]

METHODS = ("spf", "dkim", "dmarc", "arc")
_RESULT = re.compile(r"^\t?(\w+)=(\w+)(?: \(((?:\\.|[^()\\])*)\))?", re.MULTILINE)
_UNHEARD = "no letter came to the forwarder"


async def run(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    *,
    sender: str = SENDER,
    recipient: str = SOMEBODY,
    footer: bool = False,
    seals: bool = False,
    port: int = 25,
) -> Report:
    """Send an honest letter through ``target`` to the forwarder, which sends it on to ``recipient``.

    What SPF, DKIM, DMARC and ARC say of it is found before and after. It does harm if the letter is then
    refused, or if nothing proves the sender any more although its domain asks for proof (DMARC). With
    ``footer`` the forwarder adds a few lines, with ``seals`` it seals what it has found before that.
    Raises UsageError for addresses that can't be, OutsideTheLab for anybody who could be real.
    """
    author, reader = address(sender), address(recipient)
    for path in (author, reader):
        lab_domain(path.domain)
    forwarder = Forwarder(network, scene, reader, footer=footer, seals=seals)
    draft = Draft(author, ADDRESS, sender, SUBJECT, TEXT)
    await forwarder.open()
    try:
        attempts = await post(network, source, target, scene, [draft], port=port)
        await scene.settle()
    finally:
        forwarder.close()
    findings = list(_findings(forwarder, attempts[0], is_there=scene.holds(attempts[0].nonce)))
    what = f"an honest letter of {sender}, sent on {_how(footer=footer, seals=seals)}"
    return await scene.report(network, FORWARDER, what, (), findings, goal=GOAL)


def _how(*, footer: bool, seals: bool) -> str:
    """In what form the letter goes on."""
    if footer:
        return "with a footer and a seal" if seals else "with a footer"
    return "as it is, with a seal" if seals else "as it is"


def _findings(forwarder: Forwarder, attempt: Attempt, *, is_there: bool) -> Iterator[Finding]:
    yield Finding("the letter was handed over", _heard(attempt), attempt.session, harm=False)
    if not forwarder.passages:
        yield Finding("nothing was sent on", _UNHEARD, harm=False)
    for passage in forwarder.passages:
        yield from _of(passage, is_there=is_there)


def _heard(attempt: Attempt) -> str:
    return str(attempt.reply) if attempt.reply else attempt.trouble


def _of(passage: Passage, *, is_there: bool) -> Iterator[Finding]:
    before, after = _results(passage.before), _results(passage.after)
    for method in METHODS:
        if method in after:
            was, reason = before[method][0], after[method][1]
            proof = f"{reason.removesuffix('.')}; before: {was}" if reason else f"before: {was}"
            yield Finding(
                f"{method}={after[method][0]}", proof, passage.session, _is_harm(method, before, after)
            )
    refused = not passage.answer.is_positive
    what = "the next server refused the letter" if refused else "the next server took the letter"
    yield Finding(what, str(passage.answer), passage.session, harm=refused)
    if not refused:
        where = "found in the mailbox, by its nonce" if is_there else "not found in any mailbox"
        yield Finding("the letter", where, passage.session, harm=not is_there)


def _is_harm(method: str, before: Results, after: Results) -> bool:
    """Whether DMARC fails now, and no seal tells that it didn't before."""
    lost = method == "dmarc" and after["dmarc"][0] == "fail"
    is_sealed = after["arc"][0] == "pass" and before["dmarc"][0] == "pass"
    return lost and not is_sealed


def _results(header: bytes) -> Results:
    """Result and reason by method; of several signatures the best is named."""
    found: Results = {}
    for method, result, reason in _RESULT.findall(header.decode("utf-8", "replace")):
        if method not in found or result == "pass":
            found[method] = result, re.sub(r"\\(.)", r"\1", reason)
    return found
