"""The rules that decide what the relay takes (Postfix: SMTPD_ACCESS_README, postconf(5)).

A restriction looks at a case: the policy, the session, and the paths that are known so far. It permits,
refuses, or goes on, and says what it saw. ``decide`` asks the rules of each list in their order; the
first one that permits or refuses, decides for its list.

The simple rules stand here. ``hostnames`` looks at the form of names, ``access`` into tables, ``lookups``
into the DNS.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from labkit.relay.rules import access, hostnames, lookups, search
from labkit.relay.rules.case import (
    Case,
    Verdict,
    defers_if_permitted,
    defers_if_rejected,
    goes_on,
    permits,
    refuses,
)
from labkit.relay.rules.destination import Kind
from labkit.smtp import reply


def permit_mynetworks(case: Case) -> Verdict:
    """Permit a client whose address is in ``mynetworks``."""
    address = case.session.client.address
    network = case.policy.trusting_network(address)
    if network:
        return permits(f"The client's address {address} is in mynetworks ({network})")
    return goes_on(f"The client's address {address} is not in mynetworks")


def permit_sasl_authenticated(case: Case) -> Verdict:
    """Permit a client that has logged in."""
    if case.session.user:
        return permits(f"The client has logged in as {case.session.user}")
    return goes_on("The client has not logged in")


def permit_tls_clientcerts(case: Case) -> Verdict:
    """Permit a client whose certificate is in ``relay_clientcerts``, whoever signed it."""
    certificate = case.session.certificate
    if not certificate:
        return goes_on("The client has shown no certificate")
    prints = (certificate.key_fingerprint, certificate.fingerprint)
    known = next((mark for mark in prints if search.is_known(case.policy.relay_clientcerts, mark)), None)
    if known:
        return permits(f"The client's certificate is in relay_clientcerts ({known})")
    return goes_on("The client's certificate is not in relay_clientcerts")


def permit_tls_all_clientcerts(case: Case) -> Verdict:
    """Permit a client whose certificate an authority has signed that the relay trusts."""
    certificate = case.session.certificate
    if certificate and certificate.trusted:
        return permits(
            f"The client's certificate ({certificate.common_name}) is signed by a trusted authority"
        )
    return permit_tls_clientcerts(case)


def permit_auth_destination(case: Case) -> Verdict:
    """Permit mail for the relay's own domains and for those it relays to."""
    if not case.destination:
        return goes_on("No recipient is known yet")
    if case.destination.is_ours:
        return permits(f"{case.destination.path.domain} is a domain of this relay")
    return goes_on(f"{_not_ours(case)}")


def reject_unauth_destination(case: Case) -> Verdict:
    """Refuse mail for everybody else's domains, for good."""
    return _only_ours(case, for_now=False)


def defer_unauth_destination(case: Case) -> Verdict:
    """Refuse mail for everybody else's domains, for now: a client that is trusted later may try again."""
    return _only_ours(case, for_now=True)


def _only_ours(case: Case, *, for_now: bool) -> Verdict:
    ours = permit_auth_destination(case)
    if not case.recipient or not case.destination or case.destination.is_ours:
        return goes_on(ours.saw)
    answer = reply.relay_denied(case.recipient.address, for_now=for_now)
    return refuses(answer, f"{ours.saw}, and no earlier rule permitted it")


def _not_ours(case: Case) -> str:
    assert case.destination
    if case.destination.routed:
        return f"{case.recipient} asks to be sent on to another place"
    return f"{case.destination.path.domain} is not a domain of this relay"


def reject_unlisted_recipient(case: Case) -> Verdict:
    """Refuse a recipient whom the relay would have to return the letter for."""
    if not case.recipient or not case.destination:
        return goes_on("No recipient is known yet")
    path, kind, _ = case.destination
    if kind is Kind.OWN and not _has_mailbox(case):
        saw = f"There is no mailbox {path.local!r} in {path.domain}"
        return refuses(reply.user_unknown(case.recipient.address), saw)
    if kind is Kind.RELAYED and not search.is_listed(case, case.policy.relay_recipient_maps, path):
        saw = f"{path.address} is not in relay_recipient_maps"
        return refuses(reply.user_unknown(case.recipient.address, "relay recipient table"), saw)
    return goes_on(f"Nothing says that there is no {path.address}")


ALWAYS_THERE = ("postmaster", "mailer-daemon", "double-bounce")


def _has_mailbox(case: Case) -> bool:
    assert case.destination
    path = case.destination.path
    return path.local in ALWAYS_THERE or search.is_listed(case, case.policy.local_recipient_maps, path)


def reject_authenticated_sender_login_mismatch(case: Case) -> Verdict:
    """Refuse a client that has logged in and uses a sender's address that isn't its own."""
    if not case.policy.smtpd_sasl_auth_enable or not case.session.user or not case.sender:
        return goes_on("The client has not logged in")
    if case.sender.is_null:
        return goes_on("The empty reverse-path belongs to nobody")
    sender, user = case.sender.address, case.session.user
    if user.lower() in search.owners(case, case.sender):
        return goes_on(f"{sender} belongs to {user}")
    saw = f"smtpd_sender_login_maps doesn't say that {sender} belongs to {user}"
    return refuses(reply.not_owned(sender, user), saw)


def reject_sender_login_mismatch(case: Case) -> Verdict:
    """Refuse the same; and a client that uses somebody's address without logging in."""
    if not case.policy.smtpd_sasl_auth_enable or case.session.user:
        return reject_authenticated_sender_login_mismatch(case)
    if case.sender and not case.sender.is_null and search.owners(case, case.sender):
        saw = f"{case.sender.address} belongs to somebody, and the client has not logged in"
        return refuses(reply.not_logged_in(case.sender.address), saw)
    return goes_on("The sender's address belongs to nobody")


def reject_plaintext_session(case: Case) -> Verdict:
    """Refuse a session that isn't encrypted."""
    if case.session.secure:
        return goes_on("The session is encrypted")
    return refuses(reply.SESSION_NEEDS_TLS, "The session is not encrypted")


def reject_unauth_pipelining(case: Case) -> Verdict:
    """Refuse a client that sent commands ahead of time where it must wait."""
    if not case.session.pipelined:
        return goes_on("The client has waited where it must")
    answer = reply.refused(503, "5.5.0", *case.subject, "Improper use of SMTP command pipelining")
    return refuses(answer, "The client has sent commands without waiting where it must")


def permit(case: Case) -> Verdict:
    """Permit everything."""
    return permits("This rule permits everything")


def reject(case: Case) -> Verdict:
    """Refuse everything."""
    answer = reply.refused(554, "5.7.1", *case.subject, "Access denied")
    return refuses(answer, "This rule refuses everything")


def defer(case: Case) -> Verdict:
    """Refuse everything, for now."""
    answer = reply.refused(450, "4.3.2", *case.subject, "Try again later")
    return refuses(answer, "This rule defers everything")


def defer_if_permit(case: Case) -> Verdict:
    """Defer what later rules would permit."""
    answer = reply.refused(450, "4.7.0", *case.subject, "defer_if_permit requested")
    return defers_if_permitted(answer, "This rule makes a deferral of every permission")


def defer_if_reject(case: Case) -> Verdict:
    """Defer what later rules would refuse."""
    answer = reply.refused(450, "4.7.0", *case.subject, "defer_if_reject requested")
    return defers_if_rejected(answer, "This rule makes a deferral of every refusal")


class Rule(NamedTuple):
    """A restriction by its name in main.cf; ``takes`` says what stands behind the name.

    That is nothing (""), a "table", the "domain" of a block list, or a policy "service"; ``judge`` gets
    it behind the case.
    """

    name: str
    takes: str
    judge: Callable[..., Verdict | Awaitable[Verdict]]


def _rules(*judges: Callable[..., Verdict | Awaitable[Verdict]], takes: str = "") -> dict[str, Rule]:
    return {judge.__name__: Rule(judge.__name__, takes, judge) for judge in judges}


RESTRICTIONS: dict[str, Rule] = {
    **_rules(
        permit_mynetworks, permit_sasl_authenticated, permit_tls_clientcerts, permit_tls_all_clientcerts
    ),
    **_rules(permit_auth_destination, reject_unauth_destination, defer_unauth_destination),
    **_rules(reject_unlisted_recipient, reject_plaintext_session, reject_unauth_pipelining),
    **_rules(reject_sender_login_mismatch, reject_authenticated_sender_login_mismatch),
    **_rules(hostnames.reject_invalid_helo_hostname, hostnames.reject_non_fqdn_helo_hostname),
    **_rules(hostnames.reject_non_fqdn_sender, hostnames.reject_non_fqdn_recipient),
    **_rules(lookups.reject_unknown_sender_domain),
    **_rules(lookups.reject_rbl_client, takes="domain"),
    **_rules(access.check_client_access, access.check_helo_access, takes="table"),
    **_rules(access.check_sender_access, access.check_recipient_access, takes="table"),
    **_rules(access.check_policy_service, takes="service"),
    **_rules(permit, reject, defer, defer_if_permit, defer_if_reject),
}
