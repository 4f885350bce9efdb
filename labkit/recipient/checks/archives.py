"""What is in a ZIP archive, without being blown up by it: bounded in number, size and depth."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

START = b"PK\x03\x04"
MOST_FILES = 1_000  # in all archives of a letter together
MOST_OCTETS = 100_000_000  # that an archive says it unfolds to
ENOUGH = 65_536  # octets of a file that are looked at
OF_AN_ARCHIVE = 1_000_000  # octets that are, of an archive in an archive
DEEPEST = 3  # archives in archives


class Unreadable(Exception):
    """The archive can't be looked into; the message says why."""


class Bomb(Exception):
    """The archive was made to overwhelm whoever unfolds it; the message says how."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A file in an archive: its name, and its beginning."""

    name: str
    content: bytes


def is_archive(content: bytes) -> bool:
    """Whether this is a ZIP archive, whatever its name is. The files of office programs are."""
    return content.startswith(START)


def files(content: bytes) -> Iterator[Packed]:
    """The files in an archive, and in the archives in it. Raises Unreadable and Bomb."""
    return _Unfolding().files(content, 1)


class _Unfolding:
    """How much was unfolded so far."""

    def __init__(self) -> None:
        self.count = 0

    def files(self, content: bytes, depth: int) -> Iterator[Packed]:
        import io  # here, with zipfile: few letters have archives
        import zipfile
        import zlib

        if depth > DEEPEST:
            raise Bomb(f"archives in archives, more than {DEEPEST} deep")
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for member in self._members(archive):
                    packed = _read(archive, member)
                    yield packed
                    if is_archive(packed.content):
                        yield from self.files(packed.content, depth + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error) as error:
            raise Unreadable("it is damaged") from error
        except (ValueError, IndexError, OverflowError) as error:
            raise Unreadable("it is damaged") from error
        except NotImplementedError as error:
            raise Unreadable("it is packed in an unusual way") from error

    def _members(self, archive: "ZipFile") -> "list[ZipInfo]":
        members = [each for each in archive.infolist() if not each.is_dir()]
        self.count += len(members)
        if self.count > MOST_FILES:
            raise Bomb(f"more than {MOST_FILES:,} files")
        octets = sum(each.file_size for each in members)
        if octets > MOST_OCTETS:
            raise Bomb(f"it unfolds to {octets:,} octets")
        if any(each.flag_bits & 1 for each in members):
            raise Unreadable("it is locked with a password")
        return members


def _read(archive: "ZipFile", member: "ZipInfo") -> Packed:
    with archive.open(member) as file:
        content = file.read(ENOUGH)
        if is_archive(content):
            content += file.read(OF_AN_ARCHIVE)
    return Packed(member.filename, content)
