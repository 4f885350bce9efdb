"""The rules that decide whether the relay takes a recipient (Postfix: SMTPD_ACCESS_README).

A restriction looks at the policy, the session and the envelope, and either decides or says nothing.
The relay asks them in the order of ``smtpd_relay_restrictions``; the first one that decides, wins.
Each decision carries its rule and its reason into the transcript.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from labkit.smtp import reply
from labkit.smtp.decision import Decision
from labkit.smtp.envelope import Envelope, Session

if TYPE_CHECKING:
    from labkit.relay.policy import Policy

Restriction = Callable[["Policy", Session, Envelope], Decision | None]


def permit_mynetworks(policy: "Policy", session: Session, envelope: Envelope) -> Decision | None:
    """Permit a client whose address is in ``mynetworks``."""
    network = policy.trusting_network(session.client.address)
    if not network:
        return None
    reason = f"The client's address {session.client.address} is in mynetworks ({network})."
    return Decision(reply.OK_RCPT, "permit_mynetworks", reason)


def permit_sasl_authenticated(policy: "Policy", session: Session, envelope: Envelope) -> Decision | None:
    """Permit a client that has logged in."""
    if not session.user:
        return None
    return Decision(
        reply.OK_RCPT, "permit_sasl_authenticated", f"The client has logged in as {session.user}."
    )


def permit_auth_destination(policy: "Policy", session: Session, envelope: Envelope) -> Decision | None:
    """Permit mail for the relay's own domains and for those it relays to."""
    if not is_destination(policy, envelope):
        return None
    reason = f"{envelope.recipient.domain} is a domain of this relay."
    return Decision(reply.OK_RCPT, "permit_auth_destination", reason)


def reject_unauth_destination(policy: "Policy", session: Session, envelope: Envelope) -> Decision | None:
    """Refuse mail for everybody else's domains, for good."""
    if is_destination(policy, envelope):
        return None
    answer = reply.relay_denied(envelope.recipient.address)
    return Decision(answer, "reject_unauth_destination", _not_ours(envelope))


def defer_unauth_destination(policy: "Policy", session: Session, envelope: Envelope) -> Decision | None:
    """Refuse mail for everybody else's domains, for now: a client that is trusted later may try again."""
    if is_destination(policy, envelope):
        return None
    answer = reply.relay_denied(envelope.recipient.address, for_now=True)
    return Decision(answer, "defer_unauth_destination", _not_ours(envelope))


def permit(policy: "Policy", session: Session, envelope: Envelope) -> Decision | None:
    """Permit everything."""
    return Decision(reply.OK_RCPT, "permit", "This rule permits everything.")


def reject(policy: "Policy", session: Session, envelope: Envelope) -> Decision | None:
    """Refuse everything."""
    return Decision(
        reply.access_denied(envelope.recipient.address), "reject", "This rule refuses everything."
    )


RESTRICTIONS: dict[str, Restriction] = {
    rule.__name__: rule
    for rule in (
        permit_mynetworks,
        permit_sasl_authenticated,
        permit_auth_destination,
        reject_unauth_destination,
        defer_unauth_destination,
        permit,
        reject,
    )
}


def decide(policy: "Policy", session: Session, envelope: Envelope) -> Decision:
    """What the policy says; a recipient that no rule refused is permitted, as with Postfix."""
    for name in policy.smtpd_relay_restrictions:
        decision = RESTRICTIONS[name](policy, session, envelope)
        if decision:
            return decision
    return Decision(reply.OK_RCPT, "smtpd_relay_restrictions", _not_refused(policy, envelope))


def is_destination(policy: "Policy", envelope: Envelope) -> bool:
    """Whether the recipient is the relay's to take from anybody.

    Its domain is in ``mydestination``, or in or below one of ``relay_domains``; and its local part
    doesn't ask to be sent on from there (``user%elsewhere@here``), which is how relays used to be fooled.
    """
    recipient = envelope.recipient
    if recipient.asks_for_routing:
        return False
    domain = recipient.domain
    relayed = any(domain == own or domain.endswith(f".{own}") for own in policy.relay_domains)
    return not domain or domain in policy.mydestination or relayed


def _not_refused(policy: "Policy", envelope: Envelope) -> str:
    if is_destination(policy, envelope):
        return f"{envelope.recipient.domain or 'postmaster'} is the relay's own, so no rule refused it."
    return "No rule refused it."


def _not_ours(envelope: Envelope) -> str:
    if envelope.recipient.asks_for_routing:
        return f"{envelope.recipient} asks to be sent on to another place."
    return f"{envelope.recipient.domain} is not a domain of this relay, and no earlier rule permitted it."
