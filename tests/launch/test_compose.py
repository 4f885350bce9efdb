"""What compose.yaml and the Dockerfiles promise, read from them; test_images.py builds and runs them."""

import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from launch import compose

from labkit import Policy
from labkit.exercises.course import inherited
from labkit.lab import usual

DOCKER = compose.ROOT / "docker"
POSTFIX = DOCKER / "postfix"
DOCKERFILES = {name: DOCKER / name / "Dockerfile" for name in ("lab", "postfix")}
COMPOSED = compose.read({})
SERVICES: dict[str, dict[str, Any]] = COMPOSED["services"]
TOKEN = "a-token-of-one's-own"


def _instructions(dockerfile: Path) -> list[tuple[str, str]]:
    """Each instruction and its words, with continued lines joined."""
    text = re.sub(r"\\\n\s*", "", dockerfile.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def _words(dockerfile: Path, instruction: str) -> list[str]:
    return [words for name, words in _instructions(dockerfile) if name == instruction]


def test_the_file_is_what_the_compose_specification_describes() -> None:
    jsonschema.Draft202012Validator.check_schema(compose.SCHEMA)
    jsonschema.validate(COMPOSED, compose.SCHEMA, jsonschema.Draft202012Validator)


def test_a_word_that_the_specification_does_not_know_is_found() -> None:
    wrong = {"services": {"lab": {"image": "relay-lab", "read_onyl": True}}}
    with pytest.raises(jsonschema.ValidationError, match="read_onyl"):
        jsonschema.validate(wrong, compose.SCHEMA, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("bound", "value"),
    [("read_only", True), ("cap_drop", ["ALL"]), ("security_opt", ["no-new-privileges:true"])],
)
def test_every_service_has_few_rights(service: str, bound: str, value: object) -> None:
    assert SERVICES[service][bound] == value


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "extra", ["privileged", "devices", "network", "pid", "ipc", "userns_mode", "extra_hosts"]
)
def test_no_service_is_let_out_of_its_bounds(service: str, extra: str) -> None:
    assert extra not in SERVICES[service]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_limits(service: str) -> None:
    assert {"mem_limit", "pids_limit"} <= SERVICES[service].keys()


@pytest.mark.parametrize(
    ("service", "more"),
    [
        ("lab", []),
        ("postfix", ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID", "SYS_CHROOT"]),
        ("door", []),
    ],
)
def test_only_postfix_may_do_what_its_master_must(service: str, more: list[str]) -> None:
    assert SERVICES[service].get("cap_add", []) == more


def test_the_lab_and_postfix_are_on_a_network_that_leads_nowhere() -> None:
    assert SERVICES["lab"]["networks"] == ["inside"]
    assert SERVICES["postfix"]["network_mode"] == "service:lab"
    assert COMPOSED["networks"]["inside"] == {"internal": True}


def test_only_the_door_is_on_another_network_and_it_has_nothing_but_the_socket() -> None:
    others = {name for name, service in SERVICES.items() if service.get("networks", ["inside"]) != ["inside"]}
    assert others == {"door"}
    assert SERVICES["door"]["volumes"] == ["door:/run/door:ro"]
    assert SERVICES["door"]["environment"] == {"LAB_SOCKET": "/run/door/lab.sock"}


def test_the_one_published_port_is_bound_to_loopback() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:8888:8888"]


def test_another_port_can_be_chosen_and_is_shown() -> None:
    services = compose.read({"LAB_PORT": "9000"})["services"]
    assert services["door"]["ports"] == ["127.0.0.1:9000:8888"]
    assert services["lab"]["environment"]["LAB_PORT"] == "9000"


def test_there_is_no_token_but_one_of_your_own() -> None:
    assert not SERVICES["lab"]["environment"]["JUPYTER_TOKEN"]
    services = compose.read({"JUPYTER_TOKEN": TOKEN})["services"]
    assert services["lab"]["environment"]["JUPYTER_TOKEN"] == TOKEN


def test_nothing_begins_before_the_lab_is_well() -> None:
    for service in ("postfix", "door"):
        assert SERVICES[service]["depends_on"]["lab"]["condition"] == "service_healthy"


def test_every_volume_and_network_that_is_named_is_there() -> None:
    named = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert {name for name in named if not name.startswith(".")} == COMPOSED["volumes"].keys()
    assert (DOCKER / "postfix/policy.cf").is_file()


@pytest.mark.parametrize("dockerfile", DOCKERFILES.values(), ids=DOCKERFILES)
def test_an_image_begins_with_debian(dockerfile: Path) -> None:
    stages = [words.split() for words in _words(dockerfile, "FROM")]
    own = {stage[-1] for stage in stages if "AS" in stage}
    assert {stage[0] for stage in stages} - own == {"debian:trixie-slim"}


@pytest.mark.parametrize("dockerfile", DOCKERFILES.values(), ids=DOCKERFILES)
@pytest.mark.parametrize("instruction", ["CMD", "ENTRYPOINT"])
def test_programs_are_started_without_a_shell(dockerfile: Path, instruction: str) -> None:
    assert all(words.startswith("[") for words in _words(dockerfile, instruction))


@pytest.mark.parametrize("dockerfile", DOCKERFILES.values(), ids=DOCKERFILES)
def test_an_image_says_what_it_is_how_it_is_stopped_and_whether_it_is_well(dockerfile: Path) -> None:
    said = {name for name, _ in _instructions(dockerfile)}
    assert {"LABEL", "STOPSIGNAL", "HEALTHCHECK"} <= said


@pytest.mark.parametrize("dockerfile", DOCKERFILES.values(), ids=DOCKERFILES)
def test_no_secret_is_handed_to_a_build(dockerfile: Path) -> None:
    assert not _words(dockerfile, "ARG")
    environment = " ".join(_words(dockerfile, "ENV"))
    assert not re.search(r"token|password|secret", environment, re.IGNORECASE)


def test_the_lab_is_nobody_with_rights() -> None:
    assert _words(DOCKERFILES["lab"], "USER")[-1] == "1000"


def test_the_lab_is_installed_from_the_lock_with_its_hashes() -> None:
    installs = [
        words for words in _words(DOCKERFILES["lab"], "RUN") if " install " in words and "pip --" in words
    ]
    locked, package = installs
    assert "--require-hashes -r /source/requirements.lock" in locked
    assert {"--no-deps", "--no-build-isolation"} <= set(shlex.split(package))


def test_only_what_the_image_is_made_of_is_sent_to_the_builder() -> None:
    ignored = (DOCKER / "lab/Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    copied = [words.split() for words in _words(DOCKERFILES["lab"], "COPY") if "--from" not in words]
    needed = {word for words in copied for word in words[:-1] if not word.startswith("--")}
    assert needed <= allowed | {
        f"{folder}/{name.name}" for folder in allowed for name in (compose.ROOT / folder).glob("*")
    }


def test_the_policy_to_begin_with_is_the_one_that_passes_the_exam() -> None:
    policy = Policy.parse((POSTFIX / "policy.cf").read_text(encoding="utf-8"))
    assert policy == Policy.parse(inherited.main_cf(frozenset()))


def test_postfix_knows_the_passwords_of_the_lab() -> None:
    accounts = dict(line.split() for line in _lines("accounts"))
    assert accounts == usual.PASSWORDS


def test_postfix_knows_the_mailboxes_of_the_lab() -> None:
    wanted = ", ".join(f"{name}=here" for name in usual.COMPANY_MAILBOXES)
    assert f"local_recipient_maps = inline:{{ {wanted} }}" in _lines("site.cf")
    assert f"for mailbox in {' '.join(usual.COMPANY_MAILBOXES)};" in DOCKERFILES["postfix"].read_text()


def test_postfix_knows_the_names_of_the_lab() -> None:
    records = (line.split() for line in usual.ZONE.splitlines() if " PTR " in line)
    names = {".".join(reversed(owner.split(".")[:4])): name.rstrip(".") for owner, *_, name in records}
    assert dict(line.split() for line in _lines("hosts")) == names


def test_postfix_has_no_program_that_hands_letters_on() -> None:
    services = [line.split() for line in _lines("master.cf") if not line.startswith(" ")]
    programs = {words[7] for words in services}
    assert programs.isdisjoint({"smtp", "lmtp", "pipe", "virtual", "spawn"})
    assert [words[0] for words in services if words[1] == "inet"] == ["127.0.0.1:2525"]


def _lines(name: str) -> list[str]:
    """The lines of one of Postfix's files, without comments."""
    text = (POSTFIX / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
