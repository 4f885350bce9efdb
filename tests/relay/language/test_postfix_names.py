"""The names that Postfix knows: complete, and read only when somebody asks."""

import shutil
import subprocess
import sys
from pathlib import Path

from labkit.relay.language import postfix_names
from labkit.relay.language.home import USUAL
from labkit.relay.language.tables import TYPES
from labkit.relay.policy import PARAMETERS
from labkit.relay.restrictions import RESTRICTIONS


def test_what_this_lab_knows_postfix_knows_too() -> None:
    assert postfix_names.parameters().issuperset(PARAMETERS)
    assert postfix_names.parameters().issuperset(USUAL.fixed)
    assert postfix_names.RESTRICTIONS.issuperset(RESTRICTIONS)
    assert postfix_names.TABLE_TYPES.issuperset(TYPES)


def test_importing_the_lab_reads_no_names() -> None:
    code = "import labkit; from labkit.relay.language import postfix_names as p; print(p.parameters.cache_info().currsize)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "0\n"


if shutil.which("postconf"):

    def test_every_parameter_of_an_installed_postfix_is_known(tmp_path: Path) -> None:
        (tmp_path / "main.cf").write_text("")
        services = [f"{name} unix - - n - - {name}\n" for name in postfix_names.TRANSPORTS]
        (tmp_path / "master.cf").write_text("".join(services))
        command = ["postconf", "-c", str(tmp_path), "-dH"]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
        names = set(shown.split())
        assert names - postfix_names.parameters() == set()
        assert len(names) > 800
