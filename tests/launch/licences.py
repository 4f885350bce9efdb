"""Which licences the locked packages have. ``make licences`` writes them into THIRD-PARTY.md.

Packages say it in one of three places, and most of the older ones in words of their own.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "THIRD-PARTY.md"
LOCKS = {
    "What the lab needs": ROOT / "requirements.lock",
    "What only its checks need": ROOT / "requirements-dev.lock",
}
START = """# Licences of other people's work

The lab itself has the [MIT licence](LICENSE). It brings none of these packages with it: pip fetches them, and each
comes with its licence. An image made from `docker/lab` holds those of the first table.

All of them allow you to use, change and pass on. Those under a licence named in **bold** ask for more where you
change or pass on the package itself: its source, under the same licence. `make licences` writes this page from the
lock files, and a test compares.
"""

# Who passes such a package on passes its source on, under the same licence. The lab passes none on.
COPYLEFT = {"MPL-2.0", "GPL-2.0-only"}
PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "BSD",  # which one of them stands in the package
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "PSF-2.0",
    "Zlib",
}

WORDS = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd license": "BSD",
    "gpl-2.0": "GPL-2.0-only",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
}
# What the licence's own text says, where what is said about it is vague, or where another system needs the package.
READ = {
    "appnope": "BSD-2-Clause",
    "axe-playwright-python": "MIT AND MPL-2.0",  # axe-core is in it
    "colorama": "BSD-3-Clause",
    "dkimpy": "Zlib",
    "overrides": "Apache-2.0",
    "pywin32": "PSF-2.0",
    "pywinpty": "MIT",
}


def locked(lock: Path) -> list[str]:
    """The names of a lock's packages, in its order."""
    return re.findall(r"^([a-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)


def stated(package: str) -> str:
    """The licence as an SPDX expression. Raises PackageNotFoundError, and KeyError for words that are new."""
    if package in READ:
        return READ[package]
    said = metadata(package)
    if expression := said.get("License-Expression"):
        return str(expression)
    classifiers = [
        text.rpartition(" :: ")[2] for text in said.get_all("Classifier", []) if "License ::" in text
    ]
    words = [*str(said.get("License", "")).splitlines()[:1], *classifiers]
    return next(filter(None, map(_spdx, words)), "") or f"unknown: {words}"


def _spdx(words: str) -> str:
    known = WORDS.get(words.lower(), words)
    return known if identifiers(known) <= PERMISSIVE | COPYLEFT else ""


def identifiers(expression: str) -> set[str]:
    """The licences that an SPDX expression names."""
    return set(re.split(r" AND | OR |[()]", expression)) - {""}


def page() -> str:
    """THIRD-PARTY.md. A package stands in the first lock that has it."""
    parts, seen = [START], set[str]()
    for title, lock in LOCKS.items():
        names = [name for name in locked(lock) if name not in seen]
        seen.update(names)
        parts += [f"## {title}\n", "| package | licence |\n|---|---|", *map(_row, names), ""]
    return "\n".join(parts)


def _row(package: str) -> str:
    expression = stated(package)
    marked = re.sub(r"[\w.-]+", lambda word: f"**{word[0]}**" if word[0] in COPYLEFT else word[0], expression)
    return f"| {package} | {marked} |"


if __name__ == "__main__":
    try:
        PAGE.write_text(page(), encoding="utf-8", newline="\n")
    except PackageNotFoundError as missing:
        sys.exit(f"{missing.name} is not installed here. Look its licence up, and note it in {__file__}.")
