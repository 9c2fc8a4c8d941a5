"""Decisions of admissibility and eligibility: by the call's rules, by an officer, and the correction of a mistaken one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi import Path as InPath
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.applications.drafts import NOT_FOUND, Opened
from services.portal.routes.office.desk import OFFICER, View, refused, rule_texts
from services.portal.routes.office.file import BASE, instructed
from services.portal.words import N_, word

router = APIRouter()
MAX_REASON = 5_000
ASSESSMENT, ALL_PASSED = "officer_assessment", "all_passed"
STEPS = {"admissibility": ("admissible", "inadmissible"), "eligibility": ("eligible", "ineligible")}
Number = Annotated[int, InPath(ge=1, le=1_000)]


@router.get(f"{BASE}/decision")
async def ask(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    draft = await instructed(page, application_id)
    return await _form(page, draft, Form(), step_of(draft.view))


@router.post(f"{BASE}/decision")
async def decide(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """One decision with its rule and its reason: shown first, taken when it is confirmed."""
    draft = await instructed(page, application_id)
    asked = page.text("step")
    step = asked if asked in STEPS else step_of(draft.view)
    return await _taken(page, draft, step, f"/applications/{application_id}/decisions")


@router.get(f"{BASE}/instruction")
async def ask_rules(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """What the call's rules look at."""
    draft = await instructed(page, application_id)
    steps = STEPS if step_of(draft.view) == "admissibility" else ("eligibility",)
    rules = [rule["text"][page.language] for step in steps for rule in draft.call[step]]
    return await page.render("office/instruction.html", draft=draft, rules=rules)


@router.post(f"{BASE}/instruction")
async def by_rule(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """Let the call's rules decide."""
    target = f"/office/applications/{application_id}"
    try:
        found = await page.post("applications", f"/applications/{application_id}/instruction")
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form = Form()
        form.refused(problem, page)
        return await page.go(target, next(iter(form.errors.values())), "error")
    state = page._(word("application_state", found["status"]))
    return await page.go(target, page._("Decided by the call's rules: %(state)s.", state=state))


@router.get(f"{BASE}/decisions/{{number}}")
async def ask_again(application_id: UUID, number: Number, page: Page = signed_in(OFFICER)) -> Response:
    """What to put in the place of a mistaken decision."""
    draft = await instructed(page, application_id)
    old = _old(draft, number)
    return await _form(page, draft, Form(), old["step"], old)


@router.post(f"{BASE}/decisions/{{number}}")
async def replace(application_id: UUID, number: Number, page: Page = signed_in(OFFICER)) -> Response:
    draft = await instructed(page, application_id)
    old = _old(draft, number)
    path = f"/applications/{application_id}/decisions/{number}/correction"
    return await _taken(page, draft, old["step"], path, old)


def step_of(view: View) -> str:
    """What is to be decided next about an application."""
    return "eligibility" if view["status"] == "admissible" else "admissibility"


def _old(draft: Opened, number: int) -> View:
    found = next((each for each in draft.view["decisions"] if each["decision"] == number), None)
    if found is None:
        raise ServiceProblem("applications", 404, NOT_FOUND)
    return dict(found)


async def _taken(page: Page, draft: Opened, step: str, path: str, old: View | None = None) -> Response:
    form = checked(page, STEPS[step])
    if form.errors:
        return await _form(page, draft, form, step, old, 422)
    if page.text("confirmed") != "yes":
        return await _form(page, draft, form, step, old, confirm=True)
    body = {name: page.text(name) for name in ("decision", "rule", "reason")}
    try:
        await page.post("applications", path, body)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page)
        return await _form(page, draft, form, step, old, 422)
    return await page.go(f"/office{draft.path}", page._("The decision is taken."))


def checked(page: Page, outcomes: tuple[str, ...]) -> Form:
    """The decision that was sent, with what is missing in it."""
    form = Form.sent(page)
    if page.text("decision") not in outcomes:
        form.wrong("decision", page._("Choose a decision."))
    if not page.text("rule"):
        form.wrong("rule", page._("Choose the rule that it rests on."))
    if not page.text("reason"):
        form.wrong("reason", page._("Give the reason: the applicant reads it."))
    elif len(page.text("reason")) > MAX_REASON:
        form.wrong("reason", page._("This text is too long: %(most)s characters at most.", most=MAX_REASON))
    return form


def rules_for(page: Page, call: View, step: str) -> list[tuple[str, str]]:
    """The rules that a decision of this step can name."""
    texts = rule_texts(call, page.language)
    codes = [str(rule.get("code") or rule["kind"]) for rule in call[step]]
    others = [(ASSESSMENT, page._(N_("The officer's assessment"))), (ALL_PASSED, page._(N_("All rules are kept")))]
    return [*((code, texts[code]) for code in codes), *others]


def outcomes_for(page: Page, step: str) -> list[tuple[str, str]]:
    return [(code, page._(word("application_state", code))) for code in STEPS[step]]


async def _form(
    page: Page, draft: Opened, form: Form, step: str, old: Any = None, status: int = 200, confirm: bool = False
) -> Response:
    return await page.render(
        "office/decision.html", status, draft=draft, form=form, step=step, old=old, confirm=confirm,
        rules=rules_for(page, draft.call, step), outcomes=outcomes_for(page, step),
    )  # fmt: skip
