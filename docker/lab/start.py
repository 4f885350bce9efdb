"""Starts JupyterLab in a container: a place for the student's work, a token, an address to open.

In the environment: JUPYTER_TOKEN for a token of your own; LAB_PORT, the port of the address that
is shown; LAB_SOCKET, a file in which JupyterLab listens instead of at a port.
"""

import os
import secrets
import sys
from pathlib import Path

from labkit.errors import LabError
from labkit.launch.dashboard import EXTENSIONS, TEMPLATES
from labkit.launch.jupyter import PORT, SETTINGS
from labkit.launch.unpacking import unpack

WORK = Path.home() / "notebooks"
SHORTEST = 16  # characters of a token
WEAK = (
    "JUPYTER_TOKEN has only {length} characters. Choose {least} or more, or leave it out: then one is made."
)
OPEN = """
The lab is open at

    http://127.0.0.1:{port}/lab?token={token}

and its panel, as a page of its own, at

    http://127.0.0.1:{port}/voila/render/dashboard.ipynb?token={token}

Your work is in {work}. Who has such an address can work here, too: keep it to yourself."""


def main() -> None:
    """Put this process's place to JupyterLab."""
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_urlsafe(24)
    if len(token) < SHORTEST:
        sys.exit(WEAK.format(length=len(token), least=SHORTEST))
    try:
        said = str(unpack(WORK))
    except LabError as error:
        sys.exit(f"{error}\nA container has a place for work with: --volume relay-lab:{Path.home()}")
    shown = OPEN.format(port=os.environ.get("LAB_PORT") or PORT, token=token, work=WORK)
    sys.stdout.write(f"{said}\n{shown}\n")
    sys.stdout.flush()
    os.environ |= {
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_PATH": str(SETTINGS),
        "JUPYTER_PATH": str(TEMPLATES),
    }
    os.execvp("jupyter-lab", ["jupyter-lab", *_options(os.environ.get("LAB_SOCKET"))])


def _options(socket: str | None) -> list[str]:
    """What differs from `labkit open`: where it listens, and that the panel's page is served as well.

    At a port it listens for all of the container's network, because what is published comes in there.
    """
    place = (
        [f"--ServerApp.sock={socket}"] if socket else ["--ServerApp.ip=0.0.0.0", f"--ServerApp.port={PORT}"]
    )
    return [
        *place,
        f"--ServerApp.root_dir={WORK}",
        "--ServerApp.port_retries=0",
        "--no-browser",
        "--ServerApp.jpserver_extensions=voila.server_extension=True",
        "--VoilaConfiguration.template=labkit",
        *(f"--VoilaConfiguration.extension_allowlist={name}" for name in EXTENSIONS),
    ]


if __name__ == "__main__":
    main()
