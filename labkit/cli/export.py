"""``labkit export``: an attack in a file, to read in a browser, to compute with, or for Wireshark."""

from pathlib import Path

import click

from labkit.cli.choosing import lab_options, one_policy
from labkit.cli.examples import examples
from labkit.launch.plays import PLAYS, counted

ATTACKS = "\n".join(("\b", "Attacks:", *(f"  {name:<12} {play.what}" for name, play in PLAYS.items())))


@click.command(
    epilog=ATTACKS
    + "\n\n"
    + examples(
        "labkit export run.html",
        "labkit export closed.txt --closed --letters 5",
        "labkit export guesses.jsonl --closed --attack spray --letters 100",
        "labkit export letter.pcapng --closed --attack probe --session 3",
    )
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--attack",
    type=click.Choice(list(PLAYS)),
    default="spam",
    show_default=True,
    metavar="NAME",
    help="What is played.",
)
@click.option(
    "--letters", type=int, metavar="N", help=f"How many, for {', '.join(counted())}.  [default: 20]"
)  # fmt: skip
@lab_options
@click.option("--session", type=int, metavar="N", help="Only the Nth session.")
@click.option("--whole", is_flag=True, help="Every session, also those in which letters were carried on.")
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def command(
    file: Path,
    attack: str,
    letters: int | None,
    policy: Path | None,
    closed: bool,
    seed: str,
    session: int | None,
    whole: bool,
    force: bool,
) -> None:
    """Play an attack, and write what crossed the network into a file.

    The ending of FILE says which kind it is: .html to read in a browser, .txt, .jsonl for programs, .pcapng
    for Wireshark, with the keys to what TLS hid. The attack is played in a new lab.
    """
    one_policy(policy, closed=closed)
    from labkit.launch import exporting, fresh

    exporting.check(file, attack, letters, force=force)
    with fresh.lab(policy, closed=closed, seed=seed) as lab:
        report, saved = exporting.export(lab, file, attack, letters, session, whole=whole, force=force)
    click.echo(f"{report!r}\n\n{saved!r}")
