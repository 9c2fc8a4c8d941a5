"""Those who edit an application: invited by a link that works once, shown by its owner."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.applications.drafts import NOT_FOUND, Opened, opened

router = APIRouter()
BASE = "/applications/{application_id}"
Token = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


@router.get(f"{BASE}/editors")
async def show(application_id: UUID, page: Page = signed_in()) -> Response:
    return await _shown(page, await _owned(page, application_id), Form())


@router.post(f"{BASE}/editors")
async def invite(application_id: UUID, page: Page = signed_in()) -> Response:
    """Invite somebody; the link is shown once, to be copied and given to them."""
    draft, form = await _owned(page, application_id), Form.sent(page)
    if not page.text("email"):
        form.wrong("email", page._("Give an e-mail address, such as name@example.org."))
        return await _shown(page, draft, form, status=422)
    body = {"email": page.text("email"), "may_submit": page.text("may_submit") == "yes"}
    try:
        found = await page.post("applications", f"{draft.path}/invitations", body)
    except ServiceProblem as problem:
        if problem.status not in (409, 422):
            raise
        if problem.code == "invalid_request":
            form.wrong("email", page._("Give an e-mail address, such as name@example.org."))
        else:
            form.refused(problem, page)
        return await _shown(page, draft, form, status=422)
    link = f"{page.parts.settings.origin}{page.url('/invitations/' + found['token'])}"
    return await _shown(page, draft, Form(), link=link)


@router.get(f"{BASE}/editors/{{kind}}/{{each_id}}/removal")
async def ask_removal(application_id: UUID, kind: str, each_id: UUID, page: Page = signed_in()) -> Response:
    """Before an invitation is taken back or an editor removed."""
    draft = await _owned(page, application_id)
    invitations = await _invitations(page, draft)
    if kind == "invitation":
        who = next((each["email"] or "" for each in invitations if each["invitation_id"] == str(each_id)), None)
    else:
        who = next((each["name"] for each in _editors(page, draft, invitations) if each["id"] == str(each_id)), None)
    if who is None:
        raise ServiceProblem("applications", 404, NOT_FOUND)
    return await page.render("applications/editor_removal.html", draft=draft, kind=kind, each_id=each_id, who=who)


@router.post(f"{BASE}/editors/{{kind}}/{{each_id}}/removal")
async def remove(application_id: UUID, kind: str, each_id: UUID, page: Page = signed_in()) -> Response:
    path = f"/applications/{application_id}"
    place = f"invitations/{each_id}" if kind == "invitation" else f"members/{each_id}"
    await page.ask("DELETE", "applications", f"{path}/{place}", key=page.form_key)
    return await page.go(f"{path}/editors", page._("Done: this link or this person edits the application no more."))


@router.get("/invitations/{token}")
async def invited(token: Token, page: Page = signed_in()) -> Response:
    """What one is invited to; the link says why when it works no more."""
    try:
        found = await page.get("applications", f"/invitations/{token}")
    except ServiceProblem as problem:
        if problem.status not in (404, 409, 410):
            raise
        status = 404 if problem.status == 404 else 410
        return await page.render("applications/invitation.html", status, found=None, problem=problem)
    return await page.render("applications/invitation.html", found=found, problem=None)


@router.post("/invitations/{token}")
async def accept(token: Token, page: Page = signed_in()) -> Response:
    try:
        found = await page.post("applications", f"/invitations/{token}/acceptance")
    except ServiceProblem as problem:
        if problem.status not in (404, 409, 410):
            raise
        return await page.render("applications/invitation.html", problem.status, found=None, problem=problem)
    await page.applies()
    return await page.go(f"/applications/{found['application_id']}", page._("You edit this application now."))


async def _owned(page: Page, application_id: UUID) -> Opened:
    draft = await opened(page, application_id)
    if draft.view["owner_id"] != page.person_id:
        raise ServiceProblem("applications", 403, {"code": "owner_only", "title": NOT_FOUND["title"]})
    return draft


async def _shown(page: Page, draft: Opened, form: Form, link: str = "", status: int = 200) -> Response:
    found = await _invitations(page, draft)
    return await page.render(
        "applications/editors.html", status, draft=draft, form=form, link=link, invitations=found,
        editors=_editors(page, draft, found),
    )  # fmt: skip


async def _invitations(page: Page, draft: Opened) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await page.get("applications", f"{draft.path}/invitations"))["invitations"]
    return found


def _editors(page: Page, draft: Opened, invitations: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The editors besides the owner: id, and a name by which the owner knows them."""
    addresses = {each["accepted_by"]: each["email"] for each in invitations if each["email"]}
    others = [each for each in draft.view["editor_ids"] if each != page.person_id]
    return [
        {"id": each, "name": page._("Editor %(num)s, who came by the invitation for %(email)s", num=at, email=addresses[each])
         if each in addresses else page._("Editor %(num)s", num=at)}
        for at, each in enumerate(others, 1)
    ]  # fmt: skip
