"""What the replies mean, in plain English: for somebody who meets a reply code for the first time.

The codes are those of RFC 5321 (section 4.2.3), RFC 4954 and RFC 3463 with its registry of enhanced
codes. Each sentence is complete; a meaning is one or two of them.
"""

from labkit.wire.reading.line import Line, Part

TAKEN = "The server has taken the letter. Now it must deliver it, or tell the sender that it can't."

# What a yes means depends on what was asked: by the step and the code.
YES = {
    ("", 220): "The server is ready, and says its name.",
    ("EHLO", 250): "The server greets back, and lists what it can do beyond plain SMTP.",
    ("HELO", 250): "The server greets back.",
    ("MAIL", 250): "The server has noted the sender's address. Nobody has proved that it is true.",
    ("RCPT", 250): "The server will take a letter to this recipient.",
    ("DATA", 354): "The server waits for the letter. A line with a single dot ends it.",
    (".", 250): TAKEN,
    ("BDAT", 250): "This chunk of the letter has arrived.",
    ("BDAT LAST", 250): TAKEN,
    ("RSET", 250): "The server has forgotten the letter that was begun. The session goes on.",
    ("NOOP", 250): "The server is still there.",
    ("VRFY", 252): "The server takes mail for this address, and won't say whether it exists.",
    ("STARTTLS", 220): "The server is ready for TLS. The next bytes are its handshake.",
    ("AUTH", 334): "The server asks for the next part of the login.",
    ("AUTH", 235): "The login was right. The server knows now who the client is.",
    ("QUIT", 221): "The server takes its leave.",
    ("ETRN", 250): "The server will send what waits for this domain.",
}

# What a no means, by subject and detail of the enhanced code.
NO = {
    "1.0": "Something is wrong with an address.",
    "1.1": "There is no such mailbox.",
    "1.2": "There is no such domain, or it can't take mail.",
    "1.3": "The recipient's address isn't written as an address must be.",
    "1.7": "The sender's address isn't written as an address must be.",
    "1.8": "The sender's domain doesn't exist, or can't take mail.",
    "1.10": "The recipient's domain says that it takes no mail at all.",
    "2.1": "The mailbox takes no letters.",
    "2.2": "The mailbox is full.",
    "2.3": "The letter is larger than the mailbox takes.",
    "3.0": "Something is wrong at the server itself.",
    "3.1": "The server has no room for more letters.",
    "3.2": "The server takes no mail at present.",
    "3.4": "The letter is larger than the server takes.",
    "3.5": "The server's own configuration is wrong.",
    "4.1": "The next server doesn't answer.",
    "4.2": "The connection broke, or was silent for too long.",
    "4.6": "The letter goes round in a circle.",
    "4.7": "The letter has waited too long.",
    "5.0": "Client and server are out of step.",
    "5.1": "The command isn't allowed at this point, or not here at all.",
    "5.2": "The server doesn't understand this line.",
    "5.3": "There are too many recipients for one letter.",
    "5.4": "A parameter of the command is wrong.",
    "5.6": "The line is too long.",
    "6.7": "The address holds letters that the next server can't carry.",
    "7.0": "A rule about security forbids it.",
    "7.1": "The server's policy forbids it to this client, sender or recipient.",
    "7.8": "The name or the password is wrong.",
    "7.9": "This way of logging in is too weak here.",
    "7.11": "This way of logging in needs an encrypted connection.",
    "7.20": "No valid DKIM signature is under the letter.",
    "7.23": "SPF says that this host may not send mail for the sender's domain.",
    "7.25": "The client's address has no name in the DNS that leads back to it.",
    "7.26": "Neither SPF nor DKIM proves where the letter comes from.",
    "7.29": "The letter's ARC seals don't hold.",
}

# The same by the code alone, where there is no enhanced one or it says nothing.
NO_BY_CODE = {
    421: "The server hangs up.",
    450: "The mailbox isn't available.",
    451: "Something went wrong at the server.",
    452: "The server has no room for it.",
    454: "The server can't do this at present.",
    459: "The server has nothing to do for this domain.",
    500: "The server doesn't know this command.",
    501: "The command isn't written as it must be.",
    502: "The server doesn't do this.",
    503: "The command comes at the wrong moment.",
    504: "The server doesn't know this parameter.",
    521: "The server takes no mail, and hangs up.",
    530: "Something else has to come first.",
    535: "The login was wrong.",
    550: "The mailbox isn't available to this client.",
    551: "The mailbox isn't here.",
    552: "The letter is larger than the server takes.",
    553: "The address isn't allowed.",
    554: "The server won't do it.",
    555: "The server doesn't know this parameter.",
}

CODE_COUNTS = (421, 521, 530)  # more than the enhanced code, which only hints at the reason

PLAIN_YES = "The server says yes."
GO_ON = "The server waits for more."
UNKNOWN_NO = "The server says no."
NOT_NOW = "It is a no for now: the client may try again later."
FOR_GOOD = "It is a no for good: the same again would be refused again."
NO_REPLY = "This isn't a reply: a reply begins with three digits."


def meaning(line: Line) -> str:
    """What a reply means, in a sentence or two; empty for what isn't a reply's last line."""
    if line.part is not Part.REPLY or not line.last:
        return ""
    return explained(line.code, line.enhanced, line.step)


def explained(code: int, enhanced: str = "", step: str = "") -> str:
    """What a reply with this code means as the answer to ``step``; ``enhanced`` as in "5.7.1"."""
    if code >= 400:
        reason = None if code in CODE_COUNTS else NO.get(enhanced[2:])
        reason = reason or NO_BY_CODE.get(code, UNKNOWN_NO)
        return f"{reason} {FOR_GOOD if code >= 500 else NOT_NOW}"
    if code >= 300:
        return YES.get((step, code), GO_ON)
    return YES.get((step, code), PLAIN_YES) if code >= 200 else NO_REPLY
