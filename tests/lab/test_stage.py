"""A lab with a seed: the same lab under other names, and no usual one in anything that is shown."""

import re
from collections.abc import Iterable, Iterator

import pytest

from labkit import Lab, Policy, UsageError, defences, kinds
from labkit.lab import usual
from labkit.lab.deceivers import DECEIVERS
from labkit.lab.defence import Road
from labkit.lab.honest import honest_round
from labkit.lab.matrix import matrix
from labkit.lab.repertoire import ATTACKS
from labkit.lab.stage import USUAL, stage_of
from labkit.show import reputation, sequence, topology

SEEDS = ("anna", "Budi 7")
# What stands for somebody in the usual lab, and could be passed on as part of an answer.
USUAL_WORDS = re.compile(
    r"corp\.example|c0rp|corp20|corp-|customer\.example|hotel\.example|hosting\.example|isp\.example"
    r"|dropbox\.example|192\.0\.2\.(25|50|53|60)\b|198\.51\.100\.(10|25|26|27|77|78)\b"
    r"|203\.0\.113\.(66|99|10\d|11\d)\b|\b(25|50|53|60)\.2\.0\.192|room77|vps66"
    r"|paper-boat|quiet-harbour|slow-train|heavy-lantern|winter-2026"
)


def attacks(lab: Lab, road: Road) -> Iterator[object]:
    """Each attack, in all that it can do, but small."""
    stranger, staff = lab.attacker, f"staff@{lab.stage.COMPANY}"
    yield stranger.spam(8)
    yield stranger.probe()
    yield stranger.spoof()
    yield stranger.spoof(staff, target="mx1")
    yield stranger.backscatter(6)
    yield from (stranger.sniff(client) for client in ("laptop", "relay"))
    for how in ("strip", "certificate", "inject"):
        yield stranger.strip(how, **road.settings)
        yield stranger.strip(how, client="relay")
    yield stranger.spray(45, user="sales", port=587)
    yield stranger.takeover(6)
    yield from (stranger.smuggle(["LF.LF"], target=target) for target in ("relay", "mx1"))
    yield stranger.flood("connections", 6, addresses=3)
    yield stranger.flood("recipients", 5)
    yield stranger.flood("bombs", 4)
    yield stranger.forward(footer=True, seals=True)


def senders(lab: Lab) -> Iterator[object]:
    yield lab.workstation.newsletter(3)
    yield lab.workstation.speak(f"EHLO {lab.stage.WORKSTATION.domain}\nVRFY staff\nQUIT")
    yield lab.customer.send()
    yield lab.guest.spam(2)
    yield lab.servers.probe("B")
    yield lab.tls.survey()
    yield lab.exam()
    yield lab.workstation.send()
    yield lab.copier.send()
    yield lab.laptop.send(user="staff", password=lab.stage.PASSWORDS["staff"], tls="encrypt")
    lab.mx1.fault = "wrong certificate"
    lab.relay.policy = lab.relay.policy.replace(smtp_tls_security_level="verify")
    yield lab.workstation.send()


def views(lab: Lab) -> Iterator[object]:
    yield from (lab, lab._repr_html_(), lab.stage, lab.relay, lab.queue, lab.mailboxes, lab.log, lab.figures)
    yield from (lab.dns, lab.customer, lab.blocklist, lab.ports.keys(), lab.attacker)
    yield from (lab.workstation, lab.copier, lab.laptop, lab.mx1, lab.smarthost, lab.smarthost.policy)
    yield from (topology(lab).text, reputation(lab).text, sequence(lab, lab.transcripts[-1].number).text)
    yield from (session.reveal() for session in lab.transcripts)
    for mailboxes in (*lab.mailboxes, lab.scenery.drop):
        yield from (letter.content.decode("utf-8", "replace") for letter in mailboxes)
    for recipe in (*defences.DEFENCES, *kinds.KINDS, *DECEIVERS):
        yield recipe
        yield recipe.policy


def shown(seed: str) -> list[str]:
    """Everything that a lab shows: under the open relay, and under the right policy."""
    with Lab(seed=seed) as lab:
        texts = [*written(attacks(lab, Road())), *written(senders(lab)), *written(views(lab))]
        lab.reset()
        defences.RIGHT.install(lab)
        road = lab.stage.tell(defences.RIGHT.road)
        texts += [*written(attacks(lab, road)), repr(honest_round(lab, road))]
        texts += [*written(senders(lab)), *written(views(lab))]
        assert lab.problems == ()
    return texts


def written(things: Iterable[object]) -> Iterator[str]:
    return (thing if isinstance(thing, str) else repr(thing) for thing in things)


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    return {seed: shown(seed) for seed in SEEDS}


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_shown_has_a_usual_name_address_or_password(texts: dict[str, list[str]], seed: str) -> None:
    hits = [hit for text in texts[seed] if (hit := USUAL_WORDS.search(text))]
    found = [hit.string[max(0, hit.start() - 60) : hit.end() + 20] for hit in hits]
    assert found == []
    assert any(stage_of(seed).COMPANY in text for text in texts[seed])


def test_two_labs_with_the_same_seed_show_the_same(texts: dict[str, list[str]]) -> None:
    for before, after in zip(texts["anna"], shown("anna"), strict=True):
        assert before == after


def test_another_seed_has_other_names_and_secrets() -> None:
    stages = [USUAL, *map(stage_of, SEEDS)]
    for name in ("COMPANY", "CUSTOMER", "PASSWORDS", "PROVIDER_PASSWORDS"):
        assert len({str(getattr(stage, name)) for stage in stages}) == len(stages), name
    for name in ("RELAY", "COPIER", "ATTACKER", "LAPTOP"):
        assert len({getattr(stage, name).address for stage in stages}) >= 2, name


def test_the_usual_stage_tells_everything_as_it_is() -> None:
    assert USUAL.tell(usual.ZONE) is usual.ZONE
    assert usual.ACCOUNTS == USUAL.ACCOUNTS
    assert {name for name in vars(usual) if name.isupper()} - {"YOUR_TERMINAL"} <= set(vars(USUAL))


def successes(seed: str) -> list[int]:
    """How much each attack gets past a defence with one hole, a password that is guessed."""
    with Lab(seed=seed) as lab:
        defences.WEAK_PASSWORD.install(lab)
        road = lab.stage.tell(defences.WEAK_PASSWORD.road)
        return [report.harm for attack in ATTACKS for report in attack.run(lab, road)]


def test_every_attack_comes_as_far_as_on_the_usual_stage() -> None:
    assert successes("anna") == successes("")


def test_the_table_of_defences_has_the_names_of_the_lab_that_is_open() -> None:
    with Lab(seed="anna") as lab:
        table = matrix(["takeover", "spoof"], ["open relay", "weak password"])
        seen = repr(table.cell("takeover", "weak password").reports)
        assert lab.stage.COMPANY in seen
        assert not USUAL_WORDS.search(seen)


def test_a_reset_keeps_the_seed() -> None:
    with Lab(seed="anna") as lab:
        before = repr(lab)
        assert repr(lab.reset()) == before
        assert lab.stage is stage_of("anna")


def test_a_number_decides_chance_only() -> None:
    with Lab(seed=7) as lab:
        assert (lab.stage.chance, lab.stage.COMPANY) == (7, usual.COMPANY)
        assert lab.scenery.relay.site.seed == 7


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        (1.5, r"1\.5 can't be a seed: choose a whole number, or a text"),
        (True, "True can't be a seed"),
        (["anna"], "can't be a seed"),
        (b"anna", "can't be a seed"),
        ("a" * 101, "at most 100 characters, and this one has 101"),
        ("anna\n\x00b", "signs that can't be shown"),
        ("\ud800", "signs that can't be shown"),
    ],
)
def test_a_seed_that_cant_be_is_explained(seed: object, said: str) -> None:
    with Lab() as lab:
        with pytest.raises(UsageError, match=said):
            Lab(seed=seed)  # type: ignore[arg-type]
        assert lab.workstation.send().delivered == 1  # it wasn't closed for that


# Policies know where they are


def test_a_policy_belongs_to_the_lab_that_is_open() -> None:
    usual_one = Policy()
    with Lab(seed="anna") as lab:
        stage = lab.stage
        own = Policy.parse(f"myhostname = {stage.RELAY.domain}\nmydestination = $mydomain, x.$mydomain")
        assert own.mydestination == (stage.COMPANY, f"x.{stage.COMPANY}")
        assert Policy().mydestination == stage.home.names
        with pytest.raises(UsageError, match=rf"always '{stage.RELAY.domain}'"):
            Policy.parse("myhostname = mail.corp.example")
        lab.relay.policy = usual_one
        assert lab.relay.policy.mydestination == stage.home.names
        assert lab.attacker.spam(2).accepted == 0
        with Lab(beside=True) as other:
            other.relay.policy = own
            assert other.relay.policy.mydestination == ("corp.example", f"x.{stage.COMPANY}")
        assert Policy().mydestination == stage.home.names
    assert Policy() == usual_one
    assert repr(Policy()) == repr(usual_one)


def test_a_lab_takes_mail_for_its_company_whatever_policy_it_begins_with() -> None:
    policy = Policy(mynetworks="192.0.2.0/24")
    with Lab(policy, seed="anna") as lab:
        staff = f"staff@{lab.stage.COMPANY}"
        assert lab.workstation.send(staff).delivered == 1


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.name)
def test_a_kind_of_relay_works_on_every_stage(kind: kinds.Kind) -> None:
    results = []
    for seed in ("", "anna"):
        with Lab(seed=seed) as lab:
            kind.install(lab.relay)
            login = dict(zip(("user", "password"), lab.stage.STAFF_LOGIN, strict=True))
            reports = (lab.workstation.send(), lab.laptop.send(**login), lab.attacker.spam(2))  # type: ignore[arg-type]
            results.append([report.delivered for report in reports])
    assert results[0] == results[1]
