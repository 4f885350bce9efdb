"""A stage: who is in a lab, where, and under which names and passwords.

The usual one is what the notebooks show. A seed gives another, in which the same hosts play the same parts
under other names, so that an answer can't be passed on to somebody with another seed.
"""

from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import TypeVar

from labkit.errors import UsageError
from labkit.lab import usual
from labkit.lab.telling import told
from labkit.relay.accounts import hashed
from labkit.relay.language.home import USUAL as USUAL_HOME

T = TypeVar("T")

LONGEST = 100  # characters of a seed
CHANCE = 1  # what real mail servers leave to chance, in the usual lab
NO_SEED = "{seed!r} can't be a seed: choose a whole number, or a text such as your name: Lab(seed='anna')."
NO_TEXT = "{seed!r} can't be a seed: it has signs that can't be shown. Choose a text such as your name."
TOO_LONG = "A seed has at most {longest} characters, and this one has {length:,}: choose a shorter text."

HEADING, USUAL_HEADING = "The stage of seed {seed!r}:", "The usual stage:"
LINES = """
  company   {stage.COMPANY}; its relay is {stage.RELAY.domain}, {stage.RELAY.address}
  customer  {stage.CUSTOMER}
  provider  {stage.PROVIDER}; the company's account there is {account}, its password {password}
  staff     user {stage.STAFF_LOGIN[0]}, password {stage.STAFF_LOGIN[1]}"""


class Stage:
    """The cast and all that it needs, in the words of one seed; ``tell`` gives any other text in them.

    ``seed`` is "" for the usual stage. ``chance`` decides what real mail servers leave to chance.
    """

    def __init__(
        self, seed: str = "", chance: int = CHANCE, words: Callable[[str], str] | None = None
    ) -> None:
        self.seed, self.chance, self._words = seed, chance, words
        tell = self.tell
        self.RELAY, self.SMARTHOST = tell(usual.RELAY), tell(usual.SMARTHOST)
        self.WORKSTATION, self.COPIER = tell(usual.WORKSTATION), tell(usual.COPIER)
        self.LAPTOP, self.HOTEL_GUEST = tell(usual.LAPTOP), tell(usual.HOTEL_GUEST)
        self.MX1, self.MX2, self.WEB = tell(usual.MX1), tell(usual.MX2), tell(usual.WEB)
        self.DNS, self.BLOCKLIST = tell(usual.DNS), tell(usual.BLOCKLIST)
        self.ATTACKER, self.LIAR, self.POOL = tell(usual.ATTACKER), tell(usual.LIAR), tell(usual.POOL)
        self.YOUR_SERVER = usual.YOUR_SERVER
        self.home = tell(USUAL_HOME)
        self.CAST = tell(usual.CAST)
        self.COMPANY, self.CUSTOMER = tell(usual.COMPANY), tell(usual.CUSTOMER)
        self.PROVIDER, self.DROP = tell(usual.PROVIDER), tell(usual.DROP)
        self.CUSTOMER_ALSO = tell(usual.CUSTOMER_ALSO)
        self.COMPANY_MAILBOXES, self.CUSTOMER_MAILBOXES = usual.COMPANY_MAILBOXES, usual.CUSTOMER_MAILBOXES
        self.CUSTOMERS = tuple(f"{name}@{self.CUSTOMER}" for name in self.CUSTOMER_MAILBOXES)
        self.CUSTOMER_TRAPS, self.DROP_MAILBOXES = usual.CUSTOMER_TRAPS, usual.DROP_MAILBOXES
        self.PASSWORDS, self.PROVIDER_PASSWORDS = tell(usual.PASSWORDS), tell(usual.PROVIDER_PASSWORDS)
        self.STAFF_LOGIN = ("staff", self.PASSWORDS["staff"])
        self.ACCOUNTS = self._hashes(usual.ACCOUNTS, self.PASSWORDS)
        self.PROVIDER_ACCOUNTS = self._hashes(usual.PROVIDER_ACCOUNTS, self.PROVIDER_PASSWORDS)
        self.ZONE = tell(usual.ZONE)
        self.OPEN_POLICY, self.PROVIDER_POLICY = tell(usual.OPEN_POLICY), tell(usual.PROVIDER_POLICY)
        self.OFFICE_PROGRAM, self.ROAD_PROGRAM = tell(usual.OFFICE_PROGRAM), tell(usual.ROAD_PROGRAM)
        self.COPIER_PROGRAM = tell(usual.COPIER_PROGRAM)
        self.CUSTOMER_PROGRAM = tell(usual.CUSTOMER_PROGRAM)
        self.NEWCOMER_PROGRAM = tell(usual.NEWCOMER_PROGRAM)

    def tell(self, text: T) -> T:
        """What is written for the usual stage, in this stage's words.

        ``text`` may also be made of texts: a tuple, a list, a mapping, or a dataclass such as a Host.
        """
        return told(text, self._words) if self._words else text

    def _hashes(self, usual_ones: dict[str, str], passwords: dict[str, str]) -> dict[str, str]:
        if not self._words:
            return usual_ones
        return {
            user: hashed(password, f"{self.seed} {user}".encode()) for user, password in passwords.items()
        }

    def __repr__(self) -> str:
        heading = HEADING.format(seed=self.seed) if self.seed else USUAL_HEADING
        ((account, password),) = self.PROVIDER_PASSWORDS.items()
        return heading + LINES.format(stage=self, account=account, password=password)


USUAL = Stage()


def stage_of(seed: int | str | None = None) -> Stage:
    """The stage of a seed: a text gives one of its own; a number is the usual stage with other chances.

    Without one, or with an empty text, it is the usual stage. Raises UsageError for what can't be a seed.
    """
    if isinstance(seed, int) and not isinstance(seed, bool):
        return Stage(chance=seed)
    if not isinstance(seed, (str, type(None))):
        raise UsageError(NO_SEED.format(seed=seed))
    text = (seed or "").strip()
    if len(text) > LONGEST:
        raise UsageError(TOO_LONG.format(longest=LONGEST, length=len(text)))
    if not text.isprintable():
        raise UsageError(NO_TEXT.format(seed=text))
    return _of_text(text) if text else USUAL


@lru_cache(maxsize=64)  # a class's answers are looked at one seed after the other
def _of_text(seed: str) -> Stage:
    from labkit.lab.variant import vocabulary  # here: the usual stage needs no other words

    return Stage(seed, Random(seed).getrandbits(32), vocabulary(seed))
