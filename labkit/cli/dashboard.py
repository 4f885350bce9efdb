"""``labkit dashboard``: the panel as a page of its own."""

import click

from labkit.cli.examples import examples
from labkit.launch.dashboard import PORT, serve


@click.command(epilog=examples("labkit dashboard", "labkit dashboard --port 9000 --no-browser"))
@click.option(
    "--port", default=PORT, show_default=True, metavar="N", help="Where to begin to look for a free one."
)
@click.option("--no-browser", is_flag=True, help="Say where the page is, and open nothing.")
def command(port: int, no_browser: bool) -> None:
    """Open the lab's panel as a page in the browser."""
    serve(click.echo, port, browser=not no_browser)
