"""``labkit open``: the notebooks in JupyterLab, for who has a checkout and for who has installed the lab."""

from pathlib import Path

import click

from labkit.cli.examples import examples


@click.command(
    epilog=examples(
        "labkit open",
        "labkit open my-lab --no-browser",
        "labkit open my-lab --no-lab",
        "labkit open my-lab -- --ServerApp.base_url=/anna/",
    )
)
@click.argument("folder", required=False)
@click.argument("options", nargs=-1, metavar="[-- JUPYTERLAB'S OPTIONS]")
@click.option("--no-lab", is_flag=True, help="Only put the notebooks there.")
@click.option("--no-browser", is_flag=True, help="Say where the page is, and open nothing.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8888, show_default=True, metavar="N",
    help="Where to begin to look for a free one; 0 takes any.",
)  # fmt: skip
@click.option("--instructor", is_flag=True, help="Put the pages for instructors there, too.")
def command(
    folder: str | None,
    options: tuple[str, ...],
    no_lab: bool,
    no_browser: bool,
    port: int,
    instructor: bool,
) -> None:
    """Unpack the notebooks, and open JupyterLab on the first one.

    They go into FOLDER. What is there already stays as it is: your work is never overwritten. Without
    FOLDER it is smtp-relay-lab here; in a checkout of the lab, notebooks are opened where they are.
    """
    from labkit.launch.opening import open_lab

    if folder and folder.startswith("-"):  # an option of JupyterLab's, behind a lone --
        folder, options = "", (folder, *options)
    open_lab(
        click.echo,
        Path(folder) if folder else None,
        port,
        instructor=instructor,
        lab=not no_lab,
        browser=not no_browser,
        options=options,
    )
