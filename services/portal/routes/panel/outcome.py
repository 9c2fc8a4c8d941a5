"""What came of the round: the minutes to read and sign, the results and the published ballots after the announcement."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.listing import as_id
from services.portal.page import Page
from services.portal.roles import PANEL
from services.portal.routes.panel.seats import NOT_FOUND, minutes_of, seat, titles

router = APIRouter()
PER_PAGE = 50
KINDS = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


@router.get("/panel/{round_id}/results")
async def results(round_id: UUID, page: Page = signed_in(*PANEL)) -> Response:
    """Who was selected among those that I read, once announced; until then, when it will be."""
    own = await seat(page, round_id, limit=PER_PAGE, after=as_id(page.request.query_params.get("after", "")))
    present = await minutes_of(page, own) is not None
    try:
        found = await page.get("evaluation", f"/rounds/{round_id}/results")
    except ServiceProblem as problem:
        if problem.code != "embargo":
            raise
        return await page.render(
            "panel/results.html", seat=own, found=None, titles={}, outcome=_outcome, present=present
        )
    known = await titles(page, [each["application_id"] for each in own.mine["ballots"]])
    return await page.render(
        "panel/results.html", seat=own, found=found, titles=known, outcome=_outcome, present=present
    )


def _outcome(found: dict[str, Any], application_id: str) -> str:
    if application_id in found["selected"]:
        return "selected"
    return "reserve" if application_id in found["reserve"] else "not_selected"


@router.get("/panel/{round_id}/published.{kind}")
async def published(round_id: UUID, kind: str, page: Page = signed_in(*PANEL)) -> Response:
    """The published ballots, byte for byte as their digest was told, or as a table."""
    if kind not in KINDS:
        raise ServiceProblem("evaluation", 404, NOT_FOUND)
    path = f"/rounds/{round_id}/ballots/published"
    async with page.stream("evaluation", path, format=kind) as answer:  # type: ignore[union-attr]
        content = await answer.aread()
    headers = {"Content-Disposition": f'attachment; filename="ballots-{round_id}.{kind}"'}
    return Response(content, media_type=KINDS[kind], headers=headers)


@router.get("/panel/{round_id}/minutes")
async def minutes(round_id: UUID, page: Page = signed_in(*PANEL)) -> Response:
    """The minutes, for who was present."""
    found = await page.get("evaluation", f"/rounds/{round_id}/minutes")
    return await page.render("panel/minutes.html", seat=await seat(page, round_id, limit=1), found=found)


@router.post("/panel/{round_id}/minutes")
async def sign(round_id: UUID, page: Page = signed_in(*PANEL)) -> Response:
    """Sign the minutes that were on the screen, and no others."""
    path = f"/panel/{round_id}/minutes"
    try:
        await page.post("evaluation", f"/rounds/{round_id}/minutes/signature", {"digest": page.text("digest")})
    except ServiceProblem as problem:
        if problem.code == "minutes_already_signed":
            return await page.go(path, page._("You have signed these minutes already."), "info")
        if problem.code == "minutes_changed":
            return await page.go(
                path, page._("The minutes have changed since: read them again before you sign."), "warning"
            )
        raise
    return await page.go(path, page._("You have signed the minutes."))
