"""How far archives, consumers and dead letters are, asked of every service."""

import asyncio
from collections.abc import Mapping
from typing import Any

from contracts.topics import TOPICS
from deploy.local.season.door import Door

PUBLISHING = tuple(sorted({topic.service for topic in TOPICS if topic.service}))
CONSUMING = (*PUBLISHING, "observatory", "notifications", "workflows")


class Ledgers:
    """How far archives, consumers and dead letters are, by service."""

    def __init__(self, progress: Mapping[str, Any]) -> None:
        self._progress = progress

    @classmethod
    async def read(cls, door: Door) -> "Ledgers":
        answers = await asyncio.gather(*(door.operator(name, "/internal/progress") for name in CONSUMING))
        return cls(dict(zip(CONSUMING, answers, strict=True)))

    @property
    def events(self) -> int:
        return sum(sum(each["heads"].values()) for each in self._progress.values())

    @property
    def dead_letters(self) -> int:
        return sum(each["dead_letters"] for each in self._progress.values())

    @property
    def waiting(self) -> int:
        """Events that are in an outbox still."""
        return sum(each["outbox"]["depth"] for each in self._progress.values())

    @property
    def unconfirmed(self) -> int:
        """Archived events that some consumer has not confirmed, summed over consumers."""
        heads = {name: each["heads"] for name, each in self._progress.items()}
        return sum(
            max(0, head - cursors.get(shard, 0))
            for each in self._progress.values()
            for source, cursors in each["cursors"].items()
            for shard, head in heads[source].items()
        )

    @property
    def quiet(self) -> bool:
        return self.waiting == 0 and self.unconfirmed == 0


async def settled(door: Door) -> Ledgers:
    """Wait until nothing is under way; the ledgers then."""
    last: list[Ledgers] = []

    async def quiet() -> bool:
        last[:] = [await Ledgers.read(door)]
        return last[0].quiet

    await door.until(quiet, "every consumer at the end of every archive")
    return last[0]
