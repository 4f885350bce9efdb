"""What large mailbox providers answer when a check decides: the rest of ``reply``, which is Postfix's.

Codes and wording are those that students will meet, shortened where a link stood. They follow what the
providers publish: Google's list "Gmail SMTP errors and codes" (support.google.com/a/answer/3726730),
and Microsoft's "Fix NDR error 550 5.7.515 in Outlook.com" (support.microsoft.com). RFC 7372 gave 5.7.20
to 5.7.26 to failed checks and RFC 8617 5.7.29 to ARC; Google uses some of these for something else.

Providers first slow a sender down with a 4yz, so that it notices, and refuse with a 5yz later.
"""

from dataclasses import replace

from labkit.smtp.answer import Reply

_LIMITED = "Your email has been rate limited because"
_BULK = "This host requires all bulk email senders to"
_ALL = "This host requires all senders to authenticate with either SPF or DKIM"
_DMARC = "Unauthenticated email from {domain} is not accepted due to domain's DMARC policy"
_PTR = (
    "The sending IP address [{address}] doesn't have a PTR record, "
    "or the PTR record's forward DNS entry doesn't match it"
)
_FROM = "Messages missing a valid address in the From: header, or having no From: header, are not accepted"
_PROTECT = "To protect our users from spam, mail has been"

# What was found: the answer for now, and the one for good.
_ANSWERS = {
    "dnsbl": (
        Reply(450, "4.7.1", "Service unavailable; Client host [{address}] blocked using {list}; {text}"),
        Reply(554, "5.7.1", "Service unavailable; Client host [{address}] blocked using {list}; {text}"),
    ),
    "spf": (
        Reply(421, "4.7.27", f"{_LIMITED} SPF authentication didn't pass for this message"),
        Reply(
            550,
            "5.7.26",
            "The MAIL FROM domain [{domain}] has an SPF record with a hard fail policy (-all) "
            "but it fails to pass SPF checks with the ip: [{address}]",
        ),
    ),
    "dkim": (
        Reply(421, "4.7.30", f"{_LIMITED} DKIM authentication didn't pass for this message"),
        Reply(550, "5.7.30", "This mail has been blocked because DKIM does not pass"),
    ),
    "dmarc": (
        Reply(451, "4.7.26", f"{_DMARC}, but temporary DNS failures prevent authentication"),
        Reply(550, "5.7.26", f"{_DMARC}. Please contact the administrator of {{domain}} domain"),
    ),
    "arc": (
        Reply(421, "4.7.29", "ARC validation failure"),
        Reply(550, "5.7.29", "ARC validation failure"),
    ),
    "unwanted": (
        Reply(421, "4.7.0", "This message is suspicious due to the nature of the content"),
        Reply(550, "5.7.1", "Our system has detected that this message is likely unsolicited mail"),
    ),
    "dangerous": (
        Reply(421, "4.7.0", "This message is suspicious due to the nature of the content"),
        Reply(
            552, "5.7.0", "This message was blocked because its content presents a potential security issue"
        ),
    ),
    "too big": (
        Reply(452, "4.3.4", "Your message exceeded this host's message size limits"),
        Reply(552, "5.3.4", "Your message exceeded this host's message size limits"),
    ),
    "malformed": (
        Reply(451, "4.6.0", "Mail message is malformed"),
        Reply(554, "5.6.0", "Mail message is malformed. Not accepted"),
    ),
    "greylist": (
        Reply(450, "4.2.0", "<{recipient}>: Recipient address rejected: Greylisted for {seconds} seconds"),
        Reply(554, "5.7.1", "<{recipient}>: Recipient address rejected: Greylisted for {seconds} seconds"),
    ),
    "speed": (
        Reply(
            421,
            "4.7.28",
            f"An unusual rate of mail was detected from {{sender}}. {_PROTECT} temporarily rate limited",
        ),
        Reply(
            550, "5.7.28", f"There is an unusual rate of unsolicited mail from {{sender}}. {_PROTECT} blocked"
        ),
    ),
    "reputation": (
        Reply(421, "4.7.0", "This message is suspicious due to the very low reputation of {sender}"),
        Reply(550, "5.7.1", "This message is likely suspicious due to the very low reputation of {sender}"),
    ),
    "bulk SPF or DKIM": (
        Reply(421, "4.7.26", f"This mail has been rate limited because it is unauthenticated. {_ALL}"),
        Reply(550, "5.7.26", f"This mail has been blocked because the sender is unauthenticated. {_ALL}"),
    ),
    "bulk SPF": (
        Reply(421, "4.7.27", f"{_LIMITED} SPF authentication didn't pass for this message"),
        Reply(550, "5.7.27", f"{_BULK} authenticate with SPF"),
    ),
    "bulk DKIM": (
        Reply(421, "4.7.30", f"{_LIMITED} DKIM authentication didn't pass for this message"),
        Reply(550, "5.7.30", f"{_BULK} authenticate with DKIM"),
    ),
    "bulk DMARC record": (
        Reply(421, "4.7.40", f"{_LIMITED} the domain {{domain}} has no DMARC record"),
        Reply(550, "5.7.40", f"{_BULK} have a DMARC record"),
    ),
    "bulk alignment": (  # the first is Google's, the second Microsoft's
        Reply(421, "4.7.32", f"{_LIMITED} the From: header isn't aligned with the SPF or DKIM domain"),
        Reply(
            550,
            "5.7.515",
            "Access denied, sending domain {domain} does not meet the required authentication level",
        ),
    ),
    "bulk TLS": (
        Reply(421, "4.7.29", f"{_LIMITED} this message wasn't sent over a TLS connection"),
        Reply(550, "5.7.29", f"{_BULK} use TLS/SSL for SMTP connections"),
    ),
    "bulk PTR": (Reply(421, "4.7.23", _PTR), Reply(550, "5.7.25", _PTR)),
    "bulk From: header": (Reply(421, "4.7.0", _FROM), Reply(550, "5.7.1", _FROM)),
}


def failed(what: str, *, for_now: bool, **names: str) -> Reply:
    """The answer to a letter for which ``what`` was found, slowing down or refusing.

    ``names`` fill the gaps: domain, address, sender, recipient, list, text, seconds. What a stranger wrote
    can't add lines.
    """
    slowed, refused = _ANSWERS.get(what, _ANSWERS["unwanted"])
    answer = slowed if for_now else refused
    return replace(answer, text=" ".join(answer.text.format_map(names).split()).removesuffix(";"))
