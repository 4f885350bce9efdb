"""Policies and dialogues that nobody thought of, from the parameters and commands that there are."""

from hypothesis import strategies as st
from postfix.dialogues.logins import BAD, GOOD
from postfix.dialogues.phrases import Dialogue

PERMITS = (
    "permit_mynetworks",
    "permit_sasl_authenticated",
    "permit_auth_destination",
    "permit_tls_all_clientcerts",
)
REFUSALS = ("reject_unauth_destination", "defer_unauth_destination", "reject", "defer")
OF_CLIENTS = (
    "permit_mynetworks",
    "permit_sasl_authenticated",
    "reject_rbl_client bl.example",
    "reject_rbl_client bl.example=127.0.0.9",
    "check_client_access cidr:{ {198.51.100.0/24 OK} {203.0.113.0/26 450 4.7.1 come back} }",
    "check_client_access inline:{ {unknown = REJECT} {customer.example = OK} }",
    "reject_plaintext_session",
    "reject_unauth_pipelining",
)
OF_GREETINGS = (
    "reject_invalid_helo_hostname",
    "reject_non_fqdn_helo_hostname",
    "check_helo_access inline:{ {localhost = REJECT} {hosting.example = DUNNO} }",
    "check_helo_access pcre:{ {/^\\[/ DEFER_IF_PERMIT} {/^corp/ DEFER_IF_REJECT} }",
)
OF_SENDERS = (
    "reject_non_fqdn_sender",
    "reject_unknown_sender_domain",
    "reject_sender_login_mismatch",
    "reject_authenticated_sender_login_mismatch",
    "check_sender_access inline:{ {corp.example = permit_mynetworks, reject} {<> = DUNNO} }",
    "check_sender_access inline:{ {someone@ = OK} {.example = REJECT below} }",
)
OF_RECIPIENTS = (
    "reject_non_fqdn_recipient",
    "reject_unlisted_recipient",
    "reject_unauth_destination",
    "check_recipient_access inline:{ {orders@customer.example = DEFER} {sales@corp.example = REJECT} }",
    "check_recipient_access regexp:{ {/^director/ 550 5.1.1 away} {/./ DUNNO} }",
    "permit_auth_destination",
)


def _list(*rules: str, ends: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    chosen = st.lists(st.sampled_from(rules), max_size=3, unique=True)
    last = st.sampled_from([[end] for end in ends] or [[]])
    return st.builds(lambda some, end: ", ".join(some + end), chosen, last)


def _one(*values: object) -> st.SearchStrategy[str]:
    return st.sampled_from([str(value) for value in values])


SWITCH = _one("yes", "no")

PARAMETERS = {
    "mynetworks": _one("192.0.2.0/24", "192.0.2.50", "0.0.0.0/0", "198.51.100.0/24, 192.0.2.60"),
    "mydestination": _one("corp.example", "corp.example, mail.corp.example"),
    "relay_domains": _one("", "customer.example", "hosting.example"),
    "relay_recipient_maps": _one("", "inline:{ orders@customer.example=ok }"),
    "smtpd_client_restrictions": _list(*OF_CLIENTS),
    "smtpd_helo_restrictions": _list(*OF_CLIENTS, *OF_GREETINGS),
    "smtpd_sender_restrictions": _list(*OF_CLIENTS, *OF_GREETINGS, *OF_SENDERS),
    "smtpd_recipient_restrictions": _list(*PERMITS, *OF_CLIENTS, *OF_GREETINGS, *OF_SENDERS, *OF_RECIPIENTS),
    "smtpd_data_restrictions": _list(
        *OF_CLIENTS, "reject_unauth_pipelining", "check_sender_access inline:{<>=REJECT}"
    ),
    "smtpd_delay_reject": SWITCH,
    "smtpd_helo_required": SWITCH,
    "strict_rfc821_envelopes": SWITCH,
    "disable_vrfy_command": SWITCH,
    "smtpd_reject_unlisted_recipient": SWITCH,
    "smtpd_sasl_auth_enable": SWITCH,
    "smtpd_sender_login_maps": _one(
        "", "inline:{ staff@corp.example=staff }", "inline:{ @corp.example=staff }"
    ),
    "smtpd_tls_security_level": _one("none", "may", "may", "encrypt"),
    "smtpd_tls_auth_only": SWITCH,
    "smtpd_tls_ask_ccert": SWITCH,
    "smtpd_recipient_limit": _one(1, 2, 1000),
    "smtpd_hard_error_limit": _one(1, 2, 5, 20),
    "smtpd_client_message_rate_limit": _one(0, 1, 2),
    "smtpd_client_recipient_rate_limit": _one(0, 1, 3),
    "smtpd_client_connection_rate_limit": _one(0, 2),
    "smtpd_client_auth_rate_limit": _one(0, 1),
    "smtpd_forbid_bare_newline": _one("normalize", "reject", "no"),
    "smtpd_forbid_unauth_pipelining": SWITCH,
    "soft_bounce": SWITCH,
    "message_size_limit": _one(2000, 10240000),
}

RELAY = _list(*PERMITS, *OF_CLIENTS, *OF_SENDERS, ends=REFUSALS)


def _text(values: dict[str, str], relay: str) -> str:
    lines = [f"{name} = {value}" for name, value in values.items()]
    return "\n".join([*lines, "mailbox_size_limit = 0", f"smtpd_relay_restrictions = {relay}"])


# Few parameters at a time: with many, everything is refused for the first reason.
POLICIES = st.builds(
    _text,
    st.sets(st.sampled_from(sorted(PARAMETERS)), min_size=2, max_size=9).flatmap(
        lambda names: st.fixed_dictionaries({name: PARAMETERS[name] for name in sorted(names)})
    ),
    RELAY,
)

ADDRESSES = (
    "<staff@corp.example>",
    "<sales@mail.corp.example>",
    "<nobody@corp.example>",
    "<orders@customer.example>",
    "<nobody@customer.example>",
    "<someone@hosting.example>",
    "<x@absent.example>",
    "<Postmaster>",
    "<>",
    "staff@corp.example",
    "<staff>",
    '<"st aff"@corp.example>',
    "<@relay.example:director@corp.example>",
)
WITH_WORDS = (
    "C: RCPT TO:<scans@corp.example> NOTIFY=NEVER\n",
    "C: RCPT TO:<press@customer.example> NOTIFY=SUCCESS ORCPT=rfc822;p@customer.example\n",
    "C: RCPT TO:<staff@corp.example> X=1\n",
)
HOSTS = ("attacker", "workstation", "copier", "laptop", "your terminal", "liar")

_GREETING = st.builds(
    "C: {} {}\n".format,
    _one("EHLO", "EHLO", "EHLO", "HELO"),
    _one(
        "vps66.hosting.example", "workstation.corp.example", "localhost", "[192.0.2.1]", "corp", "a_b.example"
    ),
)
_MAIL = st.builds(
    "C: MAIL FROM:{}{}\n".format,
    st.sampled_from(ADDRESSES),
    _one("", "", "", " SIZE=300", " BODY=8BITMIME", " X=1"),
)
_RCPT = _one(*(f"C: RCPT TO:{address}\n" for address in ADDRESSES), *WITH_WORDS)
_LETTER = _one(
    "C: DATA\nD: Subject: {n}\nD:\nD: Hello\nD: .\n",
    "C: DATA\nD: Subject: {n}\nD:\nD: " + "long " * 600 + "\nD: .\n",
    "C: DATA\nC> 'Subject: {n}\\r\\n\\r\\nHello\\n.\\r\\nMAIL FROM:<a@b.example>\\r\\n.\\r\\nQUIT\\r\\n'\n== END\n",
)
_OTHER = _one(
    "C: RSET\n",
    "C: NOOP\n",
    "C: VRFY staff\n",
    "C: FOO\n",
    "C: DATA\nD: Subject: {n}\nD: .\n",
    "C: STARTTLS\n== TLS\n",
    "C: STARTTLS\n== TLS certificate\n",
    f"C: AUTH PLAIN {GOOD}\n",
    f"C: AUTH PLAIN {BAD}\n",
    "== AGAIN\n",
    "C+ MAIL FROM:<staff@corp.example>\nC+ RCPT TO:<orders@customer.example>\nC: NOOP\n",
)
_TRANSACTION = st.builds(
    lambda mail, rcpt, letter: "".join([mail, *rcpt, letter]),
    _MAIL,
    st.lists(_RCPT, min_size=1, max_size=3),
    _LETTER,
)

DIALOGUES = st.builds(
    lambda host, greeting, steps: Dialogue(host, greeting + "".join(steps)),
    st.sampled_from(HOSTS),
    _GREETING,
    st.lists(_TRANSACTION | _OTHER | _MAIL | _RCPT | _GREETING, min_size=1, max_size=6),
)
