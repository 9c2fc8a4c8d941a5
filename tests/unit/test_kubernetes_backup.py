"""The Job that takes a backup on a cluster: it is created by hand, and fits what the kustomization builds."""

from typing import Any
from urllib.parse import urlsplit

import yaml
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.local.operations.backups.standstill import PAYMENTS
from tests import manifests
from tests.cluster import SETTINGS, container, of_kind, pod
from tests.policies import Pod, allowed

JOB: dict[str, Any] = yaml.safe_load((manifests.ROOT / "backup.yaml").read_text())
SPEC = JOB["spec"]["template"]["spec"]
(PROCESS,) = SPEC["containers"]
GIVEN = {each["name"]: each for each in PROCESS["env"]}


def test_its_pod_has_the_rights_of_the_others_and_no_more() -> None:
    other = pod("Job", "prepare-people")["spec"]
    for name in ("automountServiceAccountToken", "enableServiceLinks", "securityContext", "restartPolicy"):
        assert SPEC[name] == other[name]
    assert PROCESS["securityContext"] == container("Job", "prepare-people")["securityContext"]
    assert {each["name"] for each in PROCESS["volumeMounts"]} == {each["name"] for each in SPEC["volumes"]}


def test_it_finds_the_payment_files_and_the_broker_where_funding_does() -> None:
    wanted = {name: value for name, value in SETTINGS.items() if name.startswith("KAFKA_") or name == PAYMENTS}
    assert {name: each["value"] for name, each in GIVEN.items() if "value" in each} == wanted
    mounted = {each["name"]: each["mountPath"] for each in PROCESS["volumeMounts"]}
    others = {each["name"]: each["mountPath"] for each in container("Deployment", "tremplin-funding")["volumeMounts"]}
    assert (mounted["payments"], mounted["secrets"]) == (others["payments"], others["secrets"])
    claims = [each["persistentVolumeClaim"]["claimName"] for each in SPEC["volumes"] if each["name"] == "payments"]
    assert set(claims) <= set(of_kind("PersistentVolumeClaim"))


def test_it_reaches_the_database_and_the_broker_and_nobody_reaches_it() -> None:
    policies = list(of_kind("NetworkPolicy").values())
    this = Pod(JOB["spec"]["template"]["metadata"]["labels"])
    broker = urlsplit(f"//{SETTINGS['KAFKA_BOOTSTRAP_SERVERS']}")
    assert broker.port
    assert allowed(policies, this, Pod(namespace="mongodb"), 27017)
    assert allowed(policies, this, Pod(namespace="kafka"), broker.port)
    assert not allowed(policies, Pod(pod("Deployment", "tremplin-people")["metadata"]["labels"]), this, 8000)


def test_its_command_is_there_and_its_secret_is_documented() -> None:
    command, place = PROCESS["args"]
    assert place == "/backups/$(NAME)"
    for each in (command, "restore"):
        assert CliRunner().invoke(app, [each, "--help"]).exit_code == 0
    (secret,) = {each["valueFrom"]["secretKeyRef"]["name"] for each in GIVEN.values() if "secretKeyRef" in str(each)}
    (mounted,) = [each["secret"]["secretName"] for each in SPEC["volumes"] if "secret" in each]
    assert secret == mounted
    assert f"`{secret}`" in (manifests.ROOT.parents[1] / "docs" / "deployment.md").read_text()
