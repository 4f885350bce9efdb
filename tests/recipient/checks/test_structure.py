"""What is wrong with how a letter is built, each thing by its name."""

import pytest

from labkit.recipient.checks.structure import faults
from labkit.smtp.parts import parts


def found(letter: bytes) -> list[str]:
    return list(faults(letter, list(parts(letter))))


GOOD = [
    b"From: a\r\n\r\nhello\r\n",
    b"From: a\r\nSubject: x\r\n\tfolded\r\n\r\n",
    "From: a\r\nSubject: café\r\n\r\ncafé\r\n".encode(),
    b"From: a\r\n\r\n" + b"x" * 998 + b"\r\n",
    b"From: a\r\nReceived: b\r\nReceived: c\r\n\r\nx\r\n",
    b'From: a\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n',
    b"From: a\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8=\r\n",
]


@pytest.mark.parametrize("letter", GOOD)
def test_nothing_is_wrong(letter: bytes) -> None:
    assert found(letter) == []


def test_several_things_are_wrong() -> None:
    letter = b"Date: a\r\ndate : b\r\nodd line\r\n\r\n\0\r" + b"x" * 1000 + b"\r\n"
    assert found(letter) == [
        "no From: header",
        "2 Date: headers, where there may be one",
        "a line among its headers that is none",
        "a NUL octet",
        "a carriage return that ends no line",
        "a line of 1,002 octets, where there may be 998",
    ]


def test_base64_with_odd_characters_is_said_once() -> None:
    part = b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\na*b\r\n"
    letter = b"From: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 3 + b"--b--\r\n"
    assert found(letter) == ["base64 with characters that don't belong there"]
