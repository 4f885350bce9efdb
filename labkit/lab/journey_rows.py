"""What a session says about one letter, as rows of its journey."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from labkit.dns.questions import NO_ANSWER, Question
from labkit.lab.journey import Kind, Row
from labkit.lab.usual import DNS
from labkit.wire.reading.exchanges import Dialogue, Exchange, Offer, dialogue
from labkit.wire.reading.letters import DOTS
from labkit.wire.record import Recording
from labkit.wire.views.columns import cut

WORDS, ANSWER = 84, 72  # cells
SHOWN = 2  # recipients, and look-ups, that are shown one by one
PATH = re.compile(r"<[^>]*>")

SESSION = "session {number}: {client} → {server}, port {port}, {wire}"
CLEAR, HIDDEN = "in clear", "inside TLS ({version})"
CONNECTS, LETTER = "connects", "DATA, and the letter"
MORE_RECIPIENTS = "and {count:,} more recipients"
COUNTS = "{taken:,} accepted, {refused:,} refused"
MORE = "and {count:,} more"
TOGETHER = {"PTR": "client", "A": "client", "AAAA": "client"}
BY = "{reply} ({rule})"


def rows(
    session: Recording, offer: Offer | None, asked: Sequence[Question] = (), *, early: bool = True
) -> Iterator[Row]:
    """A session as far as it is about this offer; None where no letter was offered.

    ``asked`` are the look-ups of its server, ``early`` says whether they come first.
    """
    said = dialogue(session)
    source, target = session.client.name, session.server.name
    wire = HIDDEN.format(version=said.tls) if said.tls else CLEAR
    words = SESSION.format(number=session.number, client=source, server=target, port=session.port, wire=wire)
    told = [*_opening(session, said), *(_letter(session, offer) if offer else ())]
    if said.end and not _is_decided(offer, told):
        told.append(Row(Kind.BROKEN, _latest(session, told), source, target, said.end))
    questions = list(look_ups(target, [one for one in asked if not one.kept]))
    place = 0 if early else max(len(told) - 1, 0)
    begun = told[0].moment if offer and told else session.opened
    yield Row(Kind.SESSION, begun, source, target, words, secure=bool(said.tls))
    yield from [*told[:place], *questions, *told[place:]]


def look_ups(asker: str, asked: Sequence[Question], dns: str = DNS.name) -> Iterator[Row]:
    """The look-ups of a host: a row for those that ask for the same type of record."""
    for (_, failed), alike in groupby(asked, key=_kind_of):
        some = list(alike)
        shown = some if len(some) <= SHOWN + 1 else some[:SHOWN]
        words, answers = [f"{one.kind} {one.name}?" for one in shown], [one.said for one in shown]
        if len(some) > len(shown):
            words.append(MORE.format(count=len(some) - len(shown)))
        mark = Kind.BROKEN if failed else Kind.ASKED
        yield Row(
            mark, some[0].moment, asker, dns, cut(" ".join(words), WORDS), cut("; ".join(answers), ANSWER)
        )


def _kind_of(one: Question) -> tuple[str, bool]:
    """What is asked together: who a client is takes two questions. And whether there was an answer."""
    return TOGETHER.get(one.kind, one.kind), one.said == NO_ANSWER


def envelope(offer: Offer) -> tuple[str, list[str]]:
    """The sender's path and the recipients', as the client wrote them."""
    paths = [_path(one.command) for one in offer.exchanges if one.step == "RCPT"]
    return _path(offer.exchanges[0].command), paths


def taken(offer: Offer) -> int:
    """How many recipients the server has taken the letter for."""
    last = offer.exchanges[-1]
    if last.step not in DOTS or last.refused:
        return 0
    return sum(one.step == "RCPT" and not one.refused for one in offer.exchanges)


def deciding(dialogue: Dialogue, offer: Offer | None) -> Exchange | None:
    """The no that ended it; None where there was none."""
    said = offer.exchanges if offer else dialogue.opening
    return next((one for one in said if one.refused), None)


def _opening(session: Recording, said: Dialogue) -> Iterator[Row]:
    for one in said.opening:
        if one.refused or one.step == "AUTH":
            yield _row(session, one, one.command or CONNECTS)


def _letter(session: Recording, offer: Offer) -> Iterator[Row]:
    recipients = [one for one in offer.exchanges if one.step == "RCPT"]
    nobody = all(one.refused for one in recipients)
    for one in offer.exchanges:
        if one.step in DOTS:
            yield _row(session, one, LETTER)
        elif one.step == "RCPT":
            yield from _recipient(session, one, recipients)
        elif one.step == "MAIL" or (one.refused and not nobody):
            yield _row(session, one, one.command)


def _recipient(session: Recording, one: Exchange, recipients: Sequence[Exchange]) -> Iterator[Row]:
    number = next(at for at, each in enumerate(recipients) if each is one)
    if number < SHOWN or len(recipients) == SHOWN + 1:
        yield _row(session, one, one.command)
    elif number == SHOWN:
        rest = recipients[SHOWN:]
        refused = sum(each.refused for each in rest)
        answer = COUNTS.format(taken=len(rest) - refused, refused=refused)
        words = MORE_RECIPIENTS.format(count=len(rest))
        kind = Kind.TAKEN if refused < len(rest) else Kind.REFUSED
        yield Row(kind, _moment(session, one), *_names(session), words, answer, one.hidden)


def _row(session: Recording, one: Exchange, words: str) -> Row:
    kind = Kind.TAKEN
    if one.refused:
        kind = Kind.REFUSED if one.code >= 500 else Kind.PUT_OFF
    reply = cut(one.reply.split("\n")[0], ANSWER)
    answer = BY.format(reply=reply, rule=one.rule) if one.refused and one.rule else reply
    return Row(kind, _moment(session, one), *_names(session), cut(words, WORDS), answer, one.hidden)


def _is_decided(offer: Offer | None, told: Iterable[Row]) -> bool:
    """Whether the server has said what becomes of the letter."""
    if offer and offer.exchanges[-1].step in DOTS:
        return True
    said = [row.kind for row in told]
    return bool(said) and said[-1] in (Kind.REFUSED, Kind.PUT_OFF)


def _latest(session: Recording, told: Sequence[Row]) -> datetime:
    return told[-1].moment if told else session.opened


def _names(session: Recording) -> tuple[str, str]:
    return session.client.name, session.server.name


def _moment(session: Recording, one: Exchange) -> datetime:
    return session.opened + timedelta(seconds=one.at)


def _path(command: str) -> str:
    found = PATH.search(command)
    return found[0] if found else "<>"
