"""`tremplin prepare` makes topics and indexes ahead of the services, as often as it is told to, and says what is missing."""

import asyncio
import os
import sys
from collections.abc import Mapping

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from motor.motor_asyncio import AsyncIOMotorClient

from contracts.topics import TOPICS
from tests.platform import eventually


async def prepare(*names: str, **variables: str) -> tuple[int | None, str]:
    """Its exit code, and what it told."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.local", "prepare", *names),
        env={**os.environ, **variables},
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await process.communicate()
    return process.returncode, told.decode()


async def topics(bootstrap: str) -> dict[str, int]:
    """Our topics that there are, and their partitions."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        found = {each["topic"]: len(each["partitions"]) for each in await admin.describe_topics()}
        return {name: partitions for name, partitions in found.items() if name.startswith("tremplin.")}
    finally:
        await admin.close()


async def indexes(environment: Mapping[str, str], service: str) -> set[str]:
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(environment["MONGODB_URI"])
    database = client[f"{environment['TREMPLIN_DATABASE_PREFIX']}{service}"]
    try:
        names = await database.list_collection_names()
        return {f"{name}.{index}" for name in names for index in await database[name].index_information()}
    finally:
        client.close()


async def test_topics_and_indexes_are_there_before_the_service_starts(service_environment: Mapping[str, str]) -> None:
    bootstrap, expected = (
        service_environment["KAFKA_BOOTSTRAP_SERVERS"],
        {each.name: each.partitions for each in TOPICS},
    )
    assert await topics(bootstrap) == {}
    for _ in range(2):
        assert (await prepare("notifications", "portal"))[0] == 0
        await eventually(lambda: topics(bootstrap), lambda found: found == expected)
        assert {"notices.state", "notices.person"} <= await indexes(service_environment, "notifications")
    assert await indexes(service_environment, "people") == set()


@pytest.mark.parametrize("variable", ["MONGODB_URI", "KAFKA_BOOTSTRAP_SERVERS"])
async def test_what_is_not_there_is_named(
    variable: str, service_environment: Mapping[str, str], free_port: int
) -> None:
    address = {"MONGODB_URI": f"mongodb://127.0.0.1:{free_port}", "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port}"}
    code, told = await prepare("people", **{variable: address[variable]})
    assert code == 1
    assert told.splitlines()[-1].startswith(f"{variable}: no ")
