"""How much memory the whole platform takes: this process and all that it started, sampled while the season runs."""

import asyncio

import psutil

EVERY_SECONDS = 0.5
MEGABYTE = 1_000_000


class Memory:
    """``peak`` is the largest sum of resident sizes seen, in bytes; shared pages count in every process."""

    def __init__(self) -> None:
        self.peak = 0

    async def watch(self) -> None:
        """Sample for ever."""
        while True:
            self.peak = max(self.peak, _resident())
            await asyncio.sleep(EVERY_SECONDS)


def _resident() -> int:
    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total
