"""Exercise 02.1: a letter's way and its delay, read from its Received: headers."""

import re
from datetime import datetime
from email import message_from_string
from email.utils import parsedate_to_datetime
from itertools import pairwise

from labkit.exercises.answers import Choice, Number, Text, Values
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.room import Room
from labkit.lab.kinds import SMART_HOST

HANDED_IN = re.compile(r"from (\S+) \(\S+ \[(\S+)\]\)\s+by (\S+)")
CHAIN = """\
Received: from smarthost.isp.example (smarthost.isp.example [198.51.100.10])
    by mx2.customer.example (Postfix) with ESMTPS id 5C00000001
    for <orders@customer.example>; Mon, 05 Jan 2026 09:40:00 +0000 (UTC)
Received: from mail.corp.example (mail.corp.example [192.0.2.25])
    by smarthost.isp.example (Postfix) with ESMTPSA id 4B00000001
    for <orders@customer.example>; Mon, 05 Jan 2026 09:00:00 +0000 (UTC)
Received: from copier.corp.example (copier.corp.example [192.0.2.60])
    by mail.corp.example (Postfix) with ESMTP id 4B00000001
    for <orders@customer.example>; Mon, 05 Jan 2026 09:00:00 +0000 (UTC)"""
YOURS = "your answer: {answer}"


def _sends_through_the_provider(room: Room) -> None:
    """The letter of the exercise goes its way: its headers are the truth."""
    lab = room.lab
    SMART_HOST.install(lab.relay)
    lab.mx1.fault = lab.mx2.fault = "down"
    lab.copier.send(room.stage.tell("orders@customer.example"))
    lab.wait(minutes=30)
    lab.mx2.fault = None
    lab.wait(minutes=30)
    headers = message_from_string(lab.mailbox(room.stage.tell("orders@customer.example"))[0].text)
    room.note["hops"] = [_hop(header) for header in reversed(headers.get_all("Received", []))]


def _hop(header: str) -> tuple[str, str, str, datetime]:
    """Who handed the letter in, by name and by address; who took it, and when."""
    found = HANDED_IN.search(header)
    assert found, header
    return found[1], found[2], found[3], parsedate_to_datetime(header.rpartition(";")[2].strip())


def _waited(room: Room) -> tuple[str, int]:
    """At which server the letter waited longest, and for how many minutes."""
    hops = room.note["hops"]
    pauses = [(later[3] - hop[3], hop[2]) for hop, later in pairwise(hops)]
    pause, server = max(pauses)
    return server, round(pause.total_seconds() / 60)


def _compared(room: Room, name: str, holds: bool, tried: str, expected: str) -> Seen:
    answer = room.answer[name]
    shown = f"{answer:g}" if isinstance(answer, float) else answer
    return Seen(holds, tried, YOURS.format(answer=shown), expected)


def _origin(room: Room) -> Seen:
    name, address, *_ = room.note["hops"][0]
    given = room.answer["origin"].strip("[]<> ").lower()
    tried = "The oldest header was read: it tells who brought the letter to the first server."
    expected = "the name or the address behind `from` in the oldest header"
    return _compared(room, "origin", given in (name, address, name.partition(".")[0]), tried, expected)


def _servers(room: Room) -> Seen:
    holds = room.answer["servers"] == len(room.note["hops"])
    tried = "The headers were counted: each server adds one when it takes the letter."
    return _compared(room, "servers", holds, tried, "as many as there are headers")


def _place(room: Room) -> Seen:
    host = {"relay": "RELAY", "provider": "SMARTHOST", "customer": "MX2"}[room.answer["waited_at"]]
    holds = getattr(room.stage, host).domain == _waited(room)[0]
    tried = "The times of neighbouring headers were compared."
    return _compared(room, "waited_at", holds, tried, "the server that had the letter before the time jumps")


def _minutes(room: Room) -> Seen:
    holds = room.answer["minutes"] == _waited(room)[1]
    tried = "The times of neighbouring headers were compared."
    return _compared(room, "minutes", holds, tried, "the longest time between two neighbouring headers")


READ = Exercise(
    id="02.1",
    title="Read a Received: chain",
    minutes=5,
    given="These headers stand at the top of a letter that came late:\n"
    + "\n".join(f"    {line}" for line in CHAIN.splitlines()),
    goal="Say who brought the letter to the first server, how many servers took it, at which of them it "
    "waited, and for how many minutes.",
    kind=Values(
        origin=Text("the name or the address of the host that brought the letter to the first server"),
        servers=Number(1, 10, "servers"),
        waited_at=Choice(
            {
                "relay": "mail.corp.example, the company's relay",
                "provider": "smarthost.isp.example, the provider's server",
                "customer": "mx2.customer.example, the customer's server",
            }
        ),
        minutes=Number(0, 10_000, "minutes"),
    ),
    starter={"origin": "", "servers": 0, "waited_at": "", "minutes": 0},
    prepare=_sends_through_the_provider,
    claims=(
        Claim("origin", "You found who brought the letter to the first server.", _origin),
        Claim("servers", "You counted the servers.", _servers),
        Claim("place", "You found the server at which the letter waited.", _place),
        Claim("minutes", "You found out for how long.", _minutes),
    ),
    hints=(
        "Each server puts its header above the others. So where does the story begin?",
        "`from` is who brought the letter, `by` is who took it, and the time is when. Compare the times of "
        "two neighbours: a server has the letter from its own header on, until the next one takes it.",
        "The lowest header begins with the copier. The time jumps between the middle header and the one at "
        "the top: who had the letter until then?",
    ),
    solution={"origin": "copier.corp.example", "servers": 3, "waited_at": "provider", "minutes": 40},
    explanation="From the bottom up: the copier brought the letter to the relay, which gave it to the "
    "provider at once. The provider had it from 09:00 on, and mx2 took it at 09:40. So it waited at the "
    "provider: the customer's servers did not answer. mx2 is the second choice, so mx1 was still down.",
    wrong=(
        Wrong(
            {"origin": "smarthost.isp.example", "servers": 3, "waited_at": "provider", "minutes": 40},
            frozenset({"origin"}),
            "You began at the top, where the newest header is. The first server is in the lowest one.",
        ),
        Wrong(
            {"origin": "copier.corp.example", "servers": 3, "waited_at": "customer", "minutes": 40},
            frozenset({"place"}),
            "mx2 wrote 09:40 when it took the letter. Before that, somebody else had it.",
        ),
        Wrong(
            {"origin": "192.0.2.60", "servers": 4, "waited_at": "provider", "minutes": 40},
            frozenset({"servers"}),
            "The copier only brought the letter. It is no server and wrote no Received: header.",
        ),
        Wrong(
            {"origin": "smarthost.isp.example", "servers": 3, "waited_at": "customer", "minutes": 40},
            frozenset({"origin", "place"}),
            "You read from the top down. New headers are put on top, so begin with the lowest one.",
        ),
        Wrong(
            {"origin": "copier.corp.example", "servers": 3, "waited_at": "provider", "minutes": 0},
            frozenset({"minutes"}),
            "The two lower headers have the same time. Compare the middle one with the one at the top.",
        ),
    ),
)
