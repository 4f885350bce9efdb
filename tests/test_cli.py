"""``labkit demo``: the lab's main job in a terminal."""

import pytest

from labkit.cli import main


def test_the_demo_shows_the_attack_the_refused_attack_and_the_diff(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["demo", "--letters", "20"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    for part in (
        "delivered  20 found in the recipients' mailboxes",
        "20 × 554 5.7.1 <orders@customer.example>: Relay access denied (to RCPT)",
        "refused by reject_unauth_destination",
        "What changed from session",
        "Received: from vps66.hosting.example (vps66.hosting.example [203.0.113.66])",
    ):
        assert part in shown.out


def test_the_demo_is_the_same_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for _ in range(2):
        main(["demo", "--letters", "30"])
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("letters", "said"), [("0", "choose a whole number"), ("20000", "more than this lab sends")]
)
def test_a_bad_number_is_answered_in_words(
    capsys: pytest.CaptureFixture[str], letters: str, said: str
) -> None:
    assert main(["demo", "--letters", letters]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["dmeo"], ["demo", "--letters", "many"]])
def test_an_unknown_command_shows_the_usage(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: labkit" in capsys.readouterr().err
