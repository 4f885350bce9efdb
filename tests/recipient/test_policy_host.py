"""The web server with the MTA-STS policy, and what stands in the DNS about it."""

import pytest

from labkit.errors import OutsideTheLab, UsageError
from labkit.lab.lab import Lab

NAME = "mta-sts.customer.example"


def test_the_policy_is_served_and_nothing_else(lab: Lab) -> None:
    lab.mta_sts.publish(mx="mx1.customer.example", max_age=60)
    assert get(lab, "GET /.well-known/mta-sts.txt HTTP/1.1") == (
        "HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 66\nConnection: close\n\n"
        "version: STSv1\nmode: enforce\nmx: mx1.customer.example\nmax_age: 60\n"
    )
    assert get(lab, "GET / HTTP/1.1").startswith("HTTP/1.1 404 Not Found\n")
    assert get(lab, "POST /.well-known/mta-sts.txt HTTP/1.1").startswith("HTTP/1.1 405 Method Not Allowed\n")


def get(lab: Lab, line: str) -> str:
    request = f"{line}\r\nHost: {NAME}\r\n\r\n"
    return lab.mta_sts.answer(request.encode()).decode().replace("\r\n", "\n")


@pytest.mark.parametrize("request_", [b"", b"\r\n\r\n", b"GET\r\n\r\n", b"\x00\xff /", b"EHLO x.example\r\n"])
def test_what_isnt_http_is_refused(lab: Lab, request_: bytes) -> None:
    lab.mta_sts.publish()
    assert lab.mta_sts.answer(request_).split()[1] in (b"400", b"405")


def test_a_policy_is_announced_in_the_dns_and_withdrawn(lab: Lab) -> None:
    before = repr(lab.dns)
    assert repr(lab.mta_sts) == "customer.example has no MTA-STS policy."
    lab.mta_sts.publish()
    assert repr(lab.mta_sts).splitlines() == [
        "https://mta-sts.customer.example/.well-known/mta-sts.txt",
        "",
        "version: STSv1",
        "mode: enforce",
        "mx: mx1.customer.example",
        "mx: mx2.customer.example",
        "max_age: 86400",
    ]
    assert repr(lab.dns.records("_mta-sts.customer.example")) == (
        '_mta-sts.customer.example. 3600 IN TXT "v=STSv1; id=20260105090000n1;"'
    )
    lab.mta_sts.publish("testing")
    assert len(lab.dns.records("_mta-sts.customer.example")) == len(lab.dns.records(NAME)) == 1
    assert "id=20260105090000n2;" in repr(lab.dns.records("_mta-sts.customer.example"))
    lab.mta_sts.withdraw()
    lab.mta_sts.withdraw()
    assert repr(lab.dns) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"mode": "strict"}, "There is no mode 'strict': choose one of enforce, testing, none."),
        ({"max_age": -1}, "max_age = -1 is no number of seconds."),
        ({"max_age": "a week"}, "max_age = 'a week' is no number of seconds."),
    ],
)
def test_a_mistake_is_answered_at_once(lab: Lab, arguments: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        lab.mta_sts.publish(**arguments)  # type: ignore[arg-type]
    assert lab.mta_sts.text == ""


def test_so_is_a_host_of_somebody_else(lab: Lab) -> None:
    with pytest.raises(OutsideTheLab):
        lab.mta_sts.publish(mx="*.google.com")


def test_so_is_a_certificate_that_cant_be(lab: Lab) -> None:
    with pytest.raises(
        UsageError, match="A certificate can't be 'old': choose one of 'none', 'name', 'expired', 'authority'"
    ):
        lab.mta_sts.certificate = "old"
    lab.mta_sts.certificate = "expired"
    assert lab.mta_sts.certificate == "expired"
    lab.mta_sts.certificate = None
    assert lab.mta_sts.certificate == "none"
