"""The rules that ask the DNS: senders' domains and block lists."""

import asyncio

import pytest
from relay.place import Place, case, client, rcpt

from labkit import Policy
from labkit.relay.decide import Doorkeeper
from labkit.relay.rules.case import Effect
from labkit.relay.rules.lookups import Listing, Standing, listed_client, sender_domain

ZONE = r"""
good.example.        IN MX 10 mx.good.example.
mx.good.example.     IN A  198.51.100.25
host.example.        IN A  198.51.100.26
six.example.         IN AAAA 2001:db8::1
nullmx.example.      IN MX 0 .
empty.example.       IN TXT "nothing here"
66.113.0.203.bl.example.  IN A 127.0.0.2
66.113.0.203.bl.example.  IN TXT "Listed; see \"https://bl.example/\"" " here"
66.113.0.203.two.example. IN A 127.0.0.4
66.113.0.203.two.example. IN A 127.0.0.10
66.113.0.203.two.example. IN TXT "one"
66.113.0.203.two.example. IN TXT "tw\195\182"
66.113.0.203.dumb.example. IN A 127.0.0.2
"""
NO_RULES = Policy(smtpd_relay_restrictions="", smtpd_recipient_restrictions="reject_unknown_sender_domain")
SENDER = "Sender address rejected"


@pytest.mark.parametrize(
    ("sender", "answer"),
    [
        ("x@good.example", "250 2.1.5 Ok"),
        ("x@host.example", "250 2.1.5 Ok"),
        ("x@six.example", "250 2.1.5 Ok"),
        ("", "250 2.1.5 Ok"),
        ("root", "250 2.1.5 Ok"),
        ("x@[192.0.2.1]", "250 2.1.5 Ok"),
        ("nobody@corp.example", "250 2.1.5 Ok"),
        ("x@nx.example", f"450 4.1.8 <x@nx.example>: {SENDER}: Domain not found"),
        ("x@empty.example", f"450 4.1.8 <x@empty.example>: {SENDER}: Domain not found"),
        ("x@silent.example", f"450 4.1.8 <x@silent.example>: {SENDER}: Domain not found"),
        (
            "x@nullmx.example",
            f"550 5.7.27 <x@nullmx.example>: {SENDER}: Domain nullmx.example does not accept mail (nullMX)",
        ),
    ],
)
def test_senders_to_whom_nobody_could_answer(sender: str, answer: str) -> None:
    place = Place(ZONE, silent=frozenset({"silent.example"}))
    assert str(rcpt(NO_RULES, "t@far.example", sender, place=place).reply) == answer


def test_a_missing_answer_yields_to_a_later_refusal() -> None:
    policy = NO_RULES.replace(smtpd_recipient_restrictions="reject_unknown_sender_domain, reject")
    place = Place(ZONE, silent=frozenset({"silent.example"}))
    decision = rcpt(policy, "t@far.example", "x@silent.example", place=place)
    assert (decision.reply.code, decision.rule) == (554, "reject")


def blocked(entry: str, **given: object) -> str:
    """What the relay answers a client that may be on this list."""
    policy = Policy(smtpd_relay_restrictions="", smtpd_client_restrictions=f"reject_rbl_client {entry}")
    return str(rcpt(policy, "t@far.example", place=Place(ZONE, **given)).reply)  # type: ignore[arg-type]


LISTED = "554 5.7.1 Service unavailable; Client host [203.0.113.66] blocked using"


def test_a_listed_client_is_told_where_and_why() -> None:
    assert blocked("bl.example") == f'{LISTED} bl.example; Listed; see "https://bl.example/" here'
    assert blocked("two.example") == f"{LISTED} two.example; one / tw__"
    assert blocked("dumb.example") == f"{LISTED} dumb.example"


def test_who_is_not_listed_passes() -> None:
    assert blocked("other.example") == "250 2.1.5 Ok"


def test_a_list_that_gives_no_answer_blocks_nobody() -> None:
    assert blocked("bl.example", silent=frozenset({"66.113.0.203.bl.example"})) == "250 2.1.5 Ok"


@pytest.mark.parametrize(
    ("wanted", "effect"),
    [
        ("127.0.0.2", Effect.REFUSE),
        ("127.0.0.3", Effect.GO_ON),
        ("127.0.0.[2;9]", Effect.REFUSE),
        ("127.0.[0..1].[1..3]", Effect.REFUSE),
        ("127.0.0.[3..5]", Effect.GO_ON),
        ("127.0.0", Effect.GO_ON),
    ],
)
def test_some_codes_of_a_list_can_be_chosen(wanted: str, effect: Effect) -> None:
    found = Listing(answered=True, codes=("127.0.0.2", "127.0.0.77"))
    assert listed_client(case(NO_RULES), f"bl.example={wanted}", found).effect is effect


def test_the_address_is_asked_for_backwards() -> None:
    place = Place(ZONE)
    policy = Policy(smtpd_relay_restrictions="", smtpd_client_restrictions="reject_rbl_client bl.example")
    rcpt(policy, "t@far.example", session=client("2001:db8::1"), place=place)
    assert place.asked == [f"1.{'0.' * 23}8.b.d.0.1.0.0.2.bl.example A"]


def test_nothing_is_asked_before_a_rule_is_reached() -> None:
    place = Place(ZONE)
    policy = NO_RULES.replace(
        smtpd_client_restrictions="permit, reject_rbl_client bl.example",
        smtpd_recipient_restrictions="reject, reject_unknown_sender_domain",
    )
    rcpt(policy, "t@far.example", "x@good.example", place=place)
    assert place.asked == []


def test_only_the_greeting_has_to_wait_for_nothing() -> None:
    place = Place(ZONE)
    policy = NO_RULES.replace(
        smtpd_delay_reject=False, smtpd_client_restrictions="reject_rbl_client bl.example"
    )
    refusal = asyncio.run(Doorkeeper(policy, place).at_connect(client()))
    assert refusal
    assert refusal.reply.code == 554


def test_what_is_decided_follows_from_what_was_fetched() -> None:
    given = case(NO_RULES, sender="x@far.example")
    assert sender_domain(given, "far.example", Standing(takes_mail=True)).effect is Effect.GO_ON
    assert sender_domain(given, "far.example", Standing()).effect is Effect.REFUSE
    assert sender_domain(given, "far.example", Standing(certain=False)).effect is Effect.DEFER_IF_PERMIT
