"""The keys of TLS: in the recording of their own session, and nowhere else."""

import gc
import os
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from labkit import Lab
from labkit.network.hop import wire_only
from labkit.smtp.keylog import UNCLAIMED, LoggingContext
from labkit.smtp.tls import Authority
from labkit.wire.record import Kind

NAME = "mail.corp.example"
LABELS = {
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",
    "SERVER_TRAFFIC_SECRET_0",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def handshake(server: ssl.SSLContext, client: ssl.SSLContext) -> bytes:
    """Shake hands, and return what the server has heard."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    caller = client.wrap_bio(to_client, to_server, server_hostname=NAME)
    answerer = server.wrap_bio(to_server, to_client, server_side=True)
    heard = b""
    for side in (caller, answerer, caller, answerer):
        if side is answerer:
            said = to_server.read()
            heard += said
            to_server.write(said)
        try:
            side.do_handshake()
        except ssl.SSLError:
            continue
    return heard


def labels(keys: bytes) -> list[str]:
    return [line.split()[0] for line in keys.decode().splitlines()]


def context(authority: Authority) -> LoggingContext:
    found = authority.server_context(NAME)
    assert isinstance(found, LoggingContext)
    return found


@pytest.mark.parametrize(
    ("version", "expected"),
    [(ssl.TLSVersion.TLSv1_3, LABELS), (ssl.TLSVersion.TLSv1_2, {"CLIENT_RANDOM"})],
)
def test_a_session_has_the_keys_that_decrypt_it_and_no_others(
    version: ssl.TLSVersion, expected: set[str]
) -> None:
    authority = Authority()
    server, client = context(authority), authority.verifying
    client.maximum_version = version
    first, second = handshake(server, client), handshake(server, client)
    one, other = server.keys(second), server.keys(first)
    assert set(labels(one)) == set(labels(other)) == expected
    assert {line.split()[1] for line in one.splitlines()} & {
        line.split()[1] for line in other.splitlines()
    } == set()


def test_keys_can_be_had_once() -> None:
    authority = Authority()
    heard = handshake(context(authority), authority.verifying)
    assert context(authority).keys(heard)
    assert context(authority).keys(heard) == b""


def test_no_keys_are_left_on_disk_and_no_file(folder: Path) -> None:
    authority = Authority()
    server = context(authority)
    heard = handshake(server, authority.verifying)
    assert list(folder.iterdir()) == []
    assert server.keys(heard)
    assert os.fstat(server._log).st_size == 0


def test_where_an_open_file_cant_be_removed_it_goes_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "The file is in use", str(path))  # as Windows says

    monkeypatch.setattr(Path, "unlink", refuse)
    authority = Authority()
    server = context(authority)
    assert server.keys(handshake(server, authority.verifying))
    monkeypatch.setattr(Path, "unlink", unlink)
    [left] = folder.iterdir()
    assert left.stat().st_size == 0
    del server, authority
    gc.collect()
    assert list(folder.iterdir()) == []


def test_handshakes_that_fail_are_forgotten(folder: Path) -> None:
    authority = Authority()
    server = context(authority)
    oldest = handshake(server, Authority().verifying)
    assert server.keys(b"somebody else") == b""
    for _ in range(UNCLAIMED):
        handshake(server, Authority().trusting)
        server.keys(b"")
    assert server.keys(oldest) == b""
    newest = handshake(server, Authority().verifying)
    assert server.keys(newest)


def test_a_recorded_session_keeps_its_keys_and_a_listener_hasnt_got_them(lab: Lab) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtpd_tls_security_level="may")
    [session] = lab.laptop.send(tls="verify").transcripts
    [keys] = [frame.data for frame in session.frames if frame.kind is Kind.KEYS]
    assert set(labels(keys)) == LABELS
    assert all(frame.kind is not Kind.KEYS for frame in wire_only(session).frames)


VIEWS: list[Callable[..., str]] = [
    lambda session: session.text(full=True, reveal=True),
    lambda session: session.html(full=True, reveal=True),
]


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_shows_keys(lab: Lab, view: Callable[..., str]) -> None:
    lab.relay.policy = lab.relay.policy.replace(smtpd_tls_security_level="may")
    [session] = lab.laptop.send(tls="verify").transcripts
    assert "TRAFFIC_SECRET" not in view(session)


def test_sessions_in_clear_keep_no_keys(lab: Lab) -> None:
    [session] = lab.attacker.spam(1).transcripts
    assert all(frame.kind is not Kind.KEYS for frame in session.frames)
