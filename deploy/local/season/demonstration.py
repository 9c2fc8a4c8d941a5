"""Whom one may sign in as after a season: its laureates first, then its staff and panel, then other applicants."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from deploy.local.provider.persons import ADMINISTRATOR as ADMINISTRATOR_ROLE
from deploy.local.provider.persons import DemoPerson, Kind, write_people
from deploy.local.season.cast import ADMINISTRATOR, Applicant, registration
from deploy.local.season.door import Person
from deploy.local.season.stage import Stage

MOST = 300
_CITIZEN = "citizen_panellist"


def write_demonstration(stage: Stage, path: Path) -> None:
    """Write ``people.json`` from the season on ``stage``. Raises ``OSError``."""
    found = {person.id: person for person in _everyone(stage)}
    write_people(path, list(found.values())[:MOST])


def _everyone(stage: Stage) -> Iterator[DemoPerson]:
    """People in order; somebody who comes twice keeps their first place and what is said last."""
    applicants = {key: each.applicant for key, each in stage.applications.items()}
    notes = {key: _note(stage, key) for key in applicants}
    for key in stage.laureates:
        yield _applicant(applicants[key], notes[key])
    yield _staff(ADMINISTRATOR, (ADMINISTRATOR_ROLE,))
    for someone, roles in stage.cast.staff():
        yield _staff(someone, roles)
    for key in sorted(applicants, key=lambda key: applicants[key].number):
        yield _applicant(applicants[key], notes[key])


def _note(stage: Stage, key: UUID) -> str:
    number = stage.numbers.get(key, "")
    title = stage.applications[key].initiative.title
    return f"{number} · {title}" if number else title


def _staff(someone: Person, roles: tuple[str, ...]) -> DemoPerson:
    kind: Kind = "people" if _CITIZEN in roles else "agents"
    told = registration(someone, roles)
    return _person(told | {"kind": kind})


def _applicant(applicant: Applicant, note: str) -> DemoPerson:
    told = registration(applicant.person, ("applicant",)) | {"email": applicant.email}
    return _person(told | {"kind": "people", "note": note})


def _person(told: dict[str, object]) -> DemoPerson:
    return DemoPerson.model_validate({**told, "id": told["person_id"]})
