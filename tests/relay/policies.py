"""Policies of every kind, for hypothesis."""

from typing import get_args

from hypothesis import strategies as st

from labkit import Policy
from labkit.relay.filtering.scanners import SCANNERS
from labkit.relay.language import lists, tls_policies, values
from labkit.relay.language.restriction_lists import GREYLISTING, Restrictions
from labkit.relay.language.tables import MAILBOXES
from labkit.relay.language.values import Kind
from labkit.relay.policy import PARAMETERS
from labkit.relay.restrictions import RESTRICTIONS

TABLES = [
    "inline:{a@corp.example=OK}",
    "inline:{ {a = 550 5.7.1 no, $never}, b=DUNNO }",
    "cidr:{{192.0.2.0/24 REJECT}, {::/0 OK}}",
    "pcre:{{/^x{2}$|y/ REJECT a $$ sign}, {!/(b)/i DUNNO}}",
    "regexp:{{if /a/}, {/(b)/ REJECT ${1}}, {endif}}",
]
ARGUMENTS = {
    "": [""],
    "table": [f" {table}" for table in TABLES],
    "domain": [" bl.example", " bl.example=127.0.0.[2..4;9]"],
    "service": [f" {GREYLISTING}", " unix:private/policy"],
}
RULES = [name + argument for name, rule in RESTRICTIONS.items() for argument in ARGUMENTS[rule.takes]]
CHECKS = ["pcre:{{/^x{2}$|y/ REJECT a $$ sign}, {!/(b)/i DUNNO}}", "regexp:{{/(b)/ WARN ${1}}}"]
HOPS = ["[mx.isp.example]:587", "isp.example", "isp.example:2525", "[192.0.2.1]", "[2001:db8::1]:465"]
LEVELS = ["inline:{ a.example=encrypt }", "inline:{ {.example = secure match=.a.example}, b.example=none }"]
WORDS = ["none", "may", "encrypt"]


def _listed(*texts: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(texts), max_size=4)


BY_TYPE = {
    lists.Networks: _listed(
        "192.0.2.0/24", "198.51.100.77", "0.0.0.0/0", "2001:db8::/32", "[::1]/128", "::/0"
    ),
    lists.Domains: _listed("corp.example", "customer.example", "a-b.test", "localhost"),
    lists.Tables: _listed(*TABLES),
    lists.RecipientTables: _listed(MAILBOXES, *TABLES),
    lists.NextHops: _listed(*HOPS),
    lists.HeaderChecks: _listed(*CHECKS),
    lists.BodyChecks: _listed(*CHECKS),
    lists.Milters: _listed(*SCANNERS),
    tls_policies.TlsPolicies: _listed(*LEVELS, tls_policies.MTA_STS),
    Restrictions: _listed(*RULES),
    values.Switch: st.booleans(),
    values.SmtpdLevel: st.sampled_from(WORDS),
    values.SmtpLevel: st.sampled_from([*WORDS, "verify"]),
    values.BareNewline: st.sampled_from(["normalize", "reject", "no"]),
    values.Size: st.integers(1, values.LARGEST),
    values.SizeOrNone: st.integers(0, values.LARGEST),
    values.Count: st.integers(1, values.LONGEST),
    values.CountOrNone: st.integers(0, values.LONGEST),
    values.Seconds: st.integers(0, values.LONGEST),
    values.SomeSeconds: st.integers(1, values.LONGEST),
    values.Hours: st.integers(0, values.LONGEST),
    values.Days: st.integers(0, values.LONGEST),
}


def kind(of: object) -> Kind:
    """The kind that an annotated type carries."""
    found = get_args(of)[1]
    assert isinstance(found, Kind)
    return found


BY_KIND = {kind(of): strategy for of, strategy in BY_TYPE.items()}
VALUES = {name: BY_KIND[kind] for name, kind in PARAMETERS.items()}
POLICIES = st.fixed_dictionaries({}, optional=VALUES).map(lambda given: Policy(**given))
