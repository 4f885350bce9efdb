"""What is in an archive is seen without unfolding more of it than there is room for."""

import io
import zipfile

import pytest

from labkit.recipient.checks.archives import ENOUGH, MOST_FILES, Bomb, Packed, Unreadable, files, is_archive


def zipped(**members: bytes) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return octets.getvalue()


def test_the_files_of_an_archive_and_of_those_in_it_come_in_order() -> None:
    inner = zipped(b=b"two")
    octets = zipped(a=b"one", inner=inner, c=b"three")
    assert is_archive(octets)
    found = list(files(octets))
    assert [each.name for each in found] == ["a", "inner", "b", "c"]
    assert found[0] == Packed("a", b"one")


def test_a_folder_is_no_file() -> None:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        archive.mkdir("folder")
        archive.writestr("folder/a", b"one")
    assert [each.name for each in files(octets.getvalue())] == ["folder/a"]


def test_a_file_is_read_at_its_beginning_only() -> None:
    (found,) = files(zipped(a=b"x" * 50_000_000))
    assert len(found.content) == ENOUGH


def test_files_are_counted_over_all_archives() -> None:
    some = zipped(**{str(number): b"" for number in range(MOST_FILES // 2)})
    assert len(list(files(zipped(a=some)))) == 1 + MOST_FILES // 2
    with pytest.raises(Bomb, match="more than 1,000 files"):
        list(files(zipped(a=some, b=some)))


@pytest.mark.parametrize(
    "octets",
    [b"", b"PK\x03\x04", zipped(a=b"one")[:-30], b"no archive"],
    ids=["nothing", "its first bytes", "its end cut off", "a text"],  # not the bytes: they hold the time
)
def test_a_damaged_archive_cant_be_read(octets: bytes) -> None:
    with pytest.raises(Unreadable, match="it is damaged"):
        list(files(octets))


def test_an_unusual_packing_cant_be_read() -> None:
    octets = bytearray(zipped(a=b"one"))
    octets[8] = 97  # the method, in the file's own header and in the directory
    octets[octets.index(b"PK\x01\x02") + 10] = 97
    with pytest.raises(Unreadable, match="unusual way"):
        list(files(bytes(octets)))
