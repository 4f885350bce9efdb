"""The defences of the table are main.cf: Postfix reads them as they stand, and answers under them as the lab."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from postfix.beside import Beside, difference
from postfix.dialogues.choice import dialogues

from labkit import Defence, Lab
from labkit.lab.defences import DEFENCES
from labkit.relay.services import Services

# The third service is the second one with TLS around it.
POLICIES = {
    f"{defence.name}, {service}": str(Services(defence.services).policy(service, defence.policy))
    for defence in DEFENCES
    for service in ("smtp", "submission")
}


def _files(defence: Defence, folder: Path) -> None:
    """The defence as it would be written by hand."""
    main_cf = "compatibility_level = 3.6\n" + dedent(defence.main_cf).lstrip()
    (folder / "main.cf").write_text(main_cf)
    services = ["smtp inet n - n - - smtpd"]
    for name, text in defence.services.items():
        options = (f"  -o {{ {line} }}" for line in dedent(text).strip().splitlines())
        services += [f"{name} inet n - n - - smtpd", *options]
    (folder / "master.cf").write_text("\n".join([*services, ""]))


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda each: each.name)
def test_postconf_reads_it_and_has_nothing_to_say(defence: Defence, tmp_path: Path) -> None:
    _files(defence, tmp_path)
    for what in ("-n", "-M", "-P"):
        command = ["postconf", "-c", tmp_path, what]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        assert done.stderr == ""


@pytest.fixture(scope="module")
def beside() -> Iterator[Beside]:
    with Lab() as lab:
        beside = Beside(lab, POLICIES)
        try:
            yield beside
            assert beside.postfix.problems() == []
        finally:
            beside.close()
        assert lab.problems == ()


@pytest.mark.parametrize("policy", POLICIES)
def test_it_answers_as_postfix_does(beside: Beside, policy: str) -> None:
    played = beside.play(policy, dialogues(policy))
    differences = [difference(name, *both) for name, both in played.items()]
    assert "\n\n".join(filter(None, differences)) == ""
