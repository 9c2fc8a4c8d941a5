"""The people of a demonstration, among whom one chooses who signs in."""

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, computed_field

from contracts.model import Email
from deploy.local.directory import replace_text

Kind = Literal["people", "agents"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
PAGE = 20
MOST_NEWCOMERS = 200
ADMINISTRATOR = "administrator"


class DemoPerson(BaseModel):
    """Someone synthetic. ``note`` says what they are known for in the season, such as a laureate's initiative."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    id: UUID
    given_name: Name
    family_name: Name
    email: Email
    kind: Kind
    roles: tuple[str, ...] = ()
    note: str = ""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def name(self) -> str:
        """The name to display."""
        return f"{self.given_name} {self.family_name}"


class Newcomer(BaseModel):
    """What somebody says of themselves to sign up."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    given_name: Name
    family_name: Name
    email: Annotated[Email, StringConstraints(strip_whitespace=True)]


class Page(BaseModel):
    """Some of the persons that were looked for; ``of`` is how many pages there are."""

    persons: tuple[DemoPerson, ...]
    found: int
    number: int
    of: int


_FILE = TypeAdapter(tuple[DemoPerson, ...])


def write_people(path: Path, persons: Sequence[DemoPerson]) -> None:
    """Write ``people.json``. Raises ``OSError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    items = [person.model_dump(mode="json") for person in persons]
    replace_text(path, json.dumps(items, indent=1, ensure_ascii=False) + "\n")


def read_people(path: Path) -> tuple[DemoPerson, ...]:
    """The persons in a file; none when it is not there or cannot be understood."""
    try:
        return _FILE.validate_json(path.read_bytes())
    except (OSError, ValueError):
        return ()


class Persons:
    """The season's cast from ``people.json``, whoever has signed up since, and the first administrator."""

    def __init__(self, directory: Path, administrator: UUID | None = None) -> None:
        self._cast = directory / "people.json"
        self._newcomers = directory / "newcomers.json"
        self._administrator = administrator

    def known(self, kind: Kind) -> list[DemoPerson]:
        """Everyone of this kind: the newest newcomer first, then the cast in its own order."""
        cast = list(read_people(self._cast))
        if self._administrator and all(person.id != self._administrator for person in cast):
            cast.append(_first_administrator(self._administrator))
        return [person for person in (*reversed(read_people(self._newcomers)), *cast) if person.kind == kind]

    def find(self, kind: Kind, person_id: str) -> DemoPerson | None:
        return next((person for person in self.known(kind) if str(person.id) == person_id), None)

    def search(self, kind: Kind, words: str, role: str, page: int) -> Page:
        """The persons whose name, address or note has every one of ``words``, in ``role`` unless that is empty.

        Those whose name has them come first.
        """
        wanted = _plain(words).split()
        found = [
            person
            for person in self.known(kind)
            if (not role or role in person.roles) and all(word in _searchable(person) for word in wanted)
        ]
        found.sort(key=lambda person: not all(word in _plain(person.name) for word in wanted))
        pages = max(1, -(-len(found) // PAGE))
        number = min(max(1, page), pages)
        return Page(
            persons=tuple(found[(number - 1) * PAGE : number * PAGE]), found=len(found), number=number, of=pages
        )

    def welcome(self, kind: Kind, newcomer: Newcomer) -> DemoPerson:
        """Keep somebody new, without a role; the oldest newcomers give way beyond a bound. Raises ``OSError``."""
        person = DemoPerson(id=uuid4(), kind=kind, **newcomer.model_dump())
        write_people(self._newcomers, [*read_people(self._newcomers), person][-MOST_NEWCOMERS:])
        return person


def _first_administrator(person_id: UUID) -> DemoPerson:
    return DemoPerson(
        id=person_id, given_name="Première", family_name="Administratrice", email="administration@tremplin.example",
        kind="agents", roles=(ADMINISTRATOR,),
    )  # fmt: skip


def _searchable(person: DemoPerson) -> str:
    return _plain(f"{person.name} {person.email} {person.note}")


def _plain(text: str) -> str:
    """Without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in parts if not unicodedata.combining(character))
