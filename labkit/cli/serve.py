"""``labkit serve``: a lab outside Jupyter, for swaks, openssl, dig and whatever else speaks SMTP."""

from pathlib import Path

import click

from labkit.cli.choosing import lab_options, one_policy
from labkit.cli.examples import examples


@click.command(
    epilog=examples(
        "labkit serve", "labkit serve --closed", "labkit serve --policy main.cf --seed anna --quiet"
    )
)
@lab_options
@click.option(
    "--for", "seconds", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
    help="End after so long.  [default: until Ctrl-C]",
)  # fmt: skip
@click.option("--quiet", is_flag=True, help="Show no sessions.")
def command(policy: Path | None, closed: bool, seed: str, seconds: float | None, quiet: bool) -> None:
    """Keep a lab running for swaks, openssl and dig.

    It shows how to reach the lab, and each session when it is over. The ports are others each time, and on
    127.0.0.1 only.
    """
    one_policy(policy, closed=closed)
    from labkit.launch import fresh
    from labkit.launch.serving import serve

    with fresh.lab(policy, closed=closed, seed=seed) as lab:
        serve(click.echo, lab, seconds, quiet=quiet)
