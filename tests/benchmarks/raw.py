"""The raw limit, as a process of its own: the services' server stack, and nothing but the database and the broker behind it.

A request does one find and one update by key. What is produced on ``TOPIC`` is consumed, and each record updates one document.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any

import orjson
import uvloop
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from motor.motor_asyncio import AsyncIOMotorClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.chassis.broker import PROFILES
from services.chassis.serving import HttpServer
from services.chassis.subscribing import MAX_RECORDS

DATABASE = "raw"
TOPIC, PARTITIONS = "raw", 4


class Raw:
    """``consumed`` counts the records that have updated their document."""

    def __init__(self, mongodb: str, prefix: str) -> None:
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongodb)
        database = client[f"{prefix}{DATABASE}"]
        self.kept, self.facts = {name: database[name] for name in ("items", "like")}, database["facts"]
        self.consumed = 0

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/{kept}/{key}", self.touch, methods=["PUT"]),
                Route("/consumed", self.told),
                Route("/health/ready", self.told),
            ]
        )

    async def touch(self, request: Request) -> JSONResponse:
        key, sent = request.path_params["key"], orjson.loads(await request.body())
        items = self.kept[request.path_params["kept"]]
        found = await items.find_one({"_id": key})
        changed = await items.update_one({"_id": key}, {"$set": {"sent": sent}})
        return JSONResponse({"found": found is not None, "changed": changed.matched_count})

    async def told(self, request: Request) -> JSONResponse:
        return JSONResponse({"consumed": self.consumed})

    async def consume(self, bootstrap: str) -> None:
        """Partitions side by side, each in order, as the services do it."""
        await _create_topic(bootstrap)
        wait = PROFILES["embedded"].fetch_wait_ms
        consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, fetch_max_wait_ms=wait, auto_offset_reset="earliest")
        await consumer.start()
        consumer.assign([TopicPartition(TOPIC, number) for number in range(PARTITIONS)])
        try:
            while True:
                batches = await consumer.getmany(timeout_ms=wait, max_records=MAX_RECORDS)
                await asyncio.gather(*map(self._partition, batches.values()))
        finally:
            await consumer.stop()

    async def _partition(self, records: Sequence[ConsumerRecord]) -> None:
        for record in records:
            entry = orjson.loads(record.value)
            await self.facts.update_one({"_id": record.key.decode()}, {"$set": {"entry": entry}}, upsert=True)
            self.consumed += 1


async def _create_topic(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])
    await admin.close()


async def main(port: int) -> None:
    raw = Raw(os.environ["MONGODB_URI"], os.environ["TREMPLIN_DATABASE_PREFIX"])
    await HttpServer(raw.app(), "127.0.0.1", port, "raw").start()
    await raw.consume(os.environ["KAFKA_BOOTSTRAP_SERVERS"])


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
