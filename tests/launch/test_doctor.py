"""`labkit doctor`: broken machines, what is said about each, and that this one is fine."""

import errno
import os
import sys
import tempfile
import webbrowser
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from cli.calling import labkit

from labkit.errors import MachineError
from labkit.launch.doctor import CHECKS, examine, python
from labkit.launch.doctor.finding import Finding, Mark, must_be_mended, told
from labkit.launch.doctor.python import again

Break = Callable[[pytest.MonkeyPatch, Path], None]


def old_python(patch: pytest.MonkeyPatch, _: Path) -> None:
    patch.setattr(
        python, "sys", SimpleNamespace(version_info=(3, 10, 13, "final", 0), executable="python3.10")
    )
    patch.setattr("platform.python_version", lambda: "3.10.13")


def requires(*requirements: str) -> Break:
    return lambda patch, _: patch.setattr(metadata, "requires", lambda name: list(requirements))


def not_installed(patch: pytest.MonkeyPatch, _: Path) -> None:
    def missing(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    patch.setattr(metadata, "requires", missing)


def without_module(name: str) -> Break:
    return lambda patch, _: patch.setitem(sys.modules, name, None)


def firewall(patch: pytest.MonkeyPatch, _: Path) -> None:
    def refused(*_: object) -> None:
        raise MachineError.behind(PermissionError(errno.EACCES, "Permission denied"))

    patch.setattr("labkit.network.carrier._bound", refused)


def lost_letter(patch: pytest.MonkeyPatch, _: Path) -> None:
    patch.setattr("labkit.attacker.report.Report.delivered", 0)


def files(count: int) -> Break:
    return lambda patch, _: patch.setattr("resource.getrlimit", lambda _: (count, 4096))


def little_memory(patch: pytest.MonkeyPatch, _: Path) -> None:
    patch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=300 * 2**20))


def read_only(patch: pytest.MonkeyPatch, _: Path) -> None:
    def refused(**_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    patch.setattr(tempfile, "TemporaryFile", refused)


def full_disk(patch: pytest.MonkeyPatch, _: Path) -> None:
    patch.setattr("shutil.disk_usage", lambda place: SimpleNamespace(free=5 * 2**20))


def no_jupyterlab(patch: pytest.MonkeyPatch, _: Path) -> None:
    known = metadata.version

    def version(name: str) -> str:
        if name == "jupyterlab":
            raise metadata.PackageNotFoundError(name)
        return known(name)

    patch.setattr(metadata, "version", version)


def no_kernel(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setattr("jupyter_client.kernelspec.jupyter_path", lambda *_: [str(folder)])
    patch.setitem(sys.modules, "ipykernel.kernelspec", None)


def other_python(patch: pytest.MonkeyPatch, folder: Path) -> None:
    place = folder / "kernels" / "python3"
    place.mkdir(parents=True)
    spec = '{"argv": ["/opt/other/bin/python", "-m", "ipykernel_launcher"], "display_name": "Python 3"}'
    (place / "kernel.json").write_text(spec)
    patch.setenv("JUPYTER_PATH", str(folder))


def no_widgets(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setattr("jupyter_core.paths.jupyter_path", lambda *_: [str(folder)])


def widgets_off(patch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "labconfig").mkdir()
    page = '{"disabledExtensions": {"@jupyter-widgets/jupyterlab-manager": true}}'
    (folder / "labconfig" / "page_config.json").write_text(page)
    patch.setenv("JUPYTER_CONFIG_PATH", str(folder))


def no_browser(patch: pytest.MonkeyPatch, _: Path) -> None:
    def none(*_: object) -> None:
        raise webbrowser.Error

    patch.setattr(webbrowser, "get", none)


def no_programs(patch: pytest.MonkeyPatch, _: Path) -> None:
    patch.setenv("PATH", "")
    patch.setattr("labkit.launch.doctor.programs.SBIN", ())


def damaged_postfix(patch: pytest.MonkeyPatch, folder: Path) -> None:
    command = folder / "postconf"
    command.write_text("#!/bin/sh\nexit 1\n")
    command.chmod(0o755)
    patch.setenv("PATH", os.pathsep.join([str(folder), os.environ["PATH"]]))


MACHINES: list[tuple[Break, str, Mark, str, str]] = [
    (old_python, "Python", Mark.MEND, "This is Python 3.10.13, and the lab needs 3.11 or newer", "PYTHON=python3.12"),
    (requires("no-such-package>=2"), "Packages", Mark.MEND, "no-such-package>=2 (missing)", 'pip install "no-such-package>=2"'),
    (requires("click<2"), "Packages", Mark.MEND, f"click<2 ({metadata.version('click')} is here)", 'pip install "click<2"'),
    (requires("click", 'mypy; extra == "dev"'), "Packages", Mark.FINE, "All 1", ""),
    (not_installed, "Packages", Mark.NOTE, "versions can't be compared", "-m pip install -e"),
    (without_module("psutil"), "Memory", Mark.MEND, "a package is missing or damaged", "-m pip install --force-reinstall"),
    (without_module("jupyter_client.kernelspec"), "Kernel", Mark.MEND, "jupyter_client", "-m pip install --force-reinstall"),
    (firewall, "Connections", Mark.MEND, "No letter gets through", "A firewall or a VPN"),
    (lost_letter, "Connections", Mark.MEND, "was not found in the mailbox", "A firewall or a VPN"),
    (files(100), "Open files", Mark.MEND, "Only 100 at once are allowed", "ulimit -n 1024"),
    (files(256), "Open files", Mark.NOTE, "Only 256 at once are allowed", "ulimit -n 1024"),
    (files(1024), "Open files", Mark.FINE, "1,024 at once are allowed", ""),
    (files(-1), "Open files", Mark.FINE, "no limit", ""),
    (without_module("resource"), "Open files", Mark.FINE, "no limit", ""),
    (little_memory, "Memory", Mark.NOTE, "300 MiB are free", "Close other programs"),
    (read_only, "This folder", Mark.MEND, "No file can be written", "labkit open my-lab"),
    (full_disk, "This folder", Mark.NOTE, "only 5 MiB are free", "Delete"),
    (no_jupyterlab, "JupyterLab", Mark.MEND, "jupyterlab is missing", "-m pip install --force-reinstall"),
    (no_kernel, "Kernel", Mark.MEND, "finds no Python", "-m ipykernel install --sys-prefix"),
    (other_python, "Kernel", Mark.MEND, "/opt/other/bin/python", "jupyter kernelspec remove python3"),
    (no_widgets, "Widgets", Mark.MEND, "lacks what shows buttons", "-m pip install --force-reinstall"),
    (widgets_off, "Widgets", Mark.MEND, "is switched off", "jupyter labextension enable @jupyter-widgets/jupyterlab-manager"),
    (no_browser, "Browser", Mark.NOTE, "None can be opened", "prints an address"),
    (no_programs, "Postfix", Mark.NOTE, "not needed: notebook 12", ""),
    (damaged_postfix, "Postfix", Mark.NOTE, "doesn't say its version", ""),
    (no_programs, "Terminal", Mark.NOTE, "swaks (to send letters), openssl (to look at TLS), dig", ""),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "name", "mark", "saw", "do"), MACHINES)
def test_what_is_broken_is_said_in_words(
    damage: Break, name: str, mark: Mark, saw: str, do: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    damage(monkeypatch, tmp_path)
    monkeypatch.setattr("labkit.launch.doctor.CHECKS", {name: CHECKS[name]})
    found = examine()[name]
    assert found.mark is mark
    assert saw in found.saw
    advice = f"{found.do} {found.command}".strip()
    assert do in advice
    assert bool(do) == bool(advice)


def test_every_check_is_tried_on_a_broken_machine() -> None:
    broken = {name for _, name, mark, _, _ in MACHINES if mark is not Mark.FINE}
    assert broken == set(CHECKS)


def test_this_machine_needs_no_mending() -> None:
    findings = examine()
    assert must_be_mended(findings) == [], told(findings)


@pytest.mark.parametrize(
    ("marks", "status", "last"),
    [
        ([Mark.FINE, Mark.FINE], 0, "The lab works on this machine."),
        ([Mark.FINE, Mark.NOTE], 0, "What is marked with note is worth knowing."),
        ([Mark.NOTE, Mark.MEND], 1, "To be mended, so that the lab works: check 1."),
        ([Mark.MEND, Mark.MEND], 1, "To be mended, so that the lab works: check 0, check 1."),
    ],
)
def test_the_exit_status_says_whether_something_must_be_mended(
    marks: list[Mark], status: int, last: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    checks = {
        f"check {n}": lambda mark=mark: Finding(mark, "Seen.", "Do it.") for n, mark in enumerate(marks)
    }
    monkeypatch.setattr("labkit.launch.doctor.CHECKS", checks)
    assert labkit("doctor") == status
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out.endswith(last + "\n")


def test_each_finding_begins_with_its_word_and_fits_a_terminal() -> None:
    findings = {
        "Kernel": Finding(Mark.FINE, "Seen."),
        "This folder": Finding(
            Mark.MEND, "Not " + "so very " * 20 + "good.", "Do this:", "pip install " + "x" * 100
        ),
    }
    rows = told(findings).splitlines()
    assert rows[0] == "fine  Kernel       Seen."
    assert rows[1].startswith("mend  This folder  Not so very")
    assert rows[-4:-2] == [" " * 19 + "Do this:", " " * 19 + "pip install " + "x" * 100]  # to be pasted whole
    assert max(map(len, rows[:-3])) <= 100


@pytest.mark.parametrize(
    ("noted", "origin"),
    [
        ('{"url": "file:///downloads/lab.whl", "archive_info": {}}', '"file:///downloads/lab.whl"'),
        (None, "smtp-relay-lab"),  # from an index, which knows it by its name
    ],
)
def test_what_is_to_be_installed_once_more_is_where_it_came_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, noted: str | None, origin: str
) -> None:
    class Installed:
        def read_text(self, _: str) -> str | None:
            return noted

    monkeypatch.setattr("labkit.launch.doctor.python.FOLDER", tmp_path)
    monkeypatch.setattr(metadata, "distribution", lambda _: Installed())
    assert again().endswith(f"--force-reinstall {origin}")
