"""Nothing here works outside the lab: every attack is tried against outside hosts, addresses and names.

The attacks are found by themselves, and so are their arguments: a new one can't be left out by mistake.
"""

import inspect
import pkgutil
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from importlib import import_module
from ipaddress import ip_address
from typing import Any

import pytest

import labkit.attacker
from labkit import Lab, LabError, OutsideTheLab
from labkit.attacker.means.post import Login
from labkit.attacker.report import Report
from labkit.lab import usual
from labkit.lab.attacks import Attacker
from labkit.network.addresses import Host

Attack = Callable[..., Coroutine[Any, Any, Report]]

MODULES = [
    import_module(f"labkit.attacker.{module.name}")
    for module in pkgutil.iter_modules(labkit.attacker.__path__)
]
ATTACKS: dict[str, Attack] = {
    module.__name__.rpartition(".")[2]: module.run for module in MODULES if hasattr(module, "run")
}
REPERTOIRE = {
    "spam",
    "probe",
    "spoof",
    "backscatter",
    "sniff",
    "strip",
    "spray",
    "takeover",
    "smuggle",
    "flood",
    "forward",
}
LISTENS = {"sniff"}  # sends nothing, and connects to nobody

# What an attack can't do without.
NEEDED = {
    "honest": usual.WORKSTATION,
    "login": Login(*usual.STAFF_LOGIN),
    "senders": ["sales@corp.example"],
}
SMALL = {"count": 4, "minutes": 1}  # and that is enough here

STRANGER = Host("stranger", "203.0.113.9", "vps9.hosting.example")
REAL = ("friend@gmail.com", "friend@[8.8.8.8]", "friend@mail.real-company.com")
# Arguments that name somebody: what they must not name.
OUTSIDE: dict[str, tuple[Any, ...]] = {
    "recipient": REAL,
    "recipients": tuple([address] for address in REAL),
    "to": REAL,
    "stray": REAL,
    "victim": REAL,
    "drop": REAL,
    "sender": REAL,
    "senders": tuple([address] for address in REAL),
    "domain": ("gmail.com", "[8.8.8.8]"),
}
# Arguments that name nobody outside: numbers, choices, and hosts, who can be made for the lab only.
HARMLESS = {
    "count", "port", "per_minute", "connections", "recipients_each", "minutes", "pause", "since", "how", "tls",
    "footer", "seals", "sequences", "patterns", "literal", "tricks", "users", "passwords", "login",
    "honest", "more", "client", "others", "onward", "hello", "ask_names",
}  # fmt: skip

ARGUMENTS = [
    (name, argument)
    for name, attack in ATTACKS.items()
    for argument in inspect.signature(attack).parameters
    if argument in OUTSIDE
]

STARTS_SOMETHING = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork")
WITH_ADDRESS = {"socket.bind", "socket.connect", "socket.sendto", "socket.sendmsg"}

_seen: list[str] | None = None


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """The audit hook: notes what would leave the machine, or start a program that could."""
    if _seen is None:
        return
    if event in WITH_ADDRESS:
        address = arguments[1]
        if isinstance(address, tuple) and not ip_address(address[0]).is_loopback:
            _seen.append(f"{event} {address}")
    elif event.startswith(("socket.get", *STARTS_SOMETHING)) and event != "socket.gethostname":
        _seen.append(f"{event} {arguments}")


sys.addaudithook(_watch)


@contextmanager
def nothing_leaves() -> Iterator[None]:
    """Within, no system call leaves the machine, and no program is started."""
    global _seen
    _seen = []
    try:
        yield
        assert _seen == []
    finally:
        _seen = None


def attack_with(lab: Lab, name: str, target: Host = usual.RELAY, **arguments: Any) -> Report:
    """Run an attack as it is, with what it can't do without."""
    attack = ATTACKS[name]
    known = inspect.signature(attack).parameters
    given = {key: value for key, value in (NEEDED | SMALL).items() if key in known} | arguments
    scene = lab.attacker._scene(lambda _: None)
    running = attack(lab.scenery.network, lab.attacker.host, target, scene, **given)
    return lab.wait_for(running, "an attack")


def test_every_attack_is_found() -> None:
    assert set(ATTACKS) >= REPERTOIRE


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_has_the_same_shape(name: str) -> None:
    assert inspect.iscoroutinefunction(ATTACKS[name])
    parameters = list(inspect.signature(ATTACKS[name]).parameters.values())
    assert [one.name for one in parameters[:4]] == ["network", "source", "target", "scene"]
    for parameter in parameters[4:]:
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
        assert (parameter.name in OUTSIDE) != (parameter.name in HARMLESS), parameter.name


@pytest.mark.parametrize("name", ATTACKS)
def test_no_system_call_leaves_the_machine_while_an_attack_works(lab: Lab, name: str) -> None:
    with nothing_leaves():
        report = attack_with(lab, name)
    assert report.goal


@pytest.mark.parametrize("name", sorted(ATTACKS.keys() - LISTENS))
def test_a_host_that_isnt_in_the_lab_cant_be_attacked(lab: Lab, name: str) -> None:
    with (
        nothing_leaves(),
        pytest.raises(OutsideTheLab, match=r"[Nn]o\w* (a )?host of this lab"),
    ):
        attack_with(lab, name, STRANGER)


@pytest.mark.parametrize("name", sorted(ATTACKS.keys() - LISTENS))
def test_nor_can_one_whose_address_was_forged(lab: Lab, name: str) -> None:
    for address in ("8.8.8.8", "127.0.0.1", "2001:4860:4860::8888", "mail.gmail.com"):
        forged = Host("forged", "203.0.113.9", "vps9.hosting.example")
        object.__setattr__(forged, "address", address)
        with nothing_leaves(), pytest.raises(OutsideTheLab):
            attack_with(lab, name, forged)


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_nobody_real_is_named_in_an_attack(lab: Lab, name: str, argument: str) -> None:
    for value in OUTSIDE[argument]:
        with nothing_leaves(), pytest.raises(OutsideTheLab, match="could be"):
            attack_with(lab, name, **{argument: value})
    assert len(lab.transcripts) == 0


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("8.8.8.8", ""),
        ("127.0.0.1", ""),
        ("192.168.1.1", ""),
        ("0.0.0.0", ""),
        ("gmail.com", ""),
        ("2001:4860:4860::8888", ""),
        ("192.0.2.9", "gmail.com"),
        ("192.0.2.9", "example.org.evil.com"),
    ],
)
def test_a_host_with_an_outside_address_cant_even_be_made(address: str, domain: str) -> None:
    with pytest.raises(OutsideTheLab):
        Host("outside", address, domain)


METHODS = {
    name: method
    for name, method in inspect.getmembers(Attacker, inspect.isfunction)
    if not name.startswith("_")
}
BY_HAND = {"speak"}  # no attack in itself: lines that a student writes
PLACES = ("gmail.com", "8.8.8.8:25", "mail.gmail.com:25", "[2001:4860:4860::8888]:25", "192.168.1.1:2525")
NO_PLACE = {"target": PLACES, "client": PLACES, **OUTSIDE}
CALLS = [
    (name, argument)
    for name, method in METHODS.items()
    for argument in inspect.signature(method).parameters
    if argument in NO_PLACE
]


def test_every_attack_can_be_called_by_its_name() -> None:
    assert set(ATTACKS) == set(METHODS) - BY_HAND


@pytest.mark.parametrize(("name", "argument"), CALLS)
def test_a_student_cant_aim_outside_by_mistake(lab: Lab, name: str, argument: str) -> None:
    for value in NO_PLACE[argument]:
        with nothing_leaves(), pytest.raises(LabError):
            METHODS[name](lab.attacker, **{argument: value})
    assert len(lab.transcripts) == 0


BY_NAME = [recipient for recipient in REAL if "[" not in recipient]


@pytest.mark.parametrize("recipient", BY_NAME)
def test_nobody_outside_is_written_to_by_hand(lab: Lab, recipient: str) -> None:
    with nothing_leaves(), pytest.raises(OutsideTheLab):
        lab.attacker.speak(f"EHLO a.example\nMAIL FROM:<>\nRCPT TO:<{recipient}>")
    for place in PLACES:
        with nothing_leaves(), pytest.raises(LabError):
            lab.attacker.speak("EHLO a.example", server=place)
    assert len(lab.transcripts) == 0


def test_an_outside_address_that_is_spoken_by_hand_leads_nowhere(lab: Lab) -> None:
    envelope = "EHLO a.example\nMAIL FROM:<x@hosting.example>\nRCPT TO:<friend@[8.8.8.8]>"
    with nothing_leaves():
        lab.attacker.speak(f"{envelope}\nDATA\nSubject: x\n\nx\n.\nQUIT")
        lab.wait(days=6)
    assert {transcript.server.name for transcript in lab.transcripts} == {"relay"}


def test_the_watcher_sees_what_would_leave() -> None:
    """The tests above can fail."""
    with pytest.raises(AssertionError, match=r"socket\.getaddrinfo"), nothing_leaves():
        socket.getaddrinfo("127.0.0.1", 25)
    with pytest.raises(AssertionError, match=r"socket\.connect"), nothing_leaves():
        sys.audit("socket.connect", None, ("203.0.113.9", 25))  # said, and not done
