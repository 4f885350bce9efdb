"""How long `from labkit import Lab` takes over bare Python, and that it leaves the heavy libraries alone.

`import labkit` by itself loads next to nothing, and the first use of a name pays for it: so it is shown
beside, and the limit is held against what a student waits for.

Fresh processes take turns. Compiled modules are kept in a folder of this run's own, so that the first,
unmeasured round compiles them, as an installation does. aiosmtpd alone stands beside it: the lab can't
be quicker than the library it is built on. In a notebook most of what both need is loaded already.
"""

import os
import resource
import subprocess
import sys
import tempfile

from measuring import Cost, Stopwatch, alternate, in_ms, line, middle

ROUNDS = 15
TARGET_MS = 150
HEAVY = {"matplotlib", "ipywidgets", "dkim"}
IN_A_KERNEL = """
import ipykernel.kernelapp, time
wall, cpu = time.perf_counter(), time.process_time()
from labkit import Lab
print(time.perf_counter() - wall, time.process_time() - cpu)
"""
WHICH_HEAVY = f"import sys; from labkit import Lab; print(*sorted({HEAVY} & set(sys.modules)))"


def main() -> None:
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        cases = {
            "bare Python": lambda: importing("pass", environment),
            "aiosmtpd": lambda: importing("import aiosmtpd.smtp", environment),
            "labkit": lambda: importing("import labkit", environment),
            "Lab": lambda: importing("from labkit import Lab", environment),
            "in a kernel": lambda: Cost(*map(float, _run(IN_A_KERNEL, environment).split())),
        }
        show(alternate(ROUNDS, cases), heavy=_run(WHICH_HEAVY, environment).split())


def importing(code: str, environment: dict[str, str]) -> Cost:
    with Stopwatch(_cpu_of_children) as watch:
        _run(code, environment)
    return watch.cost


def show(costs: dict[str, list[Cost]], heavy: list[str]) -> None:
    bare = middle(costs["bare Python"])
    upstream, ours = (1000 * (middle(costs[name]).wall - bare.wall) for name in ("aiosmtpd", "Lab"))
    line("bare Python", in_ms(costs["bare Python"]))
    line("import aiosmtpd.smtp, over bare Python", in_ms(costs["aiosmtpd"], bare))
    line("import labkit alone, over bare Python", in_ms(costs["labkit"], bare))
    line(
        "from labkit import Lab, over bare Python",
        in_ms(costs["Lab"], bare),
        f"<= {TARGET_MS} ms",
        met=ours <= TARGET_MS,
    )
    line("the same / aiosmtpd, both over bare Python", f"{ours / upstream:8.2f}")
    line("from labkit import Lab, in a notebook's kernel", in_ms(costs["in a kernel"]))
    line("heavy libraries that it imported", f"{' '.join(heavy) or 'none':>8}", "none", met=not heavy)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(code: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout


if __name__ == "__main__":
    main()
