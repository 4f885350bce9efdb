"""RFC 4954, SMTP Service Extension for Authentication."""

from base64 import b64encode
from collections.abc import Callable

import pytest
from conformance.conftest import ACCOUNTS

GOOD = b64encode(b"\0staff\0paper-boat-7").decode()
WRONG = b64encode(b"\0staff\0wrong").decode()
NOBODY = b64encode(b"\0nobody\0paper-boat-7").decode()
REFUSED = "535 5.7.8 Error: authentication failed: (reason unavailable)"

DIALOGUES = {
    "4 a second AUTH is refused": f"""
        C: AUTH PLAIN {GOOD}
        S: 235 2.7.0 Authentication successful
        C: AUTH PLAIN {GOOD}
        S: 503 5.5.1 Error: already authenticated
    """,
    "4 AUTH within a transaction is refused": f"""
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: AUTH PLAIN {GOOD}
        S: 503 5.5.1 Error: MAIL transaction in progress
    """,
    "4 a client gives up with a star": """
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: *
        S: 501 5.7.0 Authentication aborted
        C: NOOP
        S: 250 2.0.0 Ok
    """,
    "4 an unknown user and a wrong password get the same answer": f"""
        C: AUTH PLAIN {WRONG}
        S: {REFUSED}
        C: AUTH PLAIN {NOBODY}
        S: {REFUSED}
    """,
    "4 a mechanism's name is read in any case": f"""
        C: auth plain {GOOD}
        S: 235 2.7.0 Authentication successful
    """,
    "4 a mechanism that isn't offered is refused": """
        C: AUTH FOO
        S: 535 5.7.8 Error: authentication failed: Invalid authentication mechanism
    """,
    "4 an initial response may be left out": f"""
        C: AUTH PLAIN
        S: 334
        C: {GOOD}
        S: 235 2.7.0 Authentication successful
    """,
    "5 AUTH= on MAIL is read once the client has logged in": f"""
        C: AUTH PLAIN {GOOD}
        S: 235 2.7.0 Authentication successful
        C: MAIL FROM:<staff@corp.example> AUTH=<>
        S: 250 2.1.0 Ok
    """,
}


@pytest.mark.parametrize("script", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_dialogue(conform: Callable[..., list[str]], script: str) -> None:
    conform(script, policy=ACCOUNTS)


def test_4_auth_is_refused_where_it_isnt_offered(conform: Callable[..., list[str]]) -> None:
    conform(f"""
        C: AUTH PLAIN {GOOD}
        S: 503 5.5.1 Error: authentication not enabled
    """)
