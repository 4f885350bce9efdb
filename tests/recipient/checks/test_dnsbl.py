"""The check: who is on a list, and which answers of a list count."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.lab import usual
from labkit.lab.lab import Lab
from labkit.network.addresses import Host
from labkit.recipient.checks import dnsbl
from labkit.recipient.checks.dnsbl import Answer, decide
from labkit.recipient.checks.verdict import Message, Verdict
from labkit.smtp.address import NULL
from labkit.smtp.envelope import Session

SIX = Host("six", "2001:db8::66")
NIBBLES = "6.6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
Check = Callable[..., Verdict]


@pytest.fixture
def check(lab: Lab) -> Check:
    """``check(host, *lists)`` is what the check says about a client."""

    def check(client: Host, *lists: str) -> Verdict:
        message, session = Message(b"\xff\0", NULL, NULL), Session(client, 1, 25)
        work = dnsbl.check(message, session, lab.scenery.resolver, lists or dnsbl.LISTS)
        return lab.wait_for(work, "an answer")

    return check


def test_an_address_on_the_list_is_found_with_the_lists_own_words(check: Check) -> None:
    assert check(usual.ATTACKER) == Verdict(
        "listed",
        "bl.example lists 203.0.113.66: 203.0.113.66 has sent spam.",
        (
            ("list", "bl.example"),
            ("text", "203.0.113.66 has sent spam."),
            ("client", "203.0.113.66"),
            ("bl.example", "127.0.0.2"),
        ),
    )


def test_another_isnt(check: Check) -> None:
    assert check(usual.RELAY) == Verdict(
        "not listed",
        "No list that was asked has 192.0.2.25.",
        (("client", "192.0.2.25"), ("bl.example", "doesn't have it")),
    )


def test_an_ipv6_address_is_asked_for_by_its_nibbles(lab: Lab, check: Check) -> None:
    assert check(SIX).result == "not listed"
    lab.dns.add(f"{NIBBLES}.bl.example. IN A 127.0.0.3")
    assert check(SIX).reason == "bl.example lists 2001:db8::66."


def test_of_several_lists_the_first_that_has_it_is_named(lab: Lab, check: Check) -> None:
    lab.dns.add("25.2.0.192.second.example. IN A 127.0.0.2\n25.2.0.192.third.example. IN A 127.0.0.4")
    verdict = check(usual.RELAY, "bl.example", "second.example", "third.example")
    assert (verdict.result, verdict.shows("list"), verdict.shows("third.example")) == (
        "listed",
        "second.example",
        "127.0.0.4",
    )


def test_silence_is_held_against_nobody(lab: Lab, check: Check) -> None:
    lab.dns.faults["bl.example"] = "servfail"
    verdict = check(usual.ATTACKER)
    assert (verdict.result, verdict.shows("bl.example")) == ("temperror", "gave no answer")
    lab.dns.add("66.113.0.203.second.example. IN A 127.0.0.2")
    assert check(usual.ATTACKER, "bl.example", "second.example").result == "listed"
    assert check(usual.ATTACKER, "bl.example", "empty.example").result == "not listed"


def test_a_list_that_lists_everybody_lists_nobody(lab: Lab, check: Check) -> None:
    lab.dns.add("1.0.0.127.bl.example. IN A 127.0.0.2")
    verdict = check(usual.ATTACKER)
    assert verdict.result == "not listed"
    assert verdict.shows("bl.example") == "has 127.0.0.1 on it, so it lists everybody (RFC 5782 section 5)"


def test_an_answer_outside_127_is_no_listing(lab: Lab, check: Check) -> None:
    lab.dns.add("25.2.0.192.sold.example. IN A 203.0.113.80")
    verdict = check(usual.RELAY, "sold.example")
    assert verdict.result == "not listed"
    assert "answered 203.0.113.80, which is no answer of a list" in verdict.shows("sold.example")


def test_a_text_of_many_lines_stays_on_one(lab: Lab, check: Check) -> None:
    lab.dns.add(
        f'25.2.0.192.long.example. IN A 127.0.0.2\n25.2.0.192.long.example. IN TXT "a\\010\\000{"b" * 600}"'
    )
    (line,) = check(usual.RELAY, "long.example").shows("text").splitlines()
    assert len(line) == 200


CODES = st.none() | st.lists(st.ip_addresses(v=4).map(str) | st.just("127.0.0.2"), max_size=3).map(tuple)
ANSWERS = st.lists(
    st.builds(Answer, st.just("bl.example"), CODES, st.text(max_size=9), st.booleans()), max_size=4
)


@given(ANSWERS)
def test_whatever_lists_say_there_is_a_verdict(answers: list[Answer]) -> None:
    verdict = decide("192.0.2.1", answers)
    says = any(a.codes and not a.lists_all and all(c.startswith("127.") for c in a.codes) for a in answers)
    assert (verdict.result == "listed") == says
    assert verdict.result in ("listed", "not listed", "temperror")
    assert verdict.reason
