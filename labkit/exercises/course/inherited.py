"""The relay that somebody left: a good policy with seven faults out of twelve, as the seed has it.

Each fault changes one line of main.cf and shows in claims of its own, so that what is left of the seven can
be told from what still goes wrong. Half of them let in who should stay out; the others lose honest mail.
"""

import random
from dataclasses import dataclass

COUNT = 7


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake. ``says`` is what a report would write, ``shows`` the claims that it spoils."""

    key: str
    says: str
    shows: frozenset[str]


def _fault(key: str, says: str, shows: str) -> Fault:
    return Fault(key, says, frozenset(shows.split()))


FAULTS = (
    _fault("hotel", "The hotel's network is trusted like the office.", "guest owner hidden"),
    _fault("sender", "Whoever writes in the company's name may send anywhere.", "sender"),
    _fault("greeting", "Whoever greets with a name of the company may send anywhere.", "greeting"),
    _fault("owner", "Anybody may write in the director's name.", "director owner"),
    _fault("clear", "The password may be sent without TLS.", "clear"),
    _fault("names", "Everybody can ask which mailboxes there are.", "names"),
    _fault("nobody", "Mail for mailboxes that aren't there is accepted.", "nobody"),
    _fault("newline", "A letter may end where only a line feed stands, so another can hide in it.", "hidden"),
    _fault("soft", "Refusals are for now only, so strangers' servers come again and again.", "final"),
    _fault("encrypt", "The copier, which knows no TLS, can't send.", "copier scan"),
    _fault("reports", "Delivery reports are refused, because they have no sender.", "report"),
    _fault("size", "Larger scans are refused.", "scan"),
)
KEYS = tuple(fault.key for fault in FAULTS)
LETS_IN = frozenset({"hotel", "sender", "greeting", "owner", "clear", "names", "nobody", "newline", "soft"})


def chosen(seed: str) -> frozenset[str]:
    """The seven faults of a seed: four or five that let somebody in, and the rest that lose mail."""
    chance = random.Random(f"inherited {seed}")
    losing = [key for key in KEYS if key not in LETS_IN]
    letting = [key for key in KEYS if key in LETS_IN]
    lost = chance.sample(losing, 2)
    return frozenset(lost + chance.sample(letting, COUNT - len(lost)))


def main_cf(faults: frozenset[str]) -> str:
    """The policy with these faults; with none it is a good one."""
    has = faults.__contains__
    relay = [
        "permit_mynetworks",
        "permit_sasl_authenticated",
        *(["check_sender_access inline:{ {corp.example = OK} }"] if has("sender") else []),
        *(["check_helo_access inline:{ {corp.example = OK} }"] if has("greeting") else []),
        "reject_unauth_destination",
    ]
    sender = [
        *(["check_sender_access inline:{ {<> = REJECT} }"] if has("reports") else []),
        "permit_mynetworks",
        *([] if has("owner") else ["reject_sender_login_mismatch"]),
    ]
    lines = {
        "mynetworks": "192.0.2.0/24, 198.51.100.0/24" if has("hotel") else "192.0.2.0/24",
        "mydestination": "corp.example, mail.corp.example",
        **({"local_recipient_maps": ""} if has("nobody") else {}),
        "smtpd_relay_restrictions": ", ".join(relay),
        "smtpd_sender_restrictions": ", ".join(sender),
        "smtpd_sender_login_maps": "inline:{ staff@corp.example=staff, director@corp.example=director }",
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_tls_security_level": "encrypt" if has("encrypt") else "may",
        "smtpd_tls_auth_only": "no" if has("clear") else "yes",
        "disable_vrfy_command": "no" if has("names") else "yes",
        "smtpd_forbid_bare_newline": "no" if has("newline") else "normalize",
        "message_size_limit": "50000" if has("size") else "10240000",
        **({"soft_bounce": "yes"} if has("soft") else {}),
    }
    return "".join(f"{name} = {value}".rstrip() + "\n" for name, value in lines.items())


def shown(faults: frozenset[str]) -> frozenset[str]:
    """The claims that these faults spoil together."""
    return frozenset().union(*(fault.shows for fault in FAULTS if fault.key in faults))
