"""A person's log-in: people learns of who is new, notifications of whom it cannot reach, so that they can apply and be told."""

from datetime import timedelta
from http.client import NOT_FOUND

import structlog

from services.portal.backend import Backend, ServiceDown, ServiceProblem
from services.portal.page import Parts
from services.portal.providers import Identity
from services.portal.store import Session, digest

log = structlog.get_logger()
FREE_ROLES = {"people": ("applicant",), "agents": ()}
_ALREADY = "person_exists"


async def enrol(backend: Backend, identity: Identity, provider: str, language: str) -> tuple[str, ...]:
    """The roles that the person holds. Someone new is registered: as an applicant, or, coming as an agent, without a role.

    Whoever has no contact gets the provider's address; while that cannot be, they come in all the same, and the next log-in
    tries again. Raises ``ServiceDown``, or ``ServiceProblem`` for an erased account (410) or when the provider gave no usable name.
    """
    roles = await backend.roles_of(identity.person_id)
    if not roles and not await _known(backend, identity.person_id):
        await _register(backend, identity, provider)
        roles = await backend.roles_of(identity.person_id)
    try:
        await _make_reachable(backend, identity, language)
    except (ServiceDown, ServiceProblem) as error:
        log.warning("login.no_contact", error=str(error))
    return roles


async def _register(backend: Backend, identity: Identity, provider: str) -> None:
    body = {
        "person_id": identity.person_id,
        "given_name": identity.given_name,
        "family_name": identity.family_name,
        "email": identity.email,
        "roles": FREE_ROLES[provider],
    }
    try:
        await backend.ask(identity.person_id, (), "POST", "people", "/persons", body, key="first log-in")
    except ServiceProblem as problem:
        if problem.code != _ALREADY:
            raise


async def _make_reachable(backend: Backend, identity: Identity, language: str) -> None:
    person_id, path = identity.person_id, f"/contacts/{identity.person_id}"
    try:
        await backend.ask(person_id, (), "GET", "notifications", path)
    except ServiceProblem as problem:
        if problem.status != NOT_FOUND:
            raise
        contact = {"email": identity.email, "language": language}
        await backend.ask(person_id, (), "PUT", "notifications", path, contact)


async def applies(backend: Backend, person_id: str, roles: tuple[str, ...]) -> bool:
    """Whether somebody owns or edits an application; no, while that cannot be asked."""
    try:
        found = await backend.ask(person_id, roles, "GET", "applications", "/applications", params={"limit": 1})
    except ServiceDown:
        return False
    return bool(found["applications"])


async def open_session(parts: Parts, session: Session, login_id: str) -> str | None:
    """Open a session of the log-in's person; the token for its cookie.

    None, and no session, when the log-in was taken off meanwhile: whoever took it off ended only the sessions that there were.
    """
    token = await parts.store.open(session, timedelta(seconds=parts.settings.absolute_seconds))
    theirs = False
    try:
        theirs = await parts.backend.person_of(login_id) == session.person_id
    finally:
        if not theirs:
            await parts.store.end(digest(token))
    return token if theirs else None


async def _known(backend: Backend, person_id: str) -> bool:
    try:
        await backend.ask(person_id, (), "GET", "people", f"/persons/{person_id}")
    except ServiceProblem as problem:
        if problem.status != NOT_FOUND:
            raise
        return False
    return True
