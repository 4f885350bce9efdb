"""RFC 6409, Message Submission, and RFC 8314, implicit TLS for it."""

from collections.abc import Callable

from labkit import Lab

SUBMISSION = """
smtpd_tls_security_level = encrypt
smtpd_sasl_auth_enable = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_sender_restrictions = reject_sender_login_mismatch
smtpd_sender_login_maps = inline:{ staff@corp.example=staff }
"""


def test_rfc_6409_port_587_has_rules_of_its_own(lab: Lab, play: Callable[..., list[str]]) -> None:
    lab.relay.services["submission"] = SUBMISSION
    script = """
        S: 220 mail.corp.example ESMTP Postfix
        C: EHLO client.example
        S: 250 ...
        C: MAIL FROM:<staff@corp.example>
        S: {answer}
    """
    play(script.format(answer="530 5.7.0 Must issue a STARTTLS command first"), source="laptop", port=587)
    play(script.format(answer="250 2.1.0 Ok"), source="laptop", port=25)


def test_rfc_6409_section_4_3_nobody_submits_without_a_login(lab: Lab) -> None:
    lab.relay.services["submission"] = SUBMISSION
    assert lab.laptop.send(tls="encrypt").refused == 1
    assert lab.laptop.send(tls="encrypt", user="staff", password="paper-boat-7").delivered == 1


def test_rfc_6409_section_6_1_the_sender_must_be_the_users_own(lab: Lab) -> None:
    lab.relay.services["submission"] = SUBMISSION
    account = {"tls": "encrypt", "user": "staff", "password": "paper-boat-7"}
    report = lab.laptop.send(sender="director@corp.example", **account)
    assert report.answers[0][0].startswith(
        "553 5.7.1 <director@corp.example>: Sender address rejected: not owned by user"
    )


def test_rfc_8314_port_465_begins_with_tls(lab: Lab, play: Callable[..., list[str]]) -> None:
    lab.relay.services["submissions"] = SUBMISSION + "smtpd_tls_wrappermode = yes\n"
    play(
        """
        == TLS
        S: 220 mail.corp.example ESMTP Postfix
        C: EHLO client.example
        S: 250 ...
        C: STARTTLS
        S: 554 5.5.1 Error: TLS already active
        C: AUTH PLAIN AHN0YWZmAHBhcGVyLWJvYXQtNw==
        S: 235 2.7.0 Authentication successful
        """,
        source="laptop",
        port=465,
    )
