"""The administrator's pages on people: found, one with their roles, a role given or taken away, the audit trail."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import places
from services.portal.admission import signed_in
from services.portal.backend import ServiceDown, ServiceProblem
from services.portal.days import as_instants, day
from services.portal.forms import Form
from services.portal.listing import as_id
from services.portal.names import names
from services.portal.page import Page
from services.portal.words import words

router = APIRouter()
ACTIONS = (
    "registered", "role_granted", "role_revoked", "mandate_given", "mandate_ended", "invited", "joined",
    "unlinked", "erased",
)  # fmt: skip
PER_PAGE = 50
SCOPED = {"territory_reader", "sector_reader"}
"""Roles held for something; given for something else, they replace what was held."""


@router.get("/administration")
async def people(page: Page = signed_in("administrator")) -> Response:
    """Everybody by id, or those who hold a role: what is chosen is in the address, which can be shared."""
    given = page.request.query_params
    role = given["role"] if given.get("role") in words("role") else ""
    after = given.get("after", "")[:100]
    found = await page.get("people", "/persons", role=role, after=after, limit=PER_PAGE)
    return await _list(page, Form(), found, role=role, after=after)


@router.post("/administration")
async def find(page: Page = signed_in("administrator")) -> Response:
    """Somebody by their address or id, which no address of a page says; who is found alone is gone to."""
    form, found = Form.sent(page), []
    try:
        found = (await page.post("people", "/persons/lookup", {"q": page.text("q")[:254]}))["items"]
    except ServiceProblem as problem:
        if problem.status != 422:
            raise
        form.refused(problem, page)
    if len(found) == 1:
        return await page.go(f"/administration/people/{found[0]['person_id']}")
    return await _list(page, form, {"items": found, "next": None}, 422 if form.errors else 200)


async def _list(
    page: Page, form: Form, found: Mapping[str, Any], status: int = 200, role: str = "", after: str = ""
) -> Response:
    return await page.render(
        "administration/people.html", status, items=found["items"], next=found["next"], form=form,
        wanted={"role": role, "after": after}, roles=words("role"), departement=places.departement,
        themes=await _themes_of(page, [held for each in found["items"] for held in each["roles"]]),
    )  # fmt: skip


@router.get("/administration/people/{person_id}")
async def person(person_id: UUID, page: Page = signed_in("administrator")) -> Response:
    """One person; of one who was erased, the trail is all there is."""
    try:
        return await _shown(page, person_id, Form())
    except ServiceProblem as problem:
        if problem.code != "person_erased":
            raise
        return await page.go(
            "/administration/audit",
            done=page._("This person has been erased: the trail of ids and dates is all that is left."),
            kind="info",
            person_id=str(person_id),
        )


async def _shown(page: Page, person_id: UUID, form: Form, status: int = 200) -> Response:
    found = await page.get("people", f"/persons/{person_id}")
    trail = (await page.get("people", f"/persons/{person_id}/audit"))["trail"][: -PER_PAGE - 1 : -1]
    people_named = {line["by"] for line in trail} | {held["granted_by"] for held in found["roles"]}
    held = {each["role"] for each in found["roles"]} - SCOPED
    return await page.render(
        "administration/person.html", status=status, person=found, trail=trail, names=await names(page, people_named),
        form=form, roles=[(code, page._(text)) for code, text in words("role").items() if code not in held],
        departements=[(code, places.departement(code)) for code in places.departements()],
        departement=places.departement, themes=await _themes(page),
    )  # fmt: skip


@router.post("/administration/people/{person_id}/roles")
async def give(person_id: UUID, page: Page = signed_in("administrator")) -> Response:
    """A role is given at once; the person's open sessions have it within two minutes."""
    form, role = Form.sent(page), page.text("role")
    if role not in words("role"):
        form.wrong("role", page._("Choose a role."))
    body = {"role": role}
    if role == "territory_reader":
        body["territory"] = page.text("territory")
    if role == "sector_reader":
        body["sector"] = page.text("sector")
    if not form.errors:
        try:
            await page.post(
                "people", f"/persons/{person_id}/roles", {name: each for name, each in body.items() if each}
            )
        except ServiceProblem as problem:
            if problem.status == 404:
                raise
            form.refused(problem, page)
    if form.errors:
        return await _shown(page, person_id, form, 422)
    return await page.go(
        f"/administration/people/{person_id}", done=page._("The role is given, and the trail says by whom.")
    )


@router.get("/administration/people/{person_id}/roles/{role}/removal")
async def ask_removal(person_id: UUID, role: str, page: Page = signed_in("administrator")) -> Response:
    found = await page.get("people", f"/persons/{person_id}")
    if role not in {held["role"] for held in found["roles"]}:
        return await page.go(
            f"/administration/people/{person_id}", done=page._("They do not hold this role any more."), kind="info"
        )
    return await page.render(
        "administration/removal.html", person=found, role=role, oneself=str(person_id) == page.person_id
    )


@router.post("/administration/people/{person_id}/roles/{role}/removal")
async def remove(person_id: UUID, role: str, page: Page = signed_in("administrator")) -> Response:
    if role in words("role"):
        try:
            await page.ask("DELETE", "people", f"/persons/{person_id}/roles/{role}", key=page.form_key)
        except ServiceProblem as problem:
            if problem.code != "role_not_held":
                raise
    return await page.go(
        f"/administration/people/{person_id}", done=page._("The role is taken away, and the trail says by whom.")
    )


@router.get("/administration/people/{person_id}/logins/{login_id}/removal")
async def ask_unlinking(person_id: UUID, login_id: UUID, page: Page = signed_in("administrator")) -> Response:
    found = await page.get("people", f"/persons/{person_id}")
    if (found["login"] or {}).get("login_id") != str(login_id):
        return await _not_theirs(page, person_id)
    return await _unlinking(page, found, Form({"email": (found["private"] or {}).get("email", "")}))


async def _not_theirs(page: Page, person_id: UUID) -> Response:
    return await page.go(
        f"/administration/people/{person_id}", done=page._("This log-in is not theirs any more."), kind="info"
    )


async def _unlinking(page: Page, person: Mapping[str, Any], form: Form) -> Response:
    return await page.render("administration/unlinking.html", 422 if form.errors else 200, person=person, form=form)


@router.post("/administration/people/{person_id}/logins/{login_id}/removal")
async def unlink(person_id: UUID, login_id: UUID, page: Page = signed_in("administrator")) -> Response:
    """The address first, since it may be refused; then the log-in, since who comes back to it is somebody else by then.

    An old page changes nothing once another log-in is the person's.
    """
    form, contact = Form.sent(page), {"email": page.text("email")}
    person = await page.get("people", f"/persons/{person_id}")
    if (person["login"] or {}).get("login_id") not in (None, str(login_id)):
        return await _not_theirs(page, person_id)
    try:
        await page.ask("PUT", "notifications", f"/contacts/{person_id}", contact, key=page.form_key)
    except ServiceProblem as problem:
        if problem.status != 422:
            raise
        form.refused(problem, page)
        return await (_unlinking(page, person, form) if person["login"] else _not_theirs(page, person_id))
    try:
        await page.ask("DELETE", "people", f"/persons/{person_id}/logins/{login_id}", key=page.form_key)
    except ServiceProblem as problem:
        if problem.code != "no_login_joined":
            raise
    await page.parts.store.end_all(str(person_id))
    return await page.go(
        f"/administration/people/{person_id}", done=page._("The log-in is taken away, and its sessions are over.")
    )


@router.get("/administration/audit")
async def audit(page: Page = signed_in("administrator")) -> Response:
    given = page.request.query_params
    wanted = {
        "action": given["action"] if given.get("action") in ACTIONS else "",
        "person_id": as_id(given.get("person_id", "")),
        "by": as_id(given.get("by", "")),
        "since": day(given.get("since", "")),
        "until": day(given.get("until", "")),
        "after": given.get("after", "")[:100],
    }
    found = await page.get("people", "/audit", **as_instants(wanted), limit=PER_PAGE)
    lines = found["items"]
    known = await names(page, {line["by"] for line in lines} | {line["person_id"] for line in lines})
    return await page.render(
        "administration/audit.html", items=lines, next=found["next"], wanted=wanted, names=known, actions=ACTIONS,
        departement=places.departement, filtered=any(value for name, value in wanted.items() if name != "after"),
        themes=await _themes_of(page, lines),
    )  # fmt: skip


async def _themes_of(page: Page, shown: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The themes, where something that is shown is about one."""
    return await _themes(page) if any(each.get("sector") for each in shown) else {}


async def _themes(page: Page) -> dict[str, str]:
    """The themes of all calls, by code, in the page's language."""
    found: dict[str, str] = {}
    try:
        calls = (await page.get("applications", "/calls"))["calls"]
        for call in calls:
            detail = await page.get("applications", f"/calls/{call['call_id']}")
            found |= {theme["code"]: theme["label"][page.language] for theme in detail["themes"]}
    except (ServiceProblem, ServiceDown):
        return found
    return dict(sorted(found.items(), key=lambda item: item[1]))
