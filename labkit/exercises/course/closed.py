"""The closed relay, as the first line of many an exercise: the office by its addresses, others by a login."""

CLOSED = """
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
""".strip()

OWN_ADDRESSES = """
smtpd_sender_login_maps = inline:{
    staff@corp.example=staff, sales@corp.example=sales, director@corp.example=director }
smtpd_sender_restrictions = permit_mynetworks, reject_sender_login_mismatch
""".strip()


def closed(*lines: str) -> str:
    """The main.cf of the closed relay, with these lines at its end."""
    return "\n".join([CLOSED, *lines])
