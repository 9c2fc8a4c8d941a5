"""What docker-compose.yml lets a container take, and how each says how it is."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from tests.containers import COMPOSE, PARTS, ROOT

ONCE = {"mongo-set", "temporal-schema", "temporal-namespace"}
STORES = {"kafka", "mongo", "mongo-set", "postgres", "temporal", "temporal-namespace"}
ASYNCIO_THREADS = 32
"""At most, for what waits in a thread (``ThreadPoolExecutor``'s default)."""
WITHOUT_CHECK = {"otel-collector"}
STARTED_AS_ROOT = {"mongo", "postgres", *ONCE}
"""Their entry points give their data to another user and become that one."""


def test_every_file_is_included_from_the_root() -> None:
    included = yaml.safe_load((ROOT / PARTS[0]).read_text())["include"]
    assert [each["path"] for each in included] == list(PARTS[1:])
    assert {each["project_directory"] for each in included} == {"."}


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_container_is_bounded_and_gets_no_new_rights(name: str) -> None:
    container = COMPOSE["services"][name]
    assert 0 < container["cpus"] <= 2
    assert re.fullmatch(r"\d+[mg]", container["mem_limit"])
    assert 0 < container["pids_limit"] <= 512
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert set(container["logging"]["options"]) == {"max-size", "max-file"}


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_container_that_stays_is_restarted_and_says_how_it_is(name: str) -> None:
    container = COMPOSE["services"][name]
    assert container["restart"] == ("on-failure" if name in ONCE else "unless-stopped")
    assert ("healthcheck" in container) == (name not in ONCE | WITHOUT_CHECK)
    assert (container.get("cap_drop") == ["ALL"]) == (name not in STARTED_AS_ROOT)


def test_the_drivers_threads_follow_from_the_image_and_not_from_the_machine() -> None:
    (most,) = re.findall(r"MOTOR_MAX_WORKERS=(\d+)", (ROOT / "Dockerfile").read_text())
    asked = "from motor.frameworks import asyncio; print(asyncio._EXECUTOR._max_workers)"
    environment = {**os.environ, "MOTOR_MAX_WORKERS": most}
    told = subprocess.check_output([sys.executable, "-c", asked], env=environment, text=True)  # noqa: S603
    assert told.strip() == most
    assert int(most) + ASYNCIO_THREADS < COMPOSE["services"]["people"]["pids_limit"] / 2


def test_temporals_history_shards_are_the_documented_number() -> None:
    shards = COMPOSE["services"]["temporal"]["environment"]["NUM_HISTORY_SHARDS"]
    assert f"Temporal has {shards} history shards here" in (ROOT / "docs" / "deployment.md").read_text()


def test_topics_have_as_many_copies_as_there_are_brokers() -> None:
    assert COMPOSE["services"]["kafka"]["environment"]["KAFKA_DEFAULT_REPLICATION_FACTOR"] == "1"


def test_who_is_waited_for_says_how_it_is() -> None:
    for each in COMPOSE["services"].values():
        for awaited, how in each.get("depends_on", {}).items():
            ended = how["condition"] == "service_completed_successfully"
            assert ended == (awaited in ONCE)
            assert ended or "healthcheck" in COMPOSE["services"][awaited]


def test_stores_have_no_way_out_and_those_who_need_them_a_way_in() -> None:
    assert COMPOSE["networks"] == {"data": {"internal": True}}
    for name, each in COMPOSE["services"].items():
        networks = set(each.get("networks", ["default"]))
        needs = STORES & set(each.get("depends_on", ()))
        assert networks <= {"default", "data"}
        assert "data" in networks or not needs, name
        assert "default" in networks or "ports" not in each, name
        assert networks == {"data"} or name not in STORES
