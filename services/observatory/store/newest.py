"""What is known of each subject of one kind as it is now, worked out once: only what was noted since is read again."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from services.chassis.database import Collection
from services.observatory.domain.facts import Fact, fact

T = TypeVar("T")


class Newest(Generic[T]):
    """``shared``: whether other processes note things too, so that what this one remembers may be old."""

    def __init__(self, facts: Collection, work_out: Callable[[Fact], T], shared: bool) -> None:
        self._facts, self._work_out, self._shared = facts, work_out, shared
        self._known: dict[str, tuple[str | None, T]] = {}
        self._changed: set[str] | None = None
        self._turn = asyncio.Lock()

    def noted(self, key: str) -> None:
        """Something was written about this subject just now."""
        if self._changed is not None:
            self._changed.add(key)

    def forget(self) -> None:
        self._known, self._changed = {}, None

    async def of(self, call_id: str | None) -> list[T]:
        """All of a call, or all there are, with everything that was noted before now."""
        async with self._turn:
            await self._up_to_date()
            return [item for call, item in self._known.values() if call_id in (None, call)]

    async def one(self, key: str) -> T | None:
        """That of one subject, if there is one."""
        async with self._turn:
            await self._up_to_date()
            return self._known[key][1] if key in self._known else None

    async def _up_to_date(self) -> None:
        if self._shared:
            self.forget()
        await self._catch_up()

    async def _catch_up(self) -> None:
        changed, self._changed = self._changed, set()
        try:
            if changed is None:
                self._known = self._worked_out(await self._facts.find({}).to_list(None))
            elif changed:
                documents = await self._facts.find({"_id": {"$in": list(changed)}}).to_list(None)
                self._known |= self._worked_out(documents)
        except BaseException:
            self.forget()
            raise

    def _worked_out(self, documents: Iterable[dict[str, Any]]) -> dict[str, tuple[str | None, T]]:
        found = (fact(each["_id"], each.get("call_id"), each["entries"]) for each in documents)
        return {each.key: (each.call_id, self._work_out(each)) for each in found if each.entries}
