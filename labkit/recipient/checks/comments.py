"""Comments in headers: what stands in parentheses is for people, not for programs (RFC 5322 3.2.2)."""

import re
from collections.abc import Iterator

_OF_COMMENT = re.compile(r"\\.|[()]|[^\\()]+|.", re.DOTALL)  # quotes mean nothing there
_PIECE = re.compile(r'\\.|"(?:[^"\\]|\\.)*+"|[();]|[^\\"();]+|.', re.DOTALL)


def without_comments(text: str) -> str:
    """The text without its comments, which can stand in each other."""
    return "".join(piece for piece, depth in _pieces(text) if not depth)


def parts(text: str) -> Iterator[tuple[str, str]]:
    """What stands between the semicolons of a header: each without its comments, and the comments."""
    plain, comment = "", ""
    for piece, depth in _pieces(text):
        if depth:
            comment += piece
        elif piece == ";":
            yield plain.strip(), _bare(comment)
            plain, comment = "", ""
        else:
            plain += piece
    yield plain.strip(), _bare(comment)


def _bare(comment: str) -> str:
    return re.sub(r"\\(.)", r"\1", comment.replace(")(", " ")[1:-1], flags=re.DOTALL)


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """Pieces, and in how many comments each stands."""
    depth = position = 0
    while found := (_OF_COMMENT if depth else _PIECE).match(text, position):
        piece, position = found[0], found.end()
        if piece == "(":
            depth += 1
        yield piece, depth
        if piece == ")" and depth:
            depth -= 1
