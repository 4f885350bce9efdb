"""A small authentication server, as Postfix asks one with ``smtpd_sasl_type = dovecot``.

It speaks Dovecot's authentication protocol, version 1.1, for PLAIN (RFC 4616) and LOGIN, and knows the
lab's accounts: so a password that is right for the lab's relay is right for Postfix.
"""

import asyncio
from base64 import b64decode, b64encode

from labkit.relay.accounts import Accounts

GREETING = "VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\nSPID\t1\nCUID\t1\nDONE\n"
USERNAME, PASSWORD = (b64encode(text).decode() for text in (b"Username:", b"Password:"))


class AuthServer(asyncio.Protocol):
    """One of Postfix's connections to its authentication server."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._rest = b""
        self._asked: dict[str, list[bytes]] = {}  # what LOGIN has been told so far, by request

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(GREETING.encode())

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            answer = self._answer(line.decode().split("\t"))
            self._transport.write(f"{answer}\n".encode() if answer else b"")

    def _answer(self, words: list[str]) -> str:
        match words:
            case ["AUTH", request, "PLAIN", *options]:
                return self._plain(request, _response(options))
            case ["AUTH", request, "LOGIN", *options]:
                self._asked[request] = []
                return self._login(request, _response(options))
            case ["CONT", request, response] if request in self._asked:
                return self._login(request, b64decode(response))
            case ["CONT", request, response]:
                return self._plain(request, b64decode(response))
        return ""

    def _plain(self, request: str, response: bytes | None) -> str:
        if response is None:
            return f"CONT\t{request}\t"
        match response.split(b"\0"):
            case [_, user, password]:
                return self._judged(request, user, password)
        return f"FAIL\t{request}"

    def _login(self, request: str, response: bytes | None) -> str:
        said = self._asked[request]
        if response is not None:
            said.append(response)
        if len(said) < 2:
            return f"CONT\t{request}\t{PASSWORD if said else USERNAME}"
        del self._asked[request]
        return self._judged(request, *said)

    def _judged(self, request: str, user: bytes, password: bytes) -> str:
        name = user.decode(errors="replace")
        return f"OK\t{request}\tuser={name}" if self._accounts.knows(name, password) else f"FAIL\t{request}"


def _response(options: list[str]) -> bytes | None:
    """The initial response, which is always the last option."""
    last = options[-1] if options else ""
    return b64decode(last.removeprefix("resp=")) if last.startswith("resp=") else None
