"""The relay test: does this server carry a stranger's letter to a stranger?

Every pattern is tried in the clear, after STARTTLS and after AUTH, and each time the whole letter is handed
over: what a server says to RCPT proves nothing, and neither does a 250 at the end. Proof is a letter that
is found in the tester's own mailbox, at a domain that isn't the server's.
"""

from collections.abc import Sequence

from labkit.attacker.letters import lab_path
from labkit.attacker.means.patterns import PATTERNS, Pattern
from labkit.attacker.means.post import Login
from labkit.attacker.means.relaytest import STATES, RelayTest, Trial
from labkit.attacker.means.tester import NotOffered, Tester
from labkit.attacker.scene import Scene
from labkit.network.addresses import Host
from labkit.network.fabric import Network

GOAL = "a stranger's letter, carried on to an outside mailbox"
DROP = "relaytest@dropbox.example"


async def run(
    network: Network,
    source: Host,
    target: Host,
    scene: Scene,
    *,
    port: int = 25,
    drop: str = DROP,
    login: Login | None = None,
    literal: str = "",
    patterns: Sequence[Pattern] = PATTERNS,
) -> RelayTest:
    """Try every pattern in every state. ``drop`` is the tester's mailbox, where letters are looked for.

    ``login`` is an account of the server's, for the letters after AUTH; without one there are none.
    ``literal`` is what the server takes for its own address, unless that is the lab's. Raises
    OutsideTheLab for a drop that could be somebody's.
    """
    tester = Tester(network, source, target, port, scene, lab_path(drop), login, literal)
    trials: list[Trial] = []
    missing: dict[str, str] = {}
    for state in STATES:
        try:
            async for trial in tester.tried(state, patterns):
                trials.append(trial)
                scene.progress(trial.attempt)
        except NotOffered as why:
            missing[state] = str(why)
    what = f"a relay test of {target.name}, port {port}"
    report = await scene.report(network, source, what, [trial.attempt for trial in trials], goal=GOAL)
    return RelayTest.of(report, trials, missing, tester.names)
