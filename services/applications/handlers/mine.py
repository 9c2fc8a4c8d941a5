"""A person's own applications, page by page, each with what comes next."""

from dataclasses import dataclass
from uuid import UUID

from services.applications.domain.application import Application
from services.applications.domain.next_steps import NextStep, next_step
from services.applications.store import Store
from services.chassis.clock import Clock


@dataclass(frozen=True, slots=True)
class Line:
    """An application, what the person does next about it, and how many messages of the programme nobody has read."""

    application: Application
    step: NextStep
    unread: int


async def own(
    person_id: UUID, after: UUID | None, limit: int, store: Store, clock: Clock
) -> tuple[list[Line], UUID | None]:
    """The person's applications after ``after``, the latest started first; and after which to go on."""
    mine = await store.edited_ids(person_id)
    start = mine.index(after) + 1 if after in mine else 0
    page = mine[start : start + limit]
    found = {each.application_id: each for each in await store.by_ids(page)}
    threads, _ = await store.threads.unread_of(page, "", limit)
    unread = {each.application_id: len(each.unread("applicant")) for each in threads}
    lines = []
    for each in page:
        call = await store.call(found[each].call_id, clock.now())
        step = next_step(found[each], call, person_id, clock.now())
        lines.append(Line(found[each], step, unread.get(each, 0)))
    return lines, page[-1] if start + limit < len(mine) else None
