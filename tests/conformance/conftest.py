"""``conform(script, ...)``: a dialogue that begins behind the greeting and EHLO, played against the relay."""

from collections.abc import Callable

import pytest

OFFICE = """
mynetworks = 192.0.2.0/24
relay_domains = customer.example
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
"""
ACCOUNTS = OFFICE + "smtpd_sasl_auth_enable = yes\nsmtpd_tls_security_level = may\n"

BEGIN = """
S: 220 mail.corp.example ESMTP Postfix
C: EHLO client.example
S: 250 ...
"""

Conform = Callable[..., list[str]]


@pytest.fixture
def conform(play: Callable[..., list[str]]) -> Conform:
    """Plays from the workstation, which the relay trusts, unless ``source`` says otherwise."""

    def conform(script: str, policy: str = OFFICE, source: str = "workstation", port: int = 25) -> list[str]:
        return play(BEGIN + script, policy=policy, source=source, port=port)

    return conform
