"""Officers' desks for tests: who is an officer, what an officer types in for somebody."""

from typing import Any
from uuid import UUID

from contracts.people import RoleGranted
from tests.applications import PERSON, Json, answers
from tests.platform import Elsewhere, eventually
from tests.season import Season, Someone

RECEIVED_AT = "2021-12-01T08:00:00+01:00"


def entry(owner: Someone, **changes: Any) -> Json:
    """What an officer sends for ``owner``, who wrote a letter."""
    return {
        "owner_id": str(owner.id),
        "kind": "person",
        "channel": "paper",
        "received_at": RECEIVED_AT,
        "applicant": PERSON,
        "contact": {"phone": "+33612345678", "address": "Canary-Street 1"},
        "answers": answers(),
        "synthetic": True,
        **changes,
    }


async def appointed(season: Season, others: Elsewhere) -> Someone:
    """Another officer, of whom ``people`` has told; and the first one, too."""
    second = season.someone("programme_officer")
    for each in (season.officer, second):
        await become_officer(each.id, season, others)
    return second


async def become_officer(person_id: UUID, season: Season, others: Elsewhere) -> None:
    """``people`` tells that the person is an officer, and applications has heard it."""
    now = season.clock.now()
    event = RoleGranted(person_id=person_id, role="programme_officer", granted_by=UUID(int=1), granted_at=now)
    await others.happened(event, person_id, now)

    async def listed() -> bool:
        known = (await season.officer.get("/officers"))["officers"]
        return str(person_id) in [each["officer_id"] for each in known]

    await eventually(listed)
