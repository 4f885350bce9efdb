"""A cheat sheet as data: by heading, the lines of code that its rows tell to write; and how to run them."""

import re
from pathlib import Path

ROW = re.compile(r"^\| [^|]+ \| ([^|]*`[^|]*) \|$", re.MULTILINE)


def sections(page: Path) -> dict[str, list[str]]:
    """By heading: the lines of code in the second column of its table."""
    parts = re.split(r"^## +(.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {
        heading: [line for cell in ROW.findall(text) for line in re.findall(r"`([^`]+)`", cell)]
        for heading, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def run(line: str, names: dict[str, object]) -> None:
    """An expression is shown as a notebook shows it; a statement is run."""
    try:
        code = compile(line, "cheat sheet", "eval")
    except SyntaxError:
        exec(line, names)
    else:
        repr(eval(code, names))
