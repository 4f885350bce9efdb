"""``labkit export``: an attack, played in a new lab, and what crossed the network in a file."""

from pathlib import Path

from labkit.attacker.report import Report
from labkit.errors import UsageError
from labkit.lab import Lab
from labkit.launch.plays import PLAYS, counted
from labkit.wire.export.save import KINDS, NO_KIND, Saved

LETTERS = 20
NOT_COUNTED = "{name} decides itself how much it sends. Leave --letters out, or choose {counted}."
EXISTS = "{file} exists already. Choose another name, or replace it with --force."


def check(file: Path, name: str, letters: int | None, *, force: bool) -> None:
    """Raise UsageError for what couldn't be written or played, before anything is."""
    if file.suffix.lower() not in KINDS:
        raise UsageError(NO_KIND.format(name=str(file)))
    if file.exists() and not force:
        raise UsageError(EXISTS.format(file=file))
    if letters is not None and not PLAYS[name].is_counted:
        raise UsageError(NOT_COUNTED.format(name=name, counted=" or ".join(counted())))


def export(
    lab: Lab, file: Path, name: str, letters: int | None, session: int | None, *, whole: bool, force: bool
) -> tuple[Report, Saved]:
    """Play an attack, and write its report and sessions, or one ``session``, or all of the ``whole`` lab.

    Raises UsageError for a file that can't be written and for a session that there isn't, and what the
    attack raises.
    """
    report = PLAYS[name].run(lab, LETTERS if letters is None else letters)
    lab.settle()
    if session is not None:
        return report, lab.transcripts[session].save(file, overwrite=force)
    # Who listens has no session, and a report no packet, but for those of others.
    whole = whole or (file.suffix.lower() == ".pcapng" and not report.transcripts)
    return report, (lab.transcripts if whole else report).save(file, overwrite=force)
