"""Lists, exports and boards of a call, from its register."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from uuid import UUID

from services.applications.domain.application import Application
from services.applications.domain.board import Scene
from services.applications.domain.register import Filters, Key, List, Order, Page
from services.applications.store import Store
from services.chassis.clock import Clock

AT_ONCE = 100
Acting = Callable[[UUID | None], UUID | None]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list with its applications, who acts for whom, and how many there are."""

    page: Page
    applications: list[Application]
    acting: Acting
    counts: dict[str, int]
    total: int


async def _list(call_id: UUID, filters: Filters, order: Order, store: Store, clock: Clock) -> List:
    await store.call(call_id)
    register, absences = await store.registers.of(call_id), await store.desk.absences()
    return List(register, filters, order, absences, clock.now())


async def page(
    call_id: UUID, filters: Filters, order: Order, after: Key | None, before: Key | None, limit: int,
    store: Store, clock: Clock,
) -> Listed:  # fmt: skip
    """The applications of one page. Raises ``NotFound`` for an unknown call."""
    found = await _list(call_id, filters, order, store, clock)
    shown = found.page(after, before, limit)
    applications = await store.registers.applications(shown.rows)
    return Listed(shown, applications, found.acting, found.counts(), found.total())


async def ids(call_id: UUID, filters: Filters, order: Order, store: Store, clock: Clock) -> list[str]:
    """The applications of the whole list, of which none is read. Raises ``NotFound``."""
    return [row.application_id for row in (await _list(call_id, filters, order, store, clock)).rows()]


async def export(
    call_id: UUID, filters: Filters, order: Order, store: Store, clock: Clock
) -> tuple[int, AsyncIterator[tuple[Application, Acting]]]:
    """How many applications the list has as it is now, and all of them one by one. Raises ``NotFound``."""
    found = await _list(call_id, filters, order, store, clock)
    rows = found.rows()

    async def read() -> AsyncIterator[tuple[Application, Acting]]:
        for start in range(0, len(rows), AT_ONCE):
            for application in await store.registers.applications(rows[start : start + AT_ONCE]):
                yield application, found.acting

    return len(rows), read()


async def scene(call_id: UUID, store: Store, clock: Clock) -> Scene:
    """What the call's board is made of. Raises ``NotFound``."""
    call = await store.fresh_call(call_id)
    register = await store.registers.of(call_id)
    known = await store.desk.known_officers()
    return Scene(call, register.all(), await store.desk.absences(), known, clock.now())
