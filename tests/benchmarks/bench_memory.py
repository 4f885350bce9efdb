"""100,000 letters through one lab: is the memory flat once everything that has a limit is full?

The attacker's letters are sent 5,000 at a time, and nobody keeps the reports. What may fill up is the
recording and the mailboxes of each domain; besides them, nothing may grow. It takes some minutes.
"""

import gc

import psutil
from measuring import line

from labkit import Lab, Policy
from labkit.lab import usual
from labkit.recipient.mailbox import LIMIT as MAILBOX_OCTETS
from labkit.wire.recorder import RING_BYTES

LETTERS, BATCH = 100_000, 5_000
CAPS = (RING_BYTES + MAILBOX_OCTETS) / 2**20  # the letters are for one domain
TARGET = 1.25
POLICY = Policy.parse(usual.OPEN_POLICY).replace(smtp_tls_security_level="none")


def main() -> None:
    with Lab(POLICY, cap=BATCH) as lab:
        lab.attacker.spam(BATCH // 10)  # what is loaded once doesn't count
        before, held = _resident(), []
        for _ in range(LETTERS // BATCH):
            lab.attacker.spam(BATCH)
            held.append(_resident() - before)
        recorder = lab.scenery.recorder
        print(f"MB above the start after each {BATCH:,} letters: " + " ".join(f"{size:.0f}" for size in held))
        times = max(held) / CAPS
        line("the most / the caps", f"{times:8.2f} of {CAPS:.0f} MB", f"<= {TARGET}", met=times <= TARGET)
        later = held[-1] - held[len(held) // 2]
        line("growth over the second half", f"{later:8.1f} MB")
        line("sessions kept, and dropped", f"{len(recorder):8,}, {recorder.dropped:,}")
        assert not lab.problems


def _resident() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss / 2**20)


if __name__ == "__main__":
    main()
