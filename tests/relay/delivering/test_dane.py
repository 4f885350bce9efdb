"""DANE, simulated: the key in the TLSA record against the key that the server shows."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import OutsideTheLab, PeerError, UsageError
from labkit.lab.lab import Lab
from labkit.relay.delivering import dane

MX1 = "mx1.customer.example"
OWNER = "_25._tcp.mx1.customer.example"


def result(lab: Lab) -> str:
    return lab.tls.dane(MX1).result


def test_every_result_says_that_it_is_a_simulation(lab: Lab) -> None:
    assert repr(lab.tls.dane(MX1)).splitlines() == [
        "DANE for mx1.customer.example: no record",
        "  mx1.customer.example has no TLSA record: DANE asks nothing of anybody.",
        "  Simulated: this lab's DNS isn't signed (no DNSSEC), so a real mail server would ignore the record "
        "(RFC 7672 section 2.2).",
    ]
    assert len(lab.transcripts) == 0


def test_the_key_of_the_server_is_the_one_in_its_record(lab: Lab) -> None:
    lab.tls.publish_dane(MX1)
    assert result(lab) == "match"
    assert lab.problems == ()


@pytest.mark.parametrize("fault", ["wrong certificate", "expired certificate", "unknown authority"])
def test_another_certificate_has_another_key(lab: Lab, fault: str) -> None:
    lab.tls.publish_dane(MX1)
    lab.mx1.fault = fault
    assert result(lab) == "mismatch"
    lab.tls.publish_dane(MX1)
    assert result(lab) == "match"


def test_a_server_that_offers_no_tls_any_more_is_noticed(lab: Lab) -> None:
    lab.tls.publish_dane(MX1)
    lab.mx1.fault = "no tls"
    assert result(lab) == "no TLS"
    with pytest.raises(UsageError, match=r"mx1\.customer\.example offers no TLS, so it has no key"):
        lab.tls.publish_dane(MX1)


def test_a_server_that_cant_be_asked_is_no_proof_of_anything(lab: Lab) -> None:
    lab.tls.publish_dane(MX1)
    lab.mx1.fault = "down"
    found = lab.tls.dane(MX1)
    assert (found.result, found.reason) == (
        "no answer",
        "mx1 [198.51.100.25] refuses connections on port 25.",
    )
    lab.dns.fault = "servfail"
    assert result(lab) == "no answer"
    with pytest.raises(PeerError):
        lab.tls.publish_dane(MX1)


@pytest.mark.parametrize("record", ["3 0 1", "2 1 1", "1 1 1", "3 1 2"])
def test_records_of_other_kinds_arent_for_mail_here(lab: Lab, record: str) -> None:
    lab.dns.add(f"{OWNER}. IN TLSA {record} {'ab' * (64 if record.endswith('2') else 32)}")
    assert result(lab) == "unusable"


def test_one_that_fits_among_several_is_enough(lab: Lab) -> None:
    (right,) = lab.tls.publish_dane(MX1)
    lab.dns.add(f"{OWNER}. IN TLSA 3 1 1 {'ab' * 32}")
    assert result(lab) == "match"
    lab.dns.remove(OWNER)
    lab.dns.add(f"{OWNER}. IN TLSA 3 1 1 {'ab' * 32}")
    assert result(lab) == "mismatch"
    lab.dns.add(str(right))
    assert result(lab) == "match"


def test_the_digits_of_a_key_are_never_shown(lab: Lab) -> None:
    added = lab.tls.publish_dane(MX1)
    shown = f"{OWNER}. 3600 IN TLSA 3 1 1 (the SHA-256 of a key)"
    assert repr(added) == shown
    assert shown in repr(lab.dns)
    assert shown in repr(lab.dns.records())
    assert not re.search("[0-9a-f]{64}", repr(lab.dns))


@pytest.mark.parametrize("name", ["mail.google.com", "8.8.8.8", ""])
def test_only_hosts_of_the_lab_are_asked(lab: Lab, name: str) -> None:
    with pytest.raises(OutsideTheLab):
        lab.tls.dane(name)
    with pytest.raises(OutsideTheLab):
        lab.tls.publish_dane(name)


KEY = b"the key"
WORDS = st.sampled_from(["0", "1", "2", "3", "abcd", KEY.hex(), dane.DIGESTS["1"](KEY)])


@given(st.lists(st.lists(WORDS, max_size=5)), st.sampled_from([KEY, b"another", None]))
def test_whatever_stands_in_the_zone_there_is_a_result(records: list[list[str]], key: bytes | None) -> None:
    usable = [record for record in records if dane.is_usable(record)]
    found = dane.decide([" ".join(record) for record in records], usable, key)
    assert found in dane.WORDS
    fits = [dane.DIGESTS["1"](key), key.hex()] if key else []
    assert found != "match" or any(digit in "".join(record[3:]) for record in usable for digit in fits)
