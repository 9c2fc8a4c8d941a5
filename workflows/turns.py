"""Who waits for whom between starting workflows and telling all that are open."""

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Turns:
    """Workflows are started side by side; while all are told something, none is started."""

    def __init__(self) -> None:
        self._telling = asyncio.Lock()
        self._starts = 0
        self._none = asyncio.Event()
        self._none.set()

    @contextlib.asynccontextmanager
    async def starting(self) -> AsyncIterator[None]:
        async with self._telling:
            self._starts += 1
            self._none.clear()
        try:
            yield
        finally:
            self._starts -= 1
            if not self._starts:
                self._none.set()

    @contextlib.asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """After the starts that are under way, before those that come."""
        async with self._telling:
            await self._none.wait()
            yield
