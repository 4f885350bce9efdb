"""Numbers, sizes, times, words: as Postfix reads them, and as they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Policy, PolicyError

READ = [
    ("smtpd_helo_required", "yes", True),
    ("smtpd_helo_required", "No", False),
    ("smtpd_helo_required", True, True),
    ("smtpd_tls_security_level", "", "none"),
    ("smtpd_tls_security_level", "MAY", "may"),
    ("smtp_tls_security_level", "verify", "verify"),
    ("smtpd_forbid_bare_newline", "yes", "normalize"),
    ("smtpd_forbid_bare_newline", "reject", "reject"),
    ("message_size_limit", "1", 1),
    ("message_size_limit", 1000, 1000),
    ("mailbox_size_limit", "0", 0),
    ("smtpd_recipient_limit", "50", 50),
    ("smtpd_client_message_rate_limit", 0, 0),
    ("minimal_backoff_time", "300", 300),
    ("minimal_backoff_time", "5m", 300),
    ("minimal_backoff_time", 300, 300),
    ("maximal_queue_lifetime", "5", 5 * 86400),
    ("maximal_queue_lifetime", "1w", 7 * 86400),
    ("maximal_queue_lifetime", 3600, 3600),
    ("bounce_queue_lifetime", "0", 0),
    ("delay_warning_time", "4", 4 * 3600),
    ("delay_warning_time", "90s", 90),
    ("anvil_rate_time_unit", "1h", 3600),
    ("default_destination_rate_delay", "1s", 1),
]


@pytest.mark.parametrize(("name", "given_as", "value"), READ)
def test_a_value_is_read_as_postfix_reads_it(name: str, given_as: object, value: object) -> None:
    policy = Policy(**{name: given_as})
    assert getattr(policy, name) == value
    assert type(getattr(policy, name)) is type(value)
    assert Policy.parse(str(policy)) == policy


MISTAKES = [
    ("smtpd_helo_required", "true", r"'true' is neither yes nor no"),
    ("smtpd_helo_required", 1, r"1 is neither yes nor no"),
    ("smtpd_tls_security_level", "verify", r"'verify' is not one of none, may, encrypt"),
    ("smtpd_tls_security_level", True, r"True is not one of none, may, encrypt"),
    ("smtp_tls_security_level", "encrpyt", r"none, may, encrypt, verify\. Did you mean encrypt\?"),
    ("smtp_tls_security_level", "dane", r"Postfix knows dane; this lab knows none, may, encrypt, verify"),
    ("smtpd_forbid_bare_newline", "note", r"Postfix knows note; this lab knows normalize, reject, no"),
    ("message_size_limit", "10M", r"not a number of bytes .* Postfix reads no units here: write 10485760\."),
    ("message_size_limit", "512 kB", r"write 524288\."),
    ("message_size_limit", "1GiB", r"write 1073741824\."),
    ("message_size_limit", "0", r"'0' is not a number of bytes greater than 0"),
    ("message_size_limit", "9" * 30, r"is not a number of bytes"),
    ("message_size_limit", 1.5, r"1\.5 is not a number of bytes"),
    ("message_size_limit", True, r"True is not a number of bytes"),
    ("message_size_limit", "", r"'' is not a number of bytes"),
    ("mailbox_size_limit", "-1", r"'-1' is not a number of bytes or 0 for no limit"),
    ("smtpd_recipient_limit", "0", r"'0' is not a whole number from 1 to 2147483647"),
    ("smtpd_recipient_limit", "2147483648", r"is not a whole number from 1 to 2147483647"),
    ("smtpd_client_message_rate_limit", "-1", r"'-1' is not a whole number from 0"),
    ("smtpd_client_message_rate_limit", "10/m", r"'10/m' is not a whole number"),
    ("smtpd_client_message_rate_limit", "٣", r"is not a whole number"),
    ("minimal_backoff_time", "0", r"'0' is not a time of at least 1s, such as 90s, 15m, 4h, 5d or 1w"),
    ("minimal_backoff_time", "5 m", r"'5 m' is not a time"),
    ("minimal_backoff_time", "5M", r"'5M' is not a time"),
    ("minimal_backoff_time", "1.5h", r"'1.5h' is not a time"),
    ("minimal_backoff_time", "9999999w", r"'9999999w' is not a time"),
    ("minimal_backoff_time", None, r"None is not a time"),
]


@pytest.mark.parametrize(("name", "value", "said"), MISTAKES)
def test_a_value_that_postfix_would_not_take_is_told(name: str, value: object, said: str) -> None:
    with pytest.raises(PolicyError, match=f"{name}: .*{said}"):
        Policy(**{name: value})


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (1, "1s"),
        (90, "90s"),
        (300, "5m"),
        (4000, "4000s"),
        (7200, "2h"),
        (86400, "1d"),
        (604800, "1w"),
    ],
)
def test_a_time_is_written_in_the_largest_unit_that_fits(seconds: int, text: str) -> None:
    assert f"delay_warning_time = {text}" in str(Policy(delay_warning_time=seconds)) or seconds == 0
    assert Policy(delay_warning_time=text).delay_warning_time == seconds


@given(st.integers(min_value=0, max_value=2**31 - 1))
def test_a_time_is_read_back_from_what_is_written(seconds: int) -> None:
    policy = Policy(maximal_queue_lifetime=seconds)
    assert Policy.parse(str(policy)).maximal_queue_lifetime == seconds
