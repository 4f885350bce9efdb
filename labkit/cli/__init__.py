"""The command line. ``labkit --help`` lists the commands; each is a module of the same name in this package.

A command ends with 0 when it worked, with 1 when the lab says why it didn't, and with 2 when it was called
in a way that it doesn't know; ``probe`` also ends with 3, for an open relay. It loads what it needs when it
is run, so that help is there at once.
"""

import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from labkit.errors import LabError

COMMANDS = (
    *("open", "dashboard", "demo", "doctor", "serve", "probe", "export"),
    *("links", "evidence", "grade", "solutions"),
)

MISSING = "The package {name} is missing in this Python, and the lab needs it. What to do says: labkit doctor"


class Refusal(click.ClickException):
    """What the lab says when something can't be done. It is shown as it is."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


class Commands(click.Group):
    """The commands in the order in which people meet them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"labkit.cli.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the lab refuses is told in words, without a traceback."""
        try:
            return super().invoke(ctx)
        except LabError as error:
            raise Refusal(str(error)) from error
        except ModuleNotFoundError as error:
            raise Refusal(MISSING.format(name=str(error.name).partition(".")[0])) from error


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="'labkit COMMAND --help' shows examples.",
)
@click.version_option(package_name="smtp-relay-lab", message="%(version)s")
def main() -> None:
    """The SMTP relay lab: watch an open relay get abused, close it, and watch again."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(
                errors="replace"
            )  # Windows writes no arrows into files: better a "?" than nothing
