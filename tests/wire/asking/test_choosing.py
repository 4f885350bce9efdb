"""``lab.transcripts.where``: some of the sessions, by host, verdict and rule."""

from collections.abc import Callable

import pytest

from labkit.clock import Clock
from labkit.errors import UsageError
from labkit.wire.asking.choosing import Words
from labkit.wire.asking.listing import Transcripts
from labkit.wire.reading import digest
from labkit.wire.reading.lines import lines
from labkit.wire.record import Kind, Party
from labkit.wire.recorder import Recorder
from labkit.wire.transcript import Transcript

Play = Callable[..., Transcript]

ATTACKER, LAPTOP = Party("attacker", "203.0.113.66"), Party("laptop", "198.51.100.77")
RELAY, MX1 = Party("relay", "192.0.2.25"), Party("mx1", "198.51.100.25")

MAIL = "S: 220 relay\nC: MAIL FROM:<a@b>\nS: 250 a\nC: RCPT TO:<c@d>\n"
SENT = f"{MAIL}-- permit_mynetworks: x\nS: 250 b\nC: DATA\nS: 354 c\nC: .\nS: 250 d"
NO = f"{MAIL}-- reject_unauth_destination: x\nS: 554 5.7.1 No"
LISTED = f"{MAIL}-- reject_rbl_client bl.example: x\nS: 554 5.7.1 No"
LATER = f"{MAIL}-- reject_unauth_destination: x\nS: 454 4.7.1 Later"


@pytest.fixture
def transcripts(play: Play) -> Transcripts:
    recorder = Recorder(Clock())
    for playbook, client, server in [
        (SENT, ATTACKER, RELAY),
        (SENT, RELAY, MX1),
        (NO, ATTACKER, RELAY),
        (LISTED, ATTACKER, RELAY),
        (NO, LAPTOP, RELAY),
        (LATER, ATTACKER, RELAY),
    ]:
        play(playbook, client, server, recorder=recorder)
    return Transcripts(recorder, Words(["mx2"], ["reject_unauth_destination", "check_client_access"]))


def numbers(found: Transcripts) -> list[int]:
    return [transcript.number for transcript in found]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"host": "attacker"}, [1, 3, 4, 6]),
        ({"host": "relay"}, [1, 2, 3, 4, 5, 6]),
        ({"host": "198.51.100.25"}, [2]),
        ({"host": "mx2"}, []),
        ({"verdict": "refused"}, [3, 4, 5]),
        ({"verdict": "deferred"}, [6]),
        ({"verdict": "unfinished"}, []),
        ({"rule": "reject_unauth_destination"}, [3, 5, 6]),
        ({"rule": "permit_mynetworks"}, [1, 2]),
        ({"rule": "reject_rbl_client"}, [4]),
        ({"rule": "reject_rbl_client bl.example"}, [4]),
        ({"rule": "check_client_access"}, []),
        ({"host": "attacker", "verdict": "refused", "rule": "reject_unauth_destination"}, [3]),
    ],
)
def test_sessions_are_found_by_what_they_have_in_common(
    transcripts: Transcripts, wanted: dict[str, str], expected: list[int]
) -> None:
    found = transcripts.where(**wanted)
    assert (numbers(found), len(found)) == (expected, len(expected))


def test_a_choice_can_be_narrowed(transcripts: Transcripts) -> None:
    assert numbers(transcripts.where(host="attacker").where(verdict="refused")) == [3, 4]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (
            {"host": "atacker"},
            "There is no host 'atacker' here. Did you mean 'attacker'? "
            "The hosts are: attacker, laptop, mx1, mx2, relay.",
        ),
        ({"host": 25}, "There is no host 25 here. The hosts are: attacker, laptop, mx1, mx2, relay."),
        (
            {"verdict": "refuse"},
            "There is no verdict 'refuse'. Did you mean 'refused'? "
            "The verdicts are: accepted, refused, deferred, mixed, unfinished, no letter.",
        ),
        (
            {"rule": "reject_unauth_dest"},
            "There is no rule 'reject_unauth_dest', and none of that name has decided anything. "
            "Did you mean 'reject_unauth_destination'?",
        ),
        ({"rule": "zzz"}, "There is no rule 'zzz', and none of that name has decided anything."),
        ({"rule": ""}, "There is no rule '', and none of that name has decided anything."),
    ],
)
def test_a_wrong_word_gets_the_right_ones(
    transcripts: Transcripts, wanted: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError) as error:
        transcripts.where(**wanted)
    assert str(error.value) == message


def test_what_was_chosen_keeps_its_numbers(transcripts: Transcripts) -> None:
    refused = transcripts.where(verdict="refused")
    assert (refused[4].number, refused[-1].number) == (4, 5)
    assert [each.number for each in refused[1:5]] == [3, 4]
    with pytest.raises(UsageError, match="Session 1 isn't among those that fit verdict='refused'"):
        refused[1]


def test_the_title_says_what_was_asked_for_and_how_many_fit(transcripts: Transcripts) -> None:
    assert repr(transcripts.where(host="attacker", verdict="refused")).splitlines()[0] == (
        "2 recorded sessions of 6 fit: host='attacker', verdict='refused'"
    )
    assert repr(transcripts.where(host="mx1")).splitlines()[0] == "1 recorded session of 6 fits: host='mx1'"
    nothing = transcripts.where(host="mx2")
    assert repr(nothing) == "No recorded session fits: host='mx2'."
    assert nothing._repr_html_() == "<p>No recorded session fits: host=&#x27;mx2&#x27;.</p>"


def test_a_word_from_a_message_is_not_live(play: Play) -> None:
    recorder = Recorder(Clock())
    play(SENT, Party("<img src=x>", "203.0.113.66"), recorder=recorder)
    page = Transcripts(recorder).where(host="<img src=x>", verdict="refused")._repr_html_()
    assert "<img" not in page


def test_sessions_that_come_later_are_found_too(play: Play) -> None:
    recorder = Recorder(Clock())
    play(NO, recorder=recorder)
    refused = Transcripts(recorder).where(verdict="refused")
    play(NO, recorder=recorder)
    assert len(refused) == 2


def test_a_finished_session_is_read_once_and_an_open_one_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    monkeypatch.setattr(digest, "lines", lambda session: read.append(session.number) or lines(session))
    recorder = Recorder(Clock())
    done, going_on = (recorder.open(ATTACKER, RELAY, 25) for _ in range(2))
    done.close()
    transcripts = Transcripts(recorder)
    assert numbers(transcripts.where(verdict="no letter")) == [1, 2]
    going_on.add(Kind.SERVER, b"220 relay\r\n")
    going_on.add(Kind.CLIENT, b"MAIL FROM:<a@b>\r\n")
    going_on.add(Kind.SERVER, b"250 2.1.0 Ok\r\n")
    assert numbers(transcripts.where(verdict="unfinished")) == [2]
    assert read == [1, 2, 2]
