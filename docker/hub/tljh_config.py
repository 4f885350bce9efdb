"""A class on one machine: settings for The Littlest JupyterHub 2.0.

It goes to /opt/tljh/config/jupyterhub_config.d/smtp_relay_lab.py, where TLJH reads it after its own settings.
README.md beside this file has the commands, and the sums behind the figures.
"""

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - JupyterHub puts it there

# Each student gets exercises of their own.
c.Spawner.environment.update({"LABKIT_SEED": lambda spawner: spawner.user.name})
c.Spawner.default_url = "/lab/tree/notebooks/00-welcome.ipynb"

# The most that one student may take: what one holds who opens all fourteen notebooks.
c.Spawner.mem_limit = "2G"
c.Spawner.cpu_limit = 2

# A kernel that nobody has used for half an hour ends; its notebook stays, and every notebook begins anew.
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=1800",
    "--MappingKernelManager.cull_interval=120",
    "--MappingKernelManager.cull_connected=True",
]

# Nothing that a student starts reaches further than this machine's 127.0.0.1. systemd holds this for the
# unit of each student, and with it for whatever runs in there. 127.0.0.53, the name server that many systems
# have, is left out on purpose: a question to it would be passed on. egress.nft holds the same by user.
c.SystemdSpawner.unit_extra_properties = {
    "IPAddressDeny": "any",
    "IPAddressAllow": "127.0.0.1",
    "TasksMax": "512",
}
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.isolate_devices = True

# TLJH as it comes lets in whoever chooses a name and a password first. Here a student signs up, and comes in
# once an administrator has admitted them.
c.JupyterHub.authenticator_class = "nativeauthenticator.NativeAuthenticator"
c.NativeAuthenticator.open_signup = False
c.NativeAuthenticator.minimum_password_length = 10
c.NativeAuthenticator.check_common_password = True
c.NativeAuthenticator.allowed_failed_logins = 5
c.Authenticator.allow_all = True  # of those that an administrator has admitted
