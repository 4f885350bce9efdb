"""What `labkit serve` says to paste, pasted: each command as it stands there, run by the real programs."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator

import pytest
from cli.running import Running, running

DENIED = "554 5.7.1 <orders@customer.example>: Relay access denied"


@pytest.fixture(scope="module", params=["open", "closed"])
def serve(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    options = ["--closed"] if request.param == "closed" else []
    with running(tmp_path_factory.mktemp(request.param), "serve", *options) as command:
        command.wait_for("Stop the lab with Ctrl-C")
        yield command
        assert command.press_ctrl_c() == 0


def _pasted(command: Running, program: str, said: str = "") -> list[subprocess.CompletedProcess[str]]:
    lines = re.findall(rf"(?m)^    ({program} .*)$", command.said)
    return [
        subprocess.run(
            shlex.split(line),
            input=said,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=os.environ | {"LC_ALL": "C"},
        )
        for line in lines
    ]


def test_swaks_is_accepted_or_refused_as_it_says(serve: Running) -> None:
    to_staff, to_customer, *with_password = _pasted(serve, "swaks")
    assert to_staff.returncode == 0
    if with_password:
        assert (to_customer.returncode, [one.returncode for one in with_password]) == (24, [0])
        assert DENIED in to_customer.stdout
        serve.wait_for(r"refused by reject_unauth_destination")
        serve.wait_for(r"accepted by permit_sasl_authenticated")
    else:
        assert to_customer.returncode == 0
        serve.wait_for(r"Session \d+: relay \[192\.0\.2\.25\] → mx1")


def test_openssl_begins_tls_and_is_understood(serve: Running) -> None:
    (done,) = _pasted(serve, "openssl", said="EHLO terminal.example\nQUIT\n")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "221 2.0.0 Bye"


def test_dig_is_answered(serve: Running) -> None:
    (done,) = _pasted(serve, "dig")
    assert done.returncode == 0
    assert "mx1.customer.example." in done.stdout
    assert done.stderr == ""
