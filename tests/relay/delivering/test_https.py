"""Answers of web servers, taken apart: what is read, and what is said about the rest."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import PeerError
from labkit.relay.delivering.https import read

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("heard", "answer"),
    [
        (
            OK + b"Content-Type: Text/Plain; charset=utf-8\r\nContent-Length: 2\r\n\r\nhi",
            (200, "text/plain", b"hi"),
        ),
        (OK + b"Content-Length: 1\r\n\r\nhi", (200, "", b"h")),
        (OK + b"\r\nhi\r\n\r\nyou", (200, "", b"hi\r\n\r\nyou")),
        (b"HTTP/1.0 404\r\n\r\n", (404, "", b"")),
        (b"HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/\r\n\r\n", (301, "", b"")),
    ],
)
def test_an_answer_is_read(heard: bytes, answer: tuple[int, str, bytes]) -> None:
    found = read("web.example", heard, 100)
    assert (found.status, found.media_type, found.body) == answer


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        (b"", "answered with something that isn't HTTP"),
        (b"220 mail.example ESMTP\r\n\r\n", "answered with something that isn't HTTP"),
        (OK + b"Content-Type: text/plain\r\n", "answered with something that isn't HTTP"),
        (OK + b"Content-Length: 3\r\n\r\nhi", "hung up before the file was complete"),
        (OK + b"Content-Length: 101\r\n\r\nhi", "sent a file of more than 100 octets"),
        (OK + b"\r\n" + 101 * b"x", "sent a file of more than 100 octets"),
        (OK + b"Content-Length: -1\r\n\r\n", "sent a length that is no number"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "sent the file in pieces"),
    ],
)
def test_what_cant_be_read_has_a_reason(heard: bytes, said: str) -> None:
    with pytest.raises(PeerError, match=re.escape(f"web.example {said}")):
        read("web.example", heard, 100)


@given(st.binary(max_size=200) | st.binary(max_size=200).map(OK.__add__))
def test_whatever_a_server_says(heard: bytes) -> None:
    try:
        said = f"web.example {read('web.example', heard, 50).status}"
    except PeerError as error:
        said = str(error)
    assert said.startswith("web.example ")
