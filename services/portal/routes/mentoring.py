"""The mentor's pages: the initiatives that they follow, and the requests that they answer by a date."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import places
from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.following import (
    LONGEST_TEXT,
    REPEATABLE,
    SORTS,
    Followed,
    cycles,
    followed,
    titles,
    unread,
    written,
)
from services.portal.forms import Form
from services.portal.listing import LONGEST_SEARCH, first_of
from services.portal.page import Page
from services.portal.words import words

router = APIRouter()
PER_PAGE = 50


@router.get("/mentoring")
async def mine(page: Page = signed_in("mentor")) -> Response:
    given, wanted = page.request.query_params, _wanted(page)
    answered = "true" if given.get("answered") else ""
    filters = {name: wanted[name] for name in ("status", "weather", "overdue")}
    filters |= {"mine": "true", "mentor_id": page.person_id}
    found = await cycles(page, filters, wanted["q"], wanted["sort"])
    first = first_of(page, len(found))
    requests = await page.get(
        "coaching", "/lever-requests", mine="true", answered=answered, after=given.get("requests", ""), limit=PER_PAGE
    )
    return await page.render(
        "mentoring/list.html", cycles=found[first : first + PER_PAGE], total=len(found), first=first, per_page=PER_PAGE,
        requests=requests, wanted=wanted, answered=answered,
        titles=await titles(page, (each["initiative_id"] for each in requests["items"])),
        departement=places.departement, unread=await unread(page),
        weathers=[(code, page._(text)) for code, text in words("weather").items()],
        statuses=[(code, page._(text)) for code, text in words("cycle_status").items()],
    )  # fmt: skip


def _wanted(page: Page) -> dict[str, str]:
    given = page.request.query_params
    groups = {"status": "cycle_status", "weather": "weather"}
    named = {name: given.get(name, "") for name, group in groups.items() if given.get(name) in words(group)}
    return {
        "q": given.get("q", "").strip()[:LONGEST_SEARCH],
        "sort": given["sort"] if given.get("sort") in SORTS else "due",
        "status": "", "weather": "", "overdue": "true" if given.get("overdue") else "", **named,
    }  # fmt: skip


@router.get("/mentoring/{initiative_id}")
async def one(initiative_id: UUID, page: Page = signed_in("mentor")) -> Response:
    item = await followed(page, initiative_id, "/mentoring")
    return await page.render(
        "mentoring/one.html", item=item, unread=(await unread(page)).get(item.id, 0), departement=places.departement
    )


def _answering(area: str, *roles: str) -> None:
    """The two routes of a request's answer below ``area``, for people with ``roles``."""
    path = f"{area}/{{initiative_id}}/requests/{{request_id}}"

    @router.get(path, name=f"request {area}")
    async def ask(initiative_id: UUID, request_id: UUID, page: Page = signed_in(*roles)) -> Response:
        return await _shown(page, await followed(page, initiative_id, area), request_id, Form())

    @router.post(path, name=f"answer {area}")
    async def answer(initiative_id: UUID, request_id: UUID, page: Page = signed_in(*roles)) -> Response:
        item, form = await followed(page, initiative_id, area), Form.sent(page)
        if form.value("outcome") not in words("lever_outcome"):
            form.wrong("outcome", page._("Choose what becomes of the request."))
        text = written(page, form, "text", page._("Say what is done, or why it is not."))
        if form.errors:
            return await _shown(page, item, request_id, form, 422)
        body = {"outcome": form.value("outcome"), "text": text}
        try:
            await page.post("coaching", f"/cycles/{initiative_id}/lever-requests/{request_id}/answer", body)
        except ServiceProblem as problem:
            if problem.status not in REPEATABLE:
                raise
            form.refused(problem, page)
            return await _shown(page, await followed(page, initiative_id, area), request_id, form, 422)
        return await page.go(item.base, page._("Your answer is sent to the initiative."))


_answering("/mentoring", "mentor")
_answering("/office/cycles", "programme_officer")


async def _shown(page: Page, item: Followed, request_id: UUID, form: Form, status: int = 200) -> Response:
    outcomes = [(code, page._(text)) for code, text in words("lever_outcome").items()]
    return await page.render(
        "mentoring/answer.html", status, item=item, request=item.request(request_id), form=form, outcomes=outcomes,
        longest=LONGEST_TEXT,
    )  # fmt: skip
