"""deploy/kubernetes, as far as it can be checked without a cluster: what is built, and that it fits the services."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from faststream.security import SASLScram512

from deploy.local import services
from deploy.local.portal import PORTAL
from services.chassis.security import broker_security
from services.chassis.settings import read
from tests import manifests
from tests.certificates import Authority
from tests.cluster import BUILT, NAMES, OVERLAY, PROCESSES, SETTINGS, container, of_kind, pod, settings_class
from tests.containers import ROOT
from tests.policies import selects
from workflows.security import temporal_security
from workflows.settings import Settings as WorkerSettings

DOCUMENTED = (ROOT / "docs" / "deployment.md").read_text()


@pytest.mark.skipif(not shutil.which("kubectl"), reason="there is no kubectl to compare with")
def test_kubectl_builds_the_same() -> None:
    built = subprocess.run(["kubectl", "kustomize", str(OVERLAY)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert built.returncode == 0, built.stderr
    theirs = manifests.unhashed(list(yaml.safe_load_all(built.stdout)))

    def sorted_by_name(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(found, key=lambda each: (each["kind"], each["metadata"]["name"]))

    assert sorted_by_name(BUILT) == sorted_by_name(theirs)


def test_every_process_is_deployed_found_and_spared() -> None:
    assert sorted(PROCESSES) == sorted((*NAMES, PORTAL))
    for kind in ("Deployment", "Service", "PodDisruptionBudget"):
        assert set(of_kind(kind)) == {f"tremplin-{name}" for name in PROCESSES}
    assert set(of_kind("ScaledObject")) == {f"tremplin-{name}" for name in NAMES}
    assert set(of_kind("HorizontalPodAutoscaler")) == {"tremplin-portal"}
    assert set(of_kind("Job")) == {f"prepare-{name}" for name in NAMES}
    names = [(each["kind"], each["metadata"]["name"]) for each in BUILT]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", PROCESSES)
def test_the_label_of_a_pod_says_what_it_serves(name: str) -> None:
    expected = {"tremplin-" + name: "serve"} | ({f"prepare-{name}": "prepare"} if name != PORTAL else {})
    for kind, made in (("Deployment", f"tremplin-{name}"), ("Job", f"prepare-{name}")):
        if made not in expected:
            continue
        (process, *_) = container(kind, made)["env"]
        assert process["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.labels['app.kubernetes.io/name']"
        assert container(kind, made)["args"] == [expected[made], f"$({process['name']})"]
        assert services.expand([pod(kind, made)["metadata"]["labels"]["app.kubernetes.io/name"]]) == (name,)


@pytest.mark.parametrize("name", PROCESSES)
def test_services_and_budgets_take_the_pods_of_their_deployment_and_no_others(name: str) -> None:
    full = f"tremplin-{name}"
    selectors = [
        of_kind("Deployment")[full]["spec"]["selector"],
        of_kind("PodDisruptionBudget")[full]["spec"]["selector"],
        {"matchLabels": of_kind("Service")[full]["spec"]["selector"]},
        *(each["labelSelector"] for each in pod("Deployment", full)["spec"]["topologySpreadConstraints"]),
    ]
    for selector in selectors:
        for kind in ("Deployment", "Job"):
            for other in of_kind(kind):
                taken = selects(selector, pod(kind, other)["metadata"]["labels"])
                assert taken == ((kind, other) == ("Deployment", full))


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_finds_every_setting_that_it_needs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [key for key in os.environ if key.startswith("TREMPLIN_")]:
        monkeypatch.delenv(variable)
    for variable, value in SETTINGS.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("MONGODB_URI", "mongodb://people:secret@mongodb.mongodb.svc:27017/?replicaSet=rs0")
    settings: Any = read(settings_class(name))
    assert (settings.port, settings.host, settings.clock_file) == (8_000, "0.0.0.0", None)  # noqa: S104
    assert getattr(settings, "broker_profile", "kafka") == "kafka"
    if name == PORTAL:
        assert (settings.secure, settings.demonstration) == (True, False)
        assert settings.issuer == settings.origin


@pytest.mark.parametrize("name", NAMES)
def test_what_lets_a_process_in_at_kafka_and_temporal_fits_together(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a Secret mounted elsewhere: everything that is needed is named, and nothing that is not used."""
    authority = Authority(tmp_path / "secrets")
    for key in ("kafka.crt", "temporal.crt", "temporal-client.crt", "temporal-client.key", "kafka.password"):
        (tmp_path / "secrets" / key).write_bytes(authority.certificate.read_bytes())
    for variable, value in SETTINGS.items():
        monkeypatch.setenv(variable, value.replace("/run/secrets/tremplin", str(tmp_path / "secrets")))
    for variable in (
        each for each in container("Deployment", f"tremplin-{name}")["env"] if "secretKeyRef" in each["valueFrom"]
    ):
        monkeypatch.setenv(variable["name"], "mongodb://user:secret@mongodb.mongodb.svc:27017/")
    settings: Any = read(settings_class(name))
    assert isinstance(broker_security(settings), SASLScram512)
    if isinstance(settings, WorkerSettings):
        assert temporal_security(settings)["tls"]


@pytest.mark.parametrize("name", NAMES)
def test_an_overlay_can_do_without_tls_and_accounts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    away = {"KAFKA_SECURITY_PROTOCOL": "PLAINTEXT", "TEMPORAL_TLS": "false"}
    away |= {key: "" for key in SETTINGS if re.fullmatch(r"(KAFKA|TEMPORAL)_[A-Z_]+_FILE", key)}
    for variable, value in (SETTINGS | away | {"MONGODB_URI": "mongodb://mongodb.mongodb.svc:27017/"}).items():
        monkeypatch.setenv(variable, value)
    settings: Any = read(settings_class(name))
    assert not broker_security(settings).use_ssl
    if isinstance(settings, WorkerSettings):
        assert temporal_security(settings) == {"tls": False, "api_key": None}


def test_every_setting_is_somebodys() -> None:
    known = {
        str(field.validation_alias or key).upper()
        for name in PROCESSES
        for key, field in settings_class(name).model_fields.items()
    }
    assert set(SETTINGS) - known == {"OTEL_EXPORTER_OTLP_ENDPOINT", "FORWARDED_ALLOW_IPS"}


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_is_asked_how_it_is_and_given_time_to_go(name: str) -> None:
    found = container("Deployment", f"tremplin-{name}")
    probes = {kind: found[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
    assert {kind: probe["path"] for kind, probe in probes.items()} == {
        "startup": "/health/live",
        "liveness": "/health/live",
        "readiness": "/health/ready",
    }
    assert found["ports"] == [{"name": "http", "containerPort": 8000}]
    assert {probe["port"] for probe in probes.values()} == {"http"}
    assert found["readinessProbe"]["timeoutSeconds"] > 5, "doors.CHECK_SECONDS: a part that hangs is told, not guessed"
    grace = pod("Deployment", f"tremplin-{name}")["spec"]["terminationGracePeriodSeconds"]
    assert grace >= found["lifecycle"]["preStop"]["sleep"]["seconds"] + 30


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in ("Deployment", "Job") for name in of_kind(kind)])
def test_a_pod_has_few_rights_and_bounds(kind: str, name: str) -> None:
    spec, found = pod(kind, name)["spec"], container(kind, name)
    assert not spec["automountServiceAccountToken"]
    assert not spec["enableServiceLinks"], "Kubernetes would set TREMPLIN_…_PORT to addresses"
    assert spec["securityContext"]["runAsNonRoot"]
    assert f"--uid {spec['securityContext']['runAsUser']} " in (ROOT / "Dockerfile").read_text()
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert found["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(found["resources"]["requests"]) == set(found["resources"]["limits"]) == {"cpu", "memory"}
    mounted = {each["name"] for each in found["volumeMounts"]}
    assert mounted == {each["name"] for each in spec["volumes"]}


def test_images_are_pinned() -> None:
    images = {container(kind, name)["image"] for kind in ("Deployment", "Job") for name in of_kind(kind)}
    assert len(images) == 1
    assert re.search(r":\d+\.\d+\.\d+$", images.pop())


def test_secrets_are_named_not_given_and_each_is_documented() -> None:
    assert not of_kind("Secret")
    assert [
        name for name in SETTINGS if re.search(r"PASSWORD|SECRET|TOKEN|KEY", name) and not name.endswith("_FILE")
    ] == []
    keys = {"MONGODB_URI", "kafka.username"} | {
        value.rpartition("/")[2] for value in SETTINGS.values() if value.startswith("/run/secrets/")
    }
    for name in PROCESSES:
        secret = f"tremplin-{name}"
        volumes = pod("Deployment", secret)["spec"]["volumes"]
        assert [each["secret"]["secretName"] for each in volumes if "secret" in each] == [secret]
        mounts = {each["name"]: each["mountPath"] for each in container("Deployment", secret)["volumeMounts"]}
        assert mounts["secrets"] == "/run/secrets/tremplin"
        assert f"`{secret}`" in DOCUMENTED
    for key in keys:
        assert f"`{key}`" in DOCUMENTED
    assert f"`{of_kind('Ingress')['tremplin-portal']['spec']['tls'][0]['secretName']}`" in DOCUMENTED


def test_the_way_in_is_where_browsers_are_told_to_go() -> None:
    (ingress,) = of_kind("Ingress").values()
    (rule,) = ingress["spec"]["rules"]
    assert rule["host"] == urlsplit(SETTINGS["TREMPLIN_PORTAL_URL"]).hostname
    assert ingress["spec"]["tls"][0]["hosts"] == [rule["host"]]
    assert rule["http"]["paths"][0]["backend"]["service"] == {"name": "tremplin-portal", "port": {"name": "http"}}
    assert {SETTINGS[f"TREMPLIN_{each}"] for each in ("ISSUER", "PORTAL_URL", "PUBLIC_URL")} == {
        f"https://{rule['host']}"
    }


def test_payment_files_are_shared_by_all_replicas_and_kept() -> None:
    (claim,) = of_kind("PersistentVolumeClaim").values()
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    mounts = {each["name"]: each["mountPath"] for each in container("Deployment", "tremplin-funding")["volumeMounts"]}
    assert SETTINGS["TREMPLIN_PAYMENTS_DIR"].startswith(mounts["payments"] + "/")
    volumes = {each["name"]: each for each in pod("Deployment", "tremplin-funding")["spec"]["volumes"]}
    assert volumes["payments"]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
