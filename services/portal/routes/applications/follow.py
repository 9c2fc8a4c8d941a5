"""One application: where it is, what comes next, what was decided and why."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.page import Page
from services.portal.routes.applications.drafts import Opened, opened
from services.portal.routes.applications.sending import WITHDRAWABLE
from services.portal.routes.applications.showing import answered

router = APIRouter()
BASE = "/applications/{application_id}"
AFTER_RESULTS = ("selected", "reserve", "not_selected", "declined")


@router.get(BASE)
async def follow(application_id: UUID, page: Page = signed_in()) -> Response:
    draft = await opened(page, application_id)
    line = await _line(page, draft)
    return await page.render(
        "applications/application.html", draft=draft, line=line, withdrawable=draft.view["status"] in WITHDRAWABLE,
        feedback=await _feedback(page, draft), result=await _result(page, draft), owner=_owner(page, draft),
        decisions=[_decision(page, draft, each) for each in draft.view["decisions"]],
    )  # fmt: skip


@router.get(f"{BASE}/answers")
async def read(application_id: UUID, page: Page = signed_in()) -> Response:
    """The answers as they are kept."""
    draft = await opened(page, application_id)
    return await page.render("applications/answers.html", draft=draft, answered=answered(page, draft))


def _owner(page: Page, draft: Opened) -> bool:
    return bool(draft.view["owner_id"] == page.person_id)


async def _line(page: Page, draft: Opened) -> dict[str, Any]:
    """The list's line about it, which says what comes next."""
    found = (await page.get("applications", "/applications", limit=100))["applications"]
    none = {"next_step": "none", "deadline": None, "unread_messages": 0}
    return next((each for each in found if each["application_id"] == draft.id), none)


def _decision(page: Page, draft: Opened, decision: dict[str, Any]) -> dict[str, Any]:
    rules = {
        _code(rule): rule["text"][page.language] for rule in (*draft.call["admissibility"], *draft.call["eligibility"])
    }
    codes = dict.fromkeys((*decision["failed"], decision["rule"]))
    return {**decision, "rules": [rules[code] for code in codes if code in rules]}


def _code(rule: dict[str, Any]) -> str:
    return str(rule.get("code") or rule["kind"])


async def _feedback(page: Page, draft: Opened) -> dict[str, Any] | None:
    """What the panel's evaluation says of it, by college and criterion, once announced, for its owner."""
    if draft.view["status"] not in AFTER_RESULTS or not _owner(page, draft):
        return None
    try:
        path = f"/rounds/{draft.view['call_id']}/applications/{draft.id}/feedback"
        found: dict[str, Any] = await page.get("evaluation", path)
    except ServiceProblem:
        return None
    return found


async def _result(page: Page, draft: Opened) -> dict[str, Any] | None:
    """The signed decision on the results: when, under which delegation."""
    if draft.view["status"] not in AFTER_RESULTS:
        return None
    try:
        found: dict[str, Any] = await page.get("evaluation", f"/rounds/{draft.view['call_id']}/results")
    except ServiceProblem:
        return None
    return found
