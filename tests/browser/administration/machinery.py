"""What an administrator mends: messages that cannot be handled, and notices that did not leave."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from pymongo import AsyncMongoClient

from contracts.envelope import wrap_command
from contracts.payments import IssuePayment
from tests.browser.season import Played

TOPIC = "tremplin.funding.commands"
NOTICES = ("tremplin_notifications", "notices")


async def unreadable(season: Played) -> str:
    """A command to funding that it cannot read; the id of what it is about."""
    subject = uuid4()
    command = IssuePayment(command_id=uuid4(), requester="test", tranche_id=subject)
    envelope = wrap_command(command, str(subject), datetime.now(UTC))
    producer = AIOKafkaProducer(bootstrap_servers=f"127.0.0.1:{season.ports['kafka']}", acks="all")
    await producer.start()
    try:
        key = envelope.partitionkey.encode()
        await producer.send_and_wait(TOPIC, b'{"secret": "canari"}', key=key, headers=envelope.headers())
    finally:
        await producer.stop()
    return str(subject)


async def failed(season: Played, *codes: str) -> list[str]:
    """Messages that were sent, as if they had failed with these codes; their ids."""
    async with _notices(season) as notices:
        found = await notices.find({"state": "sent"}).sort("_id", 1).limit(len(codes)).to_list()
        for notice, code in zip(found, codes, strict=True):
            await notices.update_one({"_id": notice["_id"]}, {"$set": {"state": "failed", "code": code, "attempts": 8}})
    return [str(notice["_id"]) for notice in found]


async def state_of(season: Played, notice_id: str) -> str:
    """What became of a message."""
    async with _notices(season) as notices:
        found = await notices.find_one({"_id": notice_id})
    return str(found["state"])


@asynccontextmanager
async def _notices(season: Played) -> AsyncIterator[Any]:
    described = json.loads((season.platform / "run" / "platform.json").read_text())
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(described["parts"]["mongodb"]["address"])
    async with client:
        yield client[NOTICES[0]][NOTICES[1]]
