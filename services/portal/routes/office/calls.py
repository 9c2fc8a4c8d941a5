"""The calls with their figures, and a new one from a file."""

import asyncio
from typing import Any

import yaml
from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.listing import View, asked, filtered, first_of, folded
from services.portal.page import Page
from services.portal.routes.office.desk import OFFICER, refused, waiting
from services.portal.words import words

router = APIRouter()
MAX_TEXT = 200_000
PER_PAGE = 20
SORTS = ("newest", "deadline", "title")


class NotACall(ValueError):
    """A text that is no YAML mapping."""


@router.get("/office")
async def office(page: Page = signed_in(OFFICER)) -> Response:
    """The calls that the address asks for, the newest first if it does not say otherwise, with their figures."""
    wanted = asked(page, ("q",), SORTS, phase=words("call_phase"))
    sought = folded(wanted["q"])
    calls: list[View] = [
        each for each in (await page.get("applications", "/calls"))["calls"]
        if wanted["phase"] in ("", each["phase"]) and sought in folded(f"{each['number']} {_title(page, each)}")
    ]  # fmt: skip
    if wanted["sort"] == "deadline":
        calls.sort(key=lambda each: str(each["schedule"]["closes_at"]))
    if wanted["sort"] == "title":
        calls.sort(key=lambda each: folded(_title(page, each)))
    first = first_of(page, len(calls))
    shown = calls[first : first + PER_PAGE]
    ids = [each["call_id"] for each in shown]
    boards = await asyncio.gather(*(page.get("applications", f"/calls/{each}/board") for each in ids))
    waits = await asyncio.gather(*(waiting(page, each) for each in ids))
    by_call = {each["call_id"]: {**each, "waiting": count} for each, count in zip(boards, waits, strict=True)}
    return await page.render(
        "office/office.html", calls=shown, boards=by_call, wanted=wanted, filtered=filtered(wanted), total=len(calls),
        first=first, per_page=PER_PAGE, phases=[(code, page._(text)) for code, text in words("call_phase").items()],
    )  # fmt: skip


def _title(page: Page, call: View) -> str:
    return str(call["title"][page.language])


@router.get("/office/calls/new")
async def new(page: Page = signed_in(OFFICER)) -> Response:
    return await page.render("office/new_call.html", form=Form(), call=None)


@router.post("/office/calls/new/attachments")
async def preview(page: Page = signed_in(OFFICER)) -> Response:
    """What the file says, to be read again before it is published."""
    form = Form({"text": await _typed(page)})
    try:
        call = read(form.value("text"))
        _require_parts(call)
    except NotACall:
        form.wrong("text", page._("This is not a call: give a YAML file with number, title, schedule and sections."))
        return await page.render("office/new_call.html", 422, form=form, call=None)
    return await page.render("office/new_call.html", form=form, call=call)


@router.post("/office/calls/new/publication/attachments")
async def publish(page: Page = signed_in(OFFICER)) -> Response:
    form = Form.sent(page)
    try:
        call = read(form.value("text"))
        done = await page.post("applications", "/calls", call)
    except NotACall:
        form.wrong("text", page._("This is not a call: give a YAML file with number, title, schedule and sections."))
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        _explain(form, problem, page)
    else:
        return await page.go(f"/office/calls/{done['call_id']}", page._("The call is published."))
    return await page.render("office/new_call.html", 422, form=form, call=None)


async def _typed(page: Page) -> str:
    """The file that was sent, else what stands in the text field."""
    sent = page.form.get("file")
    if isinstance(sent, UploadFile) and sent.filename:
        return (await sent.read()).decode("utf-8", "replace")
    return page.text("text")


def read(text: str) -> dict[str, Any]:
    """A call's definition; dates stay the texts that they are. Raises ``NotACall``."""
    if not text.strip() or len(text) > MAX_TEXT or "\x00" in text:
        raise NotACall
    try:
        found = yaml.load(text, _Loader)  # noqa: S506  a safe loader, without dates, tags and aliases
    except (yaml.YAMLError, RecursionError, ValueError):
        raise NotACall from None
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise NotACall
    return found


def _require_parts(call: dict[str, Any]) -> None:
    """What the preview shows of it is there. Raises ``NotACall``."""
    title, schedule = call.get("title"), call.get("schedule")
    if not isinstance(title, dict) or not isinstance(schedule, dict) or not call.get("number"):
        raise NotACall


class _Loader(yaml.SafeLoader):
    """No aliases, which can be made to grow without bound."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, found) for tag, found in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _explain(form: Form, problem: ServiceProblem, page: Page) -> None:
    """Everything that is wrong, each by its place in the file."""
    places = problem.problems or [{"field": problem.field, "code": problem.code, "title": problem.title}]
    for item in places[:100]:
        found = Form()
        found.refused(ServiceProblem("applications", 422, {**item, "title": item.get("title", "")}), page)
        place, why = str(item.get("field") or ""), next(iter(found.errors.values()))
        text = page._("%(name)s: %(value)s", name=place, value=why) if place else problem.title
        form.wrong(f"text.{place}", text)
