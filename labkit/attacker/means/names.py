"""Which users there are: what a server's answers tell a stranger who asks for one name after another.

VRFY and RCPT tell which mailboxes there are; a server that takes mail must say so, or bounce it later.
AUTH mustn't tell which accounts there are: neither by what it says, nor by how long it takes.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from labkit.attacker.means.visitor import Visitor, left
from labkit.attacker.report import Finding
from labkit.attacker.scene import Scene
from labkit.errors import PeerError
from labkit.network.addresses import Host
from labkit.network.fabric import Network
from labkit.smtp.reply import Reply

NOBODY = "nobody-has-this-name"
WRONG = "surely-not-the-password"

WAYS = {"VRFY": (), "RCPT": ("MAIL FROM:<>",), "AUTH": ()}  # and what has to be said before


class Answer(NamedTuple):
    """What was said about a name, with a star in its place, and how much was computed for it."""

    said: str
    work: int


async def ask(
    network: Network, source: Host, target: Host, scene: Scene, names: Sequence[str], domain: str, port: int
) -> list[Finding]:
    """What VRFY, RCPT and AUTH tell of these names."""
    asked = (NOBODY, *names)
    found = []
    for way, begins_with in WAYS.items():
        visitor = Visitor(network, source, target, scene, port, *begins_with)
        try:
            found.append(await _told(visitor, scene, way, asked, domain))
        except PeerError as error:
            found.append(Finding(f"{way} tells nothing", str(error), visitor.session, harm=False))
        finally:
            await left(visitor)
    return found


async def _told(visitor: Visitor, scene: Scene, way: str, names: Sequence[str], domain: str) -> Finding:
    if way == "AUTH" and not await visitor.offers_login():
        return Finding("AUTH tells nothing", "it isn't offered", visitor.session, harm=False)
    answers: dict[str, Answer] = {}
    for name in names:
        before = scene.work()
        answer = await _asked(visitor, way, name, domain)
        if answer.is_transient:
            break  # the server has had enough of this
        answers[name] = Answer(str(answer).replace(name, "*"), scene.work() - before)
    return judged(way, answers, visitor.session)


async def _asked(visitor: Visitor, way: str, name: str, domain: str) -> Reply:
    if way == "VRFY":
        return await visitor.say(f"VRFY {name}@{domain}")
    if way == "RCPT":
        return await visitor.say(f"RCPT TO:<{name}@{domain}>")
    return await visitor.login(name, WRONG)


def judged(way: str, answers: Mapping[str, Answer], session: int) -> Finding:
    """What the answers tell: who is answered otherwise than somebody who can't exist."""
    if len(answers) < 2:
        return Finding(f"{way} tells nothing", "the server answers no more", session, harm=False)
    nobody = answers[NOBODY]
    different = [name for name, answer in answers.items() if answer != nobody]
    if not different:
        proof = f"all {len(answers)} names get {nobody.said}, for the same work"
        return Finding(f"{way} tells nothing", proof, session, harm=False)
    known = answers[different[0]]
    proof = f"{known.said}; for others {nobody.said}"
    if known.said == nobody.said:
        proof = f"it computes {known.work} hashes for them and {nobody.work} for others, which takes time"
    # Mailboxes are no secret: whoever sends them a letter learns as much.
    harm = way == "AUTH"
    what = "accounts" if harm else "mailboxes"
    return Finding(f"{way} tells which {what} there are: {', '.join(different)}", proof, session, harm)
