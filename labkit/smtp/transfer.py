"""How a letter comes in: at once with DATA (RFC 5321 section 4.1.1.4), or in chunks with BDAT (RFC 3030)."""

from labkit.smtp import parameters, reply
from labkit.smtp.address import NULL, Path
from labkit.smtp.chunking import Chunks
from labkit.smtp.content import Content, read_content
from labkit.smtp.decision import Decision
from labkit.smtp.dialogue import Answer, Dialogue
from labkit.smtp.envelope import NO_WISH, Letter, Notice
from labkit.smtp.order import (
    CHUNK_READ,
    CHUNK_TAKEN,
    CHUNK_UNREAD,
    CHUNKS,
    IN_TRANSACTION,
    LOST,
    RCPT,
    SPOILED,
)
from labkit.smtp.parameters import LARGEST_SIZE, MailParameters
from labkit.smtp.reply import Reply

PIECE = 2**16  # octets


class Transfer(Dialogue):
    """A dialogue in which letters are handed over."""

    size_limit = 10_240_000  # octets; Postfix: message_size_limit
    offers_dsn = False
    offers_chunking = False
    reverse_path: Path
    forward_paths: list[Path]
    notices: list[Notice]
    parameters: MailParameters
    chunks: Chunks | None

    async def smtp_DATA(self, arg: str) -> Answer:
        if arg:
            return reply.DATA_SYNTAX
        refusal = await self.on_data()
        if refusal:
            return refusal
        await self.push(reply.GO_AHEAD)
        return await self._taken(await self.read_letter())

    async def read_letter(self) -> Content:
        """The letter behind DATA, up to where this server sees its end."""
        return await read_content(
            self._reader, self.size_limit, self._reset_timeout, loose=self.bare_newline == "no"
        )

    async def smtp_BDAT(self, arg: str) -> Answer:
        if not self.offers_chunking:
            return reply.NO_BDAT
        asked = _chunk(arg)
        if not asked:
            return reply.BDAT_SYNTAX  # and the server hangs up: what follows is no command
        size, last = asked
        objection = await self._objection(size, last)
        if objection:
            await self._skip(size)
            self._spoil(last)
            return objection
        return await self._chunk_taken(size, last)

    async def _objection(self, size: int, last: bool) -> Answer:
        """What is wrong with a chunk before it is read."""
        if not size and not last:
            return reply.NULL_BDAT
        if self.state in (SPOILED, LOST):
            return reply.discarded(size)
        if self.state is not CHUNKS:
            if self.state is not RCPT:
                return reply.NO_VALID_RECIPIENTS if self.state in IN_TRANSACTION else reply.NEED_RCPT
            refusal = await self.on_data()
            if refusal:
                return refusal
            self.chunks = Chunks(self.size_limit, loose=self.bare_newline == "no")
        assert self.chunks is not None
        if not self.chunks.has_room_for(size):
            return parameters.too_big(reply.CHUNK_TOO_BIG, self.size_limit)
        return None

    async def _chunk_taken(self, size: int, last: bool) -> Answer:
        assert self.chunks is not None
        self.chunks.add(await self._read(size), last=last)
        refused = self._unacceptable(self.chunks)
        if last:
            return await self._taken(self.chunks.content)
        before = self.state
        if refused:
            self._set_rset_state()
            self.state = CHUNK_READ[before]
            return refused
        self.state = CHUNK_TAKEN[before]
        return reply.chunk_taken(size)

    async def _read(self, size: int) -> bytes:
        chunk = bytearray()
        while len(chunk) < size:
            chunk += await self._reader.readexactly(min(PIECE, size - len(chunk)))
            self._reset_timeout()
        return bytes(chunk)

    async def _skip(self, size: int) -> None:
        while size:
            size -= len(await self._reader.readexactly(min(PIECE, size)))
            self._reset_timeout()

    def _spoil(self, last: bool) -> None:
        if last:
            self._set_rset_state()
        else:
            self.state = CHUNK_UNREAD[self.state]

    async def _taken(self, content: Content) -> Answer:
        """The answer to the whole letter; whatever becomes of it, the transaction is over."""
        letter, chunked = self._letter(content), self.chunks is not None
        answer = self._unacceptable(content) or await self.take(letter)
        self._set_rset_state()
        return self._thanks(answer, content.size if chunked else None)

    def _unacceptable(self, content: Content | Chunks) -> Answer:
        if content.bare_newlines and self.bare_newline == "reject":
            return Decision(
                reply.bare_newline(self.hostname),
                "smtpd_forbid_bare_newline = reject",
                "A line ends in a line feed alone: with that a letter can be smuggled behind another.",
            )
        return parameters.too_big(reply.TOO_BIG_SEEN, self.size_limit) if content.is_too_big else None

    def _letter(self, content: Content) -> Letter:
        said = self.parameters
        return Letter(
            reverse_path=self.reverse_path,
            forward_paths=tuple(self.forward_paths),
            content=content.octets or b"",
            notices=tuple(self.notices) if any(notice != NO_WISH for notice in self.notices) else (),
            ret=said.ret,
            envid=said.envid,
            utf8=said.utf8,
            body=said.body,
        )

    def _thanks(self, answer: Answer, size: int | None) -> Answer:
        said = answer.reply if isinstance(answer, Decision) else answer
        if said is None or not said.is_positive:
            return answer
        self.errors = self.idle_talk = 0  # a client that sends letters is forgiven
        if size is None:
            return answer
        sized = Reply(said.code, said.enhanced, said.text.replace("Ok: ", f"Ok: {size} bytes "))
        return answer._replace(reply=sized) if isinstance(answer, Decision) else sized

    def _set_rset_state(self) -> None:
        super()._set_rset_state()
        self.reverse_path, self.chunks = NULL, None
        self.forward_paths, self.notices = [], []
        self.parameters = MailParameters(self.offers_dsn)


def _chunk(arg: str) -> tuple[int, bool] | None:
    """The size of a chunk, and whether it is the last one; None for anything else."""
    count, *last = arg.split() or [""]
    if not (count.isascii() and count.isdigit()) or int(count) > LARGEST_SIZE:
        return None
    if [word.upper() for word in last] not in ([], ["LAST"]):
        return None
    return int(count), bool(last)
