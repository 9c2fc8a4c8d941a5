"""The link that was mailed to somebody who applied on paper: whoever opens it and logs in is that person from then on."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import RedirectResponse, Response

from services.portal.admission import let_in, signed_in
from services.portal.backend import ServiceProblem
from services.portal.enrolment import open_session
from services.portal.page import Page

router = APIRouter()
Token = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
OWN = ("applicant",)
"""The roles of an account that may be given up for the person's."""
IN_USE = {"code": "login_in_use", "title": "This log-in is that of somebody who is known for more than this"}


@router.get("/joining/{token}")
async def offered(token: Token, page: Page = signed_in()) -> Response:
    """Whose application it is, and what will be."""
    try:
        found = await page.get("people", f"/joinings/{token}")
        await _require_free(page)
    except ServiceProblem as problem:
        return await _refused(page, problem)
    return await page.render("entrance/joining.html", found=found, problem=None)


@router.post("/joining/{token}")
async def join(token: Token, page: Page = signed_in()) -> Response:
    """The log-in becomes the person's: the sessions of the account that it had end, and a new one begins."""
    try:
        await _require_free(page)
        found = await page.post("people", f"/joinings/{token}/acceptance")
    except ServiceProblem as problem:
        return await _refused(page, problem)
    return await _entered(page, found["person_id"])


async def _require_free(page: Page) -> None:
    """Nothing is lost with the account that the log-in has had so far. Raises ``ServiceProblem`` (409)."""
    mine = await page.get("applications", "/applications", limit=1)
    assert page.session  # noqa: S101
    if mine["applications"] or not set(OWN).issuperset(page.session.roles):
        raise ServiceProblem("portal", 409, IN_USE)


async def _refused(page: Page, problem: ServiceProblem) -> Response:
    if problem.status not in (404, 409, 410):
        raise problem
    return await page.render("entrance/joining.html", problem.status, found=None, problem=problem)


async def _entered(page: Page, person_id: str) -> Response:
    former, parts = page.session, page.parts
    assert former  # noqa: S101
    await parts.store.end_all(former.person_id)
    done = {"kind": "success", "text": page._("You are logged in as the applicant from now on.")}
    now = datetime.now(UTC)
    changes: dict[str, Any] = {"roles": await parts.backend.roles_of(person_id), "roles_at": now, "seen": now}
    session = former.changed(person_id=person_id, flash=(done,), **changes)
    token = await open_session(parts, session, former.person_id)
    if token is None:
        return RedirectResponse(page.url("/login", ended="1"), 303)
    response = await page.go("/applications")
    let_in(response, parts.settings, token)
    return response
