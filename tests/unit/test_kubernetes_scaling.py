"""What scales a service follows from what it consumes."""

from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from typing import Any
from unittest.mock import MagicMock

import pytest

from contracts.model import Command, Message
from contracts.topics import Topic, commands_of, events_of
from deploy.local import services
from tests.cluster import NAMES, SETTINGS, container, of_kind
from workflows.gateway import Gateway


def subscriptions(name: str) -> Mapping[type[Message], Any]:
    """What the service of that name hears, with parts that nothing is asked of."""
    if name == services.WORKER:
        return Gateway(MagicMock(), MagicMock(), MagicMock()).subscriptions()
    found = import_module(f"services.{name}.consumer").subscriptions
    heard: Mapping[type[Message], Any] = found(*(MagicMock() for _ in signature(found).parameters))
    return heard


def topics(name: str) -> set[Topic]:
    kinds = list(subscriptions(name))
    return {(commands_of if issubclass(kind, Command) else events_of)(kind.service) for kind in kinds}


@pytest.mark.parametrize("name", NAMES)
def test_a_service_has_at_most_as_many_replicas_as_partitions_to_consume(name: str) -> None:
    spec = of_kind("ScaledObject")[f"tremplin-{name}"]["spec"]
    assert 2 <= spec["minReplicaCount"] <= spec["maxReplicaCount"] <= sum(topic.partitions for topic in topics(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_lag_that_is_looked_at_is_the_services_own(name: str) -> None:
    spec = of_kind("ScaledObject")[f"tremplin-{name}"]["spec"]
    assert spec["scaleTargetRef"] == {"name": f"tremplin-{name}"}
    kafka, processor = spec["triggers"]
    assert kafka["metadata"]["consumerGroup"] == f"tremplin-{services.port_name(name)}"
    assert kafka["metadata"]["bootstrapServersFromEnv"] in SETTINGS
    assert (processor["type"], processor["metricType"]) == ("cpu", "Utilization")


@pytest.mark.parametrize("name", NAMES)
def test_the_lag_is_looked_at_as_the_process_is_let_in(name: str) -> None:
    kafka, _ = of_kind("ScaledObject")[f"tremplin-{name}"]["spec"]["triggers"]
    assert kafka["metadata"]["tls"] == {"SASL_SSL": "enable"}[SETTINGS["KAFKA_SECURITY_PROTOCOL"]]
    assert kafka["metadata"]["sasl"] == {"SCRAM-SHA-512": "scram_sha512"}[SETTINGS["KAFKA_SASL_MECHANISM"]]
    shown = of_kind("TriggerAuthentication")[kafka["authenticationRef"]["name"]]["spec"]["secretTargetRef"]
    assert {each["name"] for each in shown} == {f"tremplin-{name}"}
    variables = {variable["name"]: variable for variable in container("Deployment", f"tremplin-{name}")["env"]}
    assert {each["parameter"]: each["key"] for each in shown} == {
        "username": variables["KAFKA_SASL_USERNAME"]["valueFrom"]["secretKeyRef"]["key"],
        "password": SETTINGS["KAFKA_SASL_PASSWORD_FILE"].rpartition("/")[2],
        "ca": SETTINGS["KAFKA_CA_FILE"].rpartition("/")[2],
    }


def test_only_one_thing_scales_a_deployment() -> None:
    scaled = [each["spec"]["scaleTargetRef"]["name"] for each in of_kind("ScaledObject").values()]
    scaled += [each["spec"]["scaleTargetRef"]["name"] for each in of_kind("HorizontalPodAutoscaler").values()]
    assert sorted(scaled) == sorted(of_kind("Deployment"))
    assert not [each for each in of_kind("Deployment").values() if "replicas" in each["spec"]]
