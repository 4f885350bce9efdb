"""curl speaks SMTP, too: for scripts that report by mail."""

import subprocess
from collections.abc import Callable

import pytest

from labkit import Lab
from labkit.wire.reading.lines import lines
from labkit.wire.transcript import Transcript

LETTER = "Subject: the backup is done\n\nNothing to worry about.\n"
REFUSED_RECIPIENT, REFUSED_LOGIN = 55, 67  # curl(1), EXIT CODES

Curl = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def curl(lab: Lab, run: Callable[..., subprocess.CompletedProcess[str]]) -> Curl:
    def curl(recipient: str, *options: str) -> subprocess.CompletedProcess[str]:
        address = f"smtp://127.0.0.1:{lab.ports['relay:587']}/terminal.example"
        letter = (
            "--mail-from",
            "staff@corp.example",
            "--mail-rcpt",
            recipient,
            "--upload-file",
            "-",
            "--crlf",
        )
        return run(
            "curl", "--silent", "--show-error", "--max-time", 20, address, *letter, *options, said=LETTER
        )

    return curl


@pytest.mark.parametrize(
    ("recipient", "options"),
    [
        ("director@corp.example", ()),
        ("director@corp.example", ("--ssl-reqd", "--insecure")),
        ("orders@customer.example", ("--ssl-reqd", "--insecure", "--user", "staff:paper-boat-7")),
    ],
)
def test_a_letter_arrives(lab: Lab, curl: Curl, recipient: str, options: tuple[str, ...]) -> None:
    before = len(lab.mailbox(recipient))
    done = curl(recipient, *options)
    assert (done.returncode, done.stderr) == (0, "")
    lab.wait_for(lab.scenery.relay.settle(), "the relay to be quiet")
    assert len(lab.mailbox(recipient)) == before + 1
    assert lab.mailbox(recipient)[-1].text.endswith(
        "\nSubject: the backup is done\n\nNothing to worry about.\n"
    )


@pytest.mark.parametrize(
    ("options", "exit_code", "code"),
    [
        ((), REFUSED_RECIPIENT, 554),
        (("--ssl-reqd", "--insecure"), REFUSED_RECIPIENT, 554),
        (("--ssl-reqd", "--insecure", "--user", "staff:paper-boat-8"), REFUSED_LOGIN, 535),
    ],
)
def test_a_stranger_is_refused(
    curl: Curl, seen: Callable[[], Transcript], options: tuple[str, ...], exit_code: int, code: int
) -> None:
    assert curl("orders@customer.example", *options).returncode == exit_code
    assert [line.code for line in lines(seen()) if line.refused] == [code]


def test_curl_trusts_no_certificate_of_the_lab(curl: Curl) -> None:
    assert curl("director@corp.example", "--ssl-reqd").returncode == 60


def test_curl_gets_the_policy_of_the_customer(
    lab: Lab, run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    lab.mta_sts.publish(mx="mx1.customer.example", max_age=60)
    there = ("--connect-to", f"::127.0.0.1:{lab.ports['web:443']}")
    url = "https://mta-sts.customer.example/.well-known/mta-sts.txt"
    done = run("curl", "--silent", "--include", "--insecure", "--max-time", 20, *there, url)
    lab.mta_sts.withdraw()
    head, _, body = done.stdout.partition("\n\n")
    assert head.splitlines()[:2] == ["HTTP/1.1 200 OK", "Content-Type: text/plain"]
    assert body == "version: STSv1\nmode: enforce\nmx: mx1.customer.example\nmax_age: 60\n"
