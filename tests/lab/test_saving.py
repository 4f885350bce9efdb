"""Saving from the lab: a session, a report, a whole run; and the same file on every run."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from labkit import Lab, Policy, UsageError

OPEN = Policy(mynetworks="0.0.0.0/0", smtp_tls_security_level="none")
CLOSED = OPEN.replace(mynetworks="192.0.2.0/24")
SUFFIXES = ("html", "txt", "jsonl", "pcapng")


def read(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text("ascii").splitlines()]


def attack(lab: Lab) -> Lab:
    """An attack that works, a wait, and one that fails."""
    lab.relay.policy = OPEN
    lab.attacker.spam(5)
    lab.wait(15)
    lab.relay.policy = CLOSED
    lab.attacker.spam(5)
    return lab


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_whole_run_is_the_same_file_every_time(lab: Lab, tmp_path: Path, suffix: str) -> None:
    attack(lab).transcripts.save(tmp_path / f"first.{suffix}")
    attack(lab.reset()).transcripts.save(tmp_path / f"second.{suffix}")
    assert (tmp_path / f"first.{suffix}").read_bytes() == (tmp_path / f"second.{suffix}").read_bytes()


def test_a_whole_run_holds_every_session(lab: Lab, tmp_path: Path) -> None:
    said = attack(lab).transcripts.save(tmp_path / "run.jsonl")
    objects = read(tmp_path / "run.jsonl")
    numbers = [each["session"] for each in objects if each["kind"] == "session"]
    assert numbers == [session.number for session in lab.transcripts]
    assert said.sessions == objects[0]["sessions"] == len(lab.transcripts)
    assert objects[0]["title"] == f"{len(numbers)} recorded sessions"


def test_a_report_is_saved_with_its_attempts_and_sessions(lab: Lab, tmp_path: Path) -> None:
    report = attack(lab).attacker.spam(5)
    report.save(tmp_path / "report.jsonl")
    objects = read(tmp_path / "report.jsonl")
    facts = {"who", "what", "goal", "tried", "accepted", "refused", "delivered", "harm"}
    assert objects[1] == {"kind": "report"} | {fact: getattr(report, fact) for fact in facts}
    attempts = [each for each in objects if each["kind"] == "attempt"]
    assert [each["nonce"] for each in attempts] == [attempt.nonce for attempt in report.attempts]
    assert {(each["verdict"], each["step"]) for each in attempts} == {("deferred", "RCPT")}
    assert [each["session"] for each in objects if each["kind"] == "session"] == [
        session.number for session in report.transcripts
    ]


def test_a_report_is_saved_with_what_was_found(lab: Lab, tmp_path: Path) -> None:
    report = lab.attacker.probe()
    report.save(tmp_path / "report.jsonl")
    findings = [each for each in read(tmp_path / "report.jsonl") if each["kind"] == "finding"]
    assert [each["what"] for each in findings] == [finding.what for finding in report.findings]


SAVED: list[Callable[[Lab], object]] = [
    lambda lab: lab.transcripts,
    lambda lab: lab.transcripts[1],
    lambda lab: lab.workstation.send(),
]


@pytest.mark.parametrize("pick", SAVED)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_sessions_and_reports_are_saved_in_every_form_and_not_twice(
    lab: Lab, tmp_path: Path, pick: Callable[[Lab], object], suffix: str
) -> None:
    file = tmp_path / f"file.{suffix}"
    what = pick(attack(lab))
    what.save(file, reveal=True)  # type: ignore[attr-defined]
    before = file.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        what.save(file)  # type: ignore[attr-defined]
    what.save(file, reveal=True, overwrite=True)  # type: ignore[attr-defined]
    assert file.read_bytes() == before


def test_a_lab_without_sessions_has_nothing_to_save(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Nothing is recorded there yet"):
        lab.transcripts.save(tmp_path / "run.html")


def test_some_of_the_sessions_are_saved_alone(lab: Lab, tmp_path: Path) -> None:
    attack(lab).transcripts.where(host="mx1").save(tmp_path / "mx1.jsonl")
    sessions = [each for each in read(tmp_path / "mx1.jsonl") if each["kind"] == "session"]
    assert sessions
    assert all(each["server"]["name"] == "mx1" for each in sessions)  # type: ignore[index]
