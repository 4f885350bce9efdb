"""``labkit probe``: is this server an open relay? On this machine only."""

from pathlib import Path

import click

from labkit.cli.choosing import lab_options, one_policy
from labkit.cli.examples import examples
from labkit.errors import UsageError

POLICY_OF_ITS_OWN = "{target} has a policy of its own: --policy and --closed are for the lab's relay."


@click.command(
    epilog=examples(
        "labkit probe 127.0.0.1:2525",
        "labkit probe 127.0.0.1:587 --user anna",
        "labkit probe",
        "labkit probe --policy main.cf",
    )
)
@click.argument("target", default="relay", metavar="[TARGET]")
@lab_options
@click.option("--user", metavar="NAME", help="An account there: letters after a login are tried, too.")
@click.option("--password", metavar="TEXT", help="Its password. You are asked for it if you leave it out.")
def command(
    target: str, policy: Path | None, closed: bool, seed: str, user: str | None, password: str | None
) -> None:
    """Test whether a server carries strangers' letters to strangers.

    TARGET is a server of your own on this machine, such as 127.0.0.1:2525; every other machine is refused.
    Without TARGET, the relay of a new lab is tested.

    \b
    Exit status: 0  closed
                 1  not known, or something went wrong
                 3  open; or a server of your own has accepted such letters
    """
    one_policy(policy, closed=closed)
    from labkit.launch import fresh, relaytest

    with fresh.lab(policy, closed=closed, seed=seed) as lab:
        if relaytest.is_own(lab, target) and (policy or closed):
            raise UsageError(POLICY_OF_ITS_OWN.format(target=target))
        if user and password is None:
            password = click.prompt("Password", hide_input=True, err=True)
        probed = relaytest.probe(lab, target, user, password or "")
    click.echo(probed)
    raise SystemExit(probed.status)
