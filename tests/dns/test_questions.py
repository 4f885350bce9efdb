"""What the resolver was asked is written down, with whom it was for."""

from labkit import Lab
from labkit.clock import START
from labkit.dns.questions import NO_ANSWER, NO_SUCH_NAME, Errand, Questions, errand, on_errand


def asked(lab: Lab) -> list[tuple[str, str, bool, int, Errand | None]]:
    return [(one.kind, one.said, one.kept, one.session, one.errand) for one in lab.scenery.resolver.questions]


def test_servers_ask_for_their_sessions_and_couriers_for_their_letters() -> None:
    with Lab() as lab:
        lab.workstation.send()
        errands = Errand("relay", "4B00000001")
        assert asked(lab) == [
            ("PTR", "workstation.corp.example", False, 1, None),
            ("A", "192.0.2.50", False, 1, None),
            ("MX", "10 mx1.customer.example, 20 mx2.customer.example", False, 0, errands),
            ("A", "198.51.100.25", False, 0, errands),
            ("A", "198.51.100.26", False, 0, errands),
            ("PTR", "mail.corp.example", False, 2, None),
            ("A", "192.0.2.25", False, 2, None),
        ]


def test_what_was_known_already_and_what_failed_is_written_down_as_well() -> None:
    with Lab() as lab:
        lab.workstation.send()
        lab.workstation.send()
        assert {kept for _, _, kept, session, _ in asked(lab) if session == 3} == {True}
        lab.dns.fault = "timeout"
        lab.workstation.send()
        assert asked(lab)[-1][1] == NO_ANSWER
        lab.dns.fault = "nxdomain"
        lab.workstation.send()
        assert asked(lab)[-1][1] == NO_SUCH_NAME


def test_the_oldest_questions_go_and_are_counted() -> None:
    questions = Questions(limit=2)
    for number in range(5):
        questions.note(START, (f"{number}.example", "A"), "192.0.2.1", kept=False)
    assert [one.number for one in questions] == [4, 5]
    assert (len(questions), questions.asked) == (2, 5)


def test_an_errand_ends() -> None:
    with on_errand("relay", "4B00000001"):
        assert errand() == Errand("relay", "4B00000001")
    assert errand() is None
