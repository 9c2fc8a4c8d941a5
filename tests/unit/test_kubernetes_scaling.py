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
from tests.cluster import NAMES, SETTINGS, of_kind
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


def test_only_one_thing_scales_a_deployment() -> None:
    scaled = [each["spec"]["scaleTargetRef"]["name"] for each in of_kind("ScaledObject").values()]
    scaled += [each["spec"]["scaleTargetRef"]["name"] for each in of_kind("HorizontalPodAutoscaler").values()]
    assert sorted(scaled) == sorted(of_kind("Deployment"))
    assert not [each for each in of_kind("Deployment").values() if "replicas" in each["spec"]]
