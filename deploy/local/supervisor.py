"""Starts the infrastructure and then the service processes, restarts what dies, stops everything."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence

from deploy.local.children import Child
from deploy.local.refusals import ChildFailed
from deploy.local.restarts import RestartPolicy

_SERVICE_GRACE_SECONDS = 15.0
_PART_GRACE_SECONDS = 5.0


class Supervisor:
    """Holds the children of one platform.

    ``forgetful`` names the parts that lose everything when they stop: the services are restarted after them. ``report``
    is given sentences for the person watching; ``changed`` is called whenever a process id has changed.
    """

    def __init__(
        self,
        parts: Sequence[Child],
        services: Sequence[Child],
        *,
        forgetful: frozenset[str] = frozenset(),
        report: Callable[[str], None] = lambda sentence: None,
        changed: Callable[[], None] = lambda: None,
        policy: RestartPolicy | None = None,
    ) -> None:
        self.parts = parts
        self.services = services
        self._forgetful = forgetful
        self._report = report
        self._changed = changed
        self._policy = policy or RestartPolicy()
        self._deaths: defaultdict[str, list[float]] = defaultdict(list)

    async def start(self) -> None:
        """Start the parts together, and the services once all parts are healthy; raises ``ChildFailed``."""
        await _together(part.start() for part in self.parts)
        self._changed()
        await self._spawn_services()

    async def ready(self) -> None:
        """Wait until every service is healthy. Run it beside ``watch``, which notices those that die instead."""
        await _together(service.until_healthy() for service in self.services)

    async def watch(self) -> None:
        """Restart what dies, for ever; raises ``ChildFailed`` when a child keeps dying or never came up."""
        while True:
            child, ending = await self._next_death()
            if not child.was_healthy:
                raise child.failure(f"ended at start with {ending}")
            await self._revive(child, ending)
            self._changed()

    async def is_healthy(self) -> bool:
        """Whether every part answers and every service is ready, now."""
        children = (*self.parts, *self.services)
        return all(child.pid for child in children) and all(
            await asyncio.gather(*(child.is_healthy() for child in children))
        )

    async def heal(self) -> None:
        """End the parts that run and do not answer, for ``watch`` to start them again."""
        for part in self.parts:
            if part.pid is not None and not await part.is_healthy():
                self._report(f"{part.name} runs and does not answer: ending it.")
                await part.stop(_PART_GRACE_SECONDS)

    async def stop(self) -> None:
        """Stop the services, then the parts. Safe to call at any moment and more than once."""
        await _together(service.stop(_SERVICE_GRACE_SECONDS) for service in self.services)
        await _together(part.stop(_PART_GRACE_SECONDS) for part in self.parts)

    async def _spawn_services(self) -> None:
        await _together(service.spawn() for service in self.services)
        self._changed()

    async def _next_death(self) -> tuple[Child, str]:
        watched = {asyncio.create_task(child.ended()): child for child in (*self.parts, *self.services)}
        try:
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            return next((child, task.result()) for task, child in watched.items() if task.done())
        finally:
            for task in watched:
                task.cancel()

    async def _revive(self, child: Child, ending: str) -> None:
        """Start a dead child again, within the policy's bounds."""
        followers = self.services if child.name in self._forgetful else ()
        tail = ", and the services after it" if followers else ""
        while True:
            await self._wait_turn(child, ending)
            self._report(f"{child.name} ended with {ending}: starting it again{tail}. Its log is {child.log}.")
            await _together(service.stop(_SERVICE_GRACE_SECONDS) for service in followers)
            if child in self.services:
                return await child.spawn()
            try:
                await child.start()
            except ChildFailed:
                await child.stop(_PART_GRACE_SECONDS)
                continue
            return await _together(service.spawn() for service in followers)

    async def _wait_turn(self, child: Child, ending: str) -> None:
        now = time.monotonic()
        self._deaths[child.name].append(now)
        delay = self._policy.delay(self._deaths[child.name], now)
        if delay is None:
            raise child.failure(f"keeps ending (last with {ending})")
        await asyncio.sleep(delay)


async def _together(steps: Iterable[Awaitable[None]]) -> None:
    """Run all steps to their end, then raise the first failure if there is one."""
    outcomes = await asyncio.gather(*steps, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
