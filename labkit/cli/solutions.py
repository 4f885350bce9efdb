"""``labkit solutions``: an instructor's copies of notebooks."""

from pathlib import Path

import click

from labkit.cli.examples import examples


@click.command(
    epilog=examples(
        "labkit solutions notebooks/03-open-relay.ipynb", "labkit solutions notebooks/*.ipynb -o answers"
    )
)
@click.argument("notebooks", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="NOTEBOOK...")
@click.option(
    "-o", "folder", type=click.Path(path_type=Path), default="solutions", show_default=True, metavar="FOLDER",
    help="Where they go.",
)  # fmt: skip
@click.option("--seed", default="", help="The seed of a student's exercises.")
def command(notebooks: tuple[Path, ...], folder: Path, seed: str) -> None:
    """Write copies of notebooks with every answer filled in."""
    from labkit.exercises import solved

    click.echo(solved.write(list(notebooks), folder, seed))
