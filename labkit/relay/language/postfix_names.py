"""The names that Postfix knows, so that a name this lab lacks is told apart from one nobody knows.

Sources: postfix-parameters.txt says its own; the restrictions are those of smtpd_check.c and
mail_params.h in Postfix 3.12-dev; the types of tables are those of DATABASE_README.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from pathlib import Path

TRANSPORTS = ("smtp", "relay", "local", "virtual", "lmtp", "error", "retry")

_RESTRICTIONS = """
    check_address_map check_ccert_access check_client_a_access check_client_access check_client_mx_access
    check_client_ns_access check_etrn_access check_helo_a_access check_helo_access check_helo_mx_access
    check_helo_ns_access check_policy_service check_recipient_a_access check_recipient_access
    check_recipient_maps check_recipient_mx_access check_recipient_ns_access check_relay_domains
    check_reverse_client_hostname_a_access check_reverse_client_hostname_access
    check_reverse_client_hostname_mx_access check_reverse_client_hostname_ns_access check_sasl_access
    check_sender_a_access check_sender_access check_sender_mx_access check_sender_ns_access defer
    defer_if_permit defer_if_reject defer_unauth_destination permit permit_auth_destination
    permit_dnswl_client permit_inet_interfaces permit_mx_backup permit_mynetworks permit_naked_ip_address
    permit_rhswl_client permit_sasl_authenticated permit_tls_all_clientcerts permit_tls_clientcerts reject
    reject_authenticated_sender_login_mismatch reject_invalid_helo_hostname reject_invalid_hostname
    reject_known_sender_login_mismatch reject_maps_rbl reject_multi_recipient_bounce
    reject_non_fqdn_helo_hostname reject_non_fqdn_hostname reject_non_fqdn_recipient
    reject_non_fqdn_sender reject_plaintext_session reject_rbl reject_rbl_client reject_rhsbl_client
    reject_rhsbl_helo reject_rhsbl_recipient reject_rhsbl_reverse_client reject_rhsbl_sender
    reject_sender_login_mismatch reject_unauth_destination reject_unauth_pipelining
    reject_unauthenticated_sender_login_mismatch reject_unknown_address reject_unknown_client
    reject_unknown_client_hostname reject_unknown_forward_client_hostname reject_unknown_helo_hostname
    reject_unknown_hostname reject_unknown_recipient_domain reject_unknown_reverse_client_hostname
    reject_unknown_sender_domain reject_unlisted_recipient reject_unlisted_sender
    reject_unverified_recipient reject_unverified_sender sleep warn_if_reject
"""
_TABLE_TYPES = """
    btree cdb cidr dbm environ fail hash inline internal ldap lmdb memcache mongodb mysql netinfo nis
    nisplus pcre pgsql pipemap proxy randmap regexp sdbm socketmap sqlite static tcp texthash unionmap unix
"""
RESTRICTIONS = frozenset(_RESTRICTIONS.split())
TABLE_TYPES = frozenset(_TABLE_TYPES.split())


@cache
def parameters() -> frozenset[str]:
    """The names of Postfix's parameters, with those of the transports that it comes with."""
    text = Path(__file__).with_name("postfix-parameters.txt").read_text("ascii")
    names = {line for line in text.splitlines() if not line.startswith("#")}
    family = {name.removeprefix("default_") for name in names if name.startswith("default_")}
    family.add("initial_destination_concurrency")
    return frozenset(names | {f"{transport}_{rest}" for transport in TRANSPORTS for rest in family})


def unknown(what: str, name: str, postfix: Iterable[str], known: Iterable[str]) -> str:
    """What to say of a name that this lab doesn't know, though Postfix may."""
    if name in postfix:
        return f"Postfix knows {name}; this lab doesn't."
    return f"there is no {what} {name!r}.{nearest(name, known)}"


def nearest(name: str, known: Iterable[str]) -> str:
    """ " Did you mean ...?" with the nearest of the known names; nothing if none is near."""
    close = get_close_matches(name, known, 1, 0.5)
    return f" Did you mean {close[0]}?" if close else ""
