"""Access tables: what is looked up, in which order, and what each action does (access(5))."""

import asyncio
from datetime import datetime

import pytest
from relay.place import Place, client, path, rcpt

from labkit import Policy
from labkit.relay.decide import Doorkeeper
from labkit.relay.rules.access import act
from labkit.relay.rules.case import Case, Effect, Subject
from labkit.smtp.envelope import Envelope, Session

NO_RULES = Policy(smtpd_relay_restrictions="")
FAR = "t@far.example"


def asked(
    rule: str, table: object, recipient: str = FAR, sender: str = "ceo@bank.example", **known: object
) -> str:
    """What the relay answers when one rule is asked for a recipient."""
    policy = NO_RULES.replace(smtpd_recipient_restrictions=[(rule, table)])
    return str(rcpt(policy, recipient, sender, client(**known)).reply)  # type: ignore[arg-type]


KEYS = [
    ("check_client_access", "mx.far.example", {"client_name": "mx.far.example"}),
    ("check_client_access", "far.example", {"client_name": "mx.far.example"}),
    ("check_client_access", "example", {"client_name": "mx.far.example"}),
    ("check_client_access", "unknown", {}),
    ("check_client_access", "203.0.113.66", {}),
    ("check_client_access", "203.0.113", {}),
    ("check_client_access", "203", {}),
    ("check_helo_access", "client.example", {}),
    ("check_helo_access", "example", {}),
    ("check_sender_access", "ceo@bank.example", {}),
    ("check_sender_access", "CEO@bank.example", {}),
    ("check_sender_access", "bank.example", {}),
    ("check_sender_access", "example", {}),
    ("check_sender_access", "ceo@", {}),
    ("check_recipient_access", "t@far.example", {}),
    ("check_recipient_access", "far.example", {}),
    ("check_recipient_access", "t@", {}),
]


@pytest.mark.parametrize(("rule", "key", "known"), KEYS)
def test_what_is_looked_up(rule: str, key: str, known: dict[str, object]) -> None:
    assert asked(rule, {key: "REJECT"}, **known).startswith("554 5.7.1 <")  # type: ignore[arg-type]


MISSED = [
    ("check_client_access", "bank.example"),
    ("check_client_access", "203.0.113.6"),
    ("check_client_access", "113.66"),
    ("check_helo_access", "far.example"),
    ("check_sender_access", "@bank.example"),
    ("check_sender_access", "ceo"),
    ("check_recipient_access", "ceo@bank.example"),
]


@pytest.mark.parametrize(("rule", "key"), MISSED)
def test_what_is_not_looked_up(rule: str, key: str) -> None:
    assert asked(rule, {key: "REJECT"}) == "250 2.1.5 Ok"


def test_the_whole_goes_before_its_parts() -> None:
    table = {"bank.example": "REJECT", "ceo@bank.example": "DUNNO", "ceo@": "DEFER"}
    assert asked("check_sender_access", table) == "250 2.1.5 Ok"


def test_patterns_are_asked_for_the_whole_only() -> None:
    assert asked("check_sender_access", "pcre:{ {/^bank/ REJECT} }") == "250 2.1.5 Ok"
    assert asked("check_sender_access", "pcre:{ {/^ceo@bank/ REJECT} }").startswith("554")
    assert asked("check_client_access", "cidr:{ {203.0.113.0/24 REJECT} }").startswith("554")


def test_the_null_sender_has_a_key_of_its_own() -> None:
    answer = asked("check_sender_access", {"<>": "REJECT no bounces"}, sender="")
    assert answer == "554 5.7.1 <>: Sender address rejected: no bounces"


def test_a_client_that_did_not_greet_is_in_no_table_of_greetings() -> None:
    assert asked("check_helo_access", {"client.example": "REJECT"}, helo="") == "250 2.1.5 Ok"


SUBJECTS = [
    ("check_client_access", "203.0.113.66", "<unknown[203.0.113.66]>: Client host rejected"),
    ("check_helo_access", "client.example", "<client.example>: Helo command rejected"),
    ("check_sender_access", "bank.example", "<ceo@bank.example>: Sender address rejected"),
    ("check_recipient_access", "far.example", "<t@far.example>: Recipient address rejected"),
]


@pytest.mark.parametrize(("rule", "key", "said"), SUBJECTS)
def test_a_refusal_names_what_was_looked_up(rule: str, key: str, said: str) -> None:
    assert asked(rule, {key: "REJECT"}) == f"554 5.7.1 {said}: Access denied"


ACTIONS = [
    ("OK", "250 2.1.5 Ok"),
    ("ok whatever", "250 2.1.5 Ok"),
    ("RELAY", "250 2.1.5 Ok"),
    ("1234", "250 2.1.5 Ok"),
    ("DUNNO", "250 2.1.5 Ok"),
    ("WARN look at this", "250 2.1.5 Ok"),
    ("REJECT", "554 5.7.1 <t@far.example>: Recipient address rejected: Access denied"),
    ("reject go away", "554 5.7.1 <t@far.example>: Recipient address rejected: go away"),
    ("REJECT 5.7.9 go away", "554 5.7.9 <t@far.example>: Recipient address rejected: go away"),
    ("REJECT 4.7.9 go away", "554 5.7.9 <t@far.example>: Recipient address rejected: go away"),
    ("REJECT 5.1.8 go away", "554 5.1.2 <t@far.example>: Recipient address rejected: go away"),
    ("REJECT 5.1.9 go away", "554 5.1.0 <t@far.example>: Recipient address rejected: go away"),
    ("DEFER", "450 4.7.1 <t@far.example>: Recipient address rejected: Access denied"),
    ("DEFER busy", "450 4.7.1 <t@far.example>: Recipient address rejected: busy"),
    ("451 4.3.0 later", "451 4.3.0 <t@far.example>: Recipient address rejected: later"),
    ("451 5.3.0 later", "451 4.3.0 <t@far.example>: Recipient address rejected: later"),
    ("550 gone", "550 5.7.1 <t@far.example>: Recipient address rejected: gone"),
    ("550 5.1.1", "550 5.1.1 <t@far.example>: Recipient address rejected: Access denied"),
    ("DEFER_IF_PERMIT", "450 4.7.1 <t@far.example>: Recipient address rejected: Service unavailable"),
    ("DEFER_IF_PERMIT wait", "450 4.7.1 <t@far.example>: Recipient address rejected: wait"),
    ("DEFER_IF_REJECT", "250 2.1.5 Ok"),
    ("HOLD", "250 2.1.5 Ok"),
    ("DISCARD", "250 2.1.5 Ok"),
    ("PREPEND X-Seen: yes", "250 2.1.5 Ok"),
    ("reject_plaintext_session", "450 4.7.1 Session encryption is required"),
    ("permit_mynetworks, reject", "554 5.7.1 <t@far.example>: Recipient address rejected: Access denied"),
    ("permit", "250 2.1.5 Ok"),
    ("450", "250 2.1.5 Ok"),
    ("no_such_rule", "451 4.3.5 Server configuration error"),
    ("check_sender_access inline:{}", "451 4.3.5 Server configuration error"),
]


@pytest.mark.parametrize(("action", "answer"), ACTIONS)
def test_what_an_action_does(action: str, answer: str) -> None:
    assert asked("check_recipient_access", {"far.example": action}) == answer


@pytest.mark.parametrize(
    ("enhanced", "said"), [("5.1.1", "5.1.7"), ("5.1.2", "5.1.8"), ("5.1.5", "5.1.0"), ("5.2.1", "5.2.1")]
)
def test_a_code_about_a_recipient_is_not_said_of_a_sender(enhanced: str, said: str) -> None:
    assert asked("check_sender_access", {"bank.example": f"REJECT {enhanced} no"}).split()[1] == said


def test_a_code_about_an_address_is_not_said_of_a_client() -> None:
    assert asked("check_client_access", {"203": "550 5.1.1 no"}).split()[1] == "5.0.0"


def test_a_table_can_ask_itself_no_more_than_a_hundred_times() -> None:
    table = "inline:{ {far.example = check_loop} }"
    case = Case(NO_RULES, Place(), client(), path("ceo@bank.example"), path(FAR))
    verdict = act(
        case, "reject_rbl_client bl.example, permit", "The table says so", Subject("x", "Client host")
    )
    assert verdict.effect is Effect.ASK
    assert verdict.rules == ("reject_rbl_client bl.example", "permit")
    assert asked("check_recipient_access", table).startswith("451 4.3.5")


def test_an_ok_for_somebody_who_is_to_be_sent_on_counts_for_nothing() -> None:
    policy = NO_RULES.replace(
        smtpd_relay_restrictions=[("check_recipient_access", {"partner.example": "OK"}), "reject"]
    )
    assert rcpt(policy, "t%far.example@partner.example").reply.code == 554


async def _talk(policy: Policy, *recipients: str) -> Doorkeeper:
    door = Doorkeeper(policy, Place())
    session = client()
    await door.at_mail(session, path("ceo@bank.example"))
    for recipient in recipients:
        await door.at_rcpt(session, path("ceo@bank.example"), path(recipient))
    return door


def marks_after(
    table: dict[str, str], *recipients: str, **settings: object
) -> tuple[bool, bool, tuple[str, ...]]:
    """Hold, discard and what is prepended, after these recipients were named."""
    policy = NO_RULES.replace(smtpd_recipient_restrictions=[("check_recipient_access", table)], **settings)
    marks = asyncio.run(_talk(policy, *recipients)).marks
    return marks.hold, marks.discard, marks.prepend


def test_marks_are_for_the_whole_letter() -> None:
    table = {"a.example": "HOLD", "b.example": "PREPEND X-B: 1", "c.example": "DISCARD"}
    assert marks_after(table, "x@far.example") == (False, False, ())
    assert marks_after(table, "x@a.example", "x@far.example") == (True, False, ())
    assert marks_after(table, "x@b.example", "y@b.example") == (False, False, ("X-B: 1", "X-B: 1"))
    assert marks_after(table, "x@c.example", "x@b.example") == (False, True, ())


def test_only_a_header_can_be_prepended() -> None:
    assert marks_after({"b.example": "PREPEND no header"}, "x@b.example") == (False, False, ())


def test_a_discarded_letter_is_refused_for_nobody() -> None:
    policy = NO_RULES.replace(
        smtpd_recipient_restrictions=[("check_recipient_access", {"c.example": "DISCARD"}), "reject"]
    )

    async def codes() -> list[int]:
        door = Doorkeeper(policy, Place())
        named = ["x@far.example", "x@c.example", "x@far.example", "nobody@corp.example"]
        return [(await door.at_rcpt(client(), path("a@b.example"), path(name))).reply.code for name in named]

    assert asyncio.run(codes()) == [554, 250, 250, 250]


def test_a_letter_that_has_not_begun_cannot_be_held() -> None:
    policy = NO_RULES.replace(
        smtpd_delay_reject=False, smtpd_client_restrictions=[("check_client_access", {"203": "HOLD"})]
    )

    async def held() -> bool:
        door = Doorkeeper(policy, Place())
        await door.at_connect(client())
        return door.marks.hold

    assert not asyncio.run(held())


def service(action: str | None) -> Place:
    """A place with a policy service that always says the same."""

    async def answer(name: str, _session: Session, envelope: Envelope, _now: datetime) -> str | None:
        assert name == "inet:127.0.0.1:10023"
        assert envelope == Envelope(path("ceo@bank.example"), path(FAR))
        return action

    return Place(policy_service=answer)


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("DUNNO", "250 2.1.5 Ok"),
        ("DEFER_IF_PERMIT Greylisted", "450 4.7.1 <t@far.example>: Recipient address rejected: Greylisted"),
        (None, "451 4.3.5 <t@far.example>: Recipient address rejected: Server configuration problem"),
    ],
)
def test_a_policy_service_answers_with_an_action(action: str | None, answer: str) -> None:
    policy = NO_RULES.replace(smtpd_recipient_restrictions="check_policy_service inet:127.0.0.1:10023")
    assert str(rcpt(policy, FAR, place=service(action)).reply) == answer
