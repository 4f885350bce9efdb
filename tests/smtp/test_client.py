"""The client against servers that answer as a script says: every odd answer is named, and none hangs it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from labkit import Lab
from labkit.errors import PeerError
from labkit.lab.usual import ATTACKER, MX2
from labkit.smtp.address import Path
from labkit.smtp.client import SmtpClient
from labkit.smtp.envelope import Letter
from labkit.smtp.stuffing import stuffed

LETTER = Letter(
    Path("a", "b.example"), (Path("c", "d.example"), Path("e", "f.example")), b"Subject: x\r\n\r\n.\r\n"
)


class Scripted(asyncio.Protocol):
    """Greets, and answers each line with the next entry; an entry that is None hangs up."""

    def __init__(self, greeting: bytes, answers: list[bytes | None]) -> None:
        self.greeting, self.answers = greeting, list(answers)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.greeting)

    def data_received(self, data: bytes) -> None:
        lines = 1 if data.endswith(b"\r\n.\r\n") else data.count(b"\r\n")
        for _ in range(max(lines, 1)):
            answer = self.answers.pop(0)
            if answer is None:
                self.transport.close()
                return
            self.transport.write(answer)


def converse(
    lab: Lab,
    talk: Callable[[SmtpClient], Coroutine[Any, Any, Any]],
    answers: list[bytes | None],
    greeting: bytes,
) -> Any:
    async def run() -> Any:
        network = lab.scenery.network
        await network.listen(MX2, 2525, lambda: Scripted(greeting, answers))
        client = await SmtpClient.connect(network, ATTACKER, MX2.address, 2525)
        try:
            return await talk(client)
        finally:
            client.abort()

    return lab.wait_for(run(), "a scripted server")


HELLO = b"220 hi\r\n"
OK, NO, GO = b"250 2.0.0 Ok\r\n", b"550 5.1.1 no\r\n", b"354 go\r\n"

HANDOVERS = [
    ([OK, OK, OK, GO, OK], ".", 250, ["c@d.example", "e@f.example"]),
    ([OK, OK, NO, GO, OK], ".", 250, ["c@d.example"]),
    ([OK, NO, NO], "RCPT", 550, []),
    ([NO], "MAIL", 550, []),
    ([OK, OK, OK, NO], "DATA", 550, []),
    ([OK, OK, OK, GO, b"452 4.2.2 full\r\n"], ".", 452, []),
]


@pytest.mark.parametrize(("answers", "step", "code", "accepted"), HANDOVERS)
def test_what_came_of_a_letter(
    lab: Lab, answers: list[bytes], step: str, code: int, accepted: list[str]
) -> None:
    outcome = converse(lab, lambda client: client.send(LETTER), [*answers], HELLO)
    assert (outcome.step, outcome.reply.code) == (step, code)
    assert [path.address for path in outcome.accepted] == accepted
    assert len(outcome.refused) + len(outcome.accepted) == 2


PIPELINED = [
    ([OK, OK, OK, GO, OK], ".", 250),
    ([OK, NO, NO, NO], "RCPT", 550),
    ([OK, NO, NO, GO, b"554 5.5.1 no recipients\r\n"], "RCPT", 550),
    ([NO, NO, NO, NO], "MAIL", 550),
]


@pytest.mark.parametrize(("answers", "step", "code"), PIPELINED)
def test_the_same_in_one_breath(lab: Lab, answers: list[bytes], step: str, code: int) -> None:
    outcome = converse(lab, lambda client: client.send_pipelined(LETTER), [*answers], HELLO)
    assert (outcome.step, outcome.reply.code) == (step, code)


TROUBLE = [
    ([None], HELLO, "hung up"),
    ([b"hello\r\n"], HELLO, "isn't SMTP"),
    ([b"x" * 70000], HELLO, "never ends"),
    ([b"250-more\r\n" * 1100], HELLO, "never ends"),
    ([], b"554 5.7.1 not you\r\n", "greeted with: 554 5.7.1 not you"),
]


@pytest.mark.parametrize(("answers", "greeting", "said"), TROUBLE)
def test_a_server_that_misbehaves_is_named(
    lab: Lab, answers: list[bytes | None], greeting: bytes, said: str
) -> None:
    with pytest.raises(PeerError, match=f"mx2.*{said}"):
        converse(lab, lambda client: client.ehlo("x"), answers, greeting)


def test_a_reply_before_tls_counts_for_nothing_after_it(lab: Lab) -> None:
    async def talk(client: SmtpClient) -> str:
        await client.starttls(lab.scenery.authority.trusting, "mx2")
        return "never"

    injected = [b"220 2.0.0 go\r\n250 2.0.0 injected\r\n", None]
    with pytest.raises(PeerError, match="the handshake failed"):
        converse(lab, talk, injected, HELLO)


@pytest.mark.parametrize(
    ("content", "sent"),
    [
        (b"a\r\n", b"a\r\n.\r\n"),
        (b"a", b"a\r\n.\r\n"),
        (b".\r\n..\r\n", b"..\r\n...\r\n.\r\n"),
        (b"", b"\r\n.\r\n"),
    ],
)
def test_dots_are_doubled(content: bytes, sent: bytes) -> None:
    assert stuffed(content) == sent


def test_a_server_that_answers_out_of_turn_has_taken_nothing(lab: Lab) -> None:
    answers = [OK, OK, OK, OK]  # "250" to DATA
    outcome = converse(lab, lambda client: client.send(LETTER), [*answers], HELLO)
    assert (outcome.step, outcome.accepted, len(outcome.refused)) == ("DATA", (), 2)


def test_a_session_counts_as_fresh_until_the_server_speaks_unasked(lab: Lab) -> None:
    async def talk(client: SmtpClient) -> tuple[bool, bool]:
        before = client.is_fresh
        client.say("NOOP")
        await asyncio.sleep(0.1)
        return before, client.is_fresh

    assert converse(lab, talk, [b"421 4.3.2 bye\r\n"], HELLO) == (True, False)
