"""Letters as the lab's people write them. All names are of reserved domains; nobody here is real."""

from dataclasses import dataclass
from datetime import datetime

from labkit.clock import header_date
from labkit.errors import UsageError
from labkit.network.addresses import lab_domain
from labkit.smtp.address import Path, parse_path
from labkit.smtp.envelope import Letter

SOMEBODY = "orders@customer.example"  # who gets what is addressed to nobody in particular


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to send: the envelope's two paths, and what the letter itself says.

    ``header_from`` is what the reader sees; nothing makes it agree with ``reverse_path``. ``blind`` are
    further recipients, whom no header names. Raises UsageError for a header of more than one line.
    """

    reverse_path: Path
    recipient: Path
    header_from: str
    subject: str
    text: str
    blind: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        for header in (self.header_from, self.subject):
            if not header.isprintable():
                raise UsageError(f"{header!r} can't be a header: it must be one line of plain text.")

    def letter(self, nonce: str, moment: datetime, origin: str) -> Letter:
        """The letter, with the nonce as its Message-ID from the host ``origin``."""
        lines = [
            f"From: {self.header_from}",
            f"To: {self.recipient.address}",
            f"Subject: {self.subject}",
            f"Date: {header_date(moment)}",
            f"Message-ID: <{nonce}@{origin}>",
            "",
            *self.text.splitlines(),
            "",
        ]
        return Letter(self.reverse_path, (self.recipient, *self.blind), "\r\n".join(lines).encode())


def address(text: str) -> Path:
    """The path of an address such as orders@customer.example. Raises UsageError for anything else."""
    found = None if "<" in text else parse_path(f"<{text}>", utf8=True, strict=True)
    if not found or found.is_null:
        raise UsageError(f"{text!r} is not an address such as orders@customer.example.")
    return found


def lab_path(text: str) -> Path:
    """The path of an address of the lab. Raises UsageError, and OutsideTheLab for one that could be real.

    An address without a domain is one of the server's own.
    """
    path = address(text)
    if path.domain:
        lab_domain(path.domain)
    return path


@dataclass(frozen=True, slots=True)
class Forgery:
    """A sender that isn't the attacker, and what is said in its name."""

    reverse_path: str
    header_from: str
    subject: str
    text: str


FORGERIES = (
    Forgery(
        "security@bank.example",
        "Example Bank <security@bank.example>",
        "Your account is locked",
        "Dear customer,\n\nsomebody tried to use your card.\nTo unlock it, type your password at\n"
        "bank-login.example/unlock before noon.\n\nExample Bank, Security Department",
    ),
    Forgery(
        "director@corp.example",
        "The Director <director@corp.example>",
        "New bank details",
        "Hello,\n\nour bank account has changed. Please pay all open invoices today\n"
        "to the account in the attachment.\n\nThe Director",
    ),
    Forgery(
        "winner@lottery.example",
        "Example Lottery <winner@lottery.example>",
        "You have won",
        "Congratulations!\n\nYour address was drawn. Answer with your bank details\nto receive your prize.",
    ),
    Forgery(
        "parcel@post.example",
        "Example Post <parcel@post.example>",
        "Your parcel is waiting",
        "Your parcel could not be delivered.\nPay the fee at post-fee.example/pay\nto get it today.",
    ),
)
