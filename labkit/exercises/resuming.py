"""A short code for what is done, to be written down by hand where no file is kept.

Each exercise has a place of its own, by its number, so a code still fits when the course has grown. Signs are
those of Crockford's base 32, without I, L, O and U; the last three are a checksum.
"""

import zlib
from collections.abc import Iterable, Iterator

from labkit.errors import UsageError
from labkit.exercises import registry

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MEANT = str.maketrans("ILO", "110")  # what is read or typed by mistake
EACH = 4  # places for the exercises of one notebook
CHECK = 3  # signs, of 5 bits
GROUP = 4

NOT_A_TEXT = "A resume code is a text: progress.resume('...'), with the code in quotation marks."
OTHER_SIGNS = "{code!r} is no resume code: it consists of letters and digits, without U."
NOT_WHOLE = (
    "{code!r} is no resume code as it stands: a sign is missing, wrong or in another place. Compare it again."
)
OTHER_COURSE = "{code!r} is a code of another edition of the course: it names exercises that aren't here."


def code(numbers: Iterable[str]) -> str:
    """The code for these exercises; those that the course doesn't have are left out."""
    known = set(_places())
    bits = sum(1 << _place(number) for number in set(numbers) & known)
    text = _signs(bits) + _checksum(bits)
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def done(code: str) -> list[str]:
    """The exercises that a code says are done, in order. Raises UsageError for a wrong code."""
    if not isinstance(code, str):
        raise UsageError(NOT_A_TEXT)
    plain = "".join(code.upper().replace("-", " ").split()).translate(MEANT)
    if any(sign not in SIGNS for sign in plain):
        raise UsageError(OTHER_SIGNS.format(code=code))
    bits = 0
    for sign in plain[:-CHECK]:
        bits = bits * len(SIGNS) + SIGNS.index(sign)
    if len(plain) <= CHECK or plain != _signs(bits) + _checksum(bits):
        raise UsageError(NOT_WHOLE.format(code=code))
    found = [number for number in _places() if bits >> _place(number) & 1]
    if len(found) != bits.bit_count():
        raise UsageError(OTHER_COURSE.format(code=code))
    return found


def _places() -> Iterator[str]:
    return (one.id for one in registry.exercises())


def _place(number: str) -> int:
    """Where an exercise stands among the bits; early ones first, so that a code is short at the beginning."""
    notebook, _, which = number.partition(".")
    return int(notebook) * EACH + int(which) - 1


def _signs(bits: int) -> str:
    signs = ""
    while bits or not signs:
        bits, last = divmod(bits, len(SIGNS))
        signs = SIGNS[last] + signs
    return signs


def _checksum(bits: int) -> str:
    check = zlib.crc32(b"smtp relay lab %d" % bits) % len(SIGNS) ** CHECK
    return _signs(check).rjust(CHECK, SIGNS[0])
