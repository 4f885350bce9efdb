"""The page of licences is true to the lock files, and no licence keeps anybody from using the lab."""

import pytest
from launch.licences import COPYLEFT, LOCKS, PAGE, PERMISSIVE, identifiers, locked, page, stated

LAB, CHECKS = LOCKS.values()


def test_the_page_is_what_make_licences_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("package", locked(CHECKS))
def test_everybody_may_use(package: str) -> None:
    assert identifiers(stated(package)) <= PERMISSIVE | COPYLEFT


@pytest.mark.parametrize("package", locked(LAB))
def test_who_passes_the_lab_on_with_its_packages_has_little_to_observe(package: str) -> None:
    assert identifiers(stated(package)) <= PERMISSIVE | {"MPL-2.0"}


def test_what_the_lab_needs_is_in_the_lock_of_the_checks() -> None:
    assert set(locked(LAB)) <= set(locked(CHECKS))


def test_a_licence_that_is_new_is_noticed() -> None:
    assert not identifiers("MIT AND (Elastic-2.0 OR BSD-3-Clause)") <= PERMISSIVE | COPYLEFT
