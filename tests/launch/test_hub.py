"""docker/hub: what a student of a class gets, on Kubernetes and on one machine. Nothing here needs a cluster.

The values were rendered and validated once with the chart itself, as docker/hub/README.md says. These tests
hold what must stay so when somebody changes a line.
"""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from launch.hub import CHECK, HUB, README, REPOSITORY, STUDENT, VALUES, blocks, measured, mebibytes, tljh

from labkit.cli import main
from labkit.exercises.task import VARIABLE
from labkit.lab.stage import stage_of

NAMES = ("anna", "Anna", "anna.maria-7@school.example", "李雷", "o'brien")


# What the chart understands


def test_the_values_say_nothing_that_the_chart_would_not_know() -> None:
    CHECK.validate(VALUES)


@pytest.mark.parametrize(
    "wrong",
    [
        {"singleuser": {"memori": {"limit": "2G"}}},
        {"singleuser": {"networkPolicy": {"egress": []}}},
        {"singleuser": {"networkPolicy": {"enabled": True, "egressAllowRules": {"privateIps": False}}}},
        {"hub": {"config": {"nativeAuthenticator": {}}}},
        {"cull": {"timeout": "1h"}},
        {"hub": {"cookieSecret": "abc"}},
    ],
    ids=str,
)
def test_a_slip_in_them_is_found(wrong: dict[str, Any]) -> None:
    assert not CHECK.is_valid(wrong)


def test_what_an_instructor_adds_by_the_readme_fits_and_opens_the_hub_with_https() -> None:
    [text] = blocks("yaml")
    added = yaml.safe_load(text)
    CHECK.validate(added)
    assert added["proxy"]["service"]["type"] == "LoadBalancer"
    assert added["proxy"]["https"]["enabled"] is True
    assert added["proxy"]["https"]["hosts"]
    assert set(added["singleuser"]) == {"image"}  # the limits and the network stay as they are
    assert VALUES["proxy"]["service"]["type"] == "ClusterIP"


def test_chart_hub_and_image_go_together() -> None:
    head = (HUB / "values.yaml").read_text(encoding="utf-8")
    chart, hub = re.findall(r"version (\d+\.\d+\.\d+) \(JupyterHub (\d+\.\d+\.\d+)\)", head)[0]
    assert f"jupyterhub=={hub}\n" in (HUB / "requirements.in").read_text(encoding="utf-8")
    assert f"jupyterhub=={hub} \\\n" in (HUB / "requirements.lock").read_text(encoding="utf-8")
    assert re.findall(r"--version[ =](\S+)", "".join(blocks("sh"))) == [chart, chart]


def test_the_hubs_image_has_the_labs_own_versions() -> None:
    def pins(path: Path) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==([^ ;]+)", path.read_text(encoding="utf-8"), re.MULTILINE))

    lab, hub = pins(REPOSITORY / "requirements.lock"), pins(HUB / "requirements.lock")
    shared = lab.keys() & hub.keys()
    assert len(shared) > 20
    assert {name: hub[name] for name in shared} == {name: lab[name] for name in shared}


# What a student gets


def test_the_limits_are_what_was_measured() -> None:
    one, two, every = (
        measured("one notebook open"),
        measured("two notebooks open"),
        measured("all fourteen open"),
    )
    assert one < two < mebibytes(STUDENT["memory"]["guarantee"]) < every
    assert every < mebibytes(STUDENT["memory"]["limit"]) < 2 * every
    assert tljh().Spawner.mem_limit == STUDENT["memory"]["limit"]
    assert tljh().Spawner.cpu_limit == STUDENT["cpu"]["limit"]


@pytest.mark.parametrize("students", [30, 200])
def test_the_sums_in_the_readme_are_right(students: int) -> None:
    gibibytes = students * mebibytes(STUDENT["memory"]["guarantee"]) / 1024
    assert f"{students} students x {STUDENT['memory']['guarantee']} = {gibibytes:.0f} GiB" in README


@pytest.mark.parametrize("name", NAMES)
def test_a_students_name_is_the_seed(name: str) -> None:
    spawner = SimpleNamespace(user=SimpleNamespace(name=name))
    assert tljh().Spawner.environment.get_value({})[VARIABLE](spawner) == name
    # KubeSpawner fills these in in the same way.
    assert STUDENT["extraEnv"][VARIABLE].format(unescaped_username=name) == name
    assert stage_of(name).seed == name


def test_students_have_stages_of_their_own() -> None:
    assert len({str(stage_of(name).ACCOUNTS) for name in NAMES}) == len(NAMES)


def test_the_server_opens_on_a_notebook_that_was_put_into_the_home(tmp_path: Path) -> None:
    home = STUDENT["storage"]["homeMountPath"]
    program, *arguments = STUDENT["lifecycleHooks"]["postStart"]["exec"]["command"]
    assert program == "labkit"
    run = CliRunner().invoke(main, [word.replace(home, str(tmp_path)) for word in arguments])
    assert run.exit_code == 0, run.output
    where = STUDENT["defaultUrl"].removeprefix("/lab/tree/")
    assert (tmp_path / where).is_file()
    assert not list(tmp_path.rglob("instructor"))
    assert tljh().Spawner.default_url == STUDENT["defaultUrl"]


def test_the_home_and_the_user_are_those_of_the_image() -> None:
    lab = (REPOSITORY / "docker" / "lab" / "Dockerfile").read_text(encoding="utf-8")
    assert f"WORKDIR {STUDENT['storage']['homeMountPath']}\n" in lab
    assert STUDENT["storage"]["type"] == "dynamic"  # progress.json is there again after a restart
    for dockerfile in (lab, (HUB / "Dockerfile").read_text(encoding="utf-8")):
        assert re.findall(r"^USER (\S+)$", dockerfile, re.MULTILINE)[-1] == str(STUDENT["uid"])


def test_a_student_is_nobody_special_in_the_pod() -> None:
    spawner = VALUES["hub"]["config"]["KubeSpawner"]
    context = spawner["container_security_context"]
    assert STUDENT["uid"] > 0
    assert STUDENT["allowPrivilegeEscalation"] is False
    assert (context["runAsNonRoot"], context["privileged"]) == (True, False)
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spawner["automount_service_account_token"] is False
