"""What the lab needs of the system under it: connections to itself, open files, memory, a folder."""

import shutil
import tempfile
from pathlib import Path

from labkit.errors import LabError
from labkit.launch.doctor.finding import Finding, Mark

# At once, in a notebook, which has 70 open itself: 230 more while a flood keeps the relay busy, and 90 with
# thirty connections, also when 5,000 letters go through them (tests/launch/test_doctor_machine.py).
FILES = 320
FEWEST_FILES = 180
MEBIBYTE = 2**20
ROOM = 1024  # MiB of memory, in which JupyterLab and the largest notebook have room
DISK = 100  # MiB, for notebooks with what their cells show, and for captures

WENT_THROUGH = "A letter went through the lab on 127.0.0.1 and arrived."
STUCK = "No letter gets through the lab on 127.0.0.1. {trouble}"
FIREWALL = (
    "A firewall or a VPN may stand between programs of this machine: allow Python to listen on 127.0.0.1 "
    "(on Windows: Windows Security, Firewall, Allow an app), or stop it for the lesson, and try again."
)
LOST = "The letter was accepted, and was not found in the mailbox."
NO_LIMIT = "This system sets no limit that matters here."
FILES_ENOUGH = "{files:,} at once are allowed, and the lab uses up to {most}."
FILES_FEW = "Only {files:,} at once are allowed, and the lab uses up to {most}, two for each connection."
MORE_FILES = "Ask for more in the terminal in which you start JupyterLab, before you do:"
RAISE = "ulimit -n 1024"
MEMORY_ENOUGH = "{free:,} MiB are free."
MEMORY_LITTLE = "{free:,} MiB are free, and JupyterLab with a large notebook takes up to {room:,}."
MORE_MEMORY = "Close other programs, and shut down notebooks that you no longer use (Kernel, Shut Down)."
WRITABLE = "Files can be written here, and {free:,} MiB are free."
FULL = "Files can be written here, but only {free:,} MiB are free."
READ_ONLY = "No file can be written in {folder}: {trouble}. Your progress is kept beside the notebooks."
ELSEWHERE = "Go to a folder of your own, and put the notebooks there:"
UNPACK = "labkit open my-lab"
MAKE_ROOM = "Delete what you no longer need, so that your work can be saved."


def connections() -> Finding:
    """Whether programs on this machine may connect to each other: a lab starts and sends a letter."""
    from labkit.lab import Lab

    try:
        with Lab() as lab:
            arrived = lab.workstation.send().delivered
    except (LabError, OSError) as error:
        return Finding(Mark.MEND, STUCK.format(trouble=error), FIREWALL)
    if not arrived:
        return Finding(Mark.MEND, STUCK.format(trouble=LOST), FIREWALL)
    return Finding(Mark.FINE, WENT_THROUGH)


def open_files() -> Finding:
    """Whether enough files may be open at once. Each end of a connection is one."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows counts otherwise
        return Finding(Mark.FINE, NO_LIMIT)
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return Finding(Mark.FINE, NO_LIMIT)
    if files >= FILES:
        return Finding(Mark.FINE, FILES_ENOUGH.format(files=files, most=FILES))
    mark = Mark.NOTE if files >= FEWEST_FILES else Mark.MEND
    return Finding(mark, FILES_FEW.format(files=files, most=FILES), MORE_FILES, RAISE)


def memory() -> Finding:
    """Whether there is memory for JupyterLab and a large notebook."""
    import psutil  # type: ignore[import-untyped]  # ipykernel needs it, and so brings it

    free = psutil.virtual_memory().available // MEBIBYTE
    if free >= ROOM:
        return Finding(Mark.FINE, MEMORY_ENOUGH.format(free=free))
    return Finding(Mark.NOTE, MEMORY_LITTLE.format(free=free, room=ROOM), MORE_MEMORY)


def folder() -> Finding:
    """Whether files can be written in the current folder."""
    here = Path.cwd()
    try:
        with tempfile.TemporaryFile(dir=here) as file:
            file.write(b"labkit")
    except OSError as error:
        return Finding(Mark.MEND, READ_ONLY.format(folder=here, trouble=error.strerror), ELSEWHERE, UNPACK)
    free = shutil.disk_usage(here).free // MEBIBYTE
    if free < DISK:
        return Finding(Mark.NOTE, FULL.format(free=free), MAKE_ROOM)
    return Finding(Mark.FINE, WRITABLE.format(free=free))
