"""The weekly check-in, in a minute: a weather and a few words."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.following import LONGEST_TEXT, REPEATABLE, Followed, followed, written
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.words import words

router = APIRouter()
AREA = "/initiatives"
Week = Annotated[int, Path(ge=1, le=200)]


@router.get(f"{AREA}/{{initiative_id}}/check-ins/{{week}}")
async def ask(initiative_id: UUID, week: Week, page: Page = signed_in()) -> Response:
    return await _shown(page, await followed(page, initiative_id, AREA), week, Form())


@router.post(f"{AREA}/{{initiative_id}}/check-ins/{{week}}")
async def record(initiative_id: UUID, week: Week, page: Page = signed_in()) -> Response:
    item, form = await followed(page, initiative_id, AREA), Form.sent(page)
    if form.value("weather") not in words("weather"):
        form.wrong("weather", page._("Choose the weather of your initiative."))
    text = written(page, form, "text", page._("Say in a few words how it is going."))
    if form.errors:
        return await _shown(page, item, week, form, 422)
    body = {"weather": form.value("weather"), "text": text}
    try:
        path = f"/cycles/{initiative_id}/check-ins/{week}"
        await page.ask("PUT", "coaching", path, body, key=page.form_key)
    except ServiceProblem as problem:
        if problem.status not in REPEATABLE:
            raise
        form.refused(problem, page)
        return await _shown(page, await followed(page, initiative_id, AREA), week, form, 422)
    return await page.go(item.base, page._("Check-in of week %(week)s recorded. Thank you.", week=week))


async def _shown(page: Page, item: Followed, week: int, form: Form, status: int = 200) -> Response:
    weathers = [(code, page._(text)) for code, text in words("weather").items()]
    return await page.render(
        "initiatives/check_in.html", status, item=item, check_in=item.check_in(week), form=form,
        weathers=weathers, longest=LONGEST_TEXT,
    )  # fmt: skip
