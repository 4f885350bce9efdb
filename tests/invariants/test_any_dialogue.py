"""Whatever a stranger says: a closed relay carries nothing for him, answers in SMTP, and goes on."""

import asyncio
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invariants.dialogues import DIALOGUES

from labkit import Lab, Policy
from labkit.lab import usual

EXAMPLES, EACH = 400, 25  # 10,000 dialogues
REPLY = re.compile(rb"[2-5][0-9][0-9]([ -][^\r\n]*)?\r\n")

CLOSED = {
    "as shipped": "",
    "with AUTH": "smtpd_sasl_auth_enable = yes\n",
    "trusting the office": "mynetworks = 192.0.2.0/24\n",
    "without delay": "smtpd_delay_reject = no\nsmtpd_helo_required = yes\n",
}


@pytest.fixture(scope="module", params=CLOSED.values(), ids=CLOSED.keys())
def closed(request: pytest.FixtureRequest) -> Iterator[Lab]:
    with Lab(Policy.parse(request.param)) as lab:
        yield lab
        assert lab.problems == ()


@settings(max_examples=EXAMPLES // len(CLOSED), derandomize=True, suppress_health_check=list(HealthCheck))
@given(said=st.lists(DIALOGUES, min_size=EACH, max_size=EACH))
def test_a_closed_relay_carries_nothing_for_a_stranger(closed: Lab, said: list[bytes]) -> None:
    answers, tasks = closed.wait_for(_all(closed, said), "the dialogues")
    for heard in answers:
        assert re.sub(REPLY, b"", heard) == b""
    closed.settle()
    assert tasks == 0
    assert len(closed.scenery.customer) == 0
    assert not closed.transcripts.between("relay", "mx1")
    assert closed.problems == ()


async def _all(lab: Lab, said: list[bytes]) -> tuple[list[bytes], int]:
    before = len(asyncio.all_tasks())
    answers = [await _say(lab, data) for data in said]
    for _ in range(5):
        await asyncio.sleep(0)
    return answers, len(asyncio.all_tasks()) - before


async def _say(lab: Lab, data: bytes) -> bytes:
    """Everything at once, then no more; what the relay answered until it hung up."""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    connection = await lab.scenery.network.connect(usual.ATTACKER, usual.RELAY.address, 25, protocol)
    try:
        connection.transport.write(data)
        connection.transport.write_eof()
        async with asyncio.timeout(20):
            return await _rest(reader)
    finally:
        connection.transport.abort()


async def _rest(reader: asyncio.StreamReader) -> bytes:
    heard = b""
    while True:
        try:
            piece = await reader.read(65536)
        except ConnectionError:
            return heard
        if not piece:
            return heard
        heard += piece
