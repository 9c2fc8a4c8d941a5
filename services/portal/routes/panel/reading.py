"""One application beside its ballot."""

import hashlib
import json
import mimetypes
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.formats import Formats
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.roles import PANEL
from services.portal.routes.applications.questions import steps_of, visible
from services.portal.routes.applications.showing import readable
from services.portal.routes.panel.seats import NOT_FOUND, View, seat

router = APIRouter()
BASE = "/panel/{round_id}/applications/{application_id}"
MOST_COMMENT = 4_000
_SCORE = re.compile(r"-?[0-9]{1,9}")


@router.get(BASE)
async def read(round_id: UUID, application_id: UUID, page: Page = signed_in(*PANEL)) -> Response:
    ballot = await own_ballot(page, round_id, application_id)
    return await shown(page, round_id, ballot, form_of(ballot))


@router.post(BASE)
async def cast(round_id: UUID, application_id: UUID, page: Page = signed_in(*PANEL)) -> Response:
    """Save the ballot, and go to the next when that is asked. A ballot saved meanwhile elsewhere is shown, not replaced."""
    ballot, form = await own_ballot(page, round_id, application_id), Form.sent(page)
    criteria = (await page.get("applications", f"/calls/{round_id}"))["criteria"]
    body = _body(page, criteria, form)
    if not form.errors and page.text("seen") != mark(ballot) and not _same(ballot, body):
        return await shown(page, round_id, ballot, form, 409, newer=ballot)
    if not form.errors:
        try:
            await page.ask("PUT", "evaluation", _place(round_id, application_id), body)
        except ServiceProblem as problem:
            if problem.status not in (409, 422):
                raise
            form.refused(problem, page, {f"scores.{each['code']}": f"score.{each['code']}" for each in criteria})
    if form.errors:
        return await shown(page, round_id, ballot, form, 422)
    return await _onward(page, round_id, application_id)


@router.get(f"{BASE}/attachments/{{attachment_id}}")
async def download(
    round_id: UUID, application_id: UUID, attachment_id: UUID, page: Page = signed_in(*PANEL)
) -> Response:
    """A piece of the application."""
    await own_ballot(page, round_id, application_id)
    return await piece(page, await page.get("applications", f"/applications/{application_id}"), attachment_id)


async def piece(page: Page, view: View, attachment_id: UUID) -> Response:
    """A piece of an application, which browsers save and do not run. Raises ``ServiceProblem`` (404)."""
    item = next((each for each in view["attachments"] if each["attachment_id"] == str(attachment_id)), None)
    if item is None:
        raise ServiceProblem("applications", 404, NOT_FOUND)
    content = await page.get("applications", f"/applications/{view['application_id']}/attachments/{attachment_id}")
    headers = {
        "Content-Disposition": f'attachment; filename="{_file_name(view, item)}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=item["media_type"], headers=headers)


def _file_name(view: View, item: View) -> str:
    """The application's number and the piece's place: its own name could say who proposes."""
    number = 1 + view["attachments"].index(item)
    return f"{view['number']}-{number}{mimetypes.guess_extension(item['media_type']) or ''}"


async def own_ballot(page: Page, round_id: UUID, application_id: UUID) -> View:
    """The person's ballot on the application. Raises ``ServiceProblem`` when there is none, or a conflict."""
    found: View = await page.get("evaluation", _place(round_id, application_id))
    return found


def _place(round_id: UUID, application_id: UUID | str) -> str:
    return f"/rounds/{round_id}/ballots/{application_id}"


def form_of(ballot: View) -> Form:
    scores = {f"score.{code}": score for code, score in (ballot.get("scores") or {}).items()}
    return Form({**scores, "comment": ballot.get("comment") or ""})


def mark(ballot: View) -> str:
    """A digest of what a ballot says, by which a page says later which one it was shown with."""
    said = [ballot["state"], ballot.get("scores"), ballot.get("comment") or "", ballot.get("reason")]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def score(text: str, criterion: View) -> int | None:
    """The score that a text gives on a criterion's scale; None for another text."""
    given = int(text) if _SCORE.fullmatch(text) else None
    return given if given is not None and criterion["minimum"] <= given <= criterion["maximum"] else None


def _body(page: Page, criteria: list[View], form: Form) -> View:
    scores: dict[str, int] = {}
    for each in criteria:
        given = score(page.text(f"score.{each['code']}"), each)
        if given is None:
            form.wrong(f"score.{each['code']}", page._("Give a score for this criterion."))
        else:
            scores[each["code"]] = given
    comment = page.text("comment").replace("\r\n", "\n")
    if len(comment) > MOST_COMMENT:
        form.wrong("comment", page._("This comment is too long: 4,000 characters at most."))
    return {"scores": scores, "comment": comment or None}


def _same(ballot: View, body: View) -> bool:
    return (ballot.get("scores"), ballot.get("comment") or None) == (body["scores"], body["comment"])


async def _onward(page: Page, round_id: UUID, application_id: UUID) -> Response:
    if page.text("then") != "next":
        return await page.go(f"/panel/{round_id}/applications/{application_id}", page._("Your ballot is saved."))
    own = await seat(page, round_id, after=str(application_id), limit=1)
    if own.mine["next_empty"] is None:
        return await page.go(own.path, page._("Your ballot is saved: it was the last one to do."))
    return await page.go(
        f"{own.path}/applications/{own.mine['next_empty']}", page._("Your ballot is saved. Here is the next.")
    )


async def shown(
    page: Page, round_id: UUID, ballot: View, form: Form, status: int = 200, newer: View | None = None
) -> Response:
    own = await seat(page, round_id, limit=1)
    application_id = ballot["application_id"]
    around = await page.get("evaluation", f"{_place(round_id, application_id)}/place")
    view = await page.get("applications", f"/applications/{application_id}")
    labels = {each["code"]: each["label"][page.language] for each in own.call["attachments"]}
    return await page.render(
        "panel/ballot.html", status, seat=own, ballot=ballot, view=view, form=form, newer=newer, seen=mark(ballot),
        parts=parts(page, own.call, view), around=around, labels=labels, title=view["answers"].get("title") or view["number"],
    )  # fmt: skip


def parts(page: Page, call: View, view: View) -> list[View]:
    """The application by the call's sections: each question that the reader is shown, with its answer as a text."""
    answers: Mapping[str, Any] = view["answers"]
    steps, formats = steps_of(call, view["kind"], page.language, page._)[1:], Formats(page.language)
    seen = visible(steps, answers)
    return [
        {
            "code": step.code,
            "title": step.title,
            "answers": [
                {
                    "label": each.label,
                    "long": each.type == "long_text",
                    "text": readable(page, formats, each, answers[each.code]),
                }
                for each in step.questions
                if each.code in seen and each.code in answers
            ],
        }
        for step in steps
    ]
