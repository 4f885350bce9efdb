"""SMTP smuggling: which false ends make two letters of one, under which setting, and what ends that."""

import pytest

from labkit import Lab, OutsideTheLab, Policy, UsageError
from labkit.attacker import smuggle
from labkit.attacker.report import Report, Verdict
from labkit.attacker.smuggle import SEQUENCES
from labkit.lab import usual
from labkit.recipient.mailbox import Received
from labkit.recipient.policy import RecipientPolicy

BASE = """
mynetworks = 192.0.2.0/24
mydestination = corp.example, mail.corp.example
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_forbid_bare_newline = {}
"""

# What Postfix takes for the end of a letter as long as it takes any line end: tests/postfix/test_smuggling.py.
BELIEVED = {"CRLF.LF", "CRLF.CRCRLF", "LF.CRLF", "LF.LF", "LF.CRCRLF", "CRCRLF.LF", "CRCRLF.CRCRLF"}
# Which of them hold a bare line feed.
BARE = {"CRLF.LF", "LF.CRLF", "LF.LF", "LF.CR", "LF.CRCRLF", "CR.LF", "CRCRLF.LF"}


def attack(lab: Lab, setting: str, *names: str) -> Report:
    lab.relay.policy = Policy.parse(BASE.format(setting))
    return lab.attacker.smuggle(names or SEQUENCES)


def letters(lab: Lab, address: str = "staff@corp.example") -> list[Received]:
    return lab.mailbox(address)


def test_the_table_has_every_lone_dot_between_line_ends_but_the_true_end() -> None:
    assert len(SEQUENCES) == 14
    assert all(b"\r\n.\r\n" not in sequence for sequence in SEQUENCES.values())
    assert SEQUENCES["LF.CRLF"] == b"\n.\r\n"
    assert SEQUENCES["CR.CR"] == b"\r.\r"


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_relay_that_takes_any_line_end_makes_two_letters_of_one(lab: Lab, name: str) -> None:
    report = attack(lab, "no", name)
    arrived = letters(lab)
    assert report.harm == (name in BELIEVED)
    assert len(arrived) == 1 + (name in BELIEVED)
    (attempt,) = report.attempts
    if name in BELIEVED:
        assert attempt.verdict is Verdict.DELIVERED
        assert arrived[1].text.startswith("Return-Path: <postmaster@webmail.example>\n")
        assert f"Message-ID: <{attempt.nonce}@" in arrived[1].text
    else:
        assert attempt.verdict is Verdict.NOT_SENT
        assert "MAIL FROM:<postmaster@webmail.example>" in arrived[0].text


@pytest.mark.parametrize("setting", ["normalize", "reject"])
def test_forbidding_bare_newlines_ends_it(lab: Lab, setting: str) -> None:
    report = attack(lab, setting)
    assert (report.harm, report.tried) == (0, len(SEQUENCES))
    assert "The attack fails." in repr(report)
    assert not any("Return-Path: <postmaster@webmail" in letter.text for letter in letters(lab))


def test_normalize_delivers_the_letter_in_one_piece_and_reject_refuses_it(lab: Lab) -> None:
    attack(lab, "normalize")
    assert len(letters(lab)) == len(SEQUENCES)
    lab.reset()
    report = attack(lab, "reject")
    refused = {name for name, one in zip(SEQUENCES, report.attempts, strict=True) if one.reply}
    assert refused == BARE
    assert len(letters(lab)) == len(SEQUENCES) - len(BARE)
    assert "7 × 550 5.5.2 mail.corp.example Error: bare <LF> received (to the final dot)" in repr(report)


def test_the_open_relay_excludes_everybody_from_the_check(lab: Lab) -> None:
    # smtpd_forbid_bare_newline_exclusions = $mynetworks, and here that is the whole world.
    assert lab.relay.policy.smtpd_forbid_bare_newline == "normalize"
    assert lab.attacker.smuggle("LF.LF").harm == 1


def test_who_may_not_pipeline_can_t_smuggle_either(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(BASE.format("no") + "smtpd_data_restrictions = reject_unauth_pipelining")
    report = lab.attacker.smuggle("LF.CRLF")
    assert (report.harm, report.refused) == (0, 1)
    assert "LF.CRLF: two letters out of one" in repr(report)
    assert "503 5.5.0 <DATA>: Data command rejected: Improper use of SMTP command pipelining" in repr(report)


def test_the_second_letter_has_an_envelope_that_the_provider_refuses(lab: Lab) -> None:
    report = attack(lab, "no", "LF.CRLF")
    asked, seen = report.findings
    assert "553 5.7.1 <postmaster@webmail.example>: Sender address rejected" in asked.proof
    assert "198.51.100.40" in seen.proof
    assert (asked.harm, seen.harm) == (False, False)
    two = report.transcripts[2]
    assert (two.client.address, two.server.name) == ("198.51.100.40", "relay")
    assert "took all 2 letters" in str(two)


@pytest.mark.parametrize("target", ["mx1", "mx2"])
def test_the_customers_servers_can_be_fooled_too(lab: Lab, target: str) -> None:
    assert lab.attacker.smuggle("LF.LF", target=target).harm == 0
    getattr(lab, target).bare_newline = "no"
    report = lab.attacker.smuggle("LF.LF", target=target)
    assert report.harm == 1
    assert letters(lab, "orders@customer.example")[-1].text.startswith("Return-Path: <postmaster@webmail")


def test_the_second_letter_passes_spf_and_dmarc_in_the_providers_name(lab: Lab) -> None:
    lab.mx1.bare_newline = "no"
    lab.mx1.checks = RecipientPolicy(spf="usual", dmarc="usual")
    assert lab.attacker.smuggle("LF.CRLF", target="mx1").harm == 1
    _, second = letters(lab, "orders@customer.example")
    assert second.text.startswith("Return-Path: <postmaster@webmail.example>")
    assert "spf=pass" in second.text
    assert "dmarc=pass" in second.text


def test_an_honest_letter_through_the_same_provider_arrives_whatever_is_set(lab: Lab) -> None:
    for setting in ("no", "normalize", "reject"):
        attack(lab, setting, "CR.CR")  # no line end of anybody's: the first letter is an honest one
    assert [letter.text.splitlines()[0] for letter in letters(lab)] == [
        "Return-Path: <guest@webmail.example>"
    ] * 3


def test_a_relay_that_is_gone_fools_nobody(lab: Lab) -> None:
    async def stop() -> None:
        lab.scenery.network.shut(usual.RELAY, 25)

    lab.wait_for(stop(), "the relay to stop")
    report = lab.attacker.smuggle("LF.LF")
    assert report.harm == 0
    assert "451 4.4.1 The next server can't be reached" in repr(report)


def test_the_provider_says_what_it_is_and_is_gone_afterwards(lab: Lab) -> None:
    report = lab.attacker.smuggle("LF.LF")
    assert "passes bare newlines on" in str(report.transcripts[0])
    assert not any(name.startswith("webmail") for name in lab.ports)
    assert lab.attacker.smuggle("LF.LF").harm == 1  # and it comes back


def test_the_report_is_the_same_on_every_run(lab: Lab) -> None:
    first = attack(lab, "no")
    lab.reset()
    second = attack(lab, "no")
    assert repr(first) == repr(second)
    assert [str(one) for one in first.transcripts] == [str(one) for one in second.transcripts]


@pytest.mark.parametrize("names", ["LF.LFLF", ["LF.LF", ""], "CRLF.CRLF"])
def test_an_unknown_false_end_is_said(lab: Lab, names: str) -> None:
    with pytest.raises(UsageError, match=r"is no false end\. There are: CRLF\.LF, "):
        lab.attacker.smuggle(names)


def test_an_unknown_target_is_said(lab: Lab) -> None:
    with pytest.raises(UsageError, match=r"'copier' can't be the target\. Choose one of relay, mx1, mx2\."):
        lab.attacker.smuggle(target="copier")


def test_nobody_outside_is_written_to(lab: Lab) -> None:
    scene = lab.attacker._scene(lambda attempt: None)
    work = smuggle.run(lab.scenery.network, usual.ATTACKER, usual.RELAY, scene, recipient="a@gmail.com")
    with pytest.raises(OutsideTheLab, match="could be somebody's real domain"):
        lab.wait_for(work, "an attack")
