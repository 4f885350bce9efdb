"""Letters of all kinds, and addresses of all forms."""

from postfix.dialogues.phrases import (
    FROM,
    FROM_STAFF,
    HELLO,
    LETTER,
    TO_ORDERS,
    TO_STAFF,
    Dialogue,
    office,
    outside,
    recipients,
    senders,
)

LETTERS = {
    "from outside to staff": outside(FROM, TO_STAFF, LETTER),
    "from outside to a customer": outside(FROM, TO_ORDERS, LETTER),
    "from the office to a customer": office(FROM_STAFF, TO_ORDERS, LETTER),
    "from the hotel to staff": Dialogue(
        "laptop", "C: EHLO room77.hotel.example\n" + FROM_STAFF + TO_STAFF + LETTER
    ),
    "from a host without a name": Dialogue("your terminal", "C: HELO laptop\n" + FROM + TO_STAFF + LETTER),
    "from a host with a false name": Dialogue(
        "liar", "C: EHLO mail.corp.example\n" + FROM + TO_STAFF + LETTER
    ),
    "from the copier to both sides": Dialogue(
        "copier",
        "C: HELO copier.corp.example\nC: MAIL FROM:<scans@corp.example>\n" + TO_STAFF + TO_ORDERS + LETTER,
    ),
    "to several, some of them refused": outside(
        FROM,
        recipients(
            "<nobody@corp.example>",
            "<staff@corp.example>",
            "<orders@customer.example>",
            "<sales@mail.corp.example>",
            "<Director@Corp.Example>",
            "<staff@corp.example>",
        ),
        LETTER,
    ),
    "the empty reverse-path": outside("C: MAIL FROM:<>\n", TO_STAFF, LETTER),
    "to the postmaster": outside(FROM, recipients("<Postmaster>", "<postmaster@corp.example>"), LETTER),
    "three letters in a session": outside(*(FROM, TO_STAFF, LETTER) * 3),
    "to a mailbox that the customer doesn't have": office(
        FROM_STAFF, recipients("<nobody@customer.example>"), LETTER
    ),
    "to a domain that isn't there": office(FROM_STAFF, recipients("<a@absent.example>"), LETTER),
    "notices are asked for": office(
        "C: MAIL FROM:<staff@corp.example> RET=HDRS ENVID=order+3D7\n",
        recipients(
            "<orders@customer.example> NOTIFY=SUCCESS,FAILURE",
            "<nobody@customer.example> NOTIFY=FAILURE ORCPT=rfc822;nemo@customer.example",
            "<nothing@customer.example> NOTIFY=NEVER",
            "<sales@corp.example> NOTIFY=SUCCESS",
            "<director@corp.example> NOTIFY=DELAY",
        ),
        LETTER,
    ),
    "many recipients": Dialogue(
        "laptop",
        "C: EHLO room77.hotel.example\n"
        + FROM
        + recipients(*(f"<{name}@corp.example>" for name in ("staff", "director", "scans", "sales", "staff")))
        + LETTER,
    ),
    "four connections": Dialogue("laptop", "C: NOOP\n" + "== AGAIN\nC: NOOP\n" * 3),
}

ADDRESSES = {
    "addresses that ask to be sent on": outside(
        FROM,
        recipients(
            "<orders%customer.example@corp.example>",
            "<orders@customer.example@corp.example>",
            "<customer.example!orders@corp.example>",
            "<@corp.example:orders@customer.example>",
            "<@customer.example:staff@corp.example>",
            '<"orders@customer.example">',
            '<"orders@customer.example"@corp.example>',
        ),
    ),
    "recipients of odd form": outside(
        FROM,
        recipients(
            "<>",
            "staff@corp.example",
            " <staff@corp.example>",
            "<staff>",
            "<staff@corp>",
            "<staff@corp.example.>",
            "<staff@[192.0.2.25]>",
            "<staff@192.0.2.25>",
            '<"staff"@corp.example>',
            '<"st aff"@corp.example>',
            "<staff @corp.example>",
            "<staff@@corp.example>",
            "<@corp.example>",
        ),
    ),
    "more recipients of odd form": office(
        FROM,
        recipients(
            "<staff@-corp.example>",
            "<staff@corp..example>",
            "<.staff@corp.example>",
            "<st..aff@corp.example>",
            "<staff+filter@corp.example>",
            "<staff@corp.example",
            "staff@corp.example>",
            "<staff@corp.example>>",
            "<staff@corp_x.example>",
        ),
        "C: RCPT <staff@corp.example>\nC: RCPT\nC: RCPT FROM:<staff@corp.example>\n",
    ),
    "senders of odd form": outside(
        senders(
            "<root>",
            "someone@hosting.example",
            "<someone@absent.example>",
            "<someone@nullmx.example>",
            "<someone@mxless.example>",
            "<someone@hosting.example@corp.example>",
            '<"some one"@hosting.example>',
            "<@relay.example:someone@hosting.example>",
        )
    ),
    "more senders of odd form": outside(
        senders(
            "<someone@[203.0.113.66]>",
            "<someone@203.0.113.66>",
            "<someone@hosting>",
            "<someone@host_ing.example>",
            "<@hosting.example>",
            "<<someone@hosting.example>>",
            "<someone@hosting.example",
            "<staff@corp.example>",
            "<Someone@HOSTING.example>",
        )
    ),
}

LONG_ADDRESSES = {
    "long addresses": outside(
        FROM,
        recipients(
            f"<{'a' * 64}@corp.example>",
            f"<{'a' * 65}@corp.example>",
            f"<{'a' * 600}@corp.example>",
            f"<staff@{'b' * 63}.example>",
            f"<staff@{'b' * 64}.example>",
            f"<staff@{'.'.join(['c' * 63] * 4)}>",
            f"<staff@{'.'.join(['c' * 63] * 4)}.example>",
        ),
    ),
    "an address in UTF-8": office(
        "C: MAIL FROM:<émile@hosting.example>\nC: RSET\n",
        "C: MAIL FROM:<émile@hosting.example> SMTPUTF8\n",
        recipients("<zoë@corp.example>", "<staff@corp.example>"),
        LETTER,
    ),
    "HELO, and then an address in UTF-8": Dialogue(
        "attacker",
        HELLO.replace("EHLO", "HELO") + "C: MAIL FROM:<émile@hosting.example> SMTPUTF8\n" + TO_STAFF,
    ),
}
