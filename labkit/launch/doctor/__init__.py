"""``labkit doctor``: what the lab needs of a machine, looked at one by one.

finding   what one check saw, and what to do about it
python    Python itself, and the packages
machine   what the lab needs of the system: connections, files, memory, a folder
notebooks JupyterLab, the widgets in it, and a browser
programs  what the lab can do without: Postfix, and programs for a terminal

Each check imports what it needs while it looks, so that the others can speak where something is missing.
"""

from collections.abc import Callable

from labkit.launch.doctor import machine, notebooks, programs, python
from labkit.launch.doctor.finding import Finding, Mark

CHECKS: dict[str, Callable[[], Finding]] = {
    "Python": python.version,
    "Packages": python.packages,
    "Connections": machine.connections,
    "Open files": machine.open_files,
    "Memory": machine.memory,
    "This folder": machine.folder,
    "JupyterLab": notebooks.jupyterlab,
    "Kernel": notebooks.kernel,
    "Widgets": notebooks.widgets,
    "Browser": notebooks.browser,
    "Postfix": programs.postfix,
    "Terminal": programs.terminal,
}

IN_THE_WAY = "This can't be looked at, because a package is missing or damaged: {trouble}."


def examine() -> dict[str, Finding]:
    """What each check of CHECKS saw, in their order."""
    return {name: _made(check) for name, check in CHECKS.items()}


def _made(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except ImportError as error:
        return Finding(Mark.MEND, IN_THE_WAY.format(trouble=error), command=python.again())
