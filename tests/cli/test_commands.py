"""The command line: the lab's main job in a terminal, and a class's work collected and marked."""

import subprocess
import sys
from pathlib import Path

import pytest
from cli.calling import labkit
from exercises.handing_in import answered, solution


def test_the_demo_shows_the_attack_the_refused_attack_and_the_diff(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert labkit("demo", "--letters", "20") == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    for part in (
        "delivered  20 found in the recipients' mailboxes",
        "20 × 554 5.7.1 <orders@customer.example>: Relay access denied (to RCPT)",
        "refused by reject_unauth_destination",
        "What changed from session",
        "Received: from vps66.hosting.example (vps66.hosting.example [203.0.113.66])",
    ):
        assert part in shown.out


def test_the_demo_is_the_same_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for _ in range(2):
        labkit("demo", "--letters", "30")
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("letters", "said"), [("0", "choose a whole number"), ("20000", "more than this lab sends")]
)
def test_a_bad_number_is_answered_in_words(
    capsys: pytest.CaptureFixture[str], letters: str, said: str
) -> None:
    assert labkit("demo", "--letters", letters) == 1
    assert said in capsys.readouterr().err


def test_work_is_handed_in_and_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    answered({"00.1": solution("00.1")})
    Path("class").mkdir()
    assert labkit("evidence", "--name", "Anna", "-o", "class/anna.json") == 0
    assert labkit("grade", "class", "-o", "marks") == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    evidence, marks = shown.out.splitlines()
    assert evidence.startswith("class/anna.json is ready to hand in")
    assert marks.startswith("marks/marks.csv and marks/summary.html are written")
    assert "\nAnna," in Path("marks/marks.csv").read_text("utf-8")


@pytest.mark.parametrize("arguments", [["evidence"], ["grade", "class"]])
def test_where_nothing_is_to_be_collected_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert labkit(*arguments) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "There is no" in shown.err
    assert list(tmp_path.iterdir()) == []


def test_the_other_commands_do_not_load_the_exercises() -> None:
    code = (
        "import sys, labkit.cli; sys.exit(any(name.startswith('labkit.exercises') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("arguments", [[], ["dmeo"], ["demo", "--letters", "many"], ["grade"]])
def test_an_unknown_command_shows_the_usage(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert labkit(*arguments) == 2
    assert "Usage: labkit" in capsys.readouterr().err
