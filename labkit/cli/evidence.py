"""``labkit evidence``: a student's work in one file, to be handed in."""

from pathlib import Path

import click

from labkit.cli.examples import examples


@click.command(epilog=examples("labkit evidence", 'labkit evidence --name "Anna Berg" -o anna.json'))
@click.option(
    "-o", "file", type=click.Path(path_type=Path), default="evidence.json", show_default=True, metavar="FILE",
    help="A new file.",
)  # fmt: skip
@click.option("--name", default="", help="Your name, for your instructor.")
def command(file: Path, name: str) -> None:
    """Write your answers, checked again, into a file to hand in."""
    from labkit.exercises import evidence

    click.echo(evidence.write(file, name))
