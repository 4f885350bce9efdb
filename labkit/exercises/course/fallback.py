"""Exercise 11.2: a relay that delivers by itself, and has a provider for what it can't deliver."""

from labkit.exercises.answers import POLICY
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import answer_to, arrives, post
from labkit.exercises.room import Room, puts_policy
from labkit.exercises.sides import STRANGER_REFUSED
from labkit.recipient.mailbox import Received

LIMIT = 5  # letters a day that the provider carries for the company
LETTERS = 8  # to customers, in one morning

WITH_PROVIDER = "the provider has the letter, and the relay's queue is empty"
IN_QUEUE = "the letter waits in the relay's queue"
RETURNED = "the letter was returned to its sender"
NOTHING_RETURNED = "no letter that came back"
NOWHERE = "the relay took no letter"


def _on_its_own(room: Room) -> Seen:
    """More letters on one morning than the provider carries in a day."""
    provider = room.lab.smarthost
    usual = provider.policy
    provider.policy = usual.replace(smtpd_client_message_rate_limit=LIMIT, anvil_rate_time_unit="1d")
    attempts = [post(room, room.stage.OFFICE_PROGRAM).attempts[0] for _ in range(LETTERS)]
    provider.policy = usual
    late = [each for each in attempts if not room.lab.scenery.holds(each.nonce)]
    room.lab.wait(hours=1)
    tried = f"The office sends {LETTERS} letters. The provider carries {LIMIT} a day."
    line = f"{LETTERS - len(late)} of {LETTERS} arrived at once; {answer_to((late or attempts)[0])}"
    return Seen(not late, tried, line, f"{LETTERS} of {LETTERS} arrived at once")


def _one_down(room: Room) -> Seen:
    """The customer's first server is down."""
    room.lab.mx1.fault = "down"
    seen = arrives(
        room, "The customer's first server is down; the office sends.", post(room, room.stage.OFFICE_PROGRAM)
    )
    room.lab.mx1.fault = None
    return seen


def _all_down(room: Room) -> Seen:
    """Nobody of the customer's is there, and the company switches its relay off soon."""
    lab = room.lab
    lab.mx1.fault = lab.mx2.fault = "down"
    attempt = post(room, room.stage.OFFICE_PROGRAM).attempts[0]
    has_it = lab.smarthost.queue.queued == 1 and not len(lab.queue)
    line = WITH_PROVIDER if has_it else _where(room, attempt.nonce)
    lab.mx1.fault = lab.mx2.fault = None
    lab.wait(hours=1)
    holds = has_it and lab.scenery.holds(attempt.nonce)
    return Seen(holds, "Both servers of the customer are down; the office sends.", line, WITH_PROVIDER)


def _provider_without_tls(room: Room) -> Seen:
    """Somebody has taken STARTTLS out of what the provider offers."""
    lab = room.lab
    usual = lab.smarthost.policy
    lab.smarthost.policy = usual.replace(smtpd_tls_security_level="none")
    lab.mx1.fault = lab.mx2.fault = "down"
    attempt = post(room, room.stage.OFFICE_PROGRAM).attempts[0]
    line = _where(room, attempt.nonce)
    lab.smarthost.policy, lab.mx1.fault, lab.mx2.fault = usual, None, None
    lab.wait(hours=1)
    tried = "The customer's servers are down, the provider offers no STARTTLS; the office sends."
    return Seen(line == IN_QUEUE, tried, line, IN_QUEUE)


def _nothing_returned(room: Room) -> Seen:
    """The mailbox of the office after all that."""
    letters = room.lab.mailbox(room.stage.tell("staff@corp.example"))
    line = _complaint(letters[-1]) if letters else NOTHING_RETURNED
    return Seen(not letters, "Afterwards the office looks into its mailbox.", line, NOTHING_RETURNED)


def _complaint(letter: Received) -> str:
    said = next((line.strip() for line in letter.text.splitlines() if "said:" in line), "")
    return f"{RETURNED}: {said}" if said else RETURNED


def _where(room: Room, nonce: str) -> str:
    """Where a letter is that wasn't delivered."""
    lab = room.lab
    if len(lab.queue):
        return IN_QUEUE
    letters = lab.mailbox(room.stage.tell("staff@corp.example"))
    if letters and nonce in letters[-1].text:
        return _complaint(letters[-1])
    return NOWHERE if not lab.smarthost.queue.queued else WITH_PROVIDER


OFFICE = "mynetworks = 192.0.2.0/24"
RULES = "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination"
TO_PROVIDER = "smtp_fallback_relay = [smarthost.isp.example]:587"
LOGIN = """smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = inline:{ {[smarthost.isp.example]:587 = corp:slow-train-52} }"""
TLS = "smtp_tls_security_level = encrypt"


def _policy(*parts: str) -> str:
    return "\n".join(parts)


FALLBACK = Exercise(
    id="11.2",
    title="Deliver in good times and in bad",
    minutes=7,
    given="A relay that delivers by itself, and trusts the office. The provider smarthost.isp.example "
    "takes mail on port 587, after a login over TLS: user corp, password slow-train-52. It carries "
    f"{LIMIT} letters a day for the company. In the evening the company switches its relay off.",
    goal="Letters go straight to the customers. What the relay can't deliver, the provider takes over at "
    "once. The password and the letters never go to the provider in clear, and no letter comes back "
    "because TLS is missing.",
    kind=POLICY,
    starter=_policy(OFFICE, RULES),
    prepare=puts_policy,
    claims=(
        Claim("limit", "A morning with many letters doesn't meet the provider's limit.", _on_its_own),
        Claim("one down", "Mail arrives while one of the customer's servers is down.", _one_down),
        Claim("all down", "The provider takes over when all of them are down.", _all_down),
        Claim("tls", "Without TLS at the provider, the letter waits.", _provider_without_tls),
        Claim("returned", "No letter comes back to its sender.", _nothing_returned),
        STRANGER_REFUSED,
    ),
    hints=(
        "Two things are missing: whom the relay turns to when nobody answers, and how it proves there who "
        "it is. Print kinds.FALLBACK and kinds.SMART_HOST.",
        "smtp_fallback_relay is for what could not be delivered, relayhost for everything. The login "
        "stands in smtp_sasl_password_maps, and smtp_tls_security_level says whether the relay may do "
        "without TLS.",
        "Take the lines of kinds.FALLBACK. Then add a level of smtp_tls_security_level that is stricter "
        "than may.",
    ),
    solution=_policy(OFFICE, RULES, TO_PROVIDER, LOGIN, TLS),
    explanation="The relay uses the provider only for what it couldn't deliver, so a normal day stays far "
    "below the limit. With the login the provider carries the letter on, and tries again all night. "
    "encrypt asks for TLS everywhere: a letter waits rather than cross a network in clear. A customer "
    "without TLS gets its mail through the provider then.",
    wrong=(
        Wrong(
            _policy(OFFICE, RULES, TO_PROVIDER.replace("smtp_fallback_relay", "relayhost"), LOGIN, TLS),
            frozenset({"limit"}),
            "relayhost sends everything through the provider. After five letters its limit is reached, and "
            "the office waits for tomorrow.",
        ),
        Wrong(
            _policy(OFFICE, RULES, TLS),
            frozenset({"all down"}),
            "The letter waits in the relay until the customer is back. When the relay is switched off in "
            "the evening, nobody tries again.",
        ),
        Wrong(
            _policy(OFFICE, RULES, TO_PROVIDER, TLS),
            frozenset({"all down", "returned"}),
            "The relay turns to the provider and doesn't say who it is. So the provider refuses for good, "
            "and the letter comes back to its sender. The login is missing, or stands under another name "
            "than smtp_fallback_relay has.",
        ),
        Wrong(
            _policy(OFFICE, RULES, TO_PROVIDER),
            frozenset({"all down", "tls", "returned"}),
            "The provider doesn't know the company without a login: it refuses for good, and the letter "
            "comes back to its sender.",
        ),
        Wrong(
            _policy(OFFICE, RULES, TO_PROVIDER, LOGIN, "smtp_tls_security_level = may"),
            frozenset({"tls", "returned"}),
            "may means: without TLS if there is none. Whoever removes STARTTLS on the way keeps the relay "
            "from its login, and the provider refuses the letter for good.",
        ),
        Wrong(
            _policy("mynetworks = 0.0.0.0/0", RULES, TO_PROVIDER, LOGIN, TLS),
            frozenset({"stranger"}),
            "Everything arrives, also what a stranger sends, and now in the provider's name as well. Trust "
            "the office only.",
        ),
        Wrong(
            _policy("mynetworks = 127.0.0.0/8", RULES, TO_PROVIDER, LOGIN, TLS),
            frozenset({"limit", "one down", "all down", "tls"}),
            "The stranger is refused, and so is the office: its network isn't in mynetworks any more, and "
            "nobody logs in.",
        ),
    ),
)
