"""The JupyterHub that bench_hub.py measures: on 127.0.0.1 only, with servers that are plain processes.

It takes the settings that a class gets from docker/hub/tljh_config.py, as far as a plain process can have
them: the seed, the start page, the kernels that are ended. It is for the measurement alone: no student
should share a machine with others this way.
"""

import os
from pathlib import Path

from jupyterhub.spawner import SimpleLocalProcessSpawner

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - JupyterHub puts it there
FOLDER = Path(os.environ["BENCH_FOLDER"])
PUBLIC, INNER, PROXY = os.environ["BENCH_PORTS"].split()
REPOSITORY = Path(__file__).resolve().parents[2]

load_subconfig(str(REPOSITORY / "docker" / "hub" / "tljh_config.py"))  # type: ignore[name-defined]  # noqa: F821

c.JupyterHub.bind_url = f"http://127.0.0.1:{PUBLIC}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{INNER}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PROXY}"
c.ConfigurableHTTPProxy.command = [os.environ["BENCH_PROXY"]]
c.JupyterHub.db_url = f"sqlite:///{FOLDER / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(FOLDER / "cookie_secret")
c.JupyterHub.pid_file = str(FOLDER / "hub.pid")

# Nobody signs in during the measurement; whoever tries needs a password that nobody knows.
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = os.environ["BENCH_PASSWORD"]
c.Authenticator.allow_all = True
c.JupyterHub.services = [{"name": "class", "api_token": os.environ["BENCH_TOKEN"]}]
c.JupyterHub.load_roles = [
    {"name": "class", "services": ["class"], "scopes": ["admin:users", "admin:servers", "access:servers"]}
]

c.JupyterHub.spawner_class = SimpleLocalProcessSpawner
c.SimpleLocalProcessSpawner.home_dir_template = str(FOLDER / "homes" / "{username}")
c.Spawner.ip = "127.0.0.1"
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.Spawner.args = [*c.Spawner.args, "--KernelManager.transport=ipc"]
if os.geteuid() == 0:
    c.Spawner.args.append("--allow-root")
# Kernels listen on sockets in a folder: a free port that is chosen for one may be another's by the time it
# starts. A socket's path must be short.
c.Spawner.environment.update(
    {
        "PYTHONPATH": str(REPOSITORY),
        "JUPYTER_RUNTIME_DIR": lambda spawner: str(FOLDER / "run" / spawner.user.name),
    }
)
