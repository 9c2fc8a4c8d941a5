"""What a laureate says of a step that is behind them: once for each step; and what the programme answered."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.following import REPEATABLE, Followed, followed, written
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.words import words

router = APIRouter()
AREA = "/initiatives"
STEPS = ("cycle", "payment")
GRADES = ("1", "2", "3", "4", "5")
LONGEST = 2_000


@router.get(f"{AREA}/{{initiative_id}}/opinion")
async def ask(initiative_id: UUID, page: Page = signed_in()) -> Response:
    step = page.request.query_params.get("step", "")
    return await _shown(page, await followed(page, initiative_id, AREA), Form({"step": step}))


@router.post(f"{AREA}/{{initiative_id}}/opinion")
async def give(initiative_id: UUID, page: Page = signed_in()) -> Response:
    item, form = await followed(page, initiative_id, AREA), Form.sent(page)
    _look(page, form)
    text = written(page, form, "words", "", LONGEST) if page.text("words") else None
    if form.errors:
        return await _shown(page, item, form, 422)
    body: dict[str, Any] = {
        "step": form.value("step"), "initiative_id": item.id, "satisfaction": int(form.value("satisfaction")),
        "words": text, "language": page.language,
        **{name: int(form.value(name)) for name in ("clarity", "help") if form.value(name)},
    }  # fmt: skip
    try:
        await page.post("feedback", "/opinions", body)
    except ServiceProblem as problem:
        if problem.status not in REPEATABLE:
            raise
        form.refused(problem, page)
        return await _shown(page, item, form, 422)
    return await page.go(item.base, page._("Thank you: your opinion is counted."))


def _look(page: Page, form: Form) -> None:
    if form.value("step") not in STEPS:
        form.wrong("step", page._("Say what your opinion is about."))
    if form.value("satisfaction") not in words("satisfaction"):
        form.wrong("satisfaction", page._("Choose one of the three answers."))
    for name in ("clarity", "help"):
        if form.value(name) not in ("", *GRADES):
            form.wrong(name, page._("Choose a grade from 1 to 5, or none."))


async def _shown(page: Page, item: Followed, form: Form, status: int = 200) -> Response:
    """The steps that the reader has said nothing of yet, and what they said of the others."""
    mine = (await page.get("feedback", "/opinions/mine"))["items"]
    given = [each for each in mine if each["initiative_id"] == item.id]
    left = [step for step in STEPS if step not in {each["step"] for each in given}]
    return await page.render(
        "initiatives/opinion.html", status, item=item, form=form, longest=LONGEST, given=given,
        steps=[(code, page._(words("step")[code])) for code in left],
        satisfactions=[(code, page._(text)) for code, text in words("satisfaction").items()],
        grades=[(grade, grade) for grade in GRADES],
    )  # fmt: skip
