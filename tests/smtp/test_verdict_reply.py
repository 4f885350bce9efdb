"""The answers of large mailbox providers: the codes that they publish, and nothing that a stranger adds."""

import pytest

from labkit.smtp import verdict_reply
from labkit.smtp.verdict_reply import failed

NAMES = {
    "domain": "corp.example",
    "address": "192.0.2.25",
    "sender": "192.0.2.25",
    "recipient": "orders@customer.example",
    "list": "bl.example",
    "text": "",
    "seconds": "300",
}


@pytest.mark.parametrize(
    ("what", "for_now", "status"),
    [
        ("dnsbl", False, "554 5.7.1"),
        ("spf", False, "550 5.7.26"),
        ("spf", True, "421 4.7.27"),
        ("dkim", False, "550 5.7.30"),
        ("dmarc", False, "550 5.7.26"),
        ("dmarc", True, "451 4.7.26"),
        ("unwanted", False, "550 5.7.1"),
        ("dangerous", False, "552 5.7.0"),
        ("too big", False, "552 5.3.4"),
        ("malformed", False, "554 5.6.0"),
        ("greylist", True, "450 4.2.0"),
        ("speed", True, "421 4.7.28"),
        ("speed", False, "550 5.7.28"),
        ("bulk PTR", True, "421 4.7.23"),
        ("bulk PTR", False, "550 5.7.25"),
        ("bulk TLS", True, "421 4.7.29"),
        ("bulk DMARC record", True, "421 4.7.40"),
        ("bulk alignment", True, "421 4.7.32"),
        ("bulk alignment", False, "550 5.7.515"),
        ("bulk one-click unsubscribe", False, "550 5.7.1"),
    ],
)
def test_the_codes(what: str, for_now: bool, status: str) -> None:
    assert failed(what, for_now=for_now, **NAMES).status == status


@pytest.mark.parametrize("what", verdict_reply._ANSWERS)
@pytest.mark.parametrize("for_now", [True, False])
def test_every_answer_is_complete_and_one_line(what: str, for_now: bool) -> None:
    hostile = dict.fromkeys(NAMES, "x\r\n250 2.0.0 Ok {domain}")
    for names in (NAMES, hostile):
        answer = failed(what, for_now=for_now, **names)
        assert answer.is_transient is for_now
        assert answer.enhanced[0] == str(answer.code)[0]
        assert answer.wire.count(b"\n") == 1
    assert "{" not in failed(what, for_now=for_now, **NAMES).text


def test_a_list_may_say_why() -> None:
    text = "Service unavailable; Client host [192.0.2.25] blocked using bl.example"
    assert failed("dnsbl", for_now=False, **NAMES).text == text
    assert failed("dnsbl", for_now=False, **(NAMES | {"text": "spam"})).text == f"{text}; spam"
