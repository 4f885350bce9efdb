"""`labkit export`: an attack in a file of the kind that its name asks for."""

import json
import shlex
from pathlib import Path

import pytest
from cli.calling import labkit
from click.testing import CliRunner

from labkit.cli import main
from labkit.lab.repertoire import ATTACKS
from labkit.launch.plays import PLAYS, counted

BEGINS = {
    ".html": b"<!doctype html>",
    ".txt": b"attacker: 3 forged letters",
    ".jsonl": b'{"kind"',
    ".pcapng": b"\n\r\r\n",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("suffix", BEGINS)
def test_a_file_is_of_the_kind_that_its_name_ends_in(capsys: pytest.CaptureFixture[str], suffix: str) -> None:
    assert labkit("export", f"run{suffix}", "--letters", "3") == 0
    assert Path(f"run{suffix}").read_bytes().lower().startswith(BEGINS[suffix].lower())
    shown = capsys.readouterr()
    assert "delivered  3 found in the recipients' mailboxes" in shown.out
    assert shown.out.endswith(f"\n\nSaved 1 session in run{suffix}.\n")
    assert shown.err == ""


def test_no_attack_of_the_lab_is_left_out() -> None:
    assert set(PLAYS) == {attack.name for attack in ATTACKS}


@pytest.mark.parametrize("attack", PLAYS)
@pytest.mark.parametrize("suffix", [".jsonl", ".pcapng"])
def test_every_attack_can_be_exported(attack: str, suffix: str) -> None:
    assert labkit("export", f"run{suffix}", "--closed", "--attack", attack) == 0
    assert Path(f"run{suffix}").stat().st_size > 100


def test_help_lists_every_attack_and_its_examples_work() -> None:
    said = CliRunner().invoke(main, ["export", "--help"]).stdout
    assert [name for name in PLAYS if f"    {name} " not in said] == []
    assert ", ".join(counted()) in said
    examples = said.partition("Examples:\n")[2].splitlines()
    assert len(examples) == 4
    for number, line in enumerate(examples):
        program, *arguments = shlex.split(line)
        assert (program, labkit(*arguments)) == ("labkit", 0)
        assert len(list(Path().iterdir())) == number + 1


def test_the_same_command_writes_the_same_file() -> None:
    for name in ("one.html", "two.html"):
        assert labkit("export", name, "--closed") == 0
    assert Path("one.html").read_bytes() == Path("two.html").read_bytes()


def test_one_session_or_every_session_of_the_lab() -> None:
    assert labkit("export", "report.txt", "--letters", "2") == 0
    assert labkit("export", "one.txt", "--letters", "2", "--session", "2") == 0
    assert labkit("export", "whole.txt", "--letters", "2", "--whole") == 0
    report, one, whole = (Path(f"{name}.txt").read_text("utf-8") for name in ("report", "one", "whole"))
    onward = "relay [192.0.2.25] → mx1 [198.51.100.25]"
    assert [onward in text for text in (report, one, whole)] == [False, True, True]
    assert "Session 1: attacker" not in one
    assert "Session 1: attacker" in whole


def test_a_policy_and_a_seed_are_those_of_the_lab_that_is_attacked() -> None:
    Path("main.cf").write_text("mynetworks = 192.0.2.0/24\nsmtpd_relay_restrictions = reject\n")
    assert labkit("export", "run.jsonl", "--policy", "main.cf", "--letters", "2", "--seed", "anna") == 0
    text = Path("run.jsonl").read_text("utf-8")
    assert "customer.example" not in text
    reports = [each for each in map(json.loads, text.splitlines()) if each["kind"] == "report"]
    assert [(each["tried"], each["delivered"]) for each in reports] == [(2, 0)]


def test_a_file_that_exists_is_replaced_by_force_only(capsys: pytest.CaptureFixture[str]) -> None:
    Path("run.txt").write_text("mine")
    assert labkit("export", "run.txt") == 1
    assert capsys.readouterr().err == (
        "run.txt exists already. Choose another name, or replace it with --force.\n"
    )
    assert Path("run.txt").read_text() == "mine"
    assert labkit("export", "run.txt", "--force", "--letters", "1") == 0
    assert Path("run.txt").read_text("utf-8").startswith("attacker: 1 forged letter")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("run.pdf",), 1, "'run.pdf' doesn't say which kind of file to write. Let it end in .html"),
        (("run",), 1, "'run' doesn't say which kind"),
        (("there.html",), 1, "there.html exists already"),
        (("none/run.html",), 1, "there is no folder 'none'"),
        (("run.html", "--letters", "0"), 1, "0 letters can't be sent"),
        (("run.html", "--letters", "20000"), 1, "more than this lab sends at once"),
        (("run.html", "--letters", "many"), 2, "'many' is not a valid integer"),
        (("run.html", "--attack", "probe", "--letters", "3"), 1, "probe decides itself how much it sends"),
        (("run.html", "--attack", "phish"), 2, "'phish' is not one of 'spam', 'probe'"),
        (("run.html", "--session", "99"), 1, "There is no session 99"),
        (("run.html", "--session", "0"), 1, "Sessions are numbered from 1"),
        (("run.html", "--closed", "--policy", "main.cf"), 1, "Choose one of them"),
        (("run.html", "--policy", "main.cf"), 1, "main.cf can't be read"),
        ((), 2, "Missing argument 'FILE'"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], status: int, said: str
) -> None:
    Path("there.html").mkdir()
    assert labkit("export", *arguments) == status
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert [path.name for path in folder.iterdir()] == ["there.html"]
