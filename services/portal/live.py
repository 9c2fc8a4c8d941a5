"""Pages that move: server-sent events, one shared look at each subject however many watch it.

A subject is what several readers see alike, such as a call's board. While somebody watches it, one task looks every two
seconds, with the rights of one of the watchers; each reader is told in their own language when something has changed. A
stream ends after some minutes and the browser opens it again: then the session and the reader's roles are looked at again.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from services.portal.backend import ServiceDown, ServiceProblem
from services.portal.page import Page

EVERY_SECONDS = 2.0
LASTS_SECONDS = 300.0
PING_SECONDS = 15
MOST_STREAMS = 500
MOST_OF_ONE = 8
Look = Callable[[], Awaitable[Any]]
Show = Callable[[Any], Awaitable[str]]


@dataclass(eq=False)
class _Watcher:
    look: Look
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    refused: bool = False


class _Subject:
    """What was seen last, and who watches."""

    def __init__(self) -> None:
        self.watchers: list[_Watcher] = []
        self.seen: Any = None
        self.task: asyncio.Task[None] | None = None

    async def follow(self) -> None:
        """Look until nobody watches; a watcher who may not see it any more is let go, and another's eyes are used."""
        while self.watchers:
            watcher = self.watchers[0]
            try:
                found = await watcher.look()
            except ServiceProblem:
                watcher.refused = True
                self.leave(watcher)
                watcher.changed.set()
                continue
            except ServiceDown:
                found = self.seen
            if found != self.seen:
                self.seen = found
                for each in self.watchers:
                    each.changed.set()
            await asyncio.sleep(EVERY_SECONDS)

    def leave(self, watcher: _Watcher) -> None:
        with contextlib.suppress(ValueError):
            self.watchers.remove(watcher)


class Hub:
    """All that is watched in this process."""

    def __init__(self) -> None:
        self._subjects: dict[str, _Subject] = {}
        self._of: Counter[str] = Counter()

    def open(self) -> int:
        """How many streams are open."""
        return self._of.total()

    def full(self, person_id: str) -> bool:
        """Whether no further stream is opened, for anybody or for this person."""
        return self.open() >= MOST_STREAMS or self._of[person_id] >= MOST_OF_ONE

    @contextlib.contextmanager
    def watching(self, name: str, person_id: str, look: Look) -> Any:
        """A watcher of the subject and the subject; the last one who leaves ends the looking."""
        subject = self._subjects.setdefault(name, _Subject())
        watcher = _Watcher(look)
        subject.watchers.append(watcher)
        self._of[person_id] += 1
        if subject.seen is not None:
            watcher.changed.set()
        if subject.task is None or subject.task.done():
            subject.task = asyncio.create_task(subject.follow())
        try:
            yield subject, watcher
        finally:
            subject.leave(watcher)
            self._of[person_id] -= 1
            self._of += Counter()
            if not subject.watchers and subject.task:
                subject.task.cancel()
                self._subjects.pop(name, None)


def live(page: Page, subject: str, look: Look, show: Show) -> Response:
    """A stream of what ``show`` makes of what ``look`` finds, now and at each change; 503 when too many are open.

    ``look``: asks the services, for this person; answers something comparable that is the same for all readers of ``subject``.
    ``show``: an HTML fragment for this reader (with ``data-hx-sse:connect``, unnamed events are swapped in).
    """
    hub: Hub = page.request.app.state.live
    if hub.full(page.person_id):
        return Response(status_code=503, headers={"Retry-After": "30"})
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(_events(hub, page, subject, look, show), headers=headers, ping=PING_SECONDS)


async def _events(hub: Hub, page: Page, name: str, look: Look, show: Show) -> AsyncIterator[ServerSentEvent]:
    told: str | None = None
    clock = asyncio.get_running_loop().time
    until = clock() + LASTS_SECONDS
    with hub.watching(name, page.person_id, look) as (subject, watcher), contextlib.suppress(TimeoutError):
        while True:
            await asyncio.wait_for(watcher.changed.wait(), max(0.0, until - clock()))
            watcher.changed.clear()
            if watcher.refused:
                return
            shown = await show(subject.seen)
            if shown != told:
                told = shown
                yield ServerSentEvent(data=shown)
