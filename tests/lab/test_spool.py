"""``Lab(spool=...)``: a lab goes on where the one before it ended."""

from pathlib import Path

import pytest

from labkit import Lab
from labkit.errors import UsageError

DOWN = "orders@customer.example"


def wait_for_the_dns(lab: Lab) -> None:
    lab.dns.fault = "timeout"
    lab.workstation.send(DOWN)


def test_a_new_lab_goes_on_with_the_queue_and_the_time(tmp_path: Path) -> None:
    with Lab(spool=tmp_path / "queue.db") as lab:
        wait_for_the_dns(lab)
        lab.wait(minutes=2)
    with Lab(spool=str(tmp_path / "queue.db")) as lab:
        assert "in memory" not in repr(lab.queue)
        assert lab.wait(minutes=3).delivered == 1
        assert len(lab.mailbox(DOWN)) == 1
        assert (
            repr(lab.relay.site.clock.now)
            == "datetime.datetime(2026, 1, 5, 9, 5, tzinfo=datetime.timezone.utc)"
        )
        assert lab.problems == ()


def test_a_letter_of_the_second_lab_isnt_taken_for_one_of_the_first(tmp_path: Path) -> None:
    with Lab(spool=tmp_path / "queue.db") as lab:
        wait_for_the_dns(lab)
    with Lab(spool=tmp_path / "queue.db") as lab:
        lab.queue.flush()
        assert lab.workstation.send("nobody@customer.example").delivered == 0
        assert lab.workstation.send(DOWN).delivered == 1
        assert len(lab.mailbox(DOWN)) == 2


def test_a_new_lab_without_a_spool_lets_the_file_go(tmp_path: Path) -> None:
    Lab(spool=tmp_path / "queue.db")
    Lab().close()
    with Lab(spool=tmp_path / "queue.db") as lab:
        assert len(lab.queue) == 0


def test_a_reset_empties_the_spool(tmp_path: Path) -> None:
    with Lab(spool=tmp_path / "queue.db") as lab:
        wait_for_the_dns(lab)
        lab.wait(hours=1)
        lab.reset()
        assert (len(lab.queue), lab.relay.queue.accepted, lab.scenery.clock.elapsed) == (0, 0, 0)
        assert lab.workstation.send(DOWN).delivered == 1


@pytest.mark.parametrize("spool", [3, "", "  ", True])
def test_what_is_no_path_is_explained(spool: object) -> None:
    with pytest.raises(UsageError, match="is no path: name a file for the spool"):
        Lab(spool=spool)


def test_a_lab_whose_spool_cant_be_opened_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        Lab(spool=tmp_path)
    with Lab() as lab:
        assert lab.workstation.send(DOWN).delivered == 1
