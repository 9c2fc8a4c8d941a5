"""A record that no service can understand: seen in the dead letters of each that reads it, then discarded as an operator would."""

from typing import Any

from aiokafka import AIOKafkaProducer

from contracts.topics import events_of
from deploy.local.season.door import Door
from deploy.local.season.ledgers import CONSUMING

SOURCE = "applications"
LETTERS = "/internal/dead-letters"
REASON = "no_position"


async def poison(door: Door, bootstrap: str) -> None:
    """Publish it, and wait until every service that reads the topic has told of it. Raises ``SeasonFailure`` when one does not."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        await producer.send_and_wait(events_of(SOURCE).name, b"\xff poison", partition=0)
    finally:
        await producer.stop()
    for service in await _readers(door):
        letters: list[dict[str, Any]] = await door.until(
            lambda service=service: _letters(door, service),  # type: ignore[misc]
            f"{service} tells of a record that nobody understands",
        )
        for letter in letters:
            await door.operator(service, f"{LETTERS}/discard", "POST", {"identity": letter["id"]})


async def _readers(door: Door) -> list[str]:
    progress = {name: await door.operator(name, "/internal/progress") for name in CONSUMING}
    return [name for name, told in progress.items() if SOURCE in told["cursors"]]


async def _letters(door: Door, service: str) -> list[dict[str, Any]]:
    return [letter for letter in await door.operator(service, LETTERS) if letter["reason"] == REASON]
