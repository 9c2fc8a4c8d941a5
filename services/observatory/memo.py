"""Answers kept for as long as nothing new was heard: what is worked out from the facts is worked out once for each position."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from cachetools import LRUCache

_MOST = 32

Positions = Callable[[], Awaitable[object]]
"""Something that is another as soon as anything was heard."""


class Memo:
    """Keeps answers by what was asked, until the position of the projection is another.

    Positions move after the facts are written: an answer worked out meanwhile is kept until they do, and no longer.
    """

    def __init__(self, positions: Positions) -> None:
        self._positions = positions
        self._at: object = None
        self._kept: LRUCache[Hashable, Any] = LRUCache(_MOST)

    async def get(self, key: Hashable, compute: Callable[[], Awaitable[Any]]) -> Any:
        """The answer kept under ``key``, else that of ``compute``."""
        at = await self._positions()
        if at != self._at:
            self.forget()
            self._at = at
        if key in self._kept:
            return self._kept[key]
        answer = await compute()
        if at == self._at:
            self._kept[key] = answer
        return answer

    def forget(self) -> None:
        self._kept.clear()
