"""Letters with a label: honest or bad. Made for this lab, to count what a filter takes for what.

Some are hard on purpose: an honest letter that talks as fraud does, fraud that talks as a colleague does.
All names are of reserved domains, and what is dangerous in the bad ones is a test pattern or a few letters.
"""

import io
import zipfile
from base64 import encodebytes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from labkit.smtp.patterns import EICAR, GTUBE

DATE = "Mon, 05 Jan 2026 09:00:00 +0000 (UTC)"
BOUNDARY = "part-of-a-sample"
PROGRAM = b"MZ, and nothing that would run"


@dataclass(frozen=True, slots=True)
class Sample:
    """A letter, whether it is bad, and what it is."""

    name: str
    is_bad: bool
    what: str
    content: bytes


@cache
def samples() -> tuple[Sample, ...]:
    """The set: as many honest letters as bad ones."""
    return (*_honest(), *_bad())


def _honest() -> tuple[Sample, ...]:
    return (
        _good("order", "an order", "Please send us ten boxes of paper.\n\nThe office"),
        _good("reply", "an answer with a quotation", "> Can we meet at ten?\n\nYes, in room 3."),
        _good("invoice", "an invoice", "Here is our invoice.", files=[("invoice.pdf", b"%PDF-1.4 test")]),
        _good("scan", "a scan from the copier", "Here is your scan.", files=[("scan-0001.pdf", b"%PDF-1.4")]),
        _good("photos", "a folder of photos", "From Friday.", files=[("photos.zip", _zip("a.jpg"))]),
        _good(
            "table",
            "a table with macros from accounting",
            "The plan for next year.",
            files=[("plan.xlsx", _zip("sheet.xml"))],
        ),
        _good(
            "indonesian", "a letter in another language", "Mohon kirim sepuluh kotak kertas.\n\nTerima kasih."
        ),
        _good(
            "newsletter",
            "the Monday newsletter",
            "Dear customer,\n\nnew on our shelves this week: paper in four colours.",
        ),
        _good("forwarded", "a letter passed on whole", "See below.", inner="Please call me back."),
        _good(
            "warning",
            "the administrator warns of fraud",
            'Letters that say "type your password" or "you have won" are not from us. Delete them.',
        ),
        _good(
            "new account",
            "a supplier has really changed its bank",
            "Dear customer,\n\nour bank details have changed; we have phoned your accounting about it.\n"
            "Please use them for all invoices that arrive before noon on Friday.",
        ),
        _good(
            "script",
            "a colleague sends the script that was asked for",
            "As you asked: it renames the photos.",
            files=[("rename.js", b"// renames photos")],
        ),
    )


def _bad() -> tuple[Sample, ...]:
    return (
        _evil("gtube", "the test text for spam filters", GTUBE.decode()),
        _evil("eicar", "the test file for virus scanners", "See the file.", files=[("test.com", EICAR)]),
        _evil("eicar zip", "the same in an archive", "See.", files=[("test.zip", _zip("test.txt", EICAR))]),
        _evil("program", "a program as an invoice", "Your invoice.", files=[("invoice.pdf.exe", PROGRAM)]),
        _evil("disguised", "a program that says it is a picture", "Look!", files=[("me.jpg", PROGRAM)]),
        _evil("packed", "a program in an archive", "Your parcel.", files=[("parcel.zip", _zip("label.scr"))]),
        _evil("turned", "a name that is turned round", "A list.", files=[("list\u202efdp.exe", PROGRAM)]),
        _evil("lottery", "a prize that nobody won", "You have won! Answer with your bank details."),
        _evil(
            "bank",
            "the bank that isn't",
            "Dear customer,\n\nyour card is locked. To unlock it, type your password at\n"
            "bank-login.example before noon.",
        ),
        _evil(
            "director",
            "the director who isn't",
            "Are you at your desk? I need a favour, and can't talk now. Answer here.\n\nThe Director",
        ),
        _evil(
            "invoice fraud",
            "an account that has changed",
            "Hello,\n\nwe have a new account. From today on please use the one below.\n\nThe supplier",
        ),
        _evil(
            "spaced", "words with gaps, for filters", "Y o u  h a v e  w o n. Type y0ur passw0rd to get it."
        ),
    )


Files = Sequence[tuple[str, bytes]]


def _good(name: str, what: str, text: str, *, files: Files = (), inner: str = "") -> Sample:
    return Sample(name, False, what, _letter("staff@corp.example", what, text, files, inner))


def _evil(name: str, what: str, text: str, *, files: Files = ()) -> Sample:
    return Sample(name, True, what, _letter("winner@lottery.example", "For you", text, files, ""))


def _letter(sender: str, subject: str, text: str, files: Files, inner: str) -> bytes:
    head = [f"From: {sender}", "To: orders@customer.example", f"Subject: {subject}", f"Date: {DATE}"]
    head += ["MIME-Version: 1.0"]
    if not files and not inner:
        return _lines([*head, "", text])
    head += [f'Content-Type: multipart/mixed; boundary="{BOUNDARY}"', ""]
    body = [f"--{BOUNDARY}", "Content-Type: text/plain; charset=utf-8", "", text]
    for name, content in files:
        body += [f"--{BOUNDARY}", "Content-Type: application/octet-stream"]
        body += [f'Content-Disposition: attachment; filename="{name}"', "Content-Transfer-Encoding: base64"]
        body += ["", encodebytes(content).decode().rstrip()]
    if inner:
        body += [f"--{BOUNDARY}", "Content-Type: message/rfc822", "", f"From: {sender}", f"Date: {DATE}"]
        body += ["Subject: Before", "", inner]
    return _lines([*head, *body, f"--{BOUNDARY}--"])


def _lines(texts: Sequence[str]) -> bytes:
    return "".join(f"{line}\r\n" for text in texts for line in text.split("\n")).encode()


def _zip(name: str, content: bytes = b"test") -> bytes:
    """An archive with one file, the same on every run."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return octets.getvalue()
