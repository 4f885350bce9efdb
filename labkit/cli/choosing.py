"""The options of every command that starts a lab: its relay's policy, and the seed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from labkit.errors import UsageError

BOTH = "--closed is a policy, and so is --policy. Choose one of them."


def lab_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--policy``, ``--closed`` and ``--seed``."""
    for option in (
        click.option("--seed", default="", help="Names, addresses and passwords of your own, from any text."),
        click.option("--closed", is_flag=True, help="A closed relay: trusted networks, passwords, TLS."),
        click.option(
            "--policy", type=click.Path(path_type=Path), metavar="FILE",
            help="The relay's policy: lines of main.cf.  [default: an open relay]",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def one_policy(policy: Path | None, *, closed: bool) -> None:
    """Raise UsageError when two were chosen."""
    if policy and closed:
        raise UsageError(BOTH)
