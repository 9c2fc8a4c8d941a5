"""Telling workflows that the season's clock was moved. In life it never is; only the embedded platform has such a clock."""

import asyncio

import structlog
from temporalio.service import RPCError

from services.chassis.clock import Clock, Pace
from workflows.engine import Engine, Missing
from workflows.gateway import Gateway
from workflows.store import Entry, Store

log = structlog.get_logger()
POLL_SECONDS = 0.02
AT_ONCE = 20


class ClockWatch:
    """``told`` is the sequence of the last move that every open workflow was told of."""

    def __init__(self, gateway: Gateway, engine: Engine, store: Store, clock: Clock) -> None:
        self._gateway, self._engine, self._store, self._clock = gateway, engine, store, clock
        self.told = -1

    async def run(self) -> None:
        """Tell the pace at start, then at every move, until cancelled."""
        while True:
            if self._clock.pace().sequence != self.told:
                try:
                    await self._tell()
                except RPCError as error:
                    log.warning("clock.untold", status=error.status.name)
            await asyncio.sleep(POLL_SECONDS)

    async def _tell(self) -> None:
        async with self._gateway.turns.telling():
            pace = self._clock.pace()
            turns = asyncio.Semaphore(AT_ONCE)
            entries = [entry async for entry in self._store.open()]
            await asyncio.gather(*(self._tell_one(entry, pace, turns) for entry in entries))
            self.told = pace.sequence

    async def _tell_one(self, entry: Entry, pace: Pace, turns: asyncio.Semaphore) -> None:
        async with turns:
            try:
                await self._engine.signal(entry.workflow_id, "clock_moved", pace)
            except Missing:
                if entry.state == "open":
                    await self._store.closed(entry.workflow_id)
