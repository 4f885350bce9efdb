"""What changed between two attacks, in whole sentences.

Each sentence stands here complete, so that it can be translated; none is put together from parts.
"""

from labkit.attacker.report import Verdict

NOT_ALIKE = (
    "These are two different things: before, {before.who}: {before.what}; after, {after.who}: {after.what}."
)
FARED_ALIKE = "Every letter fared as before."

# How the letters that fared otherwise fared, for the most frequent change: one letter, or some of many.
BY_RULE = {
    Verdict.REFUSED: {
        True: "The letter was refused at {step} by {rule} instead of delivered.",
        False: "{count:,} of {total:,} letters were refused at {step} by {rule} instead of delivered.",
    },
    Verdict.DEFERRED: {
        True: "The letter was refused for now at {step} by {rule} instead of delivered.",
        False: "{count:,} of {total:,} letters were refused for now at {step} by {rule} "
        "instead of delivered.",
    },
}
BY_ANSWER = {
    Verdict.REFUSED: {
        True: "The letter was refused at {step} with {code} instead of delivered.",
        False: "{count:,} of {total:,} letters were refused at {step} with {code} instead of delivered.",
    },
    Verdict.DEFERRED: {
        True: "The letter was refused for now at {step} with {code} instead of delivered.",
        False: "{count:,} of {total:,} letters were refused for now at {step} with {code} "
        "instead of delivered.",
    },
}
FROM_DELIVERED = {
    Verdict.NOT_SENT: {
        True: "The letter couldn't be sent, where it was delivered before.",
        False: "{count:,} of {total:,} letters couldn't be sent, where they were delivered before.",
    },
    Verdict.ACCEPTED_AT_RCPT: {
        True: "The letter's recipient was accepted and the letter refused later, instead of delivered.",
        False: "Of {count:,} of {total:,} letters the recipient was accepted and the letter refused later, "
        "instead of delivered.",
    },
    Verdict.ACCEPTED: {
        True: "The letter was accepted and has not arrived, where it was delivered before.",
        False: "{count:,} of {total:,} letters were accepted and have not arrived, "
        "where they were delivered before.",
    },
}
TO_DELIVERED = {
    Verdict.NOT_SENT: {
        True: "The letter was delivered, where it couldn't be sent before.",
        False: "{count:,} of {total:,} letters were delivered, where they couldn't be sent before.",
    },
    Verdict.REFUSED: {
        True: "The letter was delivered instead of refused.",
        False: "{count:,} of {total:,} letters were delivered instead of refused.",
    },
    Verdict.DEFERRED: {
        True: "The letter was delivered instead of refused for now.",
        False: "{count:,} of {total:,} letters were delivered instead of refused for now.",
    },
    Verdict.ACCEPTED_AT_RCPT: {
        True: "The letter was delivered instead of refused after its recipient was accepted.",
        False: "{count:,} of {total:,} letters were delivered "
        "instead of refused after their recipients were accepted.",
    },
    Verdict.ACCEPTED: {
        True: "The letter was delivered, where it was only accepted before.",
        False: "{count:,} of {total:,} letters were delivered, where they were only accepted before.",
    },
}
OTHERWISE = {
    True: "The letter fared otherwise, and was delivered neither before nor after.",
    False: "{count:,} of {total:,} letters fared otherwise, and were delivered neither before nor after.",
}
OTHERS = "Other letters fared otherwise in other ways: the table counts them."
UNEQUAL = "Letters tried: {before:,} before, {after:,} after. They are compared in order, as far as both go."

# Whether the attack worked before, and works after.
HARM = {
    (True, True): "The attack worked before, and works still.",
    (True, False): "The attack worked before, and fails now.",
    (False, True): "The attack failed before, and works now.",
    (False, False): "The attack failed before, and fails still.",
}
