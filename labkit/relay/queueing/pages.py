"""What happens to a queue, as the statements that write it into the spool."""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from labkit.relay.queueing.entry import Entry, State
from labkit.smtp.address import Path
from labkit.smtp.envelope import Letter, Notice

if TYPE_CHECKING:
    from labkit.relay.queueing.spool import Spool
    from labkit.relay.queueing.store import Statement


class Pages:
    """The ledger of one relay's queue, in a spool that it may share with others."""

    def __init__(self, spool: "Spool", host: str) -> None:
        self._spool, self._host = spool, host

    def accepted(self, entry: Entry, *, hold: bool) -> "asyncio.Future[None]":
        statements = self._new(entry, State.HOLD if hold else State.ACTIVE)
        return self._spool.write(statements, certain=False, durable=True).promised()

    def begun(self, entry: Entry, paths: Collection[Path]) -> "asyncio.Future[None]":
        statements = [self._duty("UPDATE duties SET in_flight = 1", entry, path) for path in paths]
        return self._spool.write(statements, certain=False).promised()

    def tried(self, entry: Entry, delivered: Collection[Path], failed: Mapping[Path, str]) -> None:
        statements = [
            self._duty("UPDATE duties SET in_flight = 0, reason = ?", entry, path, reason)
            for path, reason in failed.items()
        ]
        self._spool.write([*statements, *self._ended(entry, delivered, "delivered"), *self._left(entry)])

    def attempted(self, entry: Entry, bounced: Collection[Path], notices: Sequence[Entry]) -> None:
        statements = [*self._ended(entry, bounced, "bounced"), *self._left(entry)]
        for notice in notices:
            statements += self._new(notice, notice.state)
        self._spool.write(statements, durable=bool(notices))

    def changed(self, entry: Entry) -> None:
        self._spool.write(self._left(entry))

    def discarded(self, count: int, entry: Entry | None = None) -> None:
        statements = [self._count("discarded", count)]
        if entry:
            statements += [self._count("accepted", -count), *self._gone(entry)]
        self._spool.write(statements)

    def _new(self, entry: Entry, state: State) -> "list[Statement]":
        letter = entry.letter
        key = (self._host, entry.queue_id)
        return [
            (
                "INSERT INTO letters (host, queue_id, state, arrived, warned, client, envelope, content) "
                "VALUES (?, ?, ?, ?, 0, ?, ?, ?)",
                (*key, state, entry.arrived.isoformat(), entry.client, envelope_of(letter), letter.content),
            ),
            *(
                ("INSERT INTO duties VALUES (NULL, ?, ?, ?, ?, '', 0)", (*key, path.local, path.domain))
                for path in entry.duties
            ),
            self._count("accepted", len(entry.duties)),
            (
                "UPDATE queues SET last = max(last, ?) WHERE host = ?",
                (int(entry.queue_id[2:], 16), self._host),
            ),
        ]

    def _ended(self, entry: Entry, paths: Collection[Path], how: str) -> "list[Statement]":
        if not paths:
            return []
        gone = [self._duty("DELETE FROM duties", entry, path) for path in paths]
        return [*gone, self._count(how, len(paths))]

    def _left(self, entry: Entry) -> "list[Statement]":
        """Where the letter stands now, if anything is left of it."""
        if not entry.duties:
            return self._gone(entry)
        return [
            (
                "UPDATE letters SET state = ?, due = ?, warned = ? WHERE host = ? AND queue_id = ?",
                (
                    entry.state,
                    entry.due.isoformat() if entry.due else None,
                    entry.warned,
                    self._host,
                    entry.queue_id,
                ),
            )
        ]

    def _gone(self, entry: Entry) -> "list[Statement]":
        key = (self._host, entry.queue_id)
        return [
            (f"DELETE FROM {table} WHERE host = ? AND queue_id = ?", key) for table in ("letters", "duties")
        ]

    def _count(self, what: str, number: int) -> "Statement":
        return f"UPDATE queues SET {what} = {what} + ? WHERE host = ?", (number, self._host)

    def _duty(self, action: str, entry: Entry, path: Path, *values: Any) -> "Statement":
        where = "WHERE host = ? AND queue_id = ? AND local = ? AND domain = ?"
        return f"{action} {where}", (*values, self._host, entry.queue_id, path.local, path.domain)


def envelope_of(letter: Letter) -> str:
    """Everything of a letter but its content, as JSON."""
    return json.dumps(
        {
            "from": _pair(letter.reverse_path),
            "to": [_pair(path) for path in letter.forward_paths],
            "notices": [[sorted(notice.notify), notice.orcpt] for notice in letter.notices],
            "ret": letter.ret,
            "envid": letter.envid,
            "utf8": letter.utf8,
            "body": letter.body,
        }
    )


def letter_from(envelope: str, content: bytes) -> Letter:
    """The letter again."""
    found = json.loads(envelope)
    return Letter(
        Path(*found["from"]),
        tuple(Path(*pair) for pair in found["to"]),
        content,
        tuple(Notice(frozenset(notify), orcpt) for notify, orcpt in found["notices"]),
        found["ret"],
        found["envid"],
        found["utf8"],
        found["body"],
    )


def _pair(path: Path) -> list[str]:
    return [path.local, path.domain]
