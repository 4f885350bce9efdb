"""One version everywhere: of the package, of how it is cited, and of the newest changes."""

import re

import yaml
from launch.checkout import ROOT
from launch.pythons import PROJECT

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CHANGES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASES = re.findall(r"^## \[(\d\S*)\] - (\d{4}-\d\d-\d\d)$", CHANGES, re.MULTILINE)


def test_the_newest_release_is_the_version_of_the_package_and_of_the_citation() -> None:
    assert RELEASES[0] == (PROJECT["version"], CITATION["date-released"])
    assert CITATION["version"] == PROJECT["version"]


def test_releases_stand_newest_first() -> None:
    assert sorted(RELEASES, key=lambda release: release[1], reverse=True) == RELEASES


def test_nobody_is_named_but_all_who_contributed() -> None:
    assert CITATION["authors"] == PROJECT["authors"]
    assert PROJECT["authors"][0]["name"] in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_licence_is_one_everywhere() -> None:
    assert CITATION["license"] == PROJECT["license"] == "MIT"
