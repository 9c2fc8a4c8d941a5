"""Network policies let everybody reach what their settings name, and nobody anything else."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from services.portal.settings import Settings as PortalSettings
from tests.cluster import NAMES, PROCESSES, SETTINGS, of_kind, pod, settings_class
from tests.policies import Outside, Pod, allowed

POLICIES = list(of_kind("NetworkPolicy").values())
PORTS = {"https": 443, "http": 80, "smtp": 25, "smtps": 465, "mongodb": 27017}
TOLD_TO_OTHERS = {"TREMPLIN_ISSUER", "TREMPLIN_PORTAL_URL", "TREMPLIN_PUBLIC_URL"}
"""Addresses that are written into tokens, links and mails, and asked by browsers only."""
FROM_SECRETS = {"MONGODB_URI": "mongodb://mongodb.mongodb.svc:27017/"}
OF_EVERYONE = {"OTEL_EXPORTER_OTLP_ENDPOINT"}
PUBLIC = "198.51.100.7"
MONITORING, INGRESS, STRANGER = Pod(namespace="monitoring"), Pod(namespace="ingress-nginx"), Pod(namespace="elsewhere")


def process(name: str) -> Pod:
    return Pod(pod("Deployment", f"tremplin-{name}")["metadata"]["labels"])


def preparing(name: str) -> Pod:
    return Pod(pod("Job", f"prepare-{name}")["metadata"]["labels"])


def addresses(name: str) -> Iterator[tuple[str, Pod | Outside, int]]:
    """What the settings of a process name, with the variable."""
    given = SETTINGS | FROM_SECRETS
    fields = settings_class(name).model_fields
    variables = {str(field.validation_alias or key).upper() for key, field in fields.items()} | OF_EVERYONE
    for variable in sorted((variables & set(given)) - TOLD_TO_OTHERS):
        for each in given[variable].split(","):
            if "://" not in each and not re.fullmatch(r"[\w.-]+:\d+", each):
                continue
            place = urlsplit(each if "://" in each else f"//{each}")
            assert place.hostname, variable
            yield variable, whom(place.hostname), place.port or PORTS[place.scheme]


def whom(host: str) -> Pod | Outside:
    """Who answers at ``host``: one of ours by the name of its Service, somebody in another namespace, or the world."""
    if host in of_kind("Service"):
        return Pod(of_kind("Deployment")[host]["spec"]["template"]["metadata"]["labels"])
    labels = host.removesuffix(".cluster.local").split(".")
    return Pod(namespace=labels[1]) if labels[-1] == "svc" else PUBLIC


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_reaches_every_address_in_its_settings(name: str) -> None:
    found = list(addresses(name))
    for variable, target, port in found:
        assert allowed(POLICIES, process(name), target, port), variable
    named = {variable for variable, _, _ in found}
    assert {"MONGODB_URI", *OF_EVERYONE} <= named
    assert name not in NAMES or {"KAFKA_BOOTSTRAP_SERVERS", "TREMPLIN_JWKS_URL"} <= named
    assert name != "worker" or "TEMPORAL_ADDRESS" in named
    assert name != "notifications" or "TREMPLIN_SMTP_URL" in named


def test_the_portal_reaches_every_service_both_providers_and_the_register() -> None:
    named = {variable for variable, _, _ in addresses("portal")}
    assert {
        variable for variable in SETTINGS if re.fullmatch(r"TREMPLIN_[A-Z]+_URL", variable)
    } - TOLD_TO_OTHERS - named == {
        "TREMPLIN_JWKS_URL",
        "TREMPLIN_SMTP_URL",
    }
    assert {"TREMPLIN_OIDC_PEOPLE_ISSUER", "TREMPLIN_OIDC_AGENTS_ISSUER"} <= named
    register: Any = PortalSettings.model_fields["register_url"].default
    assert urlsplit(str(register)).scheme == "https"


@pytest.mark.parametrize("name", NAMES)
def test_a_job_reaches_what_it_prepares_and_is_reached_by_nobody(name: str) -> None:
    needed = {"MONGODB_URI", "KAFKA_BOOTSTRAP_SERVERS", "TEMPORAL_ADDRESS"}
    reached = [(target, port) for variable, target, port in addresses(name) if variable in needed]
    assert len(reached) == (3 if name == "worker" else 2)
    for target, port in reached:
        assert allowed(POLICIES, preparing(name), target, port)
    for other in (*map(process, PROCESSES), MONITORING, INGRESS, STRANGER):
        assert not allowed(POLICIES, other, preparing(name), 8000)


@pytest.mark.parametrize("name", NAMES)
def test_services_do_not_reach_each_other_nor_the_world(name: str) -> None:
    for other in NAMES:
        assert not allowed(POLICIES, process(name), process(other), 8000)
    assert not allowed(POLICIES, process(name), PUBLIC, 443)
    assert allowed(POLICIES, process(name), Pod(namespace="temporal"), 7233) == (name == "worker")
    assert allowed(POLICIES, process(name), PUBLIC, 587) == (name == "notifications")


def test_who_comes_in_from_where() -> None:
    for name in PROCESSES:
        assert allowed(POLICIES, INGRESS, process(name), 8000) == (name == "portal")
        assert allowed(POLICIES, MONITORING, process(name), 8000) == (name != "portal")
        assert not allowed(POLICIES, STRANGER, process(name), 8000)


def test_the_portal_asks_the_world_but_no_private_network_and_no_broker() -> None:
    assert allowed(POLICIES, process("portal"), PUBLIC, 443)
    for private in ("10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"):
        assert not allowed(POLICIES, process("portal"), private, 443)
    assert not allowed(POLICIES, process("portal"), Pod(namespace="kafka"), 9093)


def test_everybody_finds_names() -> None:
    dns = Pod({"k8s-app": "kube-dns"}, "kube-system")
    assert all(allowed(POLICIES, process(name), dns, 53) for name in PROCESSES)
