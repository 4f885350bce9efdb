"""What stands behind a mask."""

import pytest

from labkit.wire.reading.credentials import is_masked, spelled
from labkit.wire.reading.line import Line, Part
from labkit.wire.reading.lines import MASK

PAIR = "base64 for the name alice and the password secret"


@pytest.mark.parametrize(
    ("part", "text", "said"),
    [
        (Part.COMMAND, "AUTH PLAIN AGFsaWNlAHNlY3JldA==", PAIR),
        (Part.COMMAND, "auth plain AGFsaWNlAHNlY3JldA==", PAIR),
        (Part.SECRET, "AGFsaWNlAHNlY3JldA==", PAIR),
        (Part.SECRET, "Ym9zcwBhbGljZQBzZWNyZXQ=", PAIR),
        (Part.SECRET, "YWxpY2U=", "base64 for: alice"),
        (Part.COMMAND, "AUTH LOGIN", ""),
        (Part.COMMAND, f"AUTH PLAIN {MASK}", ""),
        (Part.SECRET, "*", ""),
        (Part.SECRET, "no base64", ""),
        (Part.SECRET, "\u00e9", ""),
        (Part.SECRET, "/////w==", ""),
        (Part.SECRET, "G1sySg==", ""),
        (Part.SECRET, "AA==", ""),
    ],
)
def test_base64_is_undone_where_text_comes_out(part: Part, text: str, said: str) -> None:
    assert spelled(Line("C", part, text, text, "AUTH"), text) == said


def test_a_mask_is_one_in_a_login_only() -> None:
    assert is_masked(Line("C", Part.SECRET, MASK, "", "AUTH"))
    assert is_masked(Line("C", Part.COMMAND, f"AUTH PLAIN {MASK}", "", "AUTH"))
    assert not is_masked(Line("C", Part.CONTENT, MASK, "", "."))
    assert not is_masked(Line("S", Part.REPLY, f"535 {MASK}", "", "AUTH"))
