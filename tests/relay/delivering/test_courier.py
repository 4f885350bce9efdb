"""Which letter is next, what may be under way at once, and what follows from an outcome.

The carrier here is a small one that keeps a diary; delivery over SMTP is tested with the lab itself.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from labkit import Policy
from labkit.clock import Clock
from labkit.lab.usual import RELAY
from labkit.relay.delivering.baton import Baton
from labkit.relay.delivering.courier import Courier
from labkit.relay.delivering.outcome import Action, Outcome
from labkit.relay.queueing.entry import Entry
from labkit.relay.queueing.queue import Queue
from labkit.smtp.address import NULL, Path
from labkit.smtp.envelope import Letter, Notice

STAFF = Path("staff", "corp.example")
REFUSED = "connect to mx1.customer.example[198.51.100.25]:25: Connection refused"


class Post:
    """A courier with a diary for a carrier: by domain, "slow" sleeps, "dead" refuses, and so on."""

    def __init__(self, policy: str = "") -> None:
        self.clock, self.problems = Clock(), []
        self.baton = Baton(self.problems)
        self.clock.settle, self.clock.on_sleep = self.baton.settle, self.baton.sleeps
        self.queue = Queue(self.clock, self.baton.go_on)
        self.policy, self.diary, self.reports = Policy.parse(policy), [], []
        self.is_busy = self.is_fed = False
        self.under_way = self.most = 0
        site = SimpleNamespace(clock=self.clock, baton=self.baton, problems=self.problems, host=RELAY)
        self.courier = Courier(
            site,
            self.queue,
            self,
            policy=lambda: self.policy,
            is_busy=lambda: self.is_busy,
            is_fed=lambda: self.is_fed,
            witness=self,
        )

    def activated(self, entry: Entry) -> None:
        """A witness is told of each attempt."""

    def tried(self, entry: Entry, outcomes: Sequence[Outcome]) -> None:
        """And of each destination."""

    def concluded(self, entry: Entry, outcomes: Sequence[Outcome], told: Sequence[object]) -> None:
        self.reports += [(entry.queue_id, outcome.action) for outcome in outcomes]

    def destination(self, path: Path) -> str:
        return path.domain

    async def hand_over(self, letter: Letter, destination: str, waited: float) -> list[Outcome]:
        names = "".join(path.local for path in letter.forward_paths)
        self.diary.append(f"{self.clock.elapsed:g} {names}@{destination}")
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        if destination.startswith("slow"):
            await self.clock.sleep(60)
            self.diary.append(f"{self.clock.elapsed:g} {names}@{destination} done")
        await asyncio.sleep(0)
        self.under_way -= 1
        return [self.outcome(path) for path in letter.forward_paths]

    def outcome(self, path: Path) -> Outcome:
        match path.domain.partition(".")[0]:
            case "dead":
                return Outcome(path, Action.DELAYED, "4.4.1", REFUSED)
            case "greylisted":
                return Outcome(path, Action.DELAYED, "4.2.0", "come back later")
            case "unknown":
                return Outcome(path, Action.FAILED, "5.1.1", "no such user")
            case "broken":
                raise ZeroDivisionError
        return Outcome(path, Action.RELAYED, "2.0.0", "250 Ok")

    async def hang_up(self) -> None:
        self.diary.append("hang up")

    async def accept(self, *recipients: str, sender: Path = STAFF, **wishes: Any) -> None:
        paths = tuple(Path(*recipient.split("@")) for recipient in recipients)
        await self.queue.accept(
            self.queue.next_id(), Letter(sender, paths, b"Subject: x\r\n\r\n", **wishes), "w"
        )


Script = Callable[[Post], Coroutine[Any, Any, None]]


def run(script: Script, policy: str = "") -> Post:
    async def play() -> Post:
        post = Post(policy)
        await script(post)
        await post.baton.stop()
        queue = post.queue
        assert queue.accepted == queue.delivered + queue.bounced + queue.queued
        return post

    return asyncio.run(play())


def test_letters_are_handed_over_in_their_order_once_a_destination() -> None:
    async def script(post: Post) -> None:
        await post.accept("a@one", "b@two", "c@one")
        await post.accept("d@two")
        await post.baton.settle()

    assert run(script).diary == ["0 ac@one", "0 b@two", "0 d@two", "hang up"]


def test_delivery_waits_while_a_program_of_the_lab_hands_letters_in_unless_somebody_waits_for_it() -> None:
    async def script(post: Post) -> None:
        post.is_busy = post.is_fed = True
        await post.accept("a@one")
        await asyncio.sleep(0.01)
        assert post.diary == []
        await post.baton.settle()
        assert post.diary == ["0 a@one"]  # and the session stays open for what may come
        post.is_busy = post.is_fed = False
        await post.baton.settle()

    assert run(script).diary == ["0 a@one", "hang up"]


def test_who_is_handed_very_many_letters_begins_to_deliver_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labkit.relay.delivering.courier.ENOUGH", 3)

    async def script(post: Post) -> None:
        post.is_fed = True
        for _ in range(3):
            await post.accept("a@one")
        await asyncio.sleep(0.01)

    assert run(script).queue.delivered >= 1


def test_while_one_delivery_waits_for_lab_time_the_others_go_on() -> None:
    async def script(post: Post) -> None:
        await post.accept("a@slow.one")
        await post.accept("b@fast.one")
        await post.baton.settle()
        assert post.diary == ["0 a@slow.one", "0 b@fast.one", "hang up"]
        await post.clock.advance(60)

    assert run(script).diary[3:] == ["60 a@slow.one done", "hang up"]


def test_as_many_deliveries_to_a_destination_as_the_policy_allows() -> None:
    async def script(post: Post) -> None:
        for _ in range(5):
            await post.accept("a@slow.one")
        await post.clock.advance(180)

    post = run(script, "default_destination_concurrency_limit = 2")
    starts = [line for line in post.diary if line.endswith("@slow.one")]
    assert starts == ["0 a@slow.one", "0 a@slow.one", "60 a@slow.one", "60 a@slow.one", "120 a@slow.one"]
    assert (post.most, post.queue.delivered) == (2, 5)


def test_no_more_deliveries_under_way_than_postfix_has_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labkit.relay.delivering.courier.MOST_AT_ONCE", 3)

    async def script(post: Post) -> None:
        for number in range(8):
            await post.accept(f"a@slow{number}.one")
        await post.clock.advance(180)

    post = run(script)
    assert (post.most, post.queue.delivered) == (3, 8)


def test_a_rate_delay_spaces_the_deliveries_to_one_destination() -> None:
    async def script(post: Post) -> None:
        for name in "abc":
            await post.accept(f"{name}@one")
        await post.accept("d@two")
        await post.clock.advance(20)

    diary = run(script, "default_destination_rate_delay = 10s").diary
    assert [line for line in diary if line != "hang up"] == ["0 a@one", "0 d@two", "10 b@one", "20 c@one"]


def test_a_temporary_failure_is_tried_again_with_back_off_until_the_lifetime_ends() -> None:
    async def script(post: Post) -> None:
        await post.accept("a@greylisted")
        await post.clock.advance(5000)

    post = run(script, "maximal_queue_lifetime = 1h\nminimal_backoff_time = 5m\nmaximal_backoff_time = 20m")
    attempts = [line for line in post.diary if line.endswith("a@greylisted")]
    assert attempts == [f"{at} a@greylisted" for at in (0, 300, 600, 1200, 2400, 3600)]
    assert (post.queue.bounced, post.queue.delivered) == (1, 1)
    assert post.diary[-2:] == ["3600 staff@corp.example", "hang up"]


def test_what_fails_for_good_is_returned_with_one_notice_for_all_recipients() -> None:
    async def script(post: Post) -> None:
        await post.accept("a@unknown", "b@unknown.too", "c@one")
        await post.baton.settle()

    post = run(script)
    assert post.diary == ["0 a@unknown", "0 b@unknown.too", "0 c@one", "0 staff@corp.example", "hang up"]
    assert (post.queue.accepted, post.queue.delivered, post.queue.bounced) == (4, 2, 2)


def test_nobody_is_told_of_a_bounce_that_bounces() -> None:
    async def script(post: Post) -> None:
        await post.accept("a@unknown", sender=NULL)
        await post.baton.settle()

    post = run(script)
    assert (post.queue.accepted, post.queue.bounced) == (1, 1)


def test_a_delay_is_told_once() -> None:
    async def script(post: Post) -> None:
        await post.accept("a@greylisted")
        await post.clock.advance(20_000)

    diary = run(script, "delay_warning_time = 1h").diary
    assert [line for line in diary if "staff" in line] == ["4800 staff@corp.example"]


def test_success_is_told_where_the_sender_asked_for_it() -> None:
    async def script(post: Post) -> None:
        wishes = (Notice(frozenset({"SUCCESS"})), Notice())
        await post.accept("a@one", "b@one", notices=wishes)
        await post.baton.settle()

    assert run(script).queue.delivered == 3


def test_a_destination_that_cant_be_reached_is_dead_for_a_while() -> None:
    async def script(post: Post) -> None:
        post.is_fed = True
        for _ in range(20):
            await post.accept("a@dead")
        post.is_fed = False
        await post.baton.settle()
        assert post.diary == ["0 a@dead"] * 5 + ["hang up"]
        reasons = [reason for entry in post.queue.entries for reason in entry.duties.values()]
        assert reasons == [REFUSED] * 5 + [f"delivery temporarily suspended: {REFUSED}"] * 15
        await post.accept("b@dead")
        await post.baton.settle()
        assert "b@dead" not in str(post.diary)
        assert post.courier.flush() == 21
        await post.baton.settle()
        assert post.diary.count("0 a@dead") == 10

    run(script)


def test_a_delivery_that_goes_wrong_inside_is_a_problem_of_the_lab_and_no_loss() -> None:
    async def script(post: Post) -> None:
        await post.accept("a@broken", "b@one")
        await post.baton.settle()

    post = run(script)
    assert post.problems == ["delivery of 4B00000001: ZeroDivisionError()"]
    assert (post.queue.delivered, post.queue.deferred) == (1, 1)


def test_a_letter_that_is_put_on_hold_isnt_handed_over() -> None:
    async def script(post: Post) -> None:
        post.is_fed = True
        await post.accept("a@one")
        await post.accept("b@one")
        [first, _] = post.queue.entries
        post.queue.hold(first)
        post.is_fed = False
        await post.baton.settle()
        assert post.diary == ["0 b@one", "hang up"]
        post.queue.release(first)
        await post.baton.settle()

    assert run(script).queue.delivered == 2


def test_a_letter_that_is_held_and_released_during_an_attempt_is_delivered_once() -> None:
    async def script(post: Post) -> None:
        await post.accept("a@slow.one", "b@one")
        await post.baton.settle()
        [entry] = post.queue.entries
        post.queue.hold(entry)
        post.queue.release(entry)
        await post.clock.advance(1000)

    post = run(script)
    assert post.diary.count("0 a@slow.one") == 1
    assert (post.queue.delivered, len(post.queue)) == (2, 0)


def test_many_letters_to_dead_hosts_are_put_off_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labkit.relay.delivering.courier.ENOUGH", 10_000)

    async def script(post: Post) -> None:
        post.is_fed = True
        for number in range(5_000):
            await post.accept(f"a{number}@dead")
        post.is_fed = False
        await post.clock.advance(300)

    post = run(script, "maximal_queue_lifetime = 300s")
    assert [line for line in post.diary if "staff" not in line] == [
        *(f"0 a{number}@dead" for number in range(5)),
        "hang up",
        *(f"300 a{number}@dead" for number in range(5)),
        "hang up",
    ]
    assert (post.queue.bounced, post.queue.delivered) == (5_000, 5_000)
