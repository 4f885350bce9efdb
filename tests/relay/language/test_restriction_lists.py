"""Lists of restrictions with their arguments, in main.cf and in Python, and mistakes."""

import pytest

from labkit import Policy, PolicyError

READ = [
    ("permit_mynetworks, reject", ("permit_mynetworks", "reject")),
    ("Permit_MyNetworks\treject", ("permit_mynetworks", "reject")),
    ("reject_rbl_client BL.example, permit", ("reject_rbl_client bl.example", "permit")),
    ("reject_rbl_client bl.example=127.0.0.[2..4;10]", ("reject_rbl_client bl.example=127.0.0.[2..4;10]",)),
    (
        "check_sender_access inline:{a@x.example=REJECT} check_client_access cidr:{{192.0.2.0/24 OK}}",
        ("check_sender_access inline:{a@x.example=REJECT}", "check_client_access cidr:{{192.0.2.0/24 OK}}"),
    ),
    (
        "check_policy_service inet:127.0.0.1:10023, permit",
        ("check_policy_service inet:127.0.0.1:10023", "permit"),
    ),
    (["permit_mynetworks", "reject"], ("permit_mynetworks", "reject")),
    (["check_helo_access inline:{a=OK}", "reject"], ("check_helo_access inline:{a=OK}", "reject")),
    (
        ["permit_mynetworks", ("check_sender_access", {"a@x.example": "REJECT no, thanks"})],
        ("permit_mynetworks", "check_sender_access inline:{ {a@x.example = REJECT no, thanks} }"),
    ),
    (("check_sender_access", {"a": "OK"}), ("check_sender_access inline:{ {a = OK} }",)),
    ([], ()),
    ("", ()),
]


@pytest.mark.parametrize(("given", "value"), READ)
def test_restrictions_are_read_as_postfix_reads_them(given: object, value: tuple[str, ...]) -> None:
    policy = Policy(smtpd_recipient_restrictions=given)
    assert policy.smtpd_recipient_restrictions == value
    assert Policy.parse(str(policy)) == policy


MISTAKES = [
    ("reject_unauth_destinations", r"there is no restriction .*\. Did you mean reject_unauth_destination\?"),
    ("deny_all", r"there is no restriction 'deny_all'\.$"),
    ("reject_unknown_client_hostname", r"Postfix knows reject_unknown_client_hostname; this lab doesn't\."),
    ("warn_if_reject reject", r"Postfix knows warn_if_reject; this lab doesn't"),
    ("sleep 5", r"Postfix knows sleep; this lab doesn't"),
    ("permit_inet_interfaces", r"Postfix knows permit_inet_interfaces"),
    ("check_client_access", r"check_client_access needs a table behind it, such as inline:"),
    ("check_client_access, permit", r"check_client_access needs a table behind it"),
    ("check_client_access hash:/etc/postfix/access", r"check_client_access: Postfix knows hash: tables"),
    ("check_client_access inline:{a}", r"check_client_access: inline: 'a' is not of the form"),
    ("inline:{a=REJECT}", r"a table needs a name before it that says what is looked up"),
    ("hash:/etc/postfix/access", r"a table needs a name before it"),
    ([{"a": "OK"}], r"a table needs a name before it"),
    ("reject_rbl_client", r"reject_rbl_client needs a domain behind it, such as bl\.example"),
    ("reject_rbl_client, permit", r"reject_rbl_client needs a domain behind it"),
    ("reject_rbl_client bl..example", r"reject_rbl_client needs a domain behind it"),
    ("reject_rbl_client bl.example=127", r"'127' is not an address such as 127\.0\.0\.2"),
    ("check_policy_service", r"check_policy_service needs a service behind it, such as inet:127"),
    ("check_policy_service { inet:127.0.0.1:10023, timeout=5s }", r"Postfix knows services with settings"),
    ("{permit, reject}", r"there is no restriction '\{permit, reject\}'"),
    ("permit}", r"closes a brace that it didn't open"),
    (5, r"5 is not a list of restrictions"),
    ({"permit", "reject"}, r"is not a list of restrictions"),
    ([5], r"5 is not a list of restrictions"),
]


@pytest.mark.parametrize(("given", "said"), MISTAKES)
def test_a_restriction_that_is_not_one_is_told(given: object, said: str) -> None:
    with pytest.raises(PolicyError, match=f"smtpd_recipient_restrictions: .*{said}") as caught:
        Policy(smtpd_recipient_restrictions=given)
    assert "\n" not in str(caught.value)
