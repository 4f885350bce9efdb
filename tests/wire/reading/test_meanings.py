"""What replies mean, in words for a beginner."""

import pytest

from labkit.smtp import reply
from labkit.smtp.answer import Reply
from labkit.wire.reading.line import Line, Part
from labkit.wire.reading.meanings import NO_REPLY, UNKNOWN_NO, explained, meaning

FOR_GOOD = "It is a no for good: the same again would be refused again."
NOT_NOW = "It is a no for now: the client may try again later."
OURS = [said for said in vars(reply).values() if isinstance(said, Reply)]


@pytest.mark.parametrize(
    ("step", "text", "said"),
    [
        ("", "220 relay ESMTP", "The server is ready, and says its name."),
        ("RCPT", "250 2.1.5 Ok", "The server will take a letter to this recipient."),
        ("RCPT", "550 5.1.1 <a@b>: unknown", f"There is no such mailbox. {FOR_GOOD}"),
        ("RCPT", "450 4.1.1 <a@b>: unknown", f"There is no such mailbox. {NOT_NOW}"),
        ("MAIL", "530 5.7.0 Must issue STARTTLS first", f"Something else has to come first. {FOR_GOOD}"),
        ("", "421 4.7.0 relay Error: too many errors", f"The server hangs up. {NOT_NOW}"),
        ("FOO", "500 what", f"The server doesn't know this command. {FOR_GOOD}"),
        ("FOO", "599 5.9.9 what", f"The server says no. {FOR_GOOD}"),
        ("FOO", "299 what", "The server says yes."),
        ("FOO", "399 what", "The server waits for more."),
        ("FOO", "what", NO_REPLY),
        ("EHLO", "250-PIPELINING", ""),
    ],
)
def test_a_reply_is_explained_by_what_it_answers_and_by_its_codes(step: str, text: str, said: str) -> None:
    assert meaning(Line("S", Part.REPLY, text, text, step)) == said


def test_what_is_no_reply_means_nothing() -> None:
    assert meaning(Line("C", Part.COMMAND, "250 2.0.0 Ok", "", "250")) == ""


@pytest.mark.parametrize("said", OURS, ids=str)
def test_every_no_of_the_lab_has_words_of_its_own(said: Reply) -> None:
    assert not explained(said.code, said.enhanced).startswith(UNKNOWN_NO)


@pytest.mark.parametrize(
    ("text", "enhanced"),
    [
        ("250 2.1.5 Ok", "2.1.5"),
        ("250-2.1.5 Ok", "2.1.5"),
        ("554 5.7.10", "5.7.10"),
        ("250 2.1 Ok", ""),
        ("250 192.0.2.25", ""),
        ("250 2.1.5.7", ""),
        ("554 5.1234.1 no", ""),
        ("220 relay", ""),
    ],
)
def test_the_enhanced_code_is_known_when_it_stands_there(text: str, enhanced: str) -> None:
    assert Line("S", Part.REPLY, text, text).enhanced == enhanced
