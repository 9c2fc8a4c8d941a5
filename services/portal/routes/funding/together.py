"""Several tranches at once: first a look at all of them, then one press; each is done or refused on its own."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceDown, ServiceProblem
from services.portal.page import Page
from services.portal.roles import SIDES
from services.portal.routes.funding.work import SEVERAL, side_of
from services.portal.words import problem_sentence

router = APIRouter()
MOST = 100
OUTCOMES = ("done", "refused", "unknown", "untried")
_OF = {"certification": "authorising_officer", "order": "authorising_officer", "acceptance": "accountant"}


@router.get("/funding/together")
async def preview(page: Page = signed_in(*SIDES)) -> Response:
    """What would be done with the tranches that were ticked, and for how much in all."""
    chosen = _ids(page.request.query_params.getlist("tranche"))
    if not chosen:
        return await page.go("/funding", done=page._("Tick at least one tranche."), kind="warning")
    tranches = [await _tranche(page, each) for each in chosen[:MOST]]
    role = side_of(page)
    doable = [(_step(tranche, role), tranche) for tranche in tranches if _step(tranche, role)]
    left = [tranche for tranche in tranches if not _step(tranche, role)]
    total = sum(tranche["amount_cents"] for _, tranche in doable)
    return await page.render(
        "funding/together.html", doable=doable, left=left, total=total, chosen=len(chosen), most=MOST
    )


@router.post("/funding/together")
async def carry_out(page: Page = signed_in(*SIDES)) -> Response:
    """Each tranche by a command of its own under the form's key: sent again, nothing is done twice.

    All are read before the first is acted on. From where funding does not answer, no further one is tried.
    """
    wanted = []
    for item in page.texts("item")[:MOST]:
        step, _, name = item.partition(":")
        if _OF.get(step) == side_of(page) and (found := _ids([name])):
            wanted.append((step, await _tranche(page, found[0])))
    results: list[dict[str, Any]] = []
    for step, tranche in wanted:
        answers = all(each["outcome"] in ("done", "refused") for each in results)
        results.append(await _one(page, step, tranche) if answers else _result(step, tranche, "untried"))
    counts = {code: sum(each["outcome"] == code for each in results) for code in OUTCOMES}
    return await page.render("funding/together_done.html", results=results, counts=counts)


async def _one(page: Page, step: str, tranche: dict[str, Any]) -> dict[str, Any]:
    key = str(uuid5(NAMESPACE_URL, f"{page.form_key}/{step}/{tranche['tranche_id']}")) if page.form_key else None
    try:
        answer = await page.post("funding", f"/tranches/{tranche['tranche_id']}/{step}", key=key)
    except ServiceProblem as refused:
        return _result(step, tranche, "refused", problem_sentence(refused, page._))
    except ServiceDown as down:
        return _result(step, tranche, "unknown" if down.perhaps_done else "untried")
    return _result(step, tranche | {"status": answer["status"]}, "done")


def _result(step: str, tranche: dict[str, Any], outcome: str, problem: str = "") -> dict[str, Any]:
    return {"step": step, "tranche": tranche, "outcome": outcome, "problem": problem}


async def _tranche(page: Page, tranche_id: UUID | str) -> dict[str, Any]:
    found: dict[str, Any] = await page.get("funding", f"/tranches/{tranche_id}")
    return found


def _step(tranche: dict[str, Any], role: str) -> str:
    return next((step for step in tranche["next"] if step in SEVERAL and _OF[step] == role), "")


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
