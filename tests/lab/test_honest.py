"""The honest round: whose mail arrives, whose doesn't and why, and what could be read on the way."""

from labkit import Lab, Policy, RecipientPolicy, defences
from labkit.lab.defence import Road
from labkit.lab.honest import honest_round


def test_everything_arrives_through_the_relay_as_somebody_left_it(lab: Lab) -> None:
    found = honest_round(lab, Road())
    assert (found.sent, found.arrived, found.lost) == (13, 13, 0)
    assert repr(found).splitlines()[:4] == [
        "Honest mail: 13 of 13 letters arrived",
        "  the office         5 of 5 arrived",
        "  the copier         2 of 2 arrived",
        "  staff on the road  2 of 2 arrived",
    ]
    assert "a letter from staff@corp.example: Offer" in {secret.what for secret in found.secrets}


def test_what_is_refused_is_lost_and_says_why(lab: Lab) -> None:
    lab.relay.policy = Policy(mynetworks="192.0.2.60", smtpd_relay_restrictions="permit_mynetworks, reject")
    found = honest_round(lab, Road())
    parts = {part.who: part for part in found.parts}
    assert parts["the copier"].lost == 0
    assert str(parts["the customer"]) == (
        "0 of 2 arrived: 554 5.7.1 <staff@corp.example>: Recipient address rejected: Access denied; "
        "554 5.7.1 <sales@corp.example>: Recipient address rejected: Access denied"
    )
    assert found.lost == 11


def test_a_letter_in_the_spam_folder_has_not_arrived(lab: Lab) -> None:
    lab.customer.checks = RecipientPolicy(dmarc="none: spam folder")
    parts = {part.who: part for part in honest_round(lab, Road()).parts}
    assert (parts["the office"].arrived, parts["the customer"].arrived) == (0, 2)


def test_what_is_put_off_has_an_hour_to_come(lab: Lab) -> None:
    lab.customer.checks = RecipientPolicy(greylist="usual")
    assert honest_round(lab, Road()).lost == 0


def test_only_this_round_is_listened_to(lab: Lab) -> None:
    lab.laptop.send()
    defences.RIGHT.install(lab)
    found = honest_round(lab, defences.RIGHT.road)
    assert found.secrets == ()
    assert "0 passwords and letters could be read on the way" in found._repr_html_()
