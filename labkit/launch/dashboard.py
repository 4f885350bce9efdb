"""``labkit dashboard``: the panel as a page of its own, opened through Voilà, behind a token on loopback.

Every visit of the page has a lab of its own, which ends when the page is closed.
"""

import os
from collections.abc import Callable
from pathlib import Path

from labkit.launch.browser import has_desktop, open_page
from labkit.launch.material import PAGE, notebooks
from labkit.network.carrier import free_port

PORT = 8866
TEMPLATES = Path(__file__).parent / "page"
# What else is installed in JupyterLab has no business on this page.
EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8")
RUNNING = "The lab's page is open at\n\n    {address}\n\nStop it with Ctrl-C in this window."


def serve(say: Callable[[str], object], port: int = PORT, *, browser: bool = True) -> None:
    """Serve the page until Ctrl-C, on the first free port from ``port`` on, or any for 0.

    ``say`` is told where the page is. Raises UsageError where the notebooks are missing.
    """
    from voila.app import Voila

    class Page(Voila):  # type: ignore[misc]
        def launch_browser(self) -> None:
            """Voilà calls this once it listens. Its own way leaves the token out, and so ends at a login."""
            address = f"http://127.0.0.1:{self.port}/?token={self.identity_provider.token}"
            say(RUNNING.format(address=address))
            if browser and has_desktop():
                open_page(address)

    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        filter(None, [str(TEMPLATES), os.environ.get("JUPYTER_PATH")])
    )
    Page.launch_instance([str(notebooks() / PAGE), *_options(port or free_port())])


def _options(port: int) -> list[str]:
    return [
        "--Voila.ip=127.0.0.1",
        f"--Voila.port={port}",
        "--Voila.auto_token=True",
        "--Voila.log_level=ERROR",
        "--VoilaConfiguration.template=labkit",
        *(f"--VoilaConfiguration.extension_allowlist={name}" for name in EXTENSIONS),
        "--KernelManager.transport_encryption=auto",  # else the kernel warns
    ]
