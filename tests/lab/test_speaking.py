"""SMTP by hand: what was said, what wasn't, and that no line makes the lab wait for ever."""

from typing import Any

import pytest

from labkit import Lab, OutsideTheLab, UsageError
from labkit.lab.spoken import Spoken
from labkit.wire.reading.lines import lines

LETTER = """
EHLO workstation.corp.example
MAIL FROM:<staff@corp.example>
RCPT TO:<orders@customer.example>
DATA
From: The Director <director@corp.example>
Subject: By hand

Hello.
.
QUIT
"""


def said(session: Spoken) -> list[str]:
    """What the client said, as it crossed the wire."""
    return [line.text for line in lines(session) if line.who == "C"]


def test_a_letter_spoken_by_hand_arrives(lab: Lab) -> None:
    session = lab.workstation.speak(LETTER)
    assert said(session) == LETTER.strip().splitlines()
    assert session.remarks == ()
    text = lab.mailbox("orders@customer.example")[0].text
    assert text.startswith("Return-Path: <staff@corp.example>\n")
    assert "\nFrom: The Director <director@corp.example>\nSubject: By hand\n\nHello." in text


def test_a_list_of_lines_is_the_same(lab: Lab) -> None:
    one, other = lab.workstation.speak(LETTER), lab.workstation.speak(LETTER.strip().splitlines())
    assert said(one) == said(other)


def test_lines_that_are_indented_as_a_whole_are_said_as_if_they_were_not(lab: Lab) -> None:
    assert said(lab.workstation.speak("\n    EHLO x.example\n    QUIT\n")) == ["EHLO x.example", "QUIT"]


def test_the_session_is_a_transcript_with_all_that_one_has(lab: Lab) -> None:
    session = lab.attacker.speak(LETTER)
    assert "permit_mynetworks" in str(session.why("RCPT"))
    assert str(session) == str(lab.transcripts[1])
    assert session._repr_html_() == lab.transcripts[1]._repr_html_()
    assert "What changed" in repr(session.diff(lab.workstation.speak("QUIT")))


CASES: list[tuple[str, dict[str, Any], str, str]] = [
    # what is said, how, the last thing that the client says, a remark
    (LETTER.replace("\n.\n", "\n"), {}, "QUIT", "The letter has no end."),
    (LETTER.replace("\n.\n", "\n. \n"), {}, "QUIT", "The letter has no end."),
    ("EHLO x\nMAIL FROM:<>\nRCPT TO:<staff@corp.example>\nDATA", {}, "DATA", "The letter has no end."),
    (LETTER.replace("RCPT", "RCTP"), {}, "QUIT", "it answered DATA with 554. So the letter was not said."),
    ("DATA\nSubject: x\n\n.\nNOOP", {}, "NOOP", "it answered DATA with 503"),
    ("DATA\nSubject: x\nNOOP", {}, "NOOP", "it answered DATA with 503"),
    ("DATA\nNOOP", {}, "NOOP", ""),
    ("QUIT\nNOOP", {}, "QUIT", 'The server hung up. This line was not said: "NOOP".'),
    ("QUIT\nNOOP\nRSET", {}, "QUIT", '2 lines were not said, the first of them "NOOP".'),
    ("Subject: x\nNOOP", {}, "Subject: x", 'The server hung up. This line was not said: "NOOP".'),
    ("EHLO x\nBDAT 4 LAST\nabc", {}, "EHLO x", "BDAT counts every byte"),
    ("AUTH LOGIN\nabc\nNOOP", {"port": 587}, "NOOP", ""),
    ("", {}, "", ""),
    ("NOOP", {"port": 2525}, "", "relay [192.0.2.25] refuses connections on port 2525."),
    ("NOOP", {"port": 465}, "NOOP", ""),
    ("STARTTLS\nNOOP", {"server": "mx1"}, "NOOP", ""),
    ("STARTTLS\nNOOP", {}, "NOOP", ""),
    ("NOOP", {"server": "workstation"}, "", "workstation [192.0.2.50] refuses connections on port 25."),
    ("NOOP", {"server": "SMARTHOST.isp.example"}, "NOOP", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "how", "last", "remark"), CASES)
def test_what_is_said_and_what_there_is_to_say_about_it(
    lab: Lab, text: str, how: dict[str, Any], last: str, remark: str
) -> None:
    session = lab.workstation.speak(text, **how)
    assert ["", *said(session)][-1] == last
    assert remark in " ".join(session.remarks)
    assert bool(session.remarks) == bool(remark)
    assert session.ended
    assert len(lab.queue) == 0


FAULTS = {
    "slow": ("NOOP", 120, ""),
    "slow 600": ("", 300, "The server said nothing for 300 seconds of lab time"),
    "garbage": ("", 0, "mx1 answered with something that isn't SMTP"),
    "down": ("", 0, "mx1 [198.51.100.25] refuses connections"),
    "busy": ("", 0, 'This line was not said: "NOOP"'),
    "refuse": ("NOOP", 0, ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_in_trouble_costs_lab_time_at_most(lab: Lab, fault: str) -> None:
    last, seconds, remark = FAULTS[fault]
    lab.mx1.fault = fault
    session = lab.workstation.speak("NOOP", server="mx1")
    assert ["", *said(session)][-1] == last
    assert lab.scenery.clock.elapsed == seconds
    assert remark in " ".join(session.remarks)
    assert session.ended


def test_the_same_lines_give_the_same_session_on_every_run() -> None:
    shown = []
    for _ in range(2):
        with Lab() as lab:
            lab.mx1.fault = "slow"
            sessions = [lab.workstation.speak(LETTER, server=name) for name in ("relay", "mx1")]
            shown.append([*map(str, sessions), str(lab.transcripts)])
    assert shown[0] == shown[1]


def test_a_remark_stands_above_the_session_in_text_and_html(lab: Lab) -> None:
    session = lab.workstation.speak('QUIT\n"<NOOP>"')
    assert str(session).startswith('The server hung up. This line was not said: ""<NOOP>"".\n\nSession 1:')
    assert "<p>The server hung up. This line was not said: &quot;&quot;&lt;NOOP&gt;" in session.html()
    assert max(map(len, str(lab.workstation.speak(LETTER.replace("\n.\n", "\n"))).splitlines())) <= 118


MISTAKES: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
    (7, {}, UsageError, "This is 7"),
    (["NOOP", 7], {}, UsageError, "Give the lines as one text or as a list of texts"),
    ("EHLO x\nC: NOOP", {}, UsageError, "Line 2 begins with 'C:'. That mark belongs to the transcript"),
    ("S: 250 Ok", {}, UsageError, "Line 1 begins with 'S:'"),
    ("NOOP\n" * 10_001, {}, UsageError, "10,001 lines are more than anybody says by hand"),
    ("NOOP", {"port": 0}, UsageError, "0 is not a port"),
    ("NOOP", {"server": "mail.real-company.com"}, OutsideTheLab, "is no host of this lab"),
    ("rcpt to: <friend@real-company.com>", {}, OutsideTheLab, "could be somebody's real domain"),
]


@pytest.mark.parametrize(("given", "how", "error", "words"), MISTAKES)
def test_a_mistake_is_answered_before_anything_is_said(
    lab: Lab, given: Any, how: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        lab.workstation.speak(given, **how)
    assert len(lab.transcripts) == 0
