"""The links that open somebody's own copy of the lab on Binder."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import UsageError
from labkit.launch.links import links
from labkit.launch.material import notebooks


def test_the_links_open_the_first_notebook_and_the_dashboard() -> None:
    there = links("anna/smtp-relay-lab", "v1")
    start = "https://mybinder.org/v2/gh/anna/smtp-relay-lab/v1?urlpath="
    assert there.notebooks == start + "lab%2Ftree%2Fnotebooks%2F00-welcome.ipynb"
    assert there.dashboard == start + "voila%2Frender%2Fnotebooks%2Fdashboard.ipynb"
    assert (
        there.badge == f"[![Open the lab on Binder](https://mybinder.org/badge_logo.svg)]({there.notebooks})"
    )


@pytest.mark.parametrize("page", ["notebooks", "dashboard"])
def test_what_a_link_opens_is_in_the_repository(page: str) -> None:
    (path,) = parse_qs(urlsplit(getattr(links("anna/lab"), page)).query)["urlpath"]
    assert (notebooks().parent / path.removeprefix("lab/tree/").removeprefix("voila/render/")).is_file()


@pytest.mark.parametrize(
    "given",
    [
        "anna/smtp-relay-lab",
        " anna/smtp-relay-lab ",
        "anna/smtp-relay-lab/",
        "github.com/anna/smtp-relay-lab",
        "https://github.com/anna/smtp-relay-lab",
        "http://www.github.com/anna/smtp-relay-lab/",
        "https://github.com/anna/smtp-relay-lab.git",
        "git@github.com:anna/smtp-relay-lab.git",
    ],
)
def test_what_people_copy_is_understood(given: str) -> None:
    assert links(given).repository == "anna/smtp-relay-lab"


@pytest.mark.parametrize(
    "given",
    [
        *("", "anna", "anna/", "/lab", "anna lab", "anna/my lab", "anna/lab/notebooks", "anna//lab"),
        *("anna/..", "anna/.", "anna/lab?x=1", "anna/lab#top", "anna/läb", "-anna/lab", "anna-/lab"),
        *("a" * 40 + "/lab", "anna/" + "l" * 101, "https://gitlab.com/anna/lab", "https://github.com/anna"),
        "anna/lab\nanna/lab",
    ],
)
def test_what_is_no_repository_is_refused_in_words(given: str) -> None:
    with pytest.raises(UsageError, match=r"names no repository on GitHub\. Write it as ORG/REPO") as refused:
        links(given)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    "tag", ["", " ", "my tag", "v1..v2", "v1~1", "v^", "a:b", "what?", "*", "[a]", "a\\b", "-v", "/v", "v/",
            "v.", "v.lock", ".v", "a/.b", "a//b", "@", "a@{1}", "v1\n"],
)  # fmt: skip
def test_what_is_no_tag_is_refused_in_words(tag: str) -> None:
    with pytest.raises(UsageError, match="can't be a tag or a branch in Git"):
        links("anna/lab", tag)


@pytest.mark.parametrize(
    ("tag", "written"),
    [("v1.0", "v1.0"), ("feature/queue", "feature%2Fqueue"), ("2026#1", "2026%231"), ("50%", "50%25"),
     ("März", "M%C3%A4rz"), ("33c5e64", "33c5e64"), ("a&b+c", "a%26b%2Bc")],
)  # fmt: skip
def test_a_tag_is_written_so_that_it_stays_one_part_of_the_link(tag: str, written: str) -> None:
    assert links("anna/lab", tag).notebooks.startswith(
        f"https://mybinder.org/v2/gh/anna/lab/{written}?urlpath=lab"
    )


@given(st.text())
def test_a_tag_is_refused_or_comes_out_of_the_link_again(tag: str) -> None:
    try:
        there = urlsplit(links("anna/lab", tag).notebooks)
    except UsageError:
        return
    assert unquote(there.path.removeprefix("/v2/gh/anna/lab/")) == tag
    assert there.fragment == ""
