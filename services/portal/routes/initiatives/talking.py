"""Messages between an initiative's team, its mentor and its officer: the same thread wherever it is read from."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.following import LONGEST_TEXT, REPEATABLE, Followed, followed, written
from services.portal.forms import Form
from services.portal.page import Page

router = APIRouter()
PER_PAGE = 200


def _thread(area: str, *roles: str) -> None:
    """The two routes of the thread below ``area``, for people with ``roles``."""
    path = f"{area}/{{initiative_id}}/messages"

    @router.get(path, name=f"messages {area}")
    async def read(initiative_id: UUID, page: Page = signed_in(*roles)) -> Response:
        return await _shown(page, await followed(page, initiative_id, area), Form())

    @router.post(path, name=f"write {area}")
    async def write(initiative_id: UUID, page: Page = signed_in(*roles)) -> Response:
        item, form = await followed(page, initiative_id, area), Form.sent(page)
        text = written(page, form, "text", page._("Write your message."))
        if form.errors:
            return await _shown(page, item, form, 422)
        try:
            await page.post("coaching", f"/cycles/{initiative_id}/messages", {"text": text})
        except ServiceProblem as problem:
            if problem.status not in REPEATABLE:
                raise
            form.refused(problem, page)
            return await _shown(page, item, form, 422)
        return await page.go(f"{item.base}/messages", page._("Message sent."))


_thread("/initiatives")
_thread("/mentoring", "mentor")
_thread("/office/cycles", "programme_officer")


async def _shown(page: Page, item: Followed, form: Form, status: int = 200) -> Response:
    """The thread, which counts as read once it is shown."""
    after = page.request.query_params.get("after", "")
    found: dict[str, Any] = await page.get("coaching", f"/cycles/{item.id}/messages", after=after, limit=PER_PAGE)
    if found["items"] and found["unread"]:
        place = {"place": found["items"][-1]["place"]}
        await page.ask("PUT", "coaching", f"/cycles/{item.id}/messages/read", place)
    return await page.render(
        "initiatives/messages.html", status, item=item, form=form, found=found, longest=LONGEST_TEXT
    )
