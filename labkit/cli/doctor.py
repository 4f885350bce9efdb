"""``labkit doctor``: whether the lab works on this machine, and what to do where it doesn't."""

import click

from labkit.cli.examples import examples


@click.command(epilog=examples("labkit doctor", "labkit doctor && labkit open"))
@click.pass_context
def command(context: click.Context) -> None:
    """Look at what the lab needs on this machine, and say what to do.

    Each line begins with a word: fine, note (worth knowing), or mend (the lab needs it). Ends with 1 if
    something must be mended.
    """
    from labkit.launch.doctor import examine
    from labkit.launch.doctor.finding import must_be_mended, told

    findings = examine()
    click.echo(told(findings))
    context.exit(1 if must_be_mended(findings) else 0)
