"""A mailing's words, in both languages, for the people of a list; kept as a draft, of which nothing leaves."""

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.mailings.audience import audience, described, persons
from services.portal.routes.office.desk import OFFICER, refused

router = APIRouter()
AREA = "/office/mailings"
MOST = {"label": 150, "fr_subject": 150, "fr_text": 10_000, "en_subject": 150, "en_text": 10_000}
_NAMES = {
    "fr.subject": "fr_subject", "fr.text": "fr_text", "en.subject": "en_subject", "en.text": "en_text",
    "recipients": "who",
}  # fmt: skip


@router.get(f"{AREA}/new")
async def new(page: Page = signed_in(OFFICER)) -> Response:
    return await _shown(page, Form({"who": "owners"}))


@router.post(f"{AREA}/new")
async def draft(page: Page = signed_in(OFFICER)) -> Response:
    """Keep the mailing with its recipients as they are now; the next page shows it as it will be."""
    form = _checked(page)
    recipients = await persons(page, await audience(page), form.value("who"))
    if not recipients:
        form.wrong("who", page._("Nobody is on this list: change its filters."))
    if form.errors:
        return await _shown(page, form, 422)
    words = {each: {"subject": page.text(f"{each}_subject"), "text": _text(page, each)} for each in ("fr", "en")}
    try:
        body = {"label": page.text("label"), "recipients": recipients, **words}
        found = await page.post("notifications", "/mailings", body)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page, _NAMES)
        return await _shown(page, form, 422)
    return await page.go(f"{AREA}/{found['mailing_id']}", page._("The draft is kept. Nothing is sent yet."))


def _checked(page: Page) -> Form:
    form = Form.sent(page)
    for name, most in MOST.items():
        if not page.text(name):
            form.wrong(name, page._("Answer this question."))
        elif len(page.text(name).replace("\r\n", "\n")) > most:
            form.wrong(name, page._("This text is too long: %(most)s characters at most.", most=most))
    return form


def _text(page: Page, language: str) -> str:
    return page.text(f"{language}_text").replace("\r\n", "\n")


async def _shown(page: Page, form: Form, status: int = 200) -> Response:
    found = await audience(page)
    count = {"owners": len(await persons(page, found))}
    if not found.call:
        count["mentors"] = len(await persons(page, found, "mentors"))
    return await page.render(
        "mailings/new.html", status, form=form, audience=found, filters=await described(page, found), count=count,
        most=MOST,
    )  # fmt: skip
