"""Both images, built from their Dockerfiles and run as compose.yaml says: the lab, its door, and Postfix beside it."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from launch import compose
from launch.containers import Container
from launch.images import DOCKER, ROOT, Image, builder

from labkit.lab.exam.sides import SIDES

TOKEN = "a-token-of-one's-own"
SERVICES = compose.read({"JUPYTER_TOKEN": TOKEN})["services"]
STUDENT = 1000

EXAM = """
from pathlib import Path
from labkit import Lab, Policy
with Lab(Policy.parse(Path("policy.cf").read_text())) as lab:
    beside = lab.exam().compare(lab.exam("127.0.0.1:2525"))
    print(lab.exam().compare().sentence)
    print(beside.sentence, *(pair for pair in beside.pairs if not pair.is_same), sep="\\n\\n")
"""
CALL = """
from http.client import HTTPConnection
import sys
connection = HTTPConnection("127.0.0.1", 8888, timeout=60)
connection.request("GET", sys.argv[1], headers={"Authorization": sys.argv[2]} if sys.argv[2:] else {})
answer = connection.getresponse()
print(answer.status, answer.read().decode())
"""
# The exam at Postfix, beside a server to which letters could be handed on.
TRAP = """
import socket
from labkit import Lab
server = socket.create_server(("127.0.0.1", 2526))
with Lab() as lab:
    lab.exam("127.0.0.1:2525")
server.settimeout(3)
try:
    print("called by", server.accept())
except TimeoutError:
    print("nobody called")
"""


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Image]]:
    """Both, by the name that compose.yaml gives them."""
    builds = builder(tmp_path_factory.mktemp("images"))
    try:
        yield {
            "relay-lab": builds.build("relay-lab", DOCKER / "lab/Dockerfile", ROOT),
            "relay-postfix": builds.build("relay-postfix", DOCKER / "postfix/Dockerfile", DOCKER / "postfix"),
        }
    finally:
        builds.close()


class Composed:
    """What ``docker compose up`` makes, with volumes in a folder."""

    def __init__(self, images: dict[str, Image], folder: Path) -> None:
        self._images, self._folder = images, folder
        self._running: list[Container] = []
        self.home, self.policy = folder / "home", folder / "policy.cf"
        for volume in (self.home, folder / "door"):
            volume.mkdir()
            os.chown(volume, STUDENT, STUDENT)
        shutil.copy(DOCKER / "postfix/policy.cf", self.policy)
        self._volumes = {"home": self.home, "door": folder / "door", "./postfix/policy.cf": self.policy}

    def start(
        self, name: str, beside: Container | None = None, command: list[str] | None = None, **settings: str
    ) -> Container:
        """Start a service, or another command in its place, and leave it to the caller to wait for it."""
        log = self._folder / f"{name}-{len(self._running)}.log"
        service = SERVICES[name] | ({"command": command} if command else {})
        container = Container(self._images[service["image"]], service, log, self._volumes, beside, **settings)
        self._running.append(container)
        return container

    def close(self) -> None:
        """End whatever runs."""
        for container in reversed(self._running):
            container.close()


@pytest.fixture
def composed(images: dict[str, Image], tmp_path: Path) -> Iterator[Composed]:
    """Nothing is started yet."""
    composed = Composed(images, tmp_path)
    yield composed
    composed.close()


@pytest.fixture(scope="module")
def up(images: dict[str, Image], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Container]]:
    """Every service, in the order that compose.yaml asks for, and well."""
    composed = Composed(images, tmp_path_factory.mktemp("composed"))
    try:
        lab = composed.start("lab")
        lab.wait_until_healthy()
        others = {"postfix": composed.start("postfix", lab), "door": composed.start("door")}
        for other in others.values():
            other.wait_until_healthy()
        yield {"lab": lab, **others}
    finally:
        composed.close()


@pytest.fixture
def get(up: dict[str, Container]) -> Callable[..., str]:
    """``get(path, token)`` calls at the door, as a browser does."""

    def get(path: str, token: str = "") -> str:
        headers = [f"token {token}"] if token else []
        return up["door"].run("python", "-c", CALL, path, *headers).stdout

    return get


@pytest.mark.parametrize(
    ("image", "unwanted"),
    [
        ("relay-lab", "usr/bin/gcc"),
        ("relay-lab", "usr/bin/pip*"),
        ("relay-lab", "opt/lab/lib/python3*/site-packages/pip"),
        ("relay-lab", "root/.cache"),
        ("relay-lab", "source"),
        ("relay-lab", "var/lib/apt/lists/*"),
        ("relay-postfix", "usr/lib/postfix/sbin/smtp"),
        ("relay-postfix", "usr/lib/postfix/sbin/lmtp"),
        ("relay-postfix", "etc/ssl/private/*"),
        ("relay-postfix", "etc/postfix/*.pem"),
        ("relay-postfix", "var/lib/apt/lists/*"),
    ],
)
def test_an_image_has_nothing_that_it_does_not_need(
    images: dict[str, Image], image: str, unwanted: str
) -> None:
    assert list(images[image].root.glob(unwanted)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_can_be_changed_in_a_container(up: dict[str, Container], service: str) -> None:
    assert "Read-only file system" in up[service].run("touch", "/opt/mine", "/usr/bin/mine").stderr


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_has_the_rights_of_compose_yaml_and_gets_no_more(
    up: dict[str, Container], service: str
) -> None:
    first, *_ = up[service].run("cat", "/proc/1/task/1/children").stdout.split()
    own = first if SERVICES[service].get("init") else "1"
    lines = up[service].run("cat", f"/proc/{own}/status").stdout.splitlines()
    status = dict(line.split(":\t") for line in lines)
    assert status["NoNewPrivs"] == "1"
    assert int(status["CapBnd"], 16).bit_count() == len(SERVICES[service].get("cap_add", []))
    assert status["Uid"].split()[0] == ("0" if service == "postfix" else str(STUDENT))


def test_the_door_leads_to_jupyterlab(get: Callable[..., str]) -> None:
    assert get("/api").startswith("200 ")


@pytest.mark.parametrize("path", ["/api/contents/00-welcome.ipynb", "/voila/render/dashboard.ipynb", "/lab"])
def test_who_has_no_token_sees_nothing(get: Callable[..., str], path: str) -> None:
    assert re.match("403|302|200.*(?s:.*)Password or token", get(path))


def test_who_has_the_token_sees_the_notebooks(get: Callable[..., str]) -> None:
    answer = get("/api/contents/00-welcome.ipynb?content=0", TOKEN)
    assert answer.startswith("200 ")
    assert '"name": "00-welcome.ipynb"' in answer


def test_the_panel_is_a_page_behind_the_same_token(get: Callable[..., str]) -> None:
    answer = get("/voila/render/dashboard.ipynb", TOKEN)
    assert answer.startswith("200 ")
    assert "voila_finish" in answer


def test_a_notebook_runs_in_the_container(up: dict[str, Container]) -> None:
    done = up["lab"].run(
        "jupyter", "execute", "notebooks/12-the-real-thing.ipynb", "--output=/tmp/done.ipynb"
    )
    assert done.returncode == 0, done.stderr


def test_the_exam_at_postfix_gives_what_the_lab_and_the_recording_give(up: dict[str, Container]) -> None:
    up["lab"].run("sh", "-c", f"cat > policy.cf <<'E'\n{(DOCKER / 'postfix/policy.cf').read_text()}E\n")
    done = up["lab"].run("python", "-c", EXAM)
    alike = f"{len(SIDES)} of {len(SIDES)} dialogues are the same, line by line.\n"
    assert done.stdout == alike * 2, done.stdout + done.stderr


def test_mail_for_others_stays_inside_and_its_reason_is_told(up: dict[str, Container]) -> None:
    up["lab"].run("python", "-c", EXAM)
    reason = "This Postfix belongs to a lab: no letter leaves it"
    assert re.search(rf"\({reason}\)\s+orders@customer.example", up["postfix"].run("mailq").stdout)
    assert re.search(rf"to=<orders@customer.example>.* status=deferred \({reason}\)", up["postfix"].log())


def test_mail_for_the_company_arrives(up: dict[str, Container]) -> None:
    up["lab"].run("python", "-c", EXAM)
    assert "Subject: Exam" in up["postfix"].run("cat", "/run/mail/staff").stdout


def test_no_policy_makes_postfix_send(composed: Composed) -> None:
    way_out = "smtp:[127.0.0.1]:2526"
    lines = {
        "default_transport": way_out,
        "relay_transport": way_out,
        "transport_maps": f"inline:{{ {{* = {way_out}}} }}",
        "relayhost": "[127.0.0.1]:2526",
        "content_filter": way_out,
        "mynetworks": "0.0.0.0/0",
    }
    composed.policy.write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))
    postfix = composed.start("postfix")
    postfix.wait_until_healthy()
    caller = composed.start("lab", postfix, command=["python", "-c", TRAP])
    assert caller.ended() == 0, caller.log()
    assert caller.log() == "nobody called\n"
    assert "status=deferred (This Postfix belongs to a lab: no letter leaves it)" in postfix.log()
    assert "status=sent" not in re.sub(r".*relay=local,.*", "", postfix.log())


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("mynetwork = 192.0.2.0/24", "policy.cf: Postfix has no parameter mynetwork. Is it spelt right?"),
        (
            "# mine\nmynetworks: 192.0.2.0/24",
            'policy.cf, line 2: "mynetworks: 192.0.2.0/24" is not of the form: name = value',
        ),
        ("message_size_limit = much", "bad numerical configuration: message_size_limit = much"),
    ],
)
def test_a_mistake_in_the_policy_is_told_in_plain_words(composed: Composed, policy: str, said: str) -> None:
    composed.policy.write_text(policy + "\n")
    postfix = composed.start("postfix")
    assert postfix.ended() == 1
    assert said in postfix.log().splitlines()[:2]
    assert postfix.log().endswith("Change that in docker/postfix/policy.cf, and start again.\n")


def test_a_token_that_can_be_guessed_is_refused(composed: Composed) -> None:
    lab = composed.start("lab", JUPYTER_TOKEN="lab")
    assert lab.ended() == 1
    assert lab.log() == (
        "JUPYTER_TOKEN has only 3 characters. Choose 16 or more, or leave it out: then one is made.\n"
    )


@pytest.fixture(scope="module")
def twice(
    images: dict[str, Image], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, list[str]]]:
    """The home and the logs of a lab that is worked in, asked to end, and started again."""
    composed = Composed(images, tmp_path_factory.mktemp("twice"))
    try:
        first = composed.start("lab", JUPYTER_TOKEN="")
        first.wait_until_healthy()
        first.run("sh", "-c", "echo mine > notebooks/03-open-relay.ipynb; rm notebooks/04-the-bill.ipynb")
        first.ask_to_stop()
        first.ended()
        second = composed.start("lab", JUPYTER_TOKEN="")
        second.wait_until_healthy()
        yield composed.home, [first.log(), second.log()]
    finally:
        composed.close()


def test_work_is_kept_when_the_lab_starts_again(twice: tuple[Path, list[str]]) -> None:
    home, _ = twice
    assert (home / "notebooks/03-open-relay.ipynb").read_text() == "mine\n"


def test_a_notebook_that_was_removed_comes_back(twice: tuple[Path, list[str]]) -> None:
    home, _ = twice
    assert (home / "notebooks/04-the-bill.ipynb").exists()


def test_without_a_token_of_ones_own_each_start_makes_another(twice: tuple[Path, list[str]]) -> None:
    _, logs = twice
    made = [re.findall(r"http://127.0.0.1:8888/lab\?token=(\S{32})\n", log) for log in logs]
    assert len(made[0]) == len(made[1]) == 1
    assert made[0] != made[1]


def test_postfix_ends_when_it_is_asked_to(composed: Composed) -> None:
    postfix = composed.start("postfix")
    postfix.wait_until_healthy()
    postfix.ask_to_stop()
    postfix.ended()
