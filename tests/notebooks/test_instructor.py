"""What instructors get fits the notebooks: each has its page, and all minutes are those of the course."""

import re

import nbformat
import pytest
from notebooks.conftest import NOTEBOOKS
from notebooks.test_limits import MINUTES, headings
from notebooks.test_links import anchor

from labkit.cli import main
from labkit.exercises import registry

PAGES = NOTEBOOKS / "instructor"
PARTS = [
    "Objectives",
    "Misconceptions to expect",
    "Questions to ask",
    "On the projector",
    "When time is short",
    "Exercises",
]
COURSE = sorted(path.stem for path in NOTEBOOKS.glob("[0-9]*.ipynb"))
TIME = re.compile(r"\*\*(\d+) minutes\*\*, and (\d+) for the exercises?\.")
LINK = re.compile(r"(\d\d): \[([^]]+)\]\(\.\./([^)#]+)(?:#([^)]+))?\)")
THEN = re.compile(r"then \[([^]]+)\]\(\.\./([^)#]+)#([^)]+)\)")
CALL = re.compile(r"^!?labkit (.+)$", re.MULTILINE)
MAKE = re.compile(r"(?<![\w-])make ([a-z]+)(?=`|\n| PYTHON)")
EXERCISE = re.compile(r"\b\d\d\.\d\b")

LENGTH = {
    "45 minutes: an open relay, abused and closed": 45,
    "90 minutes: closed, and encrypted": 90,
    "Half a day: from the first letter to an exam": 240,
}


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def titles(text: str, level: str = "##") -> list[str]:
    return re.findall(rf"^{level} (.+)$", text, re.MULTILINE)


def first_minutes(name: str) -> int:
    """The minutes that the notebook itself gives for its reading."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    found = MINUTES.search(notebook.cells[0].source)
    assert found
    return int(found[0].split()[0])


def minutes_of_exercises(name: str) -> int:
    return sum(one.minutes for one in registry.of_notebook(name[:2]))


def section(text: str, title: str) -> str:
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", COURSE)
def test_each_notebook_has_a_page_with_all_parts(name: str) -> None:
    text = page(name)
    assert f"](../{name}.ipynb)" in text
    assert titles(text) == PARTS
    assert all(section(text, part).strip() for part in PARTS)


@pytest.mark.parametrize("name", COURSE)
def test_the_minutes_are_those_of_the_notebook_and_its_exercises(name: str) -> None:
    assert TIME.findall(page(name)) == [(str(first_minutes(name)), str(minutes_of_exercises(name)))]
    row = f"]({name}.md) | {first_minutes(name)} | {minutes_of_exercises(name)} |"
    assert row in page("README")
    readme = (NOTEBOOKS.parent / "README.md").read_text(encoding="utf-8")
    assert f"](notebooks/{name}.ipynb) | {first_minutes(name)} |" in readme


@pytest.mark.parametrize("name", COURSE)
def test_each_exercise_has_a_row_with_its_minutes(name: str) -> None:
    found = re.findall(r"^\| (\d\d\.\d) \| (\d+) \|", section(page(name), "Exercises"), re.MULTILINE)
    assert found == [(one.id, str(one.minutes)) for one in registry.of_notebook(name[:2])]


@pytest.mark.parametrize("name", COURSE)
def test_each_question_has_its_answer(name: str) -> None:
    questions = re.split(r"^\d\. ", section(page(name), "Questions to ask"), flags=re.MULTILINE)[1:]
    assert len(questions) >= 4
    for question in questions:
        asked, _, answer = question.strip().rpartition("**")
        assert asked.startswith("**")
        assert asked.endswith("?")
        assert len(answer.split()) >= 3


def test_the_sections_that_a_page_names_are_in_its_notebook() -> None:
    for name in COURSE:
        notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        known = [title.partition(" ")[2] if title[0].isdigit() else title for title in all_titles(notebook)]
        said = re.findall(
            r'"([A-Z0-9][^"]{14,})"', section(page(name), "When time is short").replace("\n", " ")
        )
        assert [title for title in said if title not in known] == []


def all_titles(notebook: nbformat.NotebookNode) -> list[str]:
    return headings(notebook, "##") + headings(notebook, "###")


@pytest.mark.parametrize("plan", LENGTH)
def test_the_minutes_of_a_plan_add_up(plan: str) -> None:
    minutes = re.findall(r"^\| (\d+) \|", section(page("plans"), plan), re.MULTILINE)
    assert sum(map(int, minutes)) == LENGTH[plan]


def test_there_are_three_plans() -> None:
    assert titles(page("plans")) == list(LENGTH)


@pytest.mark.parametrize("plan", LENGTH)
def test_a_plan_names_notebooks_and_headings_that_are_there(plan: str) -> None:
    text = section(page("plans"), plan)
    named = [(number, *rest) for number, *rest in LINK.findall(text)]
    assert named
    for number, words, file, fragment in named + [("", *found) for found in THEN.findall(text)]:
        assert file.startswith(number)
        notebook = nbformat.read(NOTEBOOKS / file, as_version=4)
        if fragment:
            assert words in all_titles(notebook)
            assert anchor(words) == fragment
        else:
            assert words == "the whole notebook"


@pytest.mark.parametrize("plan", LENGTH)
def test_a_plan_gives_a_whole_notebook_or_exercise_its_own_minutes(plan: str) -> None:
    known = {one.id: one.minutes for one in registry.exercises()}
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", section(page("plans"), plan), re.MULTILINE)
    for minutes, what in rows:
        if "the whole notebook" in what:
            (name,) = [name for name in COURSE if f"({'../' + name}.ipynb)" in what]
            assert int(minutes) == first_minutes(name)
        elif what.startswith("exercise"):
            assert int(minutes) == sum(known[number] for number in EXERCISE.findall(what))


def test_the_first_page_leads_to_every_other_one() -> None:
    others = {path.name for path in PAGES.glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", page("README"))) == others


def test_the_commands_have_the_options_that_the_pages_give(capsys: pytest.CaptureFixture[str]) -> None:
    said = [
        line.split() for path in PAGES.glob("*.md") for line in CALL.findall(path.read_text(encoding="utf-8"))
    ]
    assert {command for command, *_ in said} == {"evidence", "grade", "solutions"}
    for command, *rest in said:
        with pytest.raises(SystemExit):
            main([command, "--help"])
        usage = capsys.readouterr().out
        assert [word for word in rest if word.startswith("-") and word not in usage] == []


def test_make_can_do_what_the_pages_say() -> None:
    targets = set(
        re.findall(r"^(\w+):", (NOTEBOOKS.parent / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    said = {name for path in PAGES.glob("*.md") for name in MAKE.findall(path.read_text(encoding="utf-8"))}
    assert {"lab", "demo", "dashboard"} <= said <= targets


def test_conda_knows_the_environment_by_the_name_that_the_page_says() -> None:
    environment = (NOTEBOOKS.parent / "environment.yml").read_text(encoding="utf-8")
    (name,) = re.findall(r"^name: (\S+)$", environment, re.MULTILINE)
    assert f"conda activate {name}\n" in page("launching")
