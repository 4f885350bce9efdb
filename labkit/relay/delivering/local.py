"""Delivery into the mailboxes of the relay's own domains (Postfix: local(8))."""

from labkit.relay.delivering.outcome import Action, Outcome
from labkit.relay.policy import Policy
from labkit.relay.site import Mailboxes
from labkit.smtp.address import Path
from labkit.smtp.envelope import Letter

LOCAL = "local"  # what Postfix's log calls the next hop


def deliver(mailboxes: Mailboxes, policy: Policy, letter: Letter, path: Path, name: str) -> Outcome:
    """Put a letter into the mailbox ``name``, for the recipient ``path``."""
    if not mailboxes.knows(name):
        return Outcome(path, Action.FAILED, "5.1.1", f'unknown user: "{name.lower()}"', relay=LOCAL)
    limit = policy.mailbox_size_limit
    if limit and mailboxes.octets(name) + len(letter.content) > limit:
        reason = f"cannot update mailbox /var/mail/{name.lower()} for user {name.lower()}. "
        said = f"{reason}error writing message: File too large"
        return Outcome(path, Action.FAILED, "5.2.2", said, relay=LOCAL)
    mailboxes.deliver(Path(name, path.domain), letter)
    return Outcome(path, Action.DELIVERED, "2.0.0", "delivered to mailbox", relay=LOCAL)
