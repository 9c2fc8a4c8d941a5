"""« Je donne mon avis »: anyone says how a step went, without signing in."""

import re

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import anyone
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.words import words

router = APIRouter()
LONGEST = 2_000
KEPT_FOR_BACK = "private, no-cache"
"""Whoever goes back after sending finds the same form with the same key, and an opinion sent again is counted once. The form is
sent to another address than its own: a browser forgets what it kept of an address that something was sent to (RFC 9111, 4.4)."""
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TOKEN = re.compile(r"[A-Za-z0-9_.-]{16,200}")
_KNOWN = {"call_id": _ID, "initiative_id": _ID, "token": _TOKEN}
"""What a link that was sent to somebody may say besides the step."""


@router.get("/feedback")
async def asked(page: Page = anyone()) -> Response:
    given = page.request.query_params
    values = {name: given[name] for name, form in _KNOWN.items() if form.fullmatch(given.get(name, ""))}
    return await _shown(page, Form({**values, "step": given.get("step", "")}))


@router.post("/feedback")
async def given(page: Page = anyone()) -> Response:
    await page.parts.rates.require(page.request, "form")
    form = Form.sent(page)
    _look(form, page)
    if not form.errors:
        try:
            await page.post("feedback", "/opinions", _body(form, page))
        except ServiceProblem as problem:
            form.refused(problem, page)
        else:
            return await page.go("/feedback/thanks")
    return await _shown(page, form, 422)


@router.get("/feedback/thanks")
async def thanks(page: Page = anyone()) -> Response:
    return await page.render_public("public/thanks.html", seconds=300)


async def _shown(page: Page, form: Form, status: int = 200) -> Response:
    steps = [(code, page._(text)) for code, text in words("step").items()]
    satisfactions = [(code, page._(text)) for code, text in words("satisfaction").items()]
    carried = {name: form.value(name) for name, known in _KNOWN.items() if known.fullmatch(form.value(name))}
    return await page.render(
        "public/feedback.html", status, {"Cache-Control": KEPT_FOR_BACK},
        form=form, steps=steps, satisfactions=satisfactions, carried=carried,
        grades=[(str(grade), str(grade)) for grade in range(1, 6)], longest=LONGEST,
    )  # fmt: skip


def _look(form: Form, page: Page) -> None:
    if form.value("step") not in words("step"):
        form.wrong("step", page._("Say what your opinion is about."))
    if form.value("satisfaction") not in words("satisfaction"):
        form.wrong("satisfaction", page._("Choose one of the three answers."))
    for name in ("clarity", "help"):
        if form.value(name) not in {"", "1", "2", "3", "4", "5"}:
            form.wrong(name, page._("Choose a grade from 1 to 5, or none."))
    if len(page.text("words")) > LONGEST:
        form.wrong("words", page._("Write at most %(num)s characters.", num=LONGEST))


def _body(form: Form, page: Page) -> dict[str, object]:
    body: dict[str, object] = {
        "step": form.value("step"),
        "satisfaction": int(form.value("satisfaction")),
        "language": page.language,
    }
    grades = {name: int(form.value(name)) for name in ("clarity", "help") if form.value(name)}
    carried = {name: form.value(name) for name, known in _KNOWN.items() if known.fullmatch(form.value(name))}
    text = page.text("words").replace("\r\n", "\n")
    return {**body, **grades, **carried, **({"words": text} if text else {})}
