"""What scales a service follows from what it consumes."""

import re
from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from typing import Any
from unittest.mock import MagicMock

import pytest

from contracts.model import Command, Message
from contracts.topics import Topic, commands_of, events_of
from deploy.local import services
from deploy.local.portal import PORTAL
from tests.cluster import NAMES, OVERLAY, PROCESSES, container, of_kind
from tests.containers import ROOT
from workflows.gateway import Gateway

DOCUMENTED = (ROOT / "docs" / "deployment.md").read_text()


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
    lag, processor = spec["triggers"]
    assert (lag["type"], lag["metadata"]["ignoreNullValues"]) == ("prometheus", "false")
    service = services.port_name(name)
    assert lag["metadata"]["query"] == f'sum(max by (source, shard) (tremplin_consumer_lag{{service="{service}"}}))'
    assert (processor["type"], processor["metricType"]) == ("cpu", "AverageValue")


@pytest.mark.parametrize("name", PROCESSES)
def test_more_are_started_at_the_documented_share_of_the_one_processor_that_a_process_takes(name: str) -> None:
    if name == PORTAL:
        (metric,) = of_kind("HorizontalPodAutoscaler")[f"tremplin-{name}"]["spec"]["metrics"]
        assert metric["resource"]["target"] == {"type": "AverageValue", "averageValue": "600m"}
    else:
        _, processor = of_kind("ScaledObject")[f"tremplin-{name}"]["spec"]["triggers"]
        assert processor["metadata"] == {"value": "700m"}
    assert container("Deployment", f"tremplin-{name}")["resources"]["limits"]["cpu"] == "1"
    shares = re.search(r"CPU: (\d+) % of a processor for a service, (\d+) % for the portal", DOCUMENTED)
    assert shares
    assert shares.groups() == ("70", "60")
    assert len(re.findall(r"/ \(\d+ × 0\.6\)", DOCUMENTED)) == 2


@pytest.mark.parametrize("name", NAMES)
def test_every_service_has_a_lag(name: str) -> None:
    assert {topic.kind for topic in topics(name)} >= {"events"}, "of commands, which have no archive, none is told"


def test_the_lag_is_asked_of_the_prometheus_that_the_overlay_names() -> None:
    (named,) = re.findall(r'serverAddress, value: "(.+)"', (OVERLAY / "kustomization.yaml").read_text())
    assert {each["spec"]["triggers"][0]["metadata"]["serverAddress"] for each in of_kind("ScaledObject").values()} == {
        named
    }


def test_only_one_thing_scales_a_deployment() -> None:
    scaled = [each["spec"]["scaleTargetRef"]["name"] for each in of_kind("ScaledObject").values()]
    scaled += [each["spec"]["scaleTargetRef"]["name"] for each in of_kind("HorizontalPodAutoscaler").values()]
    assert sorted(scaled) == sorted(of_kind("Deployment"))
    assert not [each for each in of_kind("Deployment").values() if "replicas" in each["spec"]]
