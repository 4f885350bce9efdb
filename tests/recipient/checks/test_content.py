"""What is in a letter: each thing that nobody wants is found, with a reason; nothing makes it raise."""

import base64
import io
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import UsageError
from labkit.recipient.checks import content
from labkit.recipient.checks.content import CLEAN, RESULTS, Rules, judge
from labkit.recipient.checks.verdict import Message
from labkit.smtp.address import Path
from labkit.smtp.patterns import EICAR, GTUBE

PROGRAM = b"MZ, and no program"


def plain(text: bytes | str = "hello", headers: str = "") -> bytes:
    body = text.encode() if isinstance(text, str) else text
    return f"From: a@b.example\r\nSubject: x\r\n{headers}\r\n".encode() + body + b"\r\n"


def attached(octets: bytes, name: str = "x.pdf", encoding: str = "base64") -> bytes:
    encoded = base64.encodebytes(octets).replace(b"\n", b"\r\n") if encoding == "base64" else octets
    return (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b\r\n"
        + f"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''{name}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode()
        + encoded
        + b"\r\n--b--\r\n"
    )


def zipped(files: Mapping[str, bytes]) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in files.items():
            archive.writestr(name, inside)
    return octets.getvalue()


def nested(depth: int) -> bytes:
    inner = zipped({"a.txt": b"hello"})
    for _ in range(depth):
        inner = zipped({"inner.zip": inner})
    return inner


def locked() -> bytes:
    octets = bytearray(zipped({"a.txt": b"hello"}))
    octets[6] |= 1  # in the file's own header
    octets[octets.index(b"PK\x01\x02") + 8] |= 1  # in the directory
    return bytes(octets)


def huge() -> bytes:
    octets = bytearray(zipped({"a.txt": b"hello"}))
    start = octets.index(b"PK\x01\x02") + 24
    octets[start : start + 4] = (2_000_000_000).to_bytes(4, "little")
    return bytes(octets)


VERDICTS = [
    (plain(), "clean", ""),
    (plain(GTUBE), "spam", "GTUBE"),
    (plain(base64.b64encode(GTUBE), "Content-Transfer-Encoding: base64\r\n"), "spam", "GTUBE"),
    (attached(EICAR), "malware", "EICAR"),
    (plain(EICAR), "malware", "EICAR"),
    (attached(zipped({"a.txt": EICAR})), "malware", "The file a.txt in the archive x.pdf is the EICAR"),
    (attached(zipped({"b.zip": zipped({"a.txt": EICAR})})), "malware", "EICAR"),
    (attached(b"x", "a.exe"), "dangerous", "The attachment a.exe ends in .exe"),
    (attached(b"x", "a.pdf.EXE"), "dangerous", "ends in .exe"),
    (attached(b"x", "a.exe."), "dangerous", "ends in .exe"),
    (attached(b"x", "a.exe%20"), "dangerous", "ends in .exe"),
    (attached(PROGRAM, "a.jpg"), "dangerous", "is a program, though its name doesn't say so"),
    (attached(PROGRAM, "a.jpg", "8bit"), "dangerous", "is a program"),
    (attached(zipped({"a.scr": b"x"}), "a.zip", "binary"), "dangerous", "The file a.scr"),
    (attached(PROGRAM, ""), "dangerous", "The attachment without a name is a program"),
    (attached(b"x", "a%E2%80%AEfdp.exe"), "dangerous", "a?fdp.exe turns the direction"),
    (attached(zipped({"a.scr": b"x"}), "a.zip"), "dangerous", "The file a.scr in the archive a.zip"),
    (attached(zipped({"a.jpg": PROGRAM}), "a.zip"), "dangerous", "is a program"),
    (attached(nested(4), "a.zip"), "dangerous", "archives in archives, more than 3 deep"),
    (attached(locked(), "a.zip"), "dangerous", "can't be looked into: it is locked with a password"),
    (attached(huge(), "a.zip"), "dangerous", "it unfolds to 2,000,000,000 octets"),
    (attached(b"PK\x03\x04 and no more", "a.zip"), "dangerous", "can't be looked into: it is damaged"),
    (attached(zipped({"a.txt": b"x"})[:-10], "a.zip"), "dangerous", "it is damaged"),
    (attached(b"x" * 6_000_000), "too big", "x.pdf has 6,000,000 octets; 5,000,000 are allowed"),
    (plain("You have won a prize"), "spam", 'worth 4 points ("you have won" 4); spam begins at 4'),
    (plain("<b>You</b> have\r\n won", "Content-Type: text/html\r\n"), "spam", "you have won"),
    (plain("x", "Subject: =?utf-8?q?You_have_won?=\r\n"), "spam", "you have won"),
    (plain("dear customer"), "clean", ""),
    (b"hello\r\n", "malformed", "The letter has no headers."),
    (b"", "malformed", "The letter has no headers."),
    (b"\r\n\r\nhello", "malformed", "The letter has no headers."),
    (b"Subject: x\r\n\r\nhello\r\n", "malformed", "no From: header"),
    (plain("x", "From: b@c.example\r\n"), "malformed", "2 From: headers"),
    (plain("x", "no header\r\n"), "malformed", "a line among its headers that is none"),
    (plain("x" * 999), "malformed", "a line of 999 octets, where there may be 998"),
    (plain("x" * 998), "clean", ""),
    (plain(b"a\0b"), "malformed", "a NUL octet"),
    (plain(b"a\rb"), "malformed", "a carriage return that ends no line"),
    (plain("x", "Content-Type: multipart/mixed\r\n"), "malformed", "a multipart without any part"),
    (
        plain("x", "Content-Type: multipart/mixed; boundary=b\r\n"),
        "malformed",
        "a multipart without any part",
    ),
    (attached(b"a*b\r\n", encoding="base64").replace(b"YSpi", b"Y*pi"), "malformed", "base64"),
    (b"From: \xff\r\n\r\nx\r\n", "malformed", "octets in its headers that are no text"),
    (
        b"From: a\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 500,
        "malformed",
        "500 letters and multiparts",
    ),
]


@pytest.mark.parametrize(("letter", "result", "reason"), VERDICTS)
def test_verdicts(letter: bytes, result: str, reason: str) -> None:
    verdict = judge(letter)
    assert (verdict.result, reason in verdict.reason) == (result, True), verdict
    assert verdict.reason.endswith(".")
    assert verdict.evidence[0] == (verdict.result, verdict.reason) if verdict.evidence else verdict == CLEAN


def test_nested_multiparts_are_no_recursion() -> None:
    levels = [f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(2_000)]
    assert (
        "letters and multiparts inside it, where 100 are"
        in judge(f"From: a\r\n{''.join(levels)}".encode()).reason
    )


def test_many_files_in_archives_of_archives_are_a_bomb() -> None:
    some = zipped({f"{number}.txt": b"" for number in range(400)})
    verdict = judge(attached(zipped({f"{number}.zip": some for number in range(4)}), "a.zip"))
    assert verdict.result == "dangerous"
    assert "more than 1,000 files" in verdict.reason


def test_everything_that_was_found_is_evidence_and_the_worst_comes_first() -> None:
    verdict = judge(attached(EICAR, "a.exe").replace(b"hi", b"you have won").replace(b"From: ", b"X: "))
    assert [label for label, _ in verdict.evidence] == ["malware", "dangerous", "spam", "malformed"]
    assert verdict.result == "malware"


def test_the_rules_are_the_recipients() -> None:
    assert judge(attached(b"x", "a.js"), Rules(forbidden=("exe",))) == CLEAN
    assert judge(attached(b"x", "a.txt"), Rules(forbidden=(".TXT",))).result == "dangerous"
    assert judge(attached(b"x" * 100), Rules(largest_attachment=99)).result == "too big"
    assert judge(attached(b"x" * 6_000_000), Rules(largest_attachment=0)) == CLEAN
    assert judge(plain("dear customer"), Rules(spam_from=1)).result == "spam"
    assert judge(plain("Paper"), Rules(suspicious=(("PAPER", 9),))).result == "spam"


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("largest_attachment", -1),
        ("largest_attachment", "10M"),
        ("spam_from", 0),
        ("spam_from", None),
        ("forbidden", "exe"),
    ],
)
def test_rules_that_cant_be_are_said(rule: str, value: object) -> None:
    with pytest.raises(UsageError, match=rule):
        Rules(**{rule: value})  # type: ignore[arg-type]


async def _checked() -> object:
    message = Message(plain(GTUBE), Path("a", "b.example"), Path("orders", "customer.example"))
    return await content.check(message, None, None)  # type: ignore[arg-type]


def test_the_check_asks_nobody() -> None:
    with pytest.raises(StopIteration) as ended:
        _checked().send(None)  # type: ignore[attr-defined]
    assert ended.value.value.result == "spam"


PIECES = st.sampled_from(
    [
        b"From: a\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b'Content-Disposition: attachment; filename="a.zip"\r\n',
        b"filename*=utf-8''%ff%00",
        b"\r\n",
        b"--b\r\n",
        b"--b--\r\n",
        b"UEsDBA==\r\n",
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        b"\0",
        b"=?utf-8?b?",
        b"Subject: ",
        b"x" * 1200,
    ]
)


@given(st.lists(PIECES | st.binary(max_size=20), max_size=30).map(b"".join))
def test_a_malformed_letter_gets_a_verdict_and_no_traceback(letter: bytes) -> None:
    verdict = judge(letter)
    assert verdict.result in (*RESULTS, "clean")
    assert verdict.reason


@given(st.data())
def test_a_damaged_archive_gets_a_verdict_and_no_traceback(data: st.DataObject) -> None:
    octets = bytearray(nested(1))
    for _ in range(data.draw(st.integers(1, 6))):
        octets[data.draw(st.integers(4, len(octets) - 1))] = data.draw(st.integers(0, 255))
    assert judge(attached(bytes(octets), "a.zip")).result in (*RESULTS, "clean")
