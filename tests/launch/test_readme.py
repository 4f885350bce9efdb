"""Every line that the README tells to type is run: here, or by the tests that are named here."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from cli.calling import labkit
from cli.running import running
from exercises.handing_in import answered, solution
from launch import building, checkout
from notebooks.sheet import ROW, run

from labkit import Lab

TEXT = (checkout.ROOT / "README.md").read_text("utf-8")

# Where the other commands are run.
ELSEWHERE = {
    "make lab": "launch/test_bare_debian.py",
    "make test": "launch/test_bare_debian.py",
    "labkit dashboard": "browser/test_dashboard.py",
}
# conda's channel can't be asked by a test; test_binder.py holds what it would be asked for.
CONDA = {"conda env create -f environment.yml", "conda activate smtp-relay-lab"}
WHEEL = "dist/smtp_relay_lab-0.1.0-py3-none-any.whl"
OPEN_THE_WHEEL = f"uvx --from {WHEEL} labkit open my-lab"
ENDLESS = {"labkit open", "labkit serve"}
ARGUMENTS = {"ORG/REPO": "somebody/relay-lab", "FOLDER": "handed-in", "NOTEBOOK": "03-open-relay.ipynb"}


def typed(language: str) -> list[str]:
    """The lines of all blocks in a language, without the remarks behind them."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]


CONSOLE = typed("console")
WINDOWS = [line for line in CONSOLE if "\\" in line or line.startswith("py ")]
COMMANDS = re.findall(r"^\| `(labkit [^`]*)` \|", TEXT, re.MULTILINE)


def test_every_command_is_run_somewhere() -> None:
    run_here = {*WINDOWS, OPEN_THE_WHEEL, "labkit open"}
    assert set(CONSOLE) == run_here | CONDA | {"make lab", "make test"}
    for command, test in ELSEWHERE.items():
        words = command.replace(" ", '", "')
        text = (checkout.ROOT / "tests" / test).read_text("utf-8")
        assert words in text or command in text


def test_the_two_lines_of_attack_and_the_line_of_defence_do_what_their_remarks_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("labkit.lab.progress.PATIENCE", 600)  # no bar: pytest's plugins pass for a notebook
    names: dict[str, object] = {}
    for line in filter(None, typed("python")):
        run(line, names)
    assert names["before"].delivered == names["after"].refused == 500  # type: ignore[attr-defined]
    shown = re.search(r"^>>> (after.+)\n((?:.*\n)+?)```$", TEXT, re.MULTILINE)
    assert shown
    assert str(eval(shown[1], names)).strip() == shown[2].strip()


def test_each_line_of_the_cheat_sheet_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("labkit.lab.progress.PATIENCE", 600)
    part = TEXT[TEXT.index("## Cheat sheet") : TEXT.index("In a terminal:")]
    names: dict[str, object] = {"lab": (lab := Lab())}
    lab.attacker.spam(2)
    lines = [line for cell in ROW.findall(part) for line in re.findall(r"`([^`]+)`", cell)]
    assert len(lines) > 12
    for line in lines:
        run(line, names)
    lab.close()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a student who has solved one exercise."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("labkit.lab.progress.PATIENCE", 600)
    answered({"00.1": solution("00.1")})
    shutil.copy(checkout.ROOT / "notebooks" / "03-open-relay.ipynb", tmp_path)
    (tmp_path / "handed-in").mkdir()
    return tmp_path


def test_each_command_of_the_table_works(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    endings = {}
    for command in COMMANDS:
        if command not in ENDLESS | ELSEWHERE.keys():
            endings[command] = labkit(*(ARGUMENTS.get(word, word) for word in command.split()[1:]))
        if command == "labkit evidence":
            (place / "evidence.json").rename(place / "handed-in" / "evidence.json")
    assert endings.pop("labkit probe") == 3  # the relay is open, and that is what its exit status says
    assert set(endings.values()) == {0}, capsys.readouterr().err
    made = {"run.html", "marks.csv", "summary.html", "solutions"}
    assert made <= {file.name for file in place.iterdir()}


@pytest.mark.parametrize(("command", "says"), [("open", "JupyterLab is open at"), ("serve", "swaks")])
def test_those_that_go_on_until_they_are_stopped_say_where_they_are(
    tmp_path: Path, command: str, says: str
) -> None:
    with running(tmp_path, command) as started:
        started.wait_for(says)
        assert started.press_ctrl_c() == 0


def test_what_is_typed_on_windows_sets_the_lab_up(tmp_path: Path) -> None:
    """The same lines, with the names that a virtual environment has here."""
    folder = checkout.copy(tmp_path / "lab")
    scripts = ".venv/Scripts/" if os.name == "nt" else ".venv/bin/"
    for line in WINDOWS:
        words = line.replace(".venv\\Scripts\\", scripts).replace("py ", f"{sys.executable} ", 1).split()
        if words[-1] == "open":
            words.append("--no-lab")
        said = building.run(words, folder, seconds=1_200)
    assert "The notebooks are in" in said


def test_the_wheel_opens_without_a_checkout(tmp_path: Path) -> None:
    wheel = building.build(checkout.copy(tmp_path / "sources"), tmp_path / "dist", "wheel")
    assert f"dist/{wheel.name}" == WHEEL
    uvx, *words = OPEN_THE_WHEEL.split()
    command = [str(Path(sys.executable).with_name(uvx)), "--python", sys.executable, *words, "--no-lab"]
    assert "files of the course are new in my-lab" in building.run(command, tmp_path, seconds=1_200)
    assert (tmp_path / "my-lab" / "00-welcome.ipynb").exists()
