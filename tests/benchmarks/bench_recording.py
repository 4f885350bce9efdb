"""What the recording costs: CPU time, bytes for a session with a 1 KB letter, and that the ring stays flat.

For the CPU time, attacks are recorded and not recorded in turn: then a track throws away what it is
told. For the bytes, a real session is recorded once in a lab and then written again, frame by frame, into
recorders of this script's own, so that tracemalloc sees the recording and nothing else.
"""

import gc
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from measuring import Cost, Stopwatch, alternate, in_ms, line, ratio

from labkit import Lab, Policy
from labkit.clock import Clock
from labkit.lab import usual
from labkit.wire.record import Frame, unpack
from labkit.wire.recorder import RING_BYTES, Recorder, Track
from labkit.wire.transcript import Transcript

LETTER = "\n".join(["The quick brown fox sends a letter through the relay, as before."] * 13)
POLICY = Policy.parse("""
    mynetworks = 192.0.2.0/24
    smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname
    smtpd_sender_restrictions = reject_non_fqdn_sender, reject_unknown_sender_domain
    smtpd_relay_restrictions = permit_sasl_authenticated, permit_mynetworks, reject_unauth_destination
""")
SESSIONS = 2_000
MANY = 100_000
STEPS = 10
TARGET_BYTES = 2_560
ROUNDS, LETTERS = 15, 500
TARGET_CPU = 1.10


def main() -> None:
    with Lab() as lab:
        lab.relay.policy = POLICY
        whole = lab.workstation.send(text=LETTER).transcripts[0]
    cpu_time()
    bytes_per_session(whole)
    ring_stays_flat(whole)


def cpu_time() -> None:
    costs = alternate(ROUNDS, {"recorded": attack, "unrecorded": unrecorded})
    for side, found in costs.items():
        line(f"{LETTERS} letters, {side}", in_ms(found))
    times = ratio(costs["recorded"], costs["unrecorded"], "cpu")
    line("CPU time recorded / unrecorded", f"{times:8.2f}", f"<= {TARGET_CPU:.2f}", met=times <= TARGET_CPU)


def attack() -> Cost:
    with Lab(Policy.parse(usual.OPEN_POLICY).replace(smtp_tls_security_level="none")) as lab:
        with Stopwatch() as watch:
            report = lab.attacker.spam(LETTERS)
        assert report.delivered == LETTERS
    return watch.cost


def unrecorded() -> Cost:
    with _nothing_kept():
        return attack()


@contextmanager
def _nothing_kept() -> Iterator[None]:
    forgetful = {"add": lambda *_: None, "decided": lambda *_: None}
    with mock.patch.multiple(Track, **forgetful):
        yield


def bytes_per_session(session: Transcript) -> None:
    frames = list(unpack(session.packed))
    recorder = Recorder(Clock())
    steps = sum(len(decision.tried) for decision in session.decisions)
    before = _allocated()
    for _ in range(SESSIONS):
        _record(recorder, session, frames)
    each = (_allocated() - before) / SESSIONS
    letter = max(len(frame.data) for frame in frames)
    line("the letter, as DATA carried it", f"{letter:8} bytes")
    line("the rules that were asked, and are recorded", f"{steps:8}")
    line(
        "one recorded session with it",
        f"{each:8.0f} bytes",
        f"<= {TARGET_BYTES} bytes",
        met=each <= TARGET_BYTES,
    )
    line("the recorder's own account of it", f"{recorder.size / SESSIONS:8.0f} bytes")


def ring_stays_flat(session: Transcript) -> None:
    """100,000 sessions of four lines; the ring is full after less than half of them."""
    frames = list(unpack(session.packed))[:4]
    recorder = Recorder(Clock())
    before = _allocated()
    held, seconds = [], []
    for _ in range(STEPS):
        start = time.process_time()
        for _ in range(MANY // STEPS):
            _record(recorder, session, frames)
        seconds.append(time.process_time() - start)
        held.append((_allocated() - before) / 2**20)
    print(f"MB held after each 10,000 of {MANY:,} sessions: " + " ".join(f"{size:.1f}" for size in held))
    limit = RING_BYTES / 2**20
    line("the most that the ring held", f"{max(held):8.1f} MB", f"<= {limit:.0f} MB", met=max(held) <= limit)
    line("sessions kept, and dropped", f"{len(recorder):8,}, {recorder.dropped:,}")
    line("time for the last 10,000 / the first", f"{seconds[-1] / seconds[0]:8.2f}")


def _record(recorder: Recorder, like: Transcript, frames: list[Frame]) -> None:
    track = recorder.open(like.client, like.server, like.port)
    for frame in frames:
        track.add(frame.kind, frame.data)
    track.close()


def _allocated() -> int:
    gc.collect()
    if not tracemalloc.is_tracing():
        tracemalloc.start()
    return tracemalloc.get_traced_memory()[0]


if __name__ == "__main__":
    main()
