"""Parameters of MAIL FROM (RFC 1870, 6152, 6531, 4954)."""

import pytest

from labkit.smtp import parameters, reply
from labkit.smtp.decision import Decision

GOOD = ["", "SIZE=100", "size=100", "BODY=8BITMIME body=7bit", "SMTPUTF8", "SIZE=1000 SMTPUTF8"]
BAD = ["FOO", "FOO=bar", "SIZE", "SIZE=", "SIZE=x", "BODY=BINARYMIME", "SMTPUTF8=yes", "AUTH=<>"]


@pytest.mark.parametrize("text", GOOD)
def test_known_parameters_pass(text: str) -> None:
    assert parameters.refusal(text, 1000, auth=False) is None


@pytest.mark.parametrize("text", BAD)
def test_unknown_ones_are_refused_by_name(text: str) -> None:
    assert parameters.refusal(text, 1000, auth=False) == reply.unsupported(text)


def test_auth_is_known_where_auth_is_offered() -> None:
    assert parameters.refusal("AUTH=<>", 1000, auth=True) is None


def test_a_size_over_the_limit_is_refused_with_the_rule() -> None:
    refusal = parameters.refusal("SIZE=1001", 1000, auth=False)
    assert isinstance(refusal, Decision)
    assert (refusal.reply, refusal.rule) == (reply.TOO_BIG_SAID, "message_size_limit = 1000")
