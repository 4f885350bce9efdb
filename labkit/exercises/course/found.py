"""Exercise 09.2: an Authentication-Results: header, read by somebody who asks whether a letter is real."""

from collections.abc import Callable
from functools import partial

from labkit.exercises.answers import Choice, Text, Values
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.room import Room
from labkit.recipient.mailbox import Received
from labkit.recipient.policy import RecipientPolicy

HEADER = """
Authentication-Results: mx1.customer.example;
    spf=pass (vps66.hosting.example lists 203.0.113.66 as one of its senders.)
        smtp.mailfrom=promo@vps66.hosting.example;
    dkim=none;
    dmarc=fail (p=none dis=none) header.from=corp.example
""".strip()
RECORDS = """
corp.example.        IN TXT "v=spf1 ip4:192.0.2.25 -all"
_dmarc.corp.example. IN TXT "v=DMARC1; p=none"
"""


def _receive(room: Room) -> None:
    """A letter of which a customer's server says just what the header says."""
    lab = room.lab
    lab.dns.add(room.stage.tell(RECORDS))
    lab.customer.checks = RecipientPolicy(spf="header", dkim="header", dmarc="header")
    lab.attacker.spoof(target="mx1", tricks=["the director, in From: only"])
    room.note["letter"] = lab.mailbox(room.stage.tell("orders@customer.example"))[-1]


def _proved(letter: Received) -> str:
    return letter.verdicts["spf"].shows("domain")


def _signed(letter: Received) -> str:
    domain = letter.verdicts["dkim"].shows("domain")
    return {"": "nobody", letter.verdicts["dmarc"].shows("domain"): "company"}.get(domain, "stranger")


def _shown(letter: Received) -> str:
    return letter.verdicts["dmarc"].shows("domain")


def _aligned(letter: Received) -> str:
    return "yes" if letter.verdicts["dmarc"].result == "pass" else "no"


def _asked(letter: Received) -> str:
    return letter.verdicts["dmarc"].shows("policy")


def _reads(name: str, truth: Callable[[Received], str], part: str, expected: str, room: Room) -> Seen:
    """Whether an answer says of the letter what is true of it; ``part`` is where the header says it."""
    right = truth(room.note["letter"])
    given = room.answer[name].strip().lower().strip(".<>").rpartition("@")[2]
    line = next(line.strip() for line in room.stage.tell(HEADER).splitlines() if part in line)
    tried = f"{name}: you answered {room.answer[name]}."
    return Seen(given == right, tried, line, expected)


def _reading(key: str, says: str, truth: Callable[[Received], str], part: str, expected: str) -> Claim:
    return Claim(key, says, partial(_reads, key, truth, part, expected))


SOLUTION = {
    "proved": "vps66.hosting.example",
    "signed": "nobody",
    "shown": "corp.example",
    "aligned": "no",
    "asked": "none",
}

READ_IT = Exercise(
    id="09.2",
    title="Read what a server found",
    minutes=5,
    given="A reader at customer.example got a letter from The Director <director@corp.example> in the "
    "inbox. On "
    "top of it stands:\n" + "\n".join(f"    {line}" for line in HEADER.splitlines()),
    goal="Say what the header says: which domain SPF has proved, who has signed, which domain the reader "
    "sees, whether the two are aligned, and what the company asks for.",
    kind=Values(
        proved=Text("the domain that SPF has proved"),
        signed=Choice(
            {
                "nobody": "there is no signature",
                "company": "the company has signed",
                "stranger": "another domain has signed",
            }
        ),
        shown=Text("the domain of From:, which the reader sees"),
        aligned=Choice({"yes": "the proved domain is the one in From:", "no": "it is another one"}),
        asked=Choice(
            {
                "none": "take such letters, and report them",
                "quarantine": "put such letters into the spam folder",
                "reject": "refuse such letters",
            }
        ),
    ),
    starter={"proved": "", "signed": "", "shown": "", "aligned": "", "asked": ""},
    prepare=_receive,
    claims=(
        _reading(
            "proved",
            "You name the domain that SPF has proved.",
            _proved,
            "smtp.mailfrom=",
            "the domain behind smtp.mailfrom=",
        ),
        _reading("signed", "You say who has signed.", _signed, "dkim=", "who stands behind dkim="),
        _reading(
            "shown",
            "You name the domain that the reader sees.",
            _shown,
            "header.from=",
            "the domain behind header.from=",
        ),
        _reading(
            "aligned",
            "You say whether the two are aligned.",
            _aligned,
            "dmarc=",
            "yes if the domain that was proved is the one in From:",
        ),
        _reading("asked", "You say what the company asks for.", _asked, "p=", "the word behind p="),
    ),
    hints=(
        "Each line has a result, words in parentheses, and a name with a value behind it. Read what the "
        "value is of.",
        "smtp.mailfrom= stands for the envelope, header.from= for From:. Compare the two domains.",
        "SPF has proved a domain of hosting.example, and there is no signature. Behind dmarc= you find p=, "
        "which is what the company asks for.",
    ),
    solution=SOLUTION,
    explanation="spf=pass is true, but of the stranger's domain. Nobody has signed, and the domain in "
    "From: is another one: so nothing proves the company, and dmarc=fail says so. The letter is in the "
    "inbox all the same, because the company asks for no more than reports (p=none). Ask the director in "
    "another way before you pay.",
    wrong=(
        Wrong(
            SOLUTION | {"proved": "corp.example", "aligned": "yes"},
            frozenset({"proved", "aligned"}),
            "pass is only half of what SPF says. The other half is the domain, and it stands behind "
            "smtp.mailfrom=: it is the stranger's.",
        ),
        Wrong(
            SOLUTION | {"aligned": "yes"},
            frozenset({"aligned"}),
            "Aligned means that the domain in From: is the one that was proved. Compare your own first and "
            "third answer.",
        ),
        Wrong(
            SOLUTION | {"proved": "corp.example", "shown": "vps66.hosting.example"},
            frozenset({"proved", "shown"}),
            "You have the two domains the wrong way round. SPF looks at the envelope (smtp.mailfrom=), the "
            "reader at From: (header.from=).",
        ),
        Wrong(
            SOLUTION | {"signed": "stranger"},
            frozenset({"signed"}),
            "A signature would be named with header.d=. dkim=none says that there is none.",
        ),
        Wrong(
            SOLUTION | {"asked": "reject"},
            frozenset({"asked"}),
            "fail is what the server found, and p= is what the company asks for then. With p=reject this "
            "letter would not lie in the inbox.",
        ),
        Wrong(
            SOLUTION | {"proved": "mx1.customer.example"},
            frozenset({"proved"}),
            "The first name is the server that has checked and wrote the header. What SPF has proved "
            "stands behind smtp.mailfrom=.",
        ),
    ),
)
