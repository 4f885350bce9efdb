"""``labkit grade``: the work of a class, checked again and marked."""

from pathlib import Path

import click

from labkit.cli.examples import examples


@click.command(epilog=examples("labkit grade handed-in", "labkit grade handed-in -o marks --run-code"))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "-o", "out", type=click.Path(path_type=Path), default=".", metavar="FOLDER",
    help="Where marks.csv and summary.html go.  [default: the current one]",
)  # fmt: skip
@click.option(
    "--run-code",
    is_flag=True,
    help="Run answers that are Python functions, too: in a process of their own with a time limit, "
    "but with your rights, so read them first.",
)
def command(folder: Path, out: Path, run_code: bool) -> None:
    """Check the evidence files of a class again, and mark them.

    FOLDER is where the files are, also in folders within.
    """
    from labkit.exercises import marking

    click.echo(marking.mark(folder, out, run_code=run_code))
