"""What a consumer misses, and asks its source for: how far the source goes is told by it now and then."""

import time

from contracts.topics import CONTROL
from services.chassis import telemetry
from services.chassis.broker import Publisher
from services.chassis.control import Missing
from services.chassis.cursors import Place

STALLED_SECONDS = 2.0


class Gaps:
    """What one service knows of its sources' ends, and when it asked for what."""

    def __init__(self, service: str, publisher: Publisher) -> None:
        self._service, self._publisher = service, publisher
        self._heads: dict[Place, int] = {}
        self._seen: dict[Place, int] = {}
        self._asked_at: dict[Place, float] = {}

    def confirmed(self, place: Place, position: int) -> None:
        """Everything up to ``position`` is handled: show what is left."""
        telemetry.lag(self._service, *place, max(0, self._heads.get(place, 0) - position))

    async def told(self, place: Place, head: int, cursor: int) -> None:
        """The source's last position is ``head``, and we are at ``cursor``: ask when that is behind and was so before."""
        self._heads[place] = head
        self.confirmed(place, cursor)
        if cursor < head and self._seen.get(place) == cursor:
            await self.ask(place, cursor)
        self._seen[place] = cursor

    async def ask(self, place: Place, after: int, again: bool = False) -> None:
        """Ask for what comes after position ``after``, unless we have just asked; ``again``: even so."""
        now = time.monotonic()
        if not again and now - self._asked_at.get(place, 0.0) < STALLED_SECONDS:
            return
        self._asked_at[place] = now
        await self._publisher.notify(CONTROL.name, Missing(source=place[0], shard=place[1], after=after))
