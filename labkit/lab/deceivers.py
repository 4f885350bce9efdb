"""Servers that fool the usual relay tests, each a few lines of main.cf, as in ``kinds``.

Such a test counts the RCPT commands that are accepted in the clear. It misses what is open only after
STARTTLS, and accuses who refuses later, or takes a letter and carries it nowhere.
"""

from labkit.lab.kinds import Kind

OPEN_BEHIND_TLS = Kind(
    "open behind TLS",
    "says no to everything until TLS is on, and then carries mail for anybody.",
    """
    mynetworks = 192.0.2.0/24, 0.0.0.0/0
    smtpd_tls_security_level = encrypt
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
    """,
)

REFUSES_LATE = Kind(
    "refuses late",
    "accepts every recipient, and refuses strangers' letters when they come to DATA.",
    """
    mynetworks = 0.0.0.0/0
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
    smtpd_data_restrictions = check_client_access cidr:{ {192.0.2.0/24 OK} }, permit_auth_destination, reject
    """,
)

KEEPS_LETTERS = Kind(
    "keeps letters",
    "takes every letter of a stranger, as those do who study spam, and carries none anywhere.",
    """
    mynetworks = 0.0.0.0/0
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
    smtpd_recipient_restrictions = check_client_access cidr:{ {192.0.2.0/24 OK}, {0.0.0.0/0 DISCARD} }
    """,
)

DECEIVERS = (OPEN_BEHIND_TLS, REFUSES_LATE, KEEPS_LETTERS)
