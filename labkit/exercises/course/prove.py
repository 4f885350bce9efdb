"""Exercises of notebook 09: three records that protect a name, and what a recipient says that it found."""

from functools import partial

from labkit.attacker import spoof
from labkit.attacker.report import Report
from labkit.attacker.spoof import Trick
from labkit.exercises.answers import RECORDS
from labkit.exercises.course.found import READ_IT
from labkit.exercises.exercise import Claim, Exercise, Seen, Wrong
from labkit.exercises.proving import ARRIVED, WANTED, arrives, post, stays_out
from labkit.exercises.room import Room
from labkit.lab.attacking import Attacking
from labkit.lab.stage import stage_of
from labkit.lab.telling import told
from labkit.recipient.mailbox import Received
from labkit.recipient.policy import RecipientPolicy
from labkit.signing.keys import make_key

SELECTOR, ALGORITHM = "office26", "ed25519"
USUAL_KEY = "RJwhF8r4TBn7/T8c+R+R7FhZDALK4U+CYVkcsBRRhys="

REFUSED = "S: 550 5.7.26, as the company asks (and the letter lies in no mailbox)"
NO_LETTER = "no letter in the mailbox"
INVOICE = Trick("an invoice", "invoices@corp.example", "invoices@corp.example", "Here is your invoice.")

NAMES = ("the director, and the envelope agrees", "the director, in From: only")


class Service(Attacking):
    """A host that brings letters to the customer's mail server itself, past the relay."""

    def send(self, letter: Trick) -> Report:
        """One letter to a customer; whether it is honest isn't for this host to say."""
        stage = self._lab.scenery.stage
        to = stage.tell("accounts@customer.example")
        return self._run(partial(spoof.run, recipient=to, tricks=(letter,)), target=stage.MX1)


def _publish(room: Room) -> None:
    """Put the records into the DNS of a lab whose relay signs, and whose customer checks."""
    lab = room.lab
    lab.relay.policy = lab.relay.policy.replace(
        mynetworks=room.stage.tell("192.0.2.0/24"), smtpd_milters="inet:localhost:8891"
    )
    lab.relay.sign(room.stage.COMPANY, SELECTOR, ALGORITHM)
    lab.customer.checks = RecipientPolicy(spf="header", dkim="header", dmarc="as the domain asks")
    lab.dns.add(room.answer)


def _office(room: Room) -> Seen:
    """The office sends through the relay. Its letter is kept for later claims."""
    seen = arrives(room, "The office sends to a customer.", post(room, room.stage.OFFICE_PROGRAM))
    letters = room.lab.mailbox(room.stage.tell("orders@customer.example"))
    room.note["letter"] = letters[-1] if letters else None
    return seen


def _found(method: str, results: tuple[str, ...], room: Room) -> Seen:
    """What the customer's server wrote on top of the office's letter."""
    letter: Received | None = room.note["letter"]
    holds = letter is not None and letter.verdicts[method].result in results
    tried = "The customer's server checks the letter of the office."
    return Seen(holds, tried, _said(letter, method), f"{method}={' or '.join(results)}")


def _said(letter: Received | None, method: str) -> str:
    lines = letter.text.splitlines() if letter else []
    return next((line.strip("\t;") for line in lines if line.startswith(f"\t{method}=")), NO_LETTER)


def _forged(name: str, tried: str, room: Room) -> Seen:
    return stays_out(room, tried, room.lab.attacker.spoof(target="mx1", tricks=[name]), REFUSED)


def _invoices(room: Room) -> Seen:
    """The provider's server sends an invoice in the company's name, unsigned."""
    service = Service(room.lab, room.stage.SMARTHOST)
    return arrives(
        room, "The provider's server sends an invoice to a customer.", service.send(room.stage.tell(INVOICE))
    )


def _forwarded(room: Room) -> Seen:
    """An honest letter comes from another server than the relay, unchanged."""
    last = [one for one in room.lab.attacker.forward().findings if one.what.startswith("the ")]
    answer = next((one.proof for one in last if one.what.startswith("the next server")), NO_LETTER)
    tried = "A graduate's mailbox at alumni.example sends a letter of the office on to a customer."
    holds = not any(one.harm for one in last)
    return Seen(holds, tried, ARRIVED.format(line=f"S: {answer}") if holds else f"S: {answer}", WANTED)


CLAIMS = (
    Claim("office", "Letters of the office arrive.", _office),
    Claim("spf", "SPF passes for the relay.", partial(_found, "spf", ("pass",))),
    Claim(
        "dmarc", "The customer finds what the company asks for.", partial(_found, "dmarc", ("pass", "fail"))
    ),
    Claim("invoices", "Invoices arrive.", _invoices),
    Claim("forwarded", "A letter that somebody forwards arrives.", _forwarded),
    Claim(
        "envelope",
        "A stranger's letter with the director in MAIL FROM: and From: is refused.",
        partial(_forged, NAMES[0], "A stranger writes as the director, in the envelope and in From:."),
    ),
    Claim(
        "from",
        "A stranger's letter with the director in From: only is refused.",
        partial(_forged, NAMES[1], "A stranger's own address stands in the envelope, the director in From:."),
    ),
)

SPF = 'corp.example. IN TXT "v=spf1 ip4:192.0.2.25 ip4:198.51.100.10 -all"'
DKIM = f'{SELECTOR}._domainkey.corp.example. IN TXT "v=DKIM1; k=ed25519; p={USUAL_KEY}"'
DMARC = '_dmarc.corp.example. IN TXT "v=DMARC1; p=reject"'


def _with_key_of(seed: str) -> Exercise:
    """The exercise with the key that the relay of a seed's lab has."""
    stage = stage_of(seed)
    key = make_key(stage.COMPANY, SELECTOR, ALGORITHM, seed=stage.chance).public
    return told(WRITE_THEM, lambda text: text.replace(USUAL_KEY, key))


WRITE_THEM = Exercise(
    id="09.1",
    title="Write the three records",
    minutes=8,
    given="Two servers send the company's mail. The relay, 192.0.2.25, signs each letter. The provider's "
    "server, 198.51.100.10, sends the invoices and signs nothing.\n"
    f'The relay\'s key was made with `lab.relay.sign("corp.example", "{SELECTOR}", "{ALGORITHM}")`. Its '
    f"selector is {SELECTOR}, and its public half, for p=, is:\n"
    f"    {USUAL_KEY}\n"
    "The customer refuses what DMARC asks it to refuse.",
    goal="Forged letters in the company's name are refused. Honest letters arrive: those of the "
    "office, the invoices, and those that somebody forwards.",
    kind=RECORDS,
    starter='corp.example. IN TXT "v=spf1 ... -all"',
    prepare=_publish,
    claims=CLAIMS,
    hints=(
        "You need three lines, each with its own name in front. Notebook 09 shows one of each kind.",
        "SPF stands at the domain itself, one record for all servers. The key stands at "
        "selector._domainkey.domain, and DMARC at _dmarc.domain.",
        "SPF may hold several ip4: parts before -all. Take the key's line from the notebook, and "
        f"change the selector to {SELECTOR} and the key. In the DMARC record, p= says what to do with "
        "forged letters.",
    ),
    solution=f"{SPF}\n{DKIM}\n{DMARC}",
    explanation="SPF names both servers in one record, so the invoices pass without a signature. The "
    "key lets letters pass that somebody forwards, because the signature stays whole. With p=reject "
    "the customer refuses whatever neither of the two proves.",
    wrong=(
        Wrong(
            "\n".join((SPF.replace("-all", "+all"), DKIM, DMARC)),
            frozenset({"envelope"}),
            "+all says that every address in the world may send your mail. So SPF passes for the "
            "stranger, too. End the record with -all.",
        ),
        Wrong(
            "\n".join(
                (
                    'corp.example. IN TXT "v=spf1 ip4:192.0.2.25 -all"',
                    'corp.example. IN TXT "v=spf1 ip4:198.51.100.10 -all"',
                    DKIM,
                    DMARC,
                )
            ),
            frozenset({"spf", "invoices"}),
            "SPF passes for neither server. The customer wants exactly one SPF record at corp.example: "
            "two count as a wrong one (permerror). Write one that holds both addresses.",
        ),
        Wrong(
            "\n".join((SPF, DKIM, DMARC.replace("reject", "none"))),
            frozenset({"envelope", "from"}),
            "The customer sees that the letters are forged, and takes them: p=none only asks for "
            "reports, and p=quarantine for the spam folder.",
        ),
        Wrong(
            "\n".join((SPF, DKIM.replace(SELECTOR, "mail"), DMARC)),
            frozenset({"forwarded"}),
            "SPF can't prove a forwarded letter, so the signature must. But the customer finds no key "
            f"that fits: it looks at {SELECTOR}._domainkey.corp.example, as the signature says.",
        ),
        Wrong(
            "\n".join((SPF.replace(" ip4:198.51.100.10", ""), DKIM, DMARC)),
            frozenset({"invoices"}),
            "The stranger is refused, and so are your invoices: their server isn't in the SPF record, "
            "and it can't sign. This is why one reads the reports of p=none first.",
        ),
        Wrong(
            "\n".join((SPF, DKIM, DMARC.removeprefix("_dmarc."))),
            frozenset({"dmarc", "envelope", "from"}),
            "The customer asks for the DMARC record at _dmarc.corp.example and finds none there.",
        ),
    ),
    for_seed=_with_key_of,
)

EXERCISES: tuple[Exercise, ...] = (WRITE_THEM, READ_IT)
