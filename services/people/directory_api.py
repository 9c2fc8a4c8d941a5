"""HTTP for those who must know who is who: an administrator's list and trail, and names for the staff's pages."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import FastAPI, Query
from pydantic import AwareDatetime, Field

from contracts.model import Email, Id, Model
from contracts.people import Role
from services.chassis.identity import Caller, allow
from services.people.directory import Lines
from services.people.domain import refusals
from services.people.domain.persons import Action, Person
from services.people.store import Store

Answer = dict[str, Any]
MOST_NAMES = 200
NAMING = (
    "programme_officer", "administrator", "deciding_authority", "mentor", "authorising_officer", "accountant",
)  # fmt: skip
DESK = ("programme_officer", "administrator")
MOST_COLLEAGUES = 500
After = Annotated[str, Query(max_length=100)]
Limit = Annotated[int, Query(ge=1, le=100)]
_SHORT = {"person_id", "registered_at", "departement", "roles", "erased_at"}


class NamesBody(Model):
    """Whose names are wanted."""

    ids: Annotated[tuple[Id, ...], Field(max_length=MOST_NAMES)]


class FollowersBody(Model):
    """An initiative's mentor and officer."""

    ids: Annotated[tuple[Id, ...], Field(max_length=2)]


class SearchBody(Model):
    """The whole address that somebody registered with."""

    email: Email


class LookupBody(Model):
    """Somebody's whole e-mail address, or their id."""

    q: Annotated[str, Field(max_length=254)]


def routes(api: FastAPI, store: Store) -> None:
    _list(api, store)
    _names(api, store)
    _desk(api, store)

    @api.get("/audit")
    async def audit(
        person_id: UUID | None = None,
        by: UUID | None = None,
        action: Action | None = None,
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
        after: After = "",
        limit: Limit = 50,
        caller: Caller = allow("administrator"),
    ) -> Answer:
        """Everything that was changed about anybody, newest first; ``after`` is the ``next`` of the page before.

        ``by`` is who changed it; ``since`` belongs to what is wanted, ``until`` does not any more.
        """
        found = await store.directory.trail(Lines(person_id, by, action, since, until), after, limit)
        return {"items": found, "next": found[-1]["place"] if len(found) == limit else None}


def _list(api: FastAPI, store: Store) -> None:
    @api.get("/persons")
    async def listed(
        role: Role | None = None,
        after: After = "",
        limit: Limit = 50,
        caller: Caller = allow("administrator"),
    ) -> Answer:
        """Persons by id; those who hold ``role`` when it is given."""
        found = await store.directory.page(role, after, limit)
        following = str(found[-1].person_id) if len(found) == limit else None
        return {"items": [_shown(each) for each in found], "next": following}

    @api.post("/persons/lookup")
    async def lookup(body: LookupBody, caller: Caller = allow("administrator")) -> Answer:
        """Who has this very address or id. It is in the body, which no log has; names are sealed, and are not searched."""
        return {"items": [_shown(each) for each in await _searched(body.q.strip(), store)]}


async def _searched(wanted: str, store: Store) -> list[Person]:
    if "@" in wanted:
        return await store.directory.with_email(wanted)
    try:
        return await store.directory.several([UUID(wanted)])
    except ValueError:
        raise refusals.SearchRefused(field="q", allowed=["a whole e-mail address", "a person's id"]) from None


def _names(api: FastAPI, store: Store) -> None:
    @api.post("/persons/names")
    async def names(body: NamesBody, caller: Caller = allow(*NAMING)) -> Answer:
        """The name of each person, or nothing for who is unknown, erased or known by id only."""
        found = {each.person_id: _name(each) for each in await store.directory.several(body.ids)}
        return {"names": {str(each): found.get(each) for each in body.ids}}


def _desk(api: FastAPI, store: Store) -> None:
    @api.get("/colleagues")
    async def colleagues(role: Literal["mentor", "programme_officer"], caller: Caller = allow(*DESK)) -> Answer:
        """Whom officers can give work to: everybody who holds the role, with their names."""
        return {"items": _named(await store.directory.page(role, "", MOST_COLLEAGUES))}

    @api.post("/colleagues/names")
    async def followers(body: FollowersBody, caller: Caller = allow("operator")) -> Answer:
        """The names of a mentor and an officer, which the portal tells the team that they follow; nobody else's."""
        found = {each.person_id: _name(each) for each in await store.directory.several(body.ids) if _follows(each)}
        return {"names": {str(each): found.get(each) for each in body.ids}}

    @api.post("/persons/search")
    async def search(body: SearchBody, caller: Caller = allow(*DESK)) -> Answer:
        """Who registered with this very address: the body is not logged, as an address in the query would be."""
        return {"items": _named(await store.directory.with_email(body.email))}


def _follows(person: Person) -> bool:
    return person.holds("mentor") or person.holds("programme_officer")


def _named(found: Iterable[Person]) -> list[Answer]:
    return [{"person_id": str(each.person_id), "name": _name(each)} for each in found]


def _name(person: Person) -> str | None:
    known = person.private
    return f"{known.given_name} {known.family_name}" if known else None


def _shown(person: Person) -> Answer:
    known = (
        person.private.model_dump(mode="json", include={"given_name", "family_name", "email"}) if person.private else {}
    )
    return {**person.model_dump(mode="json", include=_SHORT), **known}
