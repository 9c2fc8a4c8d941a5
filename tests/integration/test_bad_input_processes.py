"""Processes that cannot start: each ends at once with a sentence that names the variable, and without a traceback."""

from collections.abc import Mapping

import pytest

from deploy.local import services
from deploy.local.portal import PROVIDER
from tests.processes import serve

COMMON = (
    "KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "TREMPLIN_ISSUER", "TREMPLIN_JWKS_URL", "TREMPLIN_MASTER_KEY_FILE",
)  # fmt: skip
NEEDED = {
    **{name: (*COMMON, f"TREMPLIN_{name.upper()}_PORT") for name in services.SERVICES},
    services.WORKER: (*COMMON, "TREMPLIN_WORKFLOWS_PORT", "TEMPORAL_ADDRESS"),
    services.ISSUER: ("TREMPLIN_ISSUER", "TREMPLIN_ISSUER_KEY_FILE", "TREMPLIN_ISSUER_PORT", "TREMPLIN_PEOPLE_PORT"),
    PROVIDER: (
        "TREMPLIN_PROVIDER_PORT",
        "TREMPLIN_PORTAL_URL",
        "TREMPLIN_VAR",
        "TREMPLIN_OIDC_PEOPLE_CLIENT_ID",
        "TREMPLIN_OIDC_PEOPLE_CLIENT_SECRET_FILE",
        "TREMPLIN_OIDC_AGENTS_CLIENT_ID",
        "TREMPLIN_OIDC_AGENTS_CLIENT_SECRET_FILE",
    ),
}


@pytest.mark.parametrize("name", NEEDED)
async def test_without_its_settings_a_service_names_all_that_it_needs(name: str) -> None:
    ended = await serve(name, {})
    assert ended.code == 1
    assert ended.sentence.startswith("Settings: ")
    told = {each.split(":")[0].strip() for each in ended.sentence.removeprefix("Settings: ").split(";")}
    assert told == set(NEEDED[name])


async def test_a_port_in_use_is_named_with_its_variable(service_environment: Mapping[str, str], taken: int) -> None:
    ended = await serve("people", {**service_environment, "TREMPLIN_PEOPLE_PORT": str(taken)})
    assert ended.code == 2
    assert ended.sentence.startswith(f"Port {taken}, wanted for people, is in use")
    assert "TREMPLIN_PEOPLE_PORT" in ended.sentence


async def test_a_host_that_is_not_this_machine_is_told(service_environment: Mapping[str, str]) -> None:
    ended = await serve("people", {**service_environment, "TREMPLIN_HOST": "192.0.2.1"})
    assert ended.code == 1
    assert ended.sentence.startswith("TREMPLIN_PEOPLE_PORT: 192.0.2.1:")


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("TREMPLIN_PEOPLE_PORT", "canary", "TREMPLIN_PEOPLE_PORT is not usable"),
        ("TREMPLIN_PEOPLE_PORT", "65536", "TREMPLIN_PEOPLE_PORT is not usable"),
        ("TREMPLIN_BROKER_PROFILE", "canary", "Settings: TREMPLIN_BROKER_PROFILE: "),
        ("TREMPLIN_MASTER_KEY_FILE", "/canary/key", "TREMPLIN_MASTER_KEY_FILE: cannot be read"),
        ("TREMPLIN_MASTER_KEY_FILE", "/dev/null", "TREMPLIN_MASTER_KEY_FILE: 32 bytes are needed"),
        ("TREMPLIN_CLOCK_FILE", "/canary/clock", "TREMPLIN_CLOCK_FILE: "),
        ("TREMPLIN_CLOCK_FILE", "/dev/null", "TREMPLIN_CLOCK_FILE: "),
        ("TREMPLIN_BROKER_PROFILE", "kafka", "TREMPLIN_CLOCK_FILE: only the embedded platform"),
        ("MONGODB_URI", "canary://nowhere", "MONGODB_URI: "),
        ("MONGODB_URI", "", "MONGODB_URI: "),
        ("MONGODB_URI", "mongodb://127.0.0.1:1/?directConnection=true&serverSelectionTimeoutMS=200", "MONGODB_URI: "),
        ("KAFKA_BOOTSTRAP_SERVERS", "canary", "KAFKA_BOOTSTRAP_SERVERS: "),
        ("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1", "KAFKA_BOOTSTRAP_SERVERS: "),
    ],
)
async def test_a_setting_that_leads_nowhere_is_named(
    service_environment: Mapping[str, str], variable: str, value: str, sentence: str
) -> None:
    ended = await serve("people", {**service_environment, variable: value})
    assert ended.code in (1, 2)
    assert ended.sentence.startswith(sentence)
    assert "canary" not in ended.sentence


async def test_a_worker_without_temporal_says_so(service_environment: Mapping[str, str]) -> None:
    ended = await serve("worker", {**service_environment, "TEMPORAL_ADDRESS": "127.0.0.1:1"})
    assert (ended.code, ended.sentence) == (1, "TEMPORAL_ADDRESS: no Temporal server answers there, or none lets us in")


async def test_an_unknown_service_is_told_with_those_that_there_are() -> None:
    ended = await serve("canary", {})
    assert ended.code == 2
    assert ended.sentence.startswith("The service name is not usable: it must be one of all, people, ")
