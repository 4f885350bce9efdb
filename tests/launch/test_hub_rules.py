"""docker/hub: who comes in, where a student's programs get, and when a server ends."""

import re
import sys
from types import SimpleNamespace

import pytest
from launch.hub import HUB, README, STUDENT, VALUES, tljh
from traitlets.config import Config

# Who comes in


def test_nobody_comes_in_whom_no_administrator_has_admitted() -> None:
    config = VALUES["hub"]["config"]
    assert config["JupyterHub"]["authenticator_class"] == "native"
    assert tljh().JupyterHub.authenticator_class == "nativeauthenticator.NativeAuthenticator"
    for native in (config["NativeAuthenticator"], tljh().NativeAuthenticator):
        assert native["open_signup"] is False
        assert native["check_common_password"] is True
        assert native["minimum_password_length"] >= 10
        assert 0 < native["allowed_failed_logins"] <= 10
    assert config["Authenticator"]["admin_users"] == []
    assert config["JupyterHub"]["admin_access"] is False


@pytest.mark.parametrize("name", ["values.yaml", "tljh_config.py", "Dockerfile"])
def test_no_password_or_other_secret_lies_in_a_file(name: str) -> None:
    text = (HUB / name).read_text(encoding="utf-8")
    assert not re.search(
        r"dummy|(password|secret|token|api_key)\w*[\"']?\s*[:=]\s*[\"']\S", text, re.IGNORECASE
    )


# Where a student's programs get


def test_nothing_leads_out_of_a_students_pod_but_to_the_hub() -> None:
    network = STUDENT["networkPolicy"]
    assert network["enabled"] is True
    assert network["egress"] == []
    assert set(network["egressAllowRules"]) == {
        "cloudMetadataServer",
        "dnsPortsCloudMetadataServer",
        "dnsPortsKubeSystemNamespace",
        "dnsPortsPrivateIPs",
        "nonPrivateIPs",
        "privateIPs",
    }
    assert not any(network["egressAllowRules"].values())
    assert STUDENT["cloudMetadata"] == {"blockWithIptables": True, "ip": "169.254.169.254"}
    assert VALUES["hub"]["networkPolicy"]["enabled"] is True
    assert VALUES["proxy"]["chp"]["networkPolicy"]["enabled"] is True


@pytest.mark.parametrize(
    ("host", "address"),
    [("10.0.0.7", "http://10.0.0.7:8081"), ("fd00::7", "http://[fd00::7]:8081")],
)
def test_students_servers_find_the_hub_without_a_name_server(
    host: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {"_SERVICE_HOST": host, "_SERVICE_PORT": "8081"}
    chart = SimpleNamespace(get_name_env=lambda name, suffix: {"hub": found}[name][suffix])
    monkeypatch.setitem(sys.modules, "z2jh", chart)  # the chart's own module, which only the hub's image has
    config = Config()
    exec(VALUES["hub"]["extraConfig"]["hub-by-address"], {"c": config})
    assert config.JupyterHub.hub_connect_url == address


def test_nothing_leads_out_of_a_students_unit_on_one_machine() -> None:
    unit = tljh().SystemdSpawner.unit_extra_properties
    assert (unit["IPAddressDeny"], unit["IPAddressAllow"]) == ("any", "127.0.0.1")
    assert all(isinstance(value, str) for value in unit.values())  # SystemdSpawner fills names into texts
    rules = (HUB / "egress.nft").read_text(encoding="utf-8")
    assert "type filter hook output" in rules
    assert "meta skuid 1000-60000 ip daddr != 127.0.0.1 counter reject" in rules
    assert "meta skuid 1000-60000 meta nfproto ipv6 counter reject" in rules


# When it ends, and how it begins


def test_what_nobody_uses_ends() -> None:
    cull = VALUES["cull"]
    assert cull["enabled"] is True
    assert cull["users"] is False  # whoever is deleted loses the home
    kernels = VALUES["hub"]["config"]["KubeSpawner"]["args"]
    assert tljh().Spawner.args == kernels
    seconds = int(dict(word[2:].split("=") for word in kernels)["MappingKernelManager.cull_idle_timeout"])
    assert 0 < cull["every"] < seconds < cull["timeout"]
    assert f"services.cull.timeout {cull['timeout']}" in README


def test_the_image_is_there_before_the_class() -> None:
    assert VALUES["prePuller"] == {"hook": {"enabled": True}, "continuous": {"enabled": True}}
    assert STUDENT["image"]["pullPolicy"] == "IfNotPresent"
    assert STUDENT["image"]["tag"] != "latest"
    assert STUDENT["image"]["name"].startswith("registry.example/")  # reserved: no registry answers to it
    assert VALUES["scheduling"]["podPriority"]["enabled"] is True  # else placeholders don't make way
