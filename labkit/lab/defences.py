"""The open relay, what people do about it, and what is right: each a Defence, for ``labkit.matrix``.

Each wrong fix is the right policy but for one thing, so that what gets through is due to that alone.

>>> from labkit import Lab, defences
>>> with Lab() as lab:
...     defences.RIGHT.install(lab)
...     print(lab.attacker.spam(4).delivered, lab.workstation.send().delivered)
0 1
"""

from dataclasses import replace

from labkit.lab.defence import Defence, Road, changed
from labkit.lab.usual import OPEN_POLICY, STAFF_LOGIN
from labkit.recipient.policy import RecipientPolicy

STAFF, PASSWORD = STAFF_LOGIN

OPEN = Defence(
    "open relay",
    "Whoever asks is served: nobody has to say who they are.",
    OPEN_POLICY + "smtpd_forbid_bare_newline = no\n",
)

RIGHT = Defence(
    "right policy",
    "The office may send, everybody else logs in behind TLS; what can be proved is proved, and checked.",
    """
    mynetworks = 192.0.2.0/24
    mydestination = corp.example, mail.corp.example
    smtpd_helo_required = yes
    disable_vrfy_command = yes
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
    smtpd_sender_restrictions = permit_mynetworks,
        check_sender_access inline:{ {corp.example = REJECT log in} }
    smtpd_recipient_restrictions = permit_mynetworks, reject_rbl_client bl.example
    smtpd_sender_login_maps = inline:{
        staff@corp.example=staff, sales@corp.example=sales, director@corp.example=director }
    smtpd_tls_security_level = may
    smtpd_tls_auth_only = yes
    smtpd_forbid_bare_newline = normalize
    smtpd_client_connection_count_limit = 10
    smtpd_client_message_rate_limit = 30
    smtpd_client_auth_rate_limit = 10
    smtpd_milters = inet:localhost:8891
    smtp_tls_policy_maps = inline:{ {customer.example = secure match=.customer.example} }
    """,
    {
        "submission": """
            smtpd_tls_security_level = encrypt
            smtpd_sasl_auth_enable = yes
            smtpd_sender_restrictions = reject_sender_login_mismatch
            smtpd_relay_restrictions = permit_sasl_authenticated, reject
            smtpd_recipient_restrictions =
        """,
        "submissions": """
            smtpd_tls_wrappermode = yes
            smtpd_sasl_auth_enable = yes
            smtpd_sender_restrictions = reject_sender_login_mismatch
            smtpd_relay_restrictions = permit_sasl_authenticated, reject
            smtpd_recipient_restrictions =
        """,
    },
    dns="""
    corp.example.        IN TXT "v=spf1 mx -all"
    _dmarc.corp.example. IN TXT "v=DMARC1; p=reject"
    bank.example.        IN TXT "v=spf1 -all"
    _dmarc.bank.example. IN TXT "v=DMARC1; p=reject"
    """,
    signs=("corp.example",),
    passwords={"sales": "heavy-lantern-38"},
    road=Road(587, "verify", STAFF, PASSWORD),
    checks=RecipientPolicy(
        dnsbl="refuse",
        spf="header",
        dkim="header",
        arc="header",
        dmarc="as the domain asks",
        content="usual",
        sealers=("alumni.example",),
    ),
)

WITHOUT_LOGIN = Road(25, "verify")


def _wrong(name: str, what: str, lines: str = "", **others: object) -> Defence:
    """The right policy, but for these lines of main.cf, and these other values."""
    return replace(RIGHT, name=name, what=what, main_cf=changed(RIGHT.main_cf, lines), **others)  # type: ignore[arg-type]


TRUST_MAIL_FROM = _wrong(
    "trust MAIL FROM",
    "Whoever says MAIL FROM: an address of the company may send.",
    """
    smtpd_relay_restrictions = permit_mynetworks,
        check_sender_access inline:{ {corp.example = OK} }, reject_unauth_destination
    smtpd_sender_restrictions =
    """,
    road=WITHOUT_LOGIN,
)

TRUST_HELO = _wrong(
    "trust HELO",
    "Whoever greets with a name of the company may send.",
    """
    smtpd_relay_restrictions = permit_mynetworks,
        check_helo_access inline:{ {corp.example = OK} }, reject_unauth_destination
    """,
)

TRUST_FROM = _wrong(
    "trust From:",
    "Every network may send, as long as From: names the company.",
    """
    mynetworks = 0.0.0.0/0
    header_checks = pcre:{ {/^From:.*@corp\\.example\\b/ DUNNO} {/^From:/ REJECT only the company may send} }
    """,
    road=WITHOUT_LOGIN,
)

TRUST_THE_HOTEL = _wrong(
    "trust the hotel's network",
    "Staff stay in that hotel, so its network may send.",
    "mynetworks = 192.0.2.0/24, 198.51.100.0/24",
    road=WITHOUT_LOGIN,
)

AUTH_WITHOUT_TLS = _wrong(
    "AUTH without TLS",
    "Staff log in, and TLS is too much trouble.",
    "smtpd_tls_security_level = none\nsmtpd_tls_auth_only = no",
    services={
        "submission": changed(RIGHT.services["submission"], "smtpd_tls_security_level = none"),
    },
    road=Road(587, "may", STAFF, PASSWORD),
)

OPPORTUNISTIC_TLS = _wrong(
    "opportunistic TLS",
    "Everybody uses TLS where it is offered, and does without where it isn't.",
    "smtp_tls_policy_maps =",
    services={
        **RIGHT.services,
        "submission": changed(RIGHT.services["submission"], "smtpd_tls_security_level = may"),
    },
    road=Road(587, "may", STAFF, PASSWORD),
)

REFUSE_EVERYONE = _wrong(
    "refuse everyone",
    "Nobody may send anything: that is certainly no open relay.",
    "smtpd_client_restrictions = reject",
)

AUTH_FROM_EVERYBODY = _wrong(
    "AUTH from everybody",
    "Whoever sends must log in, the office and the copier as well.",
    """
    smtpd_relay_restrictions = reject_unauth_destination
    smtpd_sender_restrictions = check_sender_access inline:{ {corp.example = REJECT log in} }
    """,
)

WEAK_PASSWORD = _wrong(
    "weak password",
    "One account has a password that strangers know, or guess.",
    passwords={},
)

LIMITS_TOO_WIDE = _wrong(
    "limits too wide",
    "A client may do as much as it likes, lest a newsletter be held up.",
    """
    smtpd_client_connection_count_limit = 0
    smtpd_client_message_rate_limit = 0
    smtpd_client_auth_rate_limit = 0
    """,
)

LIMITS_TOO_TIGHT = _wrong(
    "limits too tight",
    "Two letters a minute and 50 kB are enough for everybody, the office included.",
    """
    smtpd_client_message_rate_limit = 2
    smtpd_client_event_limit_exceptions =
    message_size_limit = 50000
    """,
)

SPF_ALONE = _wrong(
    "SPF alone",
    "The DNS says which servers send, and letters aren't signed.",
    "smtpd_milters =",
    signs=(),
)

WRONG = (
    TRUST_MAIL_FROM,
    TRUST_HELO,
    TRUST_FROM,
    TRUST_THE_HOTEL,
    AUTH_WITHOUT_TLS,
    OPPORTUNISTIC_TLS,
    REFUSE_EVERYONE,
    AUTH_FROM_EVERYBODY,
    WEAK_PASSWORD,
    LIMITS_TOO_WIDE,
    LIMITS_TOO_TIGHT,
    SPF_ALONE,
)
DEFENCES = (OPEN, *WRONG, RIGHT)
