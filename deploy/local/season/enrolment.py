"""The people register, the administrator gives roles, everyone says where mail reaches them, and a call is published."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from deploy.local.season.cast import ADMINISTRATOR, PREFECTURES, Cast, registration
from deploy.local.season.door import Door, Person, SeasonFailure
from deploy.local.season.script import call
from deploy.local.season.stage import Stage

BATCH = 250
NEIGHBOURS = 2
"""Experts who live where some initiatives are, so that a conflict of interest is derived."""


async def enrol(stage: Stage) -> None:
    """Register everyone and their contacts."""
    people = list(_registrations(stage.cast))
    for done, part in _parts(people):
        answer = await stage.door.post(
            ADMINISTRATOR, "people", "/persons/batch", {"persons": part}, key=f"persons {done}"
        )
        if problems := [item["problem"]["code"] for item in answer["items"] if "problem" in item]:
            raise SeasonFailure(f"People were not registered: {sorted(set(problems))}")
        contacts = [_contact(item) for item in part]
        await stage.door.put(ADMINISTRATOR, "notifications", "/contacts/batch", {"contacts": contacts})
        stage.tell("enrolment", done + len(part), len(people))
    await _try_the_door(stage.door, stage.cast.orderer)


async def publish_call(stage: Stage) -> None:
    """The programme officer publishes the call; everyone can read it."""
    answer = await stage.door.post(stage.cast.officer, "applications", "/calls", call(stage.size))
    stage.call_id = UUID(answer["call_id"])
    await stage.door.get(None, "applications", f"/calls/{stage.call_id}")
    stage.tell("call", 1, 1)


def _registrations(cast: Cast) -> Iterator[dict[str, Any]]:
    neighbours = cast.experts[:NEIGHBOURS]
    for someone, roles in cast.staff():
        home = {"commune": PREFECTURES["75"], "departement": "75"} if someone in neighbours else {}
        yield registration(someone, roles, **home)
    for applicant in cast.applicants:
        place = {"commune": applicant.commune, "departement": applicant.departement}
        yield registration(applicant.person, ("applicant",), **place) | {"email": applicant.email}


def _parts(items: Sequence[dict[str, Any]]) -> Iterator[tuple[int, Sequence[dict[str, Any]]]]:
    for start in range(0, len(items), BATCH):
        yield start, items[start : start + BATCH]


def _contact(item: dict[str, Any]) -> dict[str, Any]:
    return {"person_id": item["person_id"], "email": item["email"], "language": "fr"}


async def _try_the_door(door: Door, orderer: Person) -> None:
    """Nobody is authorising officer and accountant at once."""
    path = f"/persons/{orderer.id}/roles"
    await door.refused(ADMINISTRATOR, "POST", "people", path, {"role": "accountant"}, "incompatible_roles")
