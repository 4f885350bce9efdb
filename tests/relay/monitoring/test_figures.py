"""The relay's figures, counted while it works, and shown as text and as HTML."""

import re
from datetime import timedelta

from labkit import Lab, Policy
from labkit.clock import START
from labkit.relay.monitoring.figures import Event, Figures, Minute, Row

CLOSED = Policy(
    mynetworks="192.0.2.0/24", smtpd_relay_restrictions=("permit_mynetworks", "reject_unauth_destination")
)


def test_what_the_relay_has_done(lab: Lab) -> None:
    lab.attacker.spam(30)
    lab.workstation.send("nobody@customer.example")
    figures = lab.figures
    counts = {event.value: figures.total(event) for event in Event if figures.total(event)}
    assert counts == {"connected": 4, "accepted": 31, "recipients": 31, "delivered": 31, "bounced": 1}
    assert set(figures.by("client")) == {"attacker", "workstation", "relay"}
    assert figures.by("sender")["<>"] == {Event.DELIVERED: 1}  # the bounce
    assert figures.by("reason") == {"5.1.1": {Event.BOUNCED: 1}}
    assert (figures.queue, figures.sessions) == (0, 0)


def test_refusals_are_counted_by_rule(lab: Lab) -> None:
    lab.relay.policy = CLOSED
    lab.attacker.spam(30)
    assert lab.figures.total(Event.ACCEPTED) == 0
    assert lab.figures.by("reason") == {"reject_unauth_destination": {Event.REFUSED: 30}}
    assert lab.figures.by("client")["attacker"][Event.REFUSED] == 30


def test_what_is_put_off_isnt_refused(lab: Lab) -> None:
    lab.relay.policy = Policy(
        mynetworks="192.0.2.0/24", smtpd_relay_restrictions=("permit_mynetworks", "defer_unauth_destination")
    )
    lab.attacker.spam(10)
    assert (lab.figures.total(Event.PUT_OFF), lab.figures.total(Event.REFUSED)) == (10, 0)


def test_the_queue_is_seen_to_grow(lab: Lab) -> None:
    lab.mx1.fault, lab.mx2.fault = "down", "down"
    lab.attacker.spam(20)
    assert lab.figures.queue == 20
    assert max(minute.queue for minute in lab.figures.minutes) == 20
    assert lab.figures.by("reason")["4.4.1"][Event.DEFERRED] >= 20


def test_failed_logins_are_counted(lab: Lab) -> None:
    lab.relay.policy = Policy(
        mynetworks="192.0.2.0/24", smtpd_sasl_auth_enable=True, smtpd_tls_security_level="may"
    )
    for _ in range(3):
        lab.laptop.send(user="staff", password="wrong")
    lab.laptop.send(user="staff", password="paper-boat-7")
    assert lab.figures.total(Event.LOGIN_FAILED) == 3
    assert lab.figures.by("account")["staff"][Event.ACCEPTED] == 1


def test_traffic_for_the_charts_and_the_figures_agree(lab: Lab) -> None:
    lab.attacker.spam(120)
    for event in (Event.ACCEPTED, Event.DELIVERED):
        assert sum(minute.total(event) for minute in lab.figures.minutes) == 120
    assert [minute.total(Event.ACCEPTED) for minute in lab.figures.minutes] == [100, 20]
    assert sum(count for (_, _, what), count in lab.relay.traffic.counts.items() if what == "accepted") == 120


def test_the_table(lab: Lab) -> None:
    lab.attacker.spam(12)
    lab.relay.policy = CLOSED
    lab.attacker.spam(3)
    assert (
        repr(lab.figures)
        == """
The relay's figures, lab time 2026-01-05 09:00 to 2026-01-05 09:00
Letters accepted: 12, for 12 recipients
Recipients delivered: 12, bounced: 0, put into the queue again: 0
Requests refused: 3, put off: 0, logins failed: 0
In the queue now: 0 letters, at most: 10
Load: 0 sessions open now, at most 1 at once; at most 12 letters accepted in a minute

By minute of lab time
  minute  connected  accepted  recipients  refused  delivered  queue  sessions
  09:00           3        12          12        3         12     10         1

By client
  client    connected  accepted  recipients  refused  delivered
  attacker          3        12          12        3         12

By sender (reverse-path)
  sender                  accepted  recipients  refused  delivered
  director@corp.example          3           3        1          3
  security@bank.example          3           3        1          3
  winner@lottery.example         3           3        1          3
  parcel@post.example            3           3        0          3

By reason: the rule that refused or put off, or the status of a delivery that failed
  reason                     refused
  reject_unauth_destination        3
""".strip()
    )


def test_both_views_have_the_same_cells(lab: Lab) -> None:
    lab.attacker.spam(25)
    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", lab.figures._repr_html_())
    text = repr(lab.figures)
    assert cells
    assert all(cell in text for cell in cells)


def test_a_long_time_and_many_names_are_folded() -> None:
    minutes = tuple(
        Minute(START + timedelta(minutes=number), ((Row(Event.ACCEPTED, f"client {number}"), 1),))
        for number in range(1440)
    )
    shown = repr(Figures(START, minutes, ((Event.ACCEPTED, 1440),))).splitlines()
    assert len(shown) < 60
    assert any(line.split()[:3] == ["…", "1,422", "more"] for line in shown)
    assert any(line.split() == ["…", "1,430", "more", "1,430"] for line in shown)


def test_a_relay_that_has_done_nothing_says_so(lab: Lab) -> None:
    assert repr(lab.figures).startswith("The relay has done nothing yet.")
    assert "done nothing yet" in lab.figures._repr_html_()


def test_the_figures_are_the_same_on_every_run(lab: Lab) -> None:
    lab.attacker.spam(30)
    first = repr(lab.figures)
    lab.reset()
    assert "done nothing" in repr(lab.figures)
    lab.attacker.spam(30)
    assert repr(lab.figures) == first
