"""Lists of networks, domains, tables and next hops: as Postfix reads them, and mistakes."""

import pytest

from labkit import Policy, PolicyError
from labkit.relay.language.tables import MAILBOXES

READ = [
    ("mynetworks", "", ()),
    ("mynetworks", " , ,192.0.2.0/24,,  192.0.2.60 ", ("192.0.2.0/24", "192.0.2.60")),
    ("mynetworks", "[::1]/128 [2001:db8::]/32 [2001:db8::1]", ("::1/128", "2001:db8::/32", "2001:db8::1")),
    ("mydestination", "Corp.Example., localhost", ("corp.example", "localhost")),
    ("relay_recipient_maps", "inline:{a=b} pcre:{{/x, y/ z}}", ("inline:{a=b}", "pcre:{{/x, y/ z}}")),
    ("relay_recipient_maps", {"a@corp.example": "OK"}, ("inline:{ {a@corp.example = OK} }",)),
    ("relay_recipient_maps", [("a", "OK")], ("inline:{ {a = OK} }",)),
    ("relay_recipient_maps", [{"a": "OK"}, "inline:{b=OK}"], ("inline:{ {a = OK} }", "inline:{b=OK}")),
    ("relay_recipient_maps", [], ()),
    ("local_recipient_maps", "", ()),
    ("local_recipient_maps", "unix:passwd.byname", (MAILBOXES,)),
    ("local_recipient_maps", "proxy:unix:passwd.byname, inline:{a=b}", (MAILBOXES, "inline:{a=b}")),
    ("relayhost", "[SmartHost.isp.example]:587", ("[smarthost.isp.example]:587",)),
    ("relayhost", "isp.example", ("isp.example",)),
    ("relayhost", "[192.0.2.1] [2001:db8::1]:submission", ("[192.0.2.1]", "[2001:db8::1]:587")),
    (
        "smtp_fallback_relay",
        "mail.isp.example:smtp, other.example:2525",
        ("mail.isp.example:25", "other.example:2525"),
    ),
]


@pytest.mark.parametrize(("name", "given", "value"), READ)
def test_a_list_is_read_as_postfix_reads_it(name: str, given: object, value: tuple[str, ...]) -> None:
    policy = Policy(**{name: given})
    assert getattr(policy, name) == value
    assert Policy.parse(str(policy)) == policy


MISTAKES = [
    ("mynetworks", "192.0.2.1/24", r"'192.0.2.1/24' is not a network such as .*host bits"),
    ("mynetworks", "192.0.2.0/255.255.255.0", r"the part behind the slash is a number of bits"),
    ("mynetworks", "!192.0.2.1, 192.0.2.0/24", r"Postfix knows exclusions with !; this lab doesn't"),
    ("mynetworks", "/etc/postfix/networks", r"Postfix knows files and tables here; this lab doesn't"),
    ("mynetworks", "hash:/etc/postfix/networks", r"Postfix knows files and tables here; this lab doesn't"),
    ("mynetworks", {"192.0.2.0/24": "OK"}, r"is not a list of texts"),
    ("mynetworks", {"192.0.2.0/24"}, r"is not a list of texts"),
    ("mydestination", "!x.example", r"Postfix knows exclusions with !; this lab doesn't"),
    ("relay_domains", "hash:/etc/postfix/domains", r"Postfix knows files and tables here; this lab doesn't"),
    ("relay_domains", "*.example", r"'\*\.example' is not a domain name"),
    ("relay_recipient_maps", "hash:/etc/postfix/x", r"Postfix knows hash: tables"),
    ("relay_recipient_maps", 5, r"5 is not a list of tables"),
    ("relay_recipient_maps", MAILBOXES, r"Postfix knows proxy: tables"),
    ("relay_clientcerts", "inline:{ab:cd}", r"inline: 'ab:cd' is not of the form key=value"),
    ("relayhost", "smarthost.isp.example:0", r"is not a next hop: write \[host\] for a host"),
    ("relayhost", "smarthost.isp.example:99999", r"is not a next hop"),
    ("relayhost", "[smarthost.isp.example", r"is not a next hop"),
    ("relayhost", "192.0.2.1:x", r"is not a next hop"),
    ("relayhost", "smtp:[a.example]", r"is not a next hop"),
    ("smtpd_milters", "inet:127.0.0.1:8891", r"Postfix knows other milters"),
]


@pytest.mark.parametrize(("name", "given", "said"), MISTAKES)
def test_a_list_that_can_not_be_read_is_told(name: str, given: object, said: str) -> None:
    with pytest.raises(PolicyError, match=f"{name}: .*{said}") as caught:
        Policy(**{name: given})
    assert "\n" not in str(caught.value)


def test_ipv6_networks_are_written_as_postfix_wants_them() -> None:
    policy = Policy(mynetworks="127.0.0.0/8, ::1, 2001:db8::/32")
    assert "mynetworks = 127.0.0.0/8, [::1], [2001:db8::]/32" in str(policy)
    assert str(policy.trusting_network("2001:db8::5")) == "2001:db8::/32"
