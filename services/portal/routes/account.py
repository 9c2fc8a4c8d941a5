"""A person's own page: who they are here, how they are told, where they are logged in, what is held of them."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import cookie_name, ended, signed_in
from services.portal.backend import ServiceDown, ServiceProblem
from services.portal.forms import Form
from services.portal.holdings import held, or_none
from services.portal.page import Page
from services.portal.roles import PANEL
from services.portal.words import words

router = APIRouter()
LANGUAGES = (("fr", "Français"), ("en", "English"))
OFFICER = ("programme_officer",)
CONCERNED = {
    "message_from_applicant": OFFICER,
    "check_in_escalated": OFFICER,
    "review_overdue": OFFICER,
    "tranche_overdue": OFFICER,
    "applications_assigned": PANEL,
    "round_reminded": PANEL,
    "ballots_awaited": PANEL,
}
"""Reasons of which only people in these roles are told."""
_AROUND_DIGITS = re.compile(r"[\s.()\u00a0\u202f-]+")


@router.get("/account")
async def account(page: Page = signed_in()) -> Response:
    """The person's own page, shown all the same while notifications is away."""
    now, settings = datetime.now(UTC), page.parts.settings
    sessions = await page.parts.store.sessions_of(page.person_id)
    try:
        contact, away = await or_none(page, "notifications", f"/contacts/{page.person_id}"), False
    except ServiceDown:
        contact, away = None, True
    live = [each for each in sessions if not ended(each, settings, now)]
    languages = dict(LANGUAGES)
    return await page.render(
        "account/account.html", contact=contact, away=away, sessions=live, language_names=languages
    )


@router.get("/account/contact")
async def contact(page: Page = signed_in()) -> Response:
    return await _contact(page, Form(await _known_contact(page)))


async def _contact(page: Page, form: Form, status: int = 200) -> Response:
    channels = [(code, page._(text)) for code, text in words("told_by").items()]
    return await page.render("account/contact.html", status=status, form=form, spoken=LANGUAGES, channels=channels)


async def _known_contact(page: Page) -> dict[str, Any]:
    """How the person can be told now; for who never said, the address that they are registered with."""
    found: dict[str, Any] | None = await or_none(page, "notifications", f"/contacts/{page.person_id}")
    if found:
        return found
    person = await or_none(page, "people", f"/persons/{page.person_id}") or {}
    return {"email": (person.get("private") or {}).get("email"), "language": page.language, "channels": ["email"]}


@router.post("/account/contact")
async def save_contact(page: Page = signed_in()) -> Response:
    form = Form.sent(page)
    _look(form, page)
    if not form.errors:
        phone = _AROUND_DIGITS.sub("", page.text("phone")) or None
        body = {
            "email": page.text("email"),
            "phone": phone,
            "language": page.text("language"),
            "channels": page.texts("channels"),
        }
        try:
            await page.ask("PUT", "notifications", f"/contacts/{page.person_id}", body, key=page.form_key)
        except ServiceProblem as problem:
            form.refused(problem, page)
            _in_words(form, page)
    if form.errors:
        return await _contact(page, form, 422)
    return await page.go("/account", done=page._("Saved: this is how you are told from now on."))


def _look(form: Form, page: Page) -> None:
    if not page.text("email"):
        form.wrong("email", page._("Write your e-mail address."))
    if "sms" in form.values("channels") and not page.text("phone"):
        form.wrong("phone", page._("Write the number to which text messages are sent."))
    if page.text("language") not in dict(LANGUAGES):
        form.wrong("language", page._("Choose a language."))
    if not form.values("channels") or not set(form.values("channels")) <= set(words("told_by")):
        form.wrong("channels", page._("Choose at least one way of telling you."))


def _in_words(form: Form, page: Page) -> None:
    """What is wrong with an address or a number, in words that say what to write."""
    said = {
        "email": page._("This is not an e-mail address: write it like name@example.org."),
        "phone": page._("Write the number with its country, for example +33 6 12 34 56 78."),
    }
    form.errors |= {name: text for name, text in said.items() if name in form.errors}


@router.get("/account/preferences")
async def preferences(page: Page = signed_in()) -> Response:
    reasons = await page.get("notifications", "/reasons")
    found = await or_none(page, "notifications", f"/contacts/{page.person_id}")
    offered = _offered(page, reasons)
    told = [reason for reason in offered if reason not in (found or {}).get("muted", ())]
    return await page.render(
        "account/preferences.html", known=found is not None, form=Form({"told": told}),
        optional=[(reason, page._(words("reason").get(reason, reason))) for reason in offered],
        mandatory=[each["reason"] for each in reasons if each["mandatory"]],
    )  # fmt: skip


def _offered(page: Page, reasons: list[dict[str, Any]]) -> list[str]:
    """What can be turned off and is ever told to somebody in the person's roles."""
    optional = [each["reason"] for each in reasons if not each["mandatory"]]
    return [reason for reason in optional if reason not in CONCERNED or page.has(*CONCERNED[reason])]


@router.post("/account/preferences")
async def save_preferences(page: Page = signed_in()) -> Response:
    """Ticked is told: what was offered and is not ticked is muted; what was not offered stays as it was."""
    found = await or_none(page, "notifications", f"/contacts/{page.person_id}")
    if found is None:
        return await page.go(
            "/account/contact", done=page._("Say first how you can be reached; then choose what you are told."),
            kind="warning",
        )  # fmt: skip
    offered = _offered(page, await page.get("notifications", "/reasons"))
    muted = {*(set(found["muted"]) - set(offered)), *(set(offered) - set(page.texts("told")))}
    address = f"/contacts/{page.person_id}/preferences"
    await page.ask("PUT", "notifications", address, {"muted": sorted(muted)}, key=page.form_key)
    return await page.go("/account", done=page._("Saved: this is what you are told from now on."))


@router.get("/account/export")
async def export(page: Page = signed_in()) -> Response:
    """Everything that is held of the person as one JSON file."""
    await page.parts.rates.require(page.request, "form")
    text = json.dumps(await held(page), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="tremplin-my-data.json"', "Cache-Control": "no-store"}
    return Response(text, media_type="application/json", headers=headers)


@router.get("/account/erasure")
async def ask_erasure(page: Page = signed_in()) -> Response:
    return await page.render("account/erasure.html", form=Form())


@router.post("/account/erasure")
async def erase(page: Page = signed_in()) -> Response:
    """For good: the key under which everything personal is sealed is destroyed; every session ends."""
    form = Form.sent(page)
    if page.text("sure") != "yes":
        form.wrong("sure", page._("Tick the box if you are sure."))
        return await page.render("account/erasure.html", status=422, form=form)
    await page.post("people", f"/persons/{page.person_id}/erasure")
    await page.parts.store.end_all(page.person_id)
    response = await page.go("/login", erased="1")
    secure = page.parts.settings.secure
    response.delete_cookie(cookie_name(page.parts.settings), secure=secure, httponly=True, samesite="lax")
    return response
