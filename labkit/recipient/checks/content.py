"""What is in a letter: test patterns, dangerous attachments, suspicious words, and how it is built.

Real filters know millions of patterns, and guess. This one knows few and says each of them. So it can be
seen what every filter does: it takes some honest letters for bad ones, and lets some bad ones pass.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from labkit.dns.resolver import Resolver
from labkit.errors import UsageError
from labkit.recipient.checks import archives, structure
from labkit.recipient.checks.verdict import Message, Verdict, one_line
from labkit.smtp.envelope import Session
from labkit.smtp.parts import Part, parts, words
from labkit.smtp.patterns import EICAR, GTUBE

RESULTS = ("malware", "dangerous", "spam", "too big", "malformed")  # the worst first
CLEAN = Verdict("clean", "Nothing was found in this letter that nobody wants.")

# What runs when it is opened, as the lists of large mailbox providers have it.
_OPENED = """
    apk bat chm cmd com cpl dll exe hta img iso jar js jse lnk msi msp pif ps1 reg scr vbe vbs vhd wsf
"""
FORBIDDEN = tuple(_OPENED.split())
SUSPICIOUS = (
    ("you have won", 4),
    ("type your password", 4),
    ("bank details", 2),
    ("before noon", 2),
    ("pay the fee", 2),
    ("pay all open invoices", 2),
    ("to unlock it", 2),
    ("your prize", 2),
    ("dear customer", 1),
)
_SUBJECT = re.compile(rb"(?im)^subject[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)")
_TAG = re.compile(r"<[^<>]*>")
_SPACE = re.compile(r"\s+")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")  # makes "exe.pdf" of "fdp.exe"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a recipient doesn't want. Sizes are in octets, and 0 is no limit.

    ``forbidden`` are the endings of file names; ``suspicious`` are words and the points that each is worth,
    and a letter is spam with ``spam_from`` points or more. Raises UsageError for values that can't be.
    """

    largest_attachment: int = 5_000_000
    forbidden: tuple[str, ...] = FORBIDDEN
    suspicious: tuple[tuple[str, int], ...] = SUSPICIOUS
    spam_from: int = 4

    def __post_init__(self) -> None:
        if not isinstance(self.largest_attachment, int) or self.largest_attachment < 0:
            raise UsageError(f"largest_attachment = {self.largest_attachment!r}: write octets, 0 or more.")
        if not isinstance(self.spam_from, int) or self.spam_from < 1:
            raise UsageError(f"spam_from = {self.spam_from!r}: write a whole number of points from 1 up.")
        endings: object = self.forbidden
        if isinstance(endings, str):
            raise UsageError(
                f'forbidden = {self.forbidden!r}: write a list of endings, such as ("exe", "js").'
            )
        object.__setattr__(self, "forbidden", tuple(each.lower().lstrip(".") for each in self.forbidden))


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found: one of ``RESULTS``, and a sentence for a student."""

    result: str
    reason: str


RULES = Rules()


async def check(message: Message, _session: Session, _dns: Resolver, rules: Rules = RULES) -> Verdict:
    """What is in the letter: "clean", or the worst of what was found. Nothing has to be fetched for it."""
    return judge(message.content, rules)


def judge(content: bytes, rules: Rules = RULES) -> Verdict:
    """The verdict about a letter; the evidence is everything that was found."""
    found = sorted(_found(content, rules), key=lambda each: RESULTS.index(each.result))
    if not found:
        return CLEAN
    worst = found[0]
    return Verdict(worst.result, worst.reason, tuple((each.result, each.reason) for each in found))


def _found(content: bytes, rules: Rules) -> Iterator[Found]:
    whole = list(parts(content))
    texts = [part.content for part in whole]
    octets = [content, *texts]
    if any(EICAR in each for each in octets):
        yield Found("malware", "The letter holds the EICAR test file, which every virus scanner knows.")
    if any(GTUBE in each for each in octets):
        yield Found("spam", "The letter holds the GTUBE test text, which every spam filter knows.")
    for part, text in zip(whole, texts, strict=True):
        yield from _attached(part, text, rules)
    yield from _words(content, whole, texts, rules)
    for fault in structure.faults(content, whole):
        yield Found("malformed", f"The letter has {fault}.")


def _attached(part: Part, content: bytes, rules: Rules) -> Iterator[Found]:
    """What is wrong with a part as a file."""
    if part.is_container or (part.type.startswith("text/") and not part.filename):
        return
    name = _shown(part.filename) or "without a name"
    if rules.largest_attachment and len(content) > rules.largest_attachment:
        size = f"{len(content):,} octets; {rules.largest_attachment:,} are allowed"
        yield Found("too big", f"The attachment {name} has {size}.")
    yield from _file(f"The attachment {name}", part.filename, content, rules)
    if archives.is_archive(content):
        yield from _archive(name, content, rules)


def _file(what: str, name: str, content: bytes, rules: Rules) -> Iterator[Found]:
    if _DIRECTION.search(name):
        yield Found("dangerous", f"{what} turns the direction of writing in its name, to hide its ending.")
    ending = _ending(name)
    if ending in rules.forbidden:
        yield Found("dangerous", f"{what} ends in .{ending}: such a file does something when it is opened.")
    elif content[:2] == b"MZ" and "exe" in rules.forbidden:
        yield Found("dangerous", f"{what} is a program, though its name doesn't say so.")


def _shown(name: str) -> str:
    return one_line(_DIRECTION.sub("?", name))


def _ending(name: str) -> str:
    """What stands behind the last dot, as a desktop sees it: dots and blanks at the end don't count."""
    return name.rstrip(". \t\0").rpartition(".")[2].lower()


def _archive(name: str, content: bytes, rules: Rules) -> Iterator[Found]:
    try:
        for file in archives.files(content):
            what = f"The file {_shown(file.name)} in the archive {name}"
            if EICAR in file.content:
                yield Found("malware", f"{what} is the EICAR test file, which every virus scanner knows.")
            yield from _file(what, file.name, file.content, rules)
    except archives.Bomb as bomb:
        yield Found("dangerous", f"The archive {name} is made to overwhelm whoever unfolds it: {bomb}.")
    except archives.Unreadable as why:
        yield Found("dangerous", f"The archive {name} can't be looked into: {why}.")


def _words(content: bytes, whole: Sequence[Part], texts: Iterable[bytes], rules: Rules) -> Iterator[Found]:
    """The suspicious words in the subject and in what the reader sees."""
    seen = [_subject(content)]
    seen += [
        text.decode("utf-8", "replace")
        for part, text in zip(whole, texts, strict=True)
        if part.type in ("text/plain", "text/html") and not part.filename
    ]
    plain = _SPACE.sub(" ", _TAG.sub(" ", " ".join(seen))).lower()
    hits = [(phrase, points) for phrase, points in rules.suspicious if phrase.lower() in plain]
    total = sum(points for _, points in hits)
    if total >= rules.spam_from:
        said = ", ".join(f'"{phrase}" {points}' for phrase, points in hits)
        yield Found(
            "spam", f"The letter's words are worth {total} points ({said}); spam begins at {rules.spam_from}."
        )


def _subject(content: bytes) -> str:
    found = _SUBJECT.findall(content.partition(b"\r\n\r\n")[0])
    return words(re.sub(r"\r?\n", "", b" ".join(found).decode("utf-8", "replace")))
