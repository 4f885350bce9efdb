"""The live view and the panel without a browser: every control, every refusal, and the end."""

import asyncio
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import ipywidgets
import pytest

from labkit import Lab
from labkit.errors import LabClosed
from labkit.screens.deeds import ATTACKS, LETTERS
from labkit.screens.live import IN_WORDS as LIVE_IN_WORDS
from labkit.screens.panel import IN_WORDS as PANEL_IN_WORDS
from labkit.wire.record import Kind, Party

SOON = 120.0  # seconds of real time within which a busy machine, too, has long been done
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def widgets(root: Any) -> Iterator[Any]:
    yield root
    for child in getattr(root, "children", ()):
        yield from widgets(child)


class Screen:
    """The widgets of a screen, found as a reader finds them."""

    def __init__(self, screen: Any) -> None:
        self.all = list(widgets(screen.widget))

    def labelled(self, words: str) -> Any:
        return next(each for each in self.all if getattr(each, "description", "").startswith(words))

    def press(self, label: str) -> None:
        self.labelled(label).click()

    @property
    def html(self) -> str:
        return "\n".join(each.value for each in self.all if isinstance(each, ipywidgets.HTML))

    @property
    def text(self) -> str:
        return unescape(self.html)

    def says(self, words: str) -> bool:
        return eventually(lambda: words in self.text)


def eventually(happens: Callable[[], object]) -> bool:
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        if happens():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def panel(lab: Lab) -> Screen:
    return Screen(lab.panel())


@pytest.fixture
def live(lab: Lab) -> Screen:
    return Screen(lab.live())


# The policy


def test_the_controls_show_the_policy_at_once(panel: Screen, lab: Lab) -> None:
    assert panel.labelled("Trust every address").value is True
    assert panel.labelled("Offer a login").value is False
    assert panel.labelled("TLS (").value == "none"
    assert panel.labelled("main.cf").value == str(lab.relay.policy)


def test_to_open_the_panel_changes_nothing(lab: Lab) -> None:
    lab.relay.policy = before = lab.relay.policy.replace(
        mynetworks="192.0.2.0/24, ::/0", smtpd_sasl_auth_enable=True, smtpd_tls_security_level="may"
    )
    panel = Screen(lab.panel())
    lab.attacker.spam(1)
    assert panel.says("Session 1: attacker → relay")  # the pump has looked since
    assert lab.relay.policy is before
    assert "This policy is in force" not in panel.text


def test_a_rung_sets_the_policy_and_every_control(panel: Screen, lab: Lab) -> None:
    ladder = next(each for each in panel.all if isinstance(each, ipywidgets.RadioButtons))
    ladder.index = 3
    assert panel.says("This policy is in force, from the next session on.")
    assert eventually(lambda: lab.relay.policy.smtpd_tls_auth_only)
    assert eventually(lambda: panel.labelled("main.cf").value == str(lab.relay.policy))
    assert panel.labelled("Trust every address").value is False
    assert panel.labelled("Offer a login").value is True
    assert panel.labelled("TLS (").value == "may"


@pytest.mark.parametrize(
    ("label", "value", "parameter", "then"),
    [
        ("Trust every address", False, "mynetworks", ("192.0.2.0/24",)),
        ("Offer a login", True, "smtpd_sasl_auth_enable", True),
        ("TLS (", "encrypt", "smtpd_tls_security_level", "encrypt"),
        ("Passwords inside TLS", True, "smtpd_tls_auth_only", True),
    ],
)
def test_each_switch_works_alone(
    panel: Screen, lab: Lab, label: str, value: object, parameter: str, then: object
) -> None:
    before = lab.relay.policy
    panel.labelled(label).value = value
    assert eventually(lambda: getattr(lab.relay.policy, parameter) == then)
    assert lab.relay.policy == before.replace(**{parameter: value if parameter != "mynetworks" else then})


def test_a_policy_that_a_cell_sets_is_shown(panel: Screen, lab: Lab) -> None:
    lab.relay.policy = lab.relay.policy.replace(message_size_limit=4_711)
    assert eventually(lambda: "message_size_limit = 4711" in panel.labelled("main.cf").value)


def test_edited_text_is_put_into_force(panel: Screen, lab: Lab) -> None:
    panel.labelled("main.cf").value = "mynetworks = 192.0.2.0/28\n"
    panel.press("Put main.cf into force")
    assert eventually(lambda: lab.relay.policy.mynetworks == ("192.0.2.0/28",))
    assert panel.says("This is a policy of your own")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mynetwork = 192.0.2.0/24", "Line 1: there is no parameter 'mynetwork'"),
        ("mynetworks = everybody", "Line 1: "),
        ("???", "Line 1: "),
        (HOSTILE, "Line 1: "),
        ("\0" * 1_000, "Line 1: "),
    ],
    ids=["name", "value", "signs", "html", "zeros"],
)
def test_nonsense_is_answered_in_words_and_the_old_policy_stays(
    panel: Screen, lab: Lab, text: str, said: str
) -> None:
    before = lab.relay.policy
    panel.labelled("main.cf").value = text
    panel.press("Put main.cf into force")
    assert panel.says("The relay keeps the policy that it had.")
    assert said in panel.text
    assert "<script>" not in panel.html
    assert lab.relay.policy is before
    panel.press("Undo my changes")
    assert eventually(lambda: panel.labelled("main.cf").value == str(before))
    assert lab.problems == ()


# What is begun


@pytest.mark.parametrize("deed", [*LETTERS, *ATTACKS], ids=lambda deed: deed.label)
def test_every_button_says_what_came_of_it(panel: Screen, lab: Lab, deed: Any) -> None:
    panel.press(deed.label)
    if deed.options.get("count", 0) > 1_000:
        lab.stop()
    assert panel.says(f"{deed.label}: ")
    assert eventually(lambda: lab.undertaking and lab.undertaking.is_over)
    assert eventually(lambda: "…</div>" not in panel.html)
    assert "Something went wrong" not in panel.text
    assert lab.problems == ()


def test_the_panel_of_a_lab_with_a_seed_has_its_names() -> None:
    with Lab(seed="anna") as lab:
        panel = Screen(lab.panel())
        panel.labelled("Offer a login").value = True
        panel.press("The same with a login")
        assert panel.says("The same with a login: ")
        assert eventually(lambda: lab.undertaking and lab.undertaking.is_over)
        assert lab.undertaking.result.delivered == 1
        assert panel.says(f"MAIL FROM:<staff@{lab.stage.COMPANY}>")
        assert panel.labelled("main.cf").value == str(lab.relay.policy)
        assert "corp.example" not in panel.text + panel.labelled("main.cf").value


def test_a_second_click_is_refused_in_words(panel: Screen, lab: Lab) -> None:
    panel.press("Spam, 5,000 letters")
    panel.press("Flood")
    assert panel.says("The lab is busy: Spam, 5,000 letters isn't over yet.")
    panel.press("Stop")
    assert panel.says("Spam, 5,000 letters: You stopped it after ")
    panel.press("Stop")
    assert panel.says("Nothing goes on that could be stopped.")


def test_to_click_everything_at_once_breaks_nothing(panel: Screen, lab: Lab) -> None:
    buttons = [each for each in panel.all if isinstance(each, ipywidgets.Button)]
    threads = [threading.Thread(target=each.click) for each in buttons * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lab.end()
    panel.press("Reset the lab")
    assert panel.says("Reset the lab: everything is as it was at the start.")
    panel.press("Letter from the office")
    assert panel.says("Letter from the office: the letter was delivered")
    assert lab.problems == ()


def test_letters_wait_until_time_passes(panel: Screen, lab: Lab) -> None:
    panel.labelled("The customer's mail servers").value = True
    assert eventually(lambda: lab.mx1.fault == lab.mx2.fault == "down")
    panel.press("Letter from the office")
    assert eventually(lambda: len(lab.queue) == 1)
    assert eventually(lambda: next(iter(lab.queue)).queue_id in panel.html)
    panel.labelled("The customer's mail servers").value = False
    assert eventually(lambda: lab.mx1.fault == lab.mx2.fault == "")
    panel.press("Let fifteen minutes pass")
    assert panel.says("Meanwhile 1 delivered and 0 bounced; 0 wait in the queue.")


def test_a_reset_stops_what_goes_on_and_shows_the_first_state(panel: Screen, lab: Lab) -> None:
    lab.relay.policy = lab.relay.policy.replace(mynetworks="192.0.2.0/24")
    panel.press("Spam, 5,000 letters")
    panel.press("Reset the lab")
    assert panel.says("Reset the lab: everything is as it was at the start.")
    assert eventually(lambda: panel.labelled("Trust every address").value is True)
    assert len(lab.transcripts) == 0


def test_a_reset_may_be_pressed_twice_and_then_stopped(panel: Screen, lab: Lab) -> None:
    for _ in range(5):
        panel.press("Reset the lab")
        lab.start(asyncio.sleep(0)).outcome.result(SOON)  # the first has begun by now
        panel.press("Reset the lab")
        panel.press("Stop")
    assert eventually(lambda: lab.undertaking and lab.undertaking.is_over)
    panel.press("Letter from the office")
    assert panel.says("Letter from the office: the letter was delivered")
    assert lab.problems == ()


def test_the_map_is_there_at_once_and_counts_what_comes(panel: Screen, lab: Lab) -> None:
    assert "Open relay: strangers may send to anybody" in panel.html
    lab.attacker.spam(33)
    assert eventually(lambda: ">✓ 33</text>" in panel.html)
    assert panel.says("attacker 203.0.113.66: may send to anybody (permit_mynetworks); 33 accepted")


# Sessions


def test_pages_are_turned_and_what_is_read_stays(panel: Screen, lab: Lab) -> None:
    lab.attacker.spam(30)
    newest = [each for each in lab.transcripts if each.client.name == "attacker"][-1].number
    assert panel.says(f"Session {newest}: attacker → relay")
    panel.press("◀ Earlier session")
    assert panel.says(f"Session {newest - 1}: ")
    lab.attacker.spam(30)
    time.sleep(0.5)
    assert f"Session {newest - 1}: " in panel.text
    panel.press("Newest session")
    assert panel.says(
        f"Session {[each for each in lab.transcripts if each.client.name == 'attacker'][-1].number}: "
    )
    lab.reset()
    lab.attacker.spam(1)
    assert panel.says("Session 1: attacker → relay")


def test_nothing_of_a_message_is_live_in_a_view(panel: Screen, live: Screen, lab: Lab) -> None:
    lab.laptop.send(header_from=HOSTILE, text=HOSTILE, user=HOSTILE, password=HOSTILE)
    with smtplib.SMTP("127.0.0.1", lab.ports["relay:25"], local_hostname=HOSTILE) as client:
        letter = f"Subject: {HOSTILE}\nContent-Disposition: attachment; filename={HOSTILE!r}\n\n{HOSTILE}\n"
        client.sendmail("a@stranger.example", ["orders@customer.example"], letter)
        client.docmd("NOOP", HOSTILE)
        for screen in (panel, live):
            assert screen.says(f"NOOP {HOSTILE}")
            assert_dead(screen)
    assert "filename=" in panel.text


def test_nothing_of_a_banner_or_a_name_is_live_in_a_view(panel: Screen, live: Screen, lab: Lab) -> None:
    async def record() -> None:
        hostile, relay = Party(HOSTILE, HOSTILE), Party("relay", "192.0.2.25")
        track = lab.scenery.recorder.open(hostile, relay, 25)
        track.add(Kind.SERVER, f"220 {HOSTILE}\r\n".encode())
        track.close(HOSTILE)

    lab.wait_for(record(), "a banner")
    for screen in (panel, live):
        assert screen.says(f"Session 1: {HOSTILE} → relay")
        assert screen.says(f"220 {HOSTILE}")
        assert_dead(screen)


def assert_dead(screen: Screen) -> None:
    """What somebody sent is there to be read, and made no element."""
    assert HOSTILE in screen.text
    assert "<img src=x" not in screen.html
    assert "<script" not in screen.html


def test_a_megabyte_in_one_line_is_cut_and_control_characters_are_escaped(
    panel: Screen, live: Screen, lab: Lab
) -> None:
    client, server = Party("attacker", "203.0.113.66"), Party("relay", "192.0.2.25")

    async def record() -> None:
        track = lab.scenery.recorder.open(client, server, 25)
        track.add(Kind.CLIENT, b"NOOP \x1b[2J\x00\xe2\x80\xae" + b"x" * 1_000_000 + b"\r\n")
        track.close()

    lab.wait_for(record(), "a long line")
    for screen in (panel, live):
        assert screen.says(r"NOOP \x1b[2J\x00\u202exxx")
        assert screen.says("more characters of this line")
        assert len(screen.html) < 200_000  # the style and what the page says besides
    assert lab.problems == ()


# Coming, going, and the end


def test_the_text_forms_are_always_the_same(lab: Lab) -> None:
    for _ in range(2):
        assert repr(lab.live()) == lab.live()._repr_mimebundle_()["text/plain"] == LIVE_IN_WORDS
        assert repr(lab.panel()) == lab.panel()._repr_mimebundle_()["text/plain"] == PANEL_IN_WORDS
        lab.attacker.spam(3)


def test_to_ask_again_shows_the_same_screen_once_more(lab: Lab) -> None:
    assert lab.panel() is lab.panel()
    assert lab.live() is lab.live()


def test_a_live_view_says_the_same_in_words(lab: Lab) -> None:
    lab.attacker.spam(7)
    text = lab.live().text
    assert "letters accepted    7\n" in text
    assert "Letters per minute of lab time, 09:00 to 09:00: 7 accepted, 0 refused" in text
    assert "└─ accepted by permit_mynetworks" in text


def test_the_last_state_is_shown_when_the_lab_closes() -> None:
    with Lab() as lab:
        live, panel = Screen(lab.live()), Screen(lab.panel())
        lab.attacker.spam(17)
    for screen in (live, panel):
        assert "<dt>letters accepted</dt><dd>17</dd>" in screen.html
        assert "17 accepted, 0 refused" in screen.html  # of the chart
        assert "This lab is closed." in screen.text


def test_buttons_of_a_closed_lab_say_so(lab: Lab) -> None:
    panel = Screen(lab.panel())
    lab.close()
    for label in ("Spam, 100 letters", "Reset the lab", "Put main.cf into force", "Stop"):
        panel.press(label)
    panel.labelled("Offer a login").value = True
    with pytest.raises(LabClosed):
        len(lab.queue)


def test_a_view_that_is_closed_stops_nothing(lab: Lab) -> None:
    panel = lab.panel()
    Screen(panel).press("Spam, 100 letters")
    panel.close()
    assert eventually(lambda: lab.undertaking and lab.undertaking.is_over)
    assert lab.undertaking.result.delivered == 100
    again = Screen(lab.panel())
    assert again.says("Spam, 100 letters: the attack works.")


def test_nothing_is_left_of_twenty_labs_with_screens() -> None:
    before = set(threading.enumerate())
    for _ in range(20):
        with Lab() as lab:
            lab.live()
            lab.panel()
    assert set(threading.enumerate()) <= before


def test_a_closed_lab_opens_no_screen() -> None:
    with Lab() as lab:
        pass
    with pytest.raises(LabClosed):
        lab.panel()
    with pytest.raises(LabClosed):
        lab.live()
