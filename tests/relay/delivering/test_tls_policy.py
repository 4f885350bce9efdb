"""The TLS that a relay insists on for one destination: by the postmaster's table, or as the destination asks."""

import pytest

from labkit import Policy
from labkit.lab import usual
from labkit.lab.lab import Lab
from labkit.relay.language.tls_policies import MTA_STS

STS = f"{usual.OPEN_POLICY}smtp_tls_policy_maps = {MTA_STS}\n"
TABLE = usual.OPEN_POLICY + "smtp_tls_policy_maps = inline:{{ {{{} = {}}} }}\n"


def reason(lab: Lab) -> str:
    """Why the only letter in the queue waits; empty when none does."""
    lab.settle()
    return next((why for entry in lab.relay.queue.entries for why in entry.duties.values()), "")


def send(lab: Lab) -> str:
    """Send a letter; "delivered", or why it waits."""
    report = lab.workstation.send()
    return "delivered" if report.delivered else reason(lab)


def wires(lab: Lab) -> list[tuple[str, int]]:
    return [(each.server.name, each.port) for each in lab.transcripts if each.client.name == "relay"]


def test_a_domain_without_a_policy_gets_mail_as_before(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(STS)
    lab.mx1.fault = lab.mx2.fault = "no tls"
    assert send(lab) == "delivered"
    assert wires(lab) == [("mx1", 25)]


def test_stripping_works_against_an_offer_and_fails_against_a_policy(lab: Lab) -> None:
    lab.mta_sts.publish()
    lab.mx1.fault = lab.mx2.fault = "no tls"
    assert send(lab) == "delivered"  # the relay doesn't ask for policies
    lab.relay.policy = Policy.parse(STS)
    assert send(lab) == ("TLS is required, but was not offered by host mx2.customer.example[198.51.100.26]")
    lab.mx1.fault = lab.mx2.fault = None
    lab.wait(minutes=15)
    assert reason(lab) == ""
    assert len(lab.mailbox("orders@customer.example")) == 2


@pytest.mark.parametrize("how", ["strip", "certificate"])
def test_whoever_stands_between_the_servers_gets_a_letter_only_without_it(lab: Lab, how: str) -> None:
    lab.mta_sts.publish()
    assert lab.attacker.strip(how, client="relay").harm == 1
    lab.relay.policy = Policy.parse(STS)
    assert lab.attacker.strip(how, client="relay").harm == 0


@pytest.mark.parametrize("fault", ["wrong certificate", "expired certificate", "unknown authority"])
def test_a_false_server_gets_nothing_either(lab: Lab, fault: str) -> None:
    lab.relay.policy = Policy.parse(STS)
    lab.mta_sts.publish()
    lab.mx1.fault = lab.mx2.fault = fault
    assert send(lab) == "Server certificate not verified"


def test_a_host_that_the_policy_doesnt_name_gets_nothing(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(STS)
    lab.mta_sts.publish(mx="mx2.customer.example")
    assert send(lab) == "delivered"
    assert wires(lab) == [("web", 443), ("mx2", 25)]
    lab.mx2.fault = "down"
    assert send(lab) == "connect to mx2.customer.example[198.51.100.26]:25: Connection refused"
    lab.mta_sts.publish(mx="*.elsewhere.example")
    assert send(lab) == "connect to mx2.customer.example[198.51.100.26]:25: Connection refused"


def test_a_test_tells_and_lets_go(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(STS + "smtp_tlsrpt_enable = yes\n")
    lab.mta_sts.publish("testing")
    assert send(lab) == "delivered"
    lab.mx1.fault = "expired certificate"
    assert send(lab) == "delivered"
    assert wires(lab) == [("web", 443), ("mx1", 25), ("mx1", 25), ("mx1", 25)]
    lines = repr(lab.tls.report("customer.example")).splitlines()
    assert lines[-1] == "      1 x certificate-expired at mx1.customer.example[198.51.100.25]"


def test_the_mode_none_asks_nothing(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(STS)
    lab.mta_sts.publish("none")
    lab.mx1.fault = "no tls"
    assert send(lab) == "delivered"


def test_what_is_known_outlives_an_attack_on_the_dns_and_the_web_server(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(STS)
    lab.mta_sts.publish(max_age=7200)
    assert send(lab) == "delivered"
    lab.mta_sts.withdraw()
    lab.mx1.fault = lab.mx2.fault = "no tls"
    assert send(lab).startswith("TLS is required")
    lab.dns.faults["_mta-sts.customer.example"] = "timeout"
    lab.scenery.resolver.forget()
    lab.wait(minutes=30)
    assert reason(lab).startswith("TLS is required")
    lab.wait(hours=2)
    assert reason(lab) == ""


def test_a_policy_is_fetched_once_and_again_when_its_id_has_changed(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(STS)
    lab.mta_sts.publish(max_age=86_400)
    for _ in range(3):
        assert send(lab) == "delivered"
    assert wires(lab).count(("web", 443)) == 1
    lab.mta_sts.text = lab.mta_sts.text.replace("enforce", "none")
    assert send(lab) == "delivered"
    assert wires(lab).count(("web", 443)) == 1
    lab.mta_sts.announce()
    assert send(lab) == "delivered"
    assert wires(lab).count(("web", 443)) == 2
    lab.wait(days=1)
    assert send(lab) == "delivered"
    assert wires(lab).count(("web", 443)) == 3


def test_a_bad_policy_is_not_asked_for_again_and_again(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(STS)
    lab.mta_sts.publish()
    lab.mta_sts.text = "nonsense"
    for _ in range(3):
        assert send(lab) == "delivered"
    assert wires(lab).count(("web", 443)) == 1
    lab.wait(minutes=5)
    assert send(lab) == "delivered"
    assert wires(lab).count(("web", 443)) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"certificate": "name"}, "Hostname mismatch"),
        ({"certificate": "expired"}, "certificate has expired (sts-webpki-invalid)"),
        ({"certificate": "authority"}, "(sts-webpki-invalid)"),
        (
            {"status": 404},
            "mta-sts.customer.example answered with the status 404, not 200. (sts-policy-fetch-error)",
        ),
        ({"status": 301}, "answered with the status 301, not 200."),
        ({"text": ""}, "answered with the status 404, not 200."),
        ({"content_type": "text/html; charset=utf-8"}, "sent the policy as 'text/html', not as text/plain."),
        ({"content_type": ""}, "sent the policy as 'missing', not as text/plain. (sts-policy-invalid)"),
        ({"text": "x" * 70_000}, "mta-sts.customer.example sent a file of more than 65,536 octets."),
        ({"text": "version: STSv9"}, "its version is 'STSv9', not 'STSv1'. (sts-policy-invalid)"),
        ({"text": "\udcff"}, "it isn't text in UTF-8"),
    ],
)
def test_a_policy_that_doesnt_count_is_explained_and_mail_goes_on(
    lab: Lab, change: dict[str, object], said: str
) -> None:
    lab.relay.policy = Policy.parse(STS)
    lab.mta_sts.publish()
    for name, value in change.items():
        setattr(lab.mta_sts, name, value)
    found = repr(lab.tls.policy("customer.example"))
    assert found.startswith("customer.example announces an MTA-STS policy, but there is none that counts. ")
    assert said.removesuffix(" (sts-webpki-invalid)") in found
    lab.mx1.fault = "no tls"
    assert send(lab) == "delivered"


def test_so_is_one_whose_server_isnt_there(lab: Lab) -> None:
    lab.mta_sts.publish()
    lab.dns.remove("mta-sts.customer.example")
    assert "There is no host mta-sts.customer.example." in repr(lab.tls.policy("customer.example"))
    lab.dns.add("mta-sts.customer.example. IN A 198.51.100.99")
    lab.wait(minutes=5)
    assert "No host of this lab has the address 198.51.100.99." in repr(lab.tls.policy("customer.example"))
    lab.dns.remove("mta-sts.customer.example")
    lab.dns.add("mta-sts.customer.example. IN A 198.51.100.25")
    lab.wait(minutes=5)
    assert "mx1 [198.51.100.25] refuses connections on port 443." in repr(lab.tls.policy("customer.example"))


def test_what_the_relay_knows_is_shown(lab: Lab) -> None:
    assert repr(lab.tls.policy("customer.example")) == "customer.example has no MTA-STS policy."
    lab.mta_sts.publish(mx=["mx1.customer.example"])
    assert repr(lab.tls.policy("customer.example")).splitlines() == [
        "The relay knows the MTA-STS policy of customer.example:",
        "  version: STSv1",
        "  mode: enforce",
        "  mx: mx1.customer.example",
        "  max_age: 86400",
    ]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("customer.example", "encrypt", "TLS is required, but was not offered by host"),
        ("CUSTOMER.example", "secure", "TLS is required, but was not offered by host"),
        (".example", "encrypt", "TLS is required, but was not offered by host"),
        ("customer.example", "may", "delivered"),
        ("other.example", "encrypt", "delivered"),
        (".customer.example", "encrypt", "delivered"),
        ("[customer.example]", "encrypt", "delivered"),
        (
            "customer.example",
            "secure match=nexthop",
            "smtp_tls_policy_maps doesn't name host mx2.customer.example",
        ),
        (
            "customer.example",
            "secure match=.other.example:mx9.customer.example",
            "smtp_tls_policy_maps doesn't name",
        ),
    ],
)
def test_a_table_says_it_for_some_destinations(lab: Lab, key: str, value: str, said: str) -> None:
    lab.relay.policy = Policy.parse(TABLE.format(key, value))
    lab.mx1.fault = lab.mx2.fault = "no tls"
    assert send(lab).startswith(said)


def test_the_postmasters_word_comes_first(lab: Lab) -> None:
    table = "inline:{ customer.example=none }"
    lab.relay.policy = Policy.parse(f"{usual.OPEN_POLICY}smtp_tls_policy_maps = {table}, {MTA_STS}\n")
    lab.mta_sts.publish()
    lab.mx1.fault = "wrong certificate"
    assert send(lab) == "delivered"
    assert wires(lab) == [("mx1", 25)]


def test_a_host_that_the_postmaster_has_named_is_asked_for_no_policy(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(STS + "relayhost = [mx1.customer.example]\n")
    lab.mta_sts.publish()
    assert send(lab) == "delivered"
    assert wires(lab) == [("mx1", 25)]


def test_a_letter_that_was_kept_back_comes_back_to_its_sender_in_the_end(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(STS).replace(maximal_queue_lifetime="1h", bounce_queue_lifetime="1h")
    lab.mta_sts.publish()
    lab.mx1.fault = lab.mx2.fault = "no tls"
    assert lab.workstation.send().delivered == 0
    lab.wait(hours=2)
    (bounce,) = lab.mailbox("staff@corp.example")
    assert "TLS is required, but was not offered by host" in " ".join(bounce.text.split())
    assert len(lab.relay.queue) == 0
