"""What a table of header_checks or body_checks can say of a header or a line (header_checks(5))."""

import re
from dataclasses import dataclass

from labkit.errors import PolicyError
from labkit.relay.language.postfix_names import nearest

WITH_HEADER = ("PREPEND", "REPLACE")  # what follows is a header, where a header was looked up
ACTIONS = ("REJECT", "HOLD", "WARN", "DISCARD", *WITH_HEADER, "IGNORE", "STRIP", "INFO", "DUNNO", "OK")
ELSEWHERE = ("FILTER", "REDIRECT", "BCC", "PASS", "DELAY")

IS_HEADER = re.compile(r"[!-9;-~]+[ \t]*:")


@dataclass(frozen=True, slots=True)
class Action:
    """One of ``ACTIONS``, and the text behind it."""

    word: str
    text: str = ""


def action(value: str) -> Action:
    """The action that a table gives; its name in any case."""
    word, *text = value.strip().split(maxsplit=1) or [""]
    return Action(word.upper(), "".join(text))


def checked(value: str, *, of_headers: bool) -> None:
    """Raise PolicyError for a value that Postfix would skip with a warning, or that this lab can't do."""
    found = action(value)
    if found.word in ELSEWHERE:
        raise PolicyError(f"Postfix knows the action {found.word}; this lab knows {', '.join(ACTIONS)}.")
    if found.word not in ACTIONS:
        word = value.split()[0]
        raise PolicyError(
            f"there is no action {word!r} for a header or a line.{nearest(found.word, ACTIONS)}"
        )
    if found.word in WITH_HEADER and not found.text:
        raise PolicyError(f"{found.word} needs a text behind it, such as {found.word} X-Checked: yes.")
    if found.word in WITH_HEADER and of_headers and not IS_HEADER.match(found.text):
        raise PolicyError(f"{value!r}: behind {found.word} stands a header, such as X-Checked: yes.")
