"""MTA-STS records and policies: what is read, and what is said about those that don't count."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.relay.delivering.mta_sts import BadPolicy, Fault, Mode, StsPolicy, read, record_id

GOOD = "version: STSv1\nmode: enforce\nmx: mx1.customer.example\nmx: *.pool.example\nmax_age: 86400\n"


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["v=STSv1; id=20260105Z;"], "20260105Z"),
        (["v=STSv1;id=1"], "1"),
        (["v=STSv1 ; future=x; id=abc ;"], "abc"),
        (["v=spf1 -all", "v=STSv1; id=1;"], "1"),
        (["v=STSv1; id=1;", "v=STSv1; id=2;"], ""),
        (["v=STSv1; id=;"], ""),
        (["v=STSv1;"], ""),
        (["v=STSv1"], ""),
        (["v=STSv2; id=1;"], ""),
        (["id=1; v=STSv1;"], ""),
        ([f"v=STSv1; id={'a' * 33};"], ""),
        (["v=STSv1; id=a b;"], ""),
        ([], ""),
    ],
)
def test_a_record_tells_an_id_or_there_is_no_policy(texts: list[str], found: str) -> None:
    assert record_id(texts) == found


def test_a_policy_is_read() -> None:
    lines = tuple(GOOD.splitlines())
    policy = StsPolicy(
        "customer.example", Mode.ENFORCE, ("mx1.customer.example", "*.pool.example"), 86400, lines
    )
    assert read("customer.example", GOOD.encode()) == policy


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("\n", "\r\n"),
        GOOD.rstrip(),
        GOOD + "\n\n",
        "future: yes\n" + GOOD + "mode: none\nversion: STSv2\n",  # unknown keys, and the first of two counts
        GOOD.replace(": ", ":\t").replace("mx1.customer.example", "MX1.Customer.Example. "),
    ],
)
def test_a_policy_may_be_written_in_several_ways(text: str) -> None:
    policy = read("customer.example", text.encode())
    assert (policy.mode, policy.mx, policy.max_age) == (
        Mode.ENFORCE,
        ("mx1.customer.example", "*.pool.example"),
        86400,
    )


def test_the_mode_none_needs_no_hosts() -> None:
    assert read("customer.example", b"version: STSv1\nmode: none\nmax_age: 60").mx == ()


MISTAKES = [
    (GOOD.replace("STSv1", "STSv2"), "its version is 'STSv2', not 'STSv1'"),
    (GOOD.replace("version: STSv1\n", ""), "its version is 'missing', not 'STSv1'"),
    (GOOD.replace("enforce", "Enforce"), "its mode is 'Enforce', not one of enforce, testing, none"),
    (GOOD.replace("mode: enforce\n", ""), "its mode is 'missing'"),
    (re.sub("mx: .*\n", "", GOOD), "it names no mail host"),
    (GOOD.replace("mx1.customer.example", "mx*.customer.example"), "'mx*.customer.example' is not the name of a mail"),
    (GOOD.replace("mx1.customer.example", ""), "'' is not the name of a mail host"),
    (GOOD.replace("86400", "soon"), "its max_age is 'soon', not a number of seconds up to 31,557,600"),
    (GOOD.replace("86400", "-1"), "its max_age is '-1'"),
    (GOOD.replace("86400", "31557601"), "its max_age is '31557601'"),
    (GOOD.replace("max_age: 86400\n", ""), "its max_age is 'missing'"),
    (GOOD + "hello", "'hello' is not of the form key: value"),
    ("<html>\n<body>" + "x" * 100, "'<html>' is not of the form key: value"),
    ("x" * 100, f"'{'x' * 60}…' is not of the form key: value"),
    ("", "its version is 'missing'"),
    (GOOD + "mx: a.example\n" * 1000, "it names more than 1,000 mail hosts"),
    (GOOD + "\n" * 65536, "it is larger than 65,536 octets"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_policy_that_doesnt_count_has_a_reason(text: str, said: str) -> None:
    with pytest.raises(BadPolicy, match=re.escape(f"The policy doesn't count: {said}")) as caught:
        read("customer.example", text.encode())
    assert caught.value.fault is Fault.INVALID


def test_neither_does_one_that_isnt_text() -> None:
    with pytest.raises(BadPolicy, match="it isn't text in UTF-8"):
        read("customer.example", b"version: \xff")


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("mx1.customer.example", True),
        ("MX1.customer.example.", True),
        ("mx2.customer.example", False),
        ("a.pool.example", True),
        ("a.b.pool.example", False),
        ("pool.example", False),
        (".pool.example", False),
        ("xpool.example", False),
        ("*.pool.example", True),
    ],
)
def test_a_star_stands_for_one_label(host: str, named: bool) -> None:
    assert read("customer.example", GOOD.encode()).names(host) is named


PIECES = st.sampled_from(
    [
        "version:",
        "mode:",
        "mx:",
        "max_age:",
        "STSv1",
        "enforce",
        "none",
        "1",
        "\n",
        "\r\n",
        "*.",
        "mx.example",
    ]
)


@given(
    st.lists(PIECES | st.text(max_size=5), max_size=30).map(" ".join).map(str.encode)
    | st.binary(max_size=300)
)
def test_whatever_is_published_is_a_policy_or_has_a_reason(body: bytes) -> None:
    try:
        policy, reason = read("customer.example", body), ""
    except BadPolicy as error:
        policy, reason = None, error.reason
    assert bool(policy) != bool(reason)
    assert len(reason) < 200
    assert not policy or policy.mx or policy.mode is Mode.NONE


@given(
    st.lists(
        st.text(max_size=9) | st.just("v=STSv1; id=1") | st.text(max_size=9).map("v=STSv1; id={}".format)
    )
)
def test_so_is_whatever_stands_in_the_dns(texts: list[str]) -> None:
    assert re.fullmatch("[A-Za-z0-9]{0,32}", record_id(texts))
