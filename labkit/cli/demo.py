"""``labkit demo``: the main job of the lab in four steps, in the terminal."""

import click

from labkit.cli.examples import examples


@click.command(epilog=examples("labkit demo", "labkit demo --letters 500"))
@click.option("--letters", default=100, show_default=True, metavar="N", help="How many letters to send.")
def command(letters: int) -> None:
    """Play the attack, the closing, and the same attack again."""
    from labkit.lab import Lab
    from labkit.launch.fresh import NETWORKS_AUTH_TLS

    with Lab() as lab:
        _heading("1. A relay that trusts every address. A stranger sends letters in other people's names.")
        click.echo(f"{lab.relay.policy}\n")
        open_report = lab.attacker.spam(letters)
        click.echo(open_report)
        _heading("2. One of these letters in the mailbox: the customer got it from the company's own server.")
        click.echo(lab.mailbox(lab.stage.CUSTOMERS[0])[0])
        _heading(
            "3. The relay is closed: trusted networks, a password for staff on the road, and TLS to hide it."
        )
        lab.relay.policy = lab.relay.policy.replace(**NETWORKS_AUTH_TLS)
        click.echo(f"{lab.relay.policy}\n")
        closed_report = lab.attacker.spam(letters)
        click.echo(closed_report)
        user, password = lab.stage.STAFF_LOGIN
        click.echo(lab.laptop.send(user=user, password=password))
        click.echo(lab.copier.send())
        _heading("4. The same attack before and after.")
        click.echo(open_report.transcripts[0].diff(closed_report.transcripts[0]))


def _heading(words: str) -> None:
    click.echo(f"\n\n{words}\n{'=' * len(words)}\n")
