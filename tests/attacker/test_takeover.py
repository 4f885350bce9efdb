"""Takeover: what a stolen account can say, and which rules end how much of it."""

import pytest

from labkit import Lab, OutsideTheLab, Policy, UsageError

LOGINS = Policy.parse("""
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sender_login_maps = inline:{ sales@corp.example=sales, director@corp.example=director, staff@corp.example=staff }
""")
OWNED = LOGINS.replace(smtpd_sender_restrictions="reject_sender_login_mismatch")
DIRECTOR = "director@corp.example"


def test_a_stolen_account_speaks_as_anybody_where_nobody_asks_who_owns_an_address(lab: Lab) -> None:
    lab.relay.policy = LOGINS
    report = lab.attacker.takeover(6)
    assert report.delivered == report.harm == 6
    assert "as director@corp.example (2 of 2 found in mailboxes)" in repr(report)
    letters = lab.mailboxes[1]
    assert sum(letter.text.startswith(f"Return-Path: <{DIRECTOR}>") for letter in letters) == 2


def test_who_owns_an_address_ends_the_directors_letters(lab: Lab) -> None:
    lab.relay.policy = OWNED
    report = lab.attacker.takeover(6)
    shown = repr(report)
    assert "as sales@corp.example (2 of 2 found in mailboxes)" in shown
    assert "as director@corp.example (0 of 2 found in mailboxes)" in shown
    assert "553 5.7.1 <director@corp.example>: Sender address rejected: not owned by user sales" in shown
    assert lab.attacker.takeover(3, senders=DIRECTOR).harm == 0


def test_but_nobody_looks_at_what_the_letter_itself_says(lab: Lab) -> None:
    lab.relay.policy = OWNED
    report = lab.attacker.takeover(1, senders="sales@corp.example/The Director <director@corp.example>")
    assert report.delivered == 1
    assert "as sales@corp.example, From: The Director <director@corp.example> (1 of 1" in repr(report)
    (letter,) = lab.mailboxes[1]
    assert "\nFrom: The Director <director@corp.example>\n" in letter.text


def test_a_header_check_at_the_submission_port_ends_that_too(lab: Lab) -> None:
    lab.relay.policy = OWNED.replace(header_checks="pcre:{ {/^From:.*director@corp\\.example/ REJECT} }")
    assert lab.attacker.takeover(3).delivered == 1


def test_a_limit_makes_the_theft_small_and_loud(lab: Lab) -> None:
    lab.relay.policy = OWNED.replace(smtpd_client_message_rate_limit=5)
    report = lab.attacker.takeover(200, senders="sales@corp.example")
    assert report.delivered == 5
    assert "450 4.7.1 Error: too much mail from 203.0.113.66" in repr(report)


@pytest.mark.parametrize("user", ["staff", "director", "sales"])
def test_the_owners_still_send_as_themselves(lab: Lab, user: str) -> None:
    lab.relay.policy = OWNED.replace(smtpd_client_message_rate_limit=5)
    lab.relay.accounts.add(user, "new-password")
    honest = lab.laptop.send(sender=f"{user}@corp.example", user=user, password="new-password")
    assert honest.delivered == 1


def test_a_new_password_ends_it_all(lab: Lab) -> None:
    lab.relay.policy = LOGINS
    lab.relay.accounts.add("sales", "nine-green-kites")
    report = lab.attacker.takeover(3)
    assert (report.harm, report.delivered) == (0, 0)
    assert "The login was refused: 535 5.7.8" in repr(report)


def test_without_a_login_nothing_is_sent(lab: Lab) -> None:
    assert "3 × The server offers no AUTH on this connection." in repr(lab.attacker.takeover(3))


def test_mistakes_are_said(lab: Lab) -> None:
    with pytest.raises(UsageError, match="0 letters can't be sent"):
        lab.attacker.takeover(0)
    with pytest.raises(UsageError, match="is not an address"):
        lab.attacker.takeover(1, senders="not an address")
    with pytest.raises(UsageError, match="and a sender"):
        lab.attacker.takeover(1, senders=())
    assert len(lab.transcripts) == 0


def test_nobody_real_gets_a_letter(lab: Lab) -> None:
    from labkit.attacker import takeover
    from labkit.attacker.means.post import Login

    async def attack() -> None:
        scenery = lab.scenery
        hosts = scenery.network.hosts
        scene = lab.attacker._scene(lambda _: None)
        await takeover.run(
            scenery.network, hosts[-1], hosts[1], scene,
            login=Login("sales", "x"), senders=[DIRECTOR], recipients=["friend@real-company.com"],
        )  # fmt: skip

    with pytest.raises(OutsideTheLab, match=r"real-company\.com"):
        lab.wait_for(attack(), "an attack")
    assert len(lab.transcripts) == 0
