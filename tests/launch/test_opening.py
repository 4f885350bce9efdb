"""Where `labkit open` opens the notebooks: in place in a checkout, in a folder of its own elsewhere."""

from pathlib import Path

import pytest

from labkit.launch import jupyter, material
from labkit.launch.opening import open_lab


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """The folders that JupyterLab is opened on; nothing is started."""
    folders: list[Path] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(jupyter, "run", lambda say, folder, port, **_: folders.append(folder))
    return folders


def test_in_a_checkout_the_notebooks_are_opened_where_they_are(opened: list[Path], tmp_path: Path) -> None:
    said: list[str] = []
    open_lab(said.append)
    assert opened == [material.CHECKOUT]
    assert said == [f"The notebooks are in {material.CHECKOUT}."]
    assert list(tmp_path.iterdir()) == []


def test_an_installed_lab_unpacks_them_into_the_current_folder(
    opened: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(material, "CHECKOUT", tmp_path / "none")
    open_lab(lambda _: None)
    assert opened == [Path("smtp-relay-lab")]
    assert Path("smtp-relay-lab", material.FIRST).exists()


def test_a_folder_of_one_s_own_is_taken_in_a_checkout_as_well(opened: list[Path]) -> None:
    open_lab(lambda _: None, Path("mine"))
    assert opened == [Path("mine")]
    assert Path("mine", material.FIRST).exists()


def test_only_unpacking_starts_nothing(opened: list[Path]) -> None:
    open_lab(lambda _: None, Path("mine"), lab=False)
    assert opened == []
