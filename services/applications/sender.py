"""The task that carries out batches of decisions when their time has come: one process at a time, by a lease."""

import asyncio
from uuid import UUID

import structlog

from contracts.decision import Refusal
from services.applications.handlers.batches import carry_out
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.leases import Leases

log = structlog.get_logger()
LEASE = "decision-batches"
SWEEP_SECONDS = 1.0


class Sender:
    """Looks every second of system time whether a batch is due by the service's clock, and at once when one was sent now."""

    def __init__(self, store: Store, leases: Leases, clock: Clock) -> None:
        self._store, self._leases, self._clock = store, leases, clock

    async def run(self) -> None:
        """Send until cancelled; a batch that was cut off goes on where it stopped, here or elsewhere."""
        try:
            while True:
                await self._turn()
                await self._wait()
        finally:
            await self._leases.release(LEASE)

    async def _turn(self) -> None:
        self._store.batches.due_now.clear()
        try:
            if not await self._ours():
                return
            for batch_id in await self._store.batches.due(self._clock.now()):
                await self._send(batch_id)
        except Exception as error:
            log.warning("batches.failed", error=type(error).__name__)

    async def _send(self, batch_id: UUID) -> None:
        try:
            await carry_out(batch_id, self._ours, self._store, self._clock)
        except Refusal as refusal:
            log.info("batch.left", batch=str(batch_id), code=refusal.code)

    async def _ours(self) -> bool:
        return await self._leases.hold(LEASE)

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._store.batches.due_now.wait(), SWEEP_SECONDS)
        except TimeoutError:
            return
