"""What becomes of a letter for each recipient, whatever the mail hosts do."""

import asyncio
from collections.abc import Sequence

import pytest
from scripted import HANG_UP, SILENCE, SILENT, Scripted

from labkit import Lab, Policy
from labkit.lab.usual import LAPTOP
from labkit.relay.delivering.delivery import Delivery
from labkit.relay.delivering.outcome import Action, Outcome
from labkit.smtp.address import Path
from labkit.smtp.envelope import Letter, Notice


def address(text: str) -> Path:
    local, _, domain = text.rpartition("@")
    return Path(local, domain)


CONTENT = b"Subject: x\r\n\r\nhello\r\n"
TO_LAPTOP = "[198.51.100.77]"
WHERE = "198.51.100.77[198.51.100.77]"


def letter_to(*recipients: str, sender: str = "staff@corp.example", **more: object) -> Letter:
    return Letter(address(sender), tuple(map(address, recipients)), CONTENT, **more)  # type: ignore[arg-type]


def deliver(
    lab: Lab, letter: Letter, policy: Policy | None = None, *, to: str = "", waited: float = 0
) -> list[Outcome]:
    """Hand a letter over, and take leave; ``to`` is the destination, unless that is the recipient's."""

    async def go() -> list[Outcome]:
        delivery = Delivery(lab.relay.site, lambda: policy or Policy())
        found = await delivery.hand_over(letter, to or delivery.destination(letter.forward_paths[0]), waited)
        await delivery.hang_up()
        return found

    return lab.wait_for(go(), "a delivery")


def scripted(lab: Lab, **answers: object) -> list[str]:
    """Let the laptop be a mail server that answers so; what it hears."""
    heard: list[str] = []
    said = {"." if verb == "dot" else verb: answer for verb, answer in answers.items()}
    listening = lab.scenery.network.listen(LAPTOP, 25, lambda: Scripted(said, heard))  # type: ignore[arg-type]
    lab.wait_for(listening, "a scripted server")
    return heard


def short(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    return [(str(outcome.action), outcome.status) for outcome in outcomes]


# To whom nothing can be delivered

NAME = "Host or domain name not found. Name service error for name="
REFUSED = "host mx1.customer.example[198.51.100.25] said: 550 5.1.1 <nobody@customer.example>: Recipient address rejected: User unknown in local recipient table (in reply to RCPT TO command)"
UNDELIVERABLE = [
    ("x@nowhere.example", "failed", "5.4.4", f"{NAME}nowhere.example type=A: Host not found"),
    ("x@real-company.com", "failed", "5.4.4", f"{NAME}real-company.com type=A: Host not found"),
    ("x@nullmx.example", "failed", "5.1.0", "Domain nullmx.example does not accept mail (nullMX)"),
    ("nobody@customer.example", "failed", "5.1.1", REFUSED),
    ("nobody@corp.example", "failed", "5.1.1", 'unknown user: "nobody"'),
    ("x@[198.51.100.99]", "delayed", "4.4.1", "connect to 198.51.100.99[198.51.100.99]:25: No route to host"),
    ("x@[198.51.100.77]", "delayed", "4.4.1", f"connect to {WHERE}:25: Connection refused"),
]  # fmt: skip


@pytest.mark.parametrize(("recipient", "action", "status", "reason"), UNDELIVERABLE)
def test_what_cant_be_delivered_is_said_as_postfix_logs_it(
    lab: Lab, recipient: str, action: str, status: str, reason: str
) -> None:
    [found] = deliver(lab, letter_to(recipient))
    assert (found.path, found.action, found.status, found.reason) == (
        address(recipient),
        action,
        status,
        reason,
    )


# What a server can answer, and where

ANSWERS = [
    ({"MAIL": "451 4.3.0 later"}, "delayed", "4.3.0", f"host {WHERE} said: 451 4.3.0 later (in reply to MAIL FROM command)"),
    ({"MAIL": "550 no"}, "failed", "5.0.0", f"host {WHERE} said: 550 no (in reply to MAIL FROM command)"),
    ({"RCPT": "450 4.2.0 greylisted"}, "delayed", "4.2.0", f"host {WHERE} said: 450 4.2.0 greylisted (in reply to RCPT TO command)"),
    ({"RCPT": "550-5.1.1 no\r\n550 5.1.1 such user"}, "failed", "5.1.1", f"host {WHERE} said: 550-5.1.1 no 550 5.1.1 such user (in reply to RCPT TO command)"),
    ({"DATA": "554 5.7.1 no"}, "failed", "5.7.1", f"host {WHERE} said: 554 5.7.1 no (in reply to DATA command)"),
    ({"DATA": "250 2.0.0 what?"}, "failed", "5.5.0", f"Protocol error: host {WHERE} said: 250 2.0.0 what? (in reply to DATA command)"),
    ({"dot": "452 4.2.2 full"}, "delayed", "4.2.2", f"host {WHERE} said: 452 4.2.2 full (in reply to end of DATA command)"),
    ({"dot": "554 5.6.0 spam"}, "failed", "5.6.0", f"host {WHERE} said: 554 5.6.0 spam (in reply to end of DATA command)"),
    ({"greeting": "554 5.3.2 closed"}, "delayed", "4.3.2", f"host {WHERE} refused to talk to me: 554 5.3.2 closed"),
    ({"greeting": "421 4.3.2 busy"}, "delayed", "4.3.2", f"host {WHERE} refused to talk to me: 421 4.3.2 busy"),
    ({"EHLO": "421 4.3.2 busy"}, "delayed", "4.3.2", f"host {WHERE} refused to talk to me: 421 4.3.2 busy"),
    ({"EHLO": "502 5.5.1 what?", "HELO": "550 5.7.1 no"}, "failed", "5.7.1", f"host {WHERE} refused to talk to me: 550 5.7.1 no"),
    ({"EHLO": "502 5.5.1 what?"}, "relayed", "2.0.0", "250 2.0.0 taken"),
    ({}, "relayed", "2.0.0", "250 2.0.0 taken"),
    ({"greeting": HANG_UP}, "delayed", "4.4.2", f"lost connection with {WHERE} while receiving the initial server greeting"),
    ({"EHLO": HANG_UP}, "delayed", "4.4.2", f"lost connection with {WHERE} while performing the EHLO handshake"),
    ({"MAIL": HANG_UP}, "delayed", "4.4.2", f"lost connection with {WHERE} while sending MAIL FROM"),
    ({"RCPT": HANG_UP}, "delayed", "4.4.2", f"lost connection with {WHERE} while sending RCPT TO"),
    ({"DATA": HANG_UP}, "delayed", "4.4.2", f"lost connection with {WHERE} while sending DATA command"),
    ({"dot": HANG_UP}, "delayed", "4.4.2", f"lost connection with {WHERE} while sending end of data -- message may be sent more than once"),
]  # fmt: skip


@pytest.mark.parametrize(("answers", "action", "status", "reason"), ANSWERS)
def test_what_a_server_says_decides(
    lab: Lab, answers: dict[str, str | None], action: str, status: str, reason: str
) -> None:
    scripted(lab, **answers)
    [found] = deliver(lab, letter_to("a@x.example"), to=TO_LAPTOP)
    assert (found.action, found.status, found.reason) == (action, status, reason)


def test_each_recipient_has_an_outcome_of_his_own(lab: Lab) -> None:
    scripted(lab, RCPT=["250 2.1.5 Ok", "450 4.2.0 later", "550 5.1.1 no", "250 2.1.5 Ok"])
    found = deliver(lab, letter_to("a@x.example", "b@x.example", "c@x.example", "d@x.example"), to=TO_LAPTOP)
    assert short(found) == [
        ("relayed", "2.0.0"),
        ("delayed", "4.2.0"),
        ("failed", "5.1.1"),
        ("relayed", "2.0.0"),
    ]
    assert [outcome.path.local for outcome in found] == ["a", "b", "c", "d"]
    assert [outcome.host for outcome in found] == ["198.51.100.77"] * 4


def test_who_was_refused_stays_refused_when_the_server_hangs_up(lab: Lab) -> None:
    scripted(lab, RCPT=["550 5.1.1 no", "250 2.1.5 Ok"], DATA=HANG_UP)
    found = deliver(lab, letter_to("a@x.example", "b@x.example"), to=TO_LAPTOP)
    assert short(found) == [("failed", "5.1.1"), ("delayed", "4.4.2")]


PATIENCE = [
    ("greeting", 300, "receiving the initial server greeting"),
    ("EHLO", 300, "performing the EHLO handshake"),
    ("MAIL", 300, "sending MAIL FROM"),
    ("RCPT", 300, "sending RCPT TO"),
    ("DATA", 120, "sending DATA command"),
    ("dot", 600, "sending end of data -- message may be sent more than once"),
]


@pytest.mark.parametrize(("verb", "seconds", "doing"), PATIENCE)
def test_patience_with_a_silent_server_is_measured_in_lab_time(
    lab: Lab, verb: str, seconds: int, doing: str
) -> None:
    heard = scripted(lab, **{verb: SILENCE})

    async def wait() -> tuple[bool, list[Outcome]]:
        delivery = Delivery(lab.relay.site, Policy)
        work = asyncio.create_task(delivery.hand_over(letter_to("a@x.example"), TO_LAPTOP))
        while SILENT not in heard:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)  # real time: what was said before the silence is on its way
        await lab.scenery.clock.advance(seconds - 1)
        patient = not work.done()
        await lab.scenery.clock.advance(1)
        return patient, await work

    patient, [found] = lab.wait_for(wait(), "a silent server")
    assert patient
    assert (found.action, found.status) == (Action.DELAYED, "4.4.2")
    assert found.reason == f"conversation with {WHERE} timed out while {doing}"


# What is said behind MAIL and RCPT

WISHES = letter_to(
    "a@x.example",
    notices=(Notice(frozenset({"SUCCESS"}), "rfc822;old@y.example"),),
    ret="HDRS",
    envid="mark",
    body="8BITMIME",
)


def test_a_server_with_dsn_is_told_what_the_sender_wants_to_know(lab: Lab) -> None:
    heard = scripted(lab, EHLO="250-odd\r\n250-DSN\r\n250-SIZE\r\n250 8BITMIME")
    [found] = deliver(lab, WISHES, to=TO_LAPTOP)
    assert heard[1:3] == [
        "MAIL FROM:<staff@corp.example> SIZE=21 BODY=8BITMIME ENVID=mark RET=HDRS",
        "RCPT TO:<a@x.example> ORCPT=rfc822;old@y.example NOTIFY=SUCCESS",
    ]
    assert found.takes_notices


def test_a_server_without_extensions_hears_of_none(lab: Lab) -> None:
    heard = scripted(lab, EHLO="250 odd")
    [found] = deliver(lab, WISHES, to=TO_LAPTOP)
    assert heard[1:3] == ["MAIL FROM:<staff@corp.example>", "RCPT TO:<a@x.example>"]
    assert not found.takes_notices


def test_an_international_letter_needs_a_server_that_takes_it(lab: Lab) -> None:
    letter = letter_to("jörg@x.example", utf8=True)
    heard = scripted(lab)
    [found] = deliver(lab, letter, to=TO_LAPTOP)
    assert (found.action, found.status) == (Action.FAILED, "5.6.7")
    assert found.reason == f"SMTPUTF8 is required, but was not offered by host {WHERE}"
    assert not any(line.startswith("MAIL") for line in heard)


def test_a_server_with_smtputf8_gets_it(lab: Lab) -> None:
    heard = scripted(lab, EHLO="250-odd\r\n250-8BITMIME\r\n250 SMTPUTF8")
    [found] = deliver(lab, letter_to("jörg@x.example", utf8=True), to=TO_LAPTOP)
    assert found.action is Action.RELAYED
    assert heard[1:3] == ["MAIL FROM:<staff@corp.example> SMTPUTF8", "RCPT TO:<jörg@x.example>"]


def test_a_transaction_has_at_most_50_recipients(lab: Lab) -> None:
    heard = scripted(lab)
    found = deliver(lab, letter_to(*(f"u{number}@x.example" for number in range(120))), to=TO_LAPTOP)
    assert [outcome.action for outcome in found] == [Action.RELAYED] * 120
    verbs = [line.split()[0] for line in heard if line.split()]
    assert verbs.count("MAIL") == 3
    assert verbs.count("EHLO") == 1


def test_an_address_that_asks_for_routing_is_named_to_the_next_server_without_the_detour(lab: Lab) -> None:
    [found] = deliver(lab, letter_to("orders%customer.example@corp.example"))
    assert found.action is Action.RELAYED
    assert found.path == address("orders%customer.example@corp.example")
    assert len(lab.mailbox("orders@customer.example")) == 1


# Several hosts


def visits(lab: Lab) -> list[str]:
    return [session.server.name for session in lab.transcripts]


def test_the_second_host_gets_the_mail_when_the_first_is_down(lab: Lab) -> None:
    lab.mx1.fault = "down"
    [found] = deliver(lab, letter_to("orders@customer.example"))
    assert found.host == "mx2.customer.example"
    assert visits(lab) == ["mx1", "mx2"]


def test_the_second_host_gets_the_mail_when_the_first_is_no_more(lab: Lab) -> None:
    [found] = deliver(lab, letter_to("orders@dead.example"))
    assert (found.action, found.host) == (Action.RELAYED, "mx2.customer.example")


def test_when_every_host_is_down_the_last_one_is_named(lab: Lab) -> None:
    lab.mx1.fault = lab.mx2.fault = "down"
    [found] = deliver(lab, letter_to("orders@customer.example"))
    assert found.reason == "connect to mx2.customer.example[198.51.100.26]:25: Connection refused"


def test_who_is_put_off_by_one_host_gets_the_next(lab: Lab) -> None:
    lab.mx1.fault = "defer"
    [found] = deliver(lab, letter_to("orders@customer.example"))
    assert (found.action, found.host) == (Action.RELAYED, "mx2.customer.example")


def test_who_is_refused_by_one_host_doesnt_get_the_next(lab: Lab) -> None:
    deliver(lab, letter_to("nobody@customer.example"))
    assert visits(lab) == ["mx1"]


def test_a_silent_host_is_passed_over_until_the_courier_hangs_up(lab: Lab) -> None:
    lab.mx1.fault = "down"

    async def three() -> None:
        delivery = Delivery(lab.relay.site, Policy)
        for _ in range(2):
            await delivery.hand_over(letter_to("orders@customer.example"), "customer.example")
        await delivery.hang_up()
        await delivery.hand_over(letter_to("orders@customer.example"), "customer.example")
        await delivery.hang_up()

    lab.wait_for(three(), "three deliveries")
    assert visits(lab) == ["mx1", "mx2", "mx1", "mx2"]


def shares(lab: Lab) -> list[str]:
    async def many() -> list[str]:
        delivery = Delivery(lab.relay.site, Policy)
        found = [
            await delivery.hand_over(letter_to("orders@equal.example"), "equal.example") for _ in range(40)
        ]
        await delivery.hang_up()
        return [outcome.host for [outcome] in found]

    return lab.wait_for(many(), "many deliveries")


def test_equal_hosts_share_the_load_and_the_same_on_every_run(lab: Lab) -> None:
    first = shares(lab)
    assert 10 <= first.count("mx1.customer.example") <= 30
    assert set(first) == {"mx1.customer.example", "mx2.customer.example"}
    assert visits(lab) == ["mx1", "mx2"] or visits(lab) == ["mx2", "mx1"]
    assert shares(lab.reset()) == first


def test_an_equal_host_that_is_down_leaves_the_load_to_the_other(lab: Lab) -> None:
    lab.mx2.fault = "down"
    assert set(shares(lab)) == {"mx1.customer.example"}


# The fallback relay, and the smart host

FALLBACK = Policy(smtp_fallback_relay="[198.51.100.77]")


@pytest.mark.parametrize("recipient", ["x@nowhere.example", "x@[198.51.100.99]", "x@nullmx.example"])
def test_the_fallback_relay_gets_what_reached_nobody(lab: Lab, recipient: str) -> None:
    heard = scripted(lab)
    [found] = deliver(lab, letter_to(recipient), FALLBACK)
    assert found.action is Action.RELAYED
    assert f"RCPT TO:<{recipient}>" in heard


def test_the_fallback_relay_gets_nothing_that_was_delivered_or_refused(lab: Lab) -> None:
    heard = scripted(lab)
    found = deliver(lab, letter_to("orders@customer.example", "nobody@customer.example"), FALLBACK)
    assert short(found) == [("relayed", "2.0.0"), ("failed", "5.1.1")]
    assert heard == []


def test_mail_that_loops_doesnt_go_to_the_fallback_relay(lab: Lab) -> None:
    heard = scripted(lab)
    policy = Policy(smtp_fallback_relay="[198.51.100.77]", mydestination="corp.test")
    [found] = deliver(lab, letter_to("staff@corp.example"), policy)
    assert (found.status, found.reason) == ("5.4.6", "mail for corp.example loops back to myself")
    assert heard == []


@pytest.mark.parametrize(("relayhost", "fallback"), [("nowhere.example", ""), ("nullmx.example", ""), ("", "nowhere.example")])  # fmt: skip
def test_a_mistake_of_the_postmaster_costs_no_mail(lab: Lab, relayhost: str, fallback: str) -> None:
    lab.mx1.fault = lab.mx2.fault = "down"
    policy = Policy(relayhost=relayhost, smtp_fallback_relay=fallback)
    [found] = deliver(lab, letter_to("orders@customer.example"), policy)
    assert (found.action, found.status) == (Action.DELAYED, "4.3.5")


# soft_bounce


@pytest.mark.parametrize(("recipient", "status"), [("nobody@customer.example", "4.1.1"), ("x@nowhere.example", "4.4.4"), ("nobody@corp.example", "4.1.1")])  # fmt: skip
def test_nothing_fails_for_good_with_soft_bounce(lab: Lab, recipient: str, status: str) -> None:
    [found] = deliver(lab, letter_to(recipient), Policy(soft_bounce=True))
    assert (found.action, found.status) == (Action.DELAYED, status)


# Mailboxes here


def test_a_mailbox_of_the_relay_itself_gets_the_letter(lab: Lab) -> None:
    [found] = deliver(lab, letter_to("Director@corp.example"))
    assert (found.action, found.status, found.reason) == (Action.DELIVERED, "2.0.0", "delivered to mailbox")
    assert len(lab.mailbox("director@corp.example")) == 1


def test_a_full_mailbox_takes_no_more(lab: Lab) -> None:
    policy = Policy(mailbox_size_limit=60, message_size_limit=50)
    found = [deliver(lab, letter_to("staff@corp.example"), policy)[0] for _ in range(3)]
    assert [outcome.status for outcome in found] == ["2.0.0", "5.2.2", "5.2.2"]
    assert found[2].reason == (
        "cannot update mailbox /var/mail/staff for user staff. error writing message: File too large"
    )
    assert len(lab.mailbox("staff@corp.example")) == 1
