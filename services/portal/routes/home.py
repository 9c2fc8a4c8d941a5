"""The home page, for everyone."""

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import anyone
from services.portal.page import Page

router = APIRouter()


@router.get("/")
async def home(page: Page = anyone()) -> Response:
    calls = (await page.get("applications", "/calls"))["calls"]
    return await page.render_public("home.html", calls=calls)
