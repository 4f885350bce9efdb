"""What shows the notebooks: JupyterLab, the Python behind it, the widgets in it, and a browser."""

import sys
import webbrowser
from importlib import metadata
from pathlib import Path

from labkit.launch.browser import has_desktop
from labkit.launch.doctor.finding import Finding, Mark
from labkit.launch.doctor.python import again, this_python

KERNEL = "python3"  # the name that the notebooks ask for
WIDGETS = "@jupyter-widgets/jupyterlab-manager"

VERSIONS = "JupyterLab {jupyterlab}, and Voilà {voila} for labkit dashboard."
NO_PACKAGE = "{name} is missing, so the notebooks can't be shown."
NO_KERNEL = "JupyterLab finds no Python for the notebooks."
MAKE_KERNEL = "{python} -m ipykernel install --sys-prefix"
THIS_PYTHON = "Notebooks run in this Python."
OTHER_PYTHON = "Notebooks run in another Python, which may not have the lab: {python}."
USE_THIS = "Start with labkit open, or take the other one's entry away:"
TAKE_AWAY = "jupyter kernelspec remove python3"
SHOWN = "JupyterLab has what shows buttons and the panel."
NO_WIDGETS = "JupyterLab lacks what shows buttons and the panel: {name}."
DISABLED = "What shows buttons and the panel is switched off in JupyterLab: {name}."
ENABLE = "jupyter labextension enable {name}"
OPENS = "There is one to open JupyterLab in."
NO_BROWSER = "None can be opened from here."
OPEN_IT = "The lab prints an address: open it in a browser on this machine."


def jupyterlab() -> Finding:
    """Whether JupyterLab and Voilà are here."""
    versions = {}
    for name in ("jupyterlab", "voila"):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            return Finding(Mark.MEND, NO_PACKAGE.format(name=name), command=again())
    return Finding(Mark.FINE, VERSIONS.format(**versions))


def kernel() -> Finding:
    """Whether it is this Python in which notebooks run."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        python = KernelSpecManager().get_kernel_spec(KERNEL).argv[0]
    except NoSuchKernel:
        return Finding(Mark.MEND, NO_KERNEL, command=MAKE_KERNEL.format(python=this_python()))
    # A bare name stands for the Python of the server. In a virtual environment python is a link, so it is
    # the folder that tells.
    if Path(python).is_absolute() and Path(python).parent.resolve() != Path(sys.executable).parent.resolve():
        return Finding(Mark.MEND, OTHER_PYTHON.format(python=python), USE_THIS, TAKE_AWAY)
    return Finding(Mark.FINE, THIS_PYTHON)


def widgets() -> Finding:
    """Whether JupyterLab has the extension that shows widgets, and whether it is switched on."""
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_static_page_config

    places = (Path(place) / WIDGETS / "package.json" for place in jupyter_path("labextensions"))
    if not any(place.exists() for place in places):
        return Finding(Mark.MEND, NO_WIDGETS.format(name=WIDGETS), command=again())
    disabled = get_static_page_config(level="all").get("disabledExtensions", {})
    if any(off for name, off in disabled.items() if name.partition(":")[0] == WIDGETS):
        return Finding(Mark.MEND, DISABLED.format(name=WIDGETS), command=ENABLE.format(name=WIDGETS))
    return Finding(Mark.FINE, SHOWN)


def browser() -> Finding:
    """Whether a browser can be opened from here."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return Finding(Mark.NOTE, NO_BROWSER, OPEN_IT)
    if not has_desktop():
        return Finding(Mark.NOTE, NO_BROWSER, OPEN_IT)
    return Finding(Mark.FINE, OPENS)
