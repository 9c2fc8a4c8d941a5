"""The task that carries out assignments, those too that a process which died has left; one process at a time, by a lease."""

import asyncio
from uuid import UUID

import structlog

from contracts.decision import Refusal
from services.chassis.leases import Leases
from services.evaluation.handlers.assignment import carry_out
from services.evaluation.store.store import Store

log = structlog.get_logger()
LEASE = "assignments"
SWEEP_SECONDS = 2.0


class Assigner:
    """Looks every two seconds, and at once when an assignment was opened in this process."""

    def __init__(self, store: Store, leases: Leases) -> None:
        self._store, self._leases = store, leases

    async def run(self) -> None:
        """Carry out until cancelled; what was cut off goes on where it stopped, here or elsewhere."""
        try:
            while True:
                await self._turn()
                await self._wait()
        finally:
            await self._leases.release(LEASE)

    async def _turn(self) -> None:
        self._store.opened.clear()
        try:
            if await self._leases.hold(LEASE):
                for round_id in await self._store.assigning():
                    await self._carry_out(round_id)
        except Exception as error:
            log.warning("assignment.failed", error=type(error).__name__)

    async def _carry_out(self, round_id: UUID) -> None:
        """An assignment, the lease renewed while it lasts. Whoever else closes the round meanwhile may finish it too."""
        work = asyncio.ensure_future(carry_out(round_id, self._store))
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=SWEEP_SECONDS)
                await self._leases.hold(LEASE)
            await work
        except Refusal as refusal:
            log.info("assignment.left", round=str(round_id), code=refusal.code)
        finally:
            work.cancel()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._store.opened.wait(), SWEEP_SECONDS)
        except TimeoutError:
            return
