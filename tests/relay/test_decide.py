"""Which list is asked when, what a later list can change, and what is told of it."""

import asyncio

import pytest
from relay.place import Place, client, path, rcpt

from labkit import Policy
from labkit.relay.decide import Doorkeeper
from labkit.smtp.decision import Decision

BASE = Policy(smtpd_relay_restrictions="", smtpd_reject_unlisted_recipient=False)
CLIENT = "554 5.7.1 <unknown[203.0.113.66]>: Client host rejected: Access denied"
HELO = "554 5.7.1 <client.example>: Helo command rejected: Access denied"
SENDER = "554 5.7.1 <a@bank.example>: Sender address rejected: Access denied"
RECIPIENT = "554 5.7.1 <t@far.example>: Recipient address rejected: Access denied"
DATA = "554 5.7.1 <DATA>: Data command rejected: Access denied"

LISTS = {
    "smtpd_client_restrictions": CLIENT,
    "smtpd_helo_restrictions": HELO,
    "smtpd_sender_restrictions": SENDER,
    "smtpd_relay_restrictions": RECIPIENT,
    "smtpd_recipient_restrictions": RECIPIENT,
    "smtpd_data_restrictions": DATA,
}
EARLY = ["smtpd_client_restrictions", "smtpd_helo_restrictions", "smtpd_sender_restrictions"]


async def _session(policy: Policy, sender: str, recipients: tuple[str, ...]) -> list[Decision | None]:
    """The answers at CONNECT, HELO, MAIL, each RCPT, and DATA."""
    door, session = Doorkeeper(policy, Place()), client()
    found = [
        await door.at_connect(client(helo="")),
        await door.at_helo(session),
        await door.at_mail(session, path(sender)),
    ]
    found += [await door.at_rcpt(session, path(sender), path(recipient)) for recipient in recipients]
    return [*found, await door.at_data(session, path(sender), [path(name) for name in recipients])]


def answers(policy: Policy, sender: str = "a@bank.example", *recipients: str) -> list[str]:
    """The refusals at each command, or an empty text."""
    found = asyncio.run(_session(policy, sender, recipients or ("t@far.example",)))
    return [str(one.reply) if one and not one.reply.is_positive else "" for one in found]


@pytest.mark.parametrize("name", LISTS)
def test_the_same_word_refuses_what_the_list_is_about(name: str) -> None:
    place = 4 if name == "smtpd_data_restrictions" else 3
    expected = ["", "", "", "", ""]
    expected[place] = LISTS[name]
    assert answers(BASE.replace(**{name: "reject"})) == expected


@pytest.mark.parametrize("name", EARLY)
def test_without_delay_the_early_lists_refuse_at_once(name: str) -> None:
    expected = ["", "", "", "", ""]
    expected[EARLY.index(name)] = LISTS[name]
    policy = BASE.replace(smtpd_delay_reject=False, **{name: "reject"})
    assert answers(policy) == expected


def test_delayed_lists_know_the_recipient() -> None:
    policy = BASE.replace(smtpd_client_restrictions="reject_unauth_destination")
    assert answers(policy)[3] == "554 5.7.1 <t@far.example>: Relay access denied"
    assert answers(policy.replace(smtpd_delay_reject=False)) == [""] * 5


def test_a_permission_holds_for_its_list_only() -> None:
    policy = BASE.replace(
        smtpd_client_restrictions="permit",
        smtpd_relay_restrictions="permit",
        smtpd_recipient_restrictions="reject",
    )
    assert answers(policy)[3] == RECIPIENT


def test_relay_restrictions_come_before_recipient_restrictions() -> None:
    policy = BASE.replace(smtpd_relay_restrictions="defer", smtpd_recipient_restrictions="reject")
    assert answers(policy)[3].startswith("450 4.3.2")


def test_at_data_a_single_recipient_is_still_known() -> None:
    policy = BASE.replace(smtpd_data_restrictions="reject_unauth_destination")
    assert answers(policy)[-1] == "554 5.7.1 <t@far.example>: Relay access denied"
    assert answers(policy, "a@bank.example", "t@far.example", "u@far.example")[-1] == ""


WAIT = "450 4.7.0 <{name}>: {part} rejected: defer_if_{what} requested"
CLIENT_WAITS = WAIT.format(name="unknown[203.0.113.66]", part="Client host", what="permit")
RECIPIENT_WAITS = WAIT.format(name="t@far.example", part="Recipient address", what="permit")
RECIPIENT_MAY_RETRY = WAIT.format(name="t@far.example", part="Recipient address", what="reject")
DATA_WAITS = WAIT.format(name="DATA", part="Data command", what="permit")

DEFERRALS = [
    ({"smtpd_client_restrictions": "defer_if_permit"}, ["", "", "", CLIENT_WAITS, ""]),
    ({"smtpd_client_restrictions": "defer_if_permit, permit"}, ["", "", "", CLIENT_WAITS, ""]),
    (
        {"smtpd_client_restrictions": "defer_if_permit", "smtpd_recipient_restrictions": "reject"},
        ["", "", "", RECIPIENT, ""],
    ),
    (
        {"smtpd_client_restrictions": "defer_if_permit", "smtpd_recipient_restrictions": "defer_if_permit"},
        ["", "", "", CLIENT_WAITS, ""],
    ),
    ({"smtpd_recipient_restrictions": "defer_if_permit, permit"}, ["", "", "", RECIPIENT_WAITS, ""]),
    ({"smtpd_recipient_restrictions": "defer_if_reject, reject"}, ["", "", "", RECIPIENT_MAY_RETRY, ""]),
    ({"smtpd_recipient_restrictions": "defer_if_reject, permit"}, [""] * 5),
    (
        {"smtpd_client_restrictions": "defer_if_reject", "smtpd_recipient_restrictions": "reject"},
        ["", "", "", RECIPIENT, ""],
    ),
    (
        {"smtpd_relay_restrictions": "defer_if_reject", "smtpd_recipient_restrictions": "reject"},
        ["", "", "", RECIPIENT_MAY_RETRY, ""],
    ),
    ({"smtpd_recipient_restrictions": "defer_if_reject, defer_if_permit, reject"}, ["", "", "", RECIPIENT_WAITS, ""]),
    ({"smtpd_data_restrictions": "defer_if_permit"}, ["", "", "", "", DATA_WAITS]),
    ({"smtpd_recipient_restrictions": "defer_if_reject, defer"}, ["", "", "", RECIPIENT.replace("554 5.7.1", "450 4.3.2").replace("Access denied", "Try again later"), ""]),
]  # fmt: skip


@pytest.mark.parametrize(("lists", "expected"), DEFERRALS)
@pytest.mark.parametrize("delay", [True, False])
def test_what_earlier_rules_want_said_instead(
    lists: dict[str, str], expected: list[str], delay: bool
) -> None:
    assert answers(BASE.replace(smtpd_delay_reject=delay, **lists)) == expected


def test_a_deferral_says_why() -> None:
    decision = rcpt(BASE.replace(smtpd_client_restrictions="defer_if_permit, permit"), "t@far.example")
    assert decision.rule == "defer_if_permit"
    assert decision.reason.endswith(", so what other rules permit has to wait.")


def test_everything_that_was_asked_is_told_in_order() -> None:
    policy = BASE.replace(
        smtpd_client_restrictions="permit_mynetworks",
        smtpd_relay_restrictions="permit_mynetworks, reject_unauth_destination",
    )
    decision = rcpt(policy, "t@far.example")
    not_ours = "far.example is not a domain of this relay, and no earlier rule permitted it"
    assert decision.tried == (
        ("permit_mynetworks", "The client's address 203.0.113.66 is not in mynetworks", "goes on"),
        ("smtpd_client_restrictions", "No rule of this list has decided", "permits"),
        ("permit_mynetworks", "The client's address 203.0.113.66 is not in mynetworks", "goes on"),
        ("reject_unauth_destination", not_ours, "refuses"),
    )
    assert decision.reason == f"{not_ours}."


def test_a_deferral_is_told_apart_from_a_refusal() -> None:
    assert rcpt(BASE.replace(smtpd_relay_restrictions="defer"), "t@far.example").tried[-1].said == "defers"


def test_the_postmaster_is_asked_about_nowhere() -> None:
    nobody = BASE.replace(smtpd_client_restrictions="reject", smtpd_recipient_restrictions="reject")
    assert rcpt(nobody, "PostMaster").reply.code == 250
    assert rcpt(nobody, "postmaster@corp.example").reply.code == 554


def test_whether_a_recipient_exists_is_asked_once() -> None:
    policy = BASE.replace(
        smtpd_reject_unlisted_recipient=True, smtpd_recipient_restrictions="reject_unlisted_recipient"
    )
    decision = rcpt(policy, "nobody@corp.example")
    assert decision.rule == "reject_unlisted_recipient"
    assert [step.rule for step in decision.tried] == ["reject_unlisted_recipient"]
    assert rcpt(BASE, "nobody@corp.example").reply.code == 250


async def _etrn(policy: Policy) -> Decision | None:
    door = Doorkeeper(policy, Place())
    return await door.at_etrn(client())


@pytest.mark.parametrize(
    ("lists", "answer"),
    [
        ({}, None),
        ({"smtpd_client_restrictions": "reject"}, CLIENT),
        ({"smtpd_helo_restrictions": "reject"}, HELO),
        ({"smtpd_client_restrictions": "defer_if_permit"}, CLIENT_WAITS),
        ({"smtpd_sender_restrictions": "reject", "smtpd_relay_restrictions": "reject"}, None),
    ],
)
def test_at_etrn_there_are_a_client_and_a_greeting(lists: dict[str, str], answer: str | None) -> None:
    found = asyncio.run(_etrn(BASE.replace(**lists)))
    assert (str(found.reply) if found else None) == answer


async def _vrfy(policy: Policy) -> Decision:
    return await Doorkeeper(policy, Place()).at_rcpt(client(), None, path("t@far.example"))


def test_vrfy_has_no_sender() -> None:
    assert asyncio.run(_vrfy(BASE.replace(smtpd_sender_restrictions="reject"))).reply.code == 250
    assert asyncio.run(_vrfy(BASE.replace(smtpd_relay_restrictions="reject"))).reply.code == 554


async def _letters(policy: Policy) -> list[bool]:
    door, session, found = Doorkeeper(policy, Place()), client(), []
    for sender in ("a@bank.example", "b@far.example"):
        door.forget_letter()
        await door.at_mail(session, path(sender))
        await door.at_rcpt(session, path(sender), path("t@far.example"))
        found.append(door.marks.hold)
    return found


@pytest.mark.parametrize("delay", [True, False])
def test_marks_are_for_one_letter(delay: bool) -> None:
    rules = [("check_sender_access", {"bank.example": "HOLD"})]
    policy = BASE.replace(smtpd_delay_reject=delay, smtpd_sender_restrictions=rules)
    assert asyncio.run(_letters(policy)) == [True, False]
