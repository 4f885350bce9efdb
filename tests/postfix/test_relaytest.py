"""The relay test of a real Postfix, and of the lab's relay with the same policy: the same, pattern by pattern."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from postfix.configuration import settings
from postfix.private import PATIENCE, PrivatePostfix
from postfix.surroundings import Surroundings

from labkit import Lab, Policy
from labkit.attacker import probe
from labkit.attacker.means.post import Login
from labkit.attacker.means.relaytest import AUTH, PLAIN, TLS, RelayTest
from labkit.attacker.report import Verdict
from labkit.attacker.scene import Scene
from labkit.lab import usual
from labkit.network.addresses import Host

STRANGER = "0.0.0.0/0"
BASE = """
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_auth_only = yes
"""
POLICIES = {
    "open": f"mynetworks = {STRANGER}\nsmtpd_tls_security_level = may",
    "closed": "mynetworks = 192.0.2.0/24\nsmtpd_tls_security_level = may",
    "open behind TLS": f"mynetworks = {STRANGER}\nsmtpd_tls_security_level = encrypt",
    "refuses at DATA": f"mynetworks = {STRANGER}\nsmtpd_data_restrictions = reject",
    "refuses in the end": f"mynetworks = {STRANGER}\nheader_checks = pcre:{{ {{/^Subject: Relay/ REJECT}} }}",
    "keeps letters": f"mynetworks = {STRANGER}\nheader_checks = pcre:{{ {{/^Subject: Relay/ DISCARD}} }}",
}
# The verdict, how many of the sixteen are accepted at RCPT in the clear, and what arrives in which state.
EXPECTED = {
    "open": ("open", 16, {PLAIN, TLS, AUTH}),
    "closed": ("closed", 0, {AUTH}),
    "open behind TLS": ("open", 0, {TLS, AUTH}),
    "refuses at DATA": ("accepts at RCPT only", 16, set()),
    "refuses in the end": ("accepts at RCPT only", 16, set()),
    "keeps letters": ("accepts at DATA only", 16, set()),
}
DROP = f"orders@{usual.CUSTOMER}"
REAL = Host("postfix", "192.0.2.26", usual.RELAY.domain)


class Both:
    """A Postfix with every policy, and the lab's relay beside it."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.around = lab, Surroundings(lab)
        self.policies = {name: Policy.parse(BASE + text) for name, text in POLICIES.items()}
        self.postfix = PrivatePostfix(self.around.address, self.around.settings())
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        self.around.certify(self.postfix.home / "data")
        self.ports = {
            name: self.postfix.put_in_the_open(settings(policy)) for name, policy in self.policies.items()
        }
        self.postfix.put(settings(Policy()))
        self.postfix.start()
        self.lab.wait_for(self._attach(), "the network")

    async def _attach(self) -> None:
        network = self.lab.scenery.network
        network.add(REAL)
        for port in self.ports.values():
            network.attach(REAL, port, port)

    def close(self) -> None:
        self.postfix.stop()
        self.around.close()

    def tested(self, name: str) -> tuple[RelayTest, RelayTest]:
        """What a relay test finds at the lab's relay, and at Postfix."""
        self.lab.relay.policy = self.policies[name]
        scene = self.lab.attacker._scene(lambda _: None)
        ours = self._test(usual.RELAY, 25, scene)
        return ours, self._test(REAL, self.ports[name], replace(scene, settle=self._until_idle))

    def _test(self, target: Host, port: int, scene: Scene) -> RelayTest:
        network, literal = self.lab.scenery.network, usual.RELAY.address
        testing = probe.run(
            network,
            usual.ATTACKER,
            target,
            scene,
            port=port,
            drop=DROP,
            login=Login(*usual.STAFF_LOGIN),
            literal=literal,
        )
        return self.lab.wait_for(testing, "a relay test")

    async def _until_idle(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not self.postfix.is_idle():
                await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    with Lab() as lab:
        both = Both(lab)
        try:
            yield both
            assert both.postfix.problems() == []
        finally:
            both.close()
        assert lab.problems == ()


@pytest.mark.parametrize("policy", POLICIES)
def test_a_real_postfix_and_the_relay_are_judged_alike_and_rightly(both: Both, policy: str) -> None:
    ours, theirs = both.tested(policy)
    assert _found(ours) == _found(theirs)
    for report in (ours, theirs):
        delivered = [trial for trial in report.trials if trial.attempt.verdict is Verdict.DELIVERED]
        assert (report.verdict, report.hits, {trial.state for trial in delivered}) == EXPECTED[policy]


def test_a_closed_postfix_refuses_each_of_the_sixteen_as_recorded(both: Both) -> None:
    for report in both.tested("closed"):
        refusals = [t.attempt for t in report.trials if t.pattern.is_classic and t.state == PLAIN]
        assert len(refusals) == 16
        for attempt in refusals:
            assert str(attempt.reply).startswith("554 5.7.1 <")
            assert str(attempt.reply).endswith(">: Relay access denied")


def _found(report: RelayTest) -> list[tuple[str, str, str, str, str]]:
    """Each trial: pattern, state, verdict, the step that decided and the answer there, but for queue ids."""
    return [
        (
            trial.pattern.number,
            trial.state,
            trial.attempt.verdict.word,
            trial.attempt.step,
            str(trial.attempt.reply).partition(" as ")[0],
        )
        for trial in report.trials
    ]


@pytest.mark.parametrize(("policy", "status"), [("closed", 0), ("refuses at DATA", 0), ("keeps letters", 3)])
def test_the_command_says_of_a_postfix_on_this_machine_whether_it_takes_strangers_letters(
    both: Both, policy: str, status: int
) -> None:
    command = [sys.executable, "-m", "labkit", "probe", f"127.0.0.1:{both.ports[policy]}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (status, "")
    assert EXPECTED[policy][0] in done.stdout
