"""Several tranches at once: first a look at all of them, then one press; each is done or refused on its own."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.page import Page
from services.portal.roles import SIDES
from services.portal.routes.funding.work import SEVERAL, side_of
from services.portal.words import problem_sentence

router = APIRouter()
MOST = 100
_OF = {"certification": "authorising_officer", "order": "authorising_officer", "acceptance": "accountant"}


@router.get("/funding/together")
async def preview(page: Page = signed_in(*SIDES)) -> Response:
    """What would be done with the tranches that were ticked, and for how much in all."""
    wanted = _ids(page.request.query_params.getlist("tranche"))
    if not wanted:
        return await page.go("/funding", done=page._("Tick at least one tranche."), kind="warning")
    tranches = [await page.get("funding", f"/tranches/{each}") for each in wanted]
    role = side_of(page)
    doable = [(_step(tranche, role), tranche) for tranche in tranches if _step(tranche, role)]
    left = [tranche for tranche in tranches if not _step(tranche, role)]
    total = sum(tranche["amount_cents"] for _, tranche in doable)
    return await page.render("funding/together.html", doable=doable, left=left, total=total)


@router.post("/funding/together")
async def carry_out(page: Page = signed_in(*SIDES)) -> Response:
    """Each tranche by a command of its own under the form's key: sent again, nothing is done twice."""
    results = []
    for item in page.texts("item")[:MOST]:
        step, _, name = item.partition(":")
        if _OF.get(step) == side_of(page) and (found := _ids([name])):
            results.append(await _one(page, step, found[0]))
    done = sum(1 for result in results if not result["problem"])
    return await page.render("funding/together_done.html", results=results, done=done)


async def _one(page: Page, step: str, tranche: UUID) -> dict[str, Any]:
    key = str(uuid5(NAMESPACE_URL, f"{page.form_key}/{step}/{tranche}")) if page.form_key else None
    problem = ""
    try:
        await page.post("funding", f"/tranches/{tranche}/{step}", key=key)
    except ServiceProblem as refused:
        problem = problem_sentence(refused, page._)
    return {"tranche": await page.get("funding", f"/tranches/{tranche}"), "step": step, "problem": problem}


def _step(tranche: dict[str, Any], role: str) -> str:
    return next((step for step in tranche["next"] if step in SEVERAL and _OF[step] == role), "")


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[:MOST]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
