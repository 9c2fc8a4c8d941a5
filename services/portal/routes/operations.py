"""The administrator's pages on the machinery: health of services, dead letters, notices that did not leave."""

import asyncio
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceDown, ServiceProblem
from services.portal.listing import LONGEST_SEARCH
from services.portal.names import names
from services.portal.page import Page
from services.portal.settings import SERVICES

router = APIRouter()
STATES = ("failed", "pending", "sending", "sent", "no_contact", "muted", "cancelled")
MOST_ID = 500
PER_PAGE = 50


@router.get("/administration/health")
async def health(page: Page = signed_in("administrator")) -> Response:
    found = await asyncio.gather(*(_state(page, name) for name in SERVICES))
    heads = {each["name"]: each["progress"]["heads"] for each in found if each["progress"]}
    for each in found:
        each["lag"] = _lag(each["progress"]["cursors"], heads) if each["progress"] else None
    return await page.render("administration/health.html", services=found)


async def _state(page: Page, name: str) -> dict[str, Any]:
    """Whether a service is ready, its parts, and how far it is; nothing of what does not answer."""
    state: dict[str, Any] = {"name": name, "ready": False, "parts": {}, "progress": None}
    try:
        answer = await page.get(name, "/health/ready")
        state |= {"ready": answer["status"] == "ready", "parts": answer["parts"]}
        state["progress"] = await page.get(name, "/internal/progress")
    except (ServiceDown, ServiceProblem):
        pass
    return state


def _lag(cursors: dict[str, dict[str, int]], heads: dict[str, dict[str, int]]) -> int:
    """How many messages the service has not taken yet, of all that the others have published."""
    return sum(
        max(0, int(head) - int(taken.get(shard, 0)))
        for source, taken in cursors.items()
        for shard, head in heads.get(source, {}).items()
    )


@router.get("/administration/dead-letters")
async def dead_letters(page: Page = signed_in("administrator")) -> Response:
    """The first letters of every service, or those of one by pages."""
    given = page.request.query_params
    service = given["service"] if given.get("service") in SERVICES else ""
    after = given.get("after", "")[:MOST_ID] if service else ""
    wanted = {"service": service, "q": given.get("q", "").strip()[:LONGEST_SEARCH], "after": after}
    names = [service] if service else list(SERVICES)
    found = await asyncio.gather(*(_letters(page, name, wanted["q"], after) for name in names))
    by_service = dict(zip(names, found, strict=True))
    full = [name for name, each in by_service.items() if each and len(each) == PER_PAGE]
    return await page.render(
        "administration/dead_letters.html", letters=[letter for each in found for letter in each or ()],
        silent=[name for name, each in by_service.items() if each is None], services=SERVICES, wanted=wanted,
        more=[] if service else full, next=(by_service[service] or [])[-1]["place"] if service and full else None,
    )  # fmt: skip


async def _letters(page: Page, name: str, q: str, after: str) -> list[dict[str, Any]] | None:
    try:
        found: list[dict[str, Any]] = await page.get(name, "/internal/dead-letters", q=q, after=after, limit=PER_PAGE)
    except (ServiceDown, ServiceProblem):
        return None
    return [{**letter, "service": name} for letter in found]


@router.get("/administration/dead-letters/{service}")
async def dead_letter(service: str, page: Page = signed_in("administrator")) -> Response:
    """One letter with what it carries around its data, and what can be done with it."""
    identity = page.request.query_params.get("id", "")[:MOST_ID]
    letter = await _letter(page, service, identity)
    return await page.render("administration/dead_letter.html", letter=letter, service=service, problem="")


@router.post("/administration/dead-letters/{service}/replay")
async def replay(service: str, page: Page = signed_in("administrator")) -> Response:
    return await _act(page, service, "replay")


@router.get("/administration/dead-letters/{service}/discard")
async def ask_discard(service: str, page: Page = signed_in("administrator")) -> Response:
    identity = page.request.query_params.get("id", "")[:MOST_ID]
    letter = await _letter(page, service, identity)
    return await page.render("administration/discard.html", letter=letter, service=service)


@router.post("/administration/dead-letters/{service}/discard")
async def discard(service: str, page: Page = signed_in("administrator")) -> Response:
    return await _act(page, service, "discard")


async def _letter(page: Page, service: str, identity: str) -> dict[str, Any]:
    if service not in SERVICES or not identity:
        raise ServiceProblem(service, 404, {"code": "not_found"})
    found: dict[str, Any] = await page.get(service, f"/internal/dead-letters/{quote(identity, safe='/')}")
    return found


async def _act(page: Page, service: str, act: str) -> Response:
    identity = page.text("id")[:MOST_ID]
    if service not in SERVICES:
        raise ServiceProblem(service, 404, {"code": "not_found"})
    try:
        answer = await page.ask("POST", service, f"/internal/dead-letters/{act}", {"identity": identity})
    except ServiceProblem as problem:
        if problem.status == 404:
            gone = page._("It is not here any more: it was handled or discarded in between.")
            return await page.go("/administration/dead-letters", done=gone, kind="info")
        if problem.code not in ("still_failing", "letter_cut"):
            raise
        if act == "discard":
            return await page.go(
                "/administration/dead-letters", done=page._("It is discarded; the next one behind it fails, and stays."),
                kind="warning",
            )  # fmt: skip
        letter = await _letter(page, service, identity)
        return await page.render(
            "administration/dead_letter.html", status=409, letter=letter, service=service, problem=problem
        )
    done = {
        "replay": page._("It is handled. Messages handled in all: %(number)s.", number=answer["released"]),
        "discard": page._("It is discarded. Messages handled behind it: %(number)s.", number=answer["released"]),
    }
    return await page.go("/administration/dead-letters", done=done[act])


@router.get("/administration/notices")
async def notices(page: Page = signed_in("administrator")) -> Response:
    given = page.request.query_params
    state = given["state"] if given.get("state") in STATES else "failed"
    after = given.get("after", "")[:36]
    summary, found = await asyncio.gather(
        page.get("notifications", "/outbox/summary"),
        page.get("notifications", "/outbox", state=state, after=after, limit=PER_PAGE),
    )
    following = found[-1]["notice_id"] if len(found) == PER_PAGE else None
    known = await names(page, {each["person_id"] for each in found})
    return await page.render(
        "administration/notices.html", summary=summary, items=found, next=following, states=STATES,
        wanted={"state": state, "after": after}, names=known,
    )  # fmt: skip


@router.post("/administration/notices/retry")
async def retry_all(page: Page = signed_in("administrator")) -> Response:
    answer = await page.ask("POST", "notifications", "/outbox/retry", {})
    return await page.go(
        "/administration/notices", done=page._("Messages that are sent again: %(number)s.", number=answer["released"])
    )


@router.post("/administration/notices/{notice_id}/retry")
async def retry(notice_id: UUID, page: Page = signed_in("administrator")) -> Response:
    try:
        await page.ask("POST", "notifications", f"/outbox/{notice_id}/retry")
    except ServiceProblem as problem:
        if problem.code != "not_failed":
            raise
    return await page.go("/administration/notices", done=page._("The message is sent again."))
