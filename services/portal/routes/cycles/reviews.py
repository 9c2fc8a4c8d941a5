"""Reviews: what a committee decided, with its reason."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.following import REPEATABLE, Followed, followed, written
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.cycles.board import AREA
from services.portal.words import words

router = APIRouter()
Kind = Literal["mid_term", "acceleration_committee", "engagement_committee"]
ALLOWED = {"mid_term": ("continue", "stop")}
"""What a review decides; the others may also fund."""


@router.get(f"{AREA}/{{initiative_id}}/reviews/{{kind}}")
async def ask(initiative_id: UUID, kind: Kind, page: Page = signed_in("programme_officer")) -> Response:
    return await _shown(page, await followed(page, initiative_id, AREA), kind, Form())


@router.post(f"{AREA}/{{initiative_id}}/reviews/{{kind}}")
async def decide(initiative_id: UUID, kind: Kind, page: Page = signed_in("programme_officer")) -> Response:
    item, form = await followed(page, initiative_id, AREA), Form.sent(page)
    if form.value("decision") not in words("cycle_decision"):
        form.wrong("decision", page._("Choose what was decided."))
    reason = written(page, form, "reason", page._("Say why: the initiative reads it."))
    if form.errors:
        return await _shown(page, item, kind, form, 422)
    body = {"decision": form.value("decision"), "reason": reason}
    try:
        await page.post("coaching", f"/cycles/{initiative_id}/reviews/{kind}/decision", body)
    except ServiceProblem as problem:
        if problem.status not in REPEATABLE:
            raise
        form.refused(problem, page)
        return await _shown(page, item, kind, form, 422)
    return await page.go(item.base, page._("The decision of the review is recorded."))


async def _shown(page: Page, item: Followed, kind: Kind, form: Form, status: int = 200) -> Response:
    codes = ALLOWED.get(kind, tuple(words("cycle_decision")))
    return await page.render(
        "cycles/review.html", status, item=item, review=item.review(kind), form=form,
        decisions=[(code, page._(words("cycle_decision")[code])) for code in codes],
    )  # fmt: skip
