"""A picture and its text equivalent."""

import base64
import subprocess
import sys

import pytest
from IPython.core.formatters import DisplayFormatter

from labkit.show import Picture

PICTURE = Picture("Three letters were sent.", b"\x89PNG...", 900)


def test_a_terminal_gets_the_text() -> None:
    assert repr(PICTURE) == str(PICTURE) == "Three letters were sent."


def test_a_notebook_gets_the_picture_and_the_text_and_nothing_else() -> None:
    data, metadata = DisplayFormatter().format(PICTURE)  # type: ignore[no-untyped-call]
    assert set(data) == {"image/png", "text/plain"}
    assert base64.b64decode(data["image/png"]) == b"\x89PNG..."
    assert data["text/plain"] == "Three letters were sent."
    assert metadata == {"image/png": {"width": 900, "alt": "Three letters were sent."}}


@pytest.mark.parametrize("module", ["labkit", "labkit.show"])
def test_matplotlib_is_not_imported_before_a_picture_is_drawn(module: str) -> None:
    code = f"import sys, {module}; print({{'matplotlib', 'numpy', 'PIL'}} & set(sys.modules))"
    assert run(code) == "set()"


DRAW = """
import sys
from hashlib import sha256
from labkit import Lab, matrix
from labkit.show import *
with Lab() as lab:
    report = lab.attacker.spam(3)
    flood = lab.attacker.flood()
    table = matrix("spam", ["open relay", "right policy"])
    for picture in (
        mail_per_minute(lab), topology(lab), queue_length(lab), reputation(lab), sequence(lab, report),
        states(), delay(flood), attack_by_defence(table),
    ):
        print(sha256(picture.png).hexdigest(), sha256(picture.text.encode()).hexdigest())
print("pyplot" if "matplotlib.pyplot" in sys.modules else "no pyplot")
"""


def test_two_runs_draw_the_same_bytes() -> None:
    first, second = run(DRAW), run(DRAW)
    assert first == second
    assert len(set(first.split("\n"))) == 9
    assert first.endswith("\nno pyplot")


def run(code: str) -> str:
    """What a fresh Python prints; it must complain of nothing."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    return ran.stdout.strip()
