"""The spool's file: an SQLite database, and what a beginner is told when it can't be one.

Every method runs on the one thread that opened the file. The file is this lab's alone while it is open.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path as FilePath
from typing import Any

from labkit.clock import START
from labkit.errors import LabError, MachineError, UsageError

MARK = 0x534D5450  # "SMTP": SQLite's application id, so that nobody's own database is written into
VERSION = 1
NEW = "a file that doesn't exist yet, such as Lab(spool='my-queue.db')"

SCHEMA = """
CREATE TABLE lab (now TEXT NOT NULL, runs INTEGER NOT NULL);
CREATE TABLE queues (
    host TEXT PRIMARY KEY, last INTEGER NOT NULL DEFAULT 0, accepted INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0, bounced INTEGER NOT NULL DEFAULT 0,
    discarded INTEGER NOT NULL DEFAULT 0, in_doubt INTEGER NOT NULL DEFAULT 0);
CREATE TABLE letters (
    number INTEGER PRIMARY KEY, host TEXT NOT NULL, queue_id TEXT NOT NULL, state TEXT NOT NULL,
    arrived TEXT NOT NULL, due TEXT, warned INTEGER NOT NULL, client TEXT NOT NULL,
    envelope TEXT NOT NULL, content BLOB NOT NULL, UNIQUE (host, queue_id));
CREATE TABLE duties (
    number INTEGER PRIMARY KEY, host TEXT NOT NULL, queue_id TEXT NOT NULL, local TEXT NOT NULL,
    domain TEXT NOT NULL, reason TEXT NOT NULL, in_flight INTEGER NOT NULL,
    UNIQUE (host, queue_id, local, domain));
"""
TABLES = ("letters", "duties", "queues", "lab")

Statement = tuple[str, tuple[Any, ...]]


class Store:
    """An open spool file. Raises UsageError when the path can't be one, MachineError for the machine."""

    def __init__(self, path: FilePath) -> None:
        if path.is_dir():
            raise UsageError(f"{str(path)!r} is a folder, and a spool is a file. Name {NEW}.")
        if not path.parent.is_dir():
            raise UsageError(f"There is no folder {str(path.parent)!r} for the spool. Make it first.")
        try:
            self._file = sqlite3.connect(path, timeout=0, isolation_level=None)
        except sqlite3.Error as error:
            raise _trouble(path, error) from error
        try:
            self._open(path)
        except sqlite3.Error as error:
            self._file.close()
            raise _trouble(path, error) from error
        except BaseException:
            self._file.close()
            raise

    def _open(self, path: FilePath) -> None:
        mark, version, tables = (
            self._file.execute(question).fetchone()[0]
            for question in (
                "PRAGMA application_id",
                "PRAGMA user_version",
                "SELECT count(*) FROM sqlite_master",
            )
        )
        if tables and mark != MARK:
            raise UsageError(f"{str(path)!r} is somebody else's database. Name {NEW}.")
        if version > VERSION:
            raise UsageError(
                f"The spool {str(path)!r} was written by a newer version of this lab. Update, or name {NEW}."
            )
        self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._file.execute("PRAGMA journal_mode = WAL")
        with self._transaction():
            if not tables:
                self._create()
            self._file.execute("UPDATE lab SET runs = runs + 1")

    def _create(self) -> None:
        for statement in SCHEMA.split(";"):
            self._file.execute(statement)
        self._file.execute(f"PRAGMA application_id = {MARK}")
        self._file.execute(f"PRAGMA user_version = {VERSION}")
        self._file.execute("INSERT INTO lab VALUES (?, 0)", (START.isoformat(),))

    @property
    def now(self) -> datetime:
        """Lab time when something was last written down."""
        return datetime.fromisoformat(self._file.execute("SELECT now FROM lab").fetchone()[0])

    @property
    def runs(self) -> int:
        """How often the spool has been opened, with this time."""
        found: int = self._file.execute("SELECT runs FROM lab").fetchone()[0]
        return found

    def rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """What is written there."""
        return self._file.execute(question, values).fetchall()

    def write(self, statements: Sequence[Statement], *, durable: bool) -> None:
        """Write all of it, or nothing. Raises MachineError for a full disk.

        What is written survives the end of this process; if it is ``durable``, the machine's as well.
        """
        try:
            self._file.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            with self._transaction():
                for statement, values in statements:
                    self._file.execute(statement, values)
        except sqlite3.OperationalError as error:
            raise MachineError(
                f"The spool can't be written: {error}. Free some room on the disk; nothing is lost."
            ) from error

    def clear(self) -> None:
        """Throw everything away that is written there."""
        self.write([(f"DELETE FROM {table}", ()) for table in TABLES[:-1]], durable=True)
        self.write([("UPDATE lab SET now = ?, runs = 1", (START.isoformat(),))], durable=True)

    def close(self) -> None:
        """Let others have the file."""
        self._file.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._file.execute("COMMIT")
        except BaseException:
            if self._file.in_transaction:  # SQLite may have rolled back by itself
                self._file.execute("ROLLBACK")
            raise


def _trouble(path: FilePath, error: sqlite3.Error) -> LabError:
    name, said = repr(str(path)), str(error)
    if "not a database" in said:
        return UsageError(f"{name} is no spool but some other file, and stays as it is. Name {NEW}.")
    if "locked" in said:
        return UsageError(f"The spool {name} is in use by another lab. Close that one, or name {NEW}.")
    if "readonly" in said or "unable to open" in said:
        return UsageError(f"The spool {name} can't be written here. Choose a folder of your own for it.")
    return MachineError(f"The spool {name} can't be used: {said}. Free some room on the disk, or name {NEW}.")
