"""Python itself, and the packages that the lab stands on."""

import json
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from labkit.launch.doctor.finding import Finding, Mark
from labkit.launch.material import PACKAGE

OLDEST = (3, 11)  # requires-python in pyproject.toml
DISTRIBUTION = "smtp-relay-lab"
FOLDER = PACKAGE.parent  # of the project, where the package stands in a checkout

TOO_OLD = "This is Python {found}, and the lab needs {oldest} or newer."
NEWER = "Install one from python.org. Then set the lab up with it, for example:"
WITH_NEWER = "make lab PYTHON=python3.12"
NOT_INSTALLED = "The lab runs from a folder and was not installed, so versions can't be compared."
INSTALL = '{python} -m pip install -e "{folder}"'
IN_ORDER = "All {count} that the lab names are here, in versions that it knows."
WRONG = "Missing, or in a version that the lab doesn't know: {names}."
ASK_PIP = "{python} -m pip install {requirements}"


def version() -> Finding:
    """Whether this Python is new enough."""
    found = platform.python_version()
    if sys.version_info < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return Finding(Mark.MEND, TOO_OLD.format(found=found, oldest=oldest), NEWER, WITH_NEWER)
    return Finding(Mark.FINE, f"{found}, at {sys.executable}")


def packages() -> Finding:
    """Whether every requirement of the installed lab is met."""
    try:
        required = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return Finding(Mark.NOTE, NOT_INSTALLED, command=INSTALL.format(python=this_python(), folder=FOLDER))
    from packaging.requirements import Requirement

    asked = [
        one for one in map(Requirement, required) if not one.marker or one.marker.evaluate({"extra": ""})
    ]
    wrong = {str(one): here for one in asked for here in _unmet(one.name, str(one.specifier))}
    if not wrong:
        return Finding(Mark.FINE, IN_ORDER.format(count=len(asked)))
    names = ", ".join(f"{requirement} ({here})" for requirement, here in wrong.items())
    wanted = " ".join(f'"{requirement}"' for requirement in wrong)
    command = ASK_PIP.format(python=this_python(), requirements=wanted)
    return Finding(Mark.MEND, WRONG.format(names=names), command=command)


def again() -> str:
    """The command that installs the lab and all that it needs once more, from where it came."""
    return f"{this_python()} -m pip install --force-reinstall {_origin()}"


def this_python() -> str:
    """What to type in this terminal so that it is this Python that runs."""
    found = shutil.which("python")
    same = found and Path(found).parent.resolve() == Path(sys.executable).parent.resolve()
    return "python" if same else f'"{sys.executable}"'


def _origin() -> str:
    """What pip is to be told: the checkout, the file or address that pip noted, or the name in its index."""
    if (FOLDER / "pyproject.toml").exists():
        return f'-e "{FOLDER}"'
    noted = metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
    return f'"{json.loads(noted)["url"]}"' if noted else DISTRIBUTION


def _unmet(name: str, specifier: str) -> Iterator[str]:
    """Says once what is here instead, if anything is wrong."""
    from packaging.specifiers import SpecifierSet

    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        yield "missing"
        return
    if not SpecifierSet(specifier).contains(found, prereleases=True):
        yield f"{found} is here"
