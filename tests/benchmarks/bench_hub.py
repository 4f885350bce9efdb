"""A class at once: what do twenty students cost who all start a server and run notebook 03?

A real JupyterHub with its proxy, on 127.0.0.1. Each student asks the hub for a server, opens a kernel and
runs every code cell of notebooks/03-open-relay.ipynb, once. One student alone comes first, then the class.
At the end one student opens all notebooks, each with a kernel that stays: that is the most that one can have.
Needs Linux, and besides the packages of `make test`: `pip install jupyterhub==5.5.0` and
`npm install configurable-http-proxy`, its command on the PATH (or named with --proxy). Takes some minutes.
"""

import argparse
import asyncio
import logging
import os
import shutil
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from hub_running import Hub, hub
from hub_student import Student
from measuring import line
from processes import Scales, Weight, weight_of
from tornado.httpclient import AsyncHTTPClient

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOK = "03-open-relay.ipynb"
CLASS = 20
LIMIT = 15 * 60.0  # seconds for a class
LIMIT_GIVEN = "< 2 GiB PSS"  # what docker/hub lets one student have


def main() -> None:
    wanted = _arguments()
    if find_spec("jupyterhub") is None or wanted.proxy is None:
        print("left out, because jupyterhub or configurable-http-proxy is not installed: a class at once")
        return
    logging.getLogger("tornado").setLevel(logging.ERROR)
    AsyncHTTPClient.configure(None, max_clients=200, max_body_size=2**28)
    for count in map(int, wanted.students.split(",")):
        names = [f"student-{number:02}" for number in range(count)]
        with hub(wanted.proxy, names) as running:
            asyncio.run(asyncio.wait_for(a_class(running, names), LIMIT))
    if not wanted.quick:
        with hub(wanted.proxy, ["student-00"]) as running:
            asyncio.run(asyncio.wait_for(all_notebooks(running), LIMIT))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--students", default=f"1,{CLASS}", help="how many at once, one run for each number")
    parser.add_argument("--proxy", default=shutil.which("configurable-http-proxy"), help="its path")
    parser.add_argument("--quick", action="store_true", help="leave out the student who opens every notebook")
    return parser.parse_args()


async def a_class(running: Hub, names: list[str]) -> None:
    """All at once; then what they hold is weighed, while every notebook and kernel is still open."""
    students = [Student(running.address, running.token, name) for name in names]
    before, load = time.process_time(), os.getloadavg()[0]
    with Scales(running.weight_of_students, pause=1 if len(names) == 1 else 5) as scales:
        await asyncio.gather(*map(_work, students))
    line(f"{len(names)} at once, load before", f"{load:8.1f}")
    for name, seconds in {
        "server ready": [student.times.ready for student in students],
        "first cell's result": [student.times.first for student in students],
        "whole notebook": [student.times.whole for student in students],
    }.items():
        line(f"  {name}", f"{median(seconds):8.1f} s median {max(seconds):6.1f} s at most")
    each = [weight_of(theirs) for theirs in running.of_students().values()]
    line("  CPU time a student", f"{median(weight.cpu for weight in each):8.1f} s")
    line("  CPU time of the hub and its proxy", f"{running.weight().cpu:8.1f} s")
    line("  CPU time of this script", f"{time.process_time() - before:8.1f} s")
    line("  memory a student, at rest", str(_middle(each)))
    line("  all together, at rest", str(running.weight_of_students()))
    line("  all together, at most", str(scales.most))
    line("  the hub and its proxy", str(running.weight()))


async def _work(student: Student) -> None:
    await student.start()
    await student.run(NOTEBOOKS / NOTEBOOK)


def _middle(weights: list[Weight]) -> Weight:
    def typical(what: Callable[[Weight], float]) -> int:
        return int(median(map(what, weights)))

    return Weight(typical(lambda w: w.pss), typical(lambda w: w.rss), typical(lambda w: w.private))


async def all_notebooks(running: Hub) -> None:
    """One student opens all of them and closes none."""
    student = Student(running.address, running.token, "student-00")
    await student.start()
    alone = running.weight_of_students()
    line("one student: the server alone", f"{alone} {alone.cpu:6.1f} s CPU")
    with Scales(running.weight_of_students) as scales:
        for number, notebook in enumerate(sorted(NOTEBOOKS.glob("*.ipynb")), start=1):
            await student.run(notebook)
            line(f"  {number} open, the last {notebook.name}", str(running.weight_of_students()))
    line("  at most, meanwhile", str(scales.most), LIMIT_GIVEN, met=scales.most.pss < 2 * 2**30)


if __name__ == "__main__":
    main()
