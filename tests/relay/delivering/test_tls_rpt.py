"""Reports about TLS: what is counted on a day, who is told, and how the letter looks."""

import email
import email.policy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Policy
from labkit.lab import usual
from labkit.lab.lab import Lab
from labkit.recipient.checks import dkim
from labkit.recipient.checks.verdict import Message
from labkit.relay.delivering.tls_rpt import addresses
from labkit.relay.filtering.scanners import SIGNER
from labkit.relay.language.tls_policies import MTA_STS
from labkit.smtp.address import Path

COUNTING = f"{usual.OPEN_POLICY}smtp_tls_policy_maps = {MTA_STS}\nsmtp_tlsrpt_enable = yes\n"
WANTED = '_smtp._tls.customer.example. IN TXT "v=TLSRPTv1; rua=mailto:postmaster@customer.example"'


def attacked(lab: Lab) -> None:
    """A good session, then two in which somebody has taken STARTTLS away."""
    lab.relay.policy = Policy.parse(COUNTING)
    lab.mta_sts.publish()
    assert lab.workstation.send().delivered == 1
    lab.mx1.fault = lab.mx2.fault = "no tls"
    assert lab.workstation.send().delivered == 0


def test_a_report_counts_sessions_and_says_what_failed_where(lab: Lab) -> None:
    attacked(lab)
    assert repr(lab.tls.report("customer.example")).splitlines() == [
        "TLS report of mail.corp.example to customer.example about 2026-01-05",
        "  policy sts",
        "    sessions as the policy asks        1",
        "    sessions that failed               2",
        "      1 x starttls-not-supported at mx1.customer.example[198.51.100.25]",
        "      1 x starttls-not-supported at mx2.customer.example[198.51.100.26]",
    ]


def test_the_report_is_mailed_when_the_day_is_over_even_though_tls_fails(lab: Lab) -> None:
    attacked(lab)
    lab.dns.add(WANTED)
    lab.wait(hours=14)
    assert lab.mailbox("postmaster@customer.example") == []
    lab.wait(hours=1)
    (letter,) = lab.mailbox("postmaster@customer.example")
    message = email.message_from_bytes(letter.content, policy=email.policy.default)
    assert message["Subject"] == (
        "Report Domain: customer.example Submitter: mail.corp.example Report-ID: <2026-01-05T00:00:00Z_customer.example>"
    )
    assert (message["TLS-Report-Domain"], message["TLS-Report-Submitter"], message["TLS-Required"]) == (
        "customer.example",
        "mail.corp.example",
        "No",
    )
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "tlsrpt"
    words, report = message.iter_parts()
    assert words.get_content_type() == "text/plain"
    assert report.get_content_type() == "application/tlsrpt+json"
    assert report.get_filename() == "mail.corp.example!customer.example!1767571200!1767657599!001.json"
    found = json.loads(report.get_content())
    assert found["date-range"] == {
        "start-datetime": "2026-01-05T00:00:00Z",
        "end-datetime": "2026-01-05T23:59:59Z",
    }
    (policy,) = found["policies"]
    assert policy["policy"] == {
        "policy-type": "sts",
        "policy-string": lab.mta_sts.text.splitlines(),
        "policy-domain": "customer.example",
        "mx-host": ["mx1.customer.example", "mx2.customer.example"],
    }
    failed = policy["summary"]["total-failure-session-count"]
    assert failed == sum(each["failed-session-count"] for each in policy["failure-details"]) > 2
    assert policy["failure-details"][0] | {"failed-session-count": 0} == {
        "result-type": "starttls-not-supported",
        "sending-mta-ip": "192.0.2.25",
        "receiving-mx-hostname": "mx1.customer.example",
        "receiving-ip": "198.51.100.25",
        "failed-session-count": 0,
    }


def test_a_new_day_begins_with_nothing(lab: Lab) -> None:
    attacked(lab)
    lab.mx1.fault = lab.mx2.fault = None
    lab.wait(days=1)
    assert repr(lab.tls.report("customer.example")).splitlines()[-1] == "  There were no sessions."


@pytest.mark.parametrize(
    "record", ["", WANTED.replace("TLSRPTv1", "TLSRPTv2"), WANTED.replace("mailto:", "https://")]
)
def test_who_asks_for_none_gets_none(lab: Lab, record: str) -> None:
    attacked(lab)
    if record:
        lab.dns.add(record)
    lab.wait(days=1)
    assert lab.mailbox("postmaster@customer.example") == []
    assert len(lab.relay.tls_reports.sent) == 0


def test_a_name_server_that_cant_say_is_asked_for_the_next_day_only(lab: Lab) -> None:
    attacked(lab)
    lab.dns.add(WANTED)
    lab.dns.faults["_tls.customer.example"] = "servfail"
    lab.wait(days=1)
    assert len(lab.relay.tls_reports.sent) == 0


def test_without_the_parameter_nothing_is_counted(lab: Lab) -> None:
    attacked(lab)
    lab.relay.policy = lab.relay.policy.replace(smtp_tlsrpt_enable=False)
    before = repr(lab.tls.report("customer.example"))
    lab.workstation.send()
    assert repr(lab.tls.report("customer.example")) == before


def test_sessions_without_any_policy_are_counted_as_such(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(usual.OPEN_POLICY + "smtp_tlsrpt_enable = yes\n")
    assert lab.workstation.send().delivered == 1
    lab.mx1.fault = "no tls"
    assert lab.workstation.send().delivered == 1
    assert repr(lab.tls.report("customer.example")).splitlines()[1:] == [
        "  policy no-policy-found",
        "    sessions as the policy asks        1",
        "    sessions that failed               1",
        "      1 x starttls-not-supported at mx1.customer.example[198.51.100.25]",
    ]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"text": "nonsense"}, "sts-policy-invalid"),
        ({"status": 500}, "sts-policy-fetch-error"),
        ({"certificate": "name"}, "sts-webpki-invalid"),
    ],
)
def test_a_policy_that_doesnt_count_is_told_of(lab: Lab, change: dict[str, object], kind: str) -> None:
    lab.relay.policy = Policy.parse(COUNTING)
    lab.mta_sts.publish()
    for name, value in change.items():
        setattr(lab.mta_sts, name, value)
    assert lab.workstation.send().delivered == 1
    assert f"1 x {kind} at mx1.customer.example" in repr(lab.tls.report("customer.example"))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("wrong certificate", "certificate-host-mismatch"),
        ("expired certificate", "certificate-expired"),
        ("unknown authority", "certificate-not-trusted"),
    ],
)
def test_each_kind_of_failure_has_its_word(lab: Lab, fault: str, kind: str) -> None:
    lab.relay.policy = Policy.parse(COUNTING)
    lab.mta_sts.publish(mx="mx1.customer.example")
    lab.mx1.fault = fault
    assert lab.workstation.send().delivered == 0
    report = repr(lab.tls.report("customer.example"))
    assert f"1 x {kind} at mx1.customer.example" in report
    assert "1 x validation-failure at mx2.customer.example" in report


def test_a_domain_that_has_two_readers_gets_one_letter_for_both(lab: Lab) -> None:
    attacked(lab)
    lab.mx1.fault = lab.mx2.fault = None
    lab.dns.add(WANTED.removesuffix('"') + ',mailto:info@customer.example"')
    lab.wait(days=1)
    first, second = (lab.mailbox(f"{name}@customer.example") for name in ("postmaster", "info"))
    assert len(first) == len(second) == 1
    assert "To: postmaster@customer.example, info@customer.example\n" in first[0].text


@pytest.mark.parametrize("signs", [False, True])
def test_a_relay_that_signs_signs_its_reports(lab: Lab, signs: bool) -> None:
    attacked(lab)
    lab.mx1.fault = lab.mx2.fault = None
    lab.dns.add(f"{WANTED}\n{lab.relay.sign('corp.example', algorithm='ed25519')}")
    if signs:
        lab.relay.policy = lab.relay.policy.replace(smtpd_milters=SIGNER)
    lab.wait(days=1)
    (letter,) = lab.mailbox("postmaster@customer.example")
    sender, to = Path("postmaster", "corp.example"), Path("postmaster", "customer.example")
    found = dkim.check(Message(letter.content, sender, to), lab.scenery.resolver)
    assert lab.wait_for(found, "the key").result == ("pass" if signs else "none")


def test_two_runs_send_the_same_report() -> None:
    def sent() -> str:
        with Lab() as lab:
            attacked(lab)
            lab.dns.add(WANTED)
            lab.wait(days=1)
            return lab.mailbox("postmaster@customer.example")[0].text

    assert sent() == sent()


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["v=TLSRPTv1; rua=mailto:a@b.example"], ["a@b.example"]),
        (["v=TLSRPTv1;rua=MAILTO:a@B.Example , https://b.example/r ,mailto:c@d.example;"], ["a@b.example", "c@d.example"]),
        (["x", "v=TLSRPTv1; rua=mailto:a@b.example?subject=x"], ["a@b.example"]),
        (["v=TLSRPTv1; rua=mailto:a@b.example", "v=TLSRPTv1; rua=mailto:c@b.example"], []),
        (["v=TLSRPTv1; rua=mailto:a b@c.example,mailto:@c.example,mailto:a,mailto:<x>@c.example"], []),
        (["v=TLSRPTv1"], []),
        (["v=TLSRPTv1x; rua=mailto:a@b.example"], []),
        ([], []),
    ],
)  # fmt: skip
def test_a_record_names_the_readers(texts: list[str], found: list[str]) -> None:
    assert [path.address for path in addresses(texts)] == found


@given(st.text(max_size=40).map("v=TLSRPTv1; rua=mailto:{}".format) | st.text(max_size=40))
def test_whatever_a_record_says_no_line_is_added_to_a_letter(text: str) -> None:
    for path in addresses([text]):
        assert str(path).isprintable()
        assert " " not in path.address
