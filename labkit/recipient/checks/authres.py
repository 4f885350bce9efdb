"""SPF, DKIM, DMARC and ARC together, and the header that tells readers what was found (RFC 8601).

Anybody can write such a header. So a server removes those that bear its own name before it adds its own,
and a mail program believes only those that its own server has added.
"""

import re
from dataclasses import dataclass

from labkit.dns.resolver import Resolver
from labkit.recipient.checks import arc, dkim, dmarc, spf
from labkit.recipient.checks.comments import without_comments
from labkit.recipient.checks.dkim import Signature
from labkit.recipient.checks.domains import from_domains
from labkit.recipient.checks.verdict import Message, Verdict, one_line
from labkit.recipient.sheet import Sheet
from labkit.smtp.envelope import Session

HEADER = "Authentication-Results"
METHODS = ("spf", "dkim", "dmarc", "arc")

_FIELD = re.compile(
    rb"^authentication-results[ \t]*:((?:[^\r\n]|\r?\n[ \t])*+)(?:\r?\n|\Z)", re.IGNORECASE | re.MULTILINE
)
_HEAD = re.compile(rb"\A(?:[^\n]*+\n)*?(?=\r?\n)")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+./^_`{|}~@-]+")


@dataclass(frozen=True, repr=False)
class AuthResults:
    """What was found about one letter; ``signatures`` are those that dkim sums up.

    ``mail_from`` is the reverse-path and ``helo`` the client's name: SPF was asked about the first, or
    about the second where the first is empty. ``header_from`` is the domain that the reader sees.
    """

    spf: Verdict
    dkim: Verdict
    dmarc: Verdict
    arc: Verdict
    signatures: tuple[Signature, ...] = ()
    mail_from: str = ""
    helo: str = ""
    header_from: str = ""

    @property
    def disposition(self) -> str:
        """What the domain of From: wants done with the letter: "none", "quarantine" or "reject"."""
        return self.dmarc.shows("disposition") or "none"

    @property
    def sealers(self) -> tuple[str, ...]:
        """The domains whose seals hold, first one first; none where the chain doesn't."""
        return tuple(v for k, v in self.arc.evidence if k == "sealed by") if self.arc.result == "pass" else ()

    def excused_by(self, trusted: frozenset[str] | tuple[str, ...]) -> str:
        """The domain whose word DMARC's failure can be forgiven for; empty where there is none.

        Every sealer must be trusted, and the first must have seen a letter that passed DMARC. Whoever is
        trusted could write anything there: so it takes a choice, and no proof can make it.
        """
        saw = re.search(r"(?:^|;)\s*dmarc\s*=\s*pass\b", self.arc.shows("it saw"))
        return self.sealers[0] if saw and self.sealers and set(self.sealers) <= set(trusted) else ""

    def header(self, server: str, methods: tuple[str, ...] = METHODS) -> bytes:
        """The header, folded, with what these checks have found; ``server`` is who says so."""
        parts = [part for method in methods for part in getattr(self, f"_{method}_said")()]
        lines = [f"{HEADER}: {server};", *(f"\t{part};" for part in parts or ["none"])]
        return "\r\n".join([*lines[:-1], lines[-1].removesuffix(";")]).encode("ascii", "replace") + b"\r\n"

    def _spf_said(self) -> list[str]:
        identity = (
            f"smtp.mailfrom={_value(self.mail_from)}" if self.mail_from else f"smtp.helo={_value(self.helo)}"
        )
        return [f"spf={self.spf.result} {_comment(self.spf.reason)} {identity}"]

    def _dkim_said(self) -> list[str]:
        if not self.signatures:
            return ["dkim=none"]
        return [
            f"dkim={one.result} {_comment(one.reason)}"
            + (f" header.d={_value(one.domain)} header.s={_value(one.selector)}" if one.domain else "")
            for one in self.signatures
        ]

    def _dmarc_said(self) -> list[str]:
        seen = f" header.from={_value(self.header_from)}" if self.header_from else ""
        policy = self.dmarc.shows("policy")
        said = f"p={policy} dis={self.disposition}" if policy else self.dmarc.reason
        return [f"dmarc={self.dmarc.result} {_comment(said)}{seen}"]

    def _arc_said(self) -> list[str]:
        said = f"sealed by {', '.join(self.sealers)}" if self.sealers else self.arc.reason
        return [f"arc={self.arc.result}" + (f" {_comment(said)}" if self.arc.result != "none" else "")]

    def _sheet(self) -> Sheet:
        rows = [(method, getattr(self, method).result, getattr(self, method).reason) for method in METHODS]
        title = f"What was found about a letter from {self.header_from or 'nobody'}"
        return Sheet(title, ("check", "result", "why"), tuple(rows))

    def __repr__(self) -> str:
        return repr(self._sheet())

    def _repr_html_(self) -> str:
        return self._sheet()._repr_html_()


async def authenticate(message: Message, session: Session, dns: Resolver) -> AuthResults:
    """All four checks of one letter."""
    by_spf = await spf.check(message, session, dns)
    signatures = await dkim.signatures(message, dns)
    by_dmarc = await dmarc.check(message, by_spf, signatures, dns)
    by_arc = await arc.check(message, dns)
    seen = from_domains(message)
    return AuthResults(
        by_spf,
        dkim.summary(signatures),
        by_dmarc,
        by_arc,
        signatures,
        message.reverse_path.address,
        session.helo,
        one_line(seen[0]) if len(seen) == 1 else "",
    )


def without_forged(content: bytes, server: str) -> bytes:
    """The letter without headers in which others speak in the name of ``server`` (RFC 8601 section 5)."""
    head = _HEAD.match(content)
    end = head.end() if head else len(content)

    def kept(field: re.Match[bytes]) -> bytes:
        text = without_comments(field[1].decode("utf-8", "replace"))
        name = text.partition(";")[0].split()
        return b"" if name and name[0].lower().strip('"') == server.lower() else field[0]

    return _FIELD.sub(kept, content[:end]) + content[end:]


def _comment(text: str) -> str:
    plain = re.sub(r"([()\\])", r"\\\1", one_line(text))
    return f"({plain})"


def _value(text: str) -> str:
    """A value as RFC 8601 section 2.2 writes it."""
    plain = one_line(text).encode("ascii", "replace").decode()
    if _TOKEN.fullmatch(plain):
        return plain
    return '"' + re.sub(r'(["\\])', r"\\\1", plain) + '"'
