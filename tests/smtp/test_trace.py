"""Received: and Return-Path: lines (RFC 5321 section 4.4, RFC 3848)."""

import pytest

from labkit.clock import START
from labkit.network.addresses import Host
from labkit.smtp import trace
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Session

CLIENT = Host("laptop", "198.51.100.77")

PROTOCOLS = [
    ({}, "SMTP"),
    ({"extended": True}, "ESMTP"),
    ({"extended": True, "secure": True}, "ESMTPS"),
    ({"extended": True, "user": "staff"}, "ESMTPA"),
    ({"extended": True, "secure": True, "user": "staff"}, "ESMTPSA"),
]


@pytest.mark.parametrize(("said", "protocol"), PROTOCOLS)
def test_the_protocol_word_says_what_was_used(said: dict[str, bool | str], protocol: str) -> None:
    assert Session(CLIENT, 1, 25, **said).protocol == protocol


def test_received_names_client_server_and_the_only_recipient() -> None:
    session = Session(CLIENT, 1, 25, helo="laptop.example", extended=True)
    line = trace.received(
        session, "unknown", "mail.corp.example", "4B1", Path("orders", "customer.example"), START
    )
    assert line.decode().splitlines() == [
        "Received: from laptop.example (unknown [198.51.100.77])",
        "\tby mail.corp.example (Postfix) with ESMTP id 4B1",
        "\tfor <orders@customer.example>; Mon, 05 Jan 2026 09:00:00 +0000 (UTC)",
    ]


def test_received_names_nobody_where_there_are_several() -> None:
    line = trace.received(Session(CLIENT, 1, 25), "unknown", "mail.corp.example", "4B1", None, START)
    assert line.decode().splitlines()[1:] == [
        "\tby mail.corp.example (Postfix) with SMTP id 4B1;",
        "\tMon, 05 Jan 2026 09:00:00 +0000 (UTC)",
    ]


def test_the_null_reverse_path_is_written_as_empty_brackets() -> None:
    assert trace.return_path(NULL) == b"Return-Path: <>\r\n"


def test_what_a_server_writes_itself_was_received_from_nobody() -> None:
    assert trace.received_here("mail.corp.example", "4B1", START).decode().splitlines() == [
        "Received: by mail.corp.example (Postfix)",
        "\tid 4B1; Mon, 05 Jan 2026 09:00:00 +0000 (UTC)",
    ]


HOPS = [
    (b"Subject: x\r\n\r\nx\r\n", 0),
    (b"Received: from a\r\n\tby b\r\nRECEIVED: from c\r\n\r\nReceived: in the body\r\n", 2),
    (b"Subject: x\r\nX-Received: from a\r\nReceived: from b\r\n\r\n", 1),
    (b"Received: from a\r\n", 1),
    (b"", 0),
]


@pytest.mark.parametrize(("content", "hops"), HOPS)
def test_hops_are_counted_by_received_lines_in_the_header(content: bytes, hops: int) -> None:
    assert trace.hops(content) == hops
