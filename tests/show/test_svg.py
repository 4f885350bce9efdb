"""The pen for a page: what it draws is well-formed, and says what the PNG says."""

from xml.etree import ElementTree

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from labkit import Policy
from labkit.dns.zone import Zone
from labkit.lab import usual
from labkit.show import sheet
from labkit.show.plan import Plan
from labkit.show.svg import Svg, svg
from labkit.show.topology import drawing, paint, plan_of

POLICIES = {
    "open": usual.OPEN_POLICY,
    "logins": "mynetworks = 192.0.2.0/24\nsmtpd_tls_security_level = may\nsmtpd_sasl_auth_enable = yes\n"
    "smtpd_tls_auth_only = yes\nsmtp_tls_security_level = verify",
    "smart host": "relayhost = [smarthost.isp.example]:587\nsmtpd_relay_restrictions = defer",
}


@pytest.fixture(params=POLICIES.values(), ids=POLICIES.keys())
def plan(request: pytest.FixtureRequest) -> Plan:
    return plan_of(Policy.parse(request.param), Zone(usual.ZONE), queue=7)


def elements(picture: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture).iter())


def written(picture: str) -> list[str]:
    return [(each.text or "").replace("\u00a0", " ") for each in elements(picture) if each.tag == "text"]


def test_the_map_for_a_page_has_the_words_of_the_png(plan: Plan) -> None:
    with sheet.settings():
        figure = Figure()
        FigureCanvasAgg(figure)
        paint(plan)(figure)
    drawn = [line for text in figure.findobj(Text) for line in text.get_text().split("\n") if line]
    assert sorted(written(drawing(plan))) == sorted(drawn)
    assert len(drawn) > 30


def test_the_picture_is_read_out_as_its_claim(plan: Plan) -> None:
    picture = elements(drawing(plan))[0]
    assert (picture.get("role"), picture.get("aria-label")) == ("img", f"{plan.claim}.")


def test_words_are_above_all_shapes(plan: Plan) -> None:
    tags = [each.tag for each in elements(drawing(plan))]
    assert set(tags[tags.index("text") :]) == {"text"}


def test_nothing_that_is_written_becomes_markup() -> None:
    hostile = "</text><script>alert(1)</script>&\"'"

    def draw(pen: Svg) -> None:
        pen.text(1, 2, hostile)

    picture = svg(10, hostile, draw)
    assert written(picture) == [hostile]
    assert elements(picture)[0].get("aria-label") == hostile
    assert "<script" not in picture


def test_lines_stand_around_the_middle() -> None:
    def draw(pen: Svg) -> None:
        pen.text(50, 100, "one\ntwo\nthree", 10, leading=2)
        pen.text(50, 100, "middle", 10)

    *lines, middle = [float(each.get("y", "")) for each in elements(svg(200, "", draw)) if each.tag == "text"]
    assert lines[1] == middle
    assert lines[1] - lines[0] == pytest.approx(lines[2] - lines[1])
