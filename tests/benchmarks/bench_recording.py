"""What the recording costs: bytes for a session with a 1 KB letter, and that the ring stays flat.

A real session is recorded once in a lab and then written again, frame by frame, into recorders of this
script's own, so that tracemalloc sees the recording and nothing else.
"""

import gc
import time
import tracemalloc

from measuring import line

from labkit import Lab
from labkit.clock import Clock
from labkit.wire.record import Frame, unpack
from labkit.wire.recorder import RING_BYTES, Recorder
from labkit.wire.transcript import Transcript

LETTER = "\n".join(["The quick brown fox sends a letter through the relay, as before."] * 13)
SESSIONS = 2_000
MANY = 100_000
STEPS = 10
TARGET_BYTES = 2_560


def main() -> None:
    with Lab() as lab:
        whole = lab.workstation.send(text=LETTER).transcripts[0]
    bytes_per_session(whole)
    ring_stays_flat(whole)


def bytes_per_session(session: Transcript) -> None:
    frames = list(unpack(session.packed))
    recorder = Recorder(Clock())
    before = _allocated()
    for _ in range(SESSIONS):
        _record(recorder, session, frames)
    each = (_allocated() - before) / SESSIONS
    letter = max(len(frame.data) for frame in frames)
    line("the letter, as DATA carried it", f"{letter:8} bytes")
    line("one recorded session with it", f"{each:8.0f} bytes", f"<= {TARGET_BYTES} bytes", met=each <= TARGET_BYTES)
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
