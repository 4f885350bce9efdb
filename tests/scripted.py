"""A mail server that answers as a test says, by verb; what isn't said is answered as a good server would."""

import asyncio
from collections.abc import Mapping

Answer = str | None
HANG_UP = None
SILENCE = ""
SILENT = "(the server says no more)"

GOOD = {
    "greeting": "220 odd.example ESMTP",
    "EHLO": "250-odd.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250 8BITMIME",
    "DATA": "354 go",
    ".": "250 2.0.0 taken",
    "QUIT": "221 2.0.0 bye",
}


class Scripted(asyncio.Protocol):
    """``answers`` maps a verb, "greeting" or "." to a reply, to HANG_UP or SILENCE, or to a list of them.

    ``heard`` collects the lines that the client has sent, of every session; where the server falls silent
    it says so.
    """

    def __init__(self, answers: Mapping[str, Answer | list[Answer]], heard: list[str]) -> None:
        self.answers = {verb: [a] if not isinstance(a, list) else list(a) for verb, a in answers.items()}
        self.heard, self.rest = heard, b""
        self.in_data = self.is_silent = self.tls_promised = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._answer("greeting")

    def data_received(self, data: bytes) -> None:
        if self.tls_promised:  # and this server can't keep that promise
            self.transport.abort()
            return
        *lines, self.rest = (self.rest + data).split(b"\r\n")
        for line in lines:
            if self.is_silent:
                return
            self.heard.append(line.decode())
            if not self.in_data:
                self._answer(line.decode().split(" ")[0].upper())
            elif line == b".":
                self.in_data = False
                self._answer(".")

    def _answer(self, verb: str) -> None:
        said = self.answers.get(verb) or [GOOD.get(verb, "250 2.0.0 Ok")]
        answer = said.pop(0) if len(said) > 1 else said[0]
        if answer is HANG_UP:
            self.transport.close()
        elif answer == SILENCE:
            self.is_silent = True
            self.heard.append(SILENT)
        else:
            self.tls_promised = verb == "STARTTLS" and answer.startswith("220")
            self.in_data = verb == "DATA" and answer.startswith("354")
            self.transport.write(f"{answer}\r\n".encode())
