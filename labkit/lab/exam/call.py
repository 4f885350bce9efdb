"""``lab.exam()``: the call by which students let every side call at a relay."""

from typing import TYPE_CHECKING, cast

from labkit.lab import probing
from labkit.lab.exam.paper import Exam, results
from labkit.lab.exam.sitting import Call, Door, sit

if TYPE_CHECKING:
    from labkit.lab.lab import Lab

LIMIT = 60  # seconds


class Examined:
    """The part of a lab that holds exams."""

    def exam(self, target: str = "relay") -> Exam:
        """Let every side call at the relay, and say whether each was answered as it should be.

        ``target`` is the relay, or a Postfix that listens on this machine, such as "127.0.0.1:2525", with
        ``smtpd_upstream_proxy_protocol = haproxy``: then each caller can tell its address in the lab. What it
        accepts is not looked for in a mailbox. The letters lie in the mailboxes afterwards.

        Raises OutsideTheLab for a server that is neither, UsageError, Interrupted and LabClosed.
        """
        lab = cast("Lab", self)
        place = probing.place(lab.scenery.network.hosts, target)
        calls = lab.wait_for(_sat(lab, place), "the exam", limit=LIMIT)
        recorder = lab.scenery.recorder
        numbers = (call.attempt.session for call in calls if call.attempt.session in recorder)
        return Exam(
            "your server" if place.is_own else f"the {place.host.name}",
            results(calls),
            tuple(map(recorder.transcript, numbers)),
            "" if place.is_own else str(lab.relay.policy),
            not place.is_own,
            lab.stage.tell,
        )


async def _sat(lab: "Lab", place: probing.Place) -> tuple[Call, ...]:
    with probing.reachable(lab.scenery.network, place):
        return await sit(lab.scenery, Door(place.host, place.port, place.is_own))
