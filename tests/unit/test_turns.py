"""Starting workflows side by side, and telling all of them something in between."""

import asyncio

from workflows.turns import Turns


async def test_starts_go_side_by_side_and_a_telling_is_alone() -> None:
    turns, seen = Turns(), list[str]()
    both, go_on = asyncio.Barrier(3), asyncio.Event()

    async def start() -> None:
        async with turns.starting():
            await both.wait()
            await go_on.wait()
            seen.append("started")

    async def tell() -> None:
        async with turns.telling():
            seen.append("told")

    async def start_late() -> None:
        async with turns.starting():
            seen.append("started late")

    async with asyncio.TaskGroup() as group:
        for step in (start, start):
            group.create_task(step())
        await both.wait()
        for step in (tell, start_late):
            group.create_task(step())
            await asyncio.sleep(0)
        assert seen == []
        go_on.set()
    assert seen == ["started", "started", "told", "started late"]
