"""Marks: every answer is checked again, nothing that a file says of itself is believed, and nothing is fatal."""

import csv
import json
from html import escape
from io import StringIO
from pathlib import Path

import pytest
from exercises.handing_in import CODE, POLICY, handed_in, solution, wrong

from labkit.errors import Interrupted, UsageError
from labkit.exercises import grading, marking, registry
from labkit.exercises.copying import remarks
from labkit.exercises.exercise import Exercise
from labkit.exercises.grading import Mark, grade
from labkit.exercises.handed_in import sealed
from labkit.exercises.marks_table import harmless, table
from labkit.exercises.summary import page

CLASS = Path("class")
SPY = """
def rule(client, logged_in, recipient):
    open({file!r}, "w").close()
    return "permit"
"""


def changed(file: Path, name: str, value: object, *, seal: bool) -> None:
    """Change one thing that the file says of its first exercise; ``seal`` makes a new hash."""
    content = json.loads(file.read_text("utf-8"))
    next(iter(content["exercises"].values()))[name] = value
    if seal:
        content = sealed({key: part for key, part in content.items() if key != "sha256"})
    file.write_text(json.dumps(content), "utf-8")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def test_each_answer_is_marked_and_the_table_has_a_row_for_each_student(folder: Path) -> None:
    handed_in(CLASS / "1.json", {POLICY: solution(POLICY), "00.1": solution("00.1")}, "Budi")
    handed_in(CLASS / "sub" / "2.json", {POLICY: wrong(POLICY, 0, "anna")}, "Anna", "anna")
    first, second = rows(table(grade(CLASS)))
    assert (first["name"], first["seed"], first[POLICY], first["00.1"]) == (
        "Anna",
        "anna",
        "not yet",
        "not attempted",
    )
    assert (second["name"], second[POLICY], second["00.1"], second["total"]) == ("Budi", "done", "done", "2")
    assert {first["hash"], second["hash"]} == {"ok"}
    assert list(first)[2:-3] == [one.id for one in registry.exercises()]


@pytest.mark.parametrize("seal", [True, False])
def test_a_claimed_outcome_is_worth_nothing(folder: Path, seal: bool) -> None:
    file = handed_in(CLASS / "1.json", {POLICY: wrong(POLICY)}, "Anna")
    changed(file, "outcome", "done", seal=seal)
    marks = grade(CLASS)
    assert marks.students[0].marks[POLICY].mark is Mark.NOT_YET
    assert rows(table(marks))[0]["hash"] == ("ok" if seal else "changed")
    assert 'Anna, 06.1: the file says "done", and a check says "not yet".' in remarks(marks)


def test_damaged_and_foreign_files_are_listed(folder: Path) -> None:
    handed_in(CLASS / "1.json", {"00.1": solution("00.1")})
    (CLASS / "2.json").write_bytes(b"\xff")
    (CLASS / "<b>.json").write_text("{}")
    (CLASS / "letter.txt").write_text("hello")
    (CLASS / "folder.json").mkdir()
    marks = grade(CLASS)
    assert [name for name, _ in marks.left_out] == ["2.json", "<b>.json"]
    assert "&lt;b&gt;.json" in page(marks)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (None, "There is no folder class"),
        ([], "There is no file of labkit"),
        (["progress.json"], "progress.json"),
    ],
)
def test_a_folder_with_nothing_to_mark_is_explained(
    folder: Path, files: list[str] | None, words: str
) -> None:
    if files is not None:
        CLASS.mkdir()
        for name in files:
            (CLASS / name).write_text("{}")
    with pytest.raises(UsageError, match=words):
        grade(CLASS)


def test_an_answer_that_the_lab_can_not_bear_costs_the_others_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in(CLASS / "1.json", {"00.1": solution("00.1"), POLICY: solution(POLICY)})
    again = grading.again

    def breaks(exercise: Exercise, *args: str) -> object:
        if exercise.id == "00.1":
            raise RuntimeError("a wire broke")
        return again(exercise, *args)

    monkeypatch.setattr(grading, "again", breaks)
    marks = grade(CLASS)
    assert marks.students[0].marks["00.1"].mark is Mark.BY_HAND
    assert marks.students[0].marks[POLICY].mark is Mark.DONE
    assert "RuntimeError: a wire broke" in page(marks)


def test_it_can_be_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise Interrupted("You stopped the check.")

    handed_in(CLASS / "1.json", {"00.1": solution("00.1")})
    monkeypatch.setattr(grading, "again", stopped)
    with pytest.raises(Interrupted):
        grade(CLASS)


# Code


def test_functions_are_not_run_unasked_and_are_shown_to_be_read(folder: Path) -> None:
    spy = folder / "was here"
    file = handed_in(CLASS / "1.json", {CODE: solution(CODE)}, "Anna")
    changed(file, "answer", [*SPY.format(file=str(spy)).split("\n"), "# <script>"], seal=True)
    marks = grade(CLASS)
    assert marks.students[0].marks[CODE].mark is Mark.BY_HAND
    assert not spy.exists()
    assert "# &lt;script&gt;" in page(marks)
    assert grade(CLASS, run_code=True).students[0].marks[CODE].mark is Mark.NOT_YET
    assert spy.exists()


def test_functions_are_run_when_they_are_asked_for(folder: Path) -> None:
    handed_in(CLASS / "1.json", {CODE: solution(CODE)})
    assert grade(CLASS, run_code=True).students[0].marks[CODE].mark is Mark.DONE


def test_an_unchanged_function_needs_no_reader(folder: Path) -> None:
    file = handed_in(CLASS / "1.json", {CODE: solution(CODE)})
    changed(file, "answer", str(registry.find(CODE).starter).strip().split("\n"), seal=True)
    assert grade(CLASS).students[0].marks[CODE].mark is Mark.NOT_ATTEMPTED


# What is worth a question


def test_two_files_of_one_student_are_shown(folder: Path) -> None:
    handed_in(CLASS / "1.json", {"00.1": solution("00.1")}, "Anna")
    handed_in(CLASS / "2.json", {"00.1": solution("00.1")}, "anna")
    marks = grade(CLASS)
    assert remarks(marks) == ["Anna handed in 2 files: 1.json, 2.json. The answers in them are the same."]
    assert len(rows(table(marks))) == 1
    handed_in(CLASS / "3.json", {"00.1": wrong("00.1")}, "Anna")
    marks = grade(CLASS)
    assert "The answers in them differ." in remarks(marks)[0]
    assert len(rows(table(marks))) == 2


def test_an_answer_with_the_names_of_another_seed_is_shown(folder: Path) -> None:
    policy = "06.2"
    handed_in(CLASS / "1.json", {policy: solution(policy, "anna")}, "Anna", "anna")
    file = handed_in(CLASS / "2.json", {policy: solution(policy, "budi")}, "Budi", "budi")
    assert remarks(grade(CLASS)) == []
    changed(file, "answer", solution(policy, "anna").split("\n"), seal=True)
    changed(file, "outcome", grade(CLASS).students[1].marks[policy].mark.value, seal=True)
    (said,) = remarks(grade(CLASS))
    assert said == (
        "06.2: Anna (seed 'anna') and Budi (seed 'budi') gave the same answer, with names of seed 'anna'."
    )


def test_the_same_choice_under_two_seeds_is_no_remark(folder: Path) -> None:
    handed_in(CLASS / "1.json", {"00.1": solution("00.1", "anna")}, "Anna", "anna")
    handed_in(CLASS / "2.json", {"00.1": solution("00.1", "budi")}, "Budi", "budi")
    assert remarks(grade(CLASS)) == []


# Table and page


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", " =", "\t=", "＝"])
def test_no_cell_of_the_table_is_a_formula(begins: str) -> None:
    assert harmless(f"{begins}1+1") == f"'{begins}1+1"
    assert harmless("Anna=1") == "Anna=1"


def test_a_name_is_text_in_table_and_page(folder: Path) -> None:
    file = handed_in(CLASS / "1.json", {"00.1": solution("00.1")}, "=1+1")
    content = json.loads(file.read_text("utf-8"))
    content["name"] = '=HYPERLINK("x")\n<script>alert(1)</script>\ud800\u202e'
    file.write_text(json.dumps(content))
    marks = grade(CLASS)
    assert rows(table(marks))[0]["name"].startswith("'=HYPERLINK")
    assert "<script>" not in page(marks)
    assert "\u202e" not in page(marks)
    page(marks).encode("utf-8")


def test_the_page_counts_what_is_missed_and_says_why_in_the_usual_words(folder: Path) -> None:
    for number, seed in enumerate(("", "anna", "budi")):
        handed_in(CLASS / f"{number}.json", {POLICY: wrong(POLICY, 0, seed)}, f"student {number}", seed)
    handed_in(CLASS / "good.json", {POLICY: solution(POLICY)}, "Dewi")
    shown = page(grade(CLASS))
    exercise = registry.find(POLICY)
    assert f"<li>3 × {escape(exercise.wrong[0].reason)}</li>" in shown
    for claim in exercise.claims:
        row = f'<td class="number">3</td><td class="number">4</td><td>{POLICY}</td><td>{escape(claim.says)}</td>'
        assert (row in shown) is (claim.key in exercise.wrong[0].misses)
    assert shown.index("Dewi") > shown.index("For you alone")


def test_the_page_stands_alone(folder: Path) -> None:
    handed_in(CLASS / "1.json", {"00.1": solution("00.1")})
    shown = page(grade(CLASS))
    assert "http://" not in shown
    assert "https://" not in shown
    assert not any(part in shown for part in ("<script", "<link", "<img", "src="))


def test_both_files_are_written_and_never_written_over(folder: Path) -> None:
    handed_in(CLASS / "1.json", {"00.1": solution("00.1"), CODE: solution(CODE)})
    (CLASS / "2.json").write_text("?")
    said = marking.mark(CLASS, Path("out"))
    assert said.endswith("Files marked: 1. Files left out: 1. Answers to be read by hand: 1.")
    assert Path("out/marks.csv").read_bytes().startswith(b"\xef\xbb\xbfname,")
    before = Path("out/summary.html").read_bytes()
    with pytest.raises(UsageError, match=r"marks\.csv.* is already there"):
        marking.mark(CLASS, Path("out"))
    assert Path("out/summary.html").read_bytes() == before


def test_a_place_where_nothing_can_be_written_is_explained(folder: Path) -> None:
    handed_in(CLASS / "1.json", {"00.1": solution("00.1")})
    Path("out").write_text("a file")
    with pytest.raises(UsageError, match="can't be written"):
        marking.mark(CLASS, Path("out"))
