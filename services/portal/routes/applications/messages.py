"""The messages between those of an application and the programme."""

import uuid
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.applications.drafts import Opened, opened
from services.portal.words import problem_sentence

router = APIRouter()
BASE = "/applications/{application_id}"
MAX_TEXT = 4_000


@router.get(f"{BASE}/messages")
async def show(application_id: UUID, page: Page = signed_in()) -> Response:
    """The thread; what is shown here is read."""
    return await _shown(page, await opened(page, application_id), Form())


@router.post(f"{BASE}/messages")
async def send(application_id: UUID, page: Page = signed_in()) -> Response:
    draft, form = await opened(page, application_id), Form.sent(page)
    text = page.text("text").replace("\r\n", "\n")
    if not text:
        form.wrong("text", page._("Write your message."))
    elif len(text) > MAX_TEXT:
        form.wrong("text", page._("This message is too long: 4,000 characters at most."))
    else:
        try:
            await page.post("applications", f"{draft.path}/messages", {"text": text})
        except ServiceProblem as problem:
            if problem.status not in (409, 422):
                raise
            form.wrong("text", problem_sentence(problem, page._))
    if form.errors:
        return await _shown(page, draft, form, 422)
    return await page.go(f"{draft.path}/messages", page._("Your message is sent."))


async def _shown(page: Page, draft: Opened, form: Form, status: int = 200) -> Response:
    messages: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        found = await page.get("applications", f"{draft.path}/messages", after=after or None)
        messages += found["messages"]
        after = found["next"]
    if found["unread"]:
        body = {"through": messages[-1]["number"]}
        await page.post("applications", f"{draft.path}/messages/read", body, key=str(uuid.uuid4()))
    return await page.render("applications/messages.html", status, draft=draft, messages=messages, form=form)
