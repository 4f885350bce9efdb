"""`labkit links` in a terminal."""

from pathlib import Path

import pytest
from cli.calling import labkit
from launch.test_qr import as_seen, read

from labkit.launch.links import links


def blocks(shown: str) -> list[list[str]]:
    """The pictures among the lines."""
    pictures: list[list[str]] = [[]]
    for line in shown.splitlines():
        if line and set(line) <= set(" ▀▄█"):
            pictures[-1].append(line)
        elif pictures[-1]:
            pictures.append([])
    return [picture for picture in pictures if picture]


def test_it_prints_badge_links_and_a_code_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert labkit("links", "https://github.com/anna/lab.git", "v1") == 0
    shown = capsys.readouterr()
    there = links("anna/lab", "v1")
    assert shown.err == ""
    assert [line for line in shown.out.splitlines() if "mybinder" in line] == [
        there.badge,
        there.notebooks,
        there.dashboard,
    ]
    assert [read(as_seen(rows)) for rows in blocks(shown.out)] == [there.notebooks, there.dashboard]


def test_without_a_tag_it_says_what_that_means(capsys: pytest.CaptureFixture[str]) -> None:
    assert labkit("links", "anna/lab") == 0
    shown = capsys.readouterr().out
    assert "/anna/lab/HEAD?" in shown
    assert "set a tag and name it: labkit links anna/lab TAG" in shown


def test_it_writes_a_file_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert labkit("links", "anna/lab", "v1", "--qr", "lab.svg") == 0
    assert "The QR codes are in lab.svg and lab-dashboard.svg." in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lab-dashboard.svg", "lab.svg"]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["anna"], 1, "'anna' names no repository on GitHub."),
        (["anna/lab", "my tag"], 1, "'my tag' can't be a tag or a branch in Git."),
        (["anna/lab", "v1", "--qr", "lab.pdf"], 1, "lab.pdf can't be made"),
        (["anna/lab", "v1", "--qr", "no-folder/lab.svg"], 1, "can't be written"),
        ([], 2, "Missing argument 'ORG/REPO'"),
        (["anna/lab", "v1", "v2"], 2, "unexpected extra argument"),
    ],
)
def test_a_wrong_call_is_answered_in_words(
    arguments: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert labkit("links", *arguments) == status
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""
