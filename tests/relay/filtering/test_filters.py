"""header_checks and body_checks: what is looked at, which line decides, and what becomes of the letter."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Policy
from labkit.errors import PolicyError
from labkit.relay.filtering import filters
from labkit.relay.filtering.filters import BODY_LIMIT, Filtered, Remark
from labkit.relay.language import checks
from labkit.smtp.mime import without_stray_returns

LETTER = b"Received: by relay\r\nSubject: Cheap\r\n pills\r\nX-Mailer: A\r\n\r\nBuy now!\r\nBuy later.\r\n"


def _check(content: bytes = LETTER, **policy: Any) -> Filtered:
    return filters.check(Policy(**policy), content)


def _said(filtered: Filtered) -> str:
    return str(filtered.answer.reply) if filtered.answer else ""


# Which line decides


@pytest.mark.parametrize(
    ("header_checks", "said"),
    [
        ("pcre:{ {/^Subject:.*pills/ REJECT No pills here} }", "550 5.7.1 No pills here"),
        ("regexp:{ {/^subject:.*PILLS/ REJECT No pills here} }", "550 5.7.1 No pills here"),
        ("pcre:{ {/^Subject:.*pills/ REJECT} }", "550 5.7.1 message content rejected"),
        ("pcre:{ {/^Subject: (\\w+)/ reject $1 is not for us} }", "550 5.7.1 Cheap is not for us"),
        ("pcre:{ {/pills/ REJECT 5.6.0 No such content} }", "550 5.6.0 No such content"),
        ("pcre:{ {/pills/ REJECT 4.7.1 Not today} }", "451 4.7.1 Not today"),
        ("pcre:{ {/pills/ REJECT 2.0.0 Odd} }", "451 4.0.0 Odd"),
        ("pcre:{ {/^Received:/ REJECT It passed a relay} }", "550 5.7.1 It passed a relay"),
        ("pcre:{ {/Buy/ REJECT Text is not a header} }", ""),
        ("pcre:{ {/pills/ DUNNO}, {/Cheap/ REJECT The second line isn't asked} }", ""),
        ("pcre:{ {/pills/ OK} }, pcre:{ {/Cheap/ REJECT Nor is the second table} }", ""),
        ("pcre:{ {/nothing/ OK} }, pcre:{ {/Cheap/ REJECT But it is here} }", "550 5.7.1 But it is here"),
        ("pcre:{ {/X-Mailer/ REJECT Second}, {/Subject/ REJECT First} }", "550 5.7.1 First"),
    ],
)
def test_the_first_line_that_matches_decides(header_checks: str, said: str) -> None:
    assert _said(_check(header_checks=header_checks)) == said


@pytest.mark.parametrize(
    ("body_checks", "said"),
    [
        ("pcre:{ {/^Buy now/ REJECT No hurry} }", "550 5.7.1 No hurry"),
        ("pcre:{ {/Cheap/ REJECT A header is not text} }", ""),
        ("pcre:{ {/now!.*later/ REJECT One line at a time} }", ""),
    ],
)
def test_text_is_looked_at_line_by_line(body_checks: str, said: str) -> None:
    assert _said(_check(body_checks=body_checks)) == said


def test_headers_come_before_text() -> None:
    policy = {"header_checks": "pcre:{{/pills/ REJECT one}}", "body_checks": "pcre:{{/Buy/ REJECT two}}"}
    assert _said(_check(**policy)) == "550 5.7.1 one"


def test_headers_of_parts_are_headers() -> None:
    letter = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b'Content-Disposition: attachment;\r\n filename="invoice.exe"\r\n\r\nMZ\r\n--b--\r\n'
    )
    policy = {"header_checks": 'pcre:{ {/filename="[^"]*\\.exe"/ REJECT No programs, please} }'}
    assert _said(_check(letter, **policy)) == "550 5.7.1 No programs, please"


@pytest.mark.parametrize(("before", "said"), [(BODY_LIMIT - 52, "550 5.7.1 seen"), (BODY_LIMIT + 50, "")])
def test_only_the_first_part_of_a_long_text_is_looked_at(before: int, said: str) -> None:
    letter = b"Subject: x\r\n\r\n" + b"x" * 49 + b"\r\n"
    letter += (b"x" * 49 + b"\r\n") * (before // 50) + b"needle\r\n"
    assert _said(_check(letter, body_checks="pcre:{{/needle/ REJECT seen}}")) == said


def test_octets_that_are_no_text_go_through_unharmed() -> None:
    letter = b"Subject: \xff\xfe\r\n\r\n\x80\xe4\r\n"
    policy = {"header_checks": "pcre:{ {/^Subject: (.*)$/ PREPEND X-Seen: $1} }"}
    assert _check(letter, **policy).content == b"X-Seen: \xff\xfe\r\n" + letter


# What becomes of the letter


@pytest.mark.parametrize(
    ("policy", "content"),
    [
        (
            {"header_checks": "pcre:{ {/^X-Mailer:/ PREPEND X-Seen: yes} }"},
            LETTER.replace(b"X-Mailer", b"X-Seen: yes\r\nX-Mailer"),
        ),
        (
            {"body_checks": "pcre:{ {/now/ PREPEND Beware:} }"},
            LETTER.replace(b"Buy now", b"Beware:\r\nBuy now"),
        ),
        (
            {"header_checks": "pcre:{ {/^Subject: (\\w+)/ REPLACE Subject: [$1]} }"},
            LETTER.replace(b"Cheap\r\n pills", b"[Cheap]"),
        ),
        ({"body_checks": "pcre:{ {/now/ REPLACE ...} }"}, LETTER.replace(b"Buy now!", b"...")),
        (
            {"header_checks": "pcre:{ {/^Subject:/ IGNORE} }"},
            LETTER.replace(b"Subject: Cheap\r\n pills\r\n", b""),
        ),
        ({"body_checks": "pcre:{ {/now/ STRIP} }"}, LETTER.replace(b"Buy now!\r\n", b"")),
        ({"header_checks": "pcre:{ {/^Subject:( )/ PREPEND X${1}Y: z} }"}, LETTER),  # no header any more
        ({"header_checks": "pcre:{ {/./ OK} }", "body_checks": "pcre:{ {/./ DUNNO} }"}, LETTER),
        ({}, LETTER),
    ],
)
def test_what_the_actions_make_of_a_letter(policy: Mapping[str, str], content: bytes) -> None:
    assert replace(_check(**policy), remarks=()) == Filtered(content)


def _remarked(word: str, text: str = "") -> tuple[Remark]:
    return (Remark(word, "header Subject: Cheap pills", text),)


@pytest.mark.parametrize(
    ("value", "filtered"),
    [
        (
            "HOLD for the postmaster",
            Filtered(LETTER, hold=True, remarks=_remarked("hold", "for the postmaster")),
        ),
        ("DISCARD", Filtered(LETTER, discard=True, remarks=_remarked("discard"))),
        ("WARN pills again", Filtered(LETTER, remarks=_remarked("warning", "pills again"))),
        ("WARN", Filtered(LETTER, remarks=_remarked("warning"))),
        ("INFO seen", Filtered(LETTER, remarks=_remarked("info", "seen"))),
    ],
)
def test_hold_discard_and_warn(value: str, filtered: Filtered) -> None:
    assert _check(header_checks=f"pcre:{{ {{/pills/ {value}}} }}") == filtered


def test_the_search_goes_on_after_all_but_reject_and_discard() -> None:
    found = _check(
        header_checks="pcre:{ {/^Received/ HOLD}, {/^Subject/ WARN}, {/^X-Mailer/ DISCARD} }",
        body_checks="pcre:{ {/Buy/ REJECT never seen} }",
    )
    assert (found.hold, found.discard, found.answer) == (True, True, None)
    assert [remark.word for remark in found.remarks] == ["hold", "warning", "discard"]


def test_the_reason_names_the_check_and_what_it_saw() -> None:
    found = _check(header_checks="pcre:{ {/pills/ REJECT No pills here} }")
    assert found.answer
    assert found.answer.rule == "header_checks"
    assert found.answer.reason == "The header 'Subject: Cheap pills' matches: REJECT No pills here."
    assert found.answer.tried[-1].said == "refuses"


@given(st.binary(max_size=200))
def test_a_check_that_finds_nothing_changes_nothing(content: bytes) -> None:
    nothing = "pcre:{ {/(?!)/ REJECT never} }"
    letter = b"Received: from a\r\n\r\n" + content
    kept = Filtered(without_stray_returns(letter))
    assert _check(letter, header_checks=nothing, body_checks=nothing) == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [(b"a\rb\r\n", b"a b\r\n"), (b"a\r\r\n", b"a \r\n"), (b"a\r", b"a "), (b"a\r\n", b"a\r\n")],
)
def test_a_carriage_return_that_ends_no_line_becomes_a_blank(sent: bytes, kept: bytes) -> None:
    assert _check(b"Subject: x\r\n\r\n" + sent).content == b"Subject: x\r\n\r\n" + kept


def test_no_table_knows_an_empty_line() -> None:
    assert (
        _check(b"A: b\r\n\r\n\r\nx\r\n", body_checks="pcre:{ {/^/ REPLACE y} }").content
        == b"A: b\r\n\r\n\r\ny\r\n"
    )


def test_a_letter_is_tidied_with_and_without_checks() -> None:
    letter = b"A : b\r\nBcc: c\r\nno header\r\n"
    for policy in ({}, {"header_checks": "pcre:{ {/x/ OK} }"}):
        assert _check(letter, **policy).content == b"A: b\r\n\r\nno header\r\n"


def test_white_space_in_what_was_found_stays_as_it_is() -> None:
    found = _check(b"A: b\r\n\r\n\ttab  two\r\n", body_checks="pcre:{ {/^(.*)$/ REPLACE [$1]} }")
    assert found.content.endswith(b"[\ttab  two]\r\n")


# What a policy can't say


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("FILTER smtp:[127.0.0.1]:10025", "Postfix knows the action FILTER; this lab knows REJECT,"),
        ("REDIRECT staff@corp.example", "Postfix knows the action REDIRECT"),
        ("BCC staff@corp.example", "Postfix knows the action BCC"),
        ("REJCT No pills", "there is no action 'REJCT' for a header or a line. Did you mean REJECT?"),
        ("PREPEND", "PREPEND needs a text behind it"),
        ("REPLACE", "REPLACE needs a text behind it"),
        ("PREPEND no header", "behind PREPEND stands a header"),
    ],
)
def test_an_action_that_cant_be_is_said_when_the_policy_is_made(value: str, said: str) -> None:
    with pytest.raises(PolicyError, match=r"^header_checks: ") as error:
        Policy(header_checks=f"pcre:{{ {{/x/ {value}}} }}")
    assert said in str(error.value)


def test_a_line_of_text_can_be_replaced_by_any_text() -> None:
    assert Policy(body_checks="pcre:{ {/x/ REPLACE no header} }").body_checks


@pytest.mark.parametrize("word", checks.ACTIONS)
def test_every_action_is_known_in_any_case(word: str) -> None:
    assert checks.action(f"{word.lower()}\t X-A: b ") == checks.Action(word, "X-A: b")
    checks.checked(f"{word} X-A: b", of_headers=True)
