"""``lab.transcripts``: sessions by number, and a table of them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from labkit.clock import Clock
from labkit.errors import UsageError
from labkit.wire import record
from labkit.wire.asking.listing import FEWER, Transcripts
from labkit.wire.record import Party
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript
from labkit.wire.views.columns import WIDTH

Play = Callable[..., Transcript]

LAPTOP, RELAY, MX1 = (
    Party("laptop", "198.51.100.77"),
    Party("relay", "192.0.2.25"),
    Party("mx1", "198.51.100.25"),
)
REFUSED = "S: 220 relay\nC: MAIL FROM:<a@b>\nS: 250 a\nC: RCPT TO:<c@d>\n-- reject: No.\nS: 554 5.7.1 No"
SECURE = "S: 220 relay\nC: STARTTLS\nS: 220 go\n== TLS TLSv1.3\nC: NOOP\nS: 250 2.0.0 Ok"
ACCEPTED = "S: 220 relay\nC: MAIL FROM:<a@b>\nS: 250 a\nC: DATA\nS: 354 b\nC: .\nS: 250 c"


@pytest.fixture
def listing(play: Play) -> Callable[..., Transcripts]:
    """A listing of so many sessions, in a ring with room for ``room`` of them."""
    one = Recorder(Clock())
    play(REFUSED, recorder=one)

    def of(count: int, room: int = 1_000) -> Transcripts:
        recorder = Recorder(Clock(), limit=room * one.size)
        for _ in range(count):
            play(REFUSED, recorder=recorder)
        return Transcripts(recorder)

    return of


def numbers(transcripts: list[Transcript]) -> list[int]:
    return [transcript.number for transcript in transcripts]


def test_sessions_count_from_one_and_from_the_end(listing: Callable[..., Transcripts]) -> None:
    ten = listing(10)
    assert (ten[1].number, ten[10].number, ten[-1].number, ten[-10].number) == (1, 10, 10, 1)
    assert (len(ten), numbers(list(ten))) == (10, list(range(1, 11)))


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (slice(3, 6), [3, 4, 5]),
        (slice(None, 3), [1, 2]),
        (slice(-2, None), [9, 10]),
        (slice(1, None, 4), [1, 5, 9]),
        (slice(None, None, -5), [10, 5]),
        (slice(20, 30), []),
    ],
)
def test_a_slice_goes_by_numbers(
    listing: Callable[..., Transcripts], part: slice, expected: list[int]
) -> None:
    assert numbers(listing(10)[part]) == expected


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (0, "Sessions are numbered from 1."),
        (11, "There is no session 11: this lab has recorded 10 so far."),
        (-11, "There is no session 11 from the end: 10 are recorded."),
        ("3", "Sessions are asked for by number, as in lab.transcripts[3]"),
    ],
)
def test_a_session_that_is_not_there_is_a_clear_error(
    listing: Callable[..., Transcripts], number: int, message: str
) -> None:
    with pytest.raises(UsageError) as error:
        listing(10)[number]
    assert str(error.value).startswith(message)


def test_dropped_sessions_keep_their_numbers_and_are_said(listing: Callable[..., Transcripts]) -> None:
    ring = listing(10, room=4)
    assert numbers(list(ring)) == [7, 8, 9, 10]
    assert (len(ring), ring[-1].number, ring[-4].number) == (4, 10, 7)
    assert numbers(ring[1:9]) == [7, 8]
    with pytest.raises(UsageError, match="Session 6 is no longer recorded"):
        ring[6]
    for page in (repr(ring), ring._repr_html_()):
        assert "6 older sessions are no longer here" in page
    assert "1 older session is no longer here" in repr(listing(5, room=4))


def test_between_finds_the_sessions_of_two_hosts(play: Play) -> None:
    recorder = Recorder(Clock())
    for client, server in [(LAPTOP, RELAY), (RELAY, MX1), (LAPTOP, RELAY)]:
        play("S: 220 relay", client, server, recorder=recorder)
    transcripts = Transcripts(recorder)
    assert numbers(transcripts.between("laptop", "relay")) == [1, 3]
    assert numbers(transcripts.between("relay", "mx1")) == [2]
    assert transcripts.between("relay", "laptop") == []


def test_the_table_says_who_where_how_and_what_became_of_it(play: Play) -> None:
    recorder = Recorder(Clock())
    play(REFUSED, recorder=recorder)
    play(SECURE, LAPTOP, port=587, recorder=recorder)
    play(ACCEPTED, RELAY, MX1, recorder=recorder)
    assert repr(Transcripts(recorder)).splitlines() == [
        "3 recorded sessions",
        "",
        "no.  lab time  client → server   port  wire   verdict    accepted  first refusal by",
        "  1  09:00:00  attacker → relay    25  clear  refused      0 of 1  reject",
        "  2  09:00:00  laptop → relay     587  TLS    no letter         -  -",
        "  3  09:00:00  relay → mx1         25  clear  accepted     1 of 1  -",
    ]


def test_the_html_table_has_the_same_cells(play: Play) -> None:
    recorder = Recorder(Clock())
    play(REFUSED, recorder=recorder)
    page = Transcripts(recorder)._repr_html_()
    assert "<caption>1 recorded session</caption>" in page
    assert '<th scope="col" class="number">accepted</th>' in page
    assert '<tr class="refused"><th scope="row" class="who">1</th>' in page
    assert "<strong>refused</strong>" in page
    for cell in ("attacker → relay", "reject"):
        assert f'<td style="text-align: left">{cell}</td>' in page
    for cell in ("09:00:00", "clear"):
        assert f'<td class="short" style="text-align: left">{cell}</td>' in page
    assert '<td class="number">0 of 1</td>' in page


@pytest.mark.parametrize(
    ("count", "rows", "more"),
    [
        (20, 20, None),
        (21, 16, "… 6 more sessions …"),
        (120, 16, "… 105 more sessions …"),
    ],
)
def test_a_long_list_shows_its_beginning_and_its_end(
    listing: Callable[..., Transcripts], count: int, rows: int, more: str | None
) -> None:
    table = repr(listing(count)).splitlines()[3:]
    if more:
        assert table.pop() == FEWER
        assert FEWER in listing(count)._repr_html_()
    assert len(table) == rows
    assert (more in table) if more else not any("…" in row for row in table)
    assert (table[0].split()[0], table[-1].split()[0]) == ("1", str(count))
    assert listing(count)._repr_html_().count('<th scope="row"') == min(rows, count if count <= 20 else 15)


def test_only_what_is_shown_is_unpacked(
    listing: Callable[..., Transcripts], monkeypatch: pytest.MonkeyPatch
) -> None:
    many, unpacked = listing(500), []
    unpack = record.unpack
    monkeypatch.setattr(record, "unpack", lambda packed: unpacked.append(packed) or unpack(packed))
    repr(many)
    assert len(unpacked) == 15


def test_long_names_do_not_burst_the_table(play: Play) -> None:
    recorder = Recorder(Clock())
    rule = REFUSED.replace("reject", "x" * 200)
    play(rule, Party("a" * 200, "203.0.113.66"), Party("b" * 200, "192.0.2.25"), recorder=recorder)
    assert max(map(len, repr(Transcripts(recorder)).splitlines())) <= WIDTH


def test_a_lab_in_which_nothing_happened_says_what_to_expect() -> None:
    empty = Transcripts(Recorder(Clock()))
    assert repr(empty).startswith("No session has been recorded yet.")
    assert empty._repr_html_() == f"<p>{empty!r}</p>"


def test_sessions_of_several_days_say_which_day(play: Play) -> None:
    clock = Clock()
    recorder = Recorder(clock)
    play(REFUSED, recorder=recorder)
    assert "\n  1  09:00:00  " in repr(Transcripts(recorder))
    clock.now += timedelta(days=5)
    play(REFUSED, recorder=recorder)
    assert [line[5:20] for line in repr(Transcripts(recorder)).splitlines()[3:]] == [
        "Mon 05 Jan 09:0", "Sat 10 Jan 09:0",
    ]  # fmt: skip
