"""The two test patterns are found wherever a reader would find them, and nothing else is."""

import hashlib
import quopri
from email.message import EmailMessage
from pathlib import Path

import pytest

from labkit import Policy
from labkit.errors import PolicyError
from labkit.relay.filtering import filters, scanners
from labkit.relay.filtering.scanners import SCANNERS
from labkit.smtp.patterns import EICAR, GTUBE

CLAMAV, SPAMASS = SCANNERS
VIRUS = "550 5.7.1 virus Eicar-Test-Signature detected by ClamAV"
SPAM = "550 5.7.1 Blocked by SpamAssassin"


def _plain(text: bytes) -> bytes:
    return b"Subject: x\r\n\r\n" + text + b"\r\n"


def _attached(data: bytes) -> bytes:
    letter = EmailMessage()
    letter["Subject"] = "invoice"
    letter.set_content("See the attachment.\n")
    letter.add_attachment(data, maintype="application", subtype="zip", filename="invoice.zip")
    return letter.as_bytes().replace(b"\n", b"\r\n")


def _forwarded(data: bytes) -> bytes:
    inner, outer = EmailMessage(), EmailMessage()
    inner.set_content("Look!\n")
    inner.add_attachment(data, maintype="application", subtype="octet-stream")
    outer.set_content("Fwd\n")
    outer.add_attachment(inner)
    return outer.as_bytes().replace(b"\n", b"\r\n")


def _quoted(data: bytes) -> bytes:
    encoded = quopri.encodestring(data).replace(b"A", b"=41").replace(b"N", b"=4E")
    return b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + encoded + b"\r\n"


def _subject(data: bytes) -> bytes:
    return b"Subject: " + data + b"\r\n\r\nx\r\n"


PLACES = [_plain, _attached, _forwarded, _quoted, _subject]


def _said(content: bytes, *milters: str) -> str:
    answer = scanners.scan(milters, content)
    return str(answer.reply) if answer else ""


@pytest.mark.parametrize("place", PLACES)
def test_a_pattern_is_found_wherever_it_is(place: object) -> None:
    assert callable(place)
    assert _said(place(EICAR), CLAMAV) == VIRUS
    assert _said(place(GTUBE), SPAMASS) == SPAM


@pytest.mark.parametrize("place", PLACES)
def test_each_scanner_knows_its_own_pattern_only(place: object) -> None:
    assert callable(place)
    assert _said(place(EICAR), SPAMASS) == ""
    assert _said(place(GTUBE), CLAMAV) == ""
    assert _said(place(b"an honest letter"), CLAMAV, SPAMASS) == ""


def test_the_first_milter_that_finds_something_answers() -> None:
    both = _plain(EICAR + b"\r\n" + GTUBE)
    assert _said(both, CLAMAV, SPAMASS) == VIRUS
    assert _said(both, SPAMASS, CLAMAV) == SPAM


def test_the_patterns_are_those_that_real_scanners_know() -> None:
    assert hashlib.md5(EICAR).hexdigest() == "44d88612fea8a8f36de82e1278abb02f"
    assert (len(GTUBE), GTUBE.split(b"-")[0]) == (68, b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE")


def test_no_file_of_the_project_looks_like_a_virus() -> None:
    root = Path(scanners.__file__).parents[2]
    for file in [*root.rglob("*.py"), *root.rglob("*.pyc")]:
        assert EICAR not in file.read_bytes(), f"a virus scanner would take {file.name} away"


def test_the_scanners_see_what_the_checks_have_made_of_the_letter() -> None:
    policy = Policy(smtpd_milters=SPAMASS, body_checks="pcre:{ {/GTUBE/ STRIP} }")
    assert filters.check(policy, _plain(GTUBE)).answer is None


@pytest.mark.parametrize(
    ("action", "said"), [("HOLD", SPAM), ("DISCARD", ""), ("REJECT first", "550 5.7.1 first")]
)
def test_a_letter_that_is_refused_or_discarded_is_not_scanned(action: str, said: str) -> None:
    policy = Policy(smtpd_milters=SPAMASS, header_checks=f"pcre:{{ {{/Subject/ {action}}} }}")
    answer = filters.check(policy, _plain(GTUBE)).answer
    assert (str(answer.reply) if answer else "") == said


def test_other_milters_are_not_there() -> None:
    with pytest.raises(
        PolicyError, match=r"this lab has unix:/clamav/clamav-milter\.ctl, unix:/spamass/spamass\.sock"
    ):
        Policy(smtpd_milters="inet:127.0.0.1:8891")
