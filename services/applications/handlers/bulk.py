"""The same thing done to many applications: side by side within bounds, each repeatable on its own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
SIDE_BY_SIDE = 20


async def each(items: Sequence[T], act: Callable[[T], Awaitable[R]]) -> list[R]:
    """The results of ``act`` on every item, in order; at most twenty at a time. The first failure is raised."""
    results: list[R] = []
    for start in range(0, len(items), SIDE_BY_SIDE):
        results += await asyncio.gather(*(act(item) for item in items[start : start + SIDE_BY_SIDE]))
    return results
