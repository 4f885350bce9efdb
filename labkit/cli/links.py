"""``labkit links``: badge, links and QR codes that open somebody's own copy of the lab on Binder."""

from pathlib import Path

import click

from labkit.cli.examples import examples
from labkit.launch.links import NEWEST, links

SAVED = "The QR codes are in {names}."
NO_TAG = (
    "These links open whatever is newest, and Binder builds that anew after each change, for minutes.\n"
    "For a class, set a tag and name it: labkit links {repository} TAG"
)


@click.command(
    epilog=examples(
        "labkit links anna/smtp-relay-lab v1",
        "labkit links https://github.com/anna/smtp-relay-lab v1 --qr lab.svg",
    )
)
@click.argument("repository", metavar="ORG/REPO")
@click.argument("tag", default=NEWEST, metavar="[TAG]")
@click.option(
    "--qr", "file", type=click.Path(path_type=Path), metavar="FILE",
    help="Write the QR codes into files, too: FILE, .svg or .png, and the same with -dashboard.",
)  # fmt: skip
def command(repository: str, tag: str, file: Path | None) -> None:
    """Print links that open your own copy of the lab on Binder.

    ORG/REPO is your copy on GitHub, TAG a tag, a branch or a commit in it. Nobody is asked whether they
    are there.
    """
    from labkit.launch import qr

    there = links(repository, tag)
    pages = {"The first notebook": there.notebooks, "The dashboard": there.dashboard}
    if file:
        files = dict(zip((file, file.with_stem(f"{file.stem}-dashboard")), pages.values(), strict=True))
        qr.save(files)
    click.echo(f"A badge for your README or course page, in Markdown:\n\n{there.badge}")
    for title, link in pages.items():
        click.echo(f"\n{title}:\n\n{link}\n")
        for row in qr.drawn(link):
            click.secho(row, fg="black", bg="bright_white")
    if file:
        click.echo("\n" + SAVED.format(names=" and ".join(map(str, files))))
    if tag == NEWEST:
        click.echo("\n" + NO_TAG.format(repository=there.repository))
