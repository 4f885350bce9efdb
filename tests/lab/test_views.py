"""The lab at a glance."""

import re
from html import unescape

from labkit import Lab
from labkit.lab import usual


def test_text_names_every_host_and_the_policy(lab: Lab) -> None:
    shown = repr(lab)
    for role in usual.CAST:
        assert role.host.name in shown
        assert role.host.address in shown
    assert "# mynetworks trusts every address there is: this is an open relay." in shown
    assert str(lab.relay.policy).splitlines()[-1] in shown


def test_html_says_the_same(lab: Lab) -> None:
    words = unescape(re.sub("<[^>]+>", " ", lab._repr_html_()))
    for row in repr(lab).splitlines():
        for cell in re.split(r"\s{2,}", row.strip()):
            assert cell.rstrip(":").split(" (")[0] in words
