"""The command line: ``labkit demo`` plays the lab's main job, ``labkit dashboard`` opens its panel,
``labkit evidence`` collects a student's work, ``labkit grade`` marks that of a class, and
``labkit solutions`` writes an instructor's copies of notebooks."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from labkit.dashboard import PORT, serve
from labkit.errors import LabError
from labkit.lab import Lab

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

NETWORKS_AUTH_TLS = {
    "mynetworks": "192.0.2.0/24",
    "smtpd_sasl_auth_enable": "yes",
    "smtpd_tls_security_level": "may",
    "smtpd_tls_auth_only": "yes",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it worked, 1 when the lab says why it didn't, 2 for a command it doesn't know."""
    parser = argparse.ArgumentParser(
        prog="labkit",
        description="The SMTP relay lab: watch an open relay get abused, close it, and watch again.",
        epilog="example: labkit demo --letters 500",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    play = commands.add_parser("demo", help="play the attack, the closing, and the same attack again")
    play.add_argument("--letters", type=int, default=100, metavar="N", help="how many letters (default: 100)")
    play.set_defaults(run=lambda chosen: demo(chosen.letters))
    page = commands.add_parser("dashboard", help="open the lab's panel as a page in the browser")
    page.add_argument(
        "--port",
        type=int,
        default=PORT,
        metavar="N",
        help=f"where to begin to look for a free one (default: {PORT})",
    )
    page.add_argument("--no-browser", action="store_true", help="say where the page is, and open nothing")
    page.set_defaults(run=lambda chosen: serve(_tell, chosen.port, browser=not chosen.no_browser))
    _add_evidence(commands)
    _add_grade(commands)
    _add_solutions(commands)
    chosen = parser.parse_args(arguments)
    try:
        chosen.run(chosen)
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _add_evidence(commands: "Commands") -> None:
    hand_in = commands.add_parser(
        "evidence", help="write your answers, checked again, into a file to hand in"
    )
    hand_in.add_argument(
        "-o", type=Path, default="evidence.json", metavar="FILE", help="a new file (default: %(default)s)"
    )
    hand_in.add_argument("--name", default="", help="your name, for your instructor")
    hand_in.set_defaults(run=lambda chosen: _evidence(chosen.o, chosen.name))


def _add_grade(commands: "Commands") -> None:
    mark = commands.add_parser("grade", help="check the evidence files of a class again, and mark them")
    mark.add_argument(
        "folder", type=Path, metavar="FOLDER", help="where the files are, also in folders within"
    )
    mark.add_argument(
        "-o",
        type=Path,
        metavar="FOLDER",
        help="where marks.csv and summary.html go (default: the current one)",
    )
    mark.add_argument(
        "--run-code",
        action="store_true",
        help="run answers that are Python functions, too: in a process of their own with a time limit, "
        "but with your rights, so read them first",
    )
    mark.set_defaults(run=lambda chosen: _grade(chosen.folder, chosen.o or Path(), chosen.run_code))


def _add_solutions(commands: "Commands") -> None:
    copies = commands.add_parser("solutions", help="write copies of notebooks with every answer filled in")
    copies.add_argument("notebooks", type=Path, nargs="+", metavar="NOTEBOOK")
    copies.add_argument(
        "-o", type=Path, default="solutions", metavar="FOLDER", help="where they go (default: %(default)s)"
    )
    copies.add_argument("--seed", default="", help="the seed of a student's exercises")
    copies.set_defaults(run=lambda chosen: _solutions(chosen.notebooks, chosen.o, chosen.seed))


def _evidence(file: Path, name: str) -> None:
    from labkit.exercises import evidence  # here: the other commands need no exercises

    print(evidence.write(file, name))


def _grade(folder: Path, out: Path, run_code: bool) -> None:
    from labkit.exercises import marking

    print(marking.mark(folder, out, run_code=run_code))


def _solutions(files: list[Path], folder: Path, seed: str) -> None:
    from labkit.exercises import solved

    print(solved.write(files, folder, seed))


def demo(letters: int) -> None:
    """The main job of the lab in four steps."""
    with Lab() as lab:
        _say("1. A relay that trusts every address. A stranger sends letters in other people's names.")
        print(lab.relay.policy, "\n")
        open_report = lab.attacker.spam(letters)
        print(open_report)
        _say("2. One of these letters in the mailbox: the customer got it from the company's own server.")
        print(lab.mailbox(lab.stage.CUSTOMERS[0])[0])
        _say(
            "3. The relay is closed: trusted networks, a password for staff on the road, and TLS to hide it."
        )
        lab.relay.policy = lab.relay.policy.replace(**NETWORKS_AUTH_TLS)
        print(lab.relay.policy, "\n")
        closed_report = lab.attacker.spam(letters)
        print(closed_report)
        user, password = lab.stage.STAFF_LOGIN
        print(lab.laptop.send(user=user, password=password))
        print(lab.copier.send())
        _say("4. The same attack before and after.")
        print(open_report.transcripts[0].diff(closed_report.transcripts[0]))


def _tell(words: str) -> None:
    print(words, flush=True)


def _say(heading: str) -> None:
    print(f"\n\n{heading}\n{'=' * len(heading)}\n")
