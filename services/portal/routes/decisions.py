"""The deciding authority's pages: the decisions to sign, each with everything that it rests on, and those signed."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.applications.drafts import NOT_FOUND
from services.portal.routes.office.desk import refused
from services.portal.routes.panel.reading import parts, piece
from services.portal.routes.rounds.deliberation import minutes_of
from services.portal.routes.rounds.opened import Round, as_code, member_names, opened
from services.portal.routes.rounds.results import rows_of

router = APIRouter()
AUTHORITY = "deciding_authority"
LONGEST = 200


@router.get("/decisions")
async def listed(page: Page = signed_in(AUTHORITY)) -> Response:
    """What waits for a signature, what was signed, and what is still with its panel."""
    rounds = (await page.get("evaluation", "/rounds"))["rounds"]
    calls = {each["call_id"]: each for each in (await page.get("applications", "/calls"))["calls"]}
    rounds.sort(key=lambda each: str(each["closes_at"]), reverse=True)
    groups = {
        "waiting": [each for each in rounds if each["status"] == "deliberated"],
        "signed": [each for each in rounds if each["status"] in ("decided", "announced")],
        "before": [each for each in rounds if each["status"] in ("open", "closing", "sealing", "closed")],
    }
    return await page.render("decisions/list.html", groups=groups, calls=calls)


@router.get("/decisions/{round_id}")
async def one(round_id: UUID, page: Page = signed_in(AUTHORITY)) -> Response:
    """The decision, prepared or signed, with the ranking, the minutes and the digests."""
    return await _shown(page, await opened(page, round_id), Form())


@router.post("/decisions/{round_id}")
async def sign(round_id: UUID, page: Page = signed_in(AUTHORITY)) -> Response:
    """First what will be signed is shown; with ``confirmed``, it is, if it is still what was on the screen."""
    item, form = await opened(page, round_id), Form.sent(page)
    delegation = as_code(page.text("delegation"))
    if len(delegation) < 2 or len(page.text("delegation")) > LONGEST:
        form.wrong(
            "delegation", page._("Name the act that delegates the signature to you, such as its date or number.")
        )
        return await _shown(page, item, form, 422)
    if page.text("then") != "confirmed":
        return await _shown(page, item, form, confirm=delegation)
    body = {"delegation": delegation, "seen": page.text("seen") or None}
    try:
        await page.post("evaluation", f"/rounds/{round_id}/decision", body)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page)
        return await _shown(page, await opened(page, round_id), form, 409)
    done = page._("The decision is signed. It is under embargo until the announcement.")
    return await page.go(f"/decisions/{round_id}", done)


@router.get("/decisions/{round_id}/applications/{application_id}")
async def application(round_id: UUID, application_id: UUID, page: Page = signed_in(AUTHORITY)) -> Response:
    """One of the round's applications, as it was submitted."""
    item, view = await opened(page, round_id), await _candidacy(page, round_id, application_id)
    call, who = await page.get("applications", f"/calls/{round_id}"), view["applicant"]
    person = f"{who.get('given_name', '')} {who.get('family_name', '')}".strip()
    return await page.render(
        "decisions/application.html", item=item, view=view, parts=parts(page, call, view),
        title=view["answers"].get("title") or view["number"], who=who.get("name") or person,
        labels={each["code"]: each["label"][page.language] for each in call["attachments"]},
    )  # fmt: skip


@router.get("/decisions/{round_id}/applications/{application_id}/attachments/{attachment_id}")
async def download(
    round_id: UUID, application_id: UUID, attachment_id: UUID, page: Page = signed_in(AUTHORITY)
) -> Response:
    """A piece of the application."""
    return await piece(page, await _candidacy(page, round_id, application_id), attachment_id)


async def _candidacy(page: Page, round_id: UUID, application_id: UUID) -> dict[str, Any]:
    """An application to the round's call. Raises ``ServiceProblem`` (404) for another."""
    view: dict[str, Any] = await page.get("applications", f"/applications/{application_id}")
    if view["call_id"] != str(round_id):
        raise ServiceProblem("applications", 404, NOT_FOUND)
    return view


async def _shown(page: Page, item: Round, form: Form, status: int = 200, confirm: str = "") -> Response:
    found: dict[str, Any] | None = None
    if item.counted:
        found = await page.get("evaluation", f"/rounds/{item.id}/results")
    if found is None:
        return await page.render("decisions/early.html", item=item)
    minutes, rows = await minutes_of(page, UUID(item.id)), await rows_of(page, found)
    people = {*(minutes["present"] if minutes else ()), *_signers(minutes, found)}
    decision = found["decision"] or found["prepared"]
    template = "decisions/signature.html" if confirm and found["prepared"] else "decisions/one.html"
    return await page.render(
        template, status, item=item, found=found, minutes=minutes, rows=rows, form=form, delegation=confirm,
        decision=decision, names=await member_names(page, people), applications={row["application_id"]: row for row in rows},
        may_sign=False,
    )  # fmt: skip


def _signers(minutes: dict[str, Any] | None, found: dict[str, Any]) -> set[str]:
    people = {found["decision"]["authority_id"]} if found["decision"] else set()
    if minutes:
        people |= {minutes["minutes_by"], *(each["signed_by"] for each in minutes["signatures"])}
    return people
