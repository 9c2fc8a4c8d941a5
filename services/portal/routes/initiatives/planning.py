"""Diagnosis, roadmap and the values of indicators: what an acceleration is about, written by its team with its mentor."""

import json
import re
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.following import LONGEST_TEXT, REPEATABLE, Followed, followed, written
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.words import words

router = APIRouter()
AREA = "/initiatives"
MILLI = 1000
LARGEST = 10**12
MOST_OBJECTIVES = 20
INDICATOR = "people_helped"
"""The one indicator that every initiative has."""
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}([.][0-9]{1,3})?")
PARTS = {"diagnosis": ("diagnosis", "needs"), "roadmap": ("objectives", "levers", "indicators")}


@router.get(f"{AREA}/{{initiative_id}}/diagnosis")
async def ask_diagnosis(initiative_id: UUID, page: Page = signed_in()) -> Response:
    item = await followed(page, initiative_id, AREA)
    return await _diagnosis(page, item, Form({"needs": item.cycle["needs"], "text": item.cycle["diagnosis"]}))


@router.post(f"{AREA}/{{initiative_id}}/diagnosis")
async def record_diagnosis(initiative_id: UUID, page: Page = signed_in()) -> Response:
    item, form = await followed(page, initiative_id, AREA), Form.sent(page)
    if not form.values("needs"):
        form.wrong("needs", page._("Choose at least one need."))
    text = written(page, form, "text", page._("Describe where the initiative stands."))
    _unchanged(page, item, form, "diagnosis", "text")
    body = {"needs": form.values("needs"), "text": text}
    if form.errors or not await _kept(page, form, f"/cycles/{initiative_id}/diagnosis", body):
        return await _diagnosis(page, item, form, 422)
    return await page.go(item.base, page._("Diagnosis saved."))


@router.get(f"{AREA}/{{initiative_id}}/roadmap")
async def ask_roadmap(initiative_id: UUID, page: Page = signed_in()) -> Response:
    item = await followed(page, initiative_id, AREA)
    kept = {each["code"]: each for each in item.cycle["indicators"]}.get(INDICATOR)
    bounds = (
        {name: shown_number(kept[f"{name}_milli"], page.language) for name in ("initial", "target")} if kept else {}
    )
    form = Form({"objectives": "\n".join(item.cycle["objectives"]), "levers": item.cycle["levers"], **bounds})
    return await _roadmap(page, item, form)


@router.post(f"{AREA}/{{initiative_id}}/roadmap")
async def set_roadmap(initiative_id: UUID, page: Page = signed_in()) -> Response:
    """An objective a line, the levers, and the people that the initiative helps: today, and in the end."""
    item, form = await followed(page, initiative_id, AREA), Form.sent(page)
    objectives = [line.strip() for line in page.text("objectives").splitlines() if line.strip()]
    if not objectives:
        form.wrong("objectives", page._("Write at least one objective."))
    if len(objectives) > MOST_OBJECTIVES or any(len(each) > LONGEST_TEXT for each in objectives):
        form.wrong("objectives", page._("Write twenty objectives at most, each on a line of its own."))
    if not form.values("levers"):
        form.wrong("levers", page._("Choose at least one lever."))
    body = {"objectives": objectives, "levers": form.values("levers"), "indicators": _indicators(page, form)}
    _unchanged(page, item, form, "roadmap", "objectives")
    if form.errors or not await _kept(page, form, f"/cycles/{initiative_id}/roadmap", body):
        return await _roadmap(page, item, form, 422)
    return await page.go(item.base, page._("Roadmap saved."))


@router.post(f"{AREA}/{{initiative_id}}/indicators/{{code}}")
async def record_value(initiative_id: UUID, code: str, page: Page = signed_in()) -> Response:
    item, form = await followed(page, initiative_id, AREA), Form.sent(page)
    value = _number(page, form, "value")
    path = f"/cycles/{initiative_id}/indicators/{code}/values"
    if form.errors or not await _kept(page, form, path, {"value": str(value)}):
        return await page.go(item.base, next(iter(form.errors.values())), "error")
    return await page.go(item.base, page._("New value recorded."))


def stamp(item: Followed, part: str) -> str:
    """What tells a part of the plan apart from any other that was there before or comes after."""
    shown = json.dumps([item.cycle[name] for name in PARTS[part]], sort_keys=True)
    return sha256(shown.encode()).hexdigest()[:16]


def _unchanged(page: Page, item: Followed, form: Form, part: str, name: str) -> None:
    """Nobody saves over what they have not seen: the page that was sent tells what it showed."""
    if form.value("stamp") not in ("", stamp(item, part)):
        form.wrong(
            name,
            page._(
                "This was changed since you opened the page: what is saved now is shown below the form. Save again to replace it."
            ),
        )


def typed_number(text: str, language: str) -> Decimal | None:
    """A number as people type it, None for another text. In English commas group thousands, as they do where it is shown."""
    packed = "".join(text.split())
    if language == "en" and _GROUPED.fullmatch(packed):
        packed = packed.replace(",", "")
    packed = packed.replace(",", ".")
    if not _DECIMAL.fullmatch(packed) or abs(Decimal(packed)) >= LARGEST:
        return None
    return Decimal(packed)


def shown_number(milli: int, language: str) -> str:
    """A number of thousandths as its field shows it: all its digits, and no more."""
    text = f"{(Decimal(milli) / MILLI).normalize():f}"
    return text.replace(".", ",") if language == "fr" else text


def _number(page: Page, form: Form, name: str) -> Decimal:
    found = typed_number(form.value(name), page.language)
    if found is None:
        form.wrong(name, page._("Give a number, in digits, with three decimals at most."))
        return Decimal(0)
    return found


def _indicators(page: Page, form: Form) -> list[dict[str, Any]]:
    if not form.value("initial") and not form.value("target"):
        return []
    values = {name: str(_number(page, form, name)) for name in ("initial", "target")}
    return [{"code": INDICATOR, **values}]


async def _kept(page: Page, form: Form, path: str, body: dict[str, Any]) -> bool:
    try:
        await page.post("coaching", path, body)
    except ServiceProblem as problem:
        if problem.status not in REPEATABLE:
            raise
        form.refused(problem, page)
        return False
    return True


async def _diagnosis(page: Page, item: Followed, form: Form, status: int = 200) -> Response:
    needs = [(code, page._(text)) for code, text in words("cycle_need").items()]
    return await page.render(
        "initiatives/diagnosis.html", status, item=item, form=form, needs=needs, stamp=stamp(item, "diagnosis"),
        longest=LONGEST_TEXT,
    )  # fmt: skip


async def _roadmap(page: Page, item: Followed, form: Form, status: int = 200) -> Response:
    offered = await page.get("coaching", "/levers")
    levers = [(code, page._(words("lever").get(code, code))) for code in offered]
    return await page.render(
        "initiatives/roadmap.html", status, item=item, form=form, levers=levers, stamp=stamp(item, "roadmap")
    )
