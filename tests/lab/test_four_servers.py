"""The four servers that a student tests: each is what it is, and the relay is the same again afterwards."""

import pytest

from labkit import Lab
from labkit.errors import UsageError

HELD_BY = {"submission": "smtpd_tls_security_level = encrypt"}


@pytest.mark.parametrize(
    ("name", "verdict", "hits"),
    [
        ("A", "accepts at RCPT only", 16),
        ("B", "open", 1),
        ("C", "accepts at DATA only", 16),
        ("D", "open", 0),
    ],
)
def test_each_server_deceives_in_its_own_way(lab: Lab, name: str, verdict: str, hits: int) -> None:
    test = lab.servers.probe(name)
    assert (test.verdict, test.hits) == (verdict, hits)
    assert test.what == f"a relay test of server {name}, port 25"


def test_a_seed_gives_them_its_own_names_and_the_same_verdicts() -> None:
    with Lab(seed="anna") as lab:
        assert [lab.servers.probe(name).is_open for name in "ABCD"] == [False, True, False, True]


def test_the_relay_is_the_same_afterwards(lab: Lab) -> None:
    lab.relay.services = HELD_BY
    policy, services = lab.relay.policy, dict(lab.relay.services)
    lab.servers.probe(" d ")
    assert (lab.relay.policy, dict(lab.relay.services)) == (policy, services)


def test_another_name_is_explained(lab: Lab) -> None:
    with pytest.raises(UsageError, match=r"There is no server 'E' here\. There are A, B, C, D\."):
        lab.servers.probe("E")


def test_it_says_how_to_begin(lab: Lab) -> None:
    assert repr(lab.servers) == 'Four servers: A, B, C, D. Test one of them, as with lab.servers.probe("A").'
